/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe: look a name up as every program of the node does. */
#define _GNU_SOURCE
#include "netns/probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

static const char *eai_name(int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
		{EAI_AGAIN, "EAI_AGAIN"},   {EAI_NONAME, "EAI_NONAME"},
		{EAI_NODATA, "EAI_NODATA"}, {EAI_FAIL, "EAI_FAIL"},
		{EAI_FAMILY, "EAI_FAMILY"}, {EAI_SYSTEM, "EAI_SYSTEM"},
		{EAI_MEMORY, "EAI_MEMORY"}, {EAI_ADDRFAMILY, "EAI_ADDRFAMILY"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return "EAI_OTHER";
}

static json_t *addresses(const struct addrinfo *list)
{
	json_t *out = json_array();

	for (; list; list = list->ai_next) {
		char text[INET6_ADDRSTRLEN];
		const void *raw =
			list->ai_family == AF_INET
				? (const void *)&((const struct sockaddr_in *)list->ai_addr)
					  ->sin_addr
				: (const void *)&((const struct sockaddr_in6 *)list->ai_addr)
					  ->sin6_addr;

		if (inet_ntop(list->ai_family, raw, text, sizeof(text)))
			json_array_append_new(out, json_string(text));
	}
	return out;
}

/* This process has looked nothing up before, so the C library reads the node's files as they are
 * now. */
void probe_lookup(struct probe *p)
{
	int64_t family = json_int(p->args, "family", 0);
	struct addrinfo hints = {.ai_family = family == 4   ? AF_INET
					      : family == 6 ? AF_INET6
							    : AF_UNSPEC,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int rc;

	probe_names();
	rc = getaddrinfo(json_str(p->args, "name", ""), NULL, &hints, &list);

	if (rc != 0) {
		probe_set(p, "eai", json_string(eai_name(rc)));
		probe_set(p, "addresses", json_array());
		probe_fail(p, "%s", gai_strerror(rc));
		return;
	}
	probe_set(p, "addresses", addresses(list));
	freeaddrinfo(list);
}
