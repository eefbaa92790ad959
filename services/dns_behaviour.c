/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a DNS service misbehaves, and for which names. */
#include "services/dns_behaviour.h"

#include <assert.h>
#include <fnmatch.h>
#include <string.h>

#include "services/addr.h"

enum { DELAY_MAX_MS = 60 * 1000 };

static const char *const kind_names[] = {
	[DNS_OK] = "ok",
	[DNS_SILENT] = "silent",
	[DNS_SERVFAIL] = "servfail",
	[DNS_NXDOMAIN] = "nxdomain",
	[DNS_REFUSED] = "refused",
	[DNS_TRUNCATED] = "truncated",
	[DNS_DELAY] = "delay",
	[DNS_WRONG] = "wrong",
	[DNS_NO_AAAA] = "no-aaaa",
	[DNS_CLOSE_TCP] = "close-tcp",
};
static_assert(ARRAY_SIZE(kind_names) == DNS_BEHAVIOURS, "a name for every kind");

static int read_kind(const char *name, enum dns_behaviour_kind *ret, struct err *err)
{
	for (size_t i = 0; i < DNS_BEHAVIOURS; i++) {
		if (!strcmp(kind_names[i], name)) {
			*ret = (enum dns_behaviour_kind)i;
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, EINVAL, "No DNS behaviour '%s'", name);
}

static int check_names(const json_t *names, struct err *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach (names, i, v)
		if (!json_is_string(v))
			return err_set(err, ERR_USAGE, EINVAL, "Behaviour names must be strings");
	return 0;
}

int dns_behaviour_read(const json_t *j, struct dns_behaviour *ret, struct err *err)
{
	struct dns_behaviour b = {0};
	int64_t delay = json_int(j, "delay_ms", 0);
	struct addr unused;
	int rc = read_kind(json_str(j, "kind", "ok"), &b.kind, err);

	if (rc == 0)
		rc = check_names(json_object_get(j, "names"), err);
	if (rc == 0 && b.kind == DNS_WRONG)
		rc = addr_parse(&unused, json_str(j, "address", ""), 0, err);
	if (rc < 0)
		return rc;
	if (delay < 0 || delay > DELAY_MAX_MS)
		return err_set(err, ERR_USAGE, ERANGE, "delay_ms must be 0 to %d", DELAY_MAX_MS);
	b.delay_ms = (unsigned int)delay;
	snprintf(b.address, sizeof(b.address), "%s", json_str(j, "address", ""));
	b.names = json_incref(json_object_get(j, "names"));
	*ret = b;
	return 0;
}

void dns_behaviour_done(struct dns_behaviour *b)
{
	json_decref(b->names);
	*b = (struct dns_behaviour){0};
}

enum dns_behaviour_kind dns_behaviour_for(const struct dns_behaviour *b, const char *name)
{
	const json_t *v;
	size_t i;

	if (!json_array_size(b->names))
		return b->kind;
	json_array_foreach (b->names, i, v)
		if (fnmatch(json_string_value(v), name, FNM_CASEFOLD) == 0)
			return b->kind;
	return DNS_OK;
}

bool dns_behaviour_refuses_tcp(const struct dns_behaviour *b)
{
	return b->kind == DNS_TRUNCATED && !json_array_size(b->names);
}
