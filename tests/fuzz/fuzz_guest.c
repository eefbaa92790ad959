/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node socket, spoken to by anything a node may run. */
#include "tests/fuzz/fuzz_lab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_lab(data, size, 0);
	return 0;
}
