/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model: a good one in and out of JSON, and every way to be a bad one. */
#include <check.h>
#include <string.h>

#include "model/model.h"
#include "tests/unit/random_model.h"

static json_t *load(void)
{
	json_error_t e;
	json_t *j = json_load_file(TEST_DATA "/nat.json", 0, &e);

	ck_assert_msg(j != NULL, "%s", e.text);
	return j;
}

START_TEST(nat_is_read)
{
	auto_json json_t *j = load();
	auto_model *m = NULL;
	const struct node *wsl;
	const struct iface *eth0;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	ck_assert_str_eq(m->name, "wsl2.nat");
	ck_assert_uint_eq(m->n_nodes, 5);
	wsl = model_node(m, "wsl");
	ck_assert_int_eq(wsl->role, ROLE_WSL);
	ck_assert_str_eq(wsl->user, "learner");
	eth0 = node_iface(wsl, "eth0");
	ck_assert_uint_eq(eth0->queues, 2);
	ck_assert_str_eq(eth0->addresses[0].cidr, "172.27.43.151/20");
	ck_assert_str_eq(wsl->routes[0].protocol, "kernel");
	ck_assert_uint_eq(wsl->routes[0].table, 254);
	ck_assert_uint_eq(wsl->files[0].mode, 0644);
	ck_assert_int_eq(model_service(m, "web")->kind, SERVICE_HTTP);
	ck_assert_ptr_null(model_node(m, "nobody"));
	ck_assert_ptr_null(node_iface(wsl, "eth9"));
	ck_assert_ptr_null(model_service(m, "nothing"));
	ck_assert_ptr_null(model_node(NULL, "wsl"));
}
END_TEST

START_TEST(json_form_comes_back)
{
	auto_json json_t *j = load();
	auto_json json_t *once = NULL;
	auto_json json_t *twice = NULL;
	auto_model *m = NULL;
	auto_model *again = NULL;

	ck_assert_int_eq(model_from_json(j, &m, NULL), 0);
	once = model_to_json(m);
	ck_assert_int_eq(model_from_json(once, &again, NULL), 0);
	twice = model_to_json(again);
	ck_assert(json_equal(once, twice));
}
END_TEST

START_TEST(random_ones_come_back)
{
	for (uint64_t seed = 1; seed < 300; seed++) {
		auto_model *m = random_model(seed, 0, 0);
		auto_model *again = NULL;
		auto_json json_t *once = m ? model_to_json(m) : NULL;
		auto_json json_t *twice = NULL;

		if (!m)
			continue;
		ck_assert_int_eq(model_from_json(once, &again, NULL), 0);
		twice = model_to_json(again);
		ck_assert(json_equal(once, twice));
	}
}
END_TEST

START_TEST(smallest_one)
{
	auto_json json_t *j = json_pack("{s:s, s:[{s:s}]}", "name", "x", "nodes", "name", "a");
	auto_model *m = NULL;

	ck_assert_int_eq(model_from_json(j, &m, NULL), 0);
	ck_assert_str_eq(m->nodes[0].hostname, "a");
	ck_assert_str_eq(m->nodes[0].user, "root");
	ck_assert_str_eq(m->nodes[0].ruleset, "");
	ck_assert_int_eq(m->nodes[0].role, ROLE_OTHER);
}
END_TEST

START_TEST(values_get_one_spelling)
{
	auto_json json_t *j = json_loads("{\"name\":\"x\",\"segments\":[{\"name\":\"s\"}],"
					 "\"nodes\":[{\"name\":\"a\",\"ifaces\":[{\"name\":"
					 "\"e\",\"segment\":\"s\",\"queues\":0,\"mac\":\"02:AB:00:"
					 "00:00:01\",\"addresses\":[{\"cidr\":"
					 "\"FD00:0::1/64\"}]}],\"routes\":[{\"dst\":\"::/"
					 "0\",\"via\":\"FD00::2\"}],\"rules\":[{"
					 "\"priority\":1,\"table\":9,\"fwmark\":7}]}]}",
					 0, NULL);
	auto_model *m = NULL;
	struct err e = {0};

	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	ck_assert_str_eq(m->nodes[0].ifaces[0].mac, "02:ab:00:00:00:01");
	ck_assert_uint_eq(m->nodes[0].ifaces[0].queues, 1);
	ck_assert_str_eq(m->nodes[0].ifaces[0].addresses[0].cidr, "fd00::1/64");
	ck_assert_str_eq(m->nodes[0].routes[0].dst, "default");
	ck_assert(m->nodes[0].routes[0].ipv6);
	ck_assert_uint_eq(m->nodes[0].rules[0].fwmask, UINT32_MAX);
}
END_TEST

