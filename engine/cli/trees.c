/* SPDX-License-Identifier: GPL-2.0-or-later */
/* [NODE=]HOST_PATH[:NODE_PATH] */
#define _GNU_SOURCE
#include "cli/trees.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "Use [NODE=]HOST_PATH[:NODE_PATH], NODE_PATH beginning with /";

/* One option's parts; node and source are owned, target points into source or its own part. */
struct tree_word {
	char *text; /* owned: what the others point into */
	const char *node, *source, *target;
};

static void tree_word_done(struct tree_word *w)
{
	free(w->text);
}

/* A name before '=' is a node's unless it looks like a path. */
static int split(const char *word, struct tree_word *ret, struct err *err)
{
	size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	char *colon = NULL, *text = strdup(word);

	if (!text)
		return err_sys(err, ENOMEM, "Can't show a tree");
	*ret = (struct tree_word){.text = text, .node = "wsl", .source = text};
	if (name && word[0] != '.' && word[name] == '=') {
		text[name] = '\0';
		ret->node = text;
		ret->source = text + name + 1;
	}
	for (char *p = strstr((char *)ret->source, ":/"); p; p = strstr(p + 1, ":/"))
		colon = p;
	if (!colon)
		return 0;
	*colon = '\0';
	ret->target = colon + 1;
	return 0;
}

static bool holds(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return strncmp(folder, path, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/' || folder[n - 1] == '/');
}

static bool holds_home(const char *folder, const char *home)
{
	auto_free char *real = home && *home ? realpath(home, NULL) : NULL;

	/* A user without a home has "/" there. */
	return real && strcmp(real, "/") != 0 && holds(folder, real);
}

static bool holds_home_of(const char *folder, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw && holds_home(folder, pw->pw_dir);
}

static bool is_too_much(const char *folder)
{
	const char *sudo = getenv("SUDO_UID");

	return strcmp(folder, "/") == 0 || holds_home(folder, getenv("HOME")) ||
	       holds_home_of(folder, getuid()) ||
	       (sudo && holds_home_of(folder, (uid_t)strtoul(sudo, NULL, 10)));
}

static int check_source(const char *given, const char *real, struct err *err)
{
	struct stat st;

	if (stat(real, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, ENOTDIR, "--tree: %s is no folder", given);
	if (!is_too_much(real))
		return 0;
	err_set(err, ERR_USAGE, EPERM,
		"--tree: %s is not shown to a lab, for a whole home is in it", real);
	return err_mend(err, "Name the folder in it that the lab needs");
}

/* Absolute, and nothing in it that leads elsewhere. */
static bool is_plain_path(const char *path)
{
	for (const char *p = path; *p == '/'; p += strcspn(p, "/")) {
		size_t n = strcspn(++p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && strncmp(p, "..", 2) == 0))
			return false;
	}
	return path[0] == '/';
}

static int add(json_t *trees, const char *word, struct err *err)
{
	nd_cleanup(tree_word_done) struct tree_word w = {.text = NULL};
	auto_free char *source = NULL;
	json_t *one;
	int rc = split(word, &w, err);

	if (rc < 0)
		return rc;
	source = realpath(w.source, NULL);
	if (!source) {
		err_set(err, ERR_USAGE, errno, "--tree: can't find '%s': %s", w.source,
			strerror(errno));
		return err_mend(err, usage);
	}
	rc = check_source(w.source, source, err);
	if (rc < 0)
		return rc;
	if (w.target && !is_plain_path(w.target)) {
		err_set(err, ERR_USAGE, EINVAL, "--tree: wrong NODE_PATH '%s'", w.target);
		return err_mend(err, usage);
	}
	one = json_pack("{s:s, s:s, s:s}", "node", w.node, "source", source, "target",
			w.target ? w.target : source);
	if (!one)
		return err_set(err, ERR_USAGE, EILSEQ, "--tree: a path is not UTF-8");
	return json_array_append_new(trees, one) < 0 ? err_sys(err, ENOMEM, "Can't show a tree")
						     : 0;
}

int trees_parse(const struct cli *c, json_t **ret, struct err *err)
{
	auto_json json_t *trees = json_array();
	const char *word;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (word = cli_opt_nth(c, "tree", i)); i++)
		rc = add(trees, word, err);
	if (rc == 0)
		*ret = ptr_steal(trees);
	return rc;
}
