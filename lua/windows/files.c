/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, by Windows paths. */
#define _GNU_SOURCE
#include "windows/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "windows/paths.h"

enum {
	FILE_LIMIT = 16 * 1024 * 1024, /* bytes; more is no text file */
	LEARNER = 1000,		       /* WSL's default user, whose everything on the drive is */
};

/* What Windows says, and the name a command asks for. */
static const struct {
	int code;
	const char *name, *text;
} reasons[] = {
	{ENOENT, "NotFound", "The system cannot find the path specified."},
	{ENOTDIR, "NotFound", "The system cannot find the path specified."},
	{EACCES, "Denied", "Access is denied."},
	{EPERM, "Denied", "Access is denied."},
	{EISDIR, "Denied", "Access is denied."},
	{EROFS, "Denied", "The media is write protected."},
	{EEXIST, "Exists", "Cannot create a file when that file already exists."},
	{ENOTEMPTY, "Exists", "The directory is not empty."},
	{EINVAL, "InvalidArgument",
	 "The filename, directory name, or volume label syntax is incorrect."},
	{ENAMETOOLONG, "InvalidArgument", "The filename or extension is too long."},
	{ENOSPC, "Failed", "There is not enough space on the disk."},
	{EFBIG, "Failed", "The file is too large."},
};

void files_made(const char *path)
{
	/* in the one-uid map there is no such id, and root's is the learner's */
	(void)!lchown(path, LEARNER, LEARNER);
}

const char *files_reason(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].text;
	return strerror(code);
}

/* nil, message, name. */
static int fail(lua_State *L, int code)
{
	lua_pushnil(L);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].code == code) {
			lua_pushstring(L, reasons[i].text);
			lua_pushstring(L, reasons[i].name);
			return 3;
		}
	lua_pushstring(L, strerror(code));
	lua_pushliteral(L, "Failed");
	return 3;
}

static int done(lua_State *L, int rc)
{
	if (rc < 0)
		return fail(L, errno);
	lua_pushboolean(L, 1);
	return 1;
}

/* The first argument as the node's path; a negative errno when it is none. */
static int path_of(lua_State *L, char ret[PATH_MAX])
{
	return paths_unix(luaL_checkstring(L, 1), ret, PATH_MAX);
}

/* The whole file; NULL with errno. Caller frees. */
static char *slurp(const char *path, size_t *ret_len)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *text = NULL;
	struct stat st;
	size_t len = 0, size;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode) || st.st_size > FILE_LIMIT) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EFBIG;
		return NULL;
	}
	size = (size_t)st.st_size + 1;
	text = malloc(size);
	while (text && len < size) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno != EINTR)
			return NULL;
		if (n == 0)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	*ret_len = len < size ? len : size - 1;
	return ptr_steal(text);
}

