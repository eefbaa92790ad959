/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One submission. */
#define _GNU_SOURCE
#include "grade/submission.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/log.h"
#include "evidence/query.h"
#include "grade/problem.h"
#include "grade/safe.h"

enum { NAME_MAX_BYTES = 256 };

void submission_done(struct submission *s)
{
	json_decref(s->row);
	json_decref(s->events);
	json_decref(s->typed);
	free(s->links);
	free(s->times);
	*s = (struct submission){0};
}

/* --- making --- */

static int check_sound(const struct chain_found *f, struct err *err)
{
	if (f->broken)
		return err_set(err, ERR_USAGE, EBADMSG, "Line %zu of the attempt's log %s",
			       f->broken,
			       f->unchained ? "has no hash: it is of an older netdojo"
					    : "doesn't hold: the log was changed");
	return f->lines ? 0 : err_set(err, ERR_USAGE, ENODATA, "The attempt's log is empty");
}

int submission_manifest(struct span events, struct span scenario, const char *name,
			const json_t *score, json_t **ret, size_t *ret_len, struct err *err)
{
	auto_evidence_log log = {0};
	char digits[SHA256_DIGITS + 1];
	struct chain_found f;
	const json_t *start;
	int rc;

	chain_check(events.text, events.len, &f);
	rc = check_sound(&f, err);
	if (rc == 0)
		rc = evidence_log_parse(events.text, f.bytes, &log, err);
	if (rc < 0)
		return rc;
	start = evidence_first(log.events, "lab", "start");
	chain_sha256(scenario.text, scenario.len, digits);
	*ret = json_pack(
		"{s:s, s:s, s:o, s:{s:s, s:s}, s:s, s:s, s:{s:I, s:s}, s:b, s:o}", "schema",
		"netdojo/submission/1", "netdojo", NETDOJO_VERSION, "name", json_text(name),
		"scenario", "id", json_str(start, "scenario", ""), "sha256", digits, "seed",
		json_str(start, "seed", ""), "variant", json_str(start, "variant", ""), "events",
		"lines", (json_int_t)f.lines, "head", f.head.h, "finished",
		evidence_first(log.events, "lab", "finished") != NULL, "claimed",
		score ? json_pack("{s:I, s:b}", "score", (json_int_t)json_int(score, "score", 0),
				  "passed", (int)json_flag(score, "passed", false))
		      : json_null());
	*ret_len = f.bytes;
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't make the manifest");
}

/* --- looking at a stranger's --- */

static json_t *new_row(const char *file)
{
	return json_pack("{s:o, s:n, s:n, s:s, s:s, s:s, s:n, s:b, s:n, s:b, s:b, s:b, s:[], s:[]}",
			 "file", json_text(file), "name", "claimed_name", "scenario", "", "seed",
			 "", "variant", "", "score", "passed", 0, "claimed", "finished", 0,
			 "counts", 0, "held", 0, "problems", "notes");
}

int submission_broken(const char *file, const struct err *why, struct submission *ret)
{
	*ret = (struct submission){.row = new_row(file)};
	if (!ret->row)
		return -ENOMEM;
	problem_add(ret->row, PROBLEM_FILE, why->msg, NULL);
	return 0;
}

static void note_number(json_t *row, enum problem p, size_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", n);
	problem_add(row, p, text, NULL);
}

/* The h of each line that holds. */
static int take_links(struct submission *s, struct span events, const struct chain_found *f)
{
	const char *at = events.text;

	s->links = calloc(f->lines + 1, sizeof(*s->links));
	if (!s->links)
		return -ENOMEM;
	for (; s->n_links < f->lines; s->n_links++) {
		const char *nl = memchr(at, '\n', events.len - (size_t)(at - events.text));
		struct chain c = {0};

		chain_read(at, (size_t)(nl - at), &c);
		memcpy(s->links[s->n_links], c.h, sizeof(c.h));
		at = nl + 1;
	}
	return 0;
}

static bool by_learner(const json_t *e)
{
	static const char *const kinds[] = {"command", "windows", "answer", "hint"};
	const char *kind = json_str(e, "kind", "");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return strcmp(json_str(e, "by", ""), "learner") == 0;
	return false;
}

