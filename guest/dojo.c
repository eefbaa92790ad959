/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo: its subcommands and what they share. */
#define _GNU_SOURCE
#include "guest/dojo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/stdio_fds.h"
#include "base/textwidth.h"
#include "guest/lang.h"
#include "guest/layers.h"
#include "guest/page.h"
#include "guest/remote.h"
#include "guest/talk.h"
#include "guest/wslenv.h"

#define POWERSHELL "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"

enum { TEXT_COLUMN = 40 };

static int end_session(const char *verb, const char *en, const char *ja, int argc, char **argv)
{
	bool sure = argc > 0 && (!strcmp(argv[0], "-y") || !strcmp(argv[0], "--yes"));
	json_t *answer;

	if (en && !sure && !dojo_yes(lang_text(en, ja)))
		return 1;
	answer = dojo_ask(json_pack("{s:s}", "do", verb));
	if (!answer)
		return 3;
	json_decref(answer);
	return 0;
}

static int dojo_grade(int argc, char **argv)
{
	return end_session("grade", "End this attempt and grade it?", "ここで終えて採点しますか?",
			   argc, argv);
}

static int dojo_quit(int argc, char **argv)
{
	return end_session("quit", "Leave without a grade? The lab goes away.",
			   "採点せずに終えますか? ラボは消えます。", argc, argv);
}

static int dojo_pause(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return end_session("pause", NULL, NULL, 0, NULL);
}

static int dojo_reset(int argc, char **argv)
{
	return end_session("reset",
			   "Build the network anew, broken as at the start? What you mended goes.",
			   "ネットワークを作り直し、最初の壊れた状態に戻しますか? "
			   "直した内容は消えます。",
			   argc, argv);
}

/* A window opened from Windows' menu begins at home, and so does this one, unless we stand on C: already. */
static const char *windows_folder(const char *cwd)
{
	return cwd && !strncmp(cwd, "/mnt/c/", 7) ? cwd : "/mnt/c/Users/learner";
}

/* The Windows prompt on this terminal, as powershell.exe. */
static int dojo_windows(int argc, char **argv)
{
	struct err err = {0};
	auto_free char *cwd = getcwd(NULL, 0);
	int rc;

	(void)argc;
	(void)argv;
	rc = remote_run(json_pack("{s:s, s:[s], s:o, s:s}", "do", "interop", "argv", POWERSHELL,
				  "env", wslenv_shared(), "cwd", windows_folder(cwd)),
			true, &err);
	if (rc >= 0)
		return rc;
	if (rc == -EALREADY) {
		fprintf(stderr, "dojo: %s\n",
			lang_text("This is the Windows prompt already; wsl opens WSL",
				  "ここはすでに Windows のプロンプトです。wsl で WSL を開けます"));
		return 0;
	}
	fprintf(stderr, "dojo: %s: %s\n",
		lang_text("The Windows prompt can't be opened from here",
			  "ここからは Windows のプロンプトを開けません"),
		err.msg);
	return 3;
}

static int dojo_help(int argc, char **argv);

static const struct {
	const char *name, *args;
	const char *en, *ja;
	int (*run)(int argc, char **argv);
	bool passes; /* a command line of another machine's */
} commands[] = {
	{"task", "", "what you were asked to mend", "依頼内容を見る", dojo_task},
	{"hint", "[-y]", "the next hint, its price said first; earlier ones again",
	 "次のヒントを見る（先に減点を表示）。前のヒントは無料", dojo_hint},
	{"map", "", "the healthy network, with what you have proved",
	 "正常時の構成図と、これまでに確かめたこと", dojo_map},
	{"check", "", "am I there yet? Free, at any time", "直ったかどうかを試す（無料、いつでも）",
	 dojo_check},
	{"windows", "", "the Windows prompt; exit comes back",
	 "Windows のプロンプトを開く（exit で戻る）", dojo_windows},
	{"phone", "[CMD...]", "a shell, or CMD, on the phone", "スマートフォンのシェル、または CMD",
	 dojo_phone, true},
	{"internet", "[CMD...]", "the same on a host of the internet",
	 "インターネットのホストのシェル、または CMD", dojo_internet, true},
	{"on", "NODE [CMD...]", NULL, NULL, dojo_on, true},
	{"diagnose", "[LAYER [CAUSE] | none]", "say what is broken; alone: choose",
	 "原因を答える（引数なしなら一覧から選ぶ）", dojo_diagnose},
	{"grade", "[-y]", "end the attempt and grade it", "終了して採点する", dojo_grade},
	{"pause", "", "leave now, go on another time", "中断する（後で再開できる）", dojo_pause},
	{"reset", "[-y]", "everything broken as at the start", "最初の壊れた状態に戻す",
	 dojo_reset},
	{"quit", "[-y]", "leave without a grade", "採点せずに終える", dojo_quit},
	{"help", "", "this list", "この一覧", dojo_help},
	{"complete", "[WORD...]", NULL, NULL, dojo_complete}, /* for the shell: not listed */
};