/* --- bad ones
 * ------------------------------------------------------------------------------------------------
 */

/* One step of "nodes/4/ifaces"; NULL when there is none. */
static json_t *step(json_t *j, const char *part)
{
	return json_is_array(j) ? json_array_get(j, (size_t)atoi(part)) : json_object_get(j, part);
}

/* Puts value (JSON text; NULL: takes it away; "+...": appends to the array) at a path. */
static void edit(json_t *root, const char *path, const char *value)
{
	auto_free char *copy = strdup(path);
	char *last = strrchr(copy, '/'), *part, *rest;
	const char *key = last ? last + 1 : copy;
	json_t *at = root, *v = NULL;
	bool append = value && value[0] == '+';

	if (last)
		*last = '\0';
	for (part = last ? strtok_r(copy, "/", &rest) : NULL; part;
	     part = strtok_r(NULL, "/", &rest)) {
		at = step(at, part);
		ck_assert_msg(at != NULL, "no %s in %s", part, path);
	}
	if (value) {
		v = json_loads(value + append, JSON_DECODE_ANY, NULL);
		ck_assert_msg(v != NULL, "not JSON: %s", value);
	}
	if (append && !step(at, key))
		json_object_set_new(at, key, json_array());
	if (append)
		json_array_append_new(step(at, key), v);
	else if (!v && json_is_array(at))
		json_array_remove(at, (size_t)atoi(key));
	else if (!v)
		json_object_del(at, key);
	else if (json_is_array(at))
		json_array_set_new(at, (size_t)atoi(key), v);
	else
		json_object_set_new(at, key, v);
}

