/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a log proves to its learner, and what it must not. */
#define _GNU_SOURCE
#include <check.h>
#include <string.h>

#include "base/screen.h"
#include "evidence/proved.h"

static struct model *load(void)
{
	auto_json json_t *j = json_load_file(TEST_DATA "/nat.json", 0, NULL);
	struct model *m = NULL;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	return m;
}

#define COMMAND(text, output)                                                                      \
	"{\"kind\":\"command\",\"by\":\"learner\",\"node\":\"wsl\",\"t\":9,\"started\":5,"         \
	"\"ended\":8,"                                                                             \
	"\"text\":\"" text "\",\"output\":\"" output "\"},"
#define PACKET(by, node, t, what, more)                                                            \
	"{\"kind\":\"packet\",\"by\":\"" by "\",\"node\":\"" node "\",\"t\":" t                    \
	",\"dir\":\"in\",\"what\":\"" what "\"," more "},"
#define PHONE_COMMAND                                                                              \
	"{\"kind\":\"command\",\"by\":\"learner\",\"node\":\"phone\",\"t\":9,\"started\":5,"       \
	"\"ended\":8,\"text\":\"curl http://192.168.1.50:3000\",\"output\":\"\"},"
#define PACKET_TO_PHONE(more)                                                                      \
	"{\"kind\":\"packet\",\"by\":\"learner\",\"node\":\"windows\",\"t\":6,\"dir\":\"out\","    \
	"\"dst\":\"192.168.1.23\"," more "},"
#define END "{\"kind\":\"lab\"}"

static const struct {
	const char *name, *events;
	const char *row; /* as it is proved, compact; "" = nothing is */
} cases[] = {
	{"an address that a command showed",
	 "[" COMMAND("ip a", "inet 172.27.43.151/20 brd") END "]",
	 "{\"node\":\"wsl\",\"address\":\"172.27.43.151\",\"seen\":true}"},
	{"an address in another's", "[" COMMAND("ip a", "172.27.43.1510 1172.27.43.151") END "]",
	 ""},
	{"an address somebody typed",
	 "[" COMMAND("ping 172.27.43.151", "PING 172.27.43.151") END "]", ""},
	{"our own drawing", "[" COMMAND("dojo map", "eth0 172.27.43.151/20") END "]", ""},
	{"another machine's address", "[" COMMAND("ip r", "default via 172.27.32.1") END "]", ""},
	{"an answer, before its command's event",
	 "[" PACKET("learner", "wsl", "6", "echo-reply", "\"src\":\"8.8.8.8\"")
		 COMMAND("ping 8.8.8.8", "64 bytes") END "]",
	 "{\"node\":\"internet\",\"address\":\"8.8.8.8\",\"answered\":true}"},
	{"an answer, after it",
	 "[" COMMAND("ping 8.8.8.8", "")
		 PACKET("learner", "wsl", "6", "echo-reply", "\"src\":\"8.8.8.8\"") END "]",
	 "{\"node\":\"internet\",\"address\":\"8.8.8.8\",\"answered\":true}"},
	{"a neighbour's answer",
	 "[" COMMAND("ip n", "172.27.32.1 dev eth0 lladdr 00:15:5d:21:8f:01 REACHABLE") END "]",
	 "{\"node\":\"windows\",\"address\":\"172.27.32.1\",\"answered\":true}"},
	{"a neighbour that does not", "[" COMMAND("ip n", "172.27.32.1 dev eth0 FAILED") END "]",
	 ""},
	{"a port that accepted",
	 "[" PACKET("learner", "wsl", "7", "syn-ack", "\"src\":\"172.27.32.1\",\"sport\":445")
		 COMMAND("nc -z h 445", "") END "]",
	 "{\"node\":\"windows\",\"address\":\"172.27.32.1\",\"ports\":[\"tcp/445\"]}"},
	{"a port that refused proves the machine alone",
	 "[" PACKET("learner", "wsl", "7", "rst", "\"src\":\"172.27.32.1\",\"sport\":445")
		 COMMAND("nc -z h 445", "") END "]",
	 "{\"node\":\"windows\",\"address\":\"172.27.32.1\",\"answered\":true}"},
	{"a name resolved",
	 "[" PACKET("learner", "wsl", "7", "dns-answer",
		    "\"src\":\"172.27.32.1\",\"answers\":[\"1.2.3.4\"]") COMMAND("dig a", "") END
	 "]",
	 "{\"node\":\"windows\",\"address\":\"172.27.32.1\",\"resolved\":true}"},
	{"no such name: the server answered, no more",
	 "[" PACKET("learner", "wsl", "7", "dns-answer", "\"src\":\"172.27.32.1\",\"answers\":[]")
		 COMMAND("dig a", "") END "]",
	 "{\"node\":\"windows\",\"address\":\"172.27.32.1\",\"answered\":true}"},
	{"a request is no answer",
	 "[" PACKET("learner", "wsl", "7", "syn", "\"src\":\"172.27.32.1\",\"sport\":445")
		 COMMAND("nc -l", "") END "]",
	 ""},
	{"a probe of the lab's",
	 "[" PACKET("lab", "wsl", "6", "echo-reply", "\"src\":\"8.8.8.8\"")
		 COMMAND("dojo check", "") COMMAND("sleep 3", "") END "]",
	 ""},
	{"what only passed through Windows",
	 "[" PACKET("learner", "windows", "6", "echo-reply", "\"src\":\"8.8.8.8\"")
		 COMMAND("ping 8.8.8.8", "") END "]",
	 ""},
	{"what left for the phone, whose packets nobody records",
	 "[" PHONE_COMMAND PACKET_TO_PHONE(
		 "\"what\":\"syn-ack\",\"src\":\"192.168.1.50\",\"sport\":3000") END "]",
	 "{\"node\":\"windows\",\"address\":\"192.168.1.50\",\"ports\":[\"tcp/3000\"]}"},
	{"what left for the phone, and nobody asked there",
	 "[" COMMAND("sleep 3", "") PACKET_TO_PHONE(
		 "\"what\":\"syn-ack\",\"src\":\"192.168.1.50\",\"sport\":3000") END "]",
	 ""},
	{"an answer to nobody's command",
	 "[" PACKET("learner", "wsl", "60", "echo-reply", "\"src\":\"8.8.8.8\"")
		 COMMAND("ping 8.8.8.8", "") END "]",
	 ""},
};

