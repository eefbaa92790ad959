/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo diagnose LAYER [CAUSE] | none */
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "grade/diagnosis.h"

enum { MAX_CAUSES = 512 };

/* ERR_USAGE unless the catalogue has the cause; the nearest is offered. */
static int check_cause(struct client *lab, const char *cause, struct err *err)
{
	auto_json json_t *answer = NULL;
	const char *known[MAX_CAUSES], *near;
	const json_t *list, *one;
	size_t i, n = 0;
	int rc = client_call(lab, json_pack("{s:s}", "do", "causes"), NULL, 0, &answer, NULL, err);

	if (rc < 0)
		return rc;
	list = json_object_get(answer, "causes");
	json_array_foreach (list, i, one) {
		if (strcmp(json_str(one, "cause", ""), cause) == 0)
			return 0;
		if (n < MAX_CAUSES)
			known[n++] = json_str(one, "cause", "");
	}
	near = nearest(cause, known, n);
	err_set(err, ERR_USAGE, EINVAL, "Unknown cause '%s'", cause);
	if (near)
		return err_mend(err, "Did you mean '%s'?", near);
	return err_mend(err, "Name the layer alone, or press Tab for the list of causes");
}

/* The answer as the lab wants it: nothing is wrong, or one layer with a cause that may be left out.
 */
static int make_answer(const struct cli *c, struct client *lab, json_t **ret, struct err *err)
{
	const char *layer, *cause = c->n_args > 1 ? c->args[1] : "";
	int rc;

	if (strcasecmp(c->args[0], "none") == 0) {
		if (*cause)
			return err_set(err, ERR_USAGE, EINVAL, "'none' has no cause");
		*ret = json_pack("{s:s, s:b}", "do", "diagnose", "none", 1);
		return 0;
	}
	layer = layer_normal(c->args[0]);
	if (!layer) {
		err_set(err, ERR_USAGE, EINVAL, "Unknown layer '%s'", c->args[0]);
		return err_mend(err, "Use L1, L2, L2.5, L3, L4, L5, other or none");
	}
	rc = *cause ? check_cause(lab, cause, err) : 0;
	if (rc < 0)
		return rc;
	*ret = json_pack("{s:s, s:[{s:s, s:s}]}", "do", "diagnose", "answers", "layer", layer,
			 "cause", cause);
	return 0;
}

int cmd_diagnose(struct cli *c)
{
	auto_client *lab = NULL;
	json_t *answer = NULL;
	struct err err = {0};

	if (client_open(cli_opt(c, "lab"), &lab, &err) < 0 ||
	    make_answer(c, lab, &answer, &err) < 0 ||
	    client_call(lab, answer, NULL, 0, NULL, NULL, &err) < 0)
		return cli_fail(c, &err);
	fprintf(c->out, "%s\n",
		cli_tr(c, (struct text){"Noted. The last diagnosis before the grade counts.",
					"記録しました。採点前の最後の診断が有効です。"}));
	return EXIT_DONE;
}
