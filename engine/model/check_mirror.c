/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface that mirrors another must be. */
#include <string.h>

#include "model/check_say.h"
#include "model/fate.h"
#include "model/mirror.h"
#include "model/plan.h"

static const struct segment *bridge_called(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->n_segments; i++)
		if (strcmp(m->segments[i].name, name) == 0 &&
		    segment_is_bridge(&m->segments[i], segment_members(m, name)))
			return &m->segments[i];
	return NULL;
}

static int check_target(const struct model *m, const struct node *n, const struct iface *f,
			const struct where *w, struct err *err)
{
	struct mirrored of = mirror_find(m, f);

	if (!of.iface)
		return check_wrong(err, w,
				   "'mirrors' is a node and its interface, like windows/eth0: "
				   "there is no '%s'",
				   f->mirrors);
	if (of.node == n)
		return check_wrong(err, w, "An interface can only mirror one of another node");
	if (of.iface->kind != IFACE_VETH || of.iface->mirrors[0])
		return check_wrong(err, w, "'%s' can't be mirrored: it has no cable of its own",
				   f->mirrors);
	if (strcmp(of.iface->segment, f->segment) != 0)
		return check_wrong(err, w, "'%s' is on segment '%s', not on '%s'", f->mirrors,
				   of.iface->segment, f->segment);
	if (!bridge_called(m, f->segment))
		return check_wrong(err, w, "'%s' is mirrored: its segment '%s' must be a bridge",
				   f->mirrors, f->segment);
	/* One cable, one machine: frames for the other's MAC would reach nobody. */
	if (!f->mac[0] || strcmp(f->mac, of.iface->mac) != 0)
		return check_wrong(err, w, "Needs the MAC of '%s', said for both", f->mirrors);
	return 0;
}

static int check_loopback(const struct model *m, const struct iface *f, const struct where *w,
			  struct err *err)
{
	struct mirrored of = mirror_find(m, f);

	if (!f->loopback[0])
		return 0;
	if (!bridge_called(m, f->loopback) || strcmp(f->loopback, f->segment) == 0)
		return check_wrong(err, w,
				   "'loopback' is another segment that is a bridge: not '%s'",
				   f->loopback);
	if (!of.loopback || !of.loopback->mac[0] || of.loopback->mirrors[0])
		return check_wrong(err, w,
				   "The segment '%s' of 'loopback' has no interface of '%s' with a "
				   "MAC said for it",
				   f->loopback, of.node->name);
	return 0;
}

/* Segments are called by their names in the switch too. */
static int check_switch_names(const struct model *m, const struct iface *f, const struct where *w,
			      struct err *err)
{
	if (strlen(f->name) > MIRROR_NAME_MAX)
		return check_wrong(err, w, "The name of a mirroring interface has at most %d bytes",
				   MIRROR_NAME_MAX);
	for (size_t i = 0; i < m->n_segments; i++) {
		const char *name = m->segments[i].name;

		if (strchr("bgmu", name[0]) && name[1] == '-' && strcmp(name + 2, f->name) == 0)
			return check_wrong(err, w,
					   "The segment '%s' has a name of the switch's own", name);
	}
	return 0;
}

/* Names in the switch are by interface, and one port space is of two. */
static int check_only_guest(const struct model *m, const struct node *n, const struct iface *f,
			    const struct where *w, struct err *err)
{
	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct iface *other = &m->nodes[i].ifaces[k];

			if (other == f || !other->mirrors[0])
				continue;
			if (&m->nodes[i] != n)
				return check_wrong(err, w,
						   "'%s' mirrors already: one node of a lab may",
						   m->nodes[i].name);
			if (strcmp(other->mirrors, f->mirrors) == 0)
				return check_wrong(err, w, "'%s' is already mirrored by '%s'",
						   f->mirrors, other->name);
		}
	return 0;
}

int check_mirror(const struct model *m, const struct node *n, const struct iface *f,
		 const struct where *w, struct err *err)
{
	int rc;

	if (!f->mirrors[0])
		return f->loopback[0] ? check_wrong(err, w, "'loopback' needs 'mirrors'") : 0;
	if (f->kind != IFACE_VETH)
		return check_wrong(err, w, "Only a veth mirrors another interface");
	rc = check_target(m, n, f, w, err);
	if (rc == 0)
		rc = check_loopback(m, f, w, err);
	if (rc == 0)
		rc = check_switch_names(m, f, w, err);
	return rc < 0 ? rc : check_only_guest(m, n, f, w, err);
}
