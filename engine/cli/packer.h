/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-pack, which writes and reads submissions' files, in a process for each. */
#ifndef NETDOJO_CLI_PACKER_H
#define NETDOJO_CLI_PACKER_H

#include "base/err.h"
#include "base/json.h"

/* A file of a submission, in memory. */
struct packed {
	const char *name; /* borrowed */
	char *text;	  /* owned, NUL-terminated */
	size_t len;
};

enum { PACKED_MAX = 8 };

/* Zero-initialise; unpacked_done frees. */
struct unpacked {
	struct packed v[PACKED_MAX];
	size_t n;
	json_t *files; /* owned: the names v borrows */
};
void unpacked_done(struct unpacked *u);
#define auto_unpacked nd_cleanup(unpacked_done) struct unpacked

/* The file of that name; NULL when there is none. */
const struct packed *unpacked_find(const struct unpacked *u, const char *name);

/* Packs n files (borrowed) into the file out. */
int packer_write(const struct packed *files, size_t n, int out, struct err *err);
/* Unpacks a stranger's file; nothing is written anywhere. ERR_USAGE: it is no submission. */
int packer_read(int in, struct unpacked *ret, struct err *err);

#endif
