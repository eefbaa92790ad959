/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Theory of operation. A frame from one member to another comes into the hub by the first one's
 * port and leaves by the second one's. A qdisc on each port's way out, or a rule on each port's
 * way in, so meets it once in either direction, and nothing of it is seen in the nodes.
 *
 * netem does everything. Where the kernel has it not, tbf keeps the rate and a rule of nftables'
 * netdev family loses frames; the rest can't be done and is refused, before anything is changed.
 */
#define _GNU_SOURCE
#include "netns/impair.h"

#include <stdarg.h>
#include <string.h>

#include "netns/dump.h"
#include "netns/impair_tc.h"
#include "netns/nlaux.h"
#include "netns/ruleset.h"

enum { PORTS_MAX = MODEL_MAX_NODES * 2 };

struct port {
	unsigned int index;
	char name[IFNAMSIZ];
	bool way_out; /* only what leaves by it is the segment's */
};

/* A bridge's ports. */
struct ports {
	unsigned int bridge;
	struct port v[PORTS_MAX];
	size_t n;
};

static int note_port(const struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(h);
	struct ports *p = arg;
	struct port one = {.index = (unsigned int)ifi->ifi_index};
	const struct nlattr *a;
	unsigned int master = 0;

	mnl_attr_for_each(a, h, sizeof(*ifi))
	{
		if (mnl_attr_get_type(a) == IFLA_MASTER)
			master = mnl_attr_get_u32(a);
		else if (mnl_attr_get_type(a) == IFLA_IFNAME)
			snprintf(one.name, sizeof(one.name), "%s", mnl_attr_get_str(a));
	}
	if (master == p->bridge && p->n < PORTS_MAX)
		p->v[p->n++] = one;
	return MNL_CB_OK;
}

/*
 * What a mirrored interface gets has left the segment by the host's port before any qdisc there; what it sends comes in by
 * that port again.
 */
static void add_mirrors(struct build *b, struct ports *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < ARRAY_SIZE(b->mirrors); i++)
		for (size_t k = 0; k < n && p->n < PORTS_MAX; k++) {
			struct port one = {.way_out = true};

			if (!b->mirrors[i].node[0] || b->mirrors[i].port != p->v[k].index)
				continue;
			snprintf(one.name, sizeof(one.name), "g-%.13s", b->mirrors[i].iface);
			one.index = rtsock_ifindex(&b->hub, one.name);
			if (one.index)
				p->v[p->n++] = one;
		}
}

static int find_ports(struct build *b, const struct segment *s, struct ports *ret, struct err *err)
{
	int rc = rtsock_need_ifindex(&b->hub, s->name, &ret->bridge, err);

	if (rc == 0)
		rc = dump_links(b->home, b->home, note_port, ret, err);
	if (rc == 0)
		add_mirrors(b, ret);
	return rc;
}

/* --- qdiscs
 * ---------------------------------------------------------------------------------------------------- */

typedef struct nl_msg *(*qdisc_fn)(unsigned int index, const struct segment *s);

static int put_on_all(struct build *b, const struct ports *p, const struct segment *s,
		      qdisc_fn make, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		auto_nlmsg *msg = make(p->v[i].index, s);

		rc = msg ? rtsock_call(&b->hub, msg, err)
			 : err_sys(err, ENOMEM, "Can't describe a qdisc");
	}
	return rc;
}

static int clear_all(struct build *b, const struct ports *p, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		auto_nlmsg *msg = impair_tc_none(p->v[i].index);

		rc = msg ? rtsock_call_but(&b->hub, msg, ENOENT, err)
			 : err_sys(err, ENOMEM, "Can't describe a qdisc");
	}
	return rc;
}

/* --- rules
 * ----------------------------------------------------------------------------------------------------- */

static void put_table(FILE *f, const struct segment *s, const char *const ports[], size_t n)
{
	fprintf(f, "table netdev cable-%s {\n", s->name);
	for (size_t i = 0; i < n; i++) {
		fprintf(f,
			"\tchain %s {\n\t\ttype filter hook ingress device \"%s\" priority 0; "
			"policy accept;\n\t\t",
			ports[i], ports[i]);
		if (s->loss < 1000)
			fprintf(f, "numgen random mod 1000 < %u ", s->loss);
		fputs("drop\n\t}\n", f);
	}
	fputs("}\n", f);
}

int impair_rules(const struct segment *s, const char *const ports[], size_t n, bool replace,
		 char **ret, struct err *err)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return err_sys(err, ENOMEM, "Can't write rules");
	if (replace) /* made first, so that there is one to delete */
		fprintf(f, "table netdev cable-%s\ndelete table netdev cable-%s\n", s->name,
			s->name);
	if (s->loss)
		put_table(f, s, ports, n);
	if (fclose(f) != 0) {
		free(text);
		return err_sys(err, ENOMEM, "Can't write rules");
	}
	*ret = text;
	return 0;
}

