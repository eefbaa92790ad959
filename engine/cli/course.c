/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Courses. */
#define _GNU_SOURCE
#include "cli/course.h"

#include <errno.h>
#include <glob.h>
#include <string.h>

#include "base/nearest.h"
#include "base/paths.h"
#include "cli/attempt_find.h"
#include "cli/catalogue.h"
#include "cli/script_client.h"
#include "cli/select.h"

enum { COURSES_MAX = 64 };

/* --- what was played --- */

static void note_attempt(json_t *all, const json_t *about)
{
	const char *id = json_str(about, "scenario", ""), *state = json_str(about, "state", "");
	json_t *one = json_object_get(all, id);
	int64_t score = json_int(about, "score", -1);

	if (!one) {
		one = json_pack("{s:n, s:b}", "best", "unfinished", 0);
		json_object_set_new(all, id, one);
	}
	if (strcmp(state, "paused") == 0 || strcmp(state, "unfinished") == 0)
		json_object_set_new(one, "unfinished", json_true());
	/* a void grade and one of half an attempt say nothing of the learner */
	if (strcmp(state, "graded") != 0 || json_flag(about, "void", false))
		return;
	if (score > json_int(one, "best", -1))
		json_object_set_new(one, "best", json_integer(score));
	if (json_flag(about, "passed", false) && score > json_int(one, "held", -1))
		json_object_set_new(one, "held", json_integer(score));
}

int course_attempts(json_t **ret, struct err *err)
{
	auto_attempt_names names = {0};
	json_t *all = json_object();
	int rc = attempt_names_read(&names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		auto_free char *dir = NULL;
		auto_json json_t *about = NULL;

		if (asprintf(&dir, "%s/%s", names.root, names.v[i]) < 0)
			rc = err_sys(err, ENOMEM, "Can't read the attempts");
		else if ((about = attempt_about(dir)))
			note_attempt(all, about);
	}
	if (rc == 0)
		*ret = all;
	else
		json_decref(all);
	return rc;
}

/* --- where the learner stands --- */

/* A pass is one by the scenario's own mark, every fixed-probe holding, and by the course's. */
static const char *state_of(const json_t *played, int64_t pass)
{
	if (json_int(played, "held", -1) >= pass)
		return "passed";
	if (json_flag(played, "unfinished", false))
		return "unfinished";
	return json_is_integer(json_object_get(played, "best")) ? "failed" : "new";
}

static json_t *scenario(const char *id, const json_t *attempts, int64_t pass)
{
	const json_t *played = json_object_get(attempts, id);
	json_t *best = json_object_get(played, "best");

	return json_pack("{s:s, s:s, s:O}", "id", id, "state", state_of(played, pass), "best",
			 best ? best : json_null());
}

static bool all_done(const json_t *after, const json_t *done)
{
	const json_t *id;
	size_t i;

	json_array_foreach (after, i, id)
		if (!json_object_get(done, json_string_value(id)))
			return false;
	return true;
}

/* What was begun is finished first, then what is new; what fell short comes again at the end. */
static int rank(const json_t *one)
{
	static const char *const states[] = {"unfinished", "new", "failed"};
	const char *state = json_str(one, "state", "");
	int i = 0;

	while (i < (int)ARRAY_SIZE(states) && strcmp(states[i], state) != 0)
		i++;
	return i;
}

/* Returns how many of the unit's scenarios are passed; *ret_next, where it is NULL yet, the one to play of those that aren't. */
static int64_t stand_in_unit(json_t *unit, const json_t *attempts, int64_t pass,
			     const char **ret_next, const char **ret_more)
{
	json_t *list = json_array();
	const json_t *id;
	const json_t *first = NULL;
	int64_t passed = 0;
	size_t i;
	bool done;

	json_array_foreach (json_object_get(unit, "scenarios"), i, id) {
		json_t *one = scenario(json_string_value(id), attempts, pass);

		if (strcmp(json_str(one, "state", ""), "passed") == 0)
			passed++;
		else if (!first || rank(one) < rank(first))
			first = one;
		json_array_append_new(list, one);
	}
	done = passed >= json_int(unit, "need", 1);
	json_object_set_new(unit, "done", json_boolean(done));
	json_object_set_new(unit, "scenarios", list);
	if (json_flag(unit, "open", false) && first && !done && !*ret_next)
		*ret_next = json_str(first, "id", NULL);
	if (json_flag(unit, "open", false) && first && !*ret_more)
		*ret_more = json_str(first, "id", NULL);
	return passed;
}

