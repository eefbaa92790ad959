/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WSL's relay of Windows' localhost.
 *
 * Theory of operation, as WSL does it. Once a second the TCP sockets that listen in WSL are listed. Each port that one of them has
 * on 0.0.0.0, 127.0.0.1, :: or ::1 (no other address, and no UDP) gets one relay a family on Windows' loopback, however many
 * listeners share it, which connects to WSL's own loopback: so a server there sees 127.0.0.1 or ::1 as its peer. A port
 * that somebody has on Windows is left to them, silently, and tried again a second later. What listens is not in the
 * model: it follows from what programs do. A server that binds its port anew on another address gets another relay.
 *
 * A mode that publishes WSL's ports has the same relays on every address of Windows, and for a server on WSL's own address too,
 * where they then lead. What listens on WSL's loopback alone is not for others: its relay is on Windows' loopback.
 */
#define _GNU_SOURCE
#include "lab/localhost.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lab/node.h"
#include "lab/port_space.h"
#include "lab/service.h"

enum { RELAYS_MAX = 256 };

struct relay {
	TAILQ_ENTRY(relay) link;
	struct lab *lab;
	bool v6;
	bool wild; /* on every address */
	uint16_t port;
	char to[INET6_ADDRSTRLEN];
	bool up;       /* serve has it */
	bool starting; /* and has not answered */
	bool doomed;   /* to go when it has */
	bool wanted;   /* of this second */
};

struct localhost {
	struct event *second;
	char *from, *to; /* nodes: Windows and WSL; NULL while nothing is relayed */
	size_t n;
	size_t pending; /* asked of serve, not answered */
	void (*quiet)(void *arg);
	void *quiet_arg;
	TAILQ_HEAD(, relay) relays;
};

static const char *const loopback[2] = {"127.0.0.1", "::1"}, *const wildcard[2] = {"0.0.0.0", "::"};

static const char *address_of(const struct relay *r)
{
	return (r->wild ? wildcard : loopback)[r->v6];
}

static void name_of(const struct relay *r, char *buf, size_t size)
{
	snprintf(buf, size, "wslrelay%c-%u", r->v6 ? '6' : '4', r->port);
}

static void relay_free(struct relay *r)
{
	struct localhost *l = r->lab->localhost;

	TAILQ_REMOVE(&l->relays, r, link);
	l->n--;
	free(r);
}

/* The relay as the service it is. Strings are borrowed from name and listens. */
static struct service service_of(const struct relay *r, char *name, struct listen_on *listens)
{
	const struct localhost *l = r->lab->localhost;

	*listens = (struct listen_on){(char *)"tcp", (char *)address_of(r), r->port};
	return (struct service){
		.name = name,
		.node = l->from,
		.via = l->to,
		.kind = SERVICE_RELAY,
		.running = true,
		.listens = listens,
		.n_listens = 1,
		.config = json_pack("{s:{s:s, s:i}}", "to", "address", r->to, "port", (int)r->port),
	};
}

/* Always a caller's last step. */
static void answered(struct lab *lab)
{
	struct localhost *l = lab->localhost;
	void (*quiet)(void *arg) = l ? l->quiet : NULL;

	if (!l || --l->pending || !quiet || lab->phase == LAB_ENDING)
		return;
	l->quiet = NULL;
	quiet(l->quiet_arg);
}

static void on_stopped(void *arg, const struct err *err)
{
	(void)err;
	answered(arg);
}

static void relay_stop(struct relay *r)
{
	struct listen_on listens;
	char name[32];
	struct service s;

	if (r->starting) {
		r->doomed = true;
		return;
	}
	if (r->up && r->lab->phase != LAB_ENDING) {
		name_of(r, name, sizeof(name));
		s = service_of(r, name, &listens);
		r->lab->localhost->pending++;
		service_stop(r->lab, &s, on_stopped, r->lab);
		json_decref(s.config);
	}
	relay_free(r);
}

/* A port that can't be had is left to whoever has it. */
static void on_started(void *arg, const struct err *err)
{
	struct relay *r = arg;
	struct lab *lab = r->lab;

	r->starting = false;
	r->up = !err;
	if (!r->up || r->doomed)
		relay_stop(r);
	answered(lab);
}

