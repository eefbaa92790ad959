/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of several interfaces, put in the order of their times before they are written. */
#ifndef NETDOJO_NETNS_CAPTURE_BATCH_H
#define NETDOJO_NETNS_CAPTURE_BATCH_H

#include "netns/capture/pcapng.h"
#include "netns/capture/source.h"

enum { BATCH_PACKETS = 1024 };

struct batch {
	struct pcapng_packet packets[BATCH_PACKETS]; /* data owned */
	size_t n;
};

/*
 * Reads what waits at source number i. 0; -ENODEV when the interface is gone. Reads less than all
 * once the batch is full: the rest waits in the ring.
 */
int batch_read(struct batch *b, struct source *s, uint32_t i);
/* Writes all, oldest first, and empties the batch. */
int batch_write(struct batch *b, struct pcapng *p);

#endif
