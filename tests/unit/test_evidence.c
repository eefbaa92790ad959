/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading, joining and asking an attempt's log. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/join.h"
#include "evidence/log.h"
#include "evidence/query.h"

static struct evidence_log parse(const char *text)
{
	struct evidence_log l = {0};
	struct err err = {0};
	int rc = evidence_log_parse(text, strlen(text), &l, &err);

	ck_assert_msg(rc == 0, "%s", err.msg);
	return l;
}

static const char whole[] = "{\"seq\":1,\"t\":0.0,\"kind\":\"lab\",\"what\":\"start\"}\n"
			    "{\"seq\":2,\"t\":1.0,\"kind\":\"probe\"}\n";

START_TEST(reads_whole_lines)
{
	auto_evidence_log l = parse(whole);

	ck_assert_uint_eq(json_array_size(l.events), 2);
	ck_assert(!l.cut);
}
END_TEST

START_TEST(a_cut_last_line_is_left_out)
{
	/* Every length a kill can leave gives the events that were whole. */
	for (size_t n = 0; n <= strlen(whole); n++) {
		auto_evidence_log l = {0};
		struct err err = {0};
		size_t want = 2;
		size_t first = (size_t)(strchr(whole, '\n') - whole);

		if (n >= first && n < strlen(whole) - 1)
			want = 1;
		if (n < first)
			want = 0;
		ck_assert_int_eq(evidence_log_parse(whole, n, &l, &err), 0);
		ck_assert_uint_eq(json_array_size(l.events), want);
		ck_assert(l.cut ==
			  (n && whole[n - 1] != '\n' && n != first && n != strlen(whole) - 1));
	}
}
END_TEST

static const struct {
	const char *text, *says;
} broken[] = {
	{"{\"seq\":1,\"kind\":\"lab\"}\n{\"seq\":2,\n{\"seq\":3,\"kind\":\"lab\"}\n", "Line 2"},
	{"{\"seq\":2,\"kind\":\"lab\"}\n{\"seq\":2,\"kind\":\"lab\"}\n", "seq 2 after 2"},
	{"{\"seq\":1}\n{\"seq\":2,\"kind\":\"lab\"}\n", "Line 1 of the log is no event"},
	{"[]\n{\"seq\":2,\"kind\":\"lab\"}\n", "Line 1 of the log is no event"},
};

START_TEST(a_broken_line_is_named)
{
	auto_evidence_log l = {0};
	struct err err = {0};

	ck_assert_int_lt(evidence_log_parse(broken[_i].text, strlen(broken[_i].text), &l, &err), 0);
	ck_assert_msg(strstr(err.msg, broken[_i].says) != NULL, "%s", err.msg);
}
END_TEST

