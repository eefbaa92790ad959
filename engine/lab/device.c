/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the kernel's devices a tunnel is made of. */
#include "lab/device.h"

#include <string.h>

/* As the kernel itself calls it; "" where it can't be read. Caller frees. */
static char *kind_of(struct lab *lab, const char *node, const char *dev)
{
	const struct build_port *b = &lab->ports.build;
	auto_json json_t *links = NULL;
	const json_t *one;
	size_t i;

	if (b->read(b->ctx, node, READ_LINKS, "", &links, NULL) < 0)
		return strdup("");
	json_array_foreach (links, i, one)
		if (!strcmp(json_str(one, "ifname", ""), dev))
			return strdup(json_str(one, "kind", ""));
	return strdup("");
}

static void note_end(struct lab *lab, const struct node *n, const struct iface *f)
{
	auto_free char *kind = kind_of(lab, n->name, f->name);
	const char *device = kind;
	json_t *devices;

	if (!kind || !*kind)
		return;
	if (f->carried && !strcmp(kind, "veth"))
		device = "vxlan"; /* where its pair leads: netns/carry.c */
	if (!json_object_get(lab->devices, n->name))
		json_object_set_new(lab->devices, n->name, json_object());
	devices = json_object_get(lab->devices, n->name);
	json_object_set_new(devices, f->name, json_string(device));
	lab_event(lab, "lab", n->name, "lab",
		  json_pack("{s:s, s:s, s:s}", "what", "device", "dev", f->name, "device", device));
}

static void forget_end(struct lab *lab, const struct node *n, const struct iface *f)
{
	json_t *devices = json_object_get(lab->devices, n->name);

	json_object_del(devices, f->name);
	if (!json_object_size(devices))
		json_object_del(lab->devices, n->name);
}

void device_note(struct lab *lab, const struct op *op)
{
	void (*fn)(struct lab *, const struct node *, const struct iface *) = NULL;

	if (op->kind == OP_LINK_ADD)
		fn = note_end;
	if (op->kind == OP_LINK_DEL)
		fn = forget_end;
	if (!fn || op->iface->kind != IFACE_TUNNEL)
		return;
	fn(lab, op->node, op->iface);
	if (op->peer_iface)
		fn(lab, op->peer_node, op->peer_iface);
}

const json_t *device_of(const struct lab *lab, const char *node)
{
	return json_object_get(lab->devices, node);
}
