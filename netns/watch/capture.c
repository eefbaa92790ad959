/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attempt's packets as a file. Blocks gather in memory for one turn of the loop and are written by one write(2), so that
 * whoever kills us leaves whole blocks; what a full disk took in part is cut off again.
 */
#define _GNU_SOURCE
#include "netns/watch/capture.h"

#include <stdlib.h>
#include <unistd.h>

struct capture {
	struct watch *watch;
	int fd;
	struct pcapng pcapng; /* into the memory below */
	char *text;
	size_t waiting; /* bytes, as of the last fflush */
	size_t size, max;
	bool full;
};

struct capture *capture_new(struct watch *w, int fd, size_t max)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return NULL;
	}
	c->watch = w;
	c->fd = fd;
	c->max = max;
	c->pcapng.out = open_memstream(&c->text, &c->waiting);
	if (!c->pcapng.out || pcapng_begin(&c->pcapng, "netdojo") < 0) {
		capture_free(c);
		return NULL;
	}
	capture_flush(c);
	return c;
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	if (c->pcapng.out) {
		capture_flush(c);
		fclose(c->pcapng.out);
	}
	free(c->text);
	fd_closep(&c->fd);
	free(c);
}

bool capture_full(const struct capture *c)
{
	return c->full;
}

static void stop(struct capture *c, const char *why)
{
	c->full = true;
	out_event(c->watch->out,
		  json_pack("{s:s, s:s, s:s, s:s, s:I}", "kind", "lab", "by", "lab", "what",
			    "capture-full", "why", why, "bytes", (json_int_t)c->size));
}

int capture_iface(struct capture *c, const char *name, uint16_t linktype)
{
	uint32_t number = c->pcapng.n_ifaces;
	int rc = pcapng_iface(&c->pcapng, name, linktype, CAPTURE_SNAPLEN);

	return rc < 0 ? rc : (int)number;
}

void capture_packet(struct capture *c, const struct pcapng_packet *p)
{
	if (!c->full)
		pcapng_packet(&c->pcapng, p);
}

static void put(struct capture *c)
{
	ssize_t n = write(c->fd, c->text, c->waiting);

	if (n == (ssize_t)c->waiting) {
		c->size += (size_t)n;
		if (c->size >= c->max)
			stop(c, "it has reached its greatest size");
		return;
	}
	if (n > 0 && ftruncate(c->fd, (off_t)c->size) < 0)
		c->size += (size_t)n; /* a reader stops at the broken block */
	stop(c, "it could not be written");
}

void capture_flush(struct capture *c)
{
	if (!c || ftello(c->pcapng.out) == 0 || fflush(c->pcapng.out) == EOF)
		return;
	if (!c->full)
		put(c);
	rewind(c->pcapng.out); /* its memory is used again */
}