/* An edit of nat.json, and what is said about it. */
static const struct {
	const char *path, *value, *says;
} bad[] = {
	/* keys and types */
	{"nmae", "\"x\"", "Unknown key 'nmae', did you mean 'name'?"},
	{"name", NULL, "The model has no 'name'"},
	{"name", "\"\"", "name: Empty"},
	{"name", "5", "name: Not a string"},
	{"nodes", "{}", "nodes: Not an array"},
	{"nodes", "[]", "nodes: A lab needs a node"},
	{"nodes/0", "5", "nodes[0]: Not an object (node)"},
	{"nodes/0/ifaces/0/adresses", "[]",
	 "nodes[0].ifaces[0]: Unknown key 'adresses', did you mean 'addresses'?"},
	{"nodes/0/zzzzzzzz", "1", "nodes[0]: Unknown key 'zzzzzzzz'"},
	{"nodes/0/a\\u001b", "1", "nodes[0]: Unknown key"},
	{"nodes/0/observed", "1", "nodes[0].observed: Not true or false"},
	{"nodes/0/observed", "null", "nodes[0].observed: Not true or false"},
	{"nodes/0/role", "\"wls\"",
	 "nodes[0].role: 'wls' is not one of other, internet, router, lan, windows or wsl"},
	{"nodes/0/role", "3", "nodes[0].role: Not a string"},
	{"nodes/0/user", "\"bob\"", "nodes[0].user: 'bob' is not one of"},
	{"services/0/config", "[]", "services[0].config: Not an object"},
	{"services/0/kind", NULL, "services[0]: The service has no 'kind'"},
	/* names */
	{"nodes/0/name", "\"Internet\"", "nodes[0].name: 'Internet' is no name"},
	{"nodes/0/name", "\"0a\"", "nodes[0].name: '0a' is no name"},
	{"nodes/0/name", "\"abcdefghijklmnop\"", "nodes[0].name: 'abcdefghijklmnop' is no name"},
	{"nodes/0/name", "\"../x\"", "nodes[0].name: '../x' is no name"},
	{"nodes/1/name", "\"internet\"", "nodes[1]: 'internet' is already nodes[0]"},
	{"segments/1/name", "\"wan\"", "segments[1]: 'wan' is already segments[0]"},
	{"services/1/name", "\"internet-dns\"",
	 "services[1]: 'internet-dns' is already services[0]"},
	{"nodes/0/hostname", "\"a b\"", "nodes[0].hostname: 'a b' is no host name"},
	{"nodes/0/hostname", "\"-a\"", "is no host name"},
	{"nodes/0/kernel", "\"6.6\\n\"", "nodes[0].kernel: '6.6?' holds a control character"},
	{"nodes/4/env/0/name", "\"A=B\"", "nodes[4].env[0].name: 'A=B' is no variable's name"},
	{"nodes/4/env/1/name", "\"WSL_DISTRO_NAME\"",
	 "nodes[4].env[1]: 'WSL_DISTRO_NAME' is already env[0]"},
	/* interfaces */
	{"nodes/4/ifaces/0/name", "\"abcdefghijklmnop\"",
	 "nodes[4].ifaces[0].name: 'abcdefghijklmnop' is longer than the 15 bytes"},
	{"nodes/4/ifaces/0/name", "\"a/b\"", "nodes[4].ifaces[0].name: 'a/b' is no interface name"},
	{"nodes/4/ifaces/0/name", "\"lo\"",
	 "nodes[4].ifaces[0]: 'lo' is the loopback interface, and the only one"},
	{"nodes/4/ifaces/0/kind", "\"loopback\"", "'lo' is the loopback interface"},
	{"nodes/4/ifaces/0/kind", "\"dummy\"",
	 "nodes[4].ifaces[0]: Only a veth or a tunnel joins a segment"},
	{"nodes/4/ifaces/0/segment", "\"vswich\"",
	 "nodes[4].ifaces[0]: Unknown segment 'vswich', did you mean 'vswitch'?"},
	{"nodes/4/ifaces/0/segment", NULL, "nodes[4].ifaces[0]: A veth must join a segment"},
	{"nodes/4/ifaces/0/carried", "true", "nodes[4].ifaces[0]: Only a tunnel is 'carried'"},
	{"nodes/4/ifaces/0/endpoint", "\"203.0.113.50:51820\"",
	 "nodes[4].ifaces[0]: Only a tunnel has an endpoint"},
	{"nodes/4/ifaces", "+{\"name\":\"wg0\",\"kind\":\"tunnel\"}",
	 "nodes[4].ifaces[1]: A tunnel must join a segment"},
	{"nodes/4/ifaces/0/master", "\"docker0\"",
	 "nodes[4].ifaces[0]: Node 'wsl' has no interface 'docker0'"},
	{"nodes/4/ifaces/0/master", "\"lo\"", "nodes[4].ifaces[0]: 'lo' is no bridge"},
	{"nodes/4/ifaces/0/master", "\"eth0\"", "nodes[4].ifaces[0]: 'eth0' is no bridge"},
	{"nodes/4/ifaces",
	 "[{\"name\":\"docker0\",\"kind\":\"bridge\",\"master\":\"docker0\"},"
	 "{\"name\":\"eth0\",\"segment\":\"vswitch\","
	 "\"addresses\":[{\"cidr\":\"172.27.43.151/20\"}]}]",
	 "nodes[4].ifaces[0]: A bridge can't be a bridge's port"},
	{"nodes/4/ifaces/0/mtu", "20", "nodes[4].ifaces[0].mtu: 20 is out of range 68-65535"},
	{"nodes/4/ifaces/0/mtu", "70000", "nodes[4].ifaces[0].mtu: 70000 is out of range"},
	{"nodes/4/ifaces/0/mtu", "-1", "nodes[4].ifaces[0].mtu: -1 is out of range"},
	{"nodes/4/ifaces/0/mtu", "1500.5", "nodes[4].ifaces[0].mtu: Not a whole number"},
	{"nodes/4/ifaces/0/mtu", "9223372036854775807", "is out of range"},
	{"nodes/4/ifaces/0/queues", "9", "nodes[4].ifaces[0].queues: 9 is out of range 1-8"},
	{"nodes/4/ifaces/0/mac", "\"00:15:5d:21:8f\"", "is no MAC address"},
	{"nodes/4/ifaces/0/mac", "\"01:15:5d:21:8f:3b\"", "is a multicast MAC address"},
	{"nodes/4/ifaces/0/mac", "\"0B:15:5d:21:8f:3b\"", "is a multicast MAC address"},
	{"nodes/4/ifaces/0/mac", "\"00:15:5d:a0:2c:01\"",
	 "nodes[4].ifaces[0]: 00:15:5d:a0:2c:01 is also the MAC of nodes[3].ifaces[1], on the same "
	 "segment 'vswitch'"},
	{"nodes/3/ifaces/1/name", "\"eth0\"", "nodes[3].ifaces[1]: 'eth0' is already ifaces[0]"},
	{"nodes/4/ifaces/0/label", "\"a\\u0007\"", "holds a control character"},
	/* addresses */
	{"nodes/4/ifaces/0/addresses/0/cidr", "\"172.27.43.151\"",
	 "nodes[4].ifaces[0].addresses[0].cidr: '172.27.43.151' is no address with a prefix "
	 "length"},
	{"nodes/4/ifaces/0/addresses/0/cidr", "\"172.27.43.151/33\"", "is no address with"},
	{"nodes/4/ifaces/0/addresses/0/cidr", "\"172.27.43.999/20\"", "is no address with"},
	{"nodes/4/ifaces/0/addresses/0/cidr", "\"172.27.43.1/020\"", "is no address with"},
	{"nodes/3/ifaces/1/addresses/0/cidr", "\"172.27.43.151/20\"",
	 "nodes[4].ifaces[0]: 172.27.43.151/20 is also on nodes[3].ifaces[1], on the same segment "
	 "'vswitch'"},
	{"nodes/4/ifaces/0/addresses", "+{\"cidr\":\"172.27.43.151/24\"}",
	 "nodes[4].ifaces[0].addresses[1]: 172.27.43.151/24 is already addresses[0]"},
	{"nodes/4/ifaces/0/addresses", "+{\"cidr\":\"fd00::1/64\",\"broadcast\":\"10.0.0.1\"}",
	 "Only IPv4 has a broadcast address"},
	{"nodes/4/ifaces/0/addresses/0/nodad", "true",
	 "nodes[4].ifaces[0].addresses[0]: Only IPv6 asks for duplicates: no 'nodad'"},
	{"nodes/4/ifaces/0/addresses/0/scope", "\"site\"",
	 "nodes[4].ifaces[0].addresses[0].scope: 'site' is not one of empty, link or host"},
	{"nodes/4/ifaces/0/addresses", "+{\"cidr\":\"fd00::1/64\",\"scope\":\"link\"}",
	 "nodes[4].ifaces[0].addresses[1]: The kernel has no scope 'link' for fd00::1/64"},
	{"nodes/4/ifaces/0/addresses", "+{\"cidr\":\"172.27.43.9/20\",\"scope\":\"link\"}",
	 "nodes[4].ifaces[0].addresses[1]: The kernel has no scope 'link' for 172.27.43.9/20 "
	 "beside its subnet's first"},
	{"nodes/4/ifaces/0/addresses", "+\"172.27.43.9/20\"",
	 "nodes[4].ifaces[0].addresses[1]: Not an object (address)"},
	/* routes */
	{"nodes/4/routes/0/dst", NULL, "nodes[4].routes[0]: The route has no 'dst'"},
	{"nodes/4/routes/0/dst", "\"10.0.0.1/8\"",
	 "nodes[4].routes[0].dst: '10.0.0.1/8' has address bits set behind its prefix length"},
	{"nodes/4/routes/0/via", "\"172.28.0.1\"",
	 "nodes[4].routes[0]: The gateway 172.28.0.1 is on no connected subnet of 'eth0'"},
	{"nodes/4/routes/0/via", "\"172.27.43.151\"", "is on no connected subnet"},
	{"nodes/4/routes", "+{\"dst\":\"10.0.0.0/8\",\"via\":\"fe80::1\",\"dev\":\"eth0\"}",
	 "nodes[4].routes[1]: IPv4 and IPv6 are mixed"},
	{"nodes/4/routes/0/dev", "\"eth1\"",
	 "nodes[4].routes[0]: Node 'wsl' has no interface 'eth1', did you mean 'eth0'?"},
	{"nodes/4/ifaces/0/up", "false",
	 "nodes[4].routes[0]: The gateway 172.27.32.1 is behind 'eth0', which is down"},
	{"nodes/4/ifaces/0/addresses/0/noprefixroute", "true",
	 "is on no connected subnet of 'eth0'"},
	{"nodes/4/routes/0/src", "\"172.27.43.1\"",
	 "nodes[4].routes[0]: The source 172.27.43.1 is no address of 'wsl'"},
	{"nodes/4/routes/0/type", "\"blackhole\"", "A blackhole route has neither 'via' nor 'dev'"},
	{"nodes/4/routes/0/type", "\"nat\"",
	 "is not one of unicast, blackhole, unreachable or prohibit"},
	{"nodes/4/routes/0/protocol", "\"bgp\"",
	 "nodes[4].routes[0].protocol: 'bgp' is not one of"},
	{"nodes/4/routes/0/scope", "\"link\"", "A route with a gateway has not scope link"},
	{"nodes/4/routes/0/table", "0", "nodes[4].routes[0].table: 0 is out of range"},
	{"nodes/4/routes", "+{\"dst\":\"10.0.0.0/8\"}",
	 "nodes[4].routes[1]: A route needs 'via' or 'dev'"},
	{"nodes/4/routes", "+{\"dst\":\"0.0.0.0/0\",\"dev\":\"eth0\"}",
	 "nodes[4].routes[1]: routes[0] has the same table, destination and metric"},
	{"nodes/4/routes", "+{\"dst\":\"10.0.0.0/8\",\"via\":\"172.27.32.1\",\"onlink\":true}",
	 "'onlink' needs 'via' and 'dev'"},
	/* rules, neighbours, sysctls, files, trees */
	{"nodes/4/rules", "+{\"table\":100}", "nodes[4].rules[0]: The rule has no 'priority'"},
	{"nodes/4/rules", "+{\"priority\":1,\"table\":100,\"from\":\"10.0.0.1/8\"}",
	 "has address bits set"},
	{"nodes/4/rules",
	 "+{\"priority\":1,\"table\":100,\"from\":\"10.0.0.0/8\",\"to\":\"fd00::/8\"}",
	 "IPv4 and IPv6 are mixed"},
	{"nodes/4/rules", "+{\"priority\":1,\"table\":100,\"iif\":\"eth7\"}",
	 "has no interface 'eth7'"},
	{"nodes/4/rules", "+{\"priority\":1,\"table\":100,\"fwmask\":7}",
	 "'fwmask' without 'fwmark'"},
	{"nodes/4/rules", "+{\"priority\":1,\"table\":100,\"ipproto\":\"sctp\"}",
	 "nodes[4].rules[0].ipproto: 'sctp' is not one of empty, tcp, udp or icmp"},
	{"nodes/4/rules",
	 "[{\"priority\":1,\"table\":100,\"ipproto\":\"tcp\"},"
	 "{\"priority\":1,\"table\":100,\"ipproto\":\"tcp\"}]",
	 "nodes[4].rules[1]: The same as rules[0]"},
	{"nodes/4/rules", "+{\"priority\":0,\"table\":255,\"ipproto\":\"tcp\"}",
	 "nodes[4].rules[0]: The rule 'from all lookup local' has priority 0 too"},
	{"nodes/4/local_rule", "32766", "nodes[4].local_rule: 32766 is out of range 0-32765"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[40960,45055],\"wth\":1}",
	 "nodes[4].port_space: Unknown key 'wth'"},
	{"nodes/4/port_space", "{\"window\":[40960,45055]}",
	 "nodes[4].port_space: The port space has no 'with'"},
	{"nodes/4/port_space", "{\"with\":\"windows\"}",
	 "nodes[4].port_space: The port space has no 'window'"},
	{"nodes/4/port_space", "{\"with\":5,\"window\":[40960,45055]}",
	 "nodes[4].port_space.with: Not a string"},
	{"nodes/4/port_space", "{\"with\":\"nobody\",\"window\":[40960,45055]}",
	 "nodes[4].port_space.with: Unknown node 'nobody'"},
	{"nodes/4/port_space", "{\"with\":\"wsl\",\"window\":[40960,45055]}",
	 "nodes[4].port_space.with: A node shares its ports with another one"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[9,3]}",
	 "nodes[4].port_space.window: Not two ports, the lower first"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[4096]}",
	 "nodes[4].port_space.window: Not two ports, the lower first"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[0,15]}",
	 "nodes[4].port_space.window: Not two ports, the lower first"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[32768,65536]}",
	 "nodes[4].port_space.window: Not two ports, the lower first"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[16,30]}",
	 "nodes[4].port_space.window: Not one aligned block of a power of two"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[8,23]}",
	 "nodes[4].port_space.window: Not one aligned block of a power of two"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[40960,45055],\"dynamic\":5}",
	 "nodes[4].port_space.dynamic: Not two ports, the lower first"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[40960,45055],\"ignored\":80}",
	 "nodes[4].port_space.ignored: Not an array"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"ignored\":[80,\"x\"]}",
	 "nodes[4].port_space.ignored[1]: Not a port"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[40960,45055],\"never\":{}}",
	 "nodes[4].port_space.never: Not an array"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"never\":[{\"proto\":\"icmp\",\"port\":1}"
	 "]}",
	 "nodes[4].port_space.never[0]: Not {"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"never\":[{\"proto\":\"udp\"}]}",
	 "nodes[4].port_space.never[0]: Not {"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"never\":[{\"proto\":\"udp\",\"port\":1,"
	 "\"x\":1}]}",
	 "nodes[4].port_space.never[0]: Not {"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"publish\":\"both\"}",
	 "nodes[4].port_space.publish: Neither 'steer' nor 'relay'"},
	{"nodes/4/neighs", "+{\"dev\":\"eth0\",\"address\":\"172.27.32.1\"}",
	 "nodes[4].neighs[0]: The neighbour has no 'mac'"},
	{"nodes/4/neighs",
	 "+{\"dev\":\"eth5\",\"address\":\"172.27.32.1\",\"mac\":\"02:00:00:00:00:01\"}",
	 "has no interface 'eth5'"},
	{"nodes/4/neighs",
	 "+{\"dev\":\"lo\",\"address\":\"10.0.0.1\",\"mac\":\"02:00:00:00:00:01\"}",
	 "nodes[4].neighs[0]: 'lo' has no neighbours"},
	{"nodes/1/sysctls/0/name", "\"kernel.core_pattern\"",
	 "nodes[1].sysctls[0].name: 'kernel.core_pattern' is not under net."},
	{"nodes/1/sysctls/0/name", "\"net./../kernel/core_pattern\"", "is no sysctl's name"},
	{"nodes/1/sysctls/0/value", "\"1\\n2\"", "holds a control character"},
	{"nodes/1/sysctls/0/value", "1", "nodes[1].sysctls[0].value: Not a string"},
	{"nodes/1/sysctls/0/name", "\"net.ipv4.conf.eth9.rp_filter\"",
	 "nodes[1].sysctls[0]: Node 'router' has no interface 'eth9'"},
	{"nodes/4/files/0/path", "\"etc/passwd\"",
	 "nodes[4].files[0].path: 'etc/passwd' is no absolute path"},
	{"nodes/4/files/0/path", "\"/etc/../../passwd\"", "is no absolute path"},
	{"nodes/4/files/0/path", "\"/etc/..\"", "is no absolute path"},
	{"nodes/4/files/0/path", "\"/etc/resolv.conf\"",
	 "nodes[4].files[1]: '/etc/resolv.conf' is already files[0]"},
	{"nodes/4/files/1/content", "\"x\"", "nodes[4].files[1]: Both 'symlink' and 'content'"},
	{"nodes/4/files/0/remove", "true", "'remove' has no 'symlink' or 'content'"},
	{"nodes/4/files/0/mode", "65535", "nodes[4].files[0].mode: 65535 is out of range 0-4095"},
	{"nodes/4/trees", "+{\"source\":\"/opt/x\"}", "The tree has no 'target'"},
	{"nodes/4/trees", "+{\"source\":\"/opt/x\",\"target\":\"/\"}",
	 "nodes[4].trees[0].target: '/' is no absolute path"},
	/* segments and services */
	{"segments/0/cidr", "\"203.0.113.1/24\"",
	 "segments[0].cidr: '203.0.113.1/24' has address bits set"},
	{"segments/0", NULL, "Unknown segment 'wan'"},
	{"services/0/node", "\"nobody\"", "services[0]: Unknown node 'nobody'"},
	{"services/0/listens/0/port", "0",
	 "services[0].listens[0].port: 0 is out of range 1-65535"},
	{"services/0/listens/0/port", "65536",
	 "services[0].listens[0].port: 65536 is out of range 1-65535"},
	{"services/0/listens/0/proto", "\"sctp\"",
	 "services[0].listens[0].proto: 'sctp' is not one of udp or tcp"},
	{"services/0/listens/0/address", "\"localhost\"",
	 "services[0].listens[0].address: 'localhost' is no IP address"},
	{"services/0/listens", "+{\"proto\":\"udp\",\"address\":\"8.8.8.8\",\"port\":53}",
	 "services[0].listens[4]: 'internet-dns' already listens there"},
	{"services/2/listens/0", "{\"proto\":\"tcp\",\"address\":\"8.8.8.8\",\"port\":53}",
	 "services[2].listens[0]: 'internet-dns' already listens there"},
	{"services", "+{\"name\":\"p\",\"node\":\"wsl\",\"kind\":\"program\"}",
	 "services[5]: A program needs config.argv"},
	{"services/0/via", "\"nobody\"", "services[0]: Unknown node 'nobody' in 'via'"},
	{"services/0/optional", "1", "services[0].optional: Not true or false"},
	{"segments/0/bridge", "\"yes\"", "segments[0].bridge: Not true or false"},
	/* what Windows has */
	{"windows", "[]", "windows: Not an object"},
	{"nodes/4/disk", "\"C:\"", "nodes[4].disk: 'C:' is no name"},
	{"nodes/4/interop", "\"yes\"", "nodes[4].interop: Not true or false"},
	{"nodes/4/volumes", "+{\"name\":\"c\"}", "nodes[4].volumes[0]: The volume has no 'target'"},
	{"nodes/4/volumes", "+{\"name\":\"c\",\"target\":\"mnt/c\"}",
	 "nodes[4].volumes[0].target: 'mnt/c' is no absolute path"},
	{"nodes/4/volumes",
	 "[{\"name\":\"c\",\"target\":\"/a\"},{\"name\":\"d\",\"target\":\"/a\"}]",
	 "nodes[4].volumes[1]: '/a' is already volumes[0]"},
	{"nodes/4",
	 "{\"name\":\"wsl\",\"volumes\":[{\"name\":\"c\",\"target\":\"/mnt/c\"}],"
	 "\"trees\":[{\"source\":\"/opt/x\",\"target\":\"/mnt/c/x\"}]}",
	 "nodes[4].trees[0]: '/mnt/c/x' is inside the volume 'c'"},
};

