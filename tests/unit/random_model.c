/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models out of thin air: a pure function of two seeds, decision by decision. */
#include "tests/unit/random_model.h"

#include <string.h>

#include "base/cleanup.h"

struct dice {
	uint64_t seed, other;
	unsigned mutate;
};

enum { N_NODES = 5, N_SEGMENTS = 3 };

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t hash(const char *what, int a, int b, int c)
{
	uint64_t h = mix((uint64_t)a * 1000003 + (uint64_t)b * 1009 + (uint64_t)c);

	for (; *what; what++)
		h = mix(h ^ (unsigned char)*what);
	return h;
}

/* 0..n-1, the same for the same question. */
static unsigned roll(const struct dice *d, const char *what, int a, int b, int c, unsigned n)
{
	uint64_t q = hash(what, a, b, c);
	bool swap = mix(d->other ^ q ^ 77) % 1000 < d->mutate;

	return (unsigned)(mix((swap ? d->other : d->seed) ^ q) % n);
}

static bool chance(const struct dice *d, const char *what, int a, int b, int c, unsigned percent)
{
	return roll(d, what, a, b, c, 100) < percent;
}

static json_t *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static json_t *text(const char *fmt, ...)
{
	va_list ap;
	json_t *j;

	va_start(ap, fmt);
	j = json_vsprintf(fmt, ap);
	va_end(ap);
	return j;
}

static void put(json_t *o, const char *key, json_t *v)
{
	json_object_set_new(o, key, v);
}

/* Addresses of segment s: 10.s.0.x/24 and fd00:s::x/64, the turns in one of two orders. */
static json_t *addresses(const struct dice *d, int node, int iface, unsigned segment)
{
	json_t *list = json_array();
	bool backwards = chance(d, "order", node, iface, 0, 30);
	bool link = chance(d, "scope", node, iface, 0, 10);

	for (int i = 0; i < 4; i++) {
		int k = backwards ? 3 - i : i;
		json_t *a;

		if (!chance(d, "address", node, iface, k, k ? 35 : 85))
			continue;
		a = json_object();
		if (k == 3)
			put(a, "cidr", text("fd00:%u::%x/64", segment, node * 16 + iface + 1));
		else
			put(a, "cidr",
			    text("10.%u.0.%d/%d", segment, node * 20 + iface * 4 + k + 1,
				 chance(d, "wide", node, iface, k, 10) ? 16 : 24));
		if (k != 3 && chance(d, "brd", node, iface, k, 10))
			put(a, "broadcast", text("10.%u.0.255", segment));
		if (chance(d, "npr", node, iface, k, 8))
			put(a, "noprefixroute", json_true());
		if (link && k != 3) /* one for all of a subnet */
			put(a, "scope", json_string("link"));
		if (k == 3)
			put(a, "nodad", json_boolean(chance(d, "nodad", node, iface, k, 30)));
		put(a, "deprecated", json_boolean(chance(d, "deprecated", node, iface, k, 10)));
		json_array_append_new(list, a);
	}
	return list;
}

static json_t *make_iface(const struct dice *d, int node, int i)
{
	unsigned segment = roll(d, "segment", node, i, 0, N_SEGMENTS);
	json_t *f = json_object();

	put(f, "name", text("eth%d", i));
	if (i == 3) {
		put(f, "kind", json_string(chance(d, "kind", node, i, 0, 50) ? "dummy" : "bridge"));
		segment = N_SEGMENTS + (unsigned)node;
	} else {
		put(f, "segment", text("s%u", segment));
	}
	put(f, "up", json_boolean(chance(d, "up", node, i, 0, 80)));
	put(f, "mtu", json_integer(chance(d, "mtu", node, i, 0, 30) ? 1400 : 0));
	put(f, "queues", json_integer(chance(d, "queues", node, i, 0, 10) ? 2 : 1));
	if (chance(d, "mac", node, i, 0, 60))
		put(f, "mac",
		    text("02:00:00:%02x:%02x:%02x", node, i, roll(d, "macbyte", node, i, 0, 3)));
	put(f, "addresses", addresses(d, node, i, segment));
	return f;
}

static json_t *make_lo(const struct dice *d, int node)
{
	json_t *f = json_pack("{s:s, s:s, s:[]}", "name", "lo", "kind", "loopback", "addresses");

	put(f, "up", json_boolean(chance(d, "lo up", node, 0, 0, 80)));
	if (chance(d, "lo addr", node, 0, 0, 60))
		json_array_append_new(json_object_get(f, "addresses"),
				      json_pack("{s:o}", "cidr", text("8.8.%d.8/32", node)));
	return f;
}

