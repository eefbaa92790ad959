/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-term: connects a person's terminal, or a typist, to shells in a lab's node. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/stdio_fds.h"
#include "base/textwidth.h"
#include "term/session.h"
#include "term/term.h"
#include "term/tty.h"

/* The command line, as term.h has it. */
struct options {
	const char *fd, *socket, *node, *user, *session, *shell, *record, *lang, *type, *type_fd,
		*pace, *timeout;
	bool play, quiet;
	bool person; /* sits at a terminal, or did when we began */
};

/* The node a person is left in when WSL stops, and its shell. */
#define WINDOWS	   "windows"
#define POWERSHELL "powershell"

struct opt {
	const char *name;
	size_t offset;
	bool flag;
};

#define VALUE(name, field)                                                                         \
	{                                                                                          \
		name, offsetof(struct options, field), false                                       \
	}
#define FLAG(name, field)                                                                          \
	{                                                                                          \
		name, offsetof(struct options, field), true                                        \
	}
static const struct opt opts[] = {
	VALUE("--fd", fd),	     VALUE("--socket", socket),	  VALUE("--node", node),
	VALUE("--user", user),	     VALUE("--session", session), VALUE("--shell", shell),
	VALUE("--record", record),   VALUE("--lang", lang),	  VALUE("--type", type),
	VALUE("--type-fd", type_fd), VALUE("--pace", pace),	  VALUE("--timeout", timeout),
	FLAG("--play", play),	     FLAG("--quiet", quiet),
};

static int parse(int argc, char **argv, struct options *o, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		const struct opt *opt = NULL;

		for (size_t k = 0; k < ARRAY_SIZE(opts); k++)
			if (strcmp(argv[i], opts[k].name) == 0)
				opt = &opts[k];
		if (!opt)
			return err_set(err, ERR_USAGE, EINVAL, "Unknown option '%s'", argv[i]);
		if (opt->flag) {
			*(bool *)((char *)o + opt->offset) = true;
			continue;
		}
		if (!argv[i + 1])
			return err_set(err, ERR_USAGE, EINVAL, "'%s' wants a value", argv[i]);
		*(const char **)((char *)o + opt->offset) = argv[++i];
	}
	if (!o->fd == !o->socket)
		return err_set(err, ERR_USAGE, EINVAL, "One of --fd and --socket is needed");
	return 0;
}

/* A line of a script: one that begins with "PS> " is for the Windows prompt. */
static json_t *script_line(const char *line)
{
	static const char mark[] = "PS> ";

	if (strncmp(line, mark, sizeof(mark) - 1) != 0)
		return json_string(line);
	return json_pack("{s:s, s:s}", "node", WINDOWS, "line", line + sizeof(mark) - 1);
}

