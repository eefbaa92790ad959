/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pcapng writer, block by block, read back with the format's own rules. */
#define _GNU_SOURCE
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "netns/capture/pcapng.h"

static char *bytes;
static size_t length;
static struct pcapng file;

static void setup(void)
{
	file = (struct pcapng){.out = open_memstream(&bytes, &length)};
}

static void teardown(void)
{
	fclose(file.out);
	free(bytes);
}

static uint32_t word(size_t at)
{
	uint32_t v;

	ck_assert_uint_le(at + 4, length);
	memcpy(&v, bytes + at, 4);
	return v;
}

/* Checks both lengths of the block at `at`; returns where the next one begins. */
static size_t check_block(size_t at, uint32_t type)
{
	uint32_t total = word(at + 4);

	ck_assert_uint_eq(word(at), type);
	ck_assert_uint_eq(total % 4, 0);
	ck_assert_uint_ge(total, 12);
	ck_assert_uint_eq(word(at + total - 4), total);
	return at + total;
}

/* The value of an option in the block at `at`, whose options begin at `from`; NULL when there is
 * none. */
static const void *option(size_t at, size_t from, uint16_t code, uint16_t len)
{
	size_t end = at + word(at + 4) - 4;

	for (size_t o = from; o + 4 <= end;) {
		uint16_t head[2];

		memcpy(head, bytes + o, 4);
		if (head[0] == code && head[1] == len)
			return bytes + o + 4;
		if (head[0] == 0)
			return NULL;
		o += 4 + ((head[1] + 3U) & ~3U);
	}
	return NULL;
}

START_TEST(a_section_begins_with_its_byte_order)
{
	ck_assert_int_eq(pcapng_begin(&file, "netdojo 0"), 0);
	fflush(file.out);
	ck_assert_uint_eq(check_block(0, 0x0a0d0d0a), length);
	ck_assert_uint_eq(word(8), 0x1a2b3c4d);
	ck_assert_uint_eq(word(12), 1); /* version 1.0 */
	ck_assert_uint_eq(word(16), 0xffffffff);
	ck_assert_uint_eq(word(20), 0xffffffff);
	ck_assert_mem_eq(option(0, 24, 4, 9), "netdojo 0", 9);
}
END_TEST

START_TEST(interfaces_have_names_and_nanoseconds)
{
	ck_assert_int_eq(pcapng_iface(&file, "wsl:eth0", 1, 65535), 0);
	ck_assert_int_eq(pcapng_iface(&file, "windows:Wi-Fi", 1, 65535), 0);
	ck_assert_uint_eq(file.n_ifaces, 2);
	fflush(file.out);
	ck_assert_uint_eq(check_block(check_block(0, 1), 1), length);
	ck_assert_uint_eq(word(8), 1);
	ck_assert_uint_eq(word(12), 65535);
	ck_assert_mem_eq(option(0, 16, 2, 8), "wsl:eth0", 8);
	ck_assert_mem_eq(option(0, 16, 9, 1), "\x09", 1);
}
END_TEST

START_TEST(a_packet_keeps_time_lengths_and_direction)
{
	const struct pcapng_packet pkt = {.iface = 3,
					  .ns = 0x1122334455667788,
					  .captured = 5,
					  .original = 99,
					  .data = (const uint8_t *)"hello",
					  .dir = PCAPNG_OUT};

	ck_assert_int_eq(pcapng_packet(&file, &pkt), 0);
	fflush(file.out);
	ck_assert_uint_eq(check_block(0, 6), length);
	ck_assert_uint_eq(word(8), 3);
	ck_assert_uint_eq(word(12), 0x11223344);
	ck_assert_uint_eq(word(16), 0x55667788);
	ck_assert_uint_eq(word(20), 5);
	ck_assert_uint_eq(word(24), 99);
	ck_assert_mem_eq(bytes + 28, "hello\0\0\0", 8);
	ck_assert_mem_eq(option(0, 36, 2, 4), "\x02\0\0\0", 4);
}
END_TEST

START_TEST(no_direction_is_no_option)
{
	static const uint8_t data[8];
	const struct pcapng_packet pkt = {.captured = 8, .original = 8, .data = data};

	ck_assert_int_eq(pcapng_packet(&file, &pkt), 0);
	fflush(file.out);
	ck_assert_uint_eq(check_block(0, 6), length);
	ck_assert_uint_eq(length, 28 + 8 + 4);
}
END_TEST

START_TEST(statistics_say_what_was_lost)
{
	const uint64_t seven = 7;

	ck_assert_int_eq(pcapng_stats(&file, 1, 5, 100, 7), 0);
	fflush(file.out);
	ck_assert_uint_eq(check_block(0, 5), length);
	ck_assert_mem_eq(option(0, 20, 5, 8), &seven, 8);
}
END_TEST

START_TEST(too_long_a_name_is_refused)
{
	char name[1000] = {0};

	memset(name, 'x', sizeof(name) - 1);
	ck_assert_int_lt(pcapng_iface(&file, name, 1, 1), 0);
	ck_assert_uint_eq(file.n_ifaces, 0);
	fflush(file.out);
	ck_assert_uint_eq(length, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pcapng");
	TCase *c = tcase_create("writer");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_section_begins_with_its_byte_order);
	tcase_add_test(c, interfaces_have_names_and_nanoseconds);
	tcase_add_test(c, a_packet_keeps_time_lengths_and_direction);
	tcase_add_test(c, no_direction_is_no_option);
	tcase_add_test(c, statistics_say_what_was_lost);
	tcase_add_test(c, too_long_a_name_is_refused);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
