/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fate.h says the kernel does by itself, asked of the kernel: a lab built as a and changed to
 * b must look like one built as b, for random a and b. tests/unit/sim.c is the same kernel as we
 * believe it to be.
 */
#define _GNU_SOURCE
#include <check.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "model/plan.h"
#include "netns/build.h"
#include "netns/leave_root.h"
#include "netns/userns.h"
#include "tests/unit/random_model.h"

static void apply(struct build_port *port, const struct model *a, const struct model *b,
		  unsigned long long seed)
{
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		const struct op *op = &p.ops[i];
		struct err err = {0};

		if (op->file || op->service)
			continue;
		if (port->apply(port->ctx, op, &err) < 0) {
			auto_free char *line = op_describe(op);

			ck_abort_msg("seed %llu: %s: %s", seed, line, err.msg);
		}
	}
}

static json_t *read_all(struct build_port *port, const char *node, enum read_what what,
			const char *arg)
{
	struct err err = {0};
	json_t *j = NULL;

	ck_assert_msg(port->read(port->ctx, node, what, arg, &j, &err) == 0, "%s", err.msg);
	return j;
}

/* Keeps the named keys of an object, as "key=value key=value". */
static json_t *pick(const json_t *o, const char *const *keys)
{
	json_t *out = json_object();

	for (; *keys; keys++)
		if (json_object_get(o, *keys))
			json_object_set(out, *keys, json_object_get(o, *keys));
	return out;
}

static bool has_flag(const json_t *o, const char *list, const char *flag)
{
	json_t *f;
	size_t i;

	json_array_foreach (json_object_get(o, list), i, f)
		if (strcmp(json_string_value(f), flag) == 0)
			return true;
	return false;
}

/* Addresses by subnet length and family, so that order counts only where it means primary and
 * secondary. */
static json_t *addresses(const json_t *link)
{
	static const char *const keys[] = {"family",	    "local", "prefixlen",  "broadcast",
					   "scope",	    "nodad", "deprecated", "secondary",
					   "noprefixroute", NULL};
	json_t *out = json_object(), *a;
	size_t i;

	json_array_foreach (json_object_get(link, "addr_info"), i, a) {
		const char *local = json_str(a, "local", "");
		char key[32];

		if (strncmp(local, "fe80", 4) == 0)
			continue;
		snprintf(key, sizeof(key), "%.20s/%d", strchr(local, ':') ? local : "v4",
			 (int)json_int(a, "prefixlen", 0));
		if (!json_object_get(out, key))
			json_object_set_new(out, key, json_array());
		json_array_append_new(json_object_get(out, key), pick(a, keys));
	}
	return out;
}

static json_t *links(struct build_port *port, const struct node *n)
{
	static const char *const keys[] = {"mtu", "kind", "master", NULL};
	auto_json json_t *all = read_all(port, n->name, READ_LINKS, "");
	json_t *out = json_object(), *l;
	size_t i;

	json_array_foreach (all, i, l) {
		const char *name = json_str(l, "ifname", "");
		const struct iface *f = node_iface(n, name);
		json_t *v = pick(l, keys);

		json_object_set_new(v, "up", json_boolean(has_flag(l, "flags", "UP")));
		json_object_set_new(v, "addresses", addresses(l));
		if (f && f->mac[0])
			json_object_set(v, "mac", json_object_get(l, "address"));
		json_object_set_new(out, name, v);
	}
	return out;
}

/* The kernel's own IPv6 routes come in its own time; its IPv4 ones are part of the outcome. */
static bool in_its_own_time(const json_t *route)
{
	return strcmp(json_str(route, "family", ""), "inet6") == 0 &&
	       (strcmp(json_str(route, "protocol", ""), "kernel") == 0 ||
		json_int(route, "table", 0) == 255);
}

static json_t *as_set(const json_t *all, const char *const *keys, bool (*skip)(const json_t *o))
{
	json_t *out = json_object(), *o;
	size_t i;

	json_array_foreach ((json_t *)all, i, o) {
		auto_json json_t *v = pick(o, keys);
		auto_free char *key = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);

		if (!skip || !skip(o))
			json_object_set_new(out, key, json_true());
	}
	return out;
}

static bool not_permanent(const json_t *neigh)
{
	return !has_flag(neigh, "state", "PERMANENT");
}

static json_t *sysctls(struct build_port *port, const struct node *n)
{
	json_t *out = json_object();

	for (size_t i = 0; i < n->n_sysctls; i++) {
		const char *name = n->sysctls[i].name;
		const bool absent = strstr(name, ".eth0.") && !node_iface(n, "eth0");

		if (!absent)
			json_object_set_new(out, name, read_all(port, n->name, READ_SYSCTL, name));
	}
	return out;
}

/* What is in the hub but the ports, which have numbers for names. */
static json_t *hub(void)
{
	struct if_nameindex *all = if_nameindex();
	json_t *out = json_object();

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		if (i->if_name[0] != 'p')
			json_object_set_new(out, i->if_name, json_true());
	if_freenameindex(all);
	return out;
}

