/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stated diagnosis. */
#include "grade/diagnosis.h"

#include <ctype.h>
#include <string.h>

static const char *const layers[] = {"L1", "L2", "L2.5", "L3", "L4", "L5", "L4/5", "other"};

/* The typed word without blanks and a leading L, in lower case; false when it can't be a layer. */
static bool folded(const char *typed, char *buf, size_t size)
{
	bool led = false;
	size_t n = 0;

	for (; *typed; typed++) {
		if (isspace((unsigned char)*typed))
			continue;
		if (n == 0 && !led && tolower((unsigned char)*typed) == 'l') {
			led = true;
			continue;
		}
		if (n + 1 >= size)
			return false;
		buf[n++] = (char)tolower((unsigned char)*typed);
	}
	buf[n] = '\0';
	return n > 0;
}

const char *layer_normal(const char *typed)
{
	char want[16], have[16];

	if (!folded(typed, want, sizeof(want)))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		if (folded(layers[i], have, sizeof(have)) && strcmp(want, have) == 0)
			return layers[i];
	return NULL;
}

int layer_rank(const char *layer)
{
	int i = 0;

	while (i < (int)ARRAY_SIZE(layers) && strcmp(layers[i], layer) != 0)
		i++;
	return i;
}

bool layer_names(const char *answered, const char *truth)
{
	const char *a = layer_normal(answered), *t = layer_normal(truth);

	if (!a || !t)
		return false;
	if (strcmp(a, "L4/5") == 0 || strcmp(t, "L4/5") == 0)
		return a[0] == 'L' && t[0] == 'L' && strchr("45", a[1]) && strchr("45", t[1]);
	return strcmp(a, t) == 0;
}

static bool same(const json_t *answer, const json_t *truth)
{
	return layer_names(json_str(answer, "layer", ""), json_str(truth, "layer", "")) &&
	       strcmp(json_str(answer, "cause", ""), json_str(truth, "cause", "-")) == 0;
}

/* Whether one of list is the same as this; the order of answer and truth in same() does not matter.
 */
static bool among(const json_t *one, const json_t *list)
{
	const json_t *e;
	size_t i;

	json_array_foreach (list, i, e)
		if (same(one, e))
			return true;
	return false;
}

bool diagnosis_correct(const json_t *answers, const json_t *truth)
{
	const json_t *e;
	size_t i;

	json_array_foreach (answers, i, e)
		if (!among(e, truth))
			return false;
	json_array_foreach (truth, i, e)
		if (!among(e, answers))
			return false;
	return true;
}
