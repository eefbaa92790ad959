/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a pcapng file: one section, its interfaces, their packets (draft-ietf-opsawg-pcapng). */
#ifndef NETDOJO_NETNS_CAPTURE_PCAPNG_H
#define NETDOJO_NETNS_CAPTURE_PCAPNG_H

#include <stdint.h>
#include <stdio.h>

enum pcapng_dir { PCAPNG_UNKNOWN = 0, PCAPNG_IN = 1, PCAPNG_OUT = 2 };

/* A section being written. Zero-initialise but for out. */
struct pcapng {
	FILE *out;	   /* borrowed */
	uint32_t n_ifaces; /* told so far; the next gets this number */
};

struct pcapng_packet {
	uint32_t iface;
	uint64_t ns;		     /* since 1970 */
	uint32_t captured, original; /* bytes */
	const uint8_t *data;
	enum pcapng_dir dir;
};

/* All return 0 or a negative errno of the stream. */
int pcapng_begin(struct pcapng *p, const char *program);
/* linktype as in pcap's LINKTYPE_ list; times of its packets are in nanoseconds. */
int pcapng_iface(struct pcapng *p, const char *name, uint16_t linktype, uint32_t snaplen);
int pcapng_packet(struct pcapng *p, const struct pcapng_packet *pkt);
/* How the interface fared, once, after its packets. */
int pcapng_stats(struct pcapng *p, uint32_t iface, uint64_t ns, uint64_t received,
		 uint64_t dropped);

#endif