START_TEST(bad_ones_are_named)
{
	auto_json json_t *j = load();
	struct model *m = NULL;
	struct err e = {0};

	edit(j, bad[_i].path, bad[_i].value);
	ck_assert_msg(model_from_json(j, &m, &e) < 0, "%s = %s was taken", bad[_i].path,
		      bad[_i].value);
	ck_assert_ptr_null(m);
	ck_assert_int_eq(e.kind, ERR_USAGE);
	ck_assert_msg(strstr(e.msg, bad[_i].says) != NULL, "%s = %s\n  says   %s\n  wanted %s",
		      bad[_i].path, bad[_i].value, e.msg, bad[_i].says);
	for (const char *p = e.msg; *p; p++)
		ck_assert_msg((unsigned char)*p >= 0x20, "a control character in: %s", e.msg);
}
END_TEST

/* Edits of nat.json that are all right. */
static const struct {
	const char *path, *value;
} good[] = {
	{"nodes/4/routes/0/dev", NULL},
	{"nodes/4/routes", "[]"},
	{"nodes/4/routes",
	 "+{\"dst\":\"10.0.0.0/8\",\"via\":\"10.9.9.9\",\"dev\":\"eth0\",\"onlink\":true}"},
	{"nodes/4/routes", "+{\"dst\":\"fd00::/8\",\"via\":\"fe80::1\",\"dev\":\"eth0\"}"},
	{"nodes/4/routes", "+{\"dst\":\"default\",\"type\":\"unreachable\",\"table\":100}"},
	{"nodes/4/routes", "+{\"dst\":\"10.0.0.0/8\",\"dev\":\"lo\"}"},
	{"nodes/4/ifaces", "+{\"name\":\"docker0\",\"kind\":\"bridge\",\"addresses\":[{\"cidr\":"
			   "\"172.17.0.1/16\"}]}"},
	{"nodes/4/ifaces", "+{\"name\":\"lo\",\"kind\":\"loopback\",\"up\":false}"},
	{"nodes/4", NULL},
	{"nodes/4/ifaces/0/mtu", "68"},
	{"nodes/4/ifaces/0/mtu", "0"},
	{"services/4/running", "false"},
	{"services", "+{\"name\":\"p\",\"node\":\"wsl\",\"kind\":\"program\",\"config\":{\"argv\":["
		     "\"true\"]}}"},
	{"segments", "+{\"name\":\"spare\"}"},
	{"segments/2/bridge", "true"},
	{"services/0/via", "\"wsl\""},
	/* it waits until the other is gone */
	{"services",
	 "+{\"name\":\"late\",\"node\":\"internet\",\"kind\":\"relay\",\"optional\":true,"
	 "\"listens\":[{\"proto\":\"udp\",\"address\":\"8.8.8.8\",\"port\":53}]}"},
	{"nodes/4/volumes", "+{\"name\":\"c\",\"target\":\"/mnt/c\"}"},
	{"nodes/4/disk", "\"debian\""},
	{"nodes/4/interop", "true"},
	{"nodes/4/port_space", "{}"},
	{"nodes/4/port_space", "{\"with\":\"windows\",\"window\":[40960,45055]}"},
	{"nodes/4/port_space",
	 "{\"with\":\"windows\",\"window\":[40960,45055],\"ignored\":[80],\"never\":[{\"proto\":"
	 "\"udp\",\"port\":68}],\"dynamic\":[60000,60003],\"publish\":\"relay\"}"},
	{"segments/1/label", "\"家のLAN\""},
	{"nodes/1/sysctls/0/name", "\"net.ipv6.conf.all.disable_ipv6\""},
	{"nodes/1/sysctls/0/name", "\"net.ipv4.conf.lo.route_localnet\""},
	{"nodes/1/sysctls/0/name", "\"net.ipv4.neigh.eth0.mcast_solicit\""},
};

