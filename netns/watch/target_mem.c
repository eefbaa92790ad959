/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process under observation: its memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "netns/watch/target.h"

enum {
	PAGE = 4096, /* the least page size: a read that stays inside one cannot fail halfway */
	PROBE = 256, /* bytes tried first for an argument: most are shorter, one call fetches all */
};

static size_t to_page_end(uint64_t addr)
{
	return PAGE - (size_t)(addr % PAGE);
}

static struct iovec at(uint64_t addr, size_t len)
{
	return (struct iovec){.iov_base = (void *)(uintptr_t)addr, .iov_len = len};
}

/* Up to len bytes; fewer where the second half is on a page that is not there. */
static ssize_t mem_read(pid_t pid, uint64_t addr, void *buf, size_t len)
{
	size_t head = to_page_end(addr) < len ? to_page_end(addr) : len;
	struct iovec local = {.iov_base = buf, .iov_len = len};
	struct iovec remote[] = {at(addr, head), at(addr + head, len - head)};
	ssize_t n = process_vm_readv(pid, &local, 1, remote, head < len ? 2 : 1, 0);

	return n < 0 ? -errno : n;
}

ssize_t target_string(pid_t pid, uint64_t addr, char *buf, size_t cap)
{
	size_t len = 0;

	while (len < cap - 1) {
		size_t step = to_page_end(addr + len);
		ssize_t n = mem_read(pid, addr + len, buf + len,
				     step < cap - 1 - len ? step : cap - 1 - len);
		const char *nul;

		if (n <= 0)
			return n ? n : -EFAULT;
		nul = memchr(buf + len, '\0', (size_t)n);
		if (nul)
			return nul - buf;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

static json_t *one_arg(pid_t pid, uint64_t addr, const char *probe, size_t probed)
{
	const char *nul = memchr(probe, '\0', probed);
	char whole[TARGET_ARG_MAX + 1];
	ssize_t n;

	if (nul)
		return json_textn(probe, (size_t)(nul - probe));
	n = target_string(pid, addr, whole, sizeof(whole));
	return n < 0 ? NULL : json_textn(whole, (size_t)n);
}

/* The starts of all arguments in one call; ret_got[i] bytes of argument i arrived. */
static void probe_args(pid_t pid, const uint64_t *args, size_t n, char (*probes)[PROBE],
		       size_t *ret_got)
{
	struct iovec local[TARGET_ARGS], remote[TARGET_ARGS];
	ssize_t left;

	for (size_t i = 0; i < n; i++) {
		size_t want = to_page_end(args[i]) < PROBE ? to_page_end(args[i]) : PROBE;

		local[i] = (struct iovec){.iov_base = probes[i], .iov_len = want};
		remote[i] = at(args[i], want);
	}
	left = process_vm_readv(pid, local, n, remote, n, 0);
	for (size_t i = 0; i < n; i++) {
		size_t got = left > 0 ? (size_t)left : 0;

		ret_got[i] = got < local[i].iov_len ? got : local[i].iov_len;
		left -= (ssize_t)ret_got[i];
	}
}

json_t *target_argv(pid_t pid, uint64_t addr)
{
	uint64_t args[TARGET_ARGS] = {0};
	char probes[TARGET_ARGS][PROBE];
	size_t got[TARGET_ARGS], n = 0;
	ssize_t len = mem_read(pid, addr, args, sizeof(args));
	json_t *argv;

	if (len < (ssize_t)sizeof(args[0]))
		return NULL;
	while (n < (size_t)len / sizeof(args[0]) && args[n])
		n++;
	argv = json_array();
	if (n)
		probe_args(pid, args, n, probes, got);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(argv, one_arg(pid, args[i], probes[i], got[i]));
	return argv;
}

int target_read(pid_t pid, uint64_t addr, void *buf, size_t len)
{
	ssize_t n = mem_read(pid, addr, buf, len);

	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EFAULT;
}

int target_write(pid_t pid, uint64_t addr, const void *data, size_t len)
{
	struct iovec local = {.iov_base = (void *)data, .iov_len = len};
	struct iovec remote = at(addr, len);
	ssize_t n = process_vm_writev(pid, &local, 1, &remote, 1, 0);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EFAULT;
}
