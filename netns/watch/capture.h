/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's packets as a file: pcapng, whole at any moment up to its last block, and bounded. */
#ifndef NETDOJO_NETNS_WATCH_CAPTURE_H
#define NETDOJO_NETNS_WATCH_CAPTURE_H

#include "netns/capture/pcapng.h"
#include "netns/watch/watch.h"

enum {
	CAPTURE_SNAPLEN = 256,		/* bytes kept of a packet: every header, most DNS answers */
	CAPTURE_MAX = 64 * 1024 * 1024, /* bytes of the file */
};

/* Takes over fd, an empty file, in any case; NULL when it can't be written. max: bytes of the file. */
struct capture *capture_new(struct watch *w, int fd, size_t max);
/* Writes what waits. Takes NULL. */
void capture_free(struct capture *c);
/* Whether it takes no more: full, or the disk is. */
bool capture_full(const struct capture *c);
/* A further interface; its number, or a negative errno. */
int capture_iface(struct capture *c, const char *name, uint16_t linktype);
void capture_packet(struct capture *c, const struct pcapng_packet *p);
/* What came since the last time goes to the file, in one write. Takes NULL. */
void capture_flush(struct capture *c);

#endif
