/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts that can go on. */
#define _GNU_SOURCE
#include "cli/resume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/attempts.h"

/* A folder's name is STAMP-ID-WORD. */
enum { STAMP = sizeof("20260101T120000Z-") - 1, WORD = sizeof("-k3v9") - 1 };

void resumable_done(struct resumable *r)
{
	past_done(&r->past);
	free(r->dir);
	free(r->path);
	*r = (struct resumable){0};
}

const char *resumable_word(const struct resumable *r, const char *key)
{
	return json_str(r->past.start, key, "");
}

const char *resumable_name(const struct resumable *r)
{
	const char *slash = strrchr(r->dir, '/');

	return slash ? slash + 1 : r->dir;
}

/* Why this one can't go on; 0 when it can. */
static int check(const struct resumable *r, struct err *err)
{
	if (!r->past.start)
		return err_set(err, ERR_USAGE, ENODATA, "The attempt in '%s' never began", r->dir);
	if (json_flag(r->past.start, "healthy", false))
		return err_set(err, ERR_USAGE, EINVAL,
			       "The lab of '%s' was started healthy: it is no attempt", r->dir);
	if (r->past.finished) {
		err_set(err, ERR_USAGE, EALREADY, "The attempt in '%s' is graded already", r->dir);
		return err_mend(err, "`netdojo play %s` begins another",
				resumable_word(r, "scenario"));
	}
	if (r->past.closed) {
		err_set(err, ERR_USAGE, EALREADY,
			"The attempt in '%s' is over: its grade has been shown", r->dir);
		return err_mend(err, "`netdojo play %s` begins another",
				resumable_word(r, "scenario"));
	}
	if (r->past.damaged)
		return err_set(err, ERR_USAGE, EBADMSG,
			       "The log in '%s' is damaged after event %llu", r->dir,
			       (unsigned long long)r->past.seq);
	return 0;
}

static int read_attempt(const char *root, const char *name, struct resumable *ret, struct err *err)
{
	auto_free char *log = NULL;
	auto_fd fd = -1;

	if (asprintf(&ret->dir, "%s%s%s", root, *root ? "/" : "", name) < 0 ||
	    asprintf(&ret->path, "%s/scenario.lua", ret->dir) < 0 ||
	    asprintf(&log, "%s/events.jsonl", ret->dir) < 0)
		return err_sys(err, ENOMEM, "Can't read the attempt");
	fd = open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		err_set(err, ERR_USAGE, errno, "No attempt in '%s': %s", ret->dir, strerror(errno));
		return err_mend(err, "Name the folder that holds events.jsonl");
	}
	return past_read(fd, &ret->past, err);
}

static bool is_of(const char *name, const char *id)
{
	size_t n = strlen(name), want = strlen(id);

	return n == STAMP + want + WORD && strncmp(name + STAMP, id, want) == 0;
}

/* The name itself, or its last words. */
static bool is_named(const char *name, const char *word)
{
	size_t n = strlen(name), want = strlen(word);

	return strcmp(name, word) == 0 ||
	       (n > want && name[n - want - 1] == '-' && strcmp(name + n - want, word) == 0);
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

static int no_dots(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

struct names {
	struct dirent **v;
	int n;
};

static void names_done(struct names *l)
{
	for (int i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

/* The newest that can go on, of an id or (NULL) of any. One somebody plays is not waiting for anybody. */
static bool newest(const char *root, const struct names *l, const char *id, bool wait,
		   struct resumable *ret)
{
	for (int i = 0; i < l->n; i++) {
		const char *name = l->v[i]->d_name;
		auto_resumable r = {0};

		if ((id && !is_of(name, id)) || read_attempt(root, name, &r, NULL) < 0)
			continue;
		if (check(&r, NULL) < 0 || r.past.left ||
		    (wait ? attempt_stays_played : attempt_is_played)(r.dir))
			continue;
		*ret = r;
		r = (struct resumable){0};
		return true;
	}
	return false;
}

static int scan(char **ret_root, struct names *ret, struct err *err)
{
	int rc = attempts_root(ret_root, err);

	if (rc < 0)
		return rc;
	ret->n = scandir(*ret_root, &ret->v, no_dots, newest_first);
	if (ret->n < 0)
		*ret = (struct names){0}; /* no attempt was ever made */
	return 0;
}

static int by_name(const char *root, const struct names *l, const char *word, struct resumable *ret,
		   struct err *err)
{
	for (int i = 0; i < l->n; i++) {
		int rc;

		if (!is_named(l->v[i]->d_name, word))
			continue;
		rc = read_attempt(root, l->v[i]->d_name, ret, err);
		return rc < 0 ? rc : check(ret, err);
	}
	err_set(err, ERR_USAGE, ENOENT, "No unfinished attempt '%s'", word);
	return err_mend(err, "Name a folder of %s, the end of its name, or a scenario's id", root);
}

int resume_find(const char *word, struct resumable *ret, struct err *err)
{
	nd_cleanup(names_done) struct names list = {0};
	auto_free char *root = NULL;
	int rc;

	if (word && strchr(word, '/')) {
		rc = read_attempt("", word, ret, err);
		return rc < 0 ? rc : check(ret, err);
	}
	rc = scan(&root, &list, err);
	if (rc < 0 || newest(root, &list, word, true, ret))
		return rc;
	if (word)
		return by_name(root, &list, word, ret, err);
	err_set(err, ERR_USAGE, ENOENT, "There is no unfinished attempt in %s", root);
	return err_mend(err, "Begin one with `netdojo play ID`");
}

bool resume_waits(const char *id, struct resumable *ret)
{
	nd_cleanup(names_done) struct names list = {0};
	auto_free char *root = NULL;

	return scan(&root, &list, NULL) == 0 && newest(root, &list, id, false, ret);
}
