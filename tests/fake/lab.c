/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netdojo-lab with no kernel behind it, for tests of the command line: it speaks the protocol of
 * docs/protocol.md, has two nodes, and runs what exec asks for right here. The scenario's text
 * tells it how to behave: a line "-- fake: refuse" answers boot with an error, "die" ends without a
 * word, "hang" never answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/msg.h"

enum { BOSS = 3, MAX_CONNS = 16, LISTENER = MAX_CONNS, SIGNALS, N_POLLED };

struct fake {
	struct pollfd polled[N_POLLED];
	json_t *boot;
	pid_t child; /* the one command that runs */
	int asker;   /* which connection it belongs to */
	bool ready, end;
};

static void answer(int fd, const json_t *req, json_t *body, int *fds, size_t n_fds)
{
	auto_json json_t *own = body ? body : json_object();

	json_object_set(own, "re", json_object_get(req, "id"));
	msg_send(fd, own, fds, n_fds, NULL);
}

static void refuse(int fd, const json_t *req, int code, const char *text)
{
	struct err err = {0};

	err_set(&err, ERR_USAGE, code, "%s", text);
	answer(fd, req, json_pack("{s:o}", "error", err_to_json(&err)), NULL, 0);
}

static json_t *nodes(void)
{
	return json_pack("[{s:s, s:[s]}, {s:s, s:[s]}]", "name", "wsl", "addresses",
			 "172.20.0.2/20", "name", "windows", "addresses", "192.168.1.10/24");
}

static json_t *up_document(const json_t *boot)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:f, s:O, s:O}", "lab",
			 json_str(boot, "lab", ""), "scenario", json_str(boot, "scenario", ""),
			 "seed", json_str(boot, "seed", ""), "variant",
			 json_str(boot, "variant", ""), "nodes", nodes(), "seconds", 0.012,
			 "attempt", json_object_get(boot, "attempt"), "boot", boot);
}

/* The answer to boot names, beside that, a tool nobody has. */
static json_t *booted(const json_t *boot)
{
	json_t *out = up_document(boot);

	json_object_set_new(out, "requires",
			    json_pack("{s:[s, s]}", "tools", "sh", "no-such-tool"));
	return out;
}

static json_t *info(const json_t *boot)
{
	json_t *out = up_document(boot);

	json_object_set_new(out, "pid", json_integer(getpid()));
	json_object_set_new(out, "mode", json_string("nat"));
	json_object_set_new(out, "started", json_integer(1700000000));
	return out;
}

static void log_line(int dir, const char *line)
{
	auto_fd fd = openat(dir, "events.jsonl", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		_exit(9);
}

static void boot(struct fake *f, int fd, struct msg *m)
{
	char text[512] = "";
	json_t *notice = json_pack("{s:s, s:i, s:i}", "progress", "nodes", "done", 1, "of", 2);

	if (read(m->fds[1], text, sizeof(text) - 1) < 0 || strstr(text, "fake: die"))
		_exit(9);
	f->boot = json_incref(m->body);
	log_line(m->fds[0],
		 "{\"seq\":1,\"t\":0.0,\"kind\":\"lab\",\"what\":\"start\",\"by\":\"lab\"}\n");
	log_line(m->fds[0],
		 "{\"seq\":2,\"t\":0.5,\"kind\":\"packet\",\"node\":\"wsl\",\"by\":\"lab\","
		 "\"what\":\"syn\"}\n");
	msg_send(fd, notice, NULL, 0, NULL);
	json_decref(notice);
	f->polled[LISTENER].fd = msg_take_fd(m, 2);
	if (strstr(text, "fake: hang"))
		return;
	if (strstr(text, "fake: refuse")) {
		refuse(fd, m->body, EINVAL, "scenario.lua:3: unknown key 'titel'");
		f->end = true;
		return;
	}
	if (json_flag(m->body, "dry_run", false)) {
		answer(fd, m->body,
		       json_pack("{s:[{s:s}], s:[s]}", "operations", "op", "node-add", "text",
				 "wsl: node"),
		       NULL, 0);
		f->end = true;
		return;
	}
	answer(fd, m->body, booted(m->body), NULL, 0);
	f->ready = true;
}

/* A command line's words, joined as init joins them. */
static char *line_of(const json_t *argv)
{
	static char line[4096];
	size_t i, n = 0;
	json_t *word;

	json_array_foreach (argv, i, word)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s", n ? " " : "",
				      json_string_value(word));
	return line;
}

static void become(const json_t *req, int *fds)
{
	char *argv[64] = {(char *)"sh", (char *)"-c"};
	json_t *word;
	size_t i;

	for (int n = 0; fds && n < 3; n++)
		dup2(fds[n], n);
	if (json_flag(req, "powershell", false))
		argv[2] = line_of(json_object_get(req, "argv"));
	else
		json_array_foreach (json_object_get(req, "argv"), i, word)
			argv[i] = (char *)json_string_value(word), argv[i + 1] = NULL;
	signal(SIGTERM, SIG_DFL);
	execvp(argv[0], argv);
	_exit(errno == ENOENT ? 127 : 126);
}

