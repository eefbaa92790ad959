/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets made by hand, whole and cut short, as the keys of an event. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "netns/watch/packet_parse.h"

/* Parses a copy of exactly len bytes, so that a sanitizer sees what is read beyond. */
static json_t *parse(const char *bytes, size_t len)
{
	uint8_t *exact = calloc(1, len ? len : 1);
	json_t *j;

	memcpy(exact, bytes, len);
	j = packet_parse(exact, len);
	free(exact);
	return j;
}

/* The packet's keys are exactly these. */
static void check_keys(const char *bytes, size_t len, const char *expected)
{
	auto_json json_t *got = parse(bytes, len);
	auto_json json_t *want = json_loads(expected, 0, NULL);
	auto_free char *text = json_dumps(got, JSON_SORT_KEYS);

	ck_assert_ptr_nonnull(want);
	ck_assert_msg(json_equal(got, want), "%s is not %s", text ? text : "nothing", expected);
}

#define CHECK(bytes, expected) check_keys(bytes, sizeof(bytes) - 1, expected)

#define IP4(proto, len)                                                                            \
	"\x45\x00\x00" len "\x00\x00\x00\x00\x40" proto "\x00\x00\x0a\x09\x00\x02\x0a\x09\x00\x01"
#define IP6(next, len)                                                                             \
	"\x60\x00\x00\x00\x00" len next "\x40"                                                     \
	"\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"                         \
	"\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
#define V4_KEYS "\"src\":\"10.9.0.2\",\"dst\":\"10.9.0.1\","
#define V6_KEYS "\"src\":\"fd00::2\",\"dst\":\"fd00::1\","
/* source port 1234, destination 80, flags as given */
#define TCP(flags)                                                                                 \
	"\x04\xd2\x00\x50\x00\x00\x00\x01\x00\x00\x00\x00\x50" flags "\x00\x00\x00\x00\x00\x00"
#define QUESTION                                                                                   \
	"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06google\x03"                           \
	"com\x00\x00\x1c\x00\x01"

START_TEST(echoes)
{
	CHECK(IP4("\x01", "\x1c") "\x08\x00\x00\x00\x12\x34\x00\x05",
	      "{\"proto\":\"icmp\"," V4_KEYS "\"what\":\"echo-request\",\"id\":4660,\"seqno\":5,"
	      "\"size\":28,\"whole\":false}");
	/* one that nobody may cut, and of which only the beginning was captured */
	CHECK("\x45\x00\x05\xdc\x00\x00\x40\x00\x40\x01\x00\x00\x0a\x09\x00\x02\x0a\x09\x00\x01"
	      "\x08\x00\x00\x00\x12\x34\x00\x05",
	      "{\"proto\":\"icmp\"," V4_KEYS "\"what\":\"echo-request\",\"id\":4660,\"seqno\":5,"
	      "\"size\":1500,\"whole\":true}");
	CHECK(IP6("\x3a", "\x08") "\x81\x00\x00\x00\x12\x34\x00\x05",
	      "{\"proto\":\"icmp6\"," V6_KEYS "\"what\":\"echo-reply\",\"id\":4660,\"seqno\":5,"
	      "\"size\":48,\"whole\":true}");
}
END_TEST

START_TEST(errors_quote_what_they_are_about)
{
	CHECK(IP4("\x01", "\x38") "\x03\x04\x00\x00\x00\x00\x05\x78" IP4(
		      "\x06", "\x28") "\x04\xd2\x00\x50\x00\x00\x00\x01",
	      "{\"proto\":\"icmp\"," V4_KEYS
	      "\"what\":\"frag-needed\",\"code\":4,\"mtu\":1400,\"of\":"
	      "{\"proto\":\"tcp\"," V4_KEYS "\"sport\":1234,\"dport\":80}}");
	CHECK(IP4("\x01", "\x38") "\x0b\x00\x00\x00\x00\x00\x00\x00" IP4(
		      "\x11", "\x28") "\x04\xd2\x82\x9b\x00\x00\x00\x01",
	      "{\"proto\":\"icmp\"," V4_KEYS "\"what\":\"time-exceeded\",\"code\":0,\"of\":"
	      "{\"proto\":\"udp\"," V4_KEYS "\"sport\":1234,\"dport\":33435}}");
	/* too big, quoting nothing that can be read */
	CHECK(IP6("\x3a", "\x08") "\x02\x00\x00\x00\x00\x00\x05\x00",
	      "{\"proto\":\"icmp6\"," V6_KEYS "\"what\":\"frag-needed\",\"code\":0,\"mtu\":1280}");
}
END_TEST

START_TEST(how_connections_begin)
{
	CHECK(IP4("\x06", "\x28") TCP("\x02"),
	      "{\"proto\":\"tcp\"," V4_KEYS "\"sport\":1234,\"dport\":80,\"what\":\"syn\"}");
	CHECK(IP4("\x06", "\x28") TCP("\x12"),
	      "{\"proto\":\"tcp\"," V4_KEYS "\"sport\":1234,\"dport\":80,\"what\":\"syn-ack\"}");
	CHECK(IP6("\x06", "\x14") TCP("\x14"),
	      "{\"proto\":\"tcp\"," V6_KEYS "\"sport\":1234,\"dport\":80,\"what\":\"rst\"}");
	ck_assert_ptr_null(parse(IP4("\x06", "\x28") TCP("\x10"), 40));
	/* with options: none, none, the largest segment; and with one that is longer than what is left */
	CHECK(IP4("\x06", "\x30") "\x04\xd2\x00\x50\x00\x00\x00\x01\x00\x00\x00\x00\x70\x02\x00\x00"
				  "\x00\x00\x00\x00\x01\x01\x02\x04\x05\xb4\x00\x00",
	      "{\"proto\":\"tcp\"," V4_KEYS
	      "\"sport\":1234,\"dport\":80,\"what\":\"syn\",\"mss\":1460}");
	CHECK(IP4("\x06", "\x2c") "\x04\xd2\x00\x50\x00\x00\x00\x01\x00\x00\x00\x00\x60\x02\x00\x00"
				  "\x00\x00\x00\x00\x08\x0a\x05\xb4",
	      "{\"proto\":\"tcp\"," V4_KEYS "\"sport\":1234,\"dport\":80,\"what\":\"syn\"}");
}
END_TEST

