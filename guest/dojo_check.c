/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo check: am I there yet? What passes now, by name; never why. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/screen.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/page.h"

enum { NO_ANSWER = 3 };

/* A dot a second while the lab tries; 0 where nobody watches, or wants nothing to move. */
static pid_t dots_begin(void)
{
	pid_t pid;

	if (!isatty(STDERR_FILENO))
		return 0;
	fputs(lang_text("Trying it all now", "いま全部を試しています"), stderr);
	if (screen_accessible() || !screen_color(STDERR_FILENO)) {
		fputs("...\n", stderr);
		return 0;
	}
	pid = fork();
	while (pid == 0) {
		sleep(1);
		if (write(STDERR_FILENO, ".", 1) != 1 || getppid() == 1)
			_exit(0);
	}
	return pid;
}

static void dots_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fputs("\r\033[K", stderr);
}

/* How many of them fail. */
static int print_probes(const json_t *probes)
{
	const json_t *probe;
	size_t i;
	int failed = 0;

	json_array_foreach (probes, i, probe) {
		bool ok = json_flag(probe, "ok", false);

		failed += !ok;
		printf("  %s  ", ok ? lang_text("ok  ", "成功") : lang_text("FAIL", "失敗"));
		page_text(lang_pick(json_object_get(probe, "name")), 8);
	}
	return failed;
}

int dojo_check(int argc, char **argv)
{
	pid_t dots = dots_begin();
	auto_json json_t *answer = dojo_ask(json_pack("{s:s}", "do", "check"));
	size_t n;
	int failed;

	(void)argc;
	(void)argv;
	dots_end(dots);
	if (!answer)
		return NO_ANSWER;
	n = json_array_size(json_object_get(answer, "probes"));
	failed = print_probes(json_object_get(answer, "probes"));
	/* Where nothing is wrong something fails too: whether it is to be mended is not for us to say. */
	if (failed)
		printf(lang_is_ja() ? "%2$zu 項目中 %1$zu 項目が成功、訴えはまだ続いています。\n"
				      "直すか、何が原因かを dojo diagnose で答えてください\n"
				    : "The complaint still shows: %zu of %zu hold.\n"
				      "Mend it, or say what it is: dojo diagnose\n",
		       n - (size_t)failed, n);
	else
		puts(lang_text("All of it works now. The score card: dojo grade",
			       "すべて成功しました。採点は dojo grade"));
	return failed ? 1 : 0;
}
