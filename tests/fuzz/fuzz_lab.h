/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lab of fakes for fuzzing what is said to it. An input is messages, one after another: a byte that says how (below),
 * two bytes of length, the text. Every request that has an id and whose connection lives must be answered once.
 */
#ifndef NETDOJO_FUZZ_LAB_H
#define NETDOJO_FUZZ_LAB_H

#include <stddef.h>
#include <stdint.h>

enum fuzz_how {
	FUZZ_PLAIN,   /* one packet */
	FUZZ_MEMFD,   /* as a long document, in a sealed memfd */
	FUZZ_BAD_FD,  /* as one, but the descriptor is no sealed memfd */
	FUZZ_FDS,     /* with three descriptors */
	FUZZ_DEAF,    /* from here on the script answers nothing */
	FUZZ_HEAR,    /* it does again */
	FUZZ_ANEW,    /* on a new connection */
	FUZZ_ENDS,    /* every command that runs ends */
	FUZZ_WINDOWS, /* on a new connection, of the Windows node's */
	N_FUZZ_HOWS,
};

/* Feeds one input on connections as a program in a node has (host: as the command line has); aborts where something is wrong. */
void fuzz_lab(const uint8_t *data, size_t size, int host);

#endif
