/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starting a lab. Order: the attempt folder, the name (a bound socket), the lab's process, then the
 * boot request with the three descriptors. Whatever fails, or a signal that would end us, the boss
 * socket closes and the lab with it; the name is given back; a signal is delivered only then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/helper.h"
#include "base/owner.h"
#include "cli/attempts.h"
#include "cli/client_priv.h"
#include "cli/variant.h"

/* Everything a boot holds until it succeeds. */
struct booting {
	const struct boot *b;
	const char *lab;
	char drawn[8]; /* a seed */
	char *variant; /* the one played, "" = the plain one */
	char *attempt; /* folder */
	bool keep_attempt;
	int dir;			    /* state folder */
	ino_t inode;			    /* of our name in it */
	int attempt_fd, file_fd, listen_fd; /* what goes to the lab */
	int boss;
	pid_t launcher;
	client_progress progress;
	void *arg;
};

/* Nothing is kept: what runs is the scenario's own file. */
static int open_unrecorded(struct booting *s, struct err *err)
{
	s->file_fd = open(s->b->scenario_path, O_RDONLY | O_CLOEXEC);
	s->attempt_fd = s->file_fd < 0 ? -1 : fcntl(s->file_fd, F_DUPFD_CLOEXEC, 0);
	s->attempt = strdup("");
	if (s->attempt_fd < 0 || !s->attempt)
		return err_sys(err, errno, "Can't open %s", s->b->scenario_path);
	return 0;
}

/* Folder and scenario; a resumed attempt has both. */
static int fill_attempt(struct booting *s, struct err *err)
{
	const struct boot *b = s->b;
	int rc;

	if (!b->attempt_dir)
		return attempt_new(b->scenario_id, b->scenario_path, &s->attempt, err);
	s->attempt = strdup(b->attempt_dir);
	if (!s->attempt)
		return err_sys(err, ENOMEM, "Can't name the attempt");
	rc = b->resume ? 0 : attempt_free(s->attempt, err);
	return rc < 0 || b->resume ? rc : attempt_fill(s->attempt, b->scenario_path, err);
}

static int open_attempt(struct booting *s, struct err *err)
{
	int rc;

	if (s->b->unrecorded)
		return open_unrecorded(s, err);
	rc = fill_attempt(s, err);
	if (rc < 0)
		return rc;
	s->attempt_fd = open(s->attempt, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->attempt_fd < 0)
		return err_sys(err, errno, "Can't open the attempt folder %s", s->attempt);
	rc = attempt_lock(s->attempt_fd, s->attempt, err);
	if (rc < 0)
		return rc;
	/* The copy, not the original: what is graded later is what ran. */
	s->file_fd = openat(s->attempt_fd, "scenario.lua", O_RDONLY | O_CLOEXEC);
	if (s->file_fd < 0)
		return err_sys(err, errno, "Can't open %s/scenario.lua", s->attempt);
	return 0;
}

static int claim_name(struct booting *s, struct err *err)
{
	s->lab = s->b->lab ? s->b->lab : s->b->scenario_id;
	if (s->b->private_lab || s->b->dry_run)
		return lab_name_check(s->lab, err);
	s->dir = statedir_open(err);
	if (s->dir < 0)
		return s->dir;
	s->listen_fd = statedir_bind(s->dir, s->lab, err);
	if (s->listen_fd < 0)
		return s->listen_fd;
	s->inode = statedir_inode(s->dir, s->lab);
	return 0;
}

/*
 * Started by root, netdojo-lab becomes another user: the attempt's files are then made by that
 * user. The folder's descriptor is passed, so nothing above it need be open to them.
 */
static int give_away(const struct booting *s, struct err *err)
{
	uid_t uid;
	gid_t gid;
	int rc = owner_choose(&uid, &gid, err);

	if (rc == 1 && !s->b->unrecorded && fchown(s->attempt_fd, uid, gid) < 0)
		return err_sys(err, errno, "Can't give the attempt folder to uid %u", uid);
	/* a log that is to go on; a link would be somebody's trick */
	if (rc == 1 && s->b->resume &&
	    fchownat(s->attempt_fd, "events.jsonl", uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "Can't give the attempt's log to uid %u", uid);
	return rc < 0 ? rc : 0;
}

static int start_lab(struct booting *s, struct err *err)
{
	int pair[2], rc = msg_pair(pair, err);

	if (rc < 0)
		return rc;
	s->boss = pair[0];
	s->launcher = helper_start("netdojo-lab", pair[1], NULL, err);
	close(pair[1]);
	return s->launcher < 0 ? s->launcher : 0;
}

static json_t *boot_request(const struct booting *s)
{
	const struct boot *b = s->b;

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:s, "
		"s:O*}",
		"do", "boot", "lab", s->lab, "scenario", b->scenario_id, "file", b->scenario_path,
		"attempt", s->attempt, "seed", b->seed ? b->seed : s->drawn, "variant", s->variant,
		"lang", b->lang ? b->lang : "en", "healthy", b->healthy, "hold", b->hold, "dry_run",
		b->dry_run, "private", b->private_lab, "record", !b->unrecorded, "capture",
		!b->unrecorded && !b->dry_run && (!b->private_lab || b->capture), "defer_fault",
		b->defer_fault, "resume", b->resume ? b->resume : "", "trees", b->trees);
}

