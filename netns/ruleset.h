/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables rulesets: one buffer, one transaction. */
#ifndef NETDOJO_NETNS_RULESET_H
#define NETDOJO_NETNS_RULESET_H

#include "netns/build_node.h"

/* Puts op->ruleset in place of op->old_ruleset, in one transaction; what the learner has beside and in them stays
 * (ruleset_change.h). */
int ruleset_set(struct build *b, const struct op *op, struct err *err);
/* Runs nft commands in a namespace, in one transaction. */
int ruleset_run(int ns, int home, const char *text, struct err *err);
/* {"text": what `nft list ruleset` prints}; caller owns *ret. */
int ruleset_read(struct build *b, struct build_node *n, json_t **ret, struct err *err);

#endif
