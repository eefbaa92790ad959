/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario requires of the machine (requires.kernel: ids of `netdojo doctor`'s checks). */
#ifndef NETDOJO_CLI_KERNEL_H
#define NETDOJO_CLI_KERNEL_H

#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"

/* What the doctor found: it is asked when a scenario first requires something, and once. */
struct kernel {
	const struct cli *cli; /* whose language it speaks */
	bool once;	       /* there is one scenario: what it needs is all that is asked */
	bool whole;	       /* checks are all there are */
	json_t *checks;	       /* owned; NULL = not asked yet */
};
void kernel_done(struct kernel *k);
#define auto_kernel nd_cleanup(kernel_done) struct kernel

/* What a scenario needs of the kernel: what it says, and what its mode implies. Caller owns it. */
json_t *kernel_names(const json_t *meta);

/*
 * Adds what of a scenario's names is missing here to lacking, as {"kernel","mend"}. A name that is
 * no check's: ERR_USAGE with the nearest.
 */
int kernel_lacking(struct kernel *k, const json_t *meta, json_t *lacking, struct err *err);

/* "wireguard, netem" into buf. */
void kernel_describe(const json_t *lacking, char *buf, size_t size);

/* ERR_MACHINE, with the doctor's mend, unless the scenario in the file has here all it requires. */
int kernel_need(const struct cli *c, const char *path, struct err *err);

#endif
