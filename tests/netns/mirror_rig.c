/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two nodes with one address, for tests of what mirrors and what steers. */
#define _GNU_SOURCE
#include "mirror_rig.h"

#include <string.h>
#include <unistd.h>

struct lab mirror_lab;
struct model *mirror_whole, *mirror_alone;

const char *const mirror_phone[2] = {"192.168.1.23", "fd00:1::23"};
const char *const mirror_both[2] = {"192.168.1.66", "fd00:1::66"};

struct model *mirror_model(const json_t *j)
{
	struct model *m = NULL;
	struct err err = {0};

	ck_assert_msg(model_from_json(j, &m, &err) == 0, "%s", err.msg);
	return m;
}

void mirror_change(const struct model *a, const struct model *b)
{
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		if (!p.ops[i].file && !p.ops[i].service)
			lab_apply(&mirror_lab, &p.ops[i]);
}

void mirror_steer(const struct port_range *ports, size_t n)
{
	struct steering s = {"wsl", "windows", ports, n};
	struct err err = {0};

	ck_assert_msg(mirror_lab.port.steer(mirror_lab.port.ctx, &s, &err) == 0, "%s", err.msg);
}

const struct port_range mirror_window[2] = {{IPPROTO_TCP, WINDOW, WINDOW_END},
					    {IPPROTO_UDP, WINDOW, WINDOW_END}};

void mirror_setup(void)
{
	auto_json json_t *j = json_load_file(MIRROR_JSON, 0, NULL);

	ck_assert_ptr_nonnull(j);
	mirror_whole = mirror_model(j);
	json_array_remove(json_object_get(j, "nodes"), 2);
	json_object_set_new(j, "switch_ruleset", json_string(""));
	mirror_alone = mirror_model(j);
	lab_open(&mirror_lab);
}

void mirror_teardown(void)
{
	lab_close(&mirror_lab);
	model_free(mirror_whole);
	model_free(mirror_alone);
}

int mirror_open(const char *node, int type, const char *address, uint16_t port)
{
	struct err err = {0};
	int fd = mirror_lab.port.open_socket(mirror_lab.port.ctx, node, type, address, port, &err);

	ck_assert_msg(fd >= 0, "%s %s:%u: %s", node, address, port, err.msg);
	return fd;
}

socklen_t mirror_fill(struct sockaddr_storage *ret, const char *address, uint16_t port)
{
	struct sockaddr_in *v4 = (void *)ret;
	struct sockaddr_in6 *v6 = (void *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	ck_assert_int_eq(inet_pton(AF_INET, address, &v4->sin_addr), 1);
	return sizeof(*v4);
}

bool mirror_ready(int fd, short what, int ms)
{
	struct pollfd p = {.fd = fd, .events = what};

	return poll(&p, 1, ms) == 1;
}

static bool is_v6(const char *address)
{
	return strchr(address, ':') != NULL;
}

static bool tcp_goes(int server, int client)
{
	int end = mirror_ready(server, POLLIN, 2000) ? accept4(server, NULL, NULL, SOCK_NONBLOCK)
						     : -1;
	char c = 0;
	bool ok = end >= 0 && mirror_ready(client, POLLOUT, 2000) && write(client, "a", 1) == 1 &&
		  mirror_ready(end, POLLIN, 2000) && read(end, &c, 1) == 1 && c == 'a' &&
		  write(end, "b", 1) == 1 && mirror_ready(client, POLLIN, 2000) &&
		  read(client, &c, 1) == 1 && c == 'b';

	if (end >= 0)
		close(end);
	return ok;
}

bool mirror_udp_goes(int server, int client)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char c = 0;

	return write(client, "a", 1) == 1 && mirror_ready(server, POLLIN, 2000) &&
	       recvfrom(server, &c, 1, 0, (void *)&from, &len) == 1 && c == 'a' &&
	       sendto(server, "b", 1, 0, (void *)&from, len) == 1 &&
	       mirror_ready(client, POLLIN, 2000) && read(client, &c, 1) == 1 && c == 'b';
}

bool mirror_goes(const struct way *w)
{
	const char *any = is_v6(w->address) ? "::" : "";
	struct sockaddr_storage to;
	socklen_t len = mirror_fill(&to, w->address, w->port);
	int server = mirror_open(w->to, w->type, is_v6(w->address) ? "::" : "0.0.0.0", w->port);
	int client = mirror_open(w->from, w->type, any, 0);
	int rc = connect(client, (void *)&to, len);
	bool ok = (rc == 0 || errno == EINPROGRESS) &&
		  (w->type == SOCK_STREAM ? tcp_goes(server, client)
					  : mirror_udp_goes(server, client));

	close(server);
	close(client);
	return ok;
}

void mirror_build(void)
{
	mirror_change(NULL, mirror_whole);
	mirror_steer(mirror_window, ARRAY_SIZE(mirror_window));
}

/* Refused or not, nobody answers. */
bool mirror_hangs(const struct way *w)
{
	struct sockaddr_storage to;
	socklen_t len = mirror_fill(&to, w->address, w->port);
	int client = mirror_open(w->from, SOCK_STREAM, "", 0);
	int rc = connect(client, (void *)&to, len);
	bool quiet = rc < 0 && errno == EINPROGRESS && !mirror_ready(client, POLLOUT, 300);

	close(client);
	return quiet;
}
