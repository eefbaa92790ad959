/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs. Theory of operation: a running program is a userdata on the stack of the call that started it, marked to be
 * closed, so that an error raised by `emit` or a Ctrl-C ends it too. `emit` may yield (a pipeline's coroutine): the loop over
 * the lines goes on in a continuation. Standard input is fed and output read in the one wait, so neither side can block the other.
 */
#define _GNU_SOURCE
#include "windows/process.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bind/jsonlua.h"
#include "guest/lang.h"
#include "guest/remote.h"
#include "guest/talk.h"
#include "windows/ask.h"
#include "windows/files.h"
#include "windows/interrupt.h"
#include "windows/output.h"
#include "windows/paths.h"

#define TYPE "process"

enum { CHUNK = 16 * 1024, END_MS = 500, POLL_MS = 20, STDIN_AT = 2, EMIT_AT = 3, HANDLE_AT = 4 };

/* One running program. */
struct process {
	pid_t pid;  /* of this node; 0: none */
	bool group; /* it leads a process group: no terminal tells it and its children of Ctrl-C */
	int end;    /* its pidfd; -1: none */
	int sock;   /* of WSL's: the lab tells its end here; -1: none */
	json_int_t exec; /* of WSL's */
	int in, out;	 /* our ends of its pipes; -1: none, or at their end */
	size_t fed;	 /* bytes of the given standard input that it took */
	char *held;	 /* output that is no whole line yet (owned) */
	size_t n_held, size_held;
	bool ended;
	int status; /* waitpid's */
};

static void tell(const struct process *p, int sig)
{
	kill(p->group ? -p->pid : p->pid, sig);
}

static int close_process(lua_State *L)
{
	struct process *p = luaL_checkudata(L, 1, TYPE);

	fd_closep(&p->end);
	fd_closep(&p->in);
	fd_closep(&p->out);
	fd_closep(&p->sock); /* the lab ends what it ran for us */
	if (p->pid > 0 && !p->ended) {
		tell(p, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	p->pid = 0;
	free(p->held);
	p->held = NULL;
	p->n_held = p->size_held = 0;
	return 0;
}

void process_open(lua_State *L)
{
	luaL_newmetatable(L, TYPE);
	lua_pushcfunction(L, close_process);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, close_process);
	lua_setfield(L, -2, "__close");
	lua_pop(L, 1);
}

/* The handle, at HANDLE_AT. */
static struct process *push(lua_State *L)
{
	struct process *p;

	lua_settop(L, EMIT_AT);
	p = lua_newuserdatauv(L, sizeof(*p), 0);
	*p = (struct process){.end = -1, .sock = -1, .in = -1, .out = -1};
	luaL_setmetatable(L, TYPE);
	lua_toclose(L, HANDLE_AT);
	return p;
}

/* An end that stays and one that goes to the program; both close-on-exec. */
static int make_pipe(int *ret_ours, int *ret_theirs, bool we_write)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret_ours = ends[we_write];
	*ret_theirs = ends[!we_write];
	fcntl(*ret_ours, F_SETFL, O_NONBLOCK);
	return 0;
}

/* What the program gets as its three streams; those that are not ours are ours to close. */
struct streams {
	int fd[3];
};

static void streams_close(struct streams *s)
{
	for (int i = 0; i < 3; i++)
		if (s->fd[i] > STDERR_FILENO)
			fd_closep(&s->fd[i]);
}

static int streams_make(lua_State *L, struct process *p, struct streams *s)
{
	int rc = 0;

	*s = (struct streams){{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}};
	if (lua_isstring(L, STDIN_AT))
		rc = make_pipe(&p->in, &s->fd[0], true);
	if (rc == 0 && !lua_isnil(L, EMIT_AT))
		rc = make_pipe(&p->out, &s->fd[1], false);
	return rc;
}

/* Feeds more of standard input; its end when all is told or nobody listens. */
static void feed(lua_State *L, struct process *p)
{
	size_t len;
	const char *text = lua_tolstring(L, STDIN_AT, &len);
	ssize_t n = p->fed < len ? write(p->in, text + p->fed, len - p->fed) : 0;

	if (n > 0)
		p->fed += (size_t)n;
	if (p->fed >= len || (n < 0 && errno != EAGAIN && errno != EINTR))
		fd_closep(&p->in);
}

/* More output into held; its end closes. False when there is none now. */
static bool take(struct process *p)
{
	ssize_t n;

	if (p->size_held - p->n_held < CHUNK) {
		char *more = realloc(p->held, p->size_held * 2 + CHUNK);

		if (!more) {
			fd_closep(&p->out);
			return false;
		}
		p->held = more;
		p->size_held = p->size_held * 2 + CHUNK;
	}
	n = read(p->out, p->held + p->n_held, p->size_held - p->n_held);
	if (n > 0)
		p->n_held += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		fd_closep(&p->out);
	return n > 0;
}

/* The lab's word on a program of WSL's. */
static void hear(struct process *p)
{
	auto_msg m = {0};
	int rc = msg_recv(p->sock, &m, 0, NULL);

	if (rc > 0)
		talk_say(m.body);
	if (rc > 0 && json_int(m.body, "exited", -1) != p->exec)
		return;
	p->ended = true;
	p->status = rc > 0 ? (int)json_int(m.body, "status", 0) : 1 << 8;
}

/* Whether it has ended, without waiting. */
static void look(struct process *p)
{
	if (p->pid > 0 && !p->ended)
		p->ended = waitpid(p->pid, &p->status, WNOHANG) == p->pid;
}

/* Waits for anything to do with it; false when Ctrl-C came. */
static bool step(lua_State *L, struct process *p)
{
	struct pollfd fds[] = {{.fd = p->in, .events = POLLOUT},
			       {.fd = p->out, .events = POLLIN},
			       {.fd = p->ended ? -1 : p->sock, .events = POLLIN},
			       {.fd = p->ended ? -1 : p->end, .events = POLLIN}};
	int rc = interrupt_wait(-1, 0, 0), ms = p->pid > 0 && p->end < 0 ? POLL_MS : END_MS;

	if (rc == -EINTR && !interrupt_resized())
		return false;
	if (poll(fds, ARRAY_SIZE(fds), ms) > 0) {
		if (fds[0].revents)
			feed(L, p);
		if (fds[1].revents)
			take(p);
		if (fds[2].revents)
			hear(p);
	}
	look(p);
	return true;
}

/* Takes a whole line off what is held, or the last part at the end, and pushes it; false when there is none. */
static bool push_line(lua_State *L, struct process *p)
{
	char *nl = p->n_held ? memchr(p->held, '\n', p->n_held) : NULL;
	size_t len = nl ? (size_t)(nl - p->held) : p->n_held, used = len + (nl != NULL);

	if (!nl && (p->out >= 0 || !p->n_held))
		return false;
	lua_pushlstring(L, p->held, len && p->held[len - 1] == '\r' ? len - 1 : len);
	memmove(p->held, p->held + used, p->n_held - used);
	p->n_held -= used;
	return true;
}

/* Ctrl-C: the program is asked once, as the terminal would, and then no longer waited for. */
static int interrupted(lua_State *L, struct process *p)
{
	interrupt_take();
	if (p->pid > 0 && !p->ended)
		tell(p, SIGINT);
	for (int i = 0; p->pid > 0 && !p->ended && i < END_MS / POLL_MS; i++) {
		poll(NULL, 0, POLL_MS);
		look(p);
	}
	return interrupt_raise(L);
}

/* The loop over the lines, until output and program have ended. */
static int go_on(lua_State *L, int lua_status, lua_KContext ctx)
{
	struct process *p = luaL_checkudata(L, HANDLE_AT, TYPE);

	(void)lua_status;
	(void)ctx;
	lua_settop(L, HANDLE_AT);
	while (!p->ended || p->out >= 0 || p->n_held) {
		if (push_line(L, p)) {
			lua_pushvalue(L, EMIT_AT);
			lua_insert(L, -2);
			lua_callk(L, 1, 0, 0, go_on);
			lua_settop(L, HANDLE_AT);
		} else if (!step(L, p)) {
			return interrupted(L, p);
		} else if (p->ended && p->out >= 0 && p->pid > 0) {
			/* what it wrote last is in the pipe; a child it left behind is not waited for */
			if (!take(p))
				fd_closep(&p->out);
		}
	}
	lua_pushinteger(L, WIFSIGNALED(p->status) ? 128 + WTERMSIG(p->status)
						  : WEXITSTATUS(p->status));
	return 1;
}

/* The list at index as strings for exec, in Lua's memory on the stack; they live as long as the list. */
static char **argv_of(lua_State *L, int index)
{
	lua_Integer n = luaL_len(L, index);
	char **argv;

	luaL_argcheck(L, n > 0 && n < INT_MAX / 16, index, "a list of words");
	argv = lua_newuserdatauv(L, sizeof(*argv) * (size_t)(n + 1), 0);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, index, i);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, index, "a list of words");
		argv[i - 1] = (char *)lua_tostring(L, -1);
		lua_pop(L, 1);
	}
	argv[n] = NULL;
	return argv;
}

