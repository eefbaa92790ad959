/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that share another node's. */
#include "model/mirror.h"

#include <string.h>

bool mirror_parse(const char *text, struct mirror_name *ret)
{
	const char *slash = strchr(text, '/');
	struct mirror_name n = {{0}, {0}};
	size_t len = slash ? (size_t)(slash - text) : 0;

	if (!len || len >= sizeof(n.node) || !slash[1] || strlen(slash + 1) >= sizeof(n.iface) ||
	    strchr(slash + 1, '/'))
		return false;
	memcpy(n.node, text, len);
	memcpy(n.iface, slash + 1, strlen(slash + 1));
	*ret = n;
	return true;
}

static const struct iface *on_segment(const struct node *n, const char *segment)
{
	for (size_t i = 0; segment[0] && i < n->n_ifaces; i++)
		if (strcmp(n->ifaces[i].segment, segment) == 0)
			return &n->ifaces[i];
	return NULL;
}

struct mirrored mirror_find(const struct model *m, const struct iface *f)
{
	struct mirrored out = {0};
	struct mirror_name name;

	if (!m || !f || !mirror_parse(f->mirrors, &name))
		return out;
	out.node = model_node(m, name.node);
	out.iface = node_iface(out.node, name.iface);
	if (out.iface)
		out.loopback = on_segment(out.node, f->loopback);
	return out;
}
