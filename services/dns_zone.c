/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records a DNS service answers by itself. */
#include "services/dns_zone.h"

#include <ctype.h>
#include <string.h>

enum { ZONE_CHAIN_MAX = 8, ZONE_WRONG_TTL = 60 };

struct dns_zone {
	json_t *names; /* lower-case name, no final dot -> {"TYPE": [text..]} */
	bool wildcard;
	uint32_t ttl;
};

static ldns_rdf *text_rdf(const char *text)
{
	uint8_t data[256];
	size_t n = strlen(text);

	if (n > 255)
		return NULL;
	data[0] = (uint8_t)n;
	memcpy(data + 1, text, n);
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, n + 1, data);
}

static ldns_rdf *name_rdf(const char *text)
{
	return ldns_dname_new_frm_str(text);
}

static ldns_rdf *a_rdf(const char *text)
{
	return ldns_rdf_new_frm_str(LDNS_RDF_TYPE_A, text);
}

static ldns_rdf *aaaa_rdf(const char *text)
{
	return ldns_rdf_new_frm_str(LDNS_RDF_TYPE_AAAA, text);
}

static const struct zone_type {
	const char *name;
	ldns_rr_type type;
	ldns_rdf *(*make)(const char *text);
} types[] = {
	{"A", LDNS_RR_TYPE_A, a_rdf},
	{"AAAA", LDNS_RR_TYPE_AAAA, aaaa_rdf},
	{"CNAME", LDNS_RR_TYPE_CNAME, name_rdf},
	{"NS", LDNS_RR_TYPE_NS, name_rdf},
	{"PTR", LDNS_RR_TYPE_PTR, name_rdf},
	{"TXT", LDNS_RR_TYPE_TXT, text_rdf},
};

static const struct zone_type *type_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

/* One record; takes owner over. NULL when the value is not one of that type. */
static ldns_rr *make_rr(ldns_rdf *owner, const struct zone_type *t, const char *value, uint32_t ttl)
{
	ldns_rdf *data = owner ? t->make(value) : NULL;
	ldns_rr *rr = data ? ldns_rr_new() : NULL;

	if (!rr || !ldns_rr_push_rdf(rr, data)) {
		ldns_rdf_deep_free(owner);
		ldns_rdf_deep_free(data);
		ldns_rr_free(rr);
		return NULL;
	}
	ldns_rr_set_owner(rr, owner);
	ldns_rr_set_type(rr, t->type);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(rr, ttl);
	return rr;
}

static char *lower_name(const char *name)
{
	char *s = strdup(name);
	size_t n = s ? strlen(s) : 0;

	for (size_t i = 0; i < n; i++)
		s[i] = (char)tolower((unsigned char)s[i]);
	if (n && s[n - 1] == '.')
		s[n - 1] = '\0';
	return s;
}

/* Every record is built once when it comes in, so that a wrong one is told then and not when asked
 * for. */
static int check_values(const char *name, const struct zone_type *t, const json_t *values,
			struct err *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach (values, i, v) {
		const char *text = json_string_value(v);
		ldns_rr *rr = text ? make_rr(ldns_dname_new_frm_str(name), t, text, 0) : NULL;

		if (!rr)
			return err_set(err, ERR_USAGE, EINVAL,
				       "Record '%s': '%s' is not a value for %s", name,
				       text ? text : "?", t->name);
		ldns_rr_free(rr);
	}
	return 0;
}

static int add_name(struct dns_zone *z, const char *name, const json_t *sets, struct err *err)
{
	auto_free char *key = lower_name(name);
	auto_json json_t *own = json_object();
	const char *type;
	json_t *v;

	json_object_foreach ((json_t *)sets, type, v) {
		const struct zone_type *t = type_by_name(type);
		auto_json json_t *list = json_is_array(v) ? json_copy(v) : json_pack("[O]", v);
		int rc;

		if (!t)
			return err_set(err, ERR_USAGE, EINVAL, "Record '%s': no type '%s'", name,
				       type);
		rc = check_values(name, t, list, err);
		if (rc < 0)
			return rc;
		json_object_set(own, type, list);
	}
	if (!key || json_object_set(z->names, key, own) < 0)
		return err_sys(err, ENOMEM, "Can't keep records");
	return 0;
}

