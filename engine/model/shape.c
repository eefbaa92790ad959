/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's structs as tables of fields (docs/formats/model.md): key, type, place, range. */
#include "model/shape.h"

#include <assert.h>

#include "base/cleanup.h"
#include "model/model.h"
#include "model/words.h"

enum {
	BIG_TEXT = 1 << 20, /* bytes of a ruleset or a file */
	MOST = 256,	    /* routes, rules, files, ... of a node */
	MOST_SERVICES = 128,
	NAME_BYTES = 32,
};

const char *const node_role_names[] = {
	[ROLE_OTHER] = "other", [ROLE_INTERNET] = "internet", [ROLE_ROUTER] = "router",
	[ROLE_LAN] = "lan",	[ROLE_WINDOWS] = "windows",   [ROLE_WSL] = "wsl",
	[N_ROLES] = NULL,
};
static_assert(ARRAY_SIZE(node_role_names) == N_ROLES + 1, "a name for each role");

const char *const iface_kind_names[] = {
	[IFACE_LOOPBACK] = "loopback", [IFACE_VETH] = "veth",	  [IFACE_DUMMY] = "dummy",
	[IFACE_BRIDGE] = "bridge",     [IFACE_TUNNEL] = "tunnel", [N_IFACE_KINDS] = NULL,
};
static_assert(ARRAY_SIZE(iface_kind_names) == N_IFACE_KINDS + 1, "a name for each kind");

const char *const service_kind_names[] = {
	[SERVICE_DNS] = "dns",	   [SERVICE_HTTP] = "http",	  [SERVICE_ECHO] = "echo",
	[SERVICE_RELAY] = "relay", [SERVICE_PROGRAM] = "program", [N_SERVICE_KINDS] = NULL,
};
static_assert(ARRAY_SIZE(service_kind_names) == N_SERVICE_KINDS + 1, "a name for each kind");

static const char *const protocols[] = {"kernel", "boot", "static", "dhcp", "ra", "redirect", NULL};
static const char *const scopes[] = {"", "global", "link", "host", NULL};
static const char *const route_types[] = {"unicast", "blackhole", "unreachable", "prohibit", NULL};
static const char *const users[] = {"", "root", "learner", NULL};
static const char *const address_scopes[] = {"", "link", "host", NULL};
static const char *const rule_protocols[] = {"", "tcp", "udp", "icmp", NULL};
static const char *const transports[] = {"udp", "tcp", NULL};

/* Short words for the lines below; S is set before each table. */
#define STR(k, ...)                                                                                \
	{                                                                                          \
		.key = #k, .type = FIELD_STR, .offset = offsetof(S, k), __VA_ARGS__                \
	}
#define BOOL(k, ...)                                                                               \
	{                                                                                          \
		.key = #k, .type = FIELD_BOOL, .offset = offsetof(S, k), __VA_ARGS__               \
	}
#define U16(k, ...)                                                                                \
	{                                                                                          \
		.key = #k, .type = FIELD_U16, .offset = offsetof(S, k), __VA_ARGS__                \
	}
#define U32(k, ...)                                                                                \
	{                                                                                          \
		.key = #k, .type = FIELD_U32, .offset = offsetof(S, k), __VA_ARGS__                \
	}
#define ENUM(k, ...)                                                                               \
	{                                                                                          \
		.key = #k, .type = FIELD_ENUM, .offset = offsetof(S, k), __VA_ARGS__               \
	}
