/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request into a scenario's state. Everything that can raise runs inside lua_pcall; the message
 * handler turns whatever was raised into a struct err at once, without running a metamethod of the
 * scenario's.
 */
#include "bind/call.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/jsonlua.h"
#include "bind/library.h"

enum { TRACE_MAX = 4096, TEXT_MAX = 600 };

struct call {
	struct state *s;
	const json_t *req;
	json_t *answer;
	char *trace;
	struct err *err;
};

static int run(lua_State *L)
{
	struct call *c = lua_touserdata(L, 1);
	struct err err = {0};

	library_push(L, "main");
	jsonlua_push(L, c->req);
	lua_call(L, 1, 1);
	if (jsonlua_read(L, -1, &c->answer, &err) < 0)
		return luaL_error(L, "%s", err.msg);
	return 0;
}

/* "FILE:LINE" of the innermost scenario code on the stack; false when none is. */
static bool scenario_line(lua_State *L, const char *file, int *ret_line)
{
	lua_Debug ar;

	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.source[0] == '@' && !strcmp(ar.source + 1, file) && ar.currentline > 0) {
			*ret_line = ar.currentline;
			return true;
		}
	}
	return false;
}

/* Fields of an error table, read raw; index is absolute. "" when absent. */
static const char *raw_text(lua_State *L, int index, const char *key)
{
	const char *out;

	lua_pushstring(L, key);
	lua_rawget(L, index);
	out = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
	lua_pop(L, 1); /* the table still holds it */
	return out;
}

static lua_Integer raw_integer(lua_State *L, int index, const char *key, lua_Integer dflt)
{
	lua_Integer out = dflt;

	lua_pushstring(L, key);
	lua_rawget(L, index);
	if (lua_isinteger(L, -1))
		out = lua_tointeger(L, -1);
	lua_pop(L, 1);
	return out;
}

/* {msg, line, kind, mend, asked}: what lib/strict.lua and core raise. asked = 1: the fault is the request's, not the file's. */
static void from_table(lua_State *L, struct call *c, int index)
{
	enum err_kind kind =
		raw_integer(L, index, "kind", ERR_USAGE) == ERR_MACHINE ? ERR_MACHINE : ERR_USAGE;
	int line = (int)raw_integer(L, index, "line", 0);
	const char *msg = raw_text(L, index, "msg");

	if (!msg[0])
		msg = "an error without a message was raised";
	if (raw_integer(L, index, "asked", 0)) {
		err_set(c->err, kind, EINVAL, "%.*s", TEXT_MAX, msg);
		return;
	}
	if (line <= 0 && kind == ERR_USAGE)
		scenario_line(L, c->s->file, &line);
	if (line > 0)
		err_set(c->err, kind, EINVAL, "%s:%d: %.*s", c->s->file, line, TEXT_MAX, msg);
	else
		err_set(c->err, kind, EINVAL, "%s: %.*s", c->s->file, TEXT_MAX, msg);
	err_mend(c->err, "%.*s", TEXT_MAX, raw_text(L, index, "mend"));
}

/* A string: Lua has put "file:line:" before it, but perhaps a library's; then the scenario's line
 * goes in front. */
static void from_string(lua_State *L, struct call *c, const char *text)
{
	size_t len = strlen(c->s->file);
	int line;

	if (!strncmp(text, c->s->file, len) && text[len] == ':')
		err_set(c->err, ERR_USAGE, EINVAL, "%.*s", TEXT_MAX, text);
	else if (scenario_line(L, c->s->file, &line))
		err_set(c->err, ERR_USAGE, EINVAL, "%s:%d: %.*s", c->s->file, line, TEXT_MAX, text);
	else
		err_set(c->err, ERR_USAGE, EINVAL, "%s: %.*s", c->s->file, TEXT_MAX, text);
}

static int on_error(lua_State *L)
{
	struct call *c = lua_touserdata(L, lua_upvalueindex(1));

	if (c->err->msg[0])
		return 1; /* an error while handling one: the first is what happened */
	if (lua_type(L, 1) == LUA_TTABLE)
		from_table(L, c, 1);
	else if (lua_type(L, 1) == LUA_TSTRING)
		from_string(L, c, lua_tostring(L, 1));
	else
		from_string(L, c,
			    lua_pushfstring(L, "a %s was raised as an error", luaL_typename(L, 1)));
	luaL_traceback(L, L, NULL, 1);
	c->trace = strndup(lua_tostring(L, -1), TRACE_MAX);
	return 1;
}

/* What the handler could not see: memory, and errors inside the handling of errors. */
static void note_status(struct call *c, int status)
{
	if (c->s->guard.expired)
		err_set(c->err, ERR_USAGE, ETIME,
			"%s: ran for over %d million instructions, is there an endless loop?",
			c->s->file, GUARD_INSTRUCTIONS / 1000000);
	else if (status == LUA_ERRMEM)
		err_set(c->err, ERR_USAGE, ENOMEM, "%s: used over %d MiB of memory", c->s->file,
			HEAP_LIMIT / 1024 / 1024);
	else if (!c->err->msg[0])
		err_set(c->err, ERR_USAGE, EINVAL, "%s: failed while handling an error",
			c->s->file);
}

int call_handle(struct state *s, const json_t *req, json_t **ret, char **ret_trace, struct err *err)
{
	struct err scratch = {0};
	struct call c = {.s = s, .req = req, .err = err ? err : &scratch};
	lua_State *L = s->L;
	int status;

	guard_begin(L, &s->guard, json_int(req, "id", 0), s->file);
	lua_settop(L, 0);
	lua_pushlightuserdata(L, &c);
	lua_pushcclosure(L, on_error, 1);
	lua_pushcfunction(L, run);
	lua_pushlightuserdata(L, &c);
	status = lua_pcall(L, 1, 0, 1);
	guard_end();
	lua_settop(L, 0);
	if (status != LUA_OK) {
		note_status(&c, status);
		json_decref(c.answer);
		if (ret_trace)
			*ret_trace = ptr_steal(c.trace);
		free(c.trace);
		return -(c.err->code ? c.err->code : EINVAL);
	}
	*ret = c.answer;
	return 0;
}
