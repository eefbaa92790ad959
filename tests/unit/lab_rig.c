/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab of fakes in this very process. */
#define _GNU_SOURCE
#include "tests/unit/lab_rig.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lab/conn.h"
#include "lab/guest.h"
#include "lab/host.h"
#include "lab/node.h"

enum { TURNS = 30 };

/* Not Check's: fuzz targets, which have no runner, use this too. */
#define need(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

json_t *rig_nat(void)
{
	json_t *j = json_load_file(TEST_DATA "/nat.json", 0, NULL);

	need(j);
	return j;
}

json_t *rig_node(const json_t *model, const char *name)
{
	json_t *n;
	size_t i;

	json_array_foreach (json_object_get(model, "nodes"), i, n)
		if (!strcmp(json_str(n, "name", ""), name))
			return n;
	abort();
}

json_t *rig_nat_broken(void)
{
	json_t *j = rig_nat(), *routes = json_object_get(rig_node(j, "wsl"), "routes"), *r;
	size_t i;

	json_array_foreach (routes, i, r)
		if (!strcmp(json_str(r, "dst", ""), "default"))
			json_array_remove(routes, i);
	return j;
}

static json_t *probes(void)
{
	return json_pack("{s:[{s:s, s:s, s:s, s:b, s:f, s:{s:s}}, {s:s, s:s, s:b, s:f}, {s:s, s:s, "
			 "s:b, s:f}]}",
			 "probes", "set", "symptoms", "name", "wsl-reaches", "title",
			 "wsl reaches 1.1.1.1", "ok", 0, "ms", 1.0, "detail", "error",
			 "Network is unreachable", "set", "controls", "name", "windows-reaches",
			 "ok", 1, "ms", 1.0, "set", "fixed", "name", "fixed-reach", "ok", 0, "ms",
			 1.0);
}

static void script_answers(struct fake_peer *f)
{
	fake_peer_answer(f, "load",
			 json_pack("{s:{s:{s:s}, s:{s:s}, s:{s:s}, s:i, s:[{s:s, s:s}], s:[s]}}",
				   "meta", "title", "en", "A title", "ticket", "en", "A ticket",
				   "goals", "en", "Mend it", "hints", 3, "truth", "layer", "L2",
				   "cause", "the-secret-cause", "symptoms", "wsl-reaches"));
	fake_peer_answer(f, "model", json_pack("{s:o}", "model", rig_nat()));
	fake_peer_answer(f, "fault", json_pack("{s:o}", "model", rig_nat_broken()));
	fake_peer_answer(f, "probe", probes());
	fake_peer_answer(f, "hint",
			 json_pack("{s:i, s:i, s:i, s:{s:s}, s:s}", "n", 1, "of", 3, "price", 3,
				   "text", "en", "Look closer", "truth", "the-secret-cause"));
	fake_peer_answer(f, "causes",
			 json_pack("{s:[{s:s, s:s}], s:s}", "causes", "cause", "wrong-gateway",
				   "layer", "L2", "truth", "the-secret-cause"));
}

static void serve_answers(struct fake_peer *f)
{
	fake_peer_answer(f, "ca", json_pack("{s:s}", "pem", "PEM"));
	fake_peer_answer(f, "start", json_object());
	fake_peer_answer(f, "set", json_object());
	fake_peer_answer(f, "stop", json_object());
}

void rig_init(struct rig *r)
{
	*r = (struct rig){.boss = -1, .notices = json_array()};
	fake_build_init(&r->build);
	fake_proc_init(&r->proc);
	fake_watch_init(&r->watch);
	need(fake_peer_init(&r->script, NULL) == 0);
	need(fake_peer_init(&r->serve, NULL) == 0);
	script_answers(&r->script);
	serve_answers(&r->serve);
	r->ports = (struct lab_ports){.build = r->build.port,
				      .proc = r->proc.port,
				      .watch = r->watch.port,
				      .id_map = "one"};
	snprintf(r->dir, sizeof(r->dir), "/tmp/nd-lab-XXXXXX");
	need(mkdtemp(r->dir));
}

void rig_open(struct rig *r)
{
	int pair[2];

	need(msg_pair(pair, NULL) == 0);
	r->boss = pair[0];
	fcntl(r->boss, F_SETFL, O_NONBLOCK);
	r->ports.script = fd_steal(&r->script.theirs);
	r->ports.serve = fd_steal(&r->serve.theirs);
	need(lab_open(&r->lab, pair[1], &r->ports, NULL) == 0);
}

