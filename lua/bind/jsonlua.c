/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON to Lua values and back. */
#include "bind/jsonlua.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

static const char array_key;

/* One reading: how much more may come, and where in the value we are, for messages. */
struct reading {
	lua_State *L;
	int values, depth;
	struct err *err;
};

void jsonlua_open(lua_State *L)
{
	lua_newtable(L);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &array_key);
}

void jsonlua_mark_array(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key);
	lua_setmetatable(L, -2);
}

static void push_object(lua_State *L, const json_t *j)
{
	const char *key;
	json_t *value;

	lua_createtable(L, 0, (int)json_object_size(j));
	json_object_foreach ((json_t *)j, key, value) {
		if (json_is_null(value))
			continue;
		lua_pushstring(L, key);
		jsonlua_push(L, value);
		lua_rawset(L, -3);
	}
}

static void push_array(lua_State *L, const json_t *j)
{
	size_t i;
	json_t *value;

	lua_createtable(L, (int)json_array_size(j), 0);
	json_array_foreach ((json_t *)j, i, value) {
		jsonlua_push(L, value);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	jsonlua_mark_array(L);
}

void jsonlua_push(lua_State *L, const json_t *j)
{
	luaL_checkstack(L, 8, "JSON is nested too deeply");
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		push_object(L, j);
		break;
	case JSON_ARRAY:
		push_array(L, j);
		break;
	case JSON_STRING:
		lua_pushlstring(L, json_string_value(j), json_string_length(j));
		break;
	case JSON_INTEGER:
		lua_pushinteger(L, json_integer_value(j));
		break;
	case JSON_REAL:
		lua_pushnumber(L, json_real_value(j));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		lua_pushboolean(L, json_is_true(j));
		break;
	case JSON_NULL:
		lua_pushlightuserdata(L, NULL);
		break;
	}
}

static bool marked_array(lua_State *L, int index)
{
	bool same;

	if (!lua_getmetatable(L, index))
		return false;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key);
	same = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return same;
}

static json_t *read_value(struct reading *r, int index);

static json_t *read_array(struct reading *r, int index, size_t n)
{
	auto_json json_t *out = json_array();

	for (size_t i = 1; i <= n; i++) {
		json_t *v;

		lua_rawgeti(r->L, index, (lua_Integer)i);
		v = read_value(r, lua_gettop(r->L));
		lua_pop(r->L, 1);
		if (!v)
			return NULL;
		if (json_array_append_new(out, v) < 0) {
			err_sys(r->err, ENOMEM, "Can't make a JSON array");
			return NULL;
		}
	}
	return ptr_steal(out);
}

static json_t *read_object(struct reading *r, int index)
{
	auto_json json_t *out = json_object();

	lua_pushnil(r->L);
	while (lua_next(r->L, index)) {
		json_t *v;

		if (lua_type(r->L, -2) != LUA_TSTRING) {
			err_set(r->err, ERR_USAGE, EINVAL, "a table mixes named keys and a %s key",
				luaL_typename(r->L, -2));
			return NULL;
		}
		v = read_value(r, lua_gettop(r->L));
		if (!v)
			return NULL;
		if (json_object_set_new(out, lua_tostring(r->L, -2), v) < 0) {
			err_set(r->err, ERR_USAGE, EILSEQ, "a key is not UTF-8");
			return NULL;
		}
		lua_pop(r->L, 1);
	}
	return ptr_steal(out);
}

static json_t *read_table(struct reading *r, int index)
{
	size_t n = lua_rawlen(r->L, index);
	json_t *out;

	if (r->depth >= JSONLUA_DEPTH || !lua_checkstack(r->L, 8)) {
		err_set(r->err, ERR_USAGE, E2BIG, "tables are nested over %d deep", JSONLUA_DEPTH);
		return NULL;
	}
	if (n > JSONLUA_VALUES) {
		err_set(r->err, ERR_USAGE, E2BIG, "a table has over %d values", JSONLUA_VALUES);
		return NULL;
	}
	r->depth++;
	out = n || marked_array(r->L, index) ? read_array(r, index, n) : read_object(r, index);
	r->depth--;
	return out;
}

static json_t *read_string(struct reading *r, int index)
{
	size_t len;
	const char *text = lua_tolstring(r->L, index, &len);
	bool nul = memchr(text, '\0', len) != NULL; /* who gets the message would refuse it whole */
	json_t *out = nul ? NULL : json_stringn(text, len);

	if (!out)
		err_set(r->err, ERR_USAGE, EILSEQ,
			nul ? "a string has a NUL" : "a string is not UTF-8");
	return out;
}

static json_t *read_number(struct reading *r, int index)
{
	json_t *out;

	if (lua_isinteger(r->L, index))
		return json_integer(lua_tointeger(r->L, index));
	out = json_real(lua_tonumber(r->L, index));
	if (!out) /* jansson has no infinity and no NaN */
		err_set(r->err, ERR_USAGE, EDOM, "a number is not finite");
	return out;
}

static json_t *read_value(struct reading *r, int index)
{
	if (--r->values < 0) {
		err_set(r->err, ERR_USAGE, E2BIG, "over %d values in one answer", JSONLUA_VALUES);
		return NULL;
	}
	switch (lua_type(r->L, index)) {
	case LUA_TTABLE:
		return read_table(r, index);
	case LUA_TSTRING:
		return read_string(r, index);
	case LUA_TNUMBER:
		return read_number(r, index);
	case LUA_TBOOLEAN:
		return json_boolean(lua_toboolean(r->L, index));
	case LUA_TLIGHTUSERDATA:
		return json_null();
	case LUA_TNIL:
		return json_null();
	}
	err_set(r->err, ERR_USAGE, EINVAL, "a %s can't be data", luaL_typename(r->L, index));
	return NULL;
}

int jsonlua_read(lua_State *L, int index, json_t **ret, struct err *err)
{
	struct err scratch = {0};
	struct reading r = {.L = L, .values = JSONLUA_VALUES, .err = err ? err : &scratch};
	int top = lua_gettop(L);
	json_t *out = read_value(&r, lua_absindex(L, index));

	lua_settop(L, top);
	if (!out)
		return -(r.err->code ? r.err->code : EINVAL);
	*ret = out;
	return 0;
}
