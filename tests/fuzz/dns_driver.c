/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drives fuzz_dns.c where the compiler has no libFuzzer: seeds, and seeds with bytes changed, cut
 * and doubled. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 200000, SIZE_MAX_ = 600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	uint8_t bytes[64];
	size_t len;
} seeds[] = {
	{{0,   1,   1,	 0,   0,   1, 0,   0,	0,   0, 0, 0, 6, 'g',
	  'o', 'o', 'g', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1},
	 28},
	{{0,   2,   1,	 0,   0, 1, 0, 0, 0, 0, 0, 1,  1,  'b', 4, 'l', 'o', 'o', 'p', 4,
	  't', 'e', 's', 't', 0, 0, 1, 0, 1, 0, 0, 41, 16, 0,	0, 0,	0,   0,	  0,   0},
	 40},
	{{0, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 255, 0, 1}, 18},
	{{0, 4, 1, 0,	0, 1,	0, 0, 0, 0, 0, 1, 0, 0, 1, 0,
	  1, 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0},
	 32},
};

static uint32_t state = 20240601;

static uint32_t pick(uint32_t below)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

static size_t mutate(uint8_t *buf, size_t len)
{
	for (uint32_t n = pick(6); n; n--) {
		switch (pick(4)) {
		case 0:
			buf[pick((uint32_t)len)] = (uint8_t)pick(256);
			break;
		case 1:
			len = 1 + pick((uint32_t)len);
			break;
		case 2:
			if (len * 2 <= SIZE_MAX_) {
				memcpy(buf + len, buf, len);
				len *= 2;
			}
			break;
		case 3:
			buf[pick((uint32_t)len)] = (uint8_t)(0xc0 | pick(2));
			break;
		}
	}
	return len;
}

/* A copy on the heap, exactly as long as the input, so that a sanitizer sees every read past its
 * end. */
static void run(const uint8_t *buf, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, buf, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

int main(void)
{
	uint8_t buf[SIZE_MAX_];

	for (size_t i = 0; i < RUNS; i++) {
		size_t which = pick(sizeof(seeds) / sizeof(seeds[0]));

		memcpy(buf, seeds[which].bytes, seeds[which].len);
		run(buf, i < 4 ? seeds[i].len : mutate(buf, seeds[which].len));
	}
	printf("%d inputs\n", RUNS);
	return 0;
}
