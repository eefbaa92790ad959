/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From "boot" to ready. */
#define _GNU_SOURCE
#include "lab/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "lab/change.h"
#include "lab/device.h"
#include "lab/host.h"
#include "lab/intent.h"
#include "lab/node.h"
#include "lab/scripting.h"
#include "lab/verify.h"
#include "lab/wsl_life.h"
#include "model/plan.h"

enum { SCENARIO_MAX = 1024 * 1024 }; /* bytes */

static struct conn *boss_of(struct lab *lab)
{
	struct conn *c;

	TAILQ_FOREACH(c, &lab->conns, link)
	if (c->boss)
		return c;
	return NULL;
}

/* The host's number for us: /proc is still the host's in init's mount namespace. */
static long pid_outside(void)
{
	char buf[32] = "";
	ssize_t n = readlink("/proc/self", buf, sizeof(buf) - 1);

	return n > 0 ? strtol(buf, NULL, 10) : 0;
}

static json_t *node_addresses(const struct node *n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n->n_ifaces; i++)
		for (size_t j = 0; j < n->ifaces[i].n_addresses; j++)
			json_array_append_new(out, json_string(n->ifaces[i].addresses[j].cidr));
	return out;
}

/* A node made anew is what it is now, not what the lab began with; one that is stopped has no address. */
static json_t *node_json(const struct lab *lab, const struct node *n)
{
	bool stopped = wsl_is_stopped(lab, n->name);
	bool anew = json_int(lab->generations, n->name, 1) > 1;
	const struct node *now = anew && lab->now ? model_node(lab->now, n->name) : NULL;
	json_t *out =
		json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", n->name, "role",
			  node_role_name(n->role), "hostname", n->hostname, "user", n->user,
			  "addresses", stopped ? json_array() : node_addresses(now ? now : n));

	if (stopped)
		json_object_set_new(out, "running", json_false());
	if (device_of(lab, n->name))
		json_object_set_new(out, "devices", json_deep_copy(device_of(lab, n->name)));
	return out;
}

static json_t *nodes_json(const struct lab *lab, const struct model *m)
{
	json_t *out = json_array();

	for (size_t i = 0; m && i < m->n_nodes; i++)
		json_array_append_new(out, node_json(lab, &m->nodes[i]));
	return out;
}

json_t *boot_info(const struct lab *lab)
{
	const json_t *b = lab->boot;
	json_t *out =
		json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:b, s:o}", "lab", json_str(b, "lab", ""),
			  "scenario", json_str(b, "scenario", ""), "seed", json_str(b, "seed", ""),
			  "variant", json_str(b, "variant", ""), "pid", (int)pid_outside(),
			  "attempt", json_str(b, "attempt", ""), "healthy",
			  json_flag(b, "healthy", false), "nodes", nodes_json(lab, lab->healthy));

	json_object_set_new(out, "started",
			    json_real((double)time(NULL) - (log_now() - lab->booted)));
	json_object_set_new(out, "ready", json_boolean(lab->phase == LAB_READY));
	json_object_set(out, "trees", json_object_get(b, "trees"));
	json_object_set_new(out, "held", json_boolean(json_flag(b, "hold", false)));
	json_object_set_new(out, "recorded", json_boolean(!lab->unrecorded));
	if (lab->healthy) {
		json_object_set_new(out, "mode", json_string(lab->healthy->mode));
		json_object_set_new(out, "model", model_to_json(lab->healthy));
	}
	json_object_set(out, "title", json_object_get(lab->meta, "title"));
	json_object_set(out, "ticket", json_object_get(lab->meta, "ticket"));
	return out;
}

static json_t *up_document(const struct lab *lab)
{
	const json_t *b = lab->boot;
	json_t *out =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:f}", "schema", "netdojo/up/1",
			  "lab", json_str(b, "lab", ""), "scenario", json_str(b, "scenario", ""),
			  "seed", json_str(b, "seed", ""), "variant", json_str(b, "variant", ""),
			  "attempt", json_str(b, "attempt", ""), "nodes", nodes_json(lab, lab->now),
			  "seconds", log_now() - lab->booted);

	/* For the command line, which names the tools that are not installed and prints the rest. */
	json_object_set(out, "requires", json_object_get(lab->meta, "requires"));
	return out;
}

static double wall_now(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
}

/* What each of an attempt's lives begins with: a later one may be another machine's, or another version's. */
static json_t *life_json(const char *what)
{
	struct utsname u;

	uname(&u);
	return json_pack("{s:s, s:f, s:s, s:s, s:s}", "what", what, "wall", wall_now(), "netdojo",
			 NETDOJO_VERSION, "kernel", u.release, "uname", u.machine);
}