/* Which segments have such a table; there is none to look for in others. */
static char *lossy_place(struct build *b, const char *segment)
{
	for (size_t i = 0; i < ARRAY_SIZE(b->lossy); i++)
		if (!strcmp(b->lossy[i], segment))
			return b->lossy[i];
	return NULL;
}

static void remember(struct build *b, const struct segment *s)
{
	char *at = lossy_place(b, s->name);

	if (at && !s->loss)
		*at = '\0';
	else if (!at && s->loss && (at = lossy_place(b, "")))
		snprintf(at, IFNAMSIZ, "%s", s->name);
}

static int set_rules(struct build *b, const struct segment *s, const struct ports *p,
		     struct err *err)
{
	auto_free char *text = NULL;
	const char *names[PORTS_MAX];
	bool was = lossy_place(b, s->name);
	size_t n = 0;
	int rc;

	if (!s->loss && !was)
		return 0;
	for (size_t i = 0; i < p->n; i++)
		if (!p->v[i].way_out)
			names[n++] = p->v[i].name;
	rc = impair_rules(s, names, n, was, &text, err);
	if (rc == 0)
		rc = ruleset_run(b->home, b->home, text, err);
	if (rc == 0)
		remember(b, s);
	return rc;
}

static int no_loss(struct build *b, const struct segment *s)
{
	struct segment clean = {.name = s->name};
	struct ports none = {0};

	return set_rules(b, &clean, &none, NULL);
}

/* --- choosing
 * -------------------------------------------------------------------------------------------------- */

/* "delay and reordering": what only netem does. */
static bool needs_netem(const struct segment *s, char *what, size_t size)
{
	const struct {
		const char *word;
		bool there;
	} all[] = {{"delay", s->delay_ms},
		   {"jitter", s->jitter_ms},
		   {"duplicates", s->duplicate},
		   {"reordering", s->reorder}};
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].there && used < size)
			used += (size_t)snprintf(what + used, size - used, "%s%s", used ? ", " : "",
						 all[i].word);
	return used;
}

static int __attribute__((format(printf, 4, 5)))
refuse(struct err *err, const char *module, const char *option, const char *fmt, ...)
{
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	err_set(err, ERR_MACHINE, ENOTSUP, "%s", why);
	err_mend(err,
		 "sudo modprobe %s, or a kernel with %s; `netdojo doctor` tells what this one has",
		 module, option);
	return -ENOTSUP;
}

/* The kernel has no qdisc of that name. */
static bool is_unknown(int rc)
{
	return rc == -ENOENT || rc == -EOPNOTSUPP;
}

static int by_tbf(struct build *b, const struct ports *p, const struct segment *s, struct err *err)
{
	int rc = s->rate_kbit ? put_on_all(b, p, s, impair_tc_tbf, err) : clear_all(b, p, err);

	if (is_unknown(rc))
		return refuse(err, "sch_tbf", "CONFIG_NET_SCH_TBF",
			      "This kernel can keep no rate: it has neither netem nor tbf");
	return rc;
}

static int by_rules(struct build *b, const struct ports *p, const struct segment *s,
		    struct err *err)
{
	struct err why = {0};

	if (set_rules(b, s, p, &why) == 0)
		return 0;
	return refuse(
		err, "nft_numgen",
		"CONFIG_NET_SCH_NETEM (or CONFIG_NF_TABLES_NETDEV and "
		"CONFIG_NFT_NUMGEN)",
		"This kernel can lose no frames: it has no netem, and nftables' netdev family "
		"says: %.90s",
		why.msg);
}

static int without_netem(struct build *b, const struct ports *p, const struct segment *s,
			 struct err *err)
{
	char what[64];
	int rc;

	if (needs_netem(s, what, sizeof(what)))
		return refuse(err, "sch_netem", "CONFIG_NET_SCH_NETEM",
			      "This kernel has no netem, which %s take%s", what,
			      strchr(what, ',') || strchr(what, 's') ? "" : "s");
	rc = by_tbf(b, p, s, err);
	return rc < 0 ? rc : by_rules(b, p, s, err);
}

int impair_set(struct build *b, const struct op *op, struct err *err)
{
	const struct segment *s = op->segment;
	struct ports p = {0};
	struct err why = {0};
	int rc;

	if (!segment_is_bridge(s, op->segment_members))
		return 0; /* it was a bridge for its cable alone, and went with it */
	rc = find_ports(b, s, &p, err);
	if (rc < 0)
		return rc;
	if (!segment_is_impaired(s)) {
		rc = clear_all(b, &p, err);
		return rc < 0 ? rc : no_loss(b, s);
	}
	rc = b->no_netem ? -ENOENT : put_on_all(b, &p, s, impair_tc_netem, &why);
	if (is_unknown(rc)) {
		b->no_netem = true;
		return without_netem(b, &p, s, err);
	}
	if (rc == 0)
		return no_loss(b, s);
	if (err)
		*err = why;
	return rc;
}

void impair_forget(struct build *b, const struct segment *s)
{
	no_loss(b, s);
}
