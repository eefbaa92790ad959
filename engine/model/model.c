/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab as plain data: in and out of JSON, look-ups, the end of it. */
#include "model/model.h"

#include <string.h>

#include "model/check.h"
#include "model/normal.h"
#include "model/shape.h"

int model_from_json(const json_t *j, struct model **ret, struct err *err)
{
	auto_model *m = calloc(1, sizeof(*m));
	struct where top = {""};
	int rc;

	if (!m)
		return err_sys(err, ENOMEM, "Can't read a model");
	rc = shape_read(&shape_model, j, &top, m, err);
	if (rc < 0)
		return rc;
	rc = model_normalise(m, err);
	if (rc < 0)
		return rc;
	rc = model_check(m, err);
	if (rc < 0)
		return rc;
	*ret = ptr_steal(m);
	return 0;
}

json_t *model_to_json(const struct model *m)
{
	return shape_write(&shape_model, m);
}

void model_free(struct model *m)
{
	if (!m)
		return;
	shape_done(&shape_model, m);
	free(m);
}

const struct node *model_node(const struct model *m, const char *name)
{
	for (size_t i = 0; m && i < m->n_nodes; i++)
		if (strcmp(m->nodes[i].name, name) == 0)
			return &m->nodes[i];
	return NULL;
}

const struct iface *node_iface(const struct node *n, const char *name)
{
	for (size_t i = 0; n && i < n->n_ifaces; i++)
		if (strcmp(n->ifaces[i].name, name) == 0)
			return &n->ifaces[i];
	return NULL;
}

const struct service *model_service(const struct model *m, const char *name)
{
	for (size_t i = 0; m && i < m->n_services; i++)
		if (strcmp(m->services[i].name, name) == 0)
			return &m->services[i];
	return NULL;
}

const char *node_role_name(enum node_role r)
{
	return node_role_names[r];
}

const char *iface_kind_name(enum iface_kind k)
{
	return iface_kind_names[k];
}

const char *service_kind_name(enum service_kind k)
{
	return service_kind_names[k];
}
