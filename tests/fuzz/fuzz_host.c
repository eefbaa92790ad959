/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host socket: its peers are trusted, but a mistake of theirs must not take a lab down. */
#include "tests/fuzz/fuzz_lab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_lab(data, size, 1);
	return 0;
}
