/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash chain of events.jsonl (docs/formats/attempt.md, "The chain"): pure, no file. */
#ifndef NETDOJO_EVIDENCE_CHAIN_H
#define NETDOJO_EVIDENCE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
	CHAIN_DIGITS = 32,		    /* of a line's h */
	CHAIN_SUFFIX = 6 + CHAIN_DIGITS + 2 /* ,"h":"..."} */
};

/* The h of the line before. */
struct chain {
	char h[CHAIN_DIGITS + 1];
};

/* As it stands before a log's first line. */
void chain_init(struct chain *c);

/*
 * Takes line, one JSON object of n bytes with at least one key, in a buffer of n + CHAIN_SUFFIX - 1 bytes or more, and puts "h"
 * at its end. Returns the new length and *ret, the chain after the line; before and ret may be the same. 0: not such a line.
 */
size_t chain_seal(const struct chain *before, char *line, size_t n, struct chain *ret);

/* Reads the h a line of n bytes ends with, unchecked: what a log that is taken up again goes on from. */
bool chain_read(const char *line, size_t n, struct chain *ret);

/* What checking a whole log found. */
struct chain_found {
	size_t lines;	   /* that hold, from the first */
	size_t bytes;	   /* of those, with their newlines */
	size_t broken;	   /* number of the first line that doesn't hold, from 1; 0: all do */
	bool unchained;	   /* that line has no h at all: not changed, but written without */
	bool cut;	   /* the last line has no end, as after a kill, and was left out */
	struct chain head; /* after the last line that holds */
};

/* Checks text, lines of JSON; goes no further than the first line that doesn't hold. */
void chain_check(const char *text, size_t len, struct chain_found *ret);

/* The SHA-256 of bytes, 64 digits and a NUL. */
enum { SHA256_DIGITS = 64 };
void chain_sha256(const void *bytes, size_t len, char digits[SHA256_DIGITS + 1]);

#endif