/* The first IPv4 subnet an interface is connected to: "10.2.0." */
static bool has_subnet(const json_t *f, char ret[32])
{
	json_t *a;
	size_t i;

	if (!json_flag(f, "up", true))
		return false;
	json_array_foreach (json_object_get(f, "addresses"), i, a) {
		const char *cidr = json_str(a, "cidr", "");

		if (strchr(cidr, ':') || json_flag(a, "noprefixroute", false))
			continue;
		snprintf(ret, 32, "%.*s", (int)(strrchr(cidr, '.') - cidr) + 1, cidr);
		return true;
	}
	return false;
}

static json_t *make_route(const struct dice *d, int node, int i, const json_t *ifaces)
{
	static const char *const dsts[] = {"default", "192.168.0.0/16", "10.99.0.0/16",
					   "1.2.3.4/32"};
	const json_t *f = json_array_get(
		ifaces, roll(d, "rdev", node, i, 0, (unsigned)json_array_size(ifaces) + 1));
	json_t *r = json_pack("{s:s}", "dst", dsts[roll(d, "dst", node, i, 0, ARRAY_SIZE(dsts))]);
	const char *cidr = json_str(json_array_get(json_object_get(f, "addresses"), 0), "cidr", "");
	int table = chance(d, "table", node, i, 0, 20) ? 100 : 254;
	char net[32];

	put(r, "metric", json_integer(roll(d, "metric", node, i, 0, 3) * 10));
	put(r, "table", json_integer(table));
	if (!f) {
		put(r, "type", json_string("blackhole"));
		return r;
	}
	if (chance(d, "via", node, i, 0, 60) && has_subnet(f, net))
		put(r, "via", text("%s%u", net, 250 + roll(d, "gw", node, i, 0, 2)));
	if (!json_object_get(r, "via") || table != 254 || chance(d, "dev", node, i, 0, 60))
		put(r, "dev", json_string(json_str(f, "name", "")));
	/* The kernel looks for the gateway in the route's own table first: model.md, "onlink". */
	if (json_object_get(r, "via") && table != 254)
		put(r, "onlink", json_true());
	if (chance(d, "src", node, i, 0, 30) && cidr[0] && !strchr(cidr, ':'))
		put(r, "src", text("%.*s", (int)strcspn(cidr, "/"), cidr));
	put(r, "protocol", json_string(chance(d, "proto", node, i, 0, 50) ? "kernel" : "static"));
	return r;
}

static json_t *make_route6(const struct dice *d, int node, int i, const json_t *ifaces)
{
	const json_t *f = json_array_get(
		ifaces, roll(d, "r6dev", node, i, 0, (unsigned)json_array_size(ifaces)));
	json_t *r = json_pack("{s:o, s:s}", "dst", text("fd99:%d::/64", i), "dev",
			      json_str(f, "name", "lo"));
	json_t *a;
	size_t k;

	json_array_foreach (json_object_get(f, "addresses"), k, a) {
		const char *cidr = json_str(a, "cidr", "");

		if (strchr(cidr, ':') && chance(d, "src6", node, i, 0, 60))
			put(r, "src", text("%.*s", (int)strcspn(cidr, "/"), cidr));
	}
	return r;
}

static json_t *list_of(const struct dice *d, const char *what, int node, int most,
		       json_t *(*make)(const struct dice *d, int node, int i, const json_t *ifaces),
		       const json_t *ifaces, json_t *list)
{
	for (int i = 0; i < most; i++)
		if (chance(d, what, node, i, 9, 50))
			json_array_append_new(list, make(d, node, i, ifaces));
	return list;
}

static json_t *make_rule(const struct dice *d, int node, int i, const json_t *ifaces)
{
	static const char *const protocols[] = {"", "tcp", "udp", "icmp"};
	/* beside the stock ones: 0, 1, then far behind */
	json_t *r = json_pack("{s:i, s:i, s:s}", "priority", i < 2 ? i : 100, "table",
			      (int)roll(d, "rtable", node, i, 0, 2) + 100, "ipproto",
			      protocols[roll(d, "ipproto", node, i, 0, 4)]);

	if (json_array_size(ifaces) && chance(d, "iif", node, i, 0, 30))
		put(r, "iif", json_string(json_str(json_array_get(ifaces, 0), "name", "")));
	else
		put(r, "fwmark", json_integer(roll(d, "mark", node, i, 0, 3) + 1));
	return r;
}