START_TEST(good_ones_are_taken)
{
	auto_json json_t *j = load();
	auto_model *m = NULL;
	struct err e = {0};

	edit(j, good[_i].path, good[_i].value);
	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s = %s: %s", good[_i].path, good[_i].value,
		      e.msg);
}
END_TEST

START_TEST(a_disk_is_one_nodes)
{
	auto_json json_t *j = load();
	struct model *m = NULL;
	struct err e = {0};

	edit(j, "nodes/3/disk", "\"debian\"");
	edit(j, "nodes/4/disk", "\"debian\"");
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_str_eq(e.msg, "nodes[4]: The disk 'debian' is also that of 'windows'");
}
END_TEST

/* Kept as it is, whatever is in it; absent is empty. */
START_TEST(windows_is_carried)
{
	auto_json json_t *j = load();
	auto_json json_t *out = NULL;
	auto_model *m = NULL;

	ck_assert_int_eq(model_from_json(j, &m, NULL), 0);
	ck_assert_uint_eq(json_object_size(m->windows), 0);
	model_free(m);
	edit(j, "windows", "{\"portproxy\":[{\"listenport\":80}],\"wsl\":{\"running\":true}}");
	ck_assert_int_eq(model_from_json(j, &m, NULL), 0);
	out = model_to_json(m);
	ck_assert(json_equal(json_object_get(out, "windows"), json_object_get(j, "windows")));
}
END_TEST

