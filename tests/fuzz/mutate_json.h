/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutates JSON documents as trees, so that a fuzzer gets past the parser. */
#ifndef NETDOJO_FUZZ_MUTATE_JSON_H
#define NETDOJO_FUZZ_MUTATE_JSON_H

#include <stddef.h>
#include <stdint.h>

/*
 * Changes one to four places of the document of size bytes in data, in place, up to max bytes.
 * Returns the new size; 0 when data is no JSON or the result does not fit.
 */
size_t mutate_json(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
