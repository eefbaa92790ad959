/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab says which device of the kernel a tunnel is. */
#include <string.h>

#include "lab/change.h"
#include "lab/device.h"
#include "tests/unit/lab_rig.h"

static struct rig r;

/* nat with a VPN between windows and internet. */
static json_t *with_tunnel(void)
{
	json_t *m = rig_nat();

	json_array_append_new(json_object_get(m, "segments"), json_pack("{s:s}", "name", "vpn"));
	json_array_append_new(
		json_object_get(rig_node(m, "windows"), "ifaces"),
		json_pack("{s:s, s:s, s:s}", "name", "ppp0", "kind", "tunnel", "segment", "vpn"));
	json_array_append_new(json_object_get(rig_node(m, "internet"), "ifaces"),
			      json_pack("{s:s, s:s, s:s, s:s}", "name", "tun0", "kind", "tunnel",
					"segment", "vpn", "endpoint", "203.0.113.1:51820"));
	return m;
}

static void links(const char *node, const char *dev, const char *kind)
{
	fake_build_answer(&r.build, node, "links", "",
			  json_pack("[{s:s, s:s}, {s:s, s:s}]", "ifname", "eth0", "kind", "veth",
				    "ifname", dev, "kind", kind));
}

static struct model *parse(json_t *j)
{
	struct model *m = NULL;
	struct err err = {0};

	ck_assert_msg(model_from_json(j, &m, &err) == 0, "%s", err.msg);
	json_decref(j);
	return m;
}

static void setup(void)
{
	rig_init(&r);
	links("windows", "ppp0", "wireguard");
	links("internet", "tun0", "wireguard");
}

static void teardown(void)
{
	rig_done(&r);
}

static json_t *event_of(json_t *log, const char *node)
{
	json_t *e;
	size_t i;

	json_array_foreach (log, i, e)
		if (!strcmp(json_str(e, "what", ""), "device") &&
		    !strcmp(json_str(e, "node", ""), node))
			return e;
	ck_abort_msg("no event of %s", node);
	return NULL;
}

static json_t *node_of(json_t *up, const char *name)
{
	json_t *n;
	size_t i;

	json_array_foreach (json_object_get(up, "nodes"), i, n)
		if (!strcmp(json_str(n, "name", ""), name))
			return n;
	ck_abort_msg("no node %s", name);
	return NULL;
}

START_TEST(from_the_start)
{
	auto_json json_t *up = NULL;
	auto_json json_t *log = NULL;
	json_t *e;

	fake_peer_answer(&r.script, "model", json_pack("{s:o}", "model", with_tunnel()));
	rig_open(&r);
	up = rig_boot(&r, json_pack("{s:b}", "healthy", 1));
	log = rig_log(&r);
	e = event_of(log, "windows");
	ck_assert_str_eq(json_str(e, "kind", ""), "lab");
	ck_assert_str_eq(json_str(e, "dev", ""), "ppp0");
	ck_assert_str_eq(json_str(e, "device", ""), "wireguard");
	ck_assert_str_eq(json_str(event_of(log, "internet"), "dev", ""), "tun0");
	ck_assert_str_eq(json_str(json_object_get(node_of(up, "windows"), "devices"), "ppp0", ""),
			 "wireguard");
	ck_assert_ptr_null(json_object_get(node_of(up, "wsl"), "devices"));
}
END_TEST

START_TEST(comes_and_goes)
{
	rig_open(&r);
	json_decref(rig_boot(&r, json_pack("{s:b}", "healthy", 1)));
	ck_assert_int_eq(r.lab.phase, LAB_READY);
	ck_assert_uint_eq(rig_logged(&r, "lab", "device"), 0);
	change_later(&r.lab, parse(with_tunnel()));
	rig_turn(&r);
	ck_assert_str_eq(json_str(device_of(&r.lab, "internet"), "tun0", ""), "wireguard");
	change_later(&r.lab, parse(rig_nat()));
	rig_turn(&r);
	ck_assert_ptr_null(device_of(&r.lab, "internet"));
	links("windows", "ppp0", "veth");
	change_later(&r.lab, parse(with_tunnel()));
	rig_turn(&r);
	ck_assert_str_eq(json_str(device_of(&r.lab, "windows"), "ppp0", ""), "veth");
	ck_assert_uint_eq(rig_logged(&r, "lab", "device"), 4);
}
END_TEST

/* What carries its packets is not in the node. */
START_TEST(a_carried_one_is_no_mere_pair)
{
	auto_json json_t *log = NULL;
	json_t *m = with_tunnel(), *f;
	size_t i;

	links("windows", "ppp0", "veth");
	links("internet", "tun0", "veth");
	json_array_foreach (json_object_get(rig_node(m, "windows"), "ifaces"), i, f)
		if (!strcmp(json_str(f, "name", ""), "ppp0"))
			json_object_set_new(f, "carried", json_true());
	json_array_foreach (json_object_get(rig_node(m, "internet"), "ifaces"), i, f)
		if (!strcmp(json_str(f, "name", ""), "tun0"))
			json_object_set_new(f, "carried", json_true());
	fake_peer_answer(&r.script, "model", json_pack("{s:o}", "model", m));
	rig_open(&r);
	json_decref(rig_boot(&r, json_pack("{s:b}", "healthy", 1)));
	log = rig_log(&r);
	ck_assert_str_eq(json_str(event_of(log, "windows"), "device", ""), "vxlan");
	ck_assert_str_eq(json_str(event_of(log, "internet"), "device", ""), "vxlan");
}
END_TEST

TCase *lab_device_case(void)
{
	TCase *t = tcase_create("device");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, from_the_start);
	tcase_add_test(t, comes_and_goes);
	tcase_add_test(t, a_carried_one_is_no_mere_pair);
	return t;
}
