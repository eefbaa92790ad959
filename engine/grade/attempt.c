/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grading an attempt folder. */
#define _GNU_SOURCE
#include "grade/attempt.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "evidence/join.h"
#include "evidence/log.h"
#include "evidence/query.h"
#include "grade/grade.h"

enum { SCENARIO_MAX = 1024 * 1024 };

void attempt_done(struct attempt *a)
{
	json_decref(a->events);
	json_decref(a->meta);
	json_decref(a->grade);
	*a = (struct attempt){0};
}

static int script_gone(struct err *err)
{
	return err_set(err, ERR_USAGE, EPIPE, "The scenario's script ended (over its limits?)");
}

/* The next message, waited for. */
static int next(struct script_port *s, struct msg *ret, struct err *err)
{
	for (;;) {
		struct pollfd p = {.fd = s->fd(s->ctx), .events = POLLIN};
		int rc = s->recv(s->ctx, ret, err);

		if (rc != -EAGAIN)
			return rc;
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return err_sys(err, errno, "Can't wait for the script");
	}
}

int script_ask(struct script_port *script, json_t *req, json_t **ret, struct err *err)
{
	auto_json json_t *own = req;
	const json_int_t id = 1;
	int rc;

	if (!own || json_object_set_new(own, "id", json_integer(id)) < 0)
		return err_sys(err, ENOMEM, "Can't ask the script");
	rc = script->send(script->ctx, own, err);
	while (rc >= 0) {
		auto_msg m = {.n_fds = 0};

		rc = next(script, &m, err);
		if (rc == 0)
			return script_gone(err);
		if (rc < 0 || json_int(m.body, "re", 0) != id)
			continue;
		if (json_object_get(m.body, "error"))
			return err_from_json(err, json_object_get(m.body, "error"));
		*ret = ptr_steal(m.body);
		return 0;
	}
	return rc == -EPIPE ? script_gone(err) : rc;
}

int script_load(struct script_port *script, const char *text, const char *file, const char *seed,
		const char *variant, const char *lang, json_t **ret_meta, struct err *err)
{
	auto_json json_t *answer = NULL;
	int rc = script_ask(script,
			    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "do", "load", "text", text,
				      "file", file, "seed", seed, "variant", variant, "lang", lang),
			    &answer, err);

	if (rc == 0 && ret_meta)
		*ret_meta = json_incref(json_object_get(answer, "meta"));
	return rc;
}

/* A lab without its fault has nothing to grade, and its grade would tell what the fault is. */
static int check_broken(const json_t *events, struct err *err)
{
	if (!json_flag(evidence_first(events, "lab", "start"), "healthy", false))
		return 0;
	return err_set(err, ERR_USAGE, EINVAL,
		       "This lab was started healthy: there is nothing to grade");
}

int attempt_score_events(json_t *events, struct script_port *script, const json_t *meta,
			 struct attempt *ret, struct err *err)
{
	auto_json json_t *own = events, *answer = NULL, *grade = NULL;
	int rc = check_broken(own, err);

	if (rc < 0)
		return rc;
	evidence_join(own);
	rc = script_ask(script, json_pack("{s:s, s:O}", "do", "score", "events", own), &answer,
			err);
	if (rc == 0)
		rc = grade_make(own, meta, answer, &grade, err);
	if (rc < 0)
		return rc;
	*ret = (struct attempt){.events = ptr_steal(own),
				.meta = json_incref((json_t *)meta),
				.grade = ptr_steal(grade)};
	return 0;
}

int attempt_score(const char *dir, struct script_port *script, const json_t *meta,
		  struct attempt *ret, struct err *err)
{
	auto_evidence_log log = {0};
	int rc = evidence_log_load(dir, &log, err);

	return rc < 0 ? rc : attempt_score_events(ptr_steal(log.events), script, meta, ret, err);
}

/* dir/name as text, at most SCENARIO_MAX; caller frees. */
static int read_text(const char *dir, const char *name, char **ret, struct err *err)
{
	auto_free char *path = NULL, *text = malloc(SCENARIO_MAX + 1);
	auto_file f = NULL;
	size_t n;

	if (!text || asprintf(&path, "%s/%s", dir, name) < 0)
		return err_sys(err, ENOMEM, "Can't read the attempt");
	f = fopen(path, "re");
	if (!f)
		return err_set(err, ERR_USAGE, errno, "Can't read '%s': %s", path, strerror(errno));
	n = fread(text, 1, SCENARIO_MAX, f);
	if (ferror(f) || !feof(f))
		return err_set(err, ERR_USAGE, EFBIG, "'%s' is over %d bytes", path, SCENARIO_MAX);
	text[n] = '\0';
	*ret = ptr_steal(text);
	return 0;
}

/* Beside the evidence it came from; a folder that can't be written to is graded all the same. */
static void save(const char *dir, const json_t *grade)
{
	auto_free char *path = NULL;

	if (asprintf(&path, "%s/score.json", dir) > 0)
		json_dump_file(grade, path, JSON_INDENT(1));
}

int attempt_grade(const char *dir, const char *lang, struct script_port *script,
		  struct attempt *ret, struct err *err)
{
	auto_evidence_log log = {0};
	auto_free char *text = NULL;
	auto_json json_t *meta = NULL;
	const json_t *start;
	int rc = evidence_log_load(dir, &log, err);

	if (rc == 0)
		rc = read_text(dir, "scenario.lua", &text, err);
	if (rc < 0)
		return rc;
	start = evidence_first(log.events, "lab", "start");
	if (!start)
		return err_set(err, ERR_USAGE, EBADMSG, "The log in '%s' has no beginning", dir);
	rc = script_load(script, text, "scenario.lua", json_str(start, "seed", ""),
			 json_str(start, "variant", ""), lang, &meta, err);
	if (rc == 0)
		rc = attempt_score(dir, script, meta, ret, err);
	if (rc == 0)
		save(dir, ret->grade);
	return rc;
}
