/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash chain of an attempt's log. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/chain.h"

enum { ROOM = 1024 };

/* A log of n sealed lines. */
static size_t sample(char text[ROOM], unsigned n, struct chain *ret)
{
	size_t len = 0;

	chain_init(ret);
	for (unsigned i = 1; i <= n; i++) {
		size_t line = (size_t)sprintf(text + len, "{\"seq\":%u,\"kind\":\"lab\"}", i);

		line = chain_seal(ret, text + len, line, ret);
		ck_assert_uint_ne(line, 0);
		len += line;
		text[len++] = '\n';
	}
	text[len] = '\0';
	return len;
}

static struct chain_found check(const char *text, size_t len)
{
	struct chain_found f;

	chain_check(text, len, &f);
	return f;
}

/* printf %s "$(printf 0%.0s {1..32})"'{"seq":1,"kind":"lab"' | sha256sum | cut -c-32 */
START_TEST(a_line_ends_with_its_hash)
{
	char text[ROOM];
	struct chain head;

	sample(text, 1, &head);
	ck_assert_str_eq(
		text, "{\"seq\":1,\"kind\":\"lab\",\"h\":\"7b854b229ae1aaab7e092881f85f9630\"}\n");
}
END_TEST

START_TEST(what_was_sealed_holds)
{
	char text[ROOM];
	struct chain head, last;
	size_t len = sample(text, 5, &head);
	struct chain_found f = check(text, len);

	ck_assert_uint_eq(f.lines, 5);
	ck_assert_uint_eq(f.bytes, len);
	ck_assert_uint_eq(f.broken, 0);
	ck_assert(!f.cut && !f.unchained);
	ck_assert_str_eq(f.head.h, head.h);
	ck_assert(chain_read(text + len / 5 * 4, len / 5 - 1, &last));
	ck_assert_str_eq(last.h, head.h);
	ck_assert_uint_eq(check("", 0).lines, 0);
}
END_TEST

/* Any byte changed is found at its line. */
START_TEST(a_change_breaks_its_line)
{
	char text[ROOM];
	struct chain head;
	size_t len = sample(text, 4, &head);

	for (size_t i = 0; i < len; i++) {
		struct chain_found f;
		size_t line = 1 + i / (len / 4);

		text[i] ^= 1;
		f = check(text, len);
		if (i == len - 1)
			ck_assert(f.cut); /* the last newline */
		else
			ck_assert_uint_eq(f.broken, line);
		ck_assert_uint_eq(f.lines, line - 1);
		text[i] ^= 1;
	}
}
END_TEST

static void swap(char *a, char *b, size_t n)
{
	char t[ROOM];

	memcpy(t, a, n);
	memmove(a, b, n);
	memcpy(b, t, n);
}

START_TEST(a_line_taken_out_put_in_or_moved_breaks_the_next)
{
	char text[ROOM], more[ROOM];
	struct chain head;
	size_t len = sample(text, 4, &head), line = len / 4;

	memcpy(more, text, line);
	memcpy(more + line, text + 2 * line, 2 * line);
	ck_assert_uint_eq(check(more, 3 * line).broken, 2);
	memcpy(more, text, 2 * line);
	memcpy(more + 2 * line, text + line, 3 * line);
	ck_assert_uint_eq(check(more, 5 * line).broken, 3);
	swap(text + line, text + 2 * line, line);
	ck_assert_uint_eq(check(text, len).broken, 2);
}
END_TEST

/* Every length a kill can leave: whole lines hold, the rest is cut. */
START_TEST(a_cut_line_is_left_out)
{
	char text[ROOM];
	struct chain head;
	size_t len = sample(text, 3, &head), line = len / 3;

	for (size_t n = 0; n <= len; n++) {
		struct chain_found f = check(text, n);

		ck_assert_uint_eq(f.lines, n / line);
		ck_assert_uint_eq(f.bytes, n / line * line);
		ck_assert_uint_eq(f.broken, 0);
		ck_assert(f.cut == (n % line != 0));
	}
}
END_TEST

static const char *const unchained[] = {
	"{\"seq\":1}\n",
	"\n",
	"{}\n",
	"{\"seq\":1,\"h\":\"0123456789abcdef0123456789ABCDEF\"}\n",
	"{\"seq\":1,\"h\":\"0123456789abcdef0123456789abcde\"}\n",
};

START_TEST(a_line_without_a_hash_is_said_so)
{
	struct chain_found f = check(unchained[_i], strlen(unchained[_i]));

	ck_assert_uint_eq(f.broken, 1);
	ck_assert(f.unchained);
}
END_TEST

START_TEST(what_is_no_event_is_not_sealed)
{
	char text[ROOM] = "{}";
	struct chain c;

	chain_init(&c);
	ck_assert_uint_eq(chain_seal(&c, text, 2, &c), 0);
	strcpy(text, "[1,2]");
	ck_assert_uint_eq(chain_seal(&c, text, 5, &c), 0);
}
END_TEST

START_TEST(sha256_of_the_standards_example)
{
	char digits[SHA256_DIGITS + 1];

	chain_sha256("abc", 3, digits);
	ck_assert_str_eq(digits,
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("chain");
	TCase *t = tcase_create("chain");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, a_line_ends_with_its_hash);
	tcase_add_test(t, what_was_sealed_holds);
	tcase_add_test(t, a_change_breaks_its_line);
	tcase_add_test(t, a_line_taken_out_put_in_or_moved_breaks_the_next);
	tcase_add_test(t, a_cut_line_is_left_out);
	tcase_add_loop_test(t, a_line_without_a_hash_is_said_so, 0,
			    sizeof(unchained) / sizeof(unchained[0]));
	tcase_add_test(t, what_is_no_event_is_not_sealed);
	tcase_add_test(t, sha256_of_the_standards_example);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