bool dojo_command(size_t i, const char **ret_name, const char **ret_about)
{
	if (i >= ARRAY_SIZE(commands))
		return false;
	*ret_name = commands[i].name;
	*ret_about = commands[i].en ? lang_text(commands[i].en, commands[i].ja) : NULL;
	return true;
}

/* The row of a word: the whole name, or a beginning that only one has. ARRAY_SIZE(commands): none; *ret_many: several. */
static size_t find_command(const char *word, bool *ret_many)
{
	size_t found = ARRAY_SIZE(commands);

	*ret_many = false;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, word))
			return i;
		if (!commands[i].en || !word[0] || strncmp(commands[i].name, word, strlen(word)))
			continue;
		*ret_many = found < ARRAY_SIZE(commands);
		found = i;
	}
	return *ret_many ? ARRAY_SIZE(commands) : found;
}

const char *dojo_command_name(const char *word)
{
	bool many;
	size_t i = find_command(word, &many);

	return i < ARRAY_SIZE(commands) ? commands[i].name : NULL;
}

/* One line: what was typed, what it may have meant. */
static int no_command(const char *word, bool many)
{
	const char *known[ARRAY_SIZE(commands)], *near;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].en && (!many || !strncmp(commands[i].name, word, strlen(word))))
			known[n++] = commands[i].name;
	near = nearest(word, known, n);
	fprintf(stderr, "dojo: '%s' %s", word,
		many ? lang_text("may be", "に当てはまるもの:")
		     : lang_text("is no subcommand;", "というサブコマンドはありません。"));
	for (size_t i = 0; many && i < n; i++)
		fprintf(stderr, "%s %s", i ? "," : "", known[i]);
	if (!many && near)
		fprintf(stderr, lang_is_ja() ? "もしかして: dojo %s" : " did you mean dojo %s?",
			near);
	else if (!many)
		fputs(lang_text(" dojo help lists them", "dojo help で一覧を表示します"), stderr);
	fputc('\n', stderr);
	return 2;
}

static void print_use(size_t i)
{
	printf("  dojo %-8s %-23s ", commands[i].name, commands[i].args);
	page_text(commands[i].en ? lang_text(commands[i].en, commands[i].ja) : "", TEXT_COLUMN);
}

static int dojo_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].en)
			print_use(i);
	printf("\n%s\n",
	       lang_text("Layers, looked at from the bottom up:", "レイヤー（下から順に見る）:"));
	layers_print(stdout);
	printf("\n%s\n",
	       lang_text("Look, diagnose, mend, try again what had failed, then: dojo grade",
			 "観察し、診断し、直し、失敗していた操作を試し直してから dojo grade"));
	return 0;
}

json_t *dojo_ask(json_t *request)
{
	struct err err = {0};
	json_t *answer = NULL;

	if (talk_once(request, &answer, &err) == 0)
		return answer;
	fprintf(stderr, "dojo: %s\n", err.msg);
	if (err.mend[0])
		fprintf(stderr, "%s\n", err.mend);
	return NULL;
}

bool dojo_line(char *buf, size_t size)
{
	fflush(stdout);
	if (!fgets(buf, (int)size, stdin))
		return false;
	buf[strcspn(buf, "\r\n")] = '\0';
	page_tame(buf);
	return true;
}

bool dojo_yes(const char *question)
{
	char line[64];

	/* What was typed before the question is no answer to it. */
	if (isatty(STDIN_FILENO))
		tcflush(STDIN_FILENO, TCIFLUSH);
	text_question(stdout, question, "[y/N]", page_columns());
	if (!dojo_line(line, sizeof(line))) {
		putchar('\n');
		return false;
	}
	return !strcasecmp(line, "y") || !strcasecmp(line, "yes") || !strcmp(line, "はい");
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* Whoever asks what a subcommand does wants nothing done. */
static int run_command(size_t i, int argc, char **argv)
{
	for (int k = 0; k < argc && (k == 0 || !commands[i].passes); k++)
		if (is_help(argv[k])) {
			print_use(i);
			return 0;
		}
	return commands[i].run(argc, argv);
}

/* The words after it are another program's, to the byte. */
static bool passes_on(const char *word)
{
	bool many;
	size_t i = find_command(word, &many);

	return i < ARRAY_SIZE(commands) && commands[i].passes;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	bool many;
	size_t i;

	stdio_fds_fill();
	for (int k = 1; k < argc && !(k > 1 && passes_on(argv[1])); k++)
		page_tame(argv[k]);
	if (is_help(name))
		name = "help";
	i = find_command(name, &many);
	if (i == ARRAY_SIZE(commands))
		return no_command(name, many);
	return run_command(i, argc > 2 ? argc - 2 : 0, argv + (argc > 2 ? 2 : argc));
}