/* In the child; how is the end of a pipe that tells why it could not be. */
static void child(char **argv, const struct streams *s, bool group, int how)
{
	sigset_t none;
	int code;

	if (group)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < 3; i++)
		if (s->fd[i] != i)
			dup2(s->fd[i], i);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	interrupt_child();
	execvp(argv[0], argv);
	code = errno;
	(void)!write(how, &code, sizeof(code));
	_exit(127);
}

/* 0, or the errno of exec. */
static int start(struct process *p, char **argv, const struct streams *s)
{
	int how[2], code = 0;
	pid_t pid;

	if (pipe2(how, O_CLOEXEC) < 0)
		return errno;
	p->group = !isatty(STDIN_FILENO);
	pid = fork();
	if (pid == 0)
		child(argv, s, p->group, how[1]);
	close(how[1]);
	if (pid < 0)
		code = errno;
	else if (read(how[0], &code, sizeof(code)) == sizeof(code))
		waitpid(pid, NULL, 0);
	else
		p->pid = pid;
	if (p->pid > 0)
		p->end = (int)syscall(SYS_pidfd_open, pid, 0);
	close(how[0]);
	return code;
}

int process_lua_spawn(lua_State *L)
{
	struct process *p;
	struct streams s;
	char **argv;
	int rc;

	luaL_checktype(L, 1, LUA_TTABLE);
	p = push(L);
	argv = argv_of(L, 1);
	rc = -streams_make(L, p, &s);
	if (rc == 0)
		rc = start(p, argv, &s);
	streams_close(&s);
	if (rc == ENOENT || rc == ENOTDIR || rc == EACCES) {
		lua_pushnil(L);
		return 1;
	}
	if (rc)
		return luaL_error(L, "%s: %s", argv[0], strerror(rc));
	return go_on(L, LUA_OK, 0);
}

