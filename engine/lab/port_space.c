/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports that WSL shares with Windows. One guest a lab shares them (decision 9). */
#define _GNU_SOURCE
#include "lab/port_space.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "lab/change.h"
#include "lab/localhost.h"
#include "lab/ports.h"
#include "lab/service.h"

struct port_space {
	struct lab *lab;
	char *guest, *host; /* nodes */
	bool relayed;	    /* by relays on the host too */
	bool steered;	    /* something is */
	bool failed;	    /* the last steering; said once */
	struct ports ports;
	struct event *look;
};

/* The host's ports, read when the first is asked about: once for all of one look, or one bind. */
struct asking {
	struct port_space *space;
	bool read;
	struct ports_set has;
};

/* What Windows keeps from everybody (`netsh int ipv4 show excludedportrange`) it does not give to WSL either. */
static void read_host(struct asking *a)
{
	const struct port_space *s = a->space;
	const struct build_port *b = &s->lab->ports.build;
	auto_json json_t *sockets = NULL, *list = NULL;

	a->read = true;
	if (b->read(b->ctx, s->host, READ_SOCKETS, "", &sockets, NULL) == 0)
		ports_set_sockets(&a->has, sockets);
	if (b->read(b->ctx, s->host, READ_SYSCTL, "net.ipv4.ip_local_reserved_ports", &list,
		    NULL) == 0)
		ports_set_list(&a->has, json_str(list, "value", ""));
}

/* What a relay of ours has on the host is the guest's own. */
static bool host_has(void *arg, uint8_t proto, uint16_t port)
{
	struct asking *a = arg;

	if (proto == IPPROTO_TCP && a->space->relayed && localhost_relays(a->space->lab, port))
		return false;
	if (!a->read)
		read_host(a);
	return ports_set_has(&a->has, proto, port);
}

static void say_failed(struct port_space *s, const struct err *err)
{
	if (!s->failed)
		lab_event(s->lab, "lab", s->guest, "lab",
			  json_pack("{s:s, s:s}", "what", "steer-failed", "why", err->msg));
	s->failed = true;
}

static void put_steering(struct port_space *s, const struct port_range *ports, size_t n)
{
	const struct build_port *b = &s->lab->ports.build;
	struct steering st = {.guest = s->guest, .host = s->host, .ports = ports, .n = n};
	struct err err = {0};

	/* also where relays publish them: what WSL sends to its own 127.0.0.1 comes by the host too (set gp) */
	if (!b->steer)
		return;
	if (b->steer(b->ctx, &st, &err) < 0)
		say_failed(s, &err);
	else
		s->failed = false;
	s->steered = n > 0;
}

static void steer(struct port_space *s)
{
	auto_free struct port_range *ports = NULL;
	size_t n;

	if (s->lab->phase != LAB_ENDING && ports_steered(&s->ports, &ports, &n) == 0)
		put_steering(s, ports, n);
}

/* A service that waits for a port of the guest's may have it now; while the lab changes, the end of that sees to it. */
static void on_freed(struct lab *lab)
{
	if (lab->now && !change_under_way(lab))
		service_retry(lab);
}

/* The guest's: with TCP's connections, for which the kernel walks the whole machine's, only where they decide. NULL: unknown. */
static json_t *guests_sockets(const struct port_space *s)
{
	const struct build_port *b = &s->lab->ports.build;
	json_t *open = NULL, *all = NULL;

	if (b->read(b->ctx, s->guest, READ_OPEN, "", &open, NULL) < 0 ||
	    !ports_misses(&s->ports, open))
		return open;
	json_decref(open);
	return b->read(b->ctx, s->guest, READ_SOCKETS, "", &all, NULL) < 0 ? NULL : all;
}

void port_space_look(struct lab *lab)
{
	struct port_space *s = lab->port_space;
	auto_json json_t *sockets = s ? guests_sockets(s) : NULL;
	struct asking asking = {.space = s};
	unsigned before = s ? s->ports.changes : 0;

	if (!sockets)
		return;
	ports_scan(&s->ports, sockets, &(struct ports_host){host_has, &asking}, log_now());
	if (s->ports.changes == before && !s->failed)
		return;
	steer(s);
	on_freed(lab);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	port_space_look(arg);
}

static void space_free(struct port_space *s)
{
	if (s->look)
		event_free(s->look);
	ports_done(&s->ports);
	free(s->guest);
	free(s->host);
	free(s);
}

static int space_fill(struct port_space *s, const struct node *n, struct err *err)
{
	static const struct timeval often = {0, PORTS_LOOK_MS * 1000};

	s->guest = strdup(n->name);
	s->host = strdup(json_str(n->port_space, "with", ""));
	s->relayed = !strcmp(json_str(n->port_space, "publish", "steer"), "relay");
	s->look = event_new(s->lab->base, -1, EV_PERSIST, on_look, s->lab);
	if (!s->guest || !s->host || !s->look || event_add(s->look, &often) < 0)
		return err_sys(err, ENOMEM, "Can't share the ports of %s", n->name);
	return ports_init(&s->ports, n->port_space, err);
}

int port_space_begin(struct lab *lab, const struct node *n, struct err *err)
{
	struct port_space *s;
	int rc;

	if (json_object_size(n->port_space) == 0)
		return 0;
	port_space_end(lab, n->name);
	if (lab->port_space)
		return err_set(err, ERR_USAGE, EINVAL,
			       "'%s' shares its ports, '%s' can't do so too",
			       lab->port_space->guest, n->name);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_sys(err, ENOMEM, "Can't share the ports of %s", n->name);
	s->lab = lab;
	rc = space_fill(s, n, err);
	if (rc < 0)
		space_free(s);
	else
		lab->port_space = s;
	return rc;
}

void port_space_end(struct lab *lab, const char *node)
{
	struct port_space *s = lab->port_space;

	if (!s || strcmp(s->guest, node))
		return;
	if (s->steered && lab->phase != LAB_ENDING)
		put_steering(s, NULL, 0);
	space_free(ptr_steal(lab->port_space));
}

void port_space_update(struct lab *lab)
{
	if (!lab->port_space)
		return;
	steer(lab->port_space);
	port_space_look(lab);
}

int port_space_bind(struct lab *lab, const char *node, const char *proto, const char *address,
		    uint16_t port)
{
	struct port_space *s = lab->port_space;
	struct port_bind b = {s ? ports_proto(proto) : 0, address, port};
	struct asking asking = {.space = s};
	unsigned before;
	int rc = 0;

	if (!b.proto)
		return 0;
	before = s->ports.changes;
	if (!strcmp(node, s->guest))
		rc = ports_guest_binds(&s->ports, &b, &(struct ports_host){host_has, &asking},
				       log_now());
	else if (!strcmp(node, s->host))
		rc = ports_host_binds(&s->ports, &b);
	if (s->ports.changes != before)
		steer(s);
	return rc;
}

const char *port_space_relayed(const struct lab *lab)
{
	return lab->port_space && lab->port_space->relayed ? lab->port_space->guest : NULL;
}

void port_space_done(struct lab *lab)
{
	if (lab->port_space)
		space_free(ptr_steal(lab->port_space));
}