static void log_start(struct lab *lab)
{
	const json_t *b = lab->boot;
	json_t *e = life_json("start");
	json_t *more = json_pack(
		"{s:s, s:s, s:s, s:s, s:b, s:s}", "scenario", json_str(b, "scenario", ""), "seed",
		json_str(b, "seed", ""), "variant", json_str(b, "variant", ""), "lang",
		json_str(b, "lang", "en"), "healthy", json_flag(b, "healthy", false), "id_map",
		lab->ports.id_map ? lab->ports.id_map : "");

	json_object_update_missing(e, more);
	json_decref(more);
	lab_event(lab, "lab", NULL, "lab", e);
}

/* The same attempt goes on: what was said and taken before still is. */
static void log_life(struct lab *lab, const char *what, const struct past *past)
{
	json_t *e = life_json(what);

	if (!strcmp(what, "resumed"))
		json_object_set_new(e, "gap", json_real(past_gap(past, wall_now())));
	lab->hints = past->hints;
	lab_event(lab, "lab", NULL, "lab", e);
}

static int open_log(struct lab *lab, struct err *err)
{
	const char *life = json_str(lab->boot, "resume", "");
	auto_past past = {0};
	int rc;

	if (!life[0]) {
		rc = log_open(&lab->log, lab->attempt_dir, "events.jsonl", err);
		if (rc == 0)
			log_start(lab);
		return rc;
	}
	rc = log_resume(&lab->log, lab->attempt_dir, "events.jsonl", &past, err);
	if (rc == 0)
		log_life(lab, life, &past);
	return rc;
}

static void ready(struct lab *lab)
{
	struct conn *boss = boss_of(lab);
	bool alone = !json_flag(lab->boot, "hold", false);
	/* what was verified before is built once more, and a learner is at work already */
	bool anew = !strcmp(json_str(lab->boot, "resume", ""), "reset");

	lab->phase = LAB_READY;
	lab_event(lab, "lab", NULL, "lab",
		  json_pack("{s:s, s:f}", "what", "ready", "seconds", log_now() - lab->booted));
	if (boss)
		peer_answer(boss->peer, lab->boot_id, up_document(lab), NULL, 0);
	if (alone && lab->faulty && !anew)
		verify_alone(lab);
}

static void on_built(void *arg, const struct err *err)
{
	struct lab *lab = arg;

	if (lab->phase == LAB_ENDING)
		return;
	if (err)
		lab_fail(lab, err);
	else
		ready(lab);
}

static void on_progress(void *arg, const char *phase, int done, int of)
{
	struct conn *boss = boss_of(arg);

	if (boss)
		peer_notice(boss->peer, json_pack("{s:s, s:i, s:i}", "progress", phase, "done",
						  done, "of", of));
}

/* `up --dry-run`: the plan, and nothing of it done. */
static void show_plan(struct lab *lab, const struct model *target)
{
	json_t *ops = json_array(), *text = json_array();
	struct conn *boss = boss_of(lab);
	auto_plan plan = {0};
	struct err err = {0};

	if (plan_make(NULL, target, &plan, &err) < 0) {
		lab_fail(lab, &err);
		return;
	}
	for (size_t i = 0; i < plan.n; i++) {
		auto_free char *line = op_describe(&plan.ops[i]);

		json_array_append_new(ops, op_to_json(&plan.ops[i]));
		json_array_append_new(text, json_string(line ? line : ""));
	}
	if (boss)
		peer_answer(boss->peer, lab->boot_id,
			    json_pack("{s:s, s:s, s:o, s:o}", "schema", "netdojo/plan/1",
				      "scenario", json_str(lab->boot, "scenario", ""), "operations",
				      ops, "text", text),
			    NULL, 0);
	lab_end(lab, "dry-run", 0);
}

static void build(struct lab *lab)
{
	struct model *target = lab->faulty ? lab->faulty : lab->healthy;

	if (json_flag(lab->boot, "dry_run", false))
		show_plan(lab, target);
	else
		change_start(lab, target, on_progress, on_built, lab);
	change_early(lab);
}

/* One answer of the script's that every later step needs: failing it fails the lab. */
static bool usable(struct lab *lab, const struct err *err)
{
	if (err && lab->phase != LAB_ENDING)
		lab_fail(lab, err);
	return lab->phase != LAB_ENDING;
}