START_TEST(too_many_are_refused)
{
	auto_json json_t *j = load();
	struct model *m = NULL;
	struct err e = {0};

	for (int i = 0; i < MODEL_MAX_NODES; i++)
		json_array_append_new(json_object_get(j, "nodes"),
				      json_pack("{s:o}", "name", json_sprintf("x%d", i)));
	ck_assert_int_lt(model_from_json(j, &m, &e), 0);
	ck_assert_str_eq(e.msg, "nodes: 37 items, at most 32 are allowed");
}
END_TEST

START_TEST(enums_have_names)
{
	ck_assert_str_eq(node_role_name(ROLE_LAN), "lan");
	ck_assert_str_eq(iface_kind_name(IFACE_BRIDGE), "bridge");
	ck_assert_str_eq(service_kind_name(SERVICE_PROGRAM), "program");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("model");
	TCase *t = tcase_create("model");
	SRunner *r;
	int failed;

	tcase_add_test(t, nat_is_read);
	tcase_add_test(t, json_form_comes_back);
	tcase_add_test(t, random_ones_come_back);
	tcase_add_test(t, smallest_one);
	tcase_add_test(t, values_get_one_spelling);
	tcase_add_loop_test(t, bad_ones_are_named, 0, ARRAY_SIZE(bad));
	tcase_add_loop_test(t, good_ones_are_taken, 0, ARRAY_SIZE(good));
	tcase_add_test(t, a_disk_is_one_nodes);
	tcase_add_test(t, windows_is_carried);
	tcase_add_test(t, too_many_are_refused);
	tcase_add_test(t, enums_have_names);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
