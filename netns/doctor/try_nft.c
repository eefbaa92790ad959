/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries a ruleset. */
#define _GNU_SOURCE
#include <nftables/libnftables.h>

#include "doctor.h"
#include "netns/ruleset_text.h"

int try_nft(const struct check *c, struct err *err)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	char why[256];

	if (!nft)
		return err_sys(err, ENOMEM, "Can't open nftables");
	nft_ctx_buffer_error(nft);
	if (nft_run_cmd_from_buffer(nft, c->arg) == 0)
		return 0;
	return err_set(err, ERR_MACHINE, EOPNOTSUPP, "%s",
		       ruleset_text_complaint(nft_ctx_get_error_buffer(nft), why, sizeof(why)));
}