#define LIST(k, shape, most)                                                                       \
	{                                                                                          \
		.key = #k, .type = FIELD_ARRAY, .offset = offsetof(S, k),                          \
		.n_offset = offsetof(S, n_##k), .of = &(shape), .max = (most)                      \
	}
#define OBJECT(k)                                                                                  \
	{                                                                                          \
		.key = #k, .type = FIELD_OBJECT, .offset = offsetof(S, k)                          \
	}
#define SHAPE(word, table)                                                                         \
	{                                                                                          \
		.noun = (word), .size = sizeof(S), .fields = (table), .n = ARRAY_SIZE(table)       \
	}

#define S struct address
static const struct field address_fields[] = {
	STR(cidr, .required = true, .check = word_cidr),
	STR(broadcast, .check = word_ip),
	STR(scope, .choices = address_scopes),
	BOOL(noprefixroute),
	BOOL(nodad),
	BOOL(deprecated),
};
static const struct shape shape_address = SHAPE("address", address_fields);
#undef S

#define S struct iface
static const struct field iface_fields[] = {
	STR(name, .required = true, .check = word_ifname),
	STR(label, .max = 64, .check = word_plain),
	ENUM(kind, .choices = iface_kind_names, .number = IFACE_VETH),
	STR(segment, .check = word_name),
	STR(master, .check = word_ifname),
	STR(mirrors, .max = 64, .check = word_plain),
	STR(loopback, .check = word_name),
	STR(endpoint, .max = 64, .check = word_plain),
	BOOL(carried),
	STR(mac, .check = word_mac),
	U32(mtu, .min = 68, .max = 65535, .zero_ok = true),
	U32(queues, .min = 1, .max = 8, .zero_ok = true, .number = 1),
	BOOL(up, .number = true),
	LIST(addresses, shape_address, 64),
};
static const struct shape shape_iface = SHAPE("interface", iface_fields);
#undef S

#define S struct route
static const struct field route_fields[] = {
	STR(dst, .required = true, .check = word_dst),
	STR(via, .check = word_ip),
	STR(dev, .check = word_ifname),
	STR(src, .check = word_ip),
	STR(protocol, .choices = protocols, .text = "boot"),
	STR(scope, .choices = scopes),
	STR(type, .choices = route_types, .text = "unicast"),
	U32(table, .min = 1, .number = 254),
	U32(metric),
	BOOL(onlink),
	BOOL(ipv6),
};
static const struct shape shape_route = SHAPE("route", route_fields);
#undef S

#define S struct rule
static const struct field rule_fields[] = {
	U32(priority, .required = true),
	STR(from, .check = word_net),
	STR(to, .check = word_net),
	STR(iif, .check = word_ifname),
	STR(ipproto, .choices = rule_protocols),
	U32(fwmark),
	U32(fwmask),
	U32(table, .required = true, .min = 1),
	BOOL(ipv6),
};
static const struct shape shape_rule = SHAPE("rule", rule_fields);
#undef S

#define S struct neigh
static const struct field neigh_fields[] = {
	STR(dev, .required = true, .check = word_ifname),
	STR(address, .required = true, .check = word_ip),
	STR(mac, .required = true, .check = word_mac),
};
static const struct shape shape_neigh = SHAPE("neighbour", neigh_fields);
#undef S

#define S struct sysctl
static const struct field sysctl_fields[] = {
	STR(name, .required = true, .check = word_sysctl),
	STR(value, .required = true, .check = word_plain),
};
static const struct shape shape_sysctl = SHAPE("sysctl", sysctl_fields);
#undef S

#define S struct file
static const struct field file_fields[] = {
	STR(path, .required = true, .check = word_path),
	STR(content, .max = BIG_TEXT),
	STR(symlink, .check = word_plain),
	U32(mode, .max = 07777, .number = 0644),
	BOOL(remove),
};
static const struct shape shape_file = SHAPE("file", file_fields);
#undef S

#define S struct env_var
static const struct field env_fields[] = {
	STR(name, .required = true, .check = word_env),
	STR(value, .max = 4096),
};
static const struct shape shape_env = SHAPE("environment variable", env_fields);
#undef S

#define S struct tree
static const struct field tree_fields[] = {
	STR(source, .required = true, .check = word_path),
	STR(target, .required = true, .check = word_path),
};
static const struct shape shape_tree = SHAPE("tree", tree_fields);
#undef S

#define S struct volume
static const struct field volume_fields[] = {
	STR(name, .required = true, .check = word_name),
	STR(target, .required = true, .check = word_path),
};
static const struct shape shape_volume = SHAPE("volume", volume_fields);
#undef S

#define S struct node
static const struct field node_fields[] = {
	STR(name, .required = true, .check = word_name),
	ENUM(role, .choices = node_role_names, .number = ROLE_OTHER),
	STR(hostname, .max = 64, .check = word_hostname),
	STR(user, .choices = users),
	STR(kernel, .max = 64, .check = word_plain),
	BOOL(observed),
	LIST(ifaces, shape_iface, MODEL_MAX_IFACES),
	LIST(routes, shape_route, MOST),
	LIST(rules, shape_rule, MOST),
	LIST(neighs, shape_neigh, MOST),
	LIST(sysctls, shape_sysctl, MOST),
	STR(ruleset, .max = BIG_TEXT),
	LIST(files, shape_file, MOST),
	LIST(env, shape_env, MOST),
	LIST(trees, shape_tree, MOST),
	STR(disk, .check = word_name),
	LIST(volumes, shape_volume, 8),
	BOOL(interop),
	U32(local_rule, .max = 32765),
	OBJECT(port_space),
};
static const struct shape shape_node = SHAPE("node", node_fields);
#undef S

#define S struct segment
static const struct field segment_fields[] = {
	STR(name, .required = true, .check = word_name),
	STR(label, .max = 64, .check = word_plain),
	STR(cidr, .check = word_net),
	BOOL(bridge),
	U32(rate_kbit, .max = 100000000),
	U32(delay_ms, .max = 60000),
	U32(jitter_ms, .max = 60000),
	U32(loss, .max = 1000),
	U32(duplicate, .max = 1000),
	U32(reorder, .max = 1000),
};
static const struct shape shape_segment = SHAPE("segment", segment_fields);
#undef S

#define S struct listen_on
static const struct field listen_fields[] = {
	STR(proto, .required = true, .choices = transports),
	STR(address, .check = word_ip, .text = "0.0.0.0"),
	U16(port, .required = true, .min = 1, .max = 65535),
};
static const struct shape shape_listen = SHAPE("listening address", listen_fields);
#undef S

#define S struct service
static const struct field service_fields[] = {
	STR(name, .required = true, .max = NAME_BYTES, .check = word_long_name),
	STR(node, .required = true, .check = word_name),
	ENUM(kind, .required = true, .choices = service_kind_names),
	BOOL(running, .number = true),
	LIST(listens, shape_listen, 64),
	STR(via, .check = word_name),
	BOOL(optional),
	OBJECT(config),
};
static const struct shape shape_service = SHAPE("service", service_fields);
#undef S

#define S struct model
static const struct field model_fields[] = {
	STR(name, .required = true, .max = 64, .check = word_plain),
	STR(mode, .max = NAME_BYTES, .check = word_plain),
	LIST(nodes, shape_node, MODEL_MAX_NODES),
	LIST(segments, shape_segment, 64),
	LIST(services, shape_service, MOST_SERVICES),
	STR(switch_ruleset, .max = BIG_TEXT),
	OBJECT(windows),
};
const struct shape shape_model = SHAPE("model", model_fields);
#undef S
