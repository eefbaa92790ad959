/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's submissions beside its roster and beside each other. */
#define _GNU_SOURCE
#include "grade/class.h"

#include <stdio.h>
#include <string.h>

#include "grade/problem.h"

static const char *row_name(const struct submission *s)
{
	return json_str(s->row, "name", "");
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
	if (who)
		json_object_set_new(s->row, "name", json_string(who->name));
	else
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

static bool same_work(const struct submission *a, const struct submission *b)
{
	return *row_name(a) && strcmp(row_name(a), row_name(b)) == 0 &&
	       strcmp(json_str(a->row, "scenario", ""), json_str(b->row, "scenario", "")) == 0;
}

/* How many of their first lines two logs share. */
static size_t shared_lines(const struct submission *a, const struct submission *b)
{
	size_t n = 0;

	while (n < a->n_links && n < b->n_links && strcmp(a->links[n], b->links[n]) == 0)
		n++;
	return n;
}

static void name_both(struct submission *a, struct submission *b, enum problem p, size_t count)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", count);
	problem_add(a->row, p, json_str(b->row, "file", ""), number);
	problem_add(b->row, p, json_str(a->row, "file", ""), number);
}

/*
 * A log's first line holds the moment it began, so no two attempts share it. The rest is for who wrote the chain anew: the moments
 * between actions are nobody else's, and a longer row of commands with its slips hardly.
 */
static void compare_histories(struct submission *a, struct submission *b)
{
	size_t shared = shared_lines(a, b);

	if (shared)
		name_both(a, b, PROBLEM_SAME_LOG, shared);
	else if (a->n_times >= TIMES_ENOUGH && strcmp(a->times, b->times) == 0)
		name_both(a, b, PROBLEM_SAME_TIMES, a->n_times);
	else if (a->n_commands >= COMMANDS_ENOUGH && strcmp(a->commands, b->commands) == 0)
		name_both(a, b, PROBLEM_SAME_COMMANDS, a->n_commands);
}

static void compare(struct submission *a, struct submission *b)
{
	if (same_work(a, b)) {
		problem_add(a->row, PROBLEM_DOUBLE, json_str(b->row, "file", ""), NULL);
		problem_add(b->row, PROBLEM_DOUBLE, json_str(a->row, "file", ""), NULL);
	} else
		compare_histories(a, b);
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
		    (!scenario || strcmp(json_str(row, "scenario", ""), scenario) == 0))
			return true;
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

json_t *class_make(struct submission *v, size_t n, const struct class_rules *rules)
{
	json_t *rows = json_array(), *absent;
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		name_row(&v[i], rules);
		check_seed(&v[i], rules);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			compare(&v[k], &v[i]);
	choose(v, n);
	for (size_t i = 0; i < n; i++) {
		json_array_append(rows, v[i].row);
		named += json_array_size(json_object_get(v[i].row, "problems"));
	}
	absent = rules->alone ? json_array() : missing(rows, rules->roster);
	named += json_array_size(absent);
	return json_pack("{s:o, s:o, s:o, s:I}", "learners", learners(rules->roster), "submissions",
			 rows, "missing", absent, "named", (json_int_t)named);
}
