/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of the nodes, by one inotify instance for all: an ordinary user has 128 of them on the
 * whole host. The folders are watched, because a watch on a file is lost when an editor puts
 * another in its place.
 */
#define _GNU_SOURCE
#include "netns/watch/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "netns/watch/linger.h"

enum {
	CONTENT_MAX = 4096,
	FILES_NAMES = 5,
	/* Closed after writing, put in place, made, gone; IN_MODIFY would show every half-written
	   state. */
	INTERESTS =
		IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR,
};

static const struct {
	const char *path;
	const char *names[FILES_NAMES];
} dirs[] = {
	[FILES_ETC] = {"/etc", {"resolv.conf", "hosts", "wsl.conf", "gai.conf", "app.conf"}},
	[FILES_WSL] = {"/mnt/wsl", {"resolv.conf"}},
};
_Static_assert(ARRAY_SIZE(dirs) == N_FILES_DIRS, "one line a folder");

/* One watched folder. */
struct folder {
	struct folder *next;
	struct wnode *node;
	enum files_dir which;
	int dir; /* owned */
	int wd;
};

struct files {
	struct watch *watch;
	int inotify; /* made with the first folder; -1 before */
	struct event *readable;
	struct folder *folders;
};

/* What is there now: text of a file, target of a link. False when it is neither, or gone. */
static bool add_state(json_t *event, int dir, const char *name)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char buf[CONTENT_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0) {
		n = readlinkat(dir, name, buf, sizeof(buf));
		if (n >= 0)
			json_object_set_new(event, "target", json_textn(buf, (size_t)n));
		return n >= 0;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	n = read(fd, buf, sizeof(buf));
	if (n < 0)
		return false;
	json_object_set_new(event, "content", json_textn(buf, (size_t)n));
	if (st.st_size > n)
		json_object_set_new(event, "truncated", json_true());
	return true;
}

/* A regular file's making is told when it is closed; a link's making is all there is. */
static bool is_link(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISLNK(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink > 1));
}

static const char *action(const struct folder *f, uint32_t mask, const char *name)
{
	if (mask & (IN_DELETE | IN_MOVED_FROM))
		return "remove";
	if (mask & IN_CREATE)
		return is_link(f->dir, name) ? "create" : NULL;
	return "write";
}

static bool of_interest(enum files_dir which, const char *name)
{
	for (size_t i = 0; i < FILES_NAMES && dirs[which].names[i]; i++)
		if (strcmp(dirs[which].names[i], name) == 0)
			return true;
	return false;
}

static void on_change(const struct folder *f, uint32_t mask, const char *name)
{
	const char *act = of_interest(f->which, name) ? action(f, mask, name) : NULL;
	json_t *e;

	if (!act)
		return;
	e = wnode_event(f->node, "file");
	json_object_set_new(e, "path", json_sprintf("%s/%s", dirs[f->which].path, name));
	json_object_set_new(e, "action", json_string(act));
	if (strcmp(act, "remove") != 0 && !add_state(e, f->dir, name)) {
		json_decref(e); /* gone again: its removal is on its way */
		return;
	}
	wnode_emit(f->node, e);
}

static void on_inotify(struct files *f, const struct inotify_event *ev)
{
	if (ev->mask & IN_Q_OVERFLOW) {
		for (const struct folder *d = f->folders; d; d = d->next)
			wnode_lost(d->node, "files", 1);
		return;
	}
	for (const struct folder *d = f->folders; d && ev->len; d = d->next)
		if (d->wd == ev->wd)
			on_change(d, ev->mask, ev->name);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(fd, buf, sizeof(buf));

	(void)what;
	for (ssize_t off = 0; off < n;) {
		const struct inotify_event *ev = (void *)(buf + off);

		on_inotify(arg, ev);
		off += (ssize_t)(sizeof(*ev) + ev->len);
	}
}

void files_catch_up(struct files *f)
{
	if (f->inotify >= 0)
		on_readable(f->inotify, 0, f);
}

static int open_inotify(struct files *f, struct err *err)
{
	if (f->inotify >= 0)
		return 0;
	f->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->inotify < 0)
		return err_sys(err, errno, "Can't watch files (fs.inotify.max_user_instances)");
	linger_hold(f->watch->linger, f->inotify);
	f->readable = event_new(f->watch->base, f->inotify, EV_READ | EV_PERSIST, on_readable, f);
	if (!f->readable || event_add(f->readable, NULL) < 0) {
		fd_closep(&f->inotify);
		return err_sys(err, ENOMEM, "Can't watch files");
	}
	return 0;
}

/* inotify takes paths only; the one that needs no /proc is ".". */
static int watch_dir(const struct files *f, int dir, struct err *err)
{
	int wd = -1, code;

	if (fchdir(dir) == 0)
		wd = inotify_add_watch(f->inotify, ".", INTERESTS);
	code = errno;
	if (chdir("/") < 0)
		return err_sys(err, errno, "Can't go back to /");
	return wd < 0 ? err_sys(err, code, "Can't watch a folder of the node") : wd;
}

struct files *files_new(struct watch *w)
{
	struct files *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->watch = w;
	f->inotify = -1;
	return f;
}

int files_add(struct files *f, struct wnode *n, enum files_dir which, int dirfd, struct err *err)
{
	auto_fd dir = dirfd;
	struct folder *d;
	int wd, rc = open_inotify(f, err);

	if (rc < 0)
		return rc;
	wd = watch_dir(f, dir, err);
	if (wd < 0)
		return err_wrap(err, "%s", dirs[which].path);
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_sys(err, ENOMEM, "Can't watch %s", dirs[which].path);
	*d = (struct folder){
		.next = f->folders, .node = n, .which = which, .dir = fd_steal(&dir), .wd = wd};
	f->folders = d;
	return 0;
}

/* Two nodes may share a folder, and then its watch. */
static bool still_used(const struct files *f, int wd)
{
	for (const struct folder *d = f->folders; d; d = d->next)
		if (d->wd == wd)
			return true;
	return false;
}

void files_drop(struct files *f, const struct wnode *n)
{
	for (struct folder **at = &f->folders; *at;) {
		struct folder *d = *at;

		if (d->node != n) {
			at = &d->next;
			continue;
		}
		*at = d->next;
		if (!still_used(f, d->wd))
			inotify_rm_watch(f->inotify, d->wd);
		fd_closep(&d->dir);
		free(d);
	}
}

void files_free(struct files *f)
{
	if (!f)
		return;
	while (f->folders)
		files_drop(f, f->folders->node);
	if (f->readable)
		event_free(f->readable);
	fd_closep(&f->inotify);
	free(f);
}
