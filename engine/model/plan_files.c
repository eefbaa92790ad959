/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner's phases for files and services, which the lab itself carries out. */
#include <string.h>

#include "model/planner.h"

static const struct file *find_file(const struct node *n, const char *path)
{
	for (size_t i = 0; n && i < n->n_files; i++)
		if (strcmp(n->files[i].path, path) == 0)
			return &n->files[i];
	return NULL;
}

/* The node as it was, NULL when it is a new one. */
static const struct node *node_before(const struct change *c, const struct node *n)
{
	return fate_node_stays(c, n->name) ? model_node(c->from, n->name) : NULL;
}

static bool same_file(const struct file *a, const struct file *b)
{
	return a && a->remove == b->remove && a->mode == b->mode &&
	       strcmp(a->content, b->content) == 0 && strcmp(a->symlink, b->symlink) == 0;
}

static void emit_file(struct planner *p, enum op_kind kind, const struct node *n,
		      const struct file *f)
{
	planner_emit(p, (struct op){.kind = kind, .node = n, .file = f});
}

/* Files of before that `to` does not name: they were ours, so they go. */
static void forgotten_files(struct planner *p, const struct node *was, const struct node *n)
{
	for (size_t i = 0; was && i < was->n_files; i++)
		if (!was->files[i].remove && !find_file(n, was->files[i].path))
			emit_file(p, OP_FILE_DEL, n, &was->files[i]);
}

static void changed_files(struct planner *p, const struct node *was, const struct node *n,
			  enum op_kind kind)
{
	for (size_t i = 0; i < n->n_files; i++) {
		const struct file *f = &n->files[i];

		if (f->remove == (kind == OP_FILE_DEL) && !same_file(find_file(was, f->path), f))
			emit_file(p, kind, n, f);
	}
}

void plan_files_del(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_nodes; i++) {
		const struct node *n = &m->nodes[i], *was = node_before(&p->c, n);

		forgotten_files(p, was, n);
		changed_files(p, was, n, OP_FILE_DEL);
	}
}

void plan_files_set(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_nodes; i++)
		changed_files(p, node_before(&p->c, &m->nodes[i]), &m->nodes[i], OP_FILE_SET);
}

static void emit_service(struct planner *p, enum op_kind kind, const struct model *m,
			 const struct service *s)
{
	planner_emit(p, (struct op){.kind = kind, .node = model_node(m, s->node), .service = s});
}

void plan_services_stop(struct planner *p)
{
	const struct model *m = p->c.from;

	for (size_t i = 0; m && i < m->n_services; i++)
		if (m->services[i].running && !fate_service_stays(&p->c, &m->services[i]))
			emit_service(p, OP_SERVICE_STOP, m, &m->services[i]);
}

void plan_services_start(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_services; i++) {
		const struct service *s = &m->services[i], *was = model_service(p->c.from, s->name);

		if (s->running && !(was && fate_service_stays(&p->c, was)))
			emit_service(p, OP_SERVICE_START, m, s);
	}
}

void plan_services_set(struct planner *p)
{
	const struct model *m = p->c.to;

	for (size_t i = 0; m && i < m->n_services; i++) {
		const struct service *s = &m->services[i], *was = model_service(p->c.from, s->name);

		if (was && fate_service_stays(&p->c, was) && !json_equal(was->config, s->config))
			emit_service(p, OP_SERVICE_SET, m, s);
	}
}
