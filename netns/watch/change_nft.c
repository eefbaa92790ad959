/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One nftables transaction as one event's keys. The kernel announces each object of a transaction
 * and then the new generation, with the name of the process that asked for it (NFTA_GEN_PROC_NAME,
 * Linux 4.16).
 */
#include "netns/watch/change_nft.h"

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

enum {
	OBJECTS_MAX = 32, /* told singly; the counts go on */
	NO_ATTR = 0,
};

static const struct nft_kind {
	uint8_t message;
	const char *type;
	bool gone;
	uint16_t table, name, handle; /* attributes; a table's name is its table */
} kinds[] = {
	{NFT_MSG_NEWTABLE, "table", false, NFTA_TABLE_NAME, NO_ATTR, NFTA_TABLE_HANDLE},
	{NFT_MSG_DELTABLE, "table", true, NFTA_TABLE_NAME, NO_ATTR, NFTA_TABLE_HANDLE},
	{NFT_MSG_NEWCHAIN, "chain", false, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, NFTA_CHAIN_HANDLE},
	{NFT_MSG_DELCHAIN, "chain", true, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, NFTA_CHAIN_HANDLE},
	{NFT_MSG_NEWRULE, "rule", false, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, NFTA_RULE_HANDLE},
	{NFT_MSG_DELRULE, "rule", true, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, NFTA_RULE_HANDLE},
	{NFT_MSG_NEWSET, "set", false, NFTA_SET_TABLE, NFTA_SET_NAME, NFTA_SET_HANDLE},
	{NFT_MSG_DELSET, "set", true, NFTA_SET_TABLE, NFTA_SET_NAME, NFTA_SET_HANDLE},
	{NFT_MSG_NEWSETELEM, "element", false, NFTA_SET_ELEM_LIST_TABLE, NFTA_SET_ELEM_LIST_SET,
	 NO_ATTR},
	{NFT_MSG_DELSETELEM, "element", true, NFTA_SET_ELEM_LIST_TABLE, NFTA_SET_ELEM_LIST_SET,
	 NO_ATTR},
};

void nft_change_done(struct nft_change *c)
{
	json_decref(c->objects);
	*c = (struct nft_change){0};
}

static const struct nlattr *attr(const struct nlmsghdr *h, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct nfgenmsg)) if (type != NO_ATTR &&
							     mnl_attr_get_type(a) == type) return a;
	return NULL;
}

static void set_text(json_t *obj, const char *key, const struct nlattr *a)
{
	const char *p = a ? mnl_attr_get_payload(a) : NULL;

	if (p)
		json_object_set_new(obj, key,
				    json_textn(p, strnlen(p, mnl_attr_get_payload_len(a))));
}

static const char *family_name(uint8_t family)
{
	static const struct {
		uint8_t family;
		const char *name;
	} names[] = {{NFPROTO_INET, "inet"},	 {NFPROTO_IPV4, "ip"},
		     {NFPROTO_IPV6, "ip6"},	 {NFPROTO_ARP, "arp"},
		     {NFPROTO_NETDEV, "netdev"}, {NFPROTO_BRIDGE, "bridge"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].family == family)
			return names[i].name;
	return "unknown";
}

static json_t *object_json(const struct nlmsghdr *h, const struct nft_kind *k)
{
	const struct nfgenmsg *g = mnl_nlmsg_get_payload(h);
	const struct nlattr *handle = attr(h, k->handle);
	json_t *o = json_pack("{s:s, s:s, s:s}", "type", k->type, "action", k->gone ? "del" : "add",
			      "family", family_name(g->nfgen_family));

	set_text(o, "table", attr(h, k->table));
	set_text(o,
		 strcmp(k->type, "set") == 0 || strcmp(k->type, "element") == 0 ? "set" : "chain",
		 attr(h, k->name));
	if (handle && mnl_attr_get_payload_len(handle) >= sizeof(uint64_t))
		json_object_set_new(o, "handle",
				    json_integer((json_int_t)be64toh(mnl_attr_get_u64(handle))));
	return o;
}

static void add_object(struct nft_change *c, const struct nlmsghdr *h, const struct nft_kind *k)
{
	if (!c->objects)
		c->objects = json_array();
	if (json_array_size(c->objects) < OBJECTS_MAX)
		json_array_append_new(c->objects, object_json(h, k));
	c->rules += strcmp(k->type, "rule") == 0;
	c->added += !k->gone;
	c->removed += k->gone;
}

/* The place of the change: the first object told with that key. */
static void set_first(json_t *event, const json_t *objects, const char *key)
{
	const json_t *o;
	size_t i;

	json_array_foreach (objects, i, o) {
		json_t *v = json_object_get(o, key);

		if (v) {
			json_object_set(event, key, v);
			return;
		}
	}
}

static json_t *finish(struct nft_change *c, const struct nlmsghdr *h)
{
	json_t *e;

	if (!c->objects)
		return NULL; /* a kind of object not told of, or the end of a transaction begun
				before we listened */
	e = json_pack("{s:s, s:s, s:i, s:i, s:i}", "what", "ruleset", "action",
		      c->added && c->removed ? "set"
		      : c->removed	     ? "del"
					     : "add",
		      "rules", (int)c->rules, "added", (int)c->added, "removed", (int)c->removed);
	set_first(e, c->objects, "family");
	set_first(e, c->objects, "table");
	set_first(e, c->objects, "chain");
	set_text(e, "tool", attr(h, NFTA_GEN_PROC_NAME));
	json_object_set(e, "objects", c->objects);
	nft_change_done(c);
	return e;
}

json_t *nft_change_add(struct nft_change *c, const struct nlmsghdr *h)
{
	uint8_t message = h->nlmsg_type & 0xff;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
		return NULL;
	if (message == NFT_MSG_NEWGEN)
		return finish(c, h);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].message == message) {
			add_object(c, h, &kinds[i]);
			break;
		}
	return NULL;
}
