/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a pcapng file. Every block is: type, total length, body, total length again; bodies and
 * option values are padded to 32 bits. Numbers are in our own byte order, which the section header
 * tells.
 */
#include "netns/capture/pcapng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum block_type { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_ISB = 5, BLOCK_EPB = 6 };

enum option_code {
	OPT_END = 0,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
};

/* A block in the making; overflow is remembered and told at the end. */
struct block {
	uint8_t *bytes;
	size_t len, cap;
};

static void put(struct block *b, const void *data, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;

	if (b->len + padded <= b->cap) {
		memcpy(b->bytes + b->len, data, len);
		memset(b->bytes + b->len + len, 0, padded - len);
	}
	b->len += padded;
}

static void put32(struct block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static void put16x2(struct block *b, uint16_t first, uint16_t second)
{
	uint16_t both[] = {first, second};

	put(b, both, sizeof(both));
}

static void put_option(struct block *b, enum option_code code, const void *data, size_t len)
{
	put16x2(b, (uint16_t)code, (uint16_t)len);
	if (len)
		put(b, data, len);
}

/* A time in the units of if_tsresol, high half first whatever the byte order. */
static void put_time(struct block *b, uint64_t ns)
{
	put32(b, (uint32_t)(ns >> 32));
	put32(b, (uint32_t)ns);
}

static void begin(struct block *b, enum block_type type)
{
	b->len = 0;
	put32(b, (uint32_t)type);
	put32(b, 0); /* the length: known at the end */
}

static int finish(struct pcapng *p, struct block *b)
{
	uint32_t total = (uint32_t)b->len + 4;

	put32(b, total);
	if (b->len > b->cap)
		return -EMSGSIZE;
	memcpy(b->bytes + 4, &total, sizeof(total));
	return fwrite(b->bytes, 1, b->len, p->out) == b->len ? 0 : -(errno ? errno : EIO);
}

int pcapng_begin(struct pcapng *p, const char *program)
{
	enum { MAGIC = 0x1a2b3c4d };
	const int64_t unknown_length = -1;
	uint8_t bytes[256];
	struct block b = {bytes, 0, sizeof(bytes)};

	begin(&b, BLOCK_SHB);
	put32(&b, MAGIC);
	put16x2(&b, 1, 0);
	put(&b, &unknown_length, sizeof(unknown_length));
	put_option(&b, SHB_USERAPPL, program, strlen(program));
	put_option(&b, OPT_END, NULL, 0);
	return finish(p, &b);
}

int pcapng_iface(struct pcapng *p, const char *name, uint16_t linktype, uint32_t snaplen)
{
	const uint8_t nanoseconds = 9;
	uint8_t bytes[256];
	struct block b = {bytes, 0, sizeof(bytes)};
	int rc;

	begin(&b, BLOCK_IDB);
	put16x2(&b, linktype, 0);
	put32(&b, snaplen);
	put_option(&b, IF_NAME, name, strlen(name));
	put_option(&b, IF_TSRESOL, &nanoseconds, 1);
	put_option(&b, OPT_END, NULL, 0);
	rc = finish(p, &b);
	if (rc == 0)
		p->n_ifaces++;
	return rc;
}

int pcapng_packet(struct pcapng *p, const struct pcapng_packet *pkt)
{
	enum { AROUND = 64 /* headers, options, both lengths, padding */ };
	auto_free uint8_t *bytes = malloc(pkt->captured + AROUND);
	struct block b = {bytes, 0, pkt->captured + AROUND};
	const uint32_t flags = (uint32_t)pkt->dir;

	if (!bytes)
		return -ENOMEM;
	begin(&b, BLOCK_EPB);
	put32(&b, pkt->iface);
	put_time(&b, pkt->ns);
	put32(&b, pkt->captured);
	put32(&b, pkt->original);
	put(&b, pkt->data, pkt->captured);
	if (pkt->dir != PCAPNG_UNKNOWN) {
		put_option(&b, EPB_FLAGS, &flags, sizeof(flags));
		put_option(&b, OPT_END, NULL, 0);
	}
	return finish(p, &b);
}

int pcapng_stats(struct pcapng *p, uint32_t iface, uint64_t ns, uint64_t received, uint64_t dropped)
{
	uint8_t bytes[128];
	struct block b = {bytes, 0, sizeof(bytes)};

	begin(&b, BLOCK_ISB);
	put32(&b, iface);
	put_time(&b, ns);
	put_option(&b, ISB_IFRECV, &received, sizeof(received));
	put_option(&b, ISB_IFDROP, &dropped, sizeof(dropped));
	put_option(&b, OPT_END, NULL, 0);
	return finish(p, &b);
}
