/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program's environment: built for the node and the user, never inherited. */
#define _GNU_SOURCE
#include "netns/spawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define BASE_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define WSL_PATH  BASE_PATH ":/usr/games:/usr/local/games:/usr/lib/wsl/lib"

enum { ENV_MAX = 512 };

struct env {
	char **v;
	size_t n;
};

/* entry is "NAME=value"; a name that is there already is replaced. */
static void put(struct env *e, char *entry)
{
	const char *eq = entry ? strchr(entry, '=') : NULL;
	size_t len = eq ? (size_t)(eq - entry) + 1 : 0;

	if (!len)
		return;
	for (size_t i = 0; i < e->n; i++)
		if (!strncmp(e->v[i], entry, len)) {
			e->v[i] = entry;
			return;
		}
	if (e->n < ENV_MAX)
		e->v[e->n++] = entry;
}

static void set(struct env *e, const char *name, const char *value)
{
	char *entry;

	if (asprintf(&entry, "%s=%s", name, value) >= 0)
		put(e, entry);
}

/* Where WSL has drive C:; NULL where it is not mounted. */
static const char *drive_of(const struct node *n)
{
	for (size_t i = 0; i < n->n_volumes; i++)
		if (!strcmp(n->volumes[i].name, "c"))
			return n->volumes[i].target;
	return n->disk && n->disk[0] ? NULL : "/mnt/c"; /* one without Windows has it on its root */
}

/* Windows' own folders come last. */
static void put_wsl_path(struct env *e, const struct node *n)
{
	static const char *const folders[] = {
		"/Windows/system32", "/Windows", "/Windows/System32/Wbem",
		"/Windows/System32/WindowsPowerShell/v1.0/", "/Windows/System32/OpenSSH/"};
	const char *drive = drive_of(n);
	char path[4096] = WSL_PATH;
	size_t len = strlen(path);

	for (size_t i = 0; drive && i < ARRAY_SIZE(folders) && len < sizeof(path); i++)
		len += (size_t)snprintf(path + len, sizeof(path) - len, ":%s%s", drive, folders[i]);
	set(e, "PATH", path);
}

/* What WSL gives to the session of the distribution's user; sudo drops it, so root has none. */
static void put_wsl(struct env *e, const struct node *n)
{
	const char *const vars[][2] = {
		{"WSL_DISTRO_NAME", "Ubuntu-24.04"},
		{"WSL_INTEROP", "/run/WSL/1_interop"},
		{"WSLENV", ""},
		{"WSL2_GUI_APPS_ENABLED", "1"},
		{"NAME", n->hostname},
		{"HOSTTYPE", "x86_64"},
	};

	put_wsl_path(e, n);
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++)
		set(e, vars[i][0], vars[i][1]);
}

char **spawn_env(const struct node *n, const struct identity *id, char *const *extra)
{
	struct env e = {.v = calloc(ENV_MAX + 1, sizeof(char *))};

	if (!e.v)
		return NULL;
	set(&e, "PATH", BASE_PATH);
	set(&e, "HOME", id->home);
	set(&e, "USER", id->name);
	set(&e, "LOGNAME", id->name);
	set(&e, "SHELL", id->shell);
	set(&e, "LANG", "C.UTF-8");
	set(&e, "TERM", "xterm-256color");
	if (n->role == ROLE_WSL && id->session)
		put_wsl(&e, n);
	for (size_t i = 0; i < n->n_env; i++)
		set(&e, n->env[i].name, n->env[i].value);
	for (; extra && *extra; extra++)
		put(&e, *extra);
	return e.v;
}
