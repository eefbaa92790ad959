/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a class's submissions have one history. */
#include "grade/same.h"

#include <stdio.h>
#include <string.h>

#include "grade/problem.h"

/*
 * Theory of operation. A log's first line holds the moment it began, so no two attempts share it. Who writes the chain anew still has
 * the thousandths of a second at which another did things. What was typed says little: a class that was told the same way types the
 * same, so alike commands are only a note, and only where enough of them are in no solution and no lesson.
 */
enum {
	TIMES_ENOUGH = 3,   /* fewer can be alike by chance */
	TIMES_PERCENT = 80, /* of the shorter: a few may have been put in or changed */
	TYPED_ENOUGH = 8,
};

static size_t shared_lines(const struct submission *a, const struct submission *b)
{
	size_t n = 0;

	while (n < a->n_links && n < b->n_links && strcmp(a->links[n], b->links[n]) == 0)
		n++;
	return n;
}

/* How many moments are in both, where those are nearly all. Both are in order. */
static size_t shared_times(const struct submission *a, const struct submission *b)
{
	size_t i = 0, k = 0, both = 0, least = a->n_times < b->n_times ? a->n_times : b->n_times;

	while (i < a->n_times && k < b->n_times) {
		if (a->times[i] == b->times[k]) {
			both++;
			i++;
			k++;
		} else if (a->times[i] < b->times[k])
			i++;
		else
			k++;
	}
	return both >= TIMES_ENOUGH && both * 100 >= least * TIMES_PERCENT ? both : 0;
}

static size_t shared_commands(const struct submission *a, const struct submission *b)
{
	size_t n = json_array_size(a->typed);

	return n >= TYPED_ENOUGH && json_equal(a->typed, b->typed) ? n : 0;
}

/* What makes files one group, and how a row says it. The first that holds between two is theirs. */
static const struct kind {
	enum problem say;
	size_t (*shared)(const struct submission *a, const struct submission *b);
	void (*add)(json_t *row, enum problem p, const char *a, const char *b);
} kinds[] = {
	{PROBLEM_SAME_LOG, shared_lines, problem_add},
	{PROBLEM_SAME_TIMES, shared_times, problem_add},
	{NOTE_SAME_COMMANDS, shared_commands, note_add},
};

static void say(const struct kind *k, json_t *row, const json_t *first, size_t others, size_t count)
{
	char name[512], number[24];

	snprintf(number, sizeof(number), "%zu", count);
	if (others > 1)
		snprintf(name, sizeof(name), "%.400s (+%zu)", json_str(first, "file", ""),
			 others - 1);
	else
		snprintf(name, sizeof(name), "%.400s", json_str(first, "file", ""));
	k->add(row, k->say, name, number);
}

/* The text is that of the row's newest. */
static json_t *group_of(const struct kind *k, const json_t *row, json_t *files)
{
	const json_t *list = json_object_get(row, k->add == note_add ? "notes" : "problems");
	const json_t *last = json_array_get(list, json_array_size(list) - 1);

	return json_pack("{s:s, s:o, s:O}", "id", problem_id(k->say), "files", files, "text",
			 json_object_get(last, "text"));
}

/* All that are like v[first]; two that are in a group already are not told of again. */
static void name_group(const struct kind *k, struct submission *v, size_t n, size_t first,
		       bool *grouped, json_t *groups)
{
	auto_free size_t *like = calloc(n, sizeof(*like));
	json_t *files = json_array();
	size_t others = 0, most = 0;
	bool was = grouped[first];

	for (size_t i = first + 1; like && i < n; i++) {
		if ((grouped[i] && was) || same_work(&v[first], &v[i]) ||
		    !(like[i] = k->shared(&v[first], &v[i])))
			continue;
		grouped[i] = true;
		others++;
		most = like[i] > most ? like[i] : most;
	}
	for (size_t i = first; others && i < n; i++)
		if (i == first || like[i])
			json_array_append(files, json_object_get(v[i].row, "file"));
	for (size_t i = first + 1; others && i < n; i++)
		if (like[i])
			say(k, v[i].row, v[first].row, others, like[i]);
	for (size_t i = first + 1, told = 0; others && i < n && !told; i++)
		if (like[i]) {
			say(k, v[first].row, v[i].row, others, most);
			told = 1;
		}
	if (others)
		json_array_append_new(groups, group_of(k, v[first].row, json_incref(files)));
	grouped[first] = grouped[first] || others;
	json_decref(files);
}

json_t *same_name(struct submission *v, size_t n)
{
	auto_free bool *grouped = calloc(n + 1, sizeof(*grouped));
	json_t *groups = json_array();

	for (size_t k = 0; grouped && k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < n; i++)
			name_group(&kinds[k], v, n, i, grouped, groups);
	return groups;
}