static void relay_start(struct lab *lab, const struct relay *like)
{
	struct localhost *l = lab->localhost;
	struct relay *r = l->n < RELAYS_MAX ? calloc(1, sizeof(*r)) : NULL;
	struct listen_on listens;
	char name[32];
	struct service s;

	if (!r)
		return;
	*r = *like;
	r->lab = lab;
	r->starting = true;
	TAILQ_INSERT_TAIL(&l->relays, r, link);
	l->n++;
	l->pending++;
	name_of(r, name, sizeof(name));
	s = service_of(r, name, &listens);
	service_start(lab, &s, on_started, r);
	json_decref(s.config);
}

/* Who has its name, which one that is to go has until it has gone. */
static struct relay *relay_find(const struct localhost *l, const struct relay *like)
{
	struct relay *r;

	TAILQ_FOREACH(r, &l->relays, link)
	if (r->v6 == like->v6 && r->port == like->port)
		return r;
	return NULL;
}

static bool relay_is(const struct relay *r, const struct relay *like)
{
	return !r->doomed && r->wild == like->wild && !strcmp(r->to, like->to);
}

/* A service of the model's, or one that waits to be, goes before: it would share the socket address. */
static bool is_services(const struct lab *lab, const struct relay *r)
{
	const struct model *m = lab->now;

	for (size_t i = 0; i < m->n_services; i++) {
		const struct service *s = &m->services[i];

		if (!s->running || strcmp(s->node, lab->localhost->from))
			continue;
		for (size_t k = 0; k < s->n_listens; k++)
			if (s->listens[k].port == r->port && !strcmp(s->listens[k].proto, "tcp") &&
			    !strcmp(s->listens[k].address, address_of(r)))
				return true;
	}
	return false;
}

/* Whether a socket of WSL's is one to relay, and how: ret's v6, wild, port and to. */
static bool is_relayed(const json_t *s, bool published, struct relay *ret)
{
	const char *local = json_str(s, "local", "");
	int64_t port = json_int(s, "local_port", 0);
	bool v6 = strchr(local, ':') != NULL, common = !strcmp(local, wildcard[v6]),
	     own = !strcmp(local, loopback[v6]);

	if (strcmp(json_str(s, "proto", ""), "tcp") || strcmp(json_str(s, "state", ""), "LISTEN") ||
	    port < 1 || port > 65535 || strlen(local) >= sizeof(ret->to))
		return false;
	if (!common && !own && (!published || !strncmp(local, "127.", 4)))
		return false;
	*ret = (struct relay){.v6 = v6, .wild = published && !own, .port = (uint16_t)port};
	strcpy(ret->to, common ? loopback[v6] : local);
	return true;
}

static void drop_unwanted(struct localhost *l)
{
	struct relay *r, *next;

	for (r = TAILQ_FIRST(&l->relays); r; r = next) {
		next = TAILQ_NEXT(r, link);
		if (!r->wanted)
			relay_stop(r);
		else
			r->wanted = false;
	}
}

/* Calls fn with the relay that each socket of WSL's is to have. */
static void each_relayed(struct lab *lab, const json_t *sockets,
			 void (*fn)(struct lab *lab, const struct relay *one))
{
	bool published = port_space_relayed(lab) != NULL;
	struct relay one;
	const json_t *s;
	size_t i;

	json_array_foreach (sockets, i, s)
		if (is_relayed(s, published, &one) && !is_services(lab, &one))
			fn(lab, &one);
}

static void keep(struct lab *lab, const struct relay *one)
{
	struct relay *r = relay_find(lab->localhost, one);

	if (r && relay_is(r, one))
		r->wanted = true;
}

static void add(struct lab *lab, const struct relay *one)
{
	if (!relay_find(lab->localhost, one))
		relay_start(lab, one);
}

/* Old ones go before new ones come: these may have the same port, and name. */
static void follow(struct lab *lab, const json_t *sockets)
{
	each_relayed(lab, sockets, keep);
	drop_unwanted(lab->localhost);
	each_relayed(lab, sockets, add);
}

