/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's reader, fed with anything; what it takes must survive writing, planning and drawing.
 */
#include <stdlib.h>
#include <string.h>

#include "model/draw.h"
#include "model/plan.h"
#include "tests/fuzz/mutate_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* Half of the time as a tree, else as bytes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t n = seed % 8 ? mutate_json(data, size, max, seed) : 0;

	return n ? n : LLVMFuzzerMutate(data, size, max);
}

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void describe(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		auto_free char *line = op_describe(&p->ops[i]);
		auto_json json_t *j = op_to_json(&p->ops[i]);

		must(line && j);
	}
}

/* What was written is read again, to the same; so nothing is left to plan between the two. */
static void round_trip(const struct model *m)
{
	auto_json json_t *j = model_to_json(m);
	auto_model *again = NULL;
	auto_plan none = {0};

	must(model_from_json(j, &again, NULL) == 0);
	must(plan_make(m, again, &none, NULL) == 0 && none.n == 0);
}

static void use(const struct model *m)
{
	auto_plan up = {0};
	auto_plan down = {0};

	must(plan_make(NULL, m, &up, NULL) == 0 && plan_make(m, NULL, &down, NULL) == 0);
	describe(&up);
	describe(&down);
	for (int f = 0; f < N_DRAW_FORMATS; f++) {
		auto_free char *text = draw_model(m, (enum draw_format)f);

		must(text != NULL);
	}
	round_trip(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_json json_t *j = NULL;
	auto_model *m = NULL;
	struct err err = {0};

	if (json_parse((const char *)data, size, &j, &err) < 0)
		return 0;
	if (model_from_json(j, &m, &err) == 0)
		use(m);
	else
		must(err.msg[0] != '\0' && !m);
	return 0;
}
