/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables rulesets. */
#define _GNU_SOURCE
#include "netns/ruleset.h"

#include <malloc.h>
#include <nftables/libnftables.h>
#include <string.h>
#include <sys/mman.h>

#include "netns/netns.h"
#include "netns/ruleset_change.h"
#include "netns/ruleset_text.h"
#include "netns/steer_set.h"

/* A context holds the namespace's cache, near a megabyte; it is let go after each use and the heap
 * trimmed. */
static void nft_putp(struct nft_ctx **nft)
{
	if (!*nft)
		return;
	nft_ctx_free(*nft);
	malloc_trim(0);
}
#define auto_nft nd_cleanup(nft_putp) struct nft_ctx

/*
 * A context whose socket is in ns; the caller is there until v ends, for nft opens another one when
 * it meets an `oif` and wants the number of that interface. NULL with err set.
 */
static struct nft_ctx *open_in(struct netns_visit *v, int ns, int home, struct err *err)
{
	struct nft_ctx *nft;

	if (netns_enter(v, ns, home, err) < 0)
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

static int complaint(struct nft_ctx *nft, struct err *err)
{
	char why[256];

	ruleset_text_complaint(nft_ctx_get_error_buffer(nft), why, sizeof(why));
	return err_set(err, ERR_MACHINE, code_of(why), "%s", why);
}

/* nft says no line for a buffer, only for a file; so what failed is asked again as one. */
static int run_as_file(struct nft_ctx *nft, const char *text, struct err *err)
{
	auto_fd fd = memfd_create("ruleset", MFD_CLOEXEC);
	char path[32];

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return complaint(nft, err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	nft_ctx_get_error_buffer(nft); /* looking at it is what empties it */
	return nft_run_cmd_from_filename(nft, path) == 0 ? 0 : complaint(nft, err);
}

static int run(struct nft_ctx *nft, const char *text, struct err *err)
{
	nft_ctx_buffer_output(nft);
	nft_ctx_buffer_error(nft);
	if (nft_run_cmd_from_buffer(nft, text) == 0)
		return 0;
	return err ? run_as_file(nft, text, err) : -EINVAL;
}

/* Which tables that go hold something of others: the kernel tells. */
static void look_for_others(struct nft_ctx *nft, struct ruleset_change *c)
{
	const struct ruleset_table *t;
	char text[RULESET_NAME_MAX + 32];

	nft_ctx_output_set_flags(nft, NFT_CTX_OUTPUT_TERSE);
	for (size_t i = 0; (t = ruleset_change_gone(c, &i)); i++) {
		snprintf(text, sizeof(text), "list table %s %s\n", t->family, t->name);
		if (run(nft, text, NULL) == 0)
			ruleset_change_listed(c, i, nft_ctx_get_output_buffer(nft));
	}
}

static int set_way(struct nft_ctx *nft, const struct ruleset_change *c, enum ruleset_way way,
		   struct err *err)
{
	auto_free char *text = ruleset_change_render(c, way);

	if (!text)
		return err_sys(err, ENOMEM, "Can't set a ruleset");
	return text[0] ? run(nft, text, err) : 0;
}

/* The way that costs and touches least first; what the last says is what is wrong. */
static int set(struct nft_ctx *nft, struct ruleset_change *c, struct err *err)
{
	enum ruleset_way way = c->old.n_tables ? RULESET_REFILL : RULESET_FRESH;

	look_for_others(nft, c);
	for (; way < RULESET_REPLACE; way++)
		if (set_way(nft, c, way, NULL) == 0)
			return 0;
	return set_way(nft, c, way, err);
}

static bool is_in_hub(void *arg, const char *device)
{
	return rtsock_ifindex(arg, device);
}

/* A learner may have deleted an interface, and with it the hub's end. */
static char *text_of(struct build *b, const struct op *op)
{
	const char *text = op->ruleset ? op->ruleset : "";

	return op->node ? strdup(text) : ruleset_text_present(text, is_in_hub, &b->hub);
}

/* The hub's where the operation names no node. */
static int set_in(struct build *b, const struct op *op, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	auto_nft *nft = NULL;
	auto_free char *text = text_of(b, op);
	auto_ruleset_change c = {0};
	struct build_node *n = NULL;
	int rc = op->node ? build_node_need(b, op->node->name, &n, err) : 0;

	if (rc < 0)
		return rc;
	if (!text)
		return err_sys(err, ENOMEM, "Can't set a ruleset");
	rc = ruleset_change_make(text, op->old_ruleset ? op->old_ruleset : "", op->rebind, &c, err);
	if (rc < 0)
		return rc;
	nft = open_in(&v, n ? n->netns : b->home, b->home, err);
	if (!nft)
		return -EIO;
	return set(nft, &c, err);
}

int ruleset_set(struct build *b, const struct op *op, struct err *err)
{
	int rc = set_in(b, op, err);

	return rc < 0 || !op->node ? rc : steer_set_again(b, op->node->name, err);
}

int ruleset_run(int ns, int home, const char *text, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	auto_nft *nft = open_in(&v, ns, home, err);

	return nft ? run(nft, text, err) : -EIO;
}

int ruleset_read(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	auto_nft *nft = open_in(&v, n->netns, b->home, err);
	int rc;

	if (!nft)
		return -EIO;
	rc = run(nft, "list ruleset\n", err);
	if (rc < 0)
		return rc;
	*ret = json_pack("{s:s}", "text", nft_ctx_get_output_buffer(nft));
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't read a ruleset");
}
