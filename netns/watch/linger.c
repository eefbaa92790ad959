/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors whose last closing the kernel does after us. */
/*
 * Theory of operation. Closing a packet socket waits for an RCU grace period, closing an inotify
 * instance for an SRCU one: 10 ms each on an idle machine with HZ=250 (Linux 6.18), one after the
 * other while this process ends. `down` waits for init, init for us: with four nodes 40 ms and more
 * of a lab's end were spent so. An io_uring instance is taken apart by a worker of the kernel's
 * after its process has gone (io_ring_exit_work), so a second reference in its file table leaves
 * the waiting to that worker. Nothing is ever submitted to it. Without io_uring (before 5.5, or
 * switched off) only the wait comes back.
 */
#define _GNU_SOURCE
#include "netns/watch/linger.h"

#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
	SLOTS = 64
}; /* a lab has a packet socket for each observed node, and one inotify instance */

struct linger {
	int ring;
	int held[SLOTS]; /* as in the ring's table; -1 = free */
};

static int set_slot(const struct linger *l, unsigned int slot, int fd)
{
	struct io_uring_files_update u = {.offset = slot, .fds = (uintptr_t)&fd};

	return (int)syscall(SYS_io_uring_register, l->ring, IORING_REGISTER_FILES_UPDATE, &u, 1);
}

struct linger *linger_new(void)
{
	struct io_uring_params p = {0};
	struct linger *l = malloc(sizeof(*l));

	if (!l)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++)
		l->held[i] = -1;
	l->ring = (int)syscall(SYS_io_uring_setup, 1, &p);
	if (l->ring < 0 ||
	    syscall(SYS_io_uring_register, l->ring, IORING_REGISTER_FILES, l->held, SLOTS) < 0) {
		linger_free(l);
		return NULL;
	}
	return l;
}

void linger_free(struct linger *l)
{
	if (!l)
		return;
	fd_closep(&l->ring);
	free(l);
}

void linger_hold(struct linger *l, int fd)
{
	for (unsigned int i = 0; l && i < SLOTS; i++)
		if (l->held[i] < 0) {
			if (set_slot(l, i, fd) == 1)
				l->held[i] = fd;
			return;
		}
}

void linger_drop(struct linger *l, int fd)
{
	for (unsigned int i = 0; l && i < SLOTS; i++)
		if (l->held[i] == fd) {
			set_slot(l, i, -1);
			l->held[i] = -1;
			return;
		}
}
