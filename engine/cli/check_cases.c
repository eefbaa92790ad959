/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario has to prove, and whether it did. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "cli/tools.h"
#include "grade/attempt.h"

static void case_done(struct check_case *c)
{
	free(c->name);
	free(c->dir);
	free(c->why);
	free(c->first);
	json_decref(c->result);
	fd_closep(&c->sock);
}

void check_scenario_done(struct check_scenario *s)
{
	for (size_t i = 0; i < s->n_cases; i++)
		case_done(&s->cases[i]);
	free(s->cases);
	free(s->id);
	free(s->path);
	free(s->variant);
	free(s->title);
	free(s->skipped);
	script_client_free(s->script);
	json_decref(s->meta);
}

static void add(const struct check *k, struct check_scenario *s, enum check_kind kind, size_t nth,
		char *name, const json_t *commands, int at_most)
{
	struct check_case *c = &s->cases[s->n_cases++];

	*c = (struct check_case){.scenario = s,
				 .kind = kind,
				 .nth = nth,
				 .name = name,
				 .commands = commands,
				 .at_most = at_most,
				 .sock = -1};
	if (asprintf(&c->dir, "%s/%s%s%s-%zu", k->base, s->id, s->variant ? "-" : "",
		     s->variant ? s->variant : "", s->n_cases) < 0)
		c->dir = NULL;
}

static char *numbered(const char *what, size_t nth)
{
	char *s;

	return asprintf(&s, "%s %zu", what, nth + 1) < 0 ? NULL : s;
}

static void make_cases(const struct check *k, struct check_scenario *s)
{
	const json_t *alternatives = json_object_get(s->meta, "alternatives");
	const json_t *missteps = json_object_get(s->meta, "missteps"), *one;
	char *name;
	size_t i;

	s->cases = calloc(3 + json_array_size(alternatives) + json_array_size(missteps),
			  sizeof(*s->cases));
	if (!s->cases)
		return;
	add(k, s, CASE_PROOF, 0, strdup("healthy and broken"), NULL, 0);
	add(k, s, CASE_SOLUTION, 0, strdup("solution"), json_object_get(s->meta, "solution"), 0);
	json_array_foreach (alternatives, i, one)
		add(k, s, CASE_ALTERNATIVE, i, numbered("alternative", i), one, 0);
	json_array_foreach (missteps, i, one) {
		if (asprintf(&name, "misstep '%s'", json_str(one, "name", "?")) < 0)
			name = NULL;
		add(k, s, CASE_MISSTEP, i, name, json_object_get(one, "commands"),
		    (int)json_int(one, "at_most", 0));
	}
	add(k, s, CASE_NOTHING, 0, strdup("nothing done"), NULL, CHECK_NOTHING_UNDER - 1);
}

/* Sets skipped where this machine lacks what the scenario requires. */
static int find_lacking(struct check *k, struct check_scenario *s, struct err *err)
{
	const json_t *requires = json_object_get(s->meta, "requires");
	auto_json json_t *tools = tools_lacking(requires), *kernel = json_array();
	char what[256];
	int rc = kernel_lacking(&k->kernel, s->meta, kernel, err);

	if (rc < 0)
		return err_wrap(err, "%s", s->path);
	if (json_array_size(kernel)) {
		kernel_describe(kernel, what, sizeof(what));
		rc = asprintf(&s->skipped, "kernel lacks %s", what);
	} else if (json_array_size(tools)) {
		tools_describe(tools, what, sizeof(what));
		rc = asprintf(&s->skipped, "this machine has no %s", what);
	}
	return rc < 0 ? err_sys(err, ENOMEM, "Can't check") : 0;
}

/* What the catalogue promises must be what the topology's WSL starts in. A topology that can't be made is told here, once. */
static int check_mode(const struct check_scenario *s, struct err *err)
{
	auto_json json_t *answer = NULL;
	int rc = script_client_call(s->script, json_pack("{s:s}", "do", "model"), &answer, err);
	const char *promised = json_str(s->meta, "mode", ""), *mode;

	if (rc < 0)
		return rc;
	mode = json_str(json_object_get(answer, "model"), "mode", promised);
	if (strcmp(mode, "virtioproxy") == 0) /* as WSL called it before 2.9 */
		mode = "consomme";
	if (strcmp(mode, promised) == 0)
		return 0;
	return err_set(err, ERR_USAGE, EINVAL,
		       "%s: the scenario's mode is '%s', but the topology's WSL is in mode '%s'",
		       s->path, promised, mode);
}

int check_load(struct check *k, struct check_scenario *s, struct err *err)
{
	int rc = script_client_start(&s->script, err);

	if (rc == 0)
		rc = script_client_load(s->script, s->path, CHECK_SEED,
					s->variant ? s->variant : "", "en", &s->meta, err);
	if (rc == 0)
		rc = check_mode(s, err);
	if (rc < 0)
		return rc;
	rc = find_lacking(k, s, err);
	if (rc == 0 && !s->skipped)
		make_cases(k, s);
	return rc;
}

/* "lost: verified 0/10, care 5/10" */
static void put_lost(FILE *f, const json_t *grade)
{
	const json_t *it;
	const char *sep = "; lost: ";
	size_t i;

	json_array_foreach (json_object_get(grade, "items"), i, it) {
		double points = json_num(it, "points", 0), max = json_num(it, "max", 0);

		if (points >= max && !json_flag(it, "void", false))
			continue;
		fprintf(f, "%s%s %g/%g%s", sep, json_str(it, "id", "?"), points, max,
			json_flag(it, "void", false) ? " (void)" : "");
		sep = ", ";
	}
}