void rig_done(struct rig *r)
{
	char path[128];

	if (r->lab.base)
		lab_close(&r->lab);
	fd_closep(&r->boss);
	fake_build_done(&r->build);
	fake_proc_done(&r->proc);
	fake_watch_done(&r->watch);
	fake_peer_done(&r->script);
	fake_peer_done(&r->serve);
	json_decref(r->notices);
	snprintf(path, sizeof(path), "%s/events.jsonl", r->dir);
	unlink(path);
	rmdir(r->dir);
}

void rig_turn(struct rig *r)
{
	for (int i = 0; i < TURNS; i++) {
		if (!r->script_deaf)
			fake_peer_serve(&r->script);
		if (!r->serve_deaf)
			fake_peer_serve(&r->serve);
		event_base_loop(r->lab.base, EVLOOP_NONBLOCK);
	}
}

json_t *rig_next(struct rig *r, int fd, bool *ret_closed)
{
	auto_msg m = {0};
	int rc;

	rig_turn(r);
	rc = msg_recv(fd, &m, 0, NULL);
	if (ret_closed)
		*ret_closed = rc == 0;
	return rc > 0 ? json_incref(m.body) : NULL;
}

static json_t *take_answer(struct rig *r, int fd, uint64_t id)
{
	json_t *j;

	while ((j = rig_next(r, fd, NULL))) {
		if ((uint64_t)json_int(j, "re", 0) == id)
			return j;
		json_array_append_new(r->notices, j);
	}
	return NULL;
}

static uint64_t send_fds(struct rig *r, int fd, json_t *body, const int *fds, size_t n)
{
	uint64_t id = ++r->next_id;

	if (!json_object_get(body, "id"))
		json_object_set_new(body, "id", json_integer((json_int_t)id));
	need(msg_send(fd, body, fds, n, NULL) == 0);
	json_decref(body);
	return id;
}

uint64_t rig_send(struct rig *r, int fd, json_t *body)
{
	return send_fds(r, fd, body, NULL, 0);
}

json_t *rig_ask_fds(struct rig *r, int fd, json_t *body, const int *fds, size_t n)
{
	return take_answer(r, fd, send_fds(r, fd, body, fds, n));
}

json_t *rig_ask(struct rig *r, int fd, json_t *body)
{
	return rig_ask_fds(r, fd, body, NULL, 0);
}

const char *rig_error(const json_t *answer)
{
	return json_str(json_object_get(answer, "error"), "message", "");
}

json_t *rig_boot(struct rig *r, json_t *more)
{
	json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:b}", "do", "boot", "lab", "l", "scenario",
				 "s", "seed", "1", "private", 1);
	auto_fd dir = open(r->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd text = memfd_create("scenario", MFD_CLOEXEC);
	int fds[2] = {dir, text};

	need((int)write(text, "return 1", 8) == 8);
	json_object_update(body, more);
	json_decref(more);
	return rig_ask_fds(r, r->boss, body, fds, 2);
}

void rig_up(struct rig *r, json_t *more)
{
	json_t *answer;

	rig_init(r);
	rig_open(r);
	answer = rig_boot(r, more);
	need(json_object_get(answer, "nodes") && r->lab.phase == LAB_READY);
	json_decref(answer);
}

static int our_end(int pair[2])
{
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	return pair[0];
}

int rig_guest(struct rig *r, const char *node)
{
	int pair[2];

	need(msg_pair(pair, NULL) == 0);
	need(guest_conn(node_find(&r->lab, node), pair[1]));
	return our_end(pair);
}

int rig_host(struct rig *r)
{
	int pair[2];

	need(msg_pair(pair, NULL) == 0);
	host_boss(&r->lab, pair[1])->boss = false;
	return our_end(pair);
}

static void check_line(json_t *all, char *line)
{
	json_t *e = json_loads(line, 0, NULL);

	need(e);
	json_array_append_new(all, e);
	need(json_int(e, "seq", 0) == (int)json_array_size(all));
}

json_t *rig_log(const struct rig *r)
{
	json_t *all = json_array();
	char path[128], *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/events.jsonl", r->dir);
	f = fopen(path, "re");
	while (f && getline(&line, &size, f) > 0)
		check_line(all, line);
	free(line);
	if (f)
		fclose(f);
	return all;
}

size_t rig_logged(const struct rig *r, const char *kind, const char *what)
{
	auto_json json_t *all = rig_log(r);
	size_t i, n = 0;
	json_t *e;

	json_array_foreach (all, i, e)
		n += !strcmp(json_str(e, "kind", ""), kind) &&
		     (!what || !strcmp(json_str(e, "what", ""), what));
	return n;
}

static bool put(const char *path, const char *text)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

bool rig_be_root(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (uid == 0)
		return true;
	if (unshare(CLONE_NEWUSER) < 0 || !put("/proc/self/setgroups", "deny"))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	if (!put("/proc/self/gid_map", map))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	return put("/proc/self/uid_map", map);
}
