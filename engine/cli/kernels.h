/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels people have, and what of the doctor's names each lacks. */
#ifndef NETDOJO_CLI_KERNELS_H
#define NETDOJO_CLI_KERNELS_H

#include <stddef.h>

#include "base/json.h"

struct kernel_known {
	const char *name;     /* "WSL 5.15" */
	const char *lacks[8]; /* ids of checks; NULL ends them */
};

extern const struct kernel_known kernels_known[];
extern const size_t n_kernels_known;

/* "yes", or "no: netem, loss": whether it runs what takes these names. */
void kernels_verdict(const struct kernel_known *k, const json_t *names, char *buf, size_t size);

#endif
