/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's addresses and routes make reachable, as the kernel judges it when a route is added.
 */
#ifndef NETDOJO_MODEL_SUBNET_H
#define NETDOJO_MODEL_SUBNET_H

#include "model/model.h"

/* The interface of that name; for "lo" of a node that does not list it, the stock one: up, no
 * address. NULL: none. */
const struct iface *subnet_iface(const struct node *n, const char *name);

/*
 * The interface a route leaves by, or NULL: dev where it names one, else the interface whose
 * connected subnet holds the gateway. Only an interface that is up counts; one that is down carries
 * no route.
 */
const struct iface *subnet_route_dev(const struct node *n, const struct route *r);

/*
 * Whether the gateway of r can be reached without another gateway: it lies on a connected subnet,
 * or on a route without gateway, of an interface that is up (the one the route names).
 */
bool subnet_gateway_ok(const struct node *n, const struct route *r);

/* How many interfaces of n reach the gateway of r, when the route names none. */
size_t subnet_ways(const struct node *n, const struct route *r);

/* The same address (prefix length aside) on any interface of n. */
bool subnet_has_address(const struct node *n, const char *address);

#endif