START_TEST(what_follows_the_end_is_no_part_of_it)
{
	static const char text[] = "{\"seq\":1,\"t\":1.0,\"kind\":\"answer\"}\n"
				   "{\"seq\":2,\"t\":2.0,\"kind\":\"lab\",\"what\":\"finished\"}\n"
				   "{\"seq\":3,\"t\":1.9,\"kind\":\"packet\"}\n" /* told late */
				   "{\"seq\":4,\"t\":2.1,\"kind\":\"packet\"}\n"
				   "{\"seq\":5,\"kind\":\"answer\"}\n"
				   "{\"seq\":6,\"t\":2.0,\"kind\":\"packet\"}\n";
	char dir[] = "/tmp/nd-evidence-XXXXXX", path[64];
	struct evidence_log l = {0};
	struct err err = {0};
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/events.jsonl", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(evidence_log_load(dir, &l, &err), 0);
	ck_assert_uint_eq(json_array_size(l.events), 4);
	ck_assert_ptr_nonnull(evidence_by_seq(l.events, 3));
	ck_assert_ptr_null(evidence_by_seq(l.events, 4));
	ck_assert_ptr_null(evidence_by_seq(l.events, 5));
	ck_assert_ptr_nonnull(evidence_by_seq(l.events, 6));
	evidence_log_done(&l);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(a_missing_folder_is_wrong_usage)
{
	auto_evidence_log l = {0};
	struct err err = {0};

	ck_assert_int_lt(evidence_log_load("/nonexistent", &l, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_str_ne(err.mend, "");
}
END_TEST

#define EVENT(seq, t, rest) "{\"seq\":" #seq ",\"t\":" #t ",\"node\":\"wsl\"," rest "}\n"
#define COMMAND(seq, from, to, session)                                                            \
	EVENT(seq, to,                                                                             \
	      "\"kind\":\"command\",\"session\":\"" session "\",\"started\":" #from                \
	      ",\"ended\":" #to)

static json_int_t cause(const struct evidence_log *l, json_int_t seq)
{
	return json_int(evidence_by_seq(l->events, seq), "cause", 0);
}

START_TEST(joins_by_time_and_node)
{
	auto_evidence_log l = parse(
		EVENT(1, 0.5, "\"kind\":\"packet\"") /* before anything */
		EVENT(2, 1.1, "\"kind\":\"exec\"") EVENT(
			3, 1.2, "\"kind\":\"packet\",\"by\":\"lab\"") COMMAND(4, 1.0, 2.0, "a")
			EVENT(5, 2.02, "\"kind\":\"packet\"") /* late, within the slack */
		EVENT(6, 3.0, "\"kind\":\"packet\"")	      /* between two */
		EVENT(7, 3.95, "\"kind\":\"exec\"")	      /* seen before its mark came */
		COMMAND(8, 4.0, 5.0, "a") "{\"seq\":9,\"t\":4.5,\"node\":\"windows\",\"kind\":"
					  "\"change\"}\n" EVENT(10, 4.6,
								"\"kind\":\"change\",\"cause\":4"));

	evidence_join(l.events);
	ck_assert_int_eq(cause(&l, 1), 0);
	ck_assert_int_eq(cause(&l, 2), 4);
	ck_assert_int_eq(cause(&l, 3), 0);
	ck_assert_int_eq(cause(&l, 5), 4);
	ck_assert_int_eq(cause(&l, 6), 0);
	ck_assert_int_eq(cause(&l, 7), 8);
	ck_assert_int_eq(cause(&l, 9), 0);
	ck_assert_int_eq(cause(&l, 10), 4);
}
END_TEST

START_TEST(quick_commands_do_not_share)
{
	/* The second is typed 10 ms after the first ended: no slack may reach into the other. */
	auto_evidence_log l =
		parse(EVENT(1, 1.001, "\"kind\":\"exec\"") COMMAND(2, 1.0, 1.02, "a")
			      EVENT(3, 1.031, "\"kind\":\"exec\"") COMMAND(4, 1.03, 1.05, "a"));

	evidence_join(l.events);
	ck_assert_int_eq(cause(&l, 1), 2);
	ck_assert_int_eq(cause(&l, 3), 4);
}
END_TEST

/* A change is told when it is read, so what comes between two commands is the first one's. */
START_TEST(a_change_told_late_is_the_command_s_before)
{
	auto_evidence_log l = parse(
		EVENT(1, 1.9, "\"kind\":\"change\"") /* seen before its mark came */
		COMMAND(2, 2.0, 3.0, "a") EVENT(3, 3.005, "\"kind\":\"change\"")
			EVENT(4, 3.006, "\"kind\":\"file\"") EVENT(5, 3.007, "\"kind\":\"exec\"")
				EVENT(6, 3.011, "\"kind\":\"change\"") COMMAND(7, 3.01, 4.0, "a")
					EVENT(8, 4.2, "\"kind\":\"change\"")
						EVENT(9, 4.8, "\"kind\":\"change\"")
							COMMAND(10, 5.0, 6.0, "a"));

	evidence_join(l.events);
	ck_assert_int_eq(cause(&l, 1), 2);
	ck_assert_int_eq(cause(&l, 3), 2);
	ck_assert_int_eq(cause(&l, 4), 2);
	ck_assert_int_eq(cause(&l, 5), 7);
	ck_assert_int_eq(cause(&l, 6), 7);
	ck_assert_int_eq(cause(&l, 8), 7);
	ck_assert_int_eq(cause(&l, 9), 10);
}
END_TEST

START_TEST(of_two_sessions_the_later_start_wins)
{
	auto_evidence_log l = parse(EVENT(1, 5.5, "\"kind\":\"exec\"") COMMAND(2, 5.4, 6.0, "b")
					    COMMAND(3, 1.0, 9.0, "a"));

	evidence_join(l.events);
	ck_assert_int_eq(cause(&l, 1), 2);
}
END_TEST

START_TEST(first_last_and_by_seq)
{
	auto_evidence_log l =
		parse(EVENT(1, 0, "\"kind\":\"lab\",\"what\":\"start\"")
			      EVENT(3, 1, "\"kind\":\"lab\",\"what\":\"ready\"")
				      EVENT(7, 2, "\"kind\":\"lab\",\"what\":\"end\""));

	ck_assert_int_eq(json_int(evidence_first(l.events, "lab", NULL), "seq", 0), 1);
	ck_assert_int_eq(json_int(evidence_last(l.events, "lab", NULL), "seq", 0), 7);
	ck_assert_int_eq(json_int(evidence_last(l.events, "lab", "ready"), "seq", 0), 3);
	ck_assert_ptr_null(evidence_first(l.events, "probe", NULL));
	ck_assert_ptr_null(evidence_by_seq(l.events, 2));
	ck_assert_int_eq(json_int(evidence_by_seq(l.events, 7), "seq", 0), 7);
}
END_TEST

static const struct {
	const char *event, *words, *ja;
} said[] = {
	{"{\"kind\":\"command\",\"text\":\"ping -c1 8.8.8.8\",\"exit\":1}",
	 "$ ping -c1 8.8.8.8 (exit 1)", "$ ping -c1 8.8.8.8 (終了コード 1)"},
	{"{\"kind\":\"command\",\"text\":\"for i\\ndone\",\"exit\":0}", "$ for i...", "$ for i..."},
	{"{\"kind\":\"windows\",\"what\":\"portproxy.delete\",\"ok\":true,\"args\":{"
	 "\"type\":\"v4tov4\",\"listenport\":3000,\"listenaddress\":\"\"}}",
	 "Windows: portproxy.delete type=v4tov4 listenport=3000 listenaddress=",
	 "Windows: portproxy.delete type=v4tov4 listenport=3000 listenaddress="},
	{"{\"kind\":\"windows\",\"what\":\"nat.remove\",\"ok\":false,\"error\":\"none\"}",
	 "Windows: nat.remove (refused: none)", "Windows: nat.remove（拒否: none）"},
	{"{\"kind\":\"exec\",\"argv\":[\"ip\",\"a\"]}", "ran ip a", "実行: ip a"},
	{"{\"kind\":\"exec\",\"what\":\"exit\",\"pid\":7}", "process 7 ended", "プロセス 7 が終了"},
	{"{\"kind\":\"packet\",\"if\":\"eth0\",\"dir\":\"out\",\"what\":\"dns-query\",\"src\":\"1."
	 "2.3.4\",\"dst\":\"5.6.7.8\","
	 "\"dport\":53,\"qname\":\"google.com\",\"qtype\":\"A\",\"count\":3}",
	 "eth0 out: dns-query A google.com 1.2.3.4 > 5.6.7.8:53 (3 times)",
	 "eth0 送信: DNS 問い合わせ A google.com 1.2.3.4 > 5.6.7.8:53 (3 回)"},
	{"{\"kind\":\"change\",\"what\":\"route\",\"action\":\"add\",\"dst\":\"default\","
	 "\"gateway\":\"1.1.1.1\"}",
	 "route add: dst default gateway 1.1.1.1", "経路 追加: dst default gateway 1.1.1.1"},
	{"{\"kind\":\"file\",\"path\":\"/etc/hosts\",\"action\":\"write\"}", "/etc/hosts write",
	 "/etc/hosts 書き込み"},
	{"{\"kind\":\"probe\",\"name\":\"web\",\"ok\":true}", "probe web: holds", "確認 web: 成功"},
	{"{\"kind\":\"probe\",\"name\":\"web\",\"ok\":false}", "probe web: fails",
	 "確認 web: 失敗"},
	{"{\"kind\":\"answer\",\"answers\":[{\"layer\":\"L1\",\"cause\":\"x\"}]}",
	 "diagnosis: L1 x", "診断: L1 x"},
	{"{\"kind\":\"answer\",\"answers\":[{\"layer\":\"L1\"}]}", "diagnosis: L1", "診断: L1"},
	{"{\"kind\":\"answer\",\"none\":true}", "diagnosis: none", "診断: 異常なし"},
	{"{\"kind\":\"hint\",\"n\":2}", "hint 2", "ヒント 2"},
	{"{\"kind\":\"lab\",\"what\":\"ready\"}", "lab ready", "lab ready"},
};

START_TEST(in_words)
{
	auto_json json_t *e = json_loads(said[_i].event, 0, NULL);
	auto_free char *words = evidence_words(e, "en"), *ja = evidence_words(e, "ja");

	ck_assert_str_eq(words, said[_i].words);
	ck_assert_str_eq(ja, said[_i].ja);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("evidence");
	TCase *t = tcase_create("evidence");
	SRunner *r;
	int failed;

	tcase_add_test(t, reads_whole_lines);
	tcase_add_test(t, a_cut_last_line_is_left_out);
	tcase_add_loop_test(t, a_broken_line_is_named, 0, ARRAY_SIZE(broken));
	tcase_add_test(t, a_missing_folder_is_wrong_usage);
	tcase_add_test(t, what_follows_the_end_is_no_part_of_it);
	tcase_add_test(t, joins_by_time_and_node);
	tcase_add_test(t, quick_commands_do_not_share);
	tcase_add_test(t, a_change_told_late_is_the_command_s_before);
	tcase_add_test(t, of_two_sessions_the_later_start_wins);
	tcase_add_test(t, first_last_and_by_seq);
	tcase_add_loop_test(t, in_words, 0, ARRAY_SIZE(said));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