/* What a program there must know of this terminal and its user. */
static void add_terminal(json_t *env)
{
	static const char *const names[] = {"TERM", "TERMINFO", "COLORTERM", "LANGUAGE"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (getenv(names[i]) && !json_object_get(env, names[i]))
			json_object_set_new(env, names[i], json_string(getenv(names[i])));
}

/* What is asked of the lab, from host.wsl's first argument. Pushes nothing; the slot owns it. */
static json_t *wsl_request(lua_State *L, json_t **slot)
{
	struct err err = {0};
	char cwd[PATH_MAX];
	const char *folder;

	if (jsonlua_read(L, 1, slot, &err) < 0)
		ask_raise(L, &err);
	/* an empty list reads as an object */
	if (!json_array_size(json_object_get(*slot, "argv")))
		json_object_set_new(*slot, "argv", json_array());
	if (!json_object_size(json_object_get(*slot, "env")))
		json_object_set_new(*slot, "env", json_object());
	add_terminal(json_object_get(*slot, "env"));
	folder = json_str(*slot, "cwd", "");
	if (folder[0] && paths_unix(folder, cwd, sizeof(cwd)) == 0)
		json_object_set_new(*slot, "cwd", json_string(cwd));
	else if (folder[0] && folder[0] != '~')
		json_object_set_new(*slot, "cwd", json_string(""));
	if (!json_object_get(*slot, "user"))
		json_object_set_new(*slot, "user", json_string(""));
	json_object_set_new(*slot, "do", json_string("windows.wsl"));
	return *slot;
}

/* On our own streams, as wsl.exe does. */
static int wsl_direct(lua_State *L, json_t *request)
{
	struct err err = {0};
	int rc = remote_run(json_incref(request), false, &err);

	interrupt_take(); /* Ctrl-C was the command's */
	if (rc < 0)
		return ask_raise(L, &err);
	lua_pushinteger(L, rc);
	return 1;
}

/* With pipes of ours for input or output; the terminal is then nobody's. */
static int wsl_piped(struct process *p, struct streams *s, json_t *request, struct err *err)
{
	auto_fd null = -1;
	auto_msg m = {0};
	int rc;

	if (s->fd[0] == STDIN_FILENO && isatty(STDIN_FILENO))
		s->fd[0] = null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	p->sock = talk_open(err);
	if (p->sock < 0)
		return p->sock;
	json_object_set_new(request, "tty", json_pack("[b,b,b]", 0, 0, 0));
	rc = talk_ask(p->sock, json_incref(request), s->fd, 3, &m, err);
	if (rc == 0)
		p->exec = json_int(m.body, "exec", 0);
	if (null >= 0)
		s->fd[0] = STDIN_FILENO;
	return rc;
}

int process_lua_wsl(lua_State *L)
{
	struct err err = {0};
	struct process *p;
	struct streams s;
	json_t **slot;
	int rc;

	luaL_checktype(L, 1, LUA_TTABLE);
	p = push(L);
	slot = ask_push_slot(L);
	wsl_request(L, slot);
	if (!lua_isstring(L, STDIN_AT) && lua_isnil(L, EMIT_AT))
		return wsl_direct(L, *slot);
	rc = streams_make(L, p, &s);
	if (rc == 0)
		rc = wsl_piped(p, &s, *slot, &err);
	else
		err_sys(&err, -rc, "Can't make a pipe");
	streams_close(&s);
	if (rc < 0)
		return ask_raise(L, &err);
	return go_on(L, LUA_OK, 0);
}

/* A pause before an editor whose way out nobody guesses; false when Ctrl-C ended it. */
static bool tell_way_out(void)
{
	const char *text = lang_text(
		"There is no nano here: vi opens. Esc :wq Enter saves and leaves, Esc :q! Enter "
		"leaves unsaved. Enter opens it: ",
		"nano がないので vi で開きます。保存して終了: Esc :wq Enter、保存せずに終了: Esc "
		":q! Enter。Enter で開きます: ");
	char c = 0;

	output_write(STDOUT_FILENO, text, strlen(text), true);
	while (c != '\n') {
		int rc = interrupt_wait(STDIN_FILENO, POLLIN, -1);

		if (rc == -EINTR && !interrupt_resized())
			return false;
		if (rc == 1 && read(STDIN_FILENO, &c, 1) <= 0)
			return true;
	}
	return true;
}

/* The first editor that is there; the user's own first. 0, an errno, or -EINTR. */
static int edit(struct process *p, char *path)
{
	const char *const editors[] = {getenv("VISUAL"), getenv("EDITOR"), "nano", "vi",
				       "vim.tiny"};
	const struct streams ours = {{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}};
	enum { OWN = 2, NANO = 2 };
	int rc = ENOENT;
	bool told = false;

	for (size_t i = 0; rc && i < ARRAY_SIZE(editors); i++) {
		if (i < OWN && (!editors[i] || !editors[i][0]))
			continue;
		if (i > NANO && !told && !(told = tell_way_out()))
			return -EINTR;
		rc = start(p, (char *[]){(char *)editors[i], path, NULL}, &ours);
	}
	return rc;
}

/* 0, or the errno of what is no file to be edited; *ret_new: the editor would make it. */
static int look_at_file(const char *path, bool *ret_new)
{
	auto_free char *folder = strdup(path);
	struct stat st;

	*ret_new = false;
	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ? EISDIR : 0;
	*ret_new = true;
	if (errno != ENOENT || !folder)
		return errno;
	*strrchr(folder, '/') = '\0';
	return stat(folder, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

static int edit_failed(lua_State *L, int code)
{
	if (code == -EINTR) {
		interrupt_take();
		return interrupt_raise(L);
	}
	lua_pushnil(L);
	lua_pushstring(L, code == ENOTTY ? lang_text("notepad needs a terminal",
						     "notepad には端末が必要です")
					 : files_reason(code));
	return 2;
}

int process_lua_edit(lua_State *L)
{
	char path[PATH_MAX];
	struct process *p;
	bool made = false;
	int rc = -paths_unix(luaL_checkstring(L, 1), path, sizeof(path));

	p = push(L);
	if (rc == 0)
		rc = look_at_file(path, &made);
	if (rc == 0)
		rc = isatty(STDIN_FILENO) ? edit(p, path) : ENOTTY;
	if (rc)
		return edit_failed(L, rc);
	while (waitpid(p->pid, &p->status, 0) < 0 && errno == EINTR)
		;
	p->ended = true;
	if (made)
		files_made(path);
	interrupt_take(); /* Ctrl-C was the editor's */
	lua_pushboolean(L, 1);
	return 1;
}
