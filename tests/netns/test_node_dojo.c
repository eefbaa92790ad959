/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo inside a node: what it prints and what it asks. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "node_fixture.h"
#include "test_node.h"

static const char answers[] =
	"{\"task\":{\"title\":{\"en\":\"Pages\",\"ja\":\"ページ\"},\"ticket\":{\"en\":\"It "
	"broke\",\"ja\":\"壊れた\"},"
	"\"goals\":[{\"en\":\"Mend it\",\"ja\":\"直す\"}]},"
	"\"hint\":{\"n\":1,\"of\":3,\"text\":{\"en\":\"Look\",\"ja\":\"見る\"}},"
	"\"map\":{\"text\":\"[wsl]\\n\"},"
	"\"check\":{\"probes\":[{\"name\":{\"en\":\"names\",\"ja\":\"名前\"},\"ok\":false},{"
	"\"name\":\"ping\",\"ok\":true}]},"
	"\"diagnose\":{},\"grade\":{},"
	"\"causes\":{\"causes\":[{\"cause\":\"no-route\",\"layer\":\"L2\",\"title\":{\"en\":"
	"\"gone\",\"ja\":\"無い\"}},"
	"{\"cause\":\"dns-dead\",\"layer\":\"L2.5\",\"title\":{\"en\":\"dead\",\"ja\":\"応答なし\"}"
	"}]}}";

/* A terminal with an answer in it before the question, and an end of input behind. */
#define TYPED_AHEAD                                                                                \
	"python3 -c '\n"                                                                           \
	"import os, pty, select\n"                                                                 \
	"pid, fd = pty.fork()\n"                                                                   \
	"if pid == 0:\n"                                                                           \
	"    os.read(0, 0)\n"                                                                      \
	"    select.select([0], [], [])\n"                                                         \
	"    os.execvp(\"dojo\", [\"dojo\", \"grade\"])\n"                                         \
	"os.write(fd, b\"y\\n\")\n"                                                                \
	"said = b\"\"\n"                                                                           \
	"while b\"[y/N]\" not in said: said += os.read(fd, 1000)\n"                                \
	"os.write(fd, b\"\\x04\")\n"                                                               \
	"_, status = os.waitpid(pid, 0)\n"                                                         \
	"print(\"not answered\" if os.WEXITSTATUS(status) == 1 else said)'"