START_TEST(names_over_udp_and_tcp)
{
	CHECK(IP4("\x11", "\x38") "\x04\xd2\x00\x35\x00\x24\x00\x00" QUESTION,
	      "{\"proto\":\"udp\"," V4_KEYS
	      "\"sport\":1234,\"dport\":53,\"what\":\"dns-query\",\"qid\":4660,"
	      "\"qname\":\"google.com\",\"qtype\":\"AAAA\"}");
	CHECK(IP4("\x06", "\x46") "\x04\xd2\x00\x35\x00\x00\x00\x01\x00\x00\x00\x00\x50\x18\x00\x00"
				  "\x00\x00\x00\x00"
				  "\x00\x1c" QUESTION,
	      "{\"proto\":\"tcp\"," V4_KEYS
	      "\"sport\":1234,\"dport\":53,\"what\":\"dns-query\",\"qid\":4660,"
	      "\"qname\":\"google.com\",\"qtype\":\"AAAA\"}");
}
END_TEST

START_TEST(answers)
{
	/* refused, no records */
	CHECK(IP4("\x11", "\x38") "\x00\x35\x04\xd2\x00\x24\x00\x00"
				  "\x12\x34\x81\x85\x00\x01\x00\x00\x00\x00\x00\x00\x06google\x03"
				  "com\x00\x00\x1c\x00\x01",
	      "{\"proto\":\"udp\"," V4_KEYS
	      "\"sport\":53,\"dport\":1234,\"what\":\"dns-answer\",\"qid\":4660,"
	      "\"qname\":\"google.com\",\"qtype\":\"AAAA\",\"rcode\":\"REFUSED\",\"answers\":[]}");
	/* one record promised, and cut off: the question is still told */
	CHECK(IP4("\x11", "\x38") "\x00\x35\x04\xd2\x00\x24\x00\x00"
				  "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x06google\x03"
				  "com\x00\x00\x1c\x00\x01",
	      "{\"proto\":\"udp\"," V4_KEYS
	      "\"sport\":53,\"dport\":1234,\"what\":\"dns-answer\",\"qid\":4660,"
	      "\"qname\":\"google.com\",\"qtype\":\"AAAA\",\"rcode\":\"NOERROR\",\"answers\":[],"
	      "\"truncated\":true}");
	/* too long for a datagram, as its server says */
	CHECK(IP4("\x11", "\x38") "\x00\x35\x04\xd2\x00\x24\x00\x00"
				  "\x12\x34\x83\x80\x00\x01\x00\x00\x00\x00\x00\x00\x06google\x03"
				  "com\x00\x00\x1c\x00\x01",
	      "{\"proto\":\"udp\"," V4_KEYS
	      "\"sport\":53,\"dport\":1234,\"what\":\"dns-answer\",\"qid\":4660,"
	      "\"qname\":\"google.com\",\"qtype\":\"AAAA\",\"rcode\":\"NOERROR\",\"tc\":true,"
	      "\"answers\":[]}");
}
END_TEST

START_TEST(what_is_of_no_interest)
{
	ck_assert_ptr_null(parse("", 0));
	ck_assert_ptr_null(parse("\x00", 1));
	/* a router solicitation, a datagram to some port, a later fragment, a protocol unknown */
	ck_assert_ptr_null(parse(IP6("\x3a", "\x08") "\x85\x00\x00\x00\x00\x00\x00\x00", 48));
	ck_assert_ptr_null(parse(IP4("\x11", "\x20") "\x04\xd2\x00\x50\x00\x0c\x00\x00hiya", 32));
	ck_assert_ptr_null(parse(
		"\x45\x00\x00\x1c\x00\x00\x00\x05\x40\x01\x00\x00\x0a\x09\x00\x02\x0a\x09\x00\x01"
		"\x08\x00\x00\x00\x12\x34\x00\x05",
		28));
	ck_assert_ptr_null(parse(IP4("\x2f", "\x18") "\x00\x00\x00\x00", 24));
}
END_TEST

START_TEST(every_cut_is_survived)
{
	static const char whole[] = IP4("\x01", "\x38") "\x03\x04\x00\x00\x00\x00\x05\x78" IP4(
		"\x06", "\x28") "\x04\xd2\x00\x50\x00\x00\x00\x01";
	static const char name[] = IP4("\x11", "\x38") "\x04\xd2\x00\x35\x00\x24\x00\x00" QUESTION;

	for (size_t len = 0; len < sizeof(whole); len++)
		json_decref(parse(whole, len));
	for (size_t len = 0; len < sizeof(name) - 1; len++) {
		json_t *j = parse(name, len);

		ck_assert_ptr_null(j);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("packet_parse");
	TCase *c = tcase_create("parse");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(c, echoes);
	tcase_add_test(c, errors_quote_what_they_are_about);
	tcase_add_test(c, how_connections_begin);
	tcase_add_test(c, names_over_udp_and_tcp);
	tcase_add_test(c, answers);
	tcase_add_test(c, what_is_of_no_interest);
	tcase_add_test(c, every_cut_is_survived);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
