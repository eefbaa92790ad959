/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation with the lab's init. */
#define _GNU_SOURCE
#include "windows/ask.h"

#include <errno.h>
#include <lauxlib.h>
#include <poll.h>

#include "bind/jsonlua.h"
#include "guest/talk.h"
#include "windows/interrupt.h"

static const char slot_key;
static int sock = -1; /* one connection for the process; -1: none yet, or it was given up */
static json_int_t last_id;

static int slot_gc(lua_State *L)
{
	json_t **slot = lua_touserdata(L, 1);

	json_decref(*slot);
	*slot = NULL;
	return 0;
}

json_t **ask_push_slot(lua_State *L)
{
	json_t **slot = lua_newuserdatauv(L, sizeof(json_t *), 0);

	*slot = NULL;
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &slot_key) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushcfunction(L, slot_gc);
		lua_setfield(L, -2, "__gc");
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &slot_key);
	}
	lua_setmetatable(L, -2);
	return slot;
}

static void give_up(void)
{
	fd_closep(&sock);
}

/* The answer to id, waited for as Ctrl-C allows; -EINTR when it came. */
static int await(json_int_t id, json_t **ret, struct err *err)
{
	for (;;) {
		auto_msg m = {0};
		int rc = interrupt_wait(sock, POLLIN, -1);

		if (rc == -EINTR && interrupt_resized())
			continue;
		if (rc < 0)
			return rc;
		rc = msg_recv(sock, &m, 0, err);
		if (rc <= 0)
			return rc < 0 ? rc : err_set(err, ERR_MACHINE, EPIPE, "The lab is gone");
		if (json_int(m.body, "re", 0) == id) {
			*ret = json_incref(m.body);
			return 0;
		}
		talk_say(m.body);
	}
}

static int exchange(json_t *request, json_t **ret, struct err *err)
{
	json_int_t id = ++last_id;
	int rc;

	if (sock < 0)
		sock = talk_open(err);
	if (sock < 0)
		return sock;
	json_object_set_new(request, "id", json_integer(id));
	rc = msg_send(sock, request, NULL, 0, err);
	if (rc == 0)
		rc = await(id, ret, err);
	/* the answer to a question given up would be taken for the next one's */
	if (rc < 0)
		give_up();
	return rc;
}

int ask_raise(lua_State *L, const struct err *err)
{
	lua_newtable(L);
	lua_pushstring(L, err->msg);
	lua_setfield(L, -2, "message");
	lua_pushliteral(L, "Failed");
	lua_setfield(L, -2, "code");
	if (err->mend[0]) {
		lua_pushstring(L, err->mend);
		lua_setfield(L, -2, "mend");
	}
	return lua_error(L);
}

/* The lab's error: its code is a name where Windows has one for it (docs/formats/windows.md), else "Failed". */
static int raise_answer(lua_State *L, const json_t *error)
{
	jsonlua_push(L, error);
	if (!json_is_string(json_object_get(error, "code"))) {
		lua_pushstring(L, json_str(error, "name", "Failed"));
		lua_setfield(L, -2, "code");
	}
	return lua_error(L);
}

int ask_lua(lua_State *L)
{
	struct err err = {0};
	json_t **request, **answer;
	int rc;

	luaL_checktype(L, 1, LUA_TTABLE);
	request = ask_push_slot(L);
	answer = ask_push_slot(L);
	rc = jsonlua_read(L, 1, request, &err);
	if (rc == 0)
		rc = exchange(*request, answer, &err);
	if (rc == -EINTR) {
		interrupt_take();
		return interrupt_raise(L);
	}
	if (rc < 0)
		return ask_raise(L, &err);
	if (json_object_get(*answer, "error"))
		return raise_answer(L, json_object_get(*answer, "error"));
	jsonlua_push(L, *answer);
	return 1;
}

int ask_lua_array(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	jsonlua_mark_array(L);
	return 1;
}