/* The lines of an open file, as an array; comments and empty lines are left out. Closes it. */
static json_t *read_lines(FILE *f)
{
	json_t *lines = json_array();
	auto_free char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while (f && (n = getline(&line, &cap, f)) >= 0) {
		if (n && line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (line[0] && line[0] != '#')
			json_array_append_new(lines, script_line(line));
	}
	file_closep(&f);
	return lines;
}

static int load_lines(const struct options *o, json_t **ret, struct err *err)
{
	FILE *f;

	if (!o->type && !o->type_fd)
		return 0;
	f = o->type ? fopen(o->type, "re") : fdopen(atoi(o->type_fd), "r");
	if (!f)
		return err_sys(err, errno, "Can't read '%s'", o->type ? o->type : o->type_fd);
	*ret = read_lines(f);
	return 0;
}

/* A file nobody has yet: numbers of processes come again after a reboot. */
static FILE *new_cast(const struct options *o, const char *name)
{
	FILE *f = NULL;

	for (int n = 1; !f && n < 100; n++) {
		auto_free char *path = NULL;
		char more[16] = "";

		if (n > 1)
			snprintf(more, sizeof(more), "-%d", n);
		if (asprintf(&path, "%s/transcript-%s-%d%s.cast", o->record, name, (int)getpid(),
			     more) < 0)
			return NULL;
		f = fopen(path, "wxe");
		if (!f && errno != EEXIST)
			return NULL;
	}
	return f;
}

/* The first session of an attempt owns transcript.cast; later terminals get a file of their own. */
static int begin_record(struct cast *c, const struct options *o, const char *name, struct err *err)
{
	auto_free char *path = NULL;
	const char *term = getenv("TERM");
	unsigned rows, cols;
	FILE *f;

	if (!o->record)
		return 0;
	if (asprintf(&path, "%s/transcript.cast", o->record) < 0)
		return err_sys(err, ENOMEM, "Can't record");
	f = fopen(path, "wxe");
	if (!f && errno == EEXIST)
		f = new_cast(o, name);
	if (!f)
		return err_sys(err, errno, "Can't record into '%s'", o->record);
	tty_size(&rows, &cols);
	return cast_begin(c, f, cols, rows, name, term ? term : "dumb", err);
}

/* A texts table: [ja]. */
static const char *const ask_text[2] = {
	"The shell has ended. Grade the work and end (y), pause to go on another time (p), "
	"or stay (N)?",
	"シェルが終了しました。採点して終わりますか (y)、中断して後で再開しますか (p)、"
	"このまま続けますか (N)?",
};
static const char *const stopped_text[2] = {
	"WSL was stopped. This is the Windows prompt: wsl opens it again.",
	"WSL が停止しました。ここは Windows のプロンプトです。wsl と入力すると再び開きます。",
};
static const char *const lost_text[2] = {"\nThe lab is gone.\n", "\nラボが無くなりました。\n"};

static enum session_end answer_of(char c)
{
	if (c == 'y' || c == 'Y')
		return SESSION_GRADE;
	return c == 'p' || c == 'P' ? SESSION_PAUSE : SESSION_EXITED;
}

/*
 * Ctrl-D by mistake: asks. Where nobody can answer, the work is graded; where somebody could have, but the window is gone, it
 * is kept. SESSION_EXITED: a new shell.
 */
static enum session_end ask_end(const struct options *o, bool ja, int *status)
{
	unsigned rows, columns;
	char line[64];

	if (!o->person)
		return SESSION_GRADE;
	for (int eofs = 0; eofs < 3; eofs++) {
		tty_size(&rows, &columns);
		putchar('\n');
		text_question(stdout, ask_text[ja], "[y/p/N]", (int)columns);
		fflush(stdout);
		clearerr(stdin);
		if (fgets(line, sizeof(line), stdin))
			return answer_of(line[0]);
		if (!feof(stdin)) {
			*status = SIGHUP;
			return SESSION_SIGNALLED;
		}
	}
	return SESSION_EXITED;
}

static int exit_code(const struct options *o, enum session_end end, int status, bool ja)
{
	switch (end) {
	case SESSION_GRADE:
		return TERM_EXIT_GRADE;
	case SESSION_QUIT:
		return TERM_EXIT_QUIT;
	case SESSION_PAUSE:
		return TERM_EXIT_PAUSE;
	case SESSION_RESET:
		return TERM_EXIT_RESET;
	case SESSION_LOST:
		fputs(lost_text[ja], stderr);
		return TERM_EXIT_LOST;
	case SESSION_SIGNALLED:
		return 128 + status;
	case SESSION_EXITED:
	case SESSION_STOPPED:
		break;
	}
	if (o->play)
		return TERM_EXIT_GRADE;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* On the window, which is cooked now, and in the recording. */
static void say(const struct session *s, const char *text)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	cast_output(s->cast, &now, text, strlen(text));
	for (; *text; text++)
		if (*text != '\r')
			fputc(*text, stdout);
	fflush(stdout);
}

/*
 * WSL was shut down under the shell: the window says what Windows Terminal says, and becomes a Windows prompt. A node that was
 * Windows already has no such way out.
 */
static bool fall_back(struct session *s, bool ja)
{
	if (!strcmp(s->node, WINDOWS))
		return false;
	say(s, "\r\n[process exited with code 1 (0x00000001)]\r\n");
	say(s, stopped_text[ja]);
	say(s, "\r\n\r\n");
	s->node = WINDOWS;
	s->shell = POWERSHELL;
	s->user = "";
	return true;
}

/* One shell after the other, until the window closes. */
static int run_shells(struct session *s, const struct options *o, enum session_end *end,
		      int *status, struct err *err)
{
	bool ja = o->lang && strcmp(o->lang, "ja") == 0;

	for (;;) {
		int rc = session_run(s, end, status, err);

		if (rc < 0)
			return rc;
		if (*end == SESSION_STOPPED && !s->lines && fall_back(s, ja))
			continue;
		if ((*end != SESSION_EXITED && *end != SESSION_STOPPED) || !o->play || s->lines)
			return 0;
		*end = ask_end(o, ja, status);
		if (*end != SESSION_EXITED)
			return 0;
	}
}

static int host(const struct options *o, struct link *link, struct err *err)
{
	bool windows = o->node && strcmp(o->node, WINDOWS) == 0;
	auto_json json_t *lines = NULL;
	nd_cleanup(cast_done) struct cast cast = {.file = NULL};
	struct session s = {.link = link,
			    .cast = &cast,
			    .node = o->node ? o->node : "wsl",
			    .user = o->user ? o->user : "",
			    .name = o->session ? o->session : "main",
			    .shell = o->shell  ? o->shell
				     : windows ? POWERSHELL
					       : "bash",
			    .lang = o->lang ? o->lang : "en",
			    .pace_ms = o->pace ? (unsigned)atoi(o->pace) : 0,
			    .timeout = o->timeout ? atof(o->timeout) : 0,
			    .quiet = o->quiet};
	bool ja = o->lang && strcmp(o->lang, "ja") == 0;
	enum session_end end = SESSION_LOST;
	int status = 0, rc = load_lines(o, &lines, err);

	if (rc == 0)
		rc = begin_record(&cast, o, s.name, err);
	s.lines = lines;
	if (rc == 0)
		rc = run_shells(&s, o, &end, &status, err);
	return rc < 0 ? rc : exit_code(o, end, status, ja);
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct err err = {0};
	struct link link = {.fd = -1};
	int rc;

	stdio_fds_fill();
	signal(SIGPIPE, SIG_IGN);
	o.person = isatty(STDIN_FILENO);
	rc = parse(argc, argv, &o, &err);
	if (rc == 0 && o.fd)
		link_adopt(&link, atoi(o.fd));
	else if (rc == 0)
		rc = link_open(&link, o.socket, &err);
	if (rc == 0) {
		fcntl(link.fd, F_SETFD, FD_CLOEXEC);
		rc = host(&o, &link, &err);
	}
	tty_restore();
	link_done(&link);
	if (rc >= 0)
		return rc;
	fprintf(stderr, "netdojo-term: %s%s%s\n", err.msg, err.mend[0] ? ". " : "", err.mend);
	return err.kind ? (int)err.kind : ERR_MACHINE;
}
