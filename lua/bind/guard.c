/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits on time. */
#define _GNU_SOURCE
#include "bind/guard.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bind/state.h"

enum { STEP = 10000 }; /* instructions between two looks at the budget */

/* All a signal handler may reach: the farewell is written before the timer is armed. */
static struct {
	int peer;
	size_t len;
	char text[512];
} farewell = {.peer = -1};

static void on_timer(int sig)
{
	(void)sig;
	if (farewell.peer >= 0 && farewell.len)
		(void)!send(farewell.peer, farewell.text, farewell.len,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	_exit(GUARD_EXIT);
}

void guard_install(int peer)
{
	struct sigaction sa = {.sa_handler = on_timer};
	struct rlimit cpu = {GUARD_CPU_TOTAL, GUARD_CPU_TOTAL + 1};

	farewell.peer = peer;
	sigaction(SIGPROF, &sa, NULL);
	setrlimit(RLIMIT_CPU, &cpu);
}

/* Copies a name into JSON text; what would need escaping becomes '?'. */
static void plain_name(char *out, size_t size, const char *name)
{
	size_t n = 0;

	for (; name[n] && n + 1 < size; n++)
		out[n] = name[n] < ' ' || name[n] == '"' || name[n] == '\\' || name[n] == 127
				 ? '?'
				 : name[n];
	out[n] = '\0';
}

static void write_farewell(int64_t id, const char *file)
{
	char name[200];
	int n;

	plain_name(name, sizeof(name), file);
	n = snprintf(farewell.text, sizeof(farewell.text),
		     "{\"re\":%lld,\"error\":{\"message\":\"%s: used over %d s of processor time\","
		     "\"mend\":\"Look for an endless loop or a pattern that backtracks\","
		     "\"code\":62,\"kind\":2}}",
		     (long long)id, name, GUARD_CPU_SECONDS);
	farewell.len = n > 0 && (size_t)n < sizeof(farewell.text) ? (size_t)n : 0;
}

static void on_count(lua_State *L, lua_Debug *ar)
{
	struct guard *g = &state_of(L)->guard;

	(void)ar;
	if (!g->expired && g->left > STEP) {
		g->left -= STEP;
		return;
	}
	g->expired = true;
	lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
	luaL_error(L, "ran for over %d million instructions, is there an endless loop?",
		   GUARD_INSTRUCTIONS / 1000000);
}

void guard_begin(lua_State *L, struct guard *g, int64_t id, const char *file)
{
	struct itimerval it = {.it_value.tv_sec = GUARD_CPU_SECONDS};

	*g = (struct guard){.left = GUARD_INSTRUCTIONS};
	lua_sethook(L, on_count, LUA_MASKCOUNT, STEP);
	write_farewell(id, file);
	setitimer(ITIMER_PROF, &it, NULL);
}

void guard_end(void)
{
	struct itimerval off = {0};

	setitimer(ITIMER_PROF, &off, NULL);
}
