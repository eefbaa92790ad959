/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables rulesets. */
#define _GNU_SOURCE
#include "netns/ruleset.h"

#include <malloc.h>
#include <nftables/libnftables.h>
#include <string.h>

#include "netns/netns.h"
#include "netns/ruleset_text.h"

/* A context holds the namespace's cache, near a megabyte; it is let go after each use and the heap trimmed. */
static void nft_putp(struct nft_ctx **nft)
{
	if (!*nft)
		return;
	nft_ctx_free(*nft);
	malloc_trim(0);
}
#define auto_nft nd_cleanup(nft_putp) struct nft_ctx

/* A context whose socket is in ns; the caller is home again. NULL with err set. */
static struct nft_ctx *open_in(int ns, int home, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	struct nft_ctx *nft;

	if (netns_enter(&v, ns, home, err) < 0)
		return NULL;
	nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!nft)
		err_sys(err, ENOMEM, "Can't open nftables");
	return nft;
}

/* nft keeps errno to itself; where the kernel refused, its complaint ends in strerror's words. */
static int code_of(const char *why)
{
	static const char mark[] = "Could not process rule: ";
	const char *words = strstr(why, mark);

	for (int code = 1; words && code < 140; code++)
		if (!strcmp(words + sizeof(mark) - 1, strerror(code)))
			return code;
	return EINVAL;
}

static int run(struct nft_ctx *nft, const char *text, struct err *err)
{
	char why[256];

	nft_ctx_buffer_output(nft);
	nft_ctx_buffer_error(nft);
	if (nft_run_cmd_from_buffer(nft, text) == 0)
		return 0;
	ruleset_text_complaint(nft_ctx_get_error_buffer(nft), why, sizeof(why));
	return err_set(err, ERR_MACHINE, code_of(why), "%s", why);
}

int ruleset_set(struct build *b, const struct op *op, struct err *err)
{
	auto_free char *text = NULL;
	auto_nft *nft = NULL;
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0)
		rc = ruleset_text_render(op->ruleset ? op->ruleset : "",
					 op->old_ruleset ? op->old_ruleset : "", &text, err);
	if (rc < 0)
		return rc;
	nft = open_in(n->netns, b->home, err);
	return nft ? run(nft, text, err) : -EIO;
}

int ruleset_read(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	auto_nft *nft = open_in(n->netns, b->home, err);
	int rc;

	if (!nft)
		return -EIO;
	rc = run(nft, "list ruleset\n", err);
	if (rc < 0)
		return rc;
	*ret = json_pack("{s:s}", "text", nft_ctx_get_output_buffer(nft));
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't read a ruleset");
}