void localhost_look(struct lab *lab)
{
	const struct build_port *b = &lab->ports.build;
	auto_json json_t *sockets = NULL;

	if (lab->localhost && lab->localhost->to &&
	    b->read(b->ctx, lab->localhost->to, READ_LISTENERS, "", &sockets, NULL) == 0)
		follow(lab, sockets);
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	localhost_look(arg);
}

static void stand_still(struct localhost *l)
{
	event_del(l->second);
	drop_unwanted(l); /* no second has begun: none is wanted */
	free(l->from);
	free(l->to);
	l->from = l->to = NULL;
}

static const struct node *by_role(const struct model *m, enum node_role role)
{
	for (size_t i = 0; i < m->n_nodes; i++)
		if (m->nodes[i].role == role)
			return &m->nodes[i];
	return NULL;
}

/* Another mode has no relay; a model that says nothing of WSL has none to relay for. */
static bool is_on(const struct lab *lab)
{
	const json_t *wsl = json_object_get(lab->now->windows, "wsl");
	const char *mode = json_str(wsl, "networkingMode", "");

	if (port_space_relayed(lab))
		return true;
	return json_flag(wsl, "localhostForwarding", false) &&
	       (!strcmp(mode, "nat") || !strcmp(mode, "bridged"));
}

static struct localhost *localhost_new(struct lab *lab)
{
	struct localhost *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	TAILQ_INIT(&l->relays);
	l->second = event_new(lab->base, -1, EV_PERSIST, on_second, lab);
	if (l->second)
		return l;
	free(l);
	return NULL;
}

static void begin(struct lab *lab, const struct node *from, const struct node *to)
{
	static const struct timeval second = {1, 0};
	struct localhost *l = lab->localhost;

	if (!l)
		l = lab->localhost = localhost_new(lab);
	if (!l || l->from)
		return;
	l->from = strdup(from->name);
	l->to = strdup(to->name);
	if (!l->from || !l->to || event_add(l->second, &second) < 0)
		stand_still(l);
	else
		localhost_look(lab); /* what started with WSL is there at once */
}

void localhost_update(struct lab *lab)
{
	const struct node *from = by_role(lab->now, ROLE_WINDOWS),
			  *to = by_role(lab->now, ROLE_WSL);

	if (from && to && is_on(lab))
		begin(lab, from, to);
	else if (lab->localhost && lab->localhost->from)
		stand_still(lab->localhost);
}

bool localhost_settle(struct lab *lab, void (*quiet)(void *arg), void *arg)
{
	struct localhost *l = lab->localhost;

	if (!l || !l->pending || lab->phase == LAB_ENDING)
		return false;
	l->quiet = quiet;
	l->quiet_arg = arg;
	return true;
}

bool localhost_relays(const struct lab *lab, uint16_t port)
{
	const struct relay *r;

	if (lab->localhost)
		TAILQ_FOREACH(r, &lab->localhost->relays, link)
	if (r->port == port)
		return true;
	return false;
}

const char *localhost_onward(const struct lab *lab, const char *service)
{
	struct localhost *l = lab->localhost;
	struct relay *r;
	char name[32];

	if (!l)
		return NULL;
	TAILQ_FOREACH(r, &l->relays, link)
	{
		name_of(r, name, sizeof(name));
		if (!strcmp(name, service))
			return l->to;
	}
	return NULL;
}

json_t *localhost_json(const struct lab *lab)
{
	json_t *out = json_array();
	struct relay *r;

	if (lab->localhost)
		TAILQ_FOREACH(r, &lab->localhost->relays, link)
	if (r->up)
		json_array_append_new(out, json_pack("{s:s, s:i}", "address", address_of(r), "port",
						     (int)r->port));
	return out;
}

void localhost_done(struct lab *lab)
{
	struct localhost *l = lab->localhost;

	if (!l)
		return;
	while (!TAILQ_EMPTY(&l->relays))
		relay_free(TAILQ_FIRST(&l->relays));
	event_free(l->second);
	free(l->from);
	free(l->to);
	free(l);
	lab->localhost = NULL;
}
