/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels of the catalogue's columns. A row says what of the network's names its kernel lacks as it is shipped,
 * modules counted as there; `netdojo doctor --kernel-config FILE` says the same of any config. Where each is from:
 *
 * WSL 5.15, 6.18	read in microsoft/WSL2-Linux-Kernel, arch/x86/configs/config-wsl of those branches
 * Debian 12, 13	read in packages linux-config-6.1 (6.1.192-2) and linux-config-6.12 (6.12.117-1), config.amd64_none_amd64
 * WSL 6.6		not read: from notes on that branch, which agree with 6.18's for these names
 * Ubuntu 24.04		not read: linux-image-generic 6.8 with linux-modules-extra, as Ubuntu is known to package it
 */
#define _GNU_SOURCE
#include "cli/kernels.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

const struct kernel_known kernels_known[] = {
	{"WSL 5.15", {"netem", "tbf", "rate", "loss", "nft-netdev", "nft-bridge", "nft-fib"}},
	{"WSL 6.6", {"nft-bridge"}},
	{"WSL 6.18", {"nft-bridge"}},
	{"Debian 12", {NULL}},
	{"Debian 13", {NULL}},
	{"Ubuntu 24.04", {NULL}},
};
const size_t n_kernels_known = ARRAY_SIZE(kernels_known);

static bool lacks(const struct kernel_known *k, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(k->lacks) && k->lacks[i]; i++)
		if (!strcmp(k->lacks[i], name))
			return true;
	return false;
}

void kernels_verdict(const struct kernel_known *k, const json_t *names, char *buf, size_t size)
{
	const json_t *one;
	size_t i, used = 0;

	json_array_foreach (names, i, one)
		if (lacks(k, json_string_value(one)) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
						 used ? ", " : "no: ", json_string_value(one));
	if (!used)
		snprintf(buf, size, "yes");
}
