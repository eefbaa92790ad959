/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The services of the lab: started, changed and stopped by name. */
#include "services/service.h"

#include <string.h>

#include "services/boss.h"
#include "services/ca.h"

struct service {
	struct service *next;
	const struct service_kind *kind;
	void *self;
	char name[];
};

static const struct service_kind *const kinds[] = {
	&service_dns,
	&service_http,
	&service_echo,
	&service_relay,
};

static const struct service_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

static struct service **find(struct serve *serve, const char *name)
{
	struct service **at = &serve->services;

	while (*at && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	return at;
}

static void service_free(struct service *s)
{
	if (s->self)
		s->kind->stop(s->self);
	free(s);
}

static void spec_done(struct service_spec *spec)
{
	for (size_t i = 0; i < spec->n_listens; i++)
		fd_closep(&spec->listens[i].fd);
	fd_closep(&spec->udp);
}

static int read_listen(struct service_listen *l, const json_t *j, struct msg *m, size_t i,
		       struct err *err)
{
	int rc = addr_parse(&l->addr, json_str(j, "address", ""), (uint16_t)json_int(j, "port", 0),
			    err);

	if (rc < 0)
		return rc;
	l->tcp = !strcmp(json_str(j, "proto", ""), "tcp");
	l->fd = msg_take_fd(m, i);
	if (l->fd < 0)
		return err_set(err, ERR_MACHINE, EBADF, "Listen %zu came without a descriptor",
			       i + 1);
	return 0;
}

/* Takes the message's descriptors into the spec; the caller has already made udp -1. */
static int read_spec(struct service_spec *spec, const json_t *service, struct msg *m,
		     struct err *err)
{
	const json_t *listens = json_object_get(service, "listens");
	size_t n = json_array_size(listens);

	if (n > SERVICE_LISTENS_MAX)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d listens", SERVICE_LISTENS_MAX);
	spec->config = json_object_get(service, "config");
	for (size_t i = 0; i < n; i++) {
		struct service_listen *l = &spec->listens[i];
		int rc;

		l->fd = -1;
		spec->n_listens = i + 1;
		rc = read_listen(l, json_array_get(listens, i), m, i, err);
		if (rc < 0)
			return rc;
	}
	spec->udp = msg_take_fd(m, n);
	return 0;
}

static struct service *service_new(const char *name, const struct service_kind *kind)
{
	struct service *s = calloc(1, sizeof(*s) + strlen(name) + 1);

	if (!s)
		return NULL;
	s->kind = kind;
	memcpy(s->name, name, strlen(name) + 1);
	return s;
}

static int start(struct serve *serve, const json_t *service, struct msg *m, struct err *err)
{
	const char *name = json_str(service, "name", "");
	const struct service_kind *kind = find_kind(json_str(service, "kind", ""));
	nd_cleanup(spec_done) struct service_spec spec = {.udp = -1};
	struct service *s;
	int rc;

	if (!kind)
		return err_set(err, ERR_USAGE, EINVAL, "No service kind '%s'",
			       json_str(service, "kind", ""));
	if (!name[0] || *find(serve, name))
		return err_set(err, ERR_USAGE, EEXIST, "Service name '%s' is empty or taken", name);
	rc = read_spec(&spec, service, m, err);
	if (rc < 0)
		return rc;
	s = service_new(name, kind);
	if (!s)
		return err_sys(err, ENOMEM, "Can't start a service");
	spec.name = s->name;
	rc = kind->start(serve, &spec, &s->self, err);
	if (rc < 0) {
		service_free(s);
		return rc;
	}
	s->next = serve->services;
	serve->services = s;
	return 0;
}

static void answer_ca(struct serve *serve, json_int_t id, const struct err *err)
{
	auto_json json_t *pem = err ? NULL : json_pack("{s:s}", "pem", ca_pem(serve->ca));

	boss_answer(serve, id, pem, err);
}

static void do_start(struct serve *serve, json_int_t id, struct msg *m)
{
	const json_t *service = json_object_get(m->body, "service");
	struct err err = {0};

	if (start(serve, service, m, &err) < 0)
		err_wrap(&err, "Service '%s'", json_str(service, "name", ""));
	boss_answer(serve, id, NULL, &err);
}

static struct service *find_or_err(struct serve *serve, const json_t *body, struct err *err)
{
	const char *name = json_str(body, "name", "");
	struct service *s = *find(serve, name);

	if (!s)
		err_set(err, ERR_USAGE, ENOENT, "No service '%s'", name);
	return s;
}

static void do_set(struct serve *serve, json_int_t id, struct msg *m)
{
	struct err err = {0};
	struct service *s = find_or_err(serve, m->body, &err);

	if (s && s->kind->set(s->self, json_object_get(m->body, "config"), &err) < 0)
		err_wrap(&err, "Service '%s'", s->name);
	boss_answer(serve, id, NULL, &err);
}

static void do_stop(struct serve *serve, json_int_t id, struct msg *m)
{
	struct err err = {0};
	struct service *s = find_or_err(serve, m->body, &err);

	if (s) {
		*find(serve, s->name) = s->next;
		service_free(s);
	}
	boss_answer(serve, id, NULL, &err);
}

static void do_ca(struct serve *serve, json_int_t id, struct msg *m)
{
	(void)m;
	ca_when_ready(serve, id, answer_ca);
}

static const struct {
	const char *name;
	void (*fn)(struct serve *serve, json_int_t id, struct msg *m);
} verbs[] = {
	{"start", do_start},
	{"set", do_set},
	{"stop", do_stop},
	{"ca", do_ca},
};

void service_request(struct serve *serve, struct msg *m)
{
	const char *verb = json_str(m->body, "do", "");
	json_int_t id = json_int(m->body, "id", 0);
	struct err err = {0};

	if (id <= 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verbs[i].name, verb)) {
			verbs[i].fn(serve, id, m);
			return;
		}
	}
	err_set(&err, ERR_USAGE, EINVAL, "Unknown request '%s'", verb);
	boss_answer(serve, id, NULL, &err);
}

void service_stop_all(struct serve *serve)
{
	while (serve->services) {
		struct service *s = serve->services;

		serve->services = s->next;
		service_free(s);
	}
}
