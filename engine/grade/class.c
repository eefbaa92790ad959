/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's submissions beside its roster and beside each other. */
#define _GNU_SOURCE
#include "grade/class.h"

#include <stdio.h>
#include <string.h>

#include "grade/problem.h"
#include "grade/same.h"

static const char *row_name(const struct submission *s)
{
	return json_str(s->row, "name", "");
}

/* Whose a file that can't be read is, by its name: "hanako.tar.gz", "hanako-ID.tar.gz". */
static const struct learner *file_of(const struct roster *r, const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	const struct learner *best = NULL;

	for (size_t i = 0; i < r->n; i++) {
		size_t n = strlen(r->v[i].name);

		if (strncmp(file, r->v[i].name, n) == 0 && (file[n] == '-' || file[n] == '.') &&
		    (!best || n > strlen(best->name)))
			best = &r->v[i];
	}
	return best;
}

/* The name it claims, where the roster has it; else whose seed it is. */
static void name_row(struct submission *s, const struct class_rules *rules)
{
	const char *claimed = json_str(s->row, "claimed_name", "");
	const struct learner *who;

	if (!rules->roster) {
		if (*claimed)
			json_object_set_new(s->row, "name", json_string(claimed));
		return;
	}
	who = roster_find(rules->roster, claimed);
	if (!who && !*claimed)
		who = roster_by_seed(rules->roster, json_str(s->row, "seed", ""));
	if (!who && !*claimed)
		who = file_of(rules->roster, json_str(s->row, "file", ""));
	if (who)
		json_object_set_new(s->row, "name", json_string(who->name));
	else if (*claimed || s->events)
		problem_add(s->row, PROBLEM_NAME, claimed, NULL);
}

static const char *wanted_seed(const char *name, const struct class_rules *rules)
{
	const struct roster *from = rules->seeds ? rules->seeds : rules->roster;
	const struct learner *who =
		from && rules->seed == SEED_ROSTER ? roster_find(from, name) : NULL;

	if (rules->seed == SEED_ANY)
		return NULL;
	return who && who->seed ? who->seed : name;
}

static void check_seed(struct submission *s, const struct class_rules *rules)
{
	const char *name = row_name(s),
		   *want = *name && s->events ? wanted_seed(name, rules) : NULL;
	const char *is = json_str(s->row, "seed", "");

	if (want && strcmp(want, is) != 0)
		problem_add(s->row, PROBLEM_SEED, is, want);
}

bool same_work(const struct submission *a, const struct submission *b)
{
	return *row_name(a) && strcmp(row_name(a), row_name(b)) == 0 &&
	       strcmp(json_str(a->row, "scenario", ""), json_str(b->row, "scenario", "")) == 0;
}

/* Of what one learner handed in of a scenario, the best. */
static void choose(struct submission *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t score = json_int(v[i].row, "score", -1);
		bool best = *row_name(&v[i]) && score >= 0;

		for (size_t k = 0; k < n && best; k++) {
			int64_t other = json_int(v[k].row, "score", -1);

			if (k != i && same_work(&v[i], &v[k]) &&
			    (other > score || (other == score && k < i)))
				best = false;
		}
		json_object_set_new(v[i].row, "counts", json_boolean(best));
	}
}

/* The scenarios the rows are of, in the order they came; caller owns. */
static json_t *scenarios_of(const json_t *rows)
{
	json_t *list = json_array(), *seen = json_object();
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		const char *id = json_str(row, "scenario", "");

		if (!*id || json_object_get(seen, id))
			continue;
		json_object_set_new(seen, id, json_true());
		json_array_append_new(list, json_string(id));
	}
	json_decref(seen);
	return list;
}

static bool handed_in(const json_t *rows, const char *name, const char *scenario)
{
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (strcmp(json_str(row, "name", ""), name) == 0 &&
		    (!scenario || !*json_str(row, "scenario", "") ||
		     strcmp(json_str(row, "scenario", ""), scenario) == 0))
			return true; /* one that can't be read may be of any */
	return false;
}

static json_t *missing(const json_t *rows, const struct roster *roster)
{
	auto_json json_t *scenarios = scenarios_of(rows);
	json_t *all = json_array(), *id;
	size_t k;

	for (size_t i = 0; roster && i < roster->n; i++) {
		const char *name = roster->v[i].name;

		if (!handed_in(rows, name, NULL)) {
			json_array_append_new(all,
					      json_pack("{s:s, s:n}", "name", name, "scenario"));
			continue;
		}
		json_array_foreach (scenarios, k, id)
			if (!handed_in(rows, name, json_string_value(id)))
				json_array_append_new(
					all, json_pack("{s:s, s:O}", "name", name, "scenario", id));
	}
	return all;
}

static json_t *learners(const struct roster *roster)
{
	json_t *all = json_array();

	for (size_t i = 0; roster && i < roster->n; i++)
		json_array_append_new(all, json_string(roster->v[i].name));
	return all;
}

static bool accepted(const json_t *row, const struct class_rules *rules)
{
	const char *file = json_str(row, "file", ""), *slash = strrchr(file, '/');

	for (const char *const *a = rules->accept; a && *a; a++)
		if (strcmp(*a, file) == 0 || strcmp(*a, slash ? slash + 1 : file) == 0 ||
		    strcmp(*a, json_str(row, "name", "")) == 0)
			return true;
	return rules->lenient;
}

/* A score that something speaks against waits: in a gradebook it would be a grade like any other. */
static void hold(struct submission *s, const struct class_rules *rules)
{
	bool held = json_is_integer(json_object_get(s->row, "score")) && problem_holds(s->row) &&
		    !accepted(s->row, rules);

	json_object_set_new(s->row, "held", json_boolean(held));
}

json_t *class_make(struct submission *v, size_t n, const struct class_rules *rules)
{
	json_t *rows = json_array(), *absent, *groups;
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		name_row(&v[i], rules);
		check_seed(&v[i], rules);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (k != i && same_work(&v[i], &v[k])) {
				problem_add(v[i].row, PROBLEM_DOUBLE,
					    json_str(v[k].row, "file", ""), NULL);
				break;
			}
	groups = same_name(v, n);
	choose(v, n);
	for (size_t i = 0; i < n; i++) {
		hold(&v[i], rules);
		json_array_append(rows, v[i].row);
		named += json_array_size(json_object_get(v[i].row, "problems"));
	}
	absent = rules->alone ? json_array() : missing(rows, rules->roster);
	named += json_array_size(absent);
	return json_pack("{s:o, s:o, s:o, s:o, s:I}", "learners", learners(rules->roster),
			 "submissions", rows, "groups", groups, "missing", absent, "named",
			 (json_int_t)named);
}