static const struct {
	const char *line;
	int exit;
	const char *out;   /* contained in the output */
	const char *asked; /* the last request, without its id; NULL = not looked at */
} uses[] = {
	{"dojo task", 0, "Pages\n\nIt broke\n\nGoals\n  - Mend it\n", "{\"do\":\"task\"}"},
	{"LANG=ja_JP.UTF-8 dojo task", 0, "ページ\n\n壊れた\n\n目標\n  - 直す\n", NULL},
	{"LC_ALL=ja_JP.UTF-8 LANG=C dojo hint", 0, "ヒント 1/3:\n  見る\n", NULL},
	{"dojo hint", 0, "Hint 1/3:\n  Look\n", "{\"do\":\"hint\"}"},
	{"dojo map", 0, "[wsl]\n",
	 "{\"color\":false,\"columns\":78,\"do\":\"map\",\"format\":\"text\",\"lang\":\"en\"}"},
	{"LANG=C dojo map", 0, "[wsl]\n",
	 "{\"color\":false,\"columns\":78,\"do\":\"map\",\"format\":\"ascii\",\"lang\":\"en\"}"},
	{"dojo check", 1, "  FAIL  names\n  ok    ping\n", NULL},
	{"dojo diagnose 2.5 dns-dead", 0, "Noted: L2.5 dns-dead\n",
	 "{\"answers\":[{\"cause\":\"dns-dead\",\"layer\":\"L2.5\"}],\"do\":\"diagnose\"}"},
	{"dojo diagnose l2", 0, "Noted: L2\n",
	 "{\"answers\":[{\"layer\":\"L2\"}],\"do\":\"diagnose\"}"},
	{"dojo diagnose 4/5", 0, "Noted: 4/5\n",
	 "{\"answers\":[{\"layer\":\"4/5\"}],\"do\":\"diagnose\"}"},
	{"dojo diagnose none", 0, "not your network", "{\"do\":\"diagnose\",\"none\":true}"},
	{"dojo diagnose L9", 2, "L2.5", NULL},
	{"dojo diagnose L1/L2/L2.5/L3/L4/L5/other", 2, "L2.5", NULL},
	{"dojo diagnose 2/3", 2, "L2.5", NULL},
	{"printf '2.5\\n1\\n' | dojo diagnose", 0, "Noted: L2.5 dns-dead\n",
	 "{\"answers\":[{\"cause\":\"dns-dead\",\"layer\":\"L2.5\"}],\"do\":\"diagnose\"}"},
	{"printf '2\\n-\\n' | dojo diagnose", 0, "Noted: L2\n",
	 "{\"answers\":[{\"layer\":\"L2\"}],\"do\":\"diagnose\"}"},
	{"printf 'none\\n' | dojo diagnose", 0, "Noted", "{\"do\":\"diagnose\",\"none\":true}"},
	{"printf '0\\n' | dojo diagnose", 2, "  0      leave", "{\"do\":\"causes\"}"},
	{"printf '2\\n0\\n0\\n' | dojo diagnose", 2, "   -  I don't know the cause\n",
	 "{\"do\":\"causes\"}"},
	{"printf '2\\n2\\nq\\n' | dojo diagnose", 2, "There is no number 2.\n",
	 "{\"do\":\"causes\"}"},
	{"printf '9\\n\\n' | dojo diagnose", 2, "There is no number 9.\n", "{\"do\":\"causes\"}"},
	{"printf 'dead\\n-\\nq\\n' | dojo diagnose", 2, "", "{\"do\":\"causes\"}"},
	{"printf 'x\\n' | dojo diagnose", 2, "No cause has 'x' in it.\n", "{\"do\":\"causes\"}"},
	{"printf 'DEAD\\n1\\n' | dojo diagnose", 0, "Noted: L2.5 dns-dead\n",
	 "{\"answers\":[{\"cause\":\"dns-dead\",\"layer\":\"L2.5\"}],\"do\":\"diagnose\"}"},
	{"printf '応答\\n0\\nl2\\ngone\\n1\\n' | dojo diagnose", 0, "Noted: L2 no-route\n",
	 "{\"answers\":[{\"cause\":\"no-route\",\"layer\":\"L2\"}],\"do\":\"diagnose\"}"},
	{"dojo diagnose dns 2>&1", 2, "Causes with that word:\n  L2.5  dns-dead ",
	 "{\"do\":\"causes\"}"},
	{"dojo diagnose dns 2>&1", 2, "'dns' is no layer. The layers are:\n  L1     interface",
	 NULL},
	{"dojo diagnose L2 dns-dead 2>&1", 2, "'dns-dead' is a cause of L2.5\n",
	 "{\"do\":\"causes\"}"},
	{"dojo diagnose L2 x 2>&1", 2, "No cause is called 'x'. Those of this layer:\n  no-route ",
	 "{\"do\":\"causes\"}"},
	{"dojo diagnose L2 no-ruote 2>&1", 2, "Did you mean 'no-route'?\n", "{\"do\":\"causes\"}"},
	{"echo | dojo diagnose", 2, "  L2.5   name resolution: DNS\n", "{\"do\":\"causes\"}"},
	{"LANG=ja_JP.UTF-8 dojo help", 0, "  L2.5   名前解決（DNS）\n", NULL},
	{"dojo grade </dev/null", 1, "[y/N]", NULL},
	{"echo n | dojo grade", 1, "[y/N]", NULL},
	{"echo y | dojo grade", 0, "[y/N]", "{\"do\":\"grade\"}"},
	{"printf 'a\\033]0;x\\007\\302\\233b\\n' | dojo diagnose", 2,
	 "No cause has 'a?]0;x??b' in it.\n", NULL},
	{"dojo \"$(printf 'a\\033c')\" 2>&1", 2, "'a?c'", "{}"},
	{"dojo hint --help", 0, "  dojo hint ", "{}"},
	{"dojo check -h", 0, "  dojo check ", "{}"},
	{"dojo diagnose --help", 0, "  dojo diagnose ", "{}"},
	{"dojo grade --help", 0, "  dojo grade ", "{}"},
	{"dojo grade -y --help", 0, "  dojo grade ", "{}"},
	{"dojo quit -h", 0, "  dojo quit ", "{}"},
	{TYPED_AHEAD, 0, "not answered\n", "{}"},
	{"dojo grade -y", 0, "", "{\"do\":\"grade\"}"},
	{"dojo quit -y", 3, "dojo: No such thing\nTry another\n", "{\"do\":\"quit\"}"},
	{"dojo", 0, "dojo diagnose", NULL},
	{"dojo frobnicate", 2, "'frobnicate'", NULL},
};

START_TEST(words_and_requests)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l = lab_start(&n);

	ck_assert_int_eq(json_parse(answers, strlen(answers), &lab_answers, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		struct outcome *o;
		char *asked;

		json_decref(lab_asked);
		lab_asked = json_object();
		o = lab_sh(&l, "learner", uses[i].line);
		ck_assert_msg(WEXITSTATUS(o->status) == uses[i].exit && strstr(o->out, uses[i].out),
			      "%s: %d\n%s", uses[i].line, WEXITSTATUS(o->status), o->out);
		json_object_del(lab_asked, "id");
		asked = json_dumps(lab_asked, JSON_COMPACT | JSON_SORT_KEYS);
		if (uses[i].asked)
			ck_assert_str_eq(asked, uses[i].asked);
		if (strstr(uses[i].line, "grade") && uses[i].exit)
			ck_assert_str_eq(asked, "{}");
		free(asked);
	}
	lab_stop(&l);
}
END_TEST

TCase *node_dojo_case(void)
{
	TCase *t = tcase_create("dojo");

	tcase_add_test(t, words_and_requests);
	return t;
}