static int read_file(lua_State *L)
{
	char path[PATH_MAX];
	size_t len = 0;
	int rc = path_of(L, path);
	char *text, *copy;

	if (rc < 0)
		return fail(L, -rc);
	text = slurp(path, &len);
	if (!text)
		return fail(L, errno);
	/* Lua's own memory first: an error there may not lose ours */
	copy = lua_newuserdatauv(L, len + 1, 0);
	memcpy(copy, text, len);
	free(text);
	lua_pushlstring(L, copy, len);
	return 1;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* For writing, made when it is missing. */
static int open_to_write(const char *path, int flags)
{
	int fd = open(path, flags | O_EXCL, 0666);

	if (fd >= 0)
		files_made(path);
	return fd < 0 && errno == EEXIST ? open(path, flags, 0666) : fd;
}

static int write_file(lua_State *L)
{
	size_t len;
	const char *text = luaL_checklstring(L, 2, &len);
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (lua_toboolean(L, 3) ? O_APPEND : O_TRUNC);
	char path[PATH_MAX];
	int rc = path_of(L, path), fd;

	if (rc < 0)
		return fail(L, -rc);
	fd = open_to_write(path, flags);
	if (fd < 0)
		return fail(L, errno);
	rc = write_all(fd, text, len);
	fd_closep(&fd);
	return done(L, rc);
}

static int remove_file(lua_State *L)
{
	char path[PATH_MAX];
	int rc = path_of(L, path);

	if (rc < 0)
		return fail(L, -rc);
	rc = unlink(path);
	return done(L, rc < 0 && errno == EISDIR ? rmdir(path) : rc);
}

static int make_one(const char *path)
{
	int rc = mkdir(path, 0777);

	if (rc == 0)
		files_made(path);
	return rc;
}

static int make_folder(lua_State *L)
{
	char path[PATH_MAX];
	int rc = path_of(L, path);

	if (rc < 0)
		return fail(L, -rc);
	for (char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
		*c = '\0';
		make_one(path);
		*c = '/';
	}
	return done(L, make_one(path));
}

/* Fills the table on top of the stack. */
static void set_stat(lua_State *L, const struct stat *st)
{
	lua_pushboolean(L, S_ISDIR(st->st_mode));
	lua_setfield(L, -2, "is_folder");
	lua_pushinteger(L, S_ISDIR(st->st_mode) ? 0 : st->st_size);
	lua_setfield(L, -2, "size");
	lua_pushinteger(L, st->st_mtime);
	lua_setfield(L, -2, "mtime");
}

static int lua_stat(lua_State *L)
{
	char path[PATH_MAX], windows[PATH_MAX];
	struct stat st;
	int rc = path_of(L, path);

	if (rc < 0 || stat(path, &st) < 0)
		return fail(L, rc < 0 ? -rc : errno);
	lua_newtable(L);
	set_stat(L, &st);
	paths_windows(path, windows, sizeof(windows));
	lua_pushstring(L, windows);
	lua_setfield(L, -2, "path");
	return 1;
}

static int visible(const struct dirent *e)
{
	return strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	int d = strcasecmp((*a)->d_name, (*b)->d_name);

	return d ? d : strcmp((*a)->d_name, (*b)->d_name);
}

/* Entries in one block of Lua's memory, so that nothing of ours is lost when it runs out. */
struct entry {
	char name[NAME_MAX + 1];
	struct stat st;
};

static int entries(const char *path, struct dirent ***ret)
{
	return scandir(path, ret, visible, by_name);
}

static void entries_free(struct dirent **list, int n)
{
	while (n > 0)
		free(list[--n]);
	free(list);
}

static int list_folder(lua_State *L)
{
	char path[PATH_MAX];
	struct dirent **list = NULL;
	struct entry *e;
	int rc = path_of(L, path), n, dir;

	if (rc < 0)
		return fail(L, -rc);
	n = entries(path, &list);
	if (n < 0)
		return fail(L, errno);
	entries_free(list, n);
	/* the memory first, then the entries again: at most as many as there is room for */
	e = lua_newuserdatauv(L, sizeof(*e) * (size_t)(n + 1), 0);
	rc = entries(path, &list);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	n = rc < n ? rc : n;
	for (int i = 0; i < n; i++) {
		memset(&e[i], 0, sizeof(e[i]));
		memcpy(e[i].name, list[i]->d_name, strlen(list[i]->d_name));
		fstatat(dir, e[i].name, &e[i].st, 0);
	}
	entries_free(list, rc);
	fd_closep(&dir);
	lua_newtable(L);
	for (int i = 0; i < n; i++) {
		lua_newtable(L);
		lua_pushstring(L, e[i].name);
		lua_setfield(L, -2, "name");
		set_stat(L, &e[i].st);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static int folder(lua_State *L)
{
	char cwd[PATH_MAX] = "", windows[PATH_MAX];

	if (!getcwd(cwd, sizeof(cwd)))
		cwd[0] = '\0';
	paths_windows(cwd, windows, sizeof(windows));
	lua_pushstring(L, windows);
	return 1;
}

static int change_folder(lua_State *L)
{
	char path[PATH_MAX];
	int rc = path_of(L, path);

	return rc < 0 ? fail(L, -rc) : done(L, chdir(path));
}

const luaL_Reg files_functions[] = {
	{"read_file", read_file},     {"write_file", write_file},   {"remove_file", remove_file},
	{"make_folder", make_folder}, {"list_folder", list_folder}, {"stat", lua_stat},
	{"folder", folder},	      {"chdir", change_folder},	    {NULL, NULL},
};
