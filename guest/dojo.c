/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo: its subcommands and what they share. */
#define _GNU_SOURCE
#include "guest/dojo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/stdio_fds.h"
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
} commands[] = {
	{"task", "", "what you were asked to mend", "依頼内容を見る", dojo_task},
	{"hint", "", "the next hint; the score card counts them",
	 "次のヒントを見る（回数が採点表に載る）", dojo_hint},
	{"map", "", "a drawing of the healthy network", "正常時の構成図を見る", dojo_map},
	{"check", "", "whether the goals are met now", "目標を満たしているか確かめる", dojo_check},
	{"windows", "", "the Windows prompt; exit comes back",
	 "Windows のプロンプトを開く（exit で戻る）", dojo_windows},
	{"diagnose", "[LAYER [CAUSE] | none]", "say what is broken; alone: choose",
	 "原因を答える（引数なしなら一覧から選ぶ）", dojo_diagnose},
	{"grade", "[-y]", "end the attempt and grade it", "終了して採点する", dojo_grade},
	{"pause", "", "leave now, go on another time", "中断する（後で再開できる）", dojo_pause},
	{"reset", "[-y]", "everything broken as at the start", "最初の壊れた状態に戻す",
	 dojo_reset},
	{"quit", "[-y]", "leave without a grade", "採点せずに終える", dojo_quit},
	{"help", "", "this list", "この一覧", dojo_help},
	{"causes", "[LAYER]", NULL, NULL, dojo_causes}, /* for the shell's completion: not listed */
};

static void print_use(size_t i)
{
	if (!commands[i].en)
		return;
	printf("  dojo %-8s %-23s ", commands[i].name, commands[i].args);
	page_text(lang_text(commands[i].en, commands[i].ja), TEXT_COLUMN);
}

static int dojo_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
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
	printf("%s [y/N] ", question);
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
	for (int k = 0; k < argc; k++)
		if (is_help(argv[k])) {
			print_use(i);
			return 0;
		}
	return commands[i].run(argc, argv);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";

	stdio_fds_fill();
	for (int k = 1; k < argc; k++)
		page_tame(argv[k]);
	if (is_help(name))
		name = "help";
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return run_command(i, argc > 2 ? argc - 2 : 0,
					   argv + (argc > 2 ? 2 : argc));
	fprintf(stderr, "dojo: '%s' %s\n", name,
		lang_text("is no subcommand; dojo help lists them",
			  "というサブコマンドはありません。dojo help で一覧を表示します"));
	return 2;
}
