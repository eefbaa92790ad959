/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variant is settled before the lab starts: so its name stands in the log's first event, and who
 * grades or resumes the attempt asks for it by name.
 */
#include "cli/variant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/script_client.h"

/* Most scenarios have none; those don't say the word, and cost no process. */
static bool may_have(const char *path)
{
	auto_free char *text = NULL;

	return script_read_file(path, &text, NULL) == 0 && strstr(text, "variants");
}

static int draw(const char *path, const char *seed, char **ret, struct err *err)
{
	auto_script_client *s = NULL;
	auto_json json_t *meta = NULL;
	int rc = script_client_start(&s, err);

	if (rc == 0)
		rc = script_client_load(s, path, seed, NULL, "en", &meta, err);
	if (rc == 0)
		*ret = strdup(json_str(meta, "variant", ""));
	return rc;
}

int variant_choose(const char *path, const char *seed, const char *asked, char **ret,
		   struct err *err)
{
	int rc = 0;

	if (asked)
		*ret = strdup(strcmp(asked, "plain") == 0 ? "" : asked);
	else if (!may_have(path))
		*ret = strdup("");
	else
		rc = draw(path, seed, ret, err);
	return rc < 0 ? rc : *ret ? 0 : err_sys(err, ENOMEM, "Can't choose a variant");
}