/* 0, or the errno with which the program can't be run. */
static int can_run(const char *path)
{
	auto_free char *on_path = NULL;

	if (strchr(path, '/'))
		return access(path, F_OK) < 0 ? ENOENT : access(path, X_OK) < 0 ? EACCES : 0;
	if (asprintf(&on_path, "/usr/bin/%s", path) < 0 || access(on_path, X_OK) < 0)
		return ENOENT;
	return 0;
}

static void exec(struct fake *f, int i, struct msg *m)
{
	const char *node = json_str(m->body, "node", "");
	const json_t *argv = json_object_get(m->body, "argv");
	bool powershell = json_flag(m->body, "powershell", false);
	int fd = f->polled[i].fd, master = -1, code;
	bool tty = json_flag(m->body, "tty", false);
	sigset_t none;
	json_t *body;

	code = powershell ? 0 : can_run(json_string_value(json_array_get(argv, 0)));
	if (strcmp(node, "wsl") != 0 && strcmp(node, "windows") != 0) {
		refuse(fd, m->body, ENODEV, "Lab 'x' has no node of that name");
		return;
	}
	if (code) {
		refuse(fd, m->body, code, "Can't run it");
		return;
	}
	f->child = tty ? forkpty(&master, NULL, NULL, NULL) : fork();
	if (f->child == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		become(m->body, tty ? NULL : m->fds);
	}
	f->asker = i;
	body = json_pack("{s:i, s:i}", "exec", 7, "pid", (int)f->child);
	if (powershell)
		json_object_set_new(body, "warnings", json_pack("[s]", "wsl: a warning"));
	answer(fd, m->body, body, &master, tty ? 1 : 0);
	if (master >= 0)
		close(master);
}

static void handle(struct fake *f, int i, struct msg *m)
{
	const char *verb = json_str(m->body, "do", "");
	int fd = f->polled[i].fd;

	if (strcmp(verb, "boot") == 0)
		boot(f, fd, m);
	else if (strcmp(verb, "info") == 0)
		answer(fd, m->body, info(f->boot), NULL, 0);
	else if (strcmp(verb, "exec") == 0)
		exec(f, i, m);
	else if (strcmp(verb, "causes") == 0)
		answer(fd, m->body,
		       json_pack("{s:[{s:s, s:s}]}", "causes", "cause", "wrong-gateway", "layer",
				 "L2"),
		       NULL, 0);
	else if (strcmp(verb, "signal") == 0) {
		kill(f->child, (int)json_int(m->body, "signal", 0));
		answer(fd, m->body, NULL, NULL, 0);
	} else if (strcmp(verb, "down") == 0) {
		answer(fd, m->body, NULL, NULL, 0);
		f->end = true;
	} else
		refuse(fd, m->body, EINVAL, "Unknown request");
}

static void on_child(struct fake *f)
{
	struct signalfd_siginfo si;
	int status;

	if (read(f->polled[SIGNALS].fd, &si, sizeof(si)) < 0 ||
	    waitpid(f->child, &status, WNOHANG) <= 0)
		return;
	if (f->polled[f->asker].fd >= 0) {
		auto_json json_t *n = json_pack("{s:i, s:i}", "exited", 7, "status", status);

		msg_send(f->polled[f->asker].fd, n, NULL, 0, NULL);
	}
}

static void on_connection(struct fake *f)
{
	int fd = accept4(f->polled[LISTENER].fd, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 1; i < MAX_CONNS; i++) {
		if (f->polled[i].fd >= 0)
			continue;
		f->polled[i].fd = fd;
		return;
	}
	close(fd);
}

/* The boss's end is the lab's end while it is not ready, and always with "hold". */
static void on_message(struct fake *f, int i)
{
	auto_msg m = {0};

	if (msg_recv(f->polled[i].fd, &m, 0, NULL) > 0) {
		handle(f, i, &m);
		return;
	}
	close(f->polled[i].fd);
	f->polled[i].fd = -1;
	if (i == 0 && (!f->ready || json_flag(f->boot, "hold", false)))
		f->end = true;
}

int main(void)
{
	struct fake f = {0};
	sigset_t chld;

	if (fork() > 0) /* the real one's launcher ends too, once init lives */
		_exit(0);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	for (int i = 0; i < N_POLLED; i++)
		f.polled[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	f.polled[0].fd = BOSS;
	fcntl(BOSS, F_SETFD, FD_CLOEXEC);
	f.polled[SIGNALS].fd = signalfd(-1, &chld, SFD_CLOEXEC);
	while (!f.end && poll(f.polled, N_POLLED, -1) > 0) {
		for (int i = 0; i < MAX_CONNS && !f.end; i++)
			if (f.polled[i].fd >= 0 && f.polled[i].revents)
				on_message(&f, i);
		if (f.polled[SIGNALS].revents)
			on_child(&f);
		if (f.polled[LISTENER].fd >= 0 && f.polled[LISTENER].revents)
			on_connection(&f);
	}
	json_decref(f.boot);
	return 0;
}