static json_t *make_neigh(const struct dice *d, int node, int i, const json_t *ifaces)
{
	const json_t *f = json_array_get(
		ifaces, roll(d, "ndev", node, i, 0, (unsigned)json_array_size(ifaces)));

	if (strcmp(json_str(f, "name", ""), "lo") == 0)
		f = json_array_get(ifaces, json_array_size(ifaces) - 1);
	return json_pack("{s:s, s:o, s:o}", "dev", json_str(f, "name", ""), "address",
			 text(i % 2 ? "10.0.9.%d" : "fd00::9:%d", i), "mac",
			 text("02:00:00:00:00:%02x", roll(d, "nmac", node, i, 0, 2)));
}

static json_t *make_sysctl(const struct dice *d, int node, int i, const json_t *ifaces)
{
	static const char *const names[] = {"net.ipv4.conf.all.accept_redirects",
					    "net.ipv4.ip_forward", "net.ipv4.conf.eth0.rp_filter"};

	(void)ifaces;
	return json_pack("{s:s, s:o}", "name", names[i], "value",
			 text("%u", roll(d, "sysctl", node, i, 0, 2)));
}

static json_t *make_file(const struct dice *d, int node, int i, const json_t *ifaces)
{
	json_t *f = json_pack("{s:o}", "path", text("/etc/f%d", i));

	(void)ifaces;
	switch (roll(d, "file", node, i, 0, 4)) {
	case 0:
		put(f, "remove", json_true());
		break;
	case 1:
		put(f, "symlink", json_string("/etc/hosts"));
		break;
	default:
		put(f, "content", text("%u\n", roll(d, "content", node, i, 0, 2)));
	}
	return f;
}

/* eth1 and eth2 may be ports of eth3. */
static void join_bridge(const struct dice *d, int node, const json_t *ifaces)
{
	const json_t *last = json_array_get(ifaces, json_array_size(ifaces) - 1);
	json_t *f;
	size_t i;

	if (strcmp(json_str(last, "kind", ""), "bridge") != 0)
		return;
	json_array_foreach (ifaces, i, f)
		if (strpbrk(json_str(f, "name", ""), "12") &&
		    chance(d, "master", node, (int)i, 0, 40))
			put(f, "master", json_string("eth3"));
}

static json_t *make_node(const struct dice *d, int n)
{
	json_t *node = json_object(), *ifaces = json_array(), *routes;

	put(node, "name", text("n%d", n));
	put(node, "hostname", text("h%u", chance(d, "host", n, 0, 0, 5) ? 1u : 0u));
	if (chance(d, "lo", n, 0, 0, 50))
		json_array_append_new(ifaces, make_lo(d, n));
	for (int i = 0; i < 4; i++)
		if (chance(d, "iface", n, i, 0, i ? 40 : 95))
			json_array_append_new(ifaces, make_iface(d, n, i));
	join_bridge(d, n, ifaces);
	routes = list_of(d, "route", n, 4, make_route, ifaces, json_array());
	if (json_array_size(ifaces))
		list_of(d, "route6", n, 2, make_route6, ifaces, routes);
	put(node, "routes", routes);
	put(node, "rules", list_of(d, "rule", n, 3, make_rule, ifaces, json_array()));
	if (json_array_size(ifaces))
		put(node, "neighs", list_of(d, "neigh", n, 3, make_neigh, ifaces, json_array()));
	put(node, "sysctls", list_of(d, "sysctls", n, 3, make_sysctl, ifaces, json_array()));
	put(node, "files", list_of(d, "files", n, 3, make_file, ifaces, json_array()));
	put(node, "ruleset", text("%s", chance(d, "nft", n, 0, 0, 50) ? "table ip x {}" : ""));
	if (chance(d, "local", n, 0, 0, 30))
		put(node, "local_rule", json_integer(2 + roll(d, "local at", n, 0, 0, 2)));
	put(node, "ifaces", ifaces);
	if (chance(d, "disk", n, 0, 0, 10))
		put(node, "disk", text("d%d", n));
	if (chance(d, "volume", n, 0, 0, 10))
		put(node, "volumes", json_pack("[{s:s, s:s}]", "name", "c", "target", "/mnt/c"));
	put(node, "interop", json_boolean(chance(d, "interop", n, 0, 0, 10)));
	return node;
}