/* Items that earned points, for a misstep that got too many. */
static void put_earned(FILE *f, const json_t *grade)
{
	const json_t *it;
	const char *sep = "; earned: ";
	size_t i;

	json_array_foreach (json_object_get(grade, "items"), i, it) {
		double points = json_num(it, "points", 0);

		if (points <= 0)
			continue;
		fprintf(f, "%s%s %g", sep, json_str(it, "id", "?"), points);
		sep = ", ";
	}
}

static void put_unfixed(FILE *f, struct check_case *c, const json_t *grade)
{
	const json_t *p;
	size_t i;

	json_array_foreach (json_object_get(grade, "fixed"), i, p)
		if (!json_flag(p, "ok", false)) {
			c->unmended = true;
			fprintf(f, "; fixed-probe %s fails", json_str(p, "name", "?"));
		}
}

/* The controls that failed at the end: said too, for nothing that was mended breaks them. */
static void put_broken(FILE *f, struct check_case *c, const json_t *events)
{
	bool at_end = false;
	const json_t *e;
	size_t i;

	json_array_foreach (events, i, e) {
		at_end = at_end || strcmp(json_str(e, "what", ""), "finishing") == 0;
		if (!at_end || strcmp(json_str(e, "kind", ""), "probe") != 0 ||
		    strcmp(json_str(e, "set", ""), "controls") != 0 || json_flag(e, "ok", true))
			continue;
		c->unmended = true;
		fprintf(f, "; control %s fails", json_str(e, "name", "?"));
	}
}

static void explain(struct check_case *c, const struct attempt *a, bool wants_full, int timed_out)
{
	const json_t *grade = a->grade;
	size_t len;
	FILE *f = open_memstream(&c->why, &len);

	if (!f)
		return;
	if (json_flag(grade, "void", false))
		fprintf(f, "the attempt is void: %s", json_str(grade, "why_void", "?"));
	else if (wants_full)
		fprintf(f, "expected 100 points and passed, got %d", c->score);
	else
		fprintf(f, "expected at most %d points, got %d", c->at_most, c->score);
	if (wants_full) {
		put_lost(f, grade);
		put_unfixed(f, c, grade);
		put_broken(f, c, a->events);
	} else {
		put_earned(f, grade);
	}
	if (timed_out)
		fprintf(f, "; %d command(s) interrupted after the time limit", timed_out);
	fclose(f);
}

static void judge_grade(struct check_case *c, const json_t *result)
{
	struct script_port port = script_client_port(c->scenario->script);
	bool full = c->kind == CASE_SOLUTION || c->kind == CASE_ALTERNATIVE;
	auto_attempt a = {0};
	struct err err = {0};

	if (attempt_score(c->dir, &port, c->scenario->meta, &a, &err) < 0) {
		c->why = strdup(err.msg);
		return;
	}
	c->score = (int)json_int(a.grade, "score", 0);
	if (json_flag(a.grade, "void", false))
		c->ok = false;
	else if (full)
		c->ok = c->score == 100 && json_flag(a.grade, "passed", false);
	else
		c->ok = c->score <= c->at_most;
	if (!c->ok)
		explain(c, &a, full, (int)json_int(result, "timed_out", 0));
}

static void judge_proof(struct check_case *c, const json_t *result)
{
	c->result = json_deep_copy(result);
	c->ok = json_flag(result, "healthy", false) && json_flag(result, "broken", false) &&
		json_flag(result, "controls", false);
	if (!c->ok)
		c->why = strdup(json_str(result, "why", "?"));
}

static void judge_error(struct check_case *c, const json_t *error)
{
	c->machine = json_int(error, "kind", ERR_MACHINE) == ERR_MACHINE;
	c->why = strdup(json_str(error, "message", "?"));
	c->result = json_incref((json_t *)error);
}

bool check_try_again(struct check_case *c)
{
	bool full = c->kind == CASE_SOLUTION || c->kind == CASE_ALTERNATIVE;

	/*
	 * A probe is as short as a person's patience, and what should pass may be late on a busy machine: other labs that end
	 * hold the kernel's one lock of all networks for seconds. What was seen on the way, and what should not pass, is never late.
	 * A lab that failed says nothing of its scenario.
	 */
	if (c->ok || c->patient ||
	    (!c->interrupted && !c->machine && c->kind != CASE_PROOF && !(full && c->unmended)))
		return false;
	c->patient = true;
	c->interrupted = c->machine = c->unmended = false;
	c->score = 0;
	c->first = ptr_steal(c->why);
	json_decref(ptr_steal(c->result));
	return true;
}

void check_judge(struct check_case *c, const json_t *result)
{
	c->interrupted = json_int(result, "timed_out", 0) > 0;
	if (!result)
		c->why = strdup("its process ended without a word");
	else if (json_object_get(result, "error"))
		judge_error(c, json_object_get(result, "error"));
	else if (c->kind == CASE_PROOF)
		judge_proof(c, result);
	else
		judge_grade(c, result);
}

bool check_scenario_ok(const struct check_scenario *s)
{
	if (check_unreadable(s) || !s->n_cases)
		return false;
	for (size_t i = 0; i < s->n_cases; i++)
		if (!s->cases[i].ok)
			return false;
	return true;
}
