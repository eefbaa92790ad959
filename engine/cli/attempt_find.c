/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempts there are, and the one that is meant. */
#define _GNU_SOURCE
#include "cli/attempt_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/attempts.h"
#include "evidence/past.h"

void attempt_names_done(struct attempt_names *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	free(a->root);
	*a = (struct attempt_names){0};
}

static int no_dots(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

int attempt_names_read(struct attempt_names *ret, struct err *err)
{
	struct dirent **list = NULL;
	int n, rc = attempts_root(&ret->root, err);

	if (rc < 0)
		return rc;
	n = scandir(ret->root, &list, no_dots, newest_first);
	if (n > 0)
		ret->v = calloc((size_t)n, sizeof(*ret->v));
	for (int i = 0; i < n; i++) {
		if (ret->v && (ret->v[ret->n] = strdup(list[i]->d_name)))
			ret->n++;
		free(list[i]);
	}
	free(list);
	return 0;
}

static bool has_log(const char *dir)
{
	auto_free char *path = NULL;
	struct stat st;

	return asprintf(&path, "%s/events.jsonl", dir) >= 0 && stat(path, &st) == 0;
}

/* The name itself, or its last words. */
static bool is_named(const char *name, const char *word)
{
	size_t n = strlen(name), want = strlen(word);

	return strcmp(name, word) == 0 ||
	       (n > want && name[n - want - 1] == '-' && strcmp(name + n - want, word) == 0);
}

/* Whether the learner may still be at it: its card, which tells the truth, is shown only where it is asked for by name. */
static bool goes_on(const json_t *about)
{
	static const char *const states[] = {"playing", "paused", "unfinished"};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(json_str(about, "state", ""), states[i]) == 0)
			return true;
	return false;
}

static int newest(const struct attempt_names *all, char **ret_dir, struct err *err)
{
	for (size_t i = 0; i < all->n; i++) {
		auto_free char *dir = NULL;
		auto_json json_t *about = NULL;

		if (asprintf(&dir, "%s/%s", all->root, all->v[i]) < 0)
			return err_sys(err, ENOMEM, "Can't find the attempt");
		about = attempt_about(dir);
		if (!about || goes_on(about))
			continue;
		*ret_dir = ptr_steal(dir);
		return 0;
	}
	err_set(err, ERR_USAGE, ENOENT, "There is no attempt that is over in %s", all->root);
	return err_mend(err, "`netdojo attempts` lists them, `netdojo play ID` begins one");
}

int attempt_find(const char *word, char **ret_dir, struct err *err)
{
	auto_attempt_names all = {0};
	int rc;

	if (word && (strchr(word, '/') || has_log(word))) {
		*ret_dir = strdup(word);
		return *ret_dir ? 0 : err_sys(err, ENOMEM, "Can't find the attempt");
	}
	rc = attempt_names_read(&all, err);
	if (rc < 0 || !word)
		return rc < 0 ? rc : newest(&all, ret_dir, err);
	for (size_t i = 0; i < all.n; i++)
		if (is_named(all.v[i], word))
			return asprintf(ret_dir, "%s/%s", all.root, all.v[i]) < 0
				       ? err_sys(err, ENOMEM, "Can't find the attempt")
				       : 0;
	err_set(err, ERR_USAGE, ENOENT, "No attempt '%s'", word);
	return err_mend(err, "`netdojo attempts` lists them; a folder is named with a slash");
}

enum { TAIL = 8192 };

/* Whether the last thing told of the attempt's life is that it was paused. */
static bool is_paused(int fd, off_t size)
{
	char tail[TAIL + 1];
	off_t from = size > TAIL ? size - TAIL : 0;
	ssize_t n = pread(fd, tail, (size_t)(size - from), from);
	const char *paused = NULL, *p = tail;

	tail[n > 0 ? n : 0] = '\0';
	while ((p = strstr(p, "\"what\":\"paused\"")))
		paused = p++;
	return paused && !strstr(paused, "\"what\":\"resumed\"");
}

static const char *state_of(const char *dir, int fd, const struct past *past, bool graded)
{
	if (attempt_is_played(dir))
		return "playing";
	if (past->finished)
		return graded ? "graded" : "finished";
	if (past->closed)
		return "closed";
	if (past->left)
		return "left";
	return is_paused(fd, past->size) ? "paused" : "unfinished";
}

/* What score.json says, where it is a grade. */
static void add_grade(json_t *about, const json_t *grade)
{
	static const char *const keys[] = {"score", "pass", "passed", "void", "finished"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (json_object_get(grade, keys[i]))
			json_object_set(about, keys[i], json_object_get(grade, keys[i]));
}

static json_t *read_grade(const char *dir)
{
	auto_free char *path = NULL;
	json_t *grade;

	if (asprintf(&path, "%s/score.json", dir) < 0)
		return NULL;
	grade = json_load_file(path, 0, NULL);
	if (json_is_integer(json_object_get(grade, "score")))
		return grade;
	json_decref(grade);
	return NULL;
}

json_t *attempt_about(const char *dir)
{
	auto_free char *log = NULL;
	auto_past past = {0};
	auto_json json_t *grade = NULL;
	const char *slash = strrchr(dir, '/');
	auto_fd fd = -1;
	json_t *about;

	if (asprintf(&log, "%s/events.jsonl", dir) < 0)
		return NULL;
	fd = open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || past_read(fd, &past, NULL) < 0 || !past.start ||
	    json_flag(past.start, "healthy", false))
		return NULL;
	grade = read_grade(dir);
	about = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:f, s:s}", "name", slash && slash[1] ? slash + 1 : dir,
		"path", dir, "scenario", json_str(past.start, "scenario", ""), "seed",
		json_str(past.start, "seed", ""), "variant", json_str(past.start, "variant", ""),
		"wall", json_num(past.start, "wall", 0), "state",
		state_of(dir, fd, &past, grade != NULL));
	if (about && grade)
		add_grade(about, grade);
	return about;
}