/* A signal that would end us is held back until the lab is gone and its name is free; it is never
 * read. */
struct held_signals {
	sigset_t before;
	int fd;
};

static void hold_signals(struct held_signals *h)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &h->before);
	h->fd = signalfd(-1, &ending, SFD_CLOEXEC);
}

static void release_signals(struct held_signals *h)
{
	fd_closep(&h->fd);
	sigprocmask(SIG_SETMASK, &h->before, NULL);
}

static void on_notice(const struct booting *s, const json_t *notice)
{
	const char *phase = json_str(notice, "progress", NULL);

	if (phase && s->progress)
		s->progress(s->arg, phase, (int)json_int(notice, "done", 0),
			    (int)json_int(notice, "of", 0));
}

/* Waits until the lab says something; -EINTR when a signal wants us to end. */
static int await_word(int sock, const struct held_signals *h, struct err *err)
{
	struct pollfd p[] = {{.fd = sock, .events = POLLIN}, {.fd = h->fd, .events = POLLIN}};

	while (poll(p, ARRAY_SIZE(p), -1) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "Can't wait for the lab");
	return p[1].revents ? err_set(err, ERR_MACHINE, EINTR, "Interrupted") : 0;
}

static int await_ready(struct booting *s, struct client *c, int64_t id,
		       const struct held_signals *h, json_t **ret_up, struct err *err)
{
	for (;;) {
		auto_msg m = {0};
		int rc = await_word(c->sock, h, err);

		if (rc == 0)
			rc = msg_recv(c->sock, &m, 0, err);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			err_set(err, ERR_MACHINE, EPIPE, "Lab '%s' ended before it was ready",
				s->lab);
			return err_mend(err,
					"`netdojo doctor` tells whether this machine can run labs");
		}
		if (json_int(m.body, "re", 0) != id) {
			on_notice(s, m.body);
			continue;
		}
		if (json_object_get(m.body, "error"))
			return err_from_json(err, json_object_get(m.body, "error"));
		json_object_del(m.body, "re");
		*ret_up = ptr_steal(m.body);
		return 0;
	}
}

static int send_boot(struct booting *s, struct client *c, int64_t *ret_id, struct err *err)
{
	const int fds[] = {s->attempt_fd, s->file_fd, s->listen_fd};
	int rc = client_send(c, boot_request(s), fds, s->listen_fd < 0 ? 2 : 3, ret_id, err);

	fd_closep(&s->listen_fd); /* it is the lab's now: the name lives and dies with it */
	return rc;
}

static int prepare(struct booting *s, struct err *err)
{
	int rc;

	draw_word(s->drawn, 6);
	rc = variant_choose(s->b->scenario_path, s->b->seed ? s->b->seed : s->drawn, s->b->variant,
			    &s->variant, err);
	/* one that goes on is found taken before its lab's name is */
	if (rc == 0 && s->b->resume)
		rc = open_attempt(s, err);
	if (rc == 0)
		rc = claim_name(s, err);
	if (rc == 0 && !s->b->resume)
		rc = open_attempt(s, err);
	if (rc == 0)
		rc = give_away(s, err);
	return rc < 0 ? rc : start_lab(s, err);
}

static int run(struct booting *s, const struct held_signals *held, struct client **ret,
	       json_t **ret_up, struct err *err)
{
	auto_client *c = NULL;
	int64_t id;
	int rc = prepare(s, err);

	if (rc == 0)
		rc = client_new(s->boss, &c, err);
	if (rc < 0)
		goto failed;
	fd_steal(&s->boss);
	c->held = true;
	c->launcher = s->launcher;
	rc = send_boot(s, c, &id, err);
	if (rc == 0)
		rc = await_ready(s, c, id, held, ret_up, err);
	if (rc < 0)
		goto failed;
	c->held = s->b->hold;
	c->dir = fd_steal(&s->dir);
	c->inode = s->inode;
	s->keep_attempt = !s->b->dry_run && !s->b->unrecorded;
	snprintf(c->lab, sizeof(c->lab), "%s", s->lab);
	*ret = ptr_steal(c);
	return 0;
failed:
	/* The lab first, then its name. */
	client_free(ptr_steal(c));
	fd_closep(&s->listen_fd);
	if (s->dir >= 0)
		statedir_give_back(s->dir, s->lab, s->inode);
	return rc;
}

static void booting_done(struct booting *s)
{
	if (s->attempt && *s->attempt && !s->keep_attempt && !s->b->attempt_dir)
		attempt_discard(s->attempt);
	fd_closep(&s->dir);
	fd_closep(&s->attempt_fd);
	fd_closep(&s->file_fd);
	fd_closep(&s->listen_fd);
	fd_closep(&s->boss);
	free(s->attempt);
	free(s->variant);
}

int client_boot(const struct boot *b, client_progress progress, void *arg, struct client **ret,
		json_t **ret_up, struct err *err)
{
	/* Undone in the order written backwards: the folder is gone before a held signal may end
	 * us. */
	nd_cleanup(release_signals) struct held_signals held = {.fd = -1};
	nd_cleanup(booting_done) struct booting s = {
		.b = b,
		.dir = -1,
		.attempt_fd = -1,
		.file_fd = -1,
		.listen_fd = -1,
		.boss = -1,
		.progress = progress,
		.arg = arg,
	};

	hold_signals(&held);
	return run(&s, &held, ret, ret_up, err);
}