/* A command's letters, each run of digits, dots and colons one sign: addresses are the seed's, not the learner's. */
static json_t *letters(const char *text)
{
	static const char numbers[] = "0123456789.:";
	auto_free char *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		return NULL;
	while (*text) {
		size_t n = strspn(text, numbers);

		if (n)
			fputc('#', f);
		else
			fputc(text[n++], f);
		text += n;
	}
	fclose(f);
	return json_text(line);
}

/* A stranger's number of seconds; what can't be one is none. */
static double seconds(const json_t *e, const char *key)
{
	double t = json_num(e, key, 0);

	return t > 0 && t < 1e9 ? t : 0;
}

/* Of each kind, so that two of one millisecond differ. */
static int64_t moment(const json_t *e)
{
	return (int64_t)(seconds(e, "t") * 1000) * 256 + json_str(e, "kind", "")[0];
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* What the learner did, and when: to be compared with what others did. */
static int take_history(struct submission *s)
{
	const json_t *e;
	size_t i;

	s->times = calloc(json_array_size(s->events) + 1, sizeof(*s->times));
	s->typed = json_array();
	if (!s->times || !s->typed)
		return -ENOMEM;
	json_array_foreach (s->events, i, e) {
		const char *text = json_str(e, "text", json_str(e, "line", ""));

		if (!by_learner(e))
			continue;
		s->times[s->n_times++] = moment(e);
		if (*text)
			json_array_append_new(s->typed, letters(text));
	}
	qsort(s->times, s->n_times, sizeof(*s->times), by_number);
	return 0;
}

static void take_resumed(struct submission *s)
{
	char times[24], gap[48];
	unsigned n = 0;
	double all = 0;
	const json_t *e;
	size_t i;

	json_array_foreach (s->events, i, e)
		if (strcmp(json_str(e, "kind", ""), "lab") == 0 &&
		    strcmp(json_str(e, "what", ""), "resumed") == 0) {
			all += seconds(e, "gap");
			n++;
		}
	if (!n)
		return;
	snprintf(times, sizeof(times), "%u", n);
	snprintf(gap, sizeof(gap), "%ld:%02ld:%02ld", (long)all / 3600, (long)all / 60 % 60,
		 (long)all % 60);
	note_add(s->row, NOTE_RESUMED, times, gap);
}

/* The manifest is the learner's word: the name, the score, which log it was made for. */
static json_t *take_manifest(struct submission *s, struct span text)
{
	json_t *m = NULL;
	struct err why = {0};
	const char *name;

	if (json_parse(text.text, text.len, &m, &why) < 0 ||
	    strcmp(json_str(m, "schema", ""), "netdojo/submission/1") != 0) {
		problem_add(s->row, PROBLEM_FILE,
			    why.msg[0] ? why.msg : "manifest.json is of another form", NULL);
		json_decref(m);
		return NULL;
	}
	name = json_str(m, "name", "");
	if (*name && strlen(name) <= NAME_MAX_BYTES)
		json_object_set_new(s->row, "claimed_name", json_string(name));
	if (json_is_integer(json_object_get(json_object_get(m, "claimed"), "score")))
		json_object_set(s->row, "claimed",
				json_object_get(json_object_get(m, "claimed"), "score"));
	return m;
}

/* Who, what and which seed stand in the log's first event. */
static void take_start(struct submission *s)
{
	static const char *const keys[] = {"scenario", "seed", "variant"};
	const json_t *start = evidence_first(s->events, "lab", "start");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set_new(s->row, keys[i], json_string(json_str(start, keys[i], "")));
	if (!start)
		problem_add(s->row, PROBLEM_LOG, "it has no beginning", NULL);
	else if (json_flag(start, "healthy", false))
		problem_add(s->row, PROBLEM_LOG, "the lab was started healthy", NULL);
	if (problem_has(s->row, PROBLEM_LOG)) {
		json_decref(s->events);
		s->events = NULL;
	}
}

static int take_events(struct submission *s, struct span text, const struct chain_found *f,
		       struct err *err)
{
	auto_evidence_log log = {0};
	struct err why = {0};

	if (f->broken || !f->lines) {
		note_number(s->row, !f->lines || f->unchained ? PROBLEM_UNCHAINED : PROBLEM_CHAIN,
			    f->broken ? f->broken : 1);
		return 0; /* from here on anything may have been written: no grade */
	}
	if (evidence_log_parse(text.text, f->bytes, &log, &why) < 0) {
		problem_add(s->row, PROBLEM_LOG, why.msg, NULL);
		return 0;
	}
	evidence_log_end(log.events);
	s->events = ptr_steal(log.events);
	if (take_links(s, text, f) < 0 || take_history(s) < 0)
		return err_sys(err, ENOMEM, "Can't read the submission");
	take_resumed(s);
	take_start(s);
	return 0;
}

int submission_read(const char *file, const struct submission_parts *parts, struct submission *ret,
		    struct err *err)
{
	struct submission s = {.row = new_row(file)};
	auto_json json_t *manifest = NULL;
	struct chain_found f;
	bool finished;
	int rc;

	if (!s.row)
		return err_sys(err, ENOMEM, "Can't read the submission");
	manifest = take_manifest(&s, parts->manifest);
	chain_check(parts->events.text, parts->events.len, &f);
	rc = take_events(&s, parts->events, &f, err);
	finished = evidence_first(s.events, "lab", "finished") != NULL;
	json_object_set_new(s.row, "finished", json_boolean(finished));
	if (manifest && !f.broken &&
	    strcmp(json_str(json_object_get(manifest, "events"), "head", ""), f.head.h) != 0)
		problem_add(s.row, PROBLEM_HEAD, NULL, NULL);
	if (s.events && !finished)
		problem_add(s.row, PROBLEM_UNFINISHED, NULL, NULL);
	*ret = s;
	return rc;
}

void submission_compare(struct submission *s, struct span copy, const char *catalogue)
{
	size_t line = 1, i, len = strlen(catalogue);

	for (i = 0; i < copy.len && i < len && copy.text[i] == catalogue[i]; i++)
		line += copy.text[i] == '\n';
	if (i < copy.len || i < len)
		note_number(s->row, PROBLEM_SCENARIO, line);
}

/* A line is a text, or {"node", "line"}; a run is a list of them. */
static void take_usual(json_t *usual, const json_t *lines)
{
	const char *line = json_is_string(lines)
				   ? json_string_value(lines)
				   : json_str(lines, "line", json_str(lines, "text", ""));
	auto_json json_t *text = *line ? letters(line) : NULL;
	const json_t *one;
	size_t i;

	if (text)
		json_object_set_new(usual, json_string_value(text), json_true());
	json_array_foreach (lines, i, one)
		take_usual(usual, one);
}

void submission_drop_usual(struct submission *s, const json_t *meta, const json_t *grade)
{
	auto_json json_t *usual = json_object();
	json_t *own = json_array();
	const json_t *one;
	size_t i;

	take_usual(usual, json_object_get(meta, "solution"));
	take_usual(usual, json_object_get(meta, "alternatives"));
	take_usual(usual, json_object_get(json_object_get(grade, "path"), "best"));
	json_array_foreach (json_object_get(grade, "items"), i, one)
		take_usual(usual, json_object_get(json_object_get(one, "lesson"), "commands"));
	json_array_foreach (s->typed, i, one)
		if (!json_object_get(usual, json_string_value(one)) &&
		    strncmp(json_string_value(one), "dojo ", 5) != 0)
			json_array_append(own, (json_t *)one);
	json_decref(s->typed);
	s->typed = own;
}

static void compare_claim(json_t *row)
{
	int64_t claimed = json_int(row, "claimed", -1), is = json_int(row, "score", 0);
	char a[24], b[24];

	if (claimed < 0 || claimed == is)
		return;
	snprintf(a, sizeof(a), "%lld", (long long)claimed);
	snprintf(b, sizeof(b), "%lld", (long long)is);
	problem_add(row, PROBLEM_CLAIM, a, b);
}

void submission_grade(struct submission *s, const json_t *grade, const struct err *why)
{
	if (!grade) {
		problem_add(s->row, PROBLEM_UNGRADED, why->msg, NULL);
		return;
	}
	if (json_flag(grade, "void", false)) {
		problem_add(s->row, PROBLEM_VOID, json_str(grade, "why_void", ""), NULL);
		return;
	}
	json_object_set(s->row, "score", json_object_get(grade, "score"));
	json_object_set(s->row, "passed", json_object_get(grade, "passed"));
	compare_claim(s->row);
}
