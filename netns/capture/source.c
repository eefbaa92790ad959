/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces captured from. */
#define _GNU_SOURCE
#include "netns/capture/source.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"

enum {
	RING = 1024 * 1024 /* bytes; a recorder of the lab has far less, a person's capture should
			      lose nothing */
};

/* pcap's own words for a failure, with our kind: a wrong name or filter is the user's. */
static int pcap_failed(pcap_t *p, const char *name, int rc, struct err *err)
{
	const char *why = pcap_geterr(p)[0] ? pcap_geterr(p) : pcap_statustostr(rc);
	enum err_kind kind = rc == PCAP_ERROR_NO_SUCH_DEVICE ? ERR_USAGE : ERR_MACHINE;

	return err_set(err, kind, rc == PCAP_ERROR_NO_SUCH_DEVICE ? ENODEV : EIO, "%s: %s", name,
		       why);
}

static int set_filter(pcap_t *p, const char *name, const char *filter, struct err *err)
{
	struct bpf_program prog;
	int rc;

	if (!filter[0])
		return 0;
	if (pcap_compile(p, &prog, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(err, ERR_USAGE, EINVAL, "Wrong filter '%s': %s", filter,
			       pcap_geterr(p));
	rc = pcap_setfilter(p, &prog);
	pcap_freecode(&prog);
	return rc < 0 ? pcap_failed(p, name, rc, err) : 0;
}

static int activate(pcap_t *p, const struct source *s, const struct capture_options *o,
		    struct err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc;

	pcap_set_snaplen(p, o->snaplen);
	pcap_set_buffer_size(p, RING);
	pcap_set_immediate_mode(p, 1);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	rc = pcap_activate(p);
	if (rc < 0)
		return pcap_failed(p, s->name, rc, err);
	rc = set_filter(p, s->name, o->filter, err);
	if (rc < 0)
		return rc;
	if (pcap_setnonblock(p, 1, why) < 0)
		return err_set(err, ERR_MACHINE, EIO, "%s: %s", s->name, why);
	return 0;
}

/* What tells an outgoing frame from an incoming one: pcap itself does not say. */
static void read_mac(struct source *s, const char *iface)
{
	auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = {0};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", iface);
	if (fd >= 0 && ioctl(fd, SIOCGIFHWADDR, &ifr) == 0)
		memcpy(s->mac, ifr.ifr_hwaddr.sa_data, sizeof(s->mac));
}

static int open_iface(struct sources *all, const struct capture_options *o, const char *node,
		      const char *iface, struct err *err)
{
	struct source *s = &all->list[all->n];
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc;

	if (all->n == SOURCES_MAX)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d interfaces", SOURCES_MAX);
	*s = (struct source){.fd = -1};
	snprintf(s->name, sizeof(s->name), "%s:%s", node, iface);
	s->pcap = pcap_create(iface, why);
	if (!s->pcap)
		return err_set(err, ERR_MACHINE, EIO, "%s: %s", s->name, why);
	all->n++;
	rc = activate(s->pcap, s, o, err);
	if (rc < 0)
		return rc;
	s->fd = pcap_get_selectable_fd(s->pcap);
	read_mac(s, iface);
	return 0;
}

static int open_named(struct sources *all, const struct capture_options *o,
		      const struct capture_node *n, struct err *err)
{
	char *save = NULL;

	for (char *iface = strtok_r(n->ifaces, ",", &save); iface;
	     iface = strtok_r(NULL, ",", &save)) {
		int rc = open_iface(all, o, n->name, iface, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int open_every(struct sources *all, const struct capture_options *o,
		      const struct capture_node *n, struct err *err)
{
	struct if_nameindex *list = if_nameindex();
	int rc = list ? 0 : err_sys(err, errno, "%s: Can't list its interfaces", n->name);

	for (struct if_nameindex *i = list; rc == 0 && i && i->if_name; i++)
		rc = open_iface(all, o, n->name, i->if_name, err);
	if (list)
		if_freenameindex(list);
	return rc;
}

int sources_open(const struct capture_options *o, struct sources *ret, struct err *err)
{
	for (size_t i = 0; i < o->n_nodes; i++) {
		const struct capture_node *n = &o->nodes[i];
		int rc;

		if (setns(n->netns, CLONE_NEWNET) < 0)
			return err_sys(err, errno, "%s: Can't enter its network namespace",
				       n->name);
		rc = n->ifaces ? open_named(ret, o, n, err) : open_every(ret, o, n, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void source_close(struct source *s)
{
	if (!s->pcap)
		return;
	pcap_stats(s->pcap, &s->last);
	pcap_close(s->pcap);
	s->pcap = NULL;
	s->fd = -1;
}

void sources_done(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		source_close(&s->list[i]);
}