static json_t *snapshot(struct build_port *port, const struct model *m)
{
	static const char *const route_keys[] = {"dst",	   "gateway", "dev",	"protocol",
						 "scope",  "prefsrc", "metric", "table",
						 "family", "type",    NULL};
	static const char *const rule_keys[] = {"priority", "src",    "dst",	 "fwmark", "iif",
						"table",    "family", "ipproto", NULL};
	static const char *const neigh_keys[] = {"dst", "dev", "lladdr", NULL};
	json_t *out = json_pack("{s:o}", "the hub", hub());

	for (size_t i = 0; i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i];
		auto_json json_t *routes = read_all(port, n->name, READ_ROUTES, "");
		auto_json json_t *rules = read_all(port, n->name, READ_RULES, "");
		auto_json json_t *neighs = read_all(port, n->name, READ_NEIGHS, "");

		json_object_set_new(out, n->name,
				    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "links",
					      links(port, n), "routes",
					      as_set(routes, route_keys, in_its_own_time), "rules",
					      as_set(rules, rule_keys, NULL), "neighs",
					      as_set(neighs, neigh_keys, not_permanent), "sysctls",
					      sysctls(port, n), "ruleset",
					      read_all(port, n->name, READ_RULESET, "")));
	}
	return out;
}

/* A lab in a hub of its own: from empty over each model in turn; what it looks like at the end. */
static json_t *live(const struct model *const *way, size_t n, unsigned long long seed)
{
	const struct model *now = NULL;
	struct build_port port = {0};
	struct err err = {0};
	json_t *seen;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	ck_assert_msg(build_open(&port, &err) == 0, "%s", err.msg);
	for (size_t i = 0; i < n; i++) {
		apply(&port, now, way[i], seed);
		now = way[i];
	}
	seen = snapshot(&port, now);
	build_close(&port);
	return seen;
}

/* The first place where two snapshots differ. */
static bool difference(const json_t *got, const json_t *want, const char *path, char *ret,
		       size_t size)
{
	auto_free char *a = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
	auto_free char *b = want ? json_dumps(want, JSON_ENCODE_ANY) : NULL;
	auto_json json_t *keys = json_object();
	const char *key;
	char down[600];
	json_t *v;

	if (json_equal(got, want))
		return false;
	if (json_is_object(got) && json_is_object(want)) {
		json_object_update(keys, (json_t *)got);
		json_object_update(keys, (json_t *)want);
		json_object_foreach (keys, key, v) {
			snprintf(down, sizeof(down), "%.280s/%.300s", path, key);
			if (difference(json_object_get(got, key), json_object_get(want, key), down,
				       ret, size))
				return true;
		}
	}
	snprintf(ret, size, "%s: changed to %s, built as %s", path, a ? a : "nothing",
		 b ? b : "nothing");
	return true;
}

/*
 * An IPv6 address is tentative until a worker of the kernel's has looked at it, and a route can't
 * have it as source before; so the outcome would hang on who is first.
 */
static bool waits_for_worker(const struct model *m)
{
	for (size_t i = 0; m && i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_routes; k++)
			if (m->nodes[i].routes[k].ipv6 && m->nodes[i].routes[k].src[0])
				return true;
	return false;
}

static const unsigned mutations[] = {15, 60, 250, 1000};

START_TEST(change_looks_like_build)
{
	const char *pairs = getenv("NETDOJO_PAIRS"); /* for a longer run by hand */
	int done = 0, wanted = pairs ? atoi(pairs) : 12;

	prctl(PR_SET_DUMPABLE, 1); /* a leak checker looks into its own process */
	for (uint64_t seed = 1; done < wanted; seed++) {
		auto_model *a = random_model(seed, 0, 0);
		auto_model *b = random_model(seed, seed * 7 + 1, mutations[_i]);
		const struct model *const way[] = {a, b};
		auto_json json_t *changed = NULL;
		auto_json json_t *built = NULL;
		char why[2000];

		if (!a || !b || waits_for_worker(a) || waits_for_worker(b))
			continue;
		changed = live(way, 2, seed);
		built = live(way + 1, 1, seed);
		if (difference(changed, built, "", why, sizeof(why)))
			ck_abort_msg("seed %llu: %s", (unsigned long long)seed, why);
		done++;
	}
}
END_TEST

static int run(enum idmap_kind map, void *arg)
{
	Suite *s = suite_create("plan_kernel");
	TCase *t = tcase_create("random");
	SRunner *r;
	int failed;

	(void)map, (void)arg;
	/* The host's /proc numbers other processes: a leak checker would look at theirs. */
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		printf("no fresh /proc\n");
	tcase_add_loop_test(t, change_looks_like_build, 0, ARRAY_SIZE(mutations));
	tcase_set_timeout(t, getenv("NETDOJO_PAIRS") ? 0 : 100);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	fflush(stdout);
	return failed != 0;
}

int main(void)
{
	struct err err = {0};
	int status;
	pid_t pid;

	if (leave_root(&err) < 0 || userns_clone(run, NULL, &pid, NULL, &err) < 0) {
		printf("skipped: %s (%s)\n", err.msg, err.mend);
		return 77;
	}
	if (waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
