/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One spelling for every value. */
#include "model/normal.h"

#include <ctype.h>
#include <string.h>

#include "model/net.h"

static bool replace(char **s, const char *with)
{
	char *copy;

	if (strcmp(*s, with) == 0)
		return true;
	copy = strdup(with);
	if (!copy)
		return false;
	free(*s);
	*s = copy;
	return true;
}

static bool canonical(char **s)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix p;

	if (prefix_parse(*s, &p))
		prefix_text(&p, true, text);
	else if (prefix_parse_address(*s, &p))
		prefix_text(&p, false, text);
	else
		return true; /* "" or "default" */
	return replace(s, text);
}

static void lower(char *s)
{
	for (; *s; s++)
		*s = (char)tolower((unsigned char)*s);
}

static bool fill_iface(struct iface *f)
{
	lower(f->mac);
	if (f->queues == 0)
		f->queues = 1;
	for (size_t i = 0; i < f->n_addresses; i++)
		if (!canonical(&f->addresses[i].cidr) || !canonical(&f->addresses[i].broadcast))
			return false;
	return true;
}

static bool fill_route(struct route *r)
{
	if (!canonical(&r->dst) || !canonical(&r->via) || !canonical(&r->src))
		return false;
	if (strchr(r->dst, ':') || strchr(r->via, ':'))
		r->ipv6 = true;
	if (strcmp(r->dst, "0.0.0.0/0") == 0 || strcmp(r->dst, "::/0") == 0)
		return replace(&r->dst, "default");
	return true;
}

static bool fill_rule(struct rule *r)
{
	if (r->fwmark && !r->fwmask)
		r->fwmask = UINT32_MAX;
	if (strchr(r->from, ':') || strchr(r->to, ':'))
		r->ipv6 = true;
	return canonical(&r->from) && canonical(&r->to);
}

static bool fill_node(struct node *n)
{
	if (!n->hostname[0] && !replace(&n->hostname, n->name))
		return false;
	if (!n->user[0] && !replace(&n->user, n->role == ROLE_WSL ? "learner" : "root"))
		return false;
	for (size_t i = 0; i < n->n_ifaces; i++)
		if (!fill_iface(&n->ifaces[i]))
			return false;
	for (size_t i = 0; i < n->n_routes; i++)
		if (!fill_route(&n->routes[i]))
			return false;
	for (size_t i = 0; i < n->n_rules; i++)
		if (!fill_rule(&n->rules[i]))
			return false;
	for (size_t i = 0; i < n->n_neighs; i++) {
		lower(n->neighs[i].mac);
		if (!canonical(&n->neighs[i].address))
			return false;
	}
	return true;
}

static bool fill_service(struct service *s)
{
	for (size_t i = 0; i < s->n_listens; i++)
		if (!canonical(&s->listens[i].address))
			return false;
	return true;
}

int model_normalise(struct model *m, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < m->n_nodes && ok; i++)
		ok = fill_node(&m->nodes[i]);
	for (size_t i = 0; i < m->n_segments && ok; i++)
		ok = canonical(&m->segments[i].cidr);
	for (size_t i = 0; i < m->n_services && ok; i++)
		ok = fill_service(&m->services[i]);
	return ok ? 0 : err_sys(err, ENOMEM, "Can't read a model");
}
