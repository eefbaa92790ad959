/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What outlives a node: disks and volumes. Each is a tmpfs in init's mount namespace, made when the first node that names it
 * starts, under a number, since a node can read mount options. A disk is one node's at a time: the agent of its next generation
 * waits until the kernel has ended the ones before. A disk's /etc is a tmpfs of its own, so that a full home leaves room for
 * what a node needs to start.
 */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

/* The drive that Windows and WSL share, filled as Windows' is. */
#define DRIVE "c"

enum { HOLDER_ENDS_MS = 5000 };

static struct rootfs_store *find(const struct rootfs *r, const char *name, bool volume)
{
	for (size_t i = 0; i < r->n_stores; i++)
		if (r->stores[i].volume == volume && !strcmp(r->stores[i].name, name))
			return (struct rootfs_store *)&r->stores[i];
	return NULL;
}

int rootfs_store(const struct rootfs *r, const char *name, bool volume, char *ret, size_t size)
{
	const struct rootfs_store *s = find(r, name, volume);

	if (!s)
		return -ENOENT;
	snprintf(ret, size, "%s/k/%zu", r->base, (size_t)(s - r->stores));
	return 0;
}

static int mount_etc(const char *disk, struct err *err)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/" ROOTFS_DISK_ETC, disk);
	if (mkdir(path, 0755) < 0)
		return err_sys(err, errno, "Can't make '%s'", path);
	return fs_mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV,
			"size=8m,nr_inodes=8k,mode=0755", err);
}

/* The source is what a node's mount table shows: "C:\" for a drive, as on WSL. */
static int mount_store(const struct rootfs_store *s, const char *path, struct err *err)
{
	char source[8] = "tmpfs";

	if (s->volume && s->name[0] && !s->name[1])
		snprintf(source, sizeof(source), "%c:\\", s->name[0] - 'a' + 'A');
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_sys(err, errno, "Can't make '%s'", path);
	return fs_mount(source, path, "tmpfs", MS_NOSUID | MS_NODEV,
			s->volume ? "size=32m,nr_inodes=8k,mode=0755"
				  : "size=64m,nr_inodes=16k,mode=0755",
			err);
}

static int add(struct rootfs *r, const char *name, bool volume, struct err *err)
{
	struct rootfs_store *s = &r->stores[r->n_stores];
	char path[64];
	int rc;

	if (find(r, name, volume))
		return 0;
	if (r->n_stores == ARRAY_SIZE(r->stores))
		return err_set(err, ERR_USAGE, ENOSPC, "A lab has at most %d disks and volumes",
			       ROOTFS_STORES);
	*s = (struct rootfs_store){.volume = volume};
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(path, sizeof(path), "%s/k/%zu", r->base, r->n_stores);
	rc = mount_store(s, path, err);
	if (rc == 0 && !volume)
		rc = mount_etc(path, err);
	if (rc == 0 && volume && !strcmp(name, DRIVE))
		rc = rootfs_drive(r, path, err);
	if (rc < 0) {
		umount2(path, MNT_DETACH);
		return rc;
	}
	r->n_stores++;
	return 0;
}

static bool has_ended(int pidfd, int wait_ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	return poll(&p, 1, wait_ms) > 0;
}

/* Forgets those that have ended; whether one more can be remembered. */
static bool make_room(struct rootfs_store *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_holders; i++) {
		if (has_ended(s->holders[i], 0))
			close(s->holders[i]);
		else
			s->holders[n++] = s->holders[i];
	}
	s->n_holders = n;
	return n < ARRAY_SIZE(s->holders);
}

static int in_use(const struct rootfs_store *s, struct err *err)
{
	return err_set(err, ERR_MACHINE, EBUSY, "The disk '%s' is still in use", s->name);
}

int rootfs_wait(const struct rootfs *r, const struct node *n, struct err *err)
{
	const struct rootfs_store *s = rootfs_has_disk(n) ? find(r, n->disk, false) : NULL;

	for (size_t i = 0; s && i < s->n_holders; i++)
		if (!has_ended(s->holders[i], HOLDER_ENDS_MS))
			return in_use(s, err);
	return 0;
}

int rootfs_stores(struct rootfs *r, const struct node *n, struct err *err)
{
	mode_t mask = umask(022);
	int rc = 0;

	if (rootfs_has_disk(n)) {
		rc = add(r, n->disk, false, err);
		if (rc == 0 && !make_room(find(r, n->disk, false)))
			rc = in_use(find(r, n->disk, false), err);
	}
	for (size_t i = 0; i < n->n_volumes && rc == 0; i++)
		rc = add(r, n->volumes[i].name, true, err);
	umask(mask);
	return rc;
}

void rootfs_hold(struct rootfs *r, const struct node *n, int pidfd)
{
	struct rootfs_store *s = rootfs_has_disk(n) ? find(r, n->disk, false) : NULL;

	int fd = s && s->n_holders < ARRAY_SIZE(s->holders) ? fcntl(pidfd, F_DUPFD_CLOEXEC, 3) : -1;

	if (fd >= 0)
		s->holders[s->n_holders++] = fd;
}

void rootfs_done(struct rootfs *r)
{
	for (size_t i = 0; i < r->n_stores; i++)
		for (size_t k = 0; k < r->stores[i].n_holders; k++)
			close(r->stores[i].holders[k]);
	r->n_stores = 0;
}

static int bind_volume(const struct rootfs *r, const struct volume *v, struct err *err)
{
	char path[64], target[PATH_MAX];
	int rc = rootfs_target(r, v->target, target, err);

	if (rc == 0 && rootfs_store(r, v->name, true, path, sizeof(path)) < 0)
		rc = err_set(err, ERR_MACHINE, ENOENT, "No volume '%s'", v->name);
	return rc == 0 ? fs_bind(path, target, MS_NOSUID | MS_NODEV, err) : rc;
}

int rootfs_volumes(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n->n_volumes && rc == 0; i++)
		rc = rootfs_pass(made, bind_volume(r, &n->volumes[i], err), err);
	return rc;
}

/*
 * A disk's folders were its node's: a link in the way could lead out of the root that is being built, so links are
 * taken away, never followed. Nobody else is at work there: the generation before has ended, this one has not begun.
 */
int rootfs_target(const struct rootfs *r, const char *target, char ret[PATH_MAX], struct err *err)
{
	size_t root = (size_t)snprintf(ret, PATH_MAX, "%s/n/r", r->base);
	struct stat st;

	if (target[0] != '/' || strstr(target, "..") || root + strlen(target) >= PATH_MAX)
		return err_set(err, ERR_USAGE, EINVAL, "'%.128s' is no absolute path", target);
	for (const char *p = target; *p; p += strcspn(p + 1, "/") + 1) {
		size_t len = (size_t)(p - target) + 1 + strcspn(p + 1, "/");

		snprintf(ret + root, PATH_MAX - root, "%.*s", (int)len, target);
		if (lstat(ret, &st) == 0 && S_ISLNK(st.st_mode) && unlink(ret) < 0)
			return err_sys(err, errno, "Can't make room for '%s'", target);
		if (mkdir(ret, 0755) < 0 && (errno != EEXIST || !fs_is_dir(ret)))
			return err_sys(err, errno, "Can't make the folder '%s'", target);
	}
	return 0;
}