static bool take_model(struct lab *lab, const struct msg *m, const char *what, struct model **ret)
{
	struct err err = {0};

	if (intent_model(lab, json_object_get(m->body, "model"), what, ret, &err) == 0)
		return true;
	lab_fail(lab, &err);
	return false;
}

static bool wants_fault(const struct lab *lab)
{
	return !json_flag(lab->boot, "healthy", false) &&
	       !json_flag(lab->boot, "defer_fault", false);
}

static void on_fault(void *arg, struct msg *m, const struct err *err)
{
	struct lab *lab = arg;

	if (usable(lab, err) && take_model(lab, m, "The scenario's fault", &lab->faulty))
		build(lab);
}

static void on_model(void *arg, struct msg *m, const struct err *err)
{
	struct lab *lab = arg;

	if (!usable(lab, err) || !take_model(lab, m, "The scenario's topology", &lab->healthy))
		return;
	if (!wants_fault(lab))
		build(lab);
}

static void on_loaded(void *arg, struct msg *m, const struct err *err)
{
	struct lab *lab = arg;

	if (usable(lab, err))
		lab->meta = json_incref(json_object_get(m->body, "meta"));
}

/* All that the script has to do is asked at once. */
static void ask_everything(struct lab *lab, const char *text)
{
	const json_t *b = lab->boot;

	scripting_call(lab,
		       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "do", "load", "text", text,
				 "file", json_str(b, "file", "scenario.lua"), "seed",
				 json_str(b, "seed", ""), "variant", json_str(b, "variant", ""),
				 "lang", json_str(b, "lang", "en")),
		       on_loaded, lab);
	scripting_call(lab, json_pack("{s:s}", "do", "model"), on_model, lab);
	if (wants_fault(lab))
		scripting_call(lab, json_pack("{s:s}", "do", "fault"), on_fault, lab);
}

static char *read_scenario(int fd, struct err *err)
{
	auto_free char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > SCENARIO_MAX) {
		err_set(err, ERR_USAGE, EFBIG, "The scenario is not a file of at most %d bytes",
			SCENARIO_MAX);
		return NULL;
	}
	text = calloc(1, (size_t)st.st_size + 1);
	n = text ? pread(fd, text, (size_t)st.st_size, 0) : -1;
	if (n < 0) {
		err_sys(err, errno, "Can't read the scenario");
		return NULL;
	}
	return ptr_steal(text);
}

/* A file of its own each time the attempt is taken up. Without it the grade is none the worse. */
static void record_packets(struct lab *lab)
{
	enum { MOST = 100 };
	const struct watch_port *w = &lab->ports.watch;
	auto_fd fd = -1;
	char name[32] = "capture.pcap";

	if (!w->capture || lab->attempt_dir < 0)
		return;
	for (int i = 2; i <= MOST && fd < 0; i++) {
		fd = openat(lab->attempt_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			return;
		snprintf(name, sizeof(name), "capture-%d.pcap", i);
	}
	lab->captures = fd >= 0 && w->capture(w->ctx, fd, NULL) == 0;
}

/* Before any node starts. The recorders' other work (what uname says, whose a port is) goes on. */
static void record_nothing(struct lab *lab)
{
	lab->unrecorded = true;
	fd_closep(&lab->attempt_dir);
	if (lab->ports.proc.quiet)
		lab->ports.proc.quiet(lab->ports.proc.ctx);
}

void boot_start(struct conn *c, uint64_t id, struct msg *m)
{
	struct lab *lab = c->lab;
	auto_free char *text = NULL;
	auto_fd scenario = -1;
	struct err err = {0};
	int listen_fd;

	if (!c->boss || lab->boot) {
		err_set(&err, ERR_USAGE, EALREADY, "The lab is up already");
		peer_answer_err(c->peer, id, &err);
		return;
	}
	lab->boot_id = id;
	err = lab->early_err;
	if (err.msg[0])
		goto failed;
	lab->attempt_dir = msg_take_fd(m, 0);
	scenario = msg_take_fd(m, 1);
	listen_fd = msg_take_fd(m, 2);
	if (!json_flag(m->body, "record", true))
		record_nothing(lab);
	if (listen_fd >= 0 && host_listen(lab, listen_fd, &err) < 0)
		goto failed;
	lab->boot = json_incref(m->body);
	if (open_log(lab, &err) < 0)
		goto failed;
	if (json_flag(m->body, "capture", false))
		record_packets(lab);
	text = read_scenario(scenario, &err);
	if (!text)
		goto failed;
	ask_everything(lab, text);
	return;
failed:
	lab->boot = lab->boot ? lab->boot : json_incref(m->body);
	lab_fail(lab, &err);
}