START_TEST(proves)
{
	auto_model *m = load();
	auto_json json_t *events = json_loads(cases[_i].events, 0, NULL), *got = NULL;
	auto_free char *row = NULL;

	ck_assert_ptr_nonnull(events);
	got = proved_of(m, events);
	ck_assert_uint_eq(json_array_size(got), cases[_i].row[0] != '\0');
	if (!cases[_i].row[0])
		return;
	row = json_dumps(json_array_get(got, 0), JSON_COMPACT);
	ck_assert_msg(strcmp(row, cases[_i].row) == 0, "%s: %s", cases[_i].name, row);
}
END_TEST

/* A flood is no more than the rings hold, and what is proved stays so. */
START_TEST(a_flood_is_bounded)
{
	auto_model *m = load();
	auto_json json_t *events = json_loads(cases[5].events, 0, NULL), *got = NULL;
	auto_proved *p = proved_new(m);

	for (size_t i = 0; i < 3; i++)
		proved_see(p, json_array_get(events, i));
	for (int i = 0; i < 5000; i++) {
		auto_json json_t *e = json_copy(json_array_get(events, i % 2));

		json_object_set_new(e, "t", json_real(100 + i));
		json_object_set_new(e, "started", json_real(i));
		json_object_set_new(e, "ended", json_real(i));
		proved_see(p, e);
	}
	got = proved_json(p);
	ck_assert_uint_eq(json_array_size(got), 1);
}
END_TEST

START_TEST(a_terminals_answer_is_read)
{
	ck_assert_int_eq(screen_cursor_column("\033[12;2R"), 2);
	ck_assert_int_eq(screen_cursor_column("typed\033[1;3R"), 3);
	ck_assert_int_eq(screen_cursor_column("\033[1;1\033[7;2R"), 2);
	ck_assert_int_eq(screen_cursor_column("\033[12;2"), 0);
	ck_assert_int_eq(screen_cursor_column(""), 0);
}
END_TEST

START_TEST(how_to_draw)
{
	setenv("LC_ALL", "C", 1);
	unsetenv("NETDOJO_ACCESSIBLE");
	ck_assert_str_eq(screen_form(-1), "ascii");
	setenv("LC_ALL", "ja_JP.UTF-8", 1);
	ck_assert_str_eq(screen_form(-1), "text");
	setenv("NETDOJO_ACCESSIBLE", "1", 1);
	ck_assert_str_eq(screen_form(-1), "flat");
	setenv("NETDOJO_ACCESSIBLE", "0", 1);
	ck_assert_str_eq(screen_form(-1), "text");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("proved");
	TCase *t = tcase_create("proved");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, proves, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, a_flood_is_bounded);
	tcase_add_test(t, a_terminals_answer_is_read);
	tcase_add_test(t, how_to_draw);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
