/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script's main loop. */
#include "bind/serve.h"

#include <malloc.h>
#include <string.h>

#include "base/msg.h"
#include "bind/call.h"

enum { REST_SECONDS = 1 }; /* without a request, then there is time to clear up */

struct serve {
	struct ask ask;
	struct state *state; /* of the last load; NULL before */
	bool rested;	     /* cleared up since the last request */
};

/* {"id","re" or "error"}: the answer to req, stealing body. */
static int reply(struct serve *s, const json_t *req, json_t *body, struct err *err)
{
	auto_json json_t *out = body;

	json_object_set(out, "re", json_object_get(req, "id"));
	return msg_send(s->ask.peer, out, NULL, 0, err);
}

static json_t *failure(const struct err *why, const char *trace)
{
	json_t *e = err_to_json(why);

	if (e && trace)
		json_object_set_new(e, "trace", json_string(trace));
	return json_pack("{s:o}", "error", e);
}

static int call(struct state *s, const json_t *req, json_t **ret)
{
	auto_free char *trace = NULL;
	struct err why = {0};
	int rc = call_handle(s, req, ret, &trace, &why);

	if (rc < 0)
		*ret = failure(&why, trace);
	return rc;
}

/* One scenario's metadata in a state of its own, so that none can spoil another's. */
static json_t *meta_of(const json_t *item, json_t *id)
{
	auto_json json_t *req = json_deep_copy(item);
	json_t *answer = NULL;
	struct state *st = NULL;
	struct err why = {0};

	json_object_set_new(req, "do", json_string("load"));
	json_object_set(req, "id", id);
	if (state_new(req, NULL, &st, &why) < 0)
		answer = failure(&why, NULL);
	else
		call(st, req, &answer);
	state_free(st);
	json_object_set(answer, "file", json_object_get(item, "file"));
	return answer;
}

static json_t *do_catalogue(struct serve *s, const json_t *req)
{
	json_t *list = json_array();
	size_t i;
	json_t *item;

	(void)s;
	json_array_foreach (json_object_get(req, "scenarios"), i, item)
		json_array_append_new(list, meta_of(item, json_object_get(req, "id")));
	return json_pack("{s:o}", "scenarios", list);
}

/* A course's text, in a state of its own. */
static json_t *do_course(struct serve *s, const json_t *req)
{
	json_t *answer = NULL;
	struct state *st = NULL;
	struct err why = {0};

	(void)s;
	if (state_new(req, NULL, &st, &why) < 0)
		answer = failure(&why, NULL);
	else
		call(st, req, &answer);
	state_free(st);
	return answer;
}

static json_t *do_load(struct serve *s, const json_t *req)
{
	struct state *st = NULL;
	struct err why = {0};
	json_t *answer = NULL;

	if (!json_is_string(json_object_get(req, "text"))) {
		err_set(&why, ERR_USAGE, EINVAL, "load: 'text' is missing");
		return failure(&why, NULL);
	}
	if (state_new(req, &s->ask, &st, &why) < 0)
		return failure(&why, NULL);
	if (call(st, req, &answer) < 0) {
		state_free(st);
		return answer;
	}
	state_free(s->state);
	state_loaded(st);
	s->state = st;
	return answer;
}

static json_t *do_state(struct serve *s, const json_t *req)
{
	json_t *answer = NULL;

	call(s->state, req, &answer);
	return answer;
}

/* The verbs; what Lua does not know, lib/main.lua refuses. */
static json_t *dispatch(struct serve *s, const json_t *req)
{
	const char *verb = json_str(req, "do", "");
	struct err why = {0};

	if (!strcmp(verb, "catalogue"))
		return do_catalogue(s, req);
	if (!strcmp(verb, "course"))
		return do_course(s, req);
	if (!strcmp(verb, "load"))
		return do_load(s, req);
	if (s->state)
		return do_state(s, req);
	err_set(&why, ERR_USAGE, EINVAL, "'%.32s' before a scenario was loaded", verb);
	return failure(&why, NULL);
}

/* A timed part of a fault is due: the changed model goes out as a notice. */
static int tick(struct serve *s, struct err *err)
{
	auto_json json_t *req = json_pack("{s:s}", "do", "tick");
	auto_json json_t *out = NULL;

	s->state->wake = 0;
	s->rested = false;
	call(s->state, req, &out);
	return msg_send(s->ask.peer, out, NULL, 0, err);
}

/* An idle lab keeps no memory of what its answers took to make. */
static void rest(struct serve *s)
{
	state_collect(s->state);
	malloc_trim(0);
	s->rested = true;
}

/* The earlier of both; 0 is never. */
static double deadline(const struct serve *s)
{
	double tidy = s->state && !s->rested ? ask_now() + REST_SECONDS : 0;
	double wake = s->state ? s->state->wake : 0;

	return tidy == 0 || (wake != 0 && wake < tidy) ? wake : tidy;
}

static int on_time(struct serve *s, struct err *err)
{
	if (s->state->wake != 0 && s->state->wake <= ask_now())
		return tick(s, err) < 0 ? -EPIPE : 1;
	rest(s);
	return 1;
}

static int step(struct serve *s, struct err *err)
{
	auto_json json_t *req = NULL;
	int rc = ask_request(&s->ask, deadline(s), &req, err);

	if (rc == -ETIMEDOUT)
		return on_time(s, err);
	s->rested = false;
	if (rc <= 0)
		return rc;
	if (!json_object_get(req, "id"))
		return 1; /* a notice, or an answer nobody waits for any more */
	rc = reply(s, req, dispatch(s, req), err);
	return rc < 0 ? rc : 1;
}

int serve_run(int peer, struct err *err)
{
	struct serve s = {0};
	int rc = ask_init(&s.ask, peer, err);

	while (rc >= 0) {
		rc = step(&s, err);
		if (rc == 0)
			break;
	}
	state_free(s.state);
	ask_done(&s.ask);
	return rc;
}
