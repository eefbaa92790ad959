/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of several interfaces, put in the order of their times before they are written. */
#include "netns/capture/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where a packet read from pcap goes. */
struct reading {
	struct batch *batch;
	const struct source *source;
	uint32_t iface;
};

/* By the sender's hardware address; loopback has none and no direction. */
static enum pcapng_dir direction(const struct source *s, const uint8_t *frame, uint32_t len)
{
	static const uint8_t none[6];

	if (len < 12 || memcmp(s->mac, none, sizeof(none)) == 0 ||
	    pcap_datalink(s->pcap) != DLT_EN10MB)
		return PCAPNG_UNKNOWN;
	return memcmp(frame + 6, s->mac, sizeof(s->mac)) == 0 ? PCAPNG_OUT : PCAPNG_IN;
}

static void on_packet(unsigned char *arg, const struct pcap_pkthdr *h, const unsigned char *data)
{
	struct reading *r = (void *)arg;
	uint8_t *copy = malloc(h->caplen ? h->caplen : 1);

	if (!copy)
		return;
	memcpy(copy, data, h->caplen);
	/* The handle has nanosecond precision: tv_usec holds them. */
	r->batch->packets[r->batch->n++] = (struct pcapng_packet){
		.iface = r->iface,
		.ns = (uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec,
		.captured = h->caplen,
		.original = h->len,
		.data = copy,
		.dir = direction(r->source, copy, h->caplen),
	};
}

int batch_read(struct batch *b, struct source *s, uint32_t i)
{
	struct reading r = {.batch = b, .source = s, .iface = i};
	int room = (int)(BATCH_PACKETS - b->n);
	int rc = room ? pcap_dispatch(s->pcap, room, on_packet, (unsigned char *)&r) : 0;

	return rc < 0 ? -ENODEV : 0;
}

static int by_time(const void *a, const void *b)
{
	const struct pcapng_packet *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

int batch_write(struct batch *b, struct pcapng *p)
{
	int rc = 0;

	qsort(b->packets, b->n, sizeof(b->packets[0]), by_time);
	for (size_t i = 0; i < b->n; i++) {
		if (rc == 0)
			rc = pcapng_packet(p, &b->packets[i]);
		free((void *)b->packets[i].data);
	}
	b->n = 0;
	return rc;
}