/* What is needed for the next unit comes first; when all units are done, what was left out of them. */
void course_stand(json_t *course, const json_t *attempts)
{
	auto_json json_t *done = json_object();
	int64_t pass = json_int(course, "pass", 70), passed = 0;
	const char *next = NULL, *more = NULL;
	json_t *units = json_object_get(course, "units"), *unit;
	size_t i, of = 0;

	json_array_foreach (units, i, unit) {
		of += json_array_size(json_object_get(unit, "scenarios"));
		json_object_set_new(unit, "open",
				    json_boolean(all_done(json_object_get(unit, "after"), done)));
		passed += stand_in_unit(unit, attempts, pass, &next, &more);
		if (json_flag(unit, "done", false))
			json_object_set_new(done, json_str(unit, "id", ""), json_true());
		if (!json_object_get(unit, "chapter"))
			json_object_set_new(unit, "chapter", json_null());
	}
	json_object_set_new(course, "passed", json_integer(passed));
	json_object_set_new(course, "of", json_integer((json_int_t)of));
	json_object_set_new(course, "done",
			    json_boolean(json_object_size(done) == json_array_size(units)));
	next = next ? next : more;
	json_object_set_new(course, "next", next ? json_string(next) : json_null());
}

/* --- their files --- */

static json_t *scenario_ids(struct err *err)
{
	auto_catalogue all = {0};
	json_t *ids = json_array();

	if (catalogue_scan(&all, err) < 0) {
		json_decref(ids);
		return NULL;
	}
	for (size_t i = 0; i < all.n; i++)
		json_array_append_new(ids, json_string(all.v[i].id));
	return ids;
}

static int load(struct script_client *s, const char *path, json_t *ids, json_t **ret,
		struct err *err)
{
	auto_free char *text = NULL;
	auto_json json_t *answer = NULL;
	int rc = script_read_file(path, &text, err);

	if (rc == 0)
		rc = script_client_call(s,
					json_pack("{s:s, s:s, s:s, s:O}", "do", "course", "text",
						  text, "file", path, "scenarios", ids),
					&answer, err);
	if (rc == 0)
		*ret = json_incref(json_object_get(answer, "course"));
	return rc;
}

/* ".../courses/ID.lua" is the course of that id. */
static bool is_file_of(const char *path, const char *id)
{
	const char *name = strrchr(path, '/');
	size_t n = strlen(id);

	return name && strncmp(name + 1, id, n) == 0 && strcmp(name + 1 + n, ".lua") == 0;
}

/* The id of ".../courses/ID.lua". */
static void id_of(const char *path, char *buf, size_t size)
{
	const char *file = strrchr(path, '/') + 1;

	snprintf(buf, size, "%.*s", (int)(strlen(file) - 4), file);
}

static int unknown(const char *name, const glob_t *g, struct err *err)
{
	const char *ids[COURSES_MAX] = {NULL};
	char words[COURSES_MAX][64];
	const char *near;
	size_t n = 0, begun = strcspn(name, "-_ ");

	for (; n < g->gl_pathc && n < COURSES_MAX; n++) {
		id_of(g->gl_pathv[n], words[n], sizeof(words[n]));
		ids[n] = words[n];
	}
	near = nearest(name, ids, n);
	for (size_t i = 0; i < n && !near && begun; i++)
		if (strncmp(ids[i], name, begun) == 0)
			near = ids[i]; /* a name begun */
	err_set(err, ERR_USAGE, ENOENT, "Unknown course '%s'", name);
	return near ? err_mend(err, "Did you mean '%s'?", near)
		    : err_mend(err, "`netdojo course` lists them");
}

/* Loads those of the files that are wanted (name NULL: all) into *ret. */
static int load_wanted(const char *name, const glob_t *g, const json_t *attempts, json_t *ret,
		       struct err *err)
{
	auto_script_client *s = NULL;
	auto_json json_t *ids = scenario_ids(err);
	bool path = name && select_is_path(name);
	int rc = ids ? script_client_start(&s, err) : -EIO;

	for (size_t i = 0; rc == 0 && i < (path ? 1 : g->gl_pathc); i++) {
		const char *file = path ? name : g->gl_pathv[i];
		json_t *course = NULL;

		if (name && !path && !is_file_of(file, name))
			continue;
		rc = load(s, file, ids, &course, err);
		if (rc < 0)
			break;
		course_stand(course, attempts);
		json_array_append_new(ret, course);
	}
	return rc == 0 && name && !json_array_size(ret) ? unknown(name, g, err) : rc;
}

void courses_put_ids(FILE *f)
{
	auto_free char *pattern = path_share("courses/*.lua");
	glob_t g = {0};
	char id[64];

	if (pattern && glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++) {
			id_of(g.gl_pathv[i], id, sizeof(id));
			fprintf(f, "%s\n", id);
		}
	globfree(&g);
}

int courses_load(const char *name, const json_t *attempts, json_t **ret, struct err *err)
{
	auto_free char *pattern = path_share("courses/*.lua");
	json_t *all = json_array();
	glob_t g = {0};
	int rc;

	if (!pattern || glob(pattern, 0, NULL, &g) == GLOB_NOSPACE)
		rc = err_sys(err, ENOMEM, "Can't list the courses");
	else
		rc = load_wanted(name, &g, attempts, all, err);
	globfree(&g);
	if (rc == 0)
		*ret = all;
	else
		json_decref(all);
	return rc;
}
