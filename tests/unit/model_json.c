/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the JSON form of the model in a file, as netdojo writes it: for tests in other languages.
 */
#include <stdio.h>

#include "model/model.h"

int main(int argc, char **argv)
{
	auto_json json_t *in = argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;
	auto_json json_t *out = NULL;
	auto_model *m = NULL;
	struct err err = {0};

	if (model_from_json(in, &m, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 2;
	}
	out = model_to_json(m);
	return json_dumpf(out, stdout, JSON_COMPACT) < 0;
}
