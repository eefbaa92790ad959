/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One nftables transaction as one event's keys. */
#ifndef NETDOJO_NETNS_WATCH_CHANGE_NFT_H
#define NETDOJO_NETNS_WATCH_CHANGE_NFT_H

#include <linux/netlink.h>

#include "base/json.h"

/* The transaction being told; zero-initialise. */
struct nft_change {
	json_t *objects;	 /* owned */
	unsigned rules;		 /* added and removed */
	unsigned added, removed; /* objects of any type */
};
void nft_change_done(struct nft_change *c);

/*
 * Takes in one announcement of subsystem NFNL_SUBSYS_NFTABLES. The one that closes a transaction
 * and names the tool gives the keys of a `change` event; all others NULL. Caller owns it.
 */
json_t *nft_change_add(struct nft_change *c, const struct nlmsghdr *h);

#endif
