/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which servers a DNS service asks onward. */
#include "services/dns_servers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LEN = 253 };

struct dns_suffix {
	char name[NAME_MAX_LEN + 1]; /* lower case, without a dot at either end */
	struct dns_servers servers;
};

static int read_servers(const json_t *list, struct dns_servers *ret, struct err *err)
{
	const json_t *v;
	size_t i;

	if (json_array_size(list) > DNS_UPSTREAMS_MAX)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d upstreams", DNS_UPSTREAMS_MAX);
	json_array_foreach (list, i, v) {
		const char *text = json_string_value(v);
		int rc = addr_parse(&ret->addrs[i], text ? text : "", 53, err);

		if (rc < 0)
			return rc;
		ret->n = i + 1;
	}
	return 0;
}

static int read_suffix(const char *key, const json_t *list, struct dns_suffix *ret, struct err *err)
{
	size_t n;

	while (*key == '.')
		key++;
	n = strlen(key);
	if (n && key[n - 1] == '.')
		n--;
	if (!n || n > NAME_MAX_LEN)
		return err_set(err, ERR_USAGE, EINVAL, "No DNS suffix: '%s'", key);
	for (size_t i = 0; i < n; i++)
		ret->name[i] = (char)tolower((unsigned char)key[i]);
	return read_servers(list, &ret->servers, err);
}

static int read_suffixes(const json_t *map, struct dns_upstreams *u, struct err *err)
{
	const char *key;
	json_t *list;

	if (!json_object_size(map))
		return 0;
	if (json_object_size(map) > DNS_SUFFIXES_MAX)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d DNS suffixes",
			       DNS_SUFFIXES_MAX);
	u->suffixes = calloc(json_object_size(map), sizeof(*u->suffixes));
	if (!u->suffixes)
		return err_sys(err, ENOMEM, "DNS suffixes");
	json_object_foreach ((json_t *)map, key, list) {
		int rc = read_suffix(key, list, &u->suffixes[u->n_suffixes], err);

		if (rc < 0)
			return rc;
		u->n_suffixes++;
	}
	return 0;
}

int dns_upstreams_read(const json_t *config, struct dns_upstreams *ret, struct err *err)
{
	struct dns_upstreams u = {0};
	int rc = read_servers(json_object_get(config, "upstream"), &u.all, err);

	if (rc == 0)
		rc = read_suffixes(json_object_get(config, "suffixes"), &u, err);
	if (rc < 0) {
		dns_upstreams_done(&u);
		return rc;
	}
	*ret = u;
	return 0;
}

void dns_upstreams_done(struct dns_upstreams *u)
{
	free(u->suffixes);
	*u = (struct dns_upstreams){0};
}

static bool is_below(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	return n >= s && strcmp(name + n - s, suffix) == 0 && (n == s || name[n - s - 1] == '.');
}

const struct dns_servers *dns_upstreams_for(const struct dns_upstreams *u, const char *name)
{
	const struct dns_suffix *best = NULL;

	for (size_t i = 0; i < u->n_suffixes; i++) {
		const struct dns_suffix *s = &u->suffixes[i];

		if (is_below(name, s->name) && (!best || strlen(s->name) > strlen(best->name)))
			best = s;
	}
	return best ? &best->servers : &u->all;
}
