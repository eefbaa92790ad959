/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a kernel by its config file. */
#define _GNU_SOURCE
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "doctor.h"

enum { CONFIG_MAX = 4 << 20, OPTION_MAX = 64 };

/* 'y', 'm', or 0 for an option that is not set. */
static char setting(const char *text, const char *option)
{
	char key[OPTION_MAX + 16];
	const char *at = text;
	int n = snprintf(key, sizeof(key), "CONFIG_%s=", option);

	while ((at = strstr(at, key))) {
		if (at == text || at[-1] == '\n')
			return at[n] == 'm' ? 'm' : 'y';
		at += n;
	}
	return 0;
}

/* Options one by one, up to a "|": what is lacking (bare names), and in have that, else what is a
 * module. */
static bool judge_all(const char *text, const char *options, char lacking[256], char *have,
		      size_t size)
{
	char modules[256] = "", option[OPTION_MAX];
	const char *at = options;
	int n;

	*lacking = '\0';
	while (sscanf(at, "%63s%n", option, &n) == 1 && strcmp(option, "|") != 0) {
		char set = setting(text, option), *to = set ? modules : lacking;

		at += n;
		if (set != 'y')
			snprintf(to + strlen(to), 256 - strlen(to), "%s%s%s%s", to[0] ? " " : "",
				 set ? "CONFIG_" : "", option, set ? "=m" : "");
	}
	if (lacking[0])
		snprintf(have, size, "Not in this config: %s", lacking);
	else
		snprintf(have, size, "%s", modules[0] ? modules : "built in");
	return !lacking[0];
}

/* The first alternative that is whole, else what the first of all lacks. */
static bool judge(const char *text, const char *options, char lacking[256], char *have, size_t size)
{
	for (const char *at = options; at; at = strchr(at, '|'), at += at ? 1 : 0)
		if (judge_all(text, at, lacking, have, size))
			return true;
	return judge_all(text, options, lacking, have, size);
}

static json_t *judge_check(const char *text, const struct check *c)
{
	char lacking[256] = "", have[300], mend[300] = "";
	bool ok = judge(text, c->options, lacking, have, sizeof(have));

	if (!ok)
		options_mend(lacking, mend, sizeof(mend));
	return outcome_json(c, ok, have, mend);
}

int config_judge(const char *text, json_t **ret, struct err *err)
{
	json_t *entries;

	if (!strstr(text, "CONFIG_"))
		return err_set(err, ERR_USAGE, EINVAL, "No kernel config: no line says CONFIG_");
	entries = json_array();
	for (size_t i = 0; i < n_checks; i++)
		if (checks[i].options)
			json_array_append_new(entries, judge_check(text, &checks[i]));
	*ret = entries;
	return 0;
}

static int read_all(gzFile f, const char *path, char **ret, struct err *err)
{
	auto_free char *buf = malloc(CONFIG_MAX + 1);
	int n;

	if (!buf)
		return err_sys(err, ENOMEM, "Can't read %s", path);
	n = gzread(f, buf, CONFIG_MAX);
	if (n < 0)
		return err_set(err, ERR_USAGE, EINVAL, "Can't read %s: it is damaged or no file",
			       path);
	buf[n] = '\0';
	*ret = ptr_steal(buf);
	return 0;
}

int config_read(const char *path, char **ret, struct err *err)
{
	gzFile f = gzopen(path, "rbe"); /* reads plain files as they are */
	int rc;

	if (!f) {
		rc = err_sys(err, errno ? errno : ENOMEM, "Can't open %s", path);
		if (err)
			err->kind = ERR_USAGE;
		return rc;
	}
	rc = read_all(f, path, ret, err);
	gzclose(f);
	return rc;
}