static json_t *make_via(const struct dice *d, int i)
{
	return chance(d, "via?", i, 0, 0, 40) ? text("n%u", roll(d, "via", i, 0, 0, 2))
					      : json_string("");
}

static json_t *make_service(const struct dice *d, int i)
{
	return json_pack("{s:o, s:o, s:s, s:b, s:o, s:b, s:[{s:s, s:i}], s:{s:i, s:[s]}}", "name",
			 text("svc%d", i), "node", text("n%u", roll(d, "snode", i, 0, 0, 2)),
			 "kind", chance(d, "skind", i, 0, 0, 50) ? "echo" : "program", "running",
			 chance(d, "running", i, 0, 0, 70), "via", make_via(d, i), "optional",
			 chance(d, "optional", i, 0, 0, 20), "listens", "proto", "tcp", "port",
			 100 + i * 10 + (int)roll(d, "port", i, 0, 0, 2), "config", "x",
			 (int)roll(d, "config", i, 0, 0, 2), "argv", "true");
}

static json_t *eth(const json_t *nodes, size_t node, const char *name)
{
	json_t *f;
	size_t i;

	json_array_foreach (json_object_get(json_array_get(nodes, node), "ifaces"), i, f)
		if (strcmp(json_str(f, "name", ""), name) == 0)
			return f;
	return NULL;
}

/* n1 may share n0's eth0, and its eth1 be where n1's frames for n0 itself go. */
static bool mirror(const struct dice *d, const json_t *nodes)
{
	json_t *of = eth(nodes, 0, "eth0"), *loopback = eth(nodes, 0, "eth1"), *f;

	if (!of || !chance(d, "mirror", 0, 0, 0, 50))
		return false;
	if (!json_object_get(of, "mac"))
		put(of, "mac", json_string("02:00:00:ff:00:00"));
	f = json_pack("{s:s, s:s, s:O, s:O, s:O}", "name", "mir0", "mirrors", "n0/eth0", "segment",
		      json_object_get(of, "segment"), "mac", json_object_get(of, "mac"),
		      "addresses", json_object_get(of, "addresses"));
	if (loopback && !json_object_get(loopback, "mac"))
		put(loopback, "mac", json_string("02:00:00:ff:00:01"));
	if (loopback && chance(d, "loopback", 0, 0, 0, 70))
		put(f, "loopback", json_incref(json_object_get(loopback, "segment")));
	put(f, "up", json_boolean(chance(d, "up", 1, 9, 0, 80)));
	json_array_append_new(json_object_get(json_array_get(nodes, 1), "ifaces"), f);
	return true;
}

struct model *random_model(uint64_t seed, uint64_t other, unsigned mutate)
{
	struct dice d = {mix(seed), mix(other ^ 0x5555), mutate};
	auto_json json_t *m = json_pack("{s:s, s:[], s:[], s:[]}", "name", "random", "nodes",
					"segments", "services");
	struct model *out = NULL;
	bool mirrors;

	for (int n = 0; n < N_NODES; n++)
		if (n < 2 || chance(&d, "node", n, 0, 0, 60))
			json_array_append_new(json_object_get(m, "nodes"), make_node(&d, n));
	mirrors = mirror(&d, json_object_get(m, "nodes"));
	if (chance(&d, "switch", 0, 0, 0, 30))
		put(m, "switch_ruleset", json_string("table inet x {}"));
	if (mirrors && chance(&d, "filter", 0, 0, 0, 70))
		put(m, "switch_ruleset",
		    json_string("table netdev x { chain y { type filter hook ingress device "
				"\"m-mir0\" priority 0; }; }"));
	for (int s = 0; s < N_SEGMENTS; s++)
		json_array_append_new(json_object_get(m, "segments"),
				      json_pack("{s:o, s:b, s:i, s:i}", "name", text("s%d", s),
						"bridge", chance(&d, "bridge", s, 0, 0, 30), "loss",
						chance(&d, "loss", s, 0, 0, 15) ? 30 : 0,
						"rate_kbit",
						(int)roll(&d, "rate", s, 0, 0, 2) * 512));
	json_object_set_new(m, "windows",
			    json_pack("{s:i}", "x", (int)roll(&d, "windows", 0, 0, 0, 9)));
	for (int i = 0; i < 4; i++)
		if (chance(&d, "service", i, 0, 0, 70))
			json_array_append_new(json_object_get(m, "services"), make_service(&d, i));
	return model_from_json(m, &out, NULL) < 0 ? NULL : out;
}
