/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prompt's line. libedit edits; it reads keys through a function of ours, so that Ctrl-C and a new size of the window
 * reach it at once. Lines that are no terminal's are just read.
 */
#define _GNU_SOURCE
#include "windows/line.h"

#include <errno.h>
#include <histedit.h>
#include <lauxlib.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/cleanup.h"
#include "windows/history.h"
#include "windows/interrupt.h"
#include "windows/marks.h"
#include "windows/output.h"

enum {
	HISTORY_MAX = 4096,
	LIST_MAX = 512,
	COLUMN_GAP = 2,
	PROMPT_MAX = 1024,
	PROMPT_TEXT_MAX = 512,
	CTRL_D = 4
};

static const char completer_key;

static struct {
	EditLine *el;
	History *history;
	lua_State *L;		 /* while a line is read */
	char prompt[PROMPT_MAX]; /* invisible parts between \1 */
	bool interrupted, eof;
	int ahead; /* bytes that were typed before the prompt stood */
} line;

/* Bytes of standard input into one character; -1 at the end and for Ctrl-C. */
static int get_key(EditLine *el, wchar_t *ret)
{
	mbstate_t state = {0};
	char c;

	for (;;) {
		int rc = interrupt_wait(STDIN_FILENO, POLLIN, -1);
		size_t used;

		if (rc == -EINTR && interrupt_resized())
			el_resize(el);
		if (rc == -EINTR && interrupt_take()) {
			line.interrupted = true;
			return -1;
		}
		if (rc != 1)
			continue;
		rc = (int)read(STDIN_FILENO, &c, 1);
		if (rc < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (rc <= 0) {
			line.eof = true;
			return -1;
		}
		if (c == '\0' && line.ahead > 0)
			c = CTRL_D; /* the kernel's sign for one that was typed ahead */
		if (line.ahead > 0)
			line.ahead--;
		if (c == '\0')
			continue; /* Ctrl-Space: no key of ours */
		used = mbrtowc(ret, &c, 1, &state);
		if (used == (size_t)-1) {
			memset(&state, 0, sizeof(state)); /* no UTF-8: the byte is dropped */
			continue;
		}
		if (used != (size_t)-2)
			return 1;
	}
}

static char *prompt_text(EditLine *el)
{
	(void)el;
	return line.prompt;
}

/* What the completer offers, on top of Lua's stack: start, list. False when it has nothing. */
static bool ask_completer(lua_State *L, const char *text, size_t len, size_t cursor)
{
	int top = lua_gettop(L);

	if (!lua_checkstack(L, 8))
		return false;
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &completer_key) == LUA_TFUNCTION) {
		lua_pushlstring(L, text, len);
		lua_pushinteger(L, (lua_Integer)cursor);
		if (lua_pcall(L, 2, 2, 0) == LUA_OK && lua_isinteger(L, -2) && lua_istable(L, -1) &&
		    luaL_len(L, -1) > 0)
			return true;
	}
	lua_settop(L, top);
	return false;
}

/* How much all of the list (on top) begin with, case apart: at least 0 bytes of the first. */
static size_t common(lua_State *L, char *ret, size_t size)
{
	lua_Integer n = luaL_len(L, -1);
	size_t len = 0;

	ret[0] = '\0';
	for (lua_Integer i = 1; i <= n && i <= LIST_MAX; i++) {
		const char *s;
		size_t k = 0;

		lua_rawgeti(L, -1, i);
		s = lua_tostring(L, -1);
		if (s && i == 1)
			len = (size_t)snprintf(ret, size, "%s", s);
		len = len < size ? len : size - 1;
		while (s && k < len &&
		       (s[k] == ret[k] ||
			(!((s[k] | ret[k]) & 0x80) && !strncasecmp(s + k, ret + k, 1))))
			k++;
		len = k < len ? k : len;
		lua_pop(L, 1);
	}
	while (len && ((unsigned char)ret[len] & 0xc0) == 0x80)
		len--; /* no half of a character */
	ret[len] = '\0';
	return len;
}

static void print_list(lua_State *L)
{
	lua_Integer n = luaL_len(L, -1);
	struct winsize ws = {.ws_col = 0};
	int width = COLUMN_GAP, columns, at = 0;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws);
	for (lua_Integer i = 1; i <= n && i <= LIST_MAX; i++) {
		lua_rawgeti(L, -1, i);
		if ((int)lua_rawlen(L, -1) + COLUMN_GAP > width)
			width = (int)lua_rawlen(L, -1) + COLUMN_GAP;
		lua_pop(L, 1);
	}
	columns = (ws.ws_col ? ws.ws_col : 80) / width;
	fputc('\n', stdout);
	for (lua_Integer i = 1; i <= n && i <= LIST_MAX; i++) {
		bool last = ++at >= columns || i == n;

		lua_rawgeti(L, -1, i);
		printf(last ? "%.0d%s\n" : "%-*s", last ? 0 : width,
		       lua_isstring(L, -1) ? lua_tostring(L, -1) : "");
		at = last ? 0 : at;
		lua_pop(L, 1);
	}
	fflush(stdout);
}

