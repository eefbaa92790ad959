/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test tool: reads models as JSON files, says what is wrong with them; with two, prints the plan
 * between them. */
#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"
#include "model/plan.h"

static struct model *read_model(const char *path)
{
	auto_json json_t *j = json_load_file(path, 0, NULL);
	struct model *m = NULL;
	struct err err = {0};

	if (!j || model_from_json(j, &m, &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, j ? err.msg : "not JSON");
		exit(EXIT_FAILURE);
	}
	return m;
}

static void print_plan(const struct model *from, const struct model *to)
{
	auto_plan p = {0};
	struct err err = {0};

	if (plan_make(from, to, &p, &err) < 0) {
		fprintf(stderr, "plan: %s\n", err.msg);
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < p.n; i++) {
		auto_free char *line = op_describe(&p.ops[i]);

		puts(line ? line : "?");
	}
}

int main(int argc, char **argv)
{
	auto_model *healthy = argc > 1 ? read_model(argv[1]) : NULL;
	auto_model *broken = argc > 2 ? read_model(argv[2]) : NULL;

	if (healthy && broken)
		print_plan(healthy, broken);
	return EXIT_SUCCESS;
}