int dns_zone_new(const json_t *records, bool wildcard, uint32_t ttl, struct dns_zone **ret,
		 struct err *err)
{
	struct dns_zone *z = calloc(1, sizeof(*z));
	const char *name;
	json_t *sets;

	if (!z)
		return err_sys(err, ENOMEM, "Can't keep records");
	*z = (struct dns_zone){.names = json_object(), .wildcard = wildcard, .ttl = ttl};
	json_object_foreach ((json_t *)records, name, sets) {
		int rc = add_name(z, name, sets, err);

		if (rc < 0) {
			dns_zone_free(z);
			return rc;
		}
	}
	*ret = z;
	return 0;
}

void dns_zone_free(struct dns_zone *z)
{
	if (!z)
		return;
	json_decref(z->names);
	free(z);
}

bool dns_zone_empty(const struct dns_zone *z)
{
	return json_object_size(z->names) == 0;
}

/* The record sets for name: its own, else those of "*.above", else with wildcard those of a name
 * above it. */
static const json_t *find(const struct dns_zone *z, const char *name)
{
	const json_t *sets = json_object_get(z->names, name);
	char star[1024 + 3];

	for (const char *dot = strchr(name, '.'); !sets && dot; dot = strchr(dot + 1, '.')) {
		snprintf(star, sizeof(star), "*%s", dot);
		sets = json_object_get(z->names, star);
		if (!sets && z->wildcard)
			sets = json_object_get(z->names, dot + 1);
	}
	return sets;
}

static void push_set(const struct dns_zone *z, const ldns_rdf *owner, const struct zone_type *t,
		     const json_t *values, ldns_pkt *answer)
{
	const json_t *v;
	size_t i;

	json_array_foreach (values, i, v) {
		ldns_rr *rr = make_rr(ldns_rdf_clone(owner), t, json_string_value(v), z->ttl);

		if (rr && !ldns_pkt_push_rr(answer, LDNS_SECTION_ANSWER, rr))
			ldns_rr_free(rr);
	}
}

static void push_sets(const struct dns_zone *z, const ldns_rdf *owner, const json_t *sets,
		      ldns_rr_type type, ldns_pkt *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (type == types[i].type || type == LDNS_RR_TYPE_ANY)
			push_set(z, owner, &types[i], json_object_get(sets, types[i].name), answer);
}

/* Where a CNAME leads; NULL when there is none, or when the CNAME itself was asked for. */
static const char *alias(const json_t *sets, ldns_rr_type type)
{
	if (type == LDNS_RR_TYPE_CNAME || type == LDNS_RR_TYPE_ANY)
		return NULL;
	return json_string_value(json_array_get(json_object_get(sets, "CNAME"), 0));
}

bool dns_zone_answer(const struct dns_zone *z, const struct dns_query *q, ldns_pkt *answer)
{
	const json_t *sets = find(z, q->name);
	ldns_rdf *owner = sets ? ldns_rdf_clone(ldns_rr_owner(q->question)) : NULL;

	if (!owner)
		return false;
	ldns_pkt_set_aa(answer, true);
	for (int i = 0; sets && owner && i < ZONE_CHAIN_MAX; i++) {
		const char *to = alias(sets, q->type);
		auto_free char *key = to ? lower_name(to) : NULL;

		push_sets(z, owner, sets, to ? LDNS_RR_TYPE_CNAME : q->type, answer);
		ldns_rdf_deep_free(owner);
		owner = to ? ldns_dname_new_frm_str(to) : NULL;
		sets = key ? find(z, key) : NULL;
	}
	ldns_rdf_deep_free(owner);
	return true;
}

bool dns_zone_push_address(const struct dns_query *q, ldns_pkt *answer, const char *address)
{
	const struct zone_type *t = type_by_name(strchr(address, ':') ? "AAAA" : "A");
	ldns_rr *rr;

	if (q->type != t->type)
		return false;
	rr = make_rr(ldns_rdf_clone(ldns_rr_owner(q->question)), t, address, ZONE_WRONG_TTL);
	return rr && ldns_pkt_push_rr(answer, LDNS_SECTION_ANSWER, rr);
}
