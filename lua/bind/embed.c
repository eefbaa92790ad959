/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Build tool: compiles Lua files and writes them as C arrays. Usage: lua-embed OUT.c FILE.lua... */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
	FILE *f;
	size_t n;
};

static int put_bytes(lua_State *L, const void *data, size_t len, void *arg)
{
	struct out *o = arg;
	const unsigned char *p = data;

	(void)L;
	for (size_t i = 0; i < len; i++)
		if (fprintf(o->f, "%u,%s", p[i], ++o->n % 32 ? "" : "\n") < 0)
			return 1;
	return 0;
}

/* Loads a file under a name no scenario's file can have: theirs begin with '@'. */
static int load_file(lua_State *L, const char *path)
{
	char text[256 * 1024];
	FILE *f = fopen(path, "r");
	size_t len = f ? fread(text, 1, sizeof(text), f) : 0;
	int rc;

	if (f)
		fclose(f);
	if (!f || len == sizeof(text)) {
		fprintf(stderr, "%s: can't be read, or is too long\n", path);
		return -1;
	}
	lua_pushfstring(L, "=netdojo/%s", path);
	rc = luaL_loadbufferx(L, text, len, lua_tostring(L, -1), "t");
	lua_remove(L, -2);
	if (rc != LUA_OK)
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
	return rc == LUA_OK ? 0 : -1;
}

/* Debug information stays in: error messages name our files and lines. */
static int embed_file(lua_State *L, FILE *f, const char *path, int index)
{
	struct out o = {.f = f};

	if (load_file(L, path) < 0)
		return -1;
	fprintf(f, "static const unsigned char chunk_%d[] = {\n", index);
	if (lua_dump(L, put_bytes, &o, 0))
		return -1;
	fprintf(f, "};\n");
	lua_pop(L, 1);
	return 0;
}

/* "wsl2/nat.lua" is the module "wsl2.nat". */
static void put_module_name(FILE *f, const char *path)
{
	size_t len = strlen(path) - strlen(".lua");

	for (size_t i = 0; i < len; i++)
		fputc(path[i] == '/' ? '.' : path[i], f);
}

static void put_table(FILE *f, char **paths, int n)
{
	fprintf(f, "const struct chunk chunks[] = {\n");
	for (int i = 0; i < n; i++) {
		fprintf(f, "\t{\"");
		put_module_name(f, paths[i]);
		fprintf(f, "\", chunk_%d, sizeof(chunk_%d)},\n", i, i);
	}
	fprintf(f, "};\nconst size_t n_chunks = %d;\n", n);
}

int main(int argc, char **argv)
{
	lua_State *L = luaL_newstate();
	FILE *f = argc > 2 ? fopen(argv[1], "w") : NULL;
	int rc = L && f ? 0 : -1;

	if (rc == 0)
		fprintf(f, "/* Made by lua-embed. */\n#include \"bind/library.h\"\n");
	for (int i = 2; rc == 0 && i < argc; i++)
		rc = embed_file(L, f, argv[i], i - 2);
	if (rc == 0)
		put_table(f, argv + 2, argc - 2);
	if (f && fclose(f))
		rc = -1;
	if (rc < 0 && argc > 1)
		remove(argv[1]);
	if (L)
		lua_close(L);
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