/* Tab: what all candidates share goes into the line; when that is no more than is there, they are listed. */
static unsigned char complete(EditLine *el, int ch)
{
	const LineInfo *info = el_line(el);
	size_t len = (size_t)(info->lastchar - info->buffer);
	size_t cursor = (size_t)(info->cursor - info->buffer), start, had, n;
	lua_State *L = line.L;
	int top = lua_gettop(L);
	char text[PROMPT_MAX], before[PROMPT_MAX];
	unsigned char what = CC_REFRESH;

	(void)ch;
	if (cursor >= sizeof(before) || !ask_completer(L, info->buffer, len, cursor))
		return CC_REFRESH_BEEP;
	start = (size_t)lua_tointeger(L, -2);
	start = start < 1 ? 0 : start - 1 > cursor ? cursor : start - 1;
	had = cursor - start;
	memcpy(before, info->buffer + start, had);
	n = common(L, text, sizeof(text));
	if (n > had || (luaL_len(L, -1) == 1 && (n != had || memcmp(text, before, n)))) {
		size_t chars;

		before[had] = '\0';
		chars = mbstowcs(NULL, before, 0);
		el_deletestr(el, chars == (size_t)-1 ? (int)had : (int)chars);
		el_insertstr(el, text);
	} else if (luaL_len(L, -1) > 1) {
		print_list(L);
		what = CC_REDISPLAY;
	}
	lua_settop(L, top);
	return what;
}

static void bind_keys(EditLine *el)
{
	static const char *const keys[][2] = {
		{"\t", "nd-complete"},		{"\033[1;5C", "em-next-word"},
		{"\033[1;5D", "ed-prev-word"},	{"\033[H", "ed-move-to-beg"},
		{"\033[F", "ed-move-to-end"},	{"\033[3~", "ed-delete-next-char"},
		{"\022", "em-inc-search-prev"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

static void begin(void)
{
	HistEvent ev;

	if (line.el)
		return;
	line.el = el_init("powershell", stdin, stdout, stderr);
	line.history = history_init();
	if (!line.el || !line.history)
		return;
	history(line.history, &ev, H_SETSIZE, HISTORY_MAX);
	history(line.history, &ev, H_SETUNIQUE, 1);
	history_load(line.history);
	el_set(line.el, EL_EDITOR, "emacs");
	el_set(line.el, EL_HIST, history, line.history);
	el_set(line.el, EL_PROMPT_ESC, prompt_text, '\1');
	el_set(line.el, EL_GETCFN, get_key);
	el_set(line.el, EL_ADDFN, "nd-complete", "complete the word", complete);
	bind_keys(line.el);
}

/*
 * The prompt with its marks, which take no room on the screen. libedit prints such a part with the character that follows
 * it, so the mark of the prompt's end stands before its last character.
 */
static void set_prompt(const char *text, bool more)
{
	char a[MARK_MAX], b[MARK_MAX];
	size_t last = strlen(text);

	marks_prompt(more, a, b);
	last = last > PROMPT_TEXT_MAX ? PROMPT_TEXT_MAX : last;
	while (last && ((unsigned char)text[--last] & 0xc0) == 0x80)
		;
	if (!a[0])
		snprintf(line.prompt, sizeof(line.prompt), "%s", text);
	else if (!last)
		snprintf(line.prompt, sizeof(line.prompt), "\1%s%s\1%s", a, b, text);
	else
		snprintf(line.prompt, sizeof(line.prompt), "\1%s\1%.*s\1%s\1%s", a, (int)last, text,
			 b, text + last);
}

/* Not a terminal's: the prompt is written all the same, as PowerShell's is. */
static int read_plain(lua_State *L)
{
	lua_pushcfunction(L, output_lua_write);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 0);
	lua_settop(L, 0);
	return output_lua_read_line(L);
}

int line_lua_read(lua_State *L)
{
	const char *prompt = luaL_checkstring(L, 1), *got;
	int n = 0;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return read_plain(L);
	begin();
	luaL_argcheck(L, line.el, 1, "the terminal can't be used");
	interrupt_take(); /* one that came when nothing ran any more */
	set_prompt(prompt, lua_toboolean(L, 2));
	line.L = L;
	line.interrupted = line.eof = false;
	/* libedit shows the prompt first: a key typed at once would be the kernel's to edit */
	el_set(line.el, EL_PREP_TERM, 1);
	if (ioctl(STDIN_FILENO, FIONREAD, &line.ahead) < 0)
		line.ahead = 0;
	got = el_gets(line.el, &n);
	if (line.interrupted) {
		/* a fresh start for the next one; the line as it was stays on the screen */
		el_reset(line.el);
		output_write(STDOUT_FILENO, "^C\n", 3, true);
		return interrupt_raise(L);
	}
	if (!got || n <= 0) {
		output_write(STDOUT_FILENO, "\n", 1, true);
		return 0;
	}
	lua_pushlstring(L, got, strcspn(got, "\r\n"));
	return 1;
}

int line_lua_completer(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &completer_key);
	return 0;
}

int line_lua_entered(lua_State *L)
{
	const char *text = luaL_checkstring(L, 1);
	HistEvent ev;

	if (text[strspn(text, " \t\r\n")]) {
		if (line.history)
			history(line.history, &ev, H_ENTER, text);
		history_append(text);
	}
	marks_entered(text);
	return 0;
}

int line_lua_left(lua_State *L)
{
	marks_left((int)luaL_optinteger(L, 1, 0), luaL_optstring(L, 2, ""));
	return 0;
}

void line_done(void)
{
	/* only the terminal: the process ends, and el_end forgets to free what was added to its tables */
	if (line.el)
		el_set(line.el, EL_PREP_TERM, 0);
}
