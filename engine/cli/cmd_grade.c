/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo grade */
#include <string.h>

#include "cli/commands.h"
#include "cli/grading.h"

/* Before its attempt is ended: a lab without its fault has nothing to grade. */
static int check_broken(struct client *lab, struct err *err)
{
	auto_json json_t *info = NULL;
	int rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);

	if (rc == 0 && !json_flag(info, "recorded", true))
		/* refused, and says why */
		return client_call(lab, json_pack("{s:s}", "do", "finish"), NULL, 0, NULL, NULL,
				   err);
	if (rc < 0 || !json_flag(info, "healthy", false))
		return rc;
	return err_set(err, ERR_USAGE, EINVAL,
		       "This lab was started healthy: there is nothing to grade");
}

/* The folder to grade: the one named, or a live lab's, whose attempt ends with this. */
static int find_folder(const struct cli *c, char **ret, struct err *err)
{
	const char *named = cli_opt(c, "attempt");
	auto_client *lab = NULL;
	int rc;

	if (named && cli_opt(c, "lab"))
		return err_set(err, ERR_USAGE, EINVAL, "--lab and --attempt exclude each other");
	if (named) {
		*ret = strdup(named);
		return *ret ? 0 : err_sys(err, ENOMEM, "Can't name the attempt");
	}
	rc = client_open(cli_opt(c, "lab"), &lab, err);
	if (rc == 0)
		rc = check_broken(lab, err);
	return rc < 0 ? rc : grading_finish(lab, ret, err);
}

int cmd_grade(struct cli *c)
{
	auto_attempt a = {0};
	auto_free char *dir = NULL;
	struct err err = {0};
	int rc = find_folder(c, &dir, &err);

	if (rc == 0)
		rc = (cli_opt(c, "attempt") ? grading_show : grading_run)(c, dir, &a, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	return grading_print(c, &a);
}
