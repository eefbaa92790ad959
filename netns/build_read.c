/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers share: attributes into JSON. */
#define _GNU_SOURCE
#include "netns/build_read.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "netns/dump.h"
#include "netns/nlaux.h"

static void take(const struct nlattr *a, const struct nlattr **tb, int max)
{
	if (mnl_attr_get_type(a) <= max)
		tb[mnl_attr_get_type(a)] = a;
}

void read_attrs(const struct nlmsghdr *h, size_t head, const struct nlattr **tb, int max)
{
	const struct nlattr *a;

	memset(tb, 0, sizeof(*tb) * (size_t)(max + 1));
	mnl_attr_for_each(a, h, head) take(a, tb, max);
}

void read_nested(const struct nlattr *nest, const struct nlattr **tb, int max)
{
	const struct nlattr *a;

	memset(tb, 0, sizeof(*tb) * (size_t)(max + 1));
	if (nest)
		mnl_attr_for_each_nested(a, nest) take(a, tb, max);
}

void read_put_u32(json_t *obj, const char *key, const struct nlattr *a)
{
	if (a && mnl_attr_get_payload_len(a) >= sizeof(uint32_t))
		json_object_set_new(obj, key, json_integer(mnl_attr_get_u32(a)));
}

void read_put_str(json_t *obj, const char *key, const struct nlattr *a)
{
	if (a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0)
		json_object_set_new(obj, key, json_string(mnl_attr_get_str(a)));
}

void read_put_mac(json_t *obj, const char *key, const struct nlattr *a)
{
	const unsigned char *m = a ? mnl_attr_get_payload(a) : NULL;
	char text[18];

	if (!a || mnl_attr_get_payload_len(a) != 6)
		return;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	json_object_set_new(obj, key, json_string(text));
}

static bool ip_text(int family, const struct nlattr *a, char text[INET6_ADDRSTRLEN])
{
	size_t need = family == AF_INET ? 4 : 16;

	return a && mnl_attr_get_payload_len(a) >= need &&
	       inet_ntop(family, mnl_attr_get_payload(a), text, INET6_ADDRSTRLEN);
}

void read_put_ip(json_t *obj, const char *key, int family, const struct nlattr *a)
{
	char text[INET6_ADDRSTRLEN];

	if (ip_text(family, a, text))
		json_object_set_new(obj, key, json_string(text));
}

void read_put_prefix(json_t *obj, const char *key, int family, const struct nlattr *a,
		     unsigned int len)
{
	char text[INET6_ADDRSTRLEN + 12] = "default";

	if (ip_text(family, a, text)) {
		if (len < (family == AF_INET ? 32u : 128u))
			snprintf(text + strlen(text), 12, "/%u", len);
	} else if (len) {
		snprintf(text, sizeof(text), "%s/%u", family == AF_INET ? "0.0.0.0" : "::", len);
	}
	json_object_set_new(obj, key, json_string(text));
}

void read_put_name(json_t *obj, const char *key, const struct name_of *table, int value)
{
	const char *name = names_name(table, value);

	json_object_set_new(obj, key, name ? json_string(name) : json_sprintf("%d", value));
}

json_t *read_bits(const struct name_of *table, unsigned int bits)
{
	json_t *out = json_array();

	for (; table->name; table++)
		if (bits & (unsigned int)table->value)
			json_array_append_new(out, json_string(table->name));
	return out;
}

static int note_name(const struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(h);
	const struct nlattr *tb[IFLA_IFNAME + 1];
	struct read_names *r = arg;
	char key[12];

	read_attrs(h, sizeof(*ifi), tb, IFLA_IFNAME);
	snprintf(key, sizeof(key), "%d", ifi->ifi_index);
	read_put_str(r->by_index, key, tb[IFLA_IFNAME]);
	return MNL_CB_OK;
}

int read_names_load(struct read_names *r, struct build *b, struct build_node *n, struct err *err)
{
	r->by_index = json_object();
	return dump_links(n->netns, b->home, note_name, r, err);
}

void read_names_done(struct read_names *r)
{
	json_decref(r->by_index);
}

void read_put_dev(json_t *obj, const char *key, const struct read_names *r, uint32_t index)
{
	json_t *name;
	char text[12];

	if (!index)
		return;
	snprintf(text, sizeof(text), "%u", index);
	name = json_object_get(r->by_index, text);
	if (name)
		json_object_set(obj, key, name);
	else
		json_object_set_new(obj, key, json_sprintf("if%u", index));
}
