/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node's files. Theory of operation: one small tmpfs in init's mount namespace (the base) holds what all nodes
 * share: u, our layer over the host's /usr; usr, the two merged; e, the lower /etc. Each node mounts its own tmpfs
 * over base/n, in its own mount namespace, with the upper layers beside (not inside) the directory that becomes
 * its root. Only neutral paths reach a mount option, since a node can read them in /proc/self/mountinfo.
 */
#ifndef NETDOJO_NETNS_ROOTFS_H
#define NETDOJO_NETNS_ROOTFS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "model/model.h"

enum { ROOTFS_STORES = 64, ROOTFS_HOLDERS = 8 };

/* A disk or a volume: base/k/NUMBER. */
struct rootfs_store {
	char name[16];
	bool volume;
	int holders
		[ROOTFS_HOLDERS]; /* pidfds of the agents that were given it, dead or not; owned */
	size_t n_holders;
};

/* Of a disk: the folder with what rootfs_etc_place says. */
#define ROOTFS_DISK_ETC "e"

/* A root as it was made. */
struct rootfs_made {
	bool used; /* its disk had an earlier generation, so that anything may be on it, or nothing fit any more */
	json_t *warnings; /* strings: what was left out for that; owned */
};

struct rootfs {
	char base[32];	 /* an FHS directory of the host's that nothing of ours is under */
	bool range_map;	 /* ids 0-65535 are real; false: one */
	bool overlay;	 /* overlayfs can be mounted in this user namespace */
	bool no_overlay; /* as where overlayfs is refused; for tests */
	bool no_binfmt;	 /* as where binfmt_misc can't be had; for tests */
	bool binfmt;	 /* .exe files of the drive are the kernel's to run; false: scripts */
	struct rootfs_store stores[ROOTFS_STORES];
	size_t n_stores;
	char prefix[PATH_MAX]; /* where netdojo is installed; never shown */
};

/* Once a lab, in init's mount namespace: builds and mounts the base. guest_dir as in node_setup. */
int rootfs_skeleton(struct rootfs *r, const char *guest_dir, struct err *err);
/* Appends a certificate authority to the bundle every node sees. */
int rootfs_trust(const struct rootfs *r, const char *pem, struct err *err);

/* In init, before n's agent is cloned: mounts what of n's disk and volumes is not there yet. */
int rootfs_stores(struct rootfs *r, const struct node *n, struct err *err);
/* In the agent, before it closes what it has of init's: waits until nobody is on the disk any more. */
int rootfs_wait(const struct rootfs *r, const struct node *n, struct err *err);
/* In init, after: the agent of that pidfd (borrowed) is on n's disk. */
void rootfs_hold(struct rootfs *r, const struct node *n, int pidfd);
void rootfs_done(struct rootfs *r);
/* Fills a mounted volume as Windows' drive C:. */
int rootfs_drive(struct rootfs *r, const char *path, struct err *err);

/* In the agent: builds n's root over base/n and pivots into it; the host's mounts are gone after. */
int rootfs_enter(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		 struct err *err);
/* Gives back rc; but what fails for what is on a used disk is a warning and 0: a node that was started can be started again. */
int rootfs_pass(struct rootfs_made *made, int rc, struct err *err);

/* Parts of rootfs_skeleton, one file each. */
int rootfs_layer(const struct rootfs *r, const char *guest_dir, struct err *err);
int rootfs_usr(struct rootfs *r, const char *guest_dir, struct err *err);
int rootfs_etc(const struct rootfs *r, struct err *err);

/* In the agent, its root entered, before the filter: .exe files run. */
void rootfs_interop(const struct rootfs *r, const struct node *n);

/* Parts of rootfs_enter; the working directory is the new root, not yet pivoted into. used: the homes and /etc are an earlier
 * generation's, and must not be written through: they may hold links to anywhere. */
int rootfs_disk(const struct rootfs *r, const struct node *n, bool *ret_used, struct err *err);
int rootfs_dev(const struct rootfs *r, struct err *err);
int rootfs_home(const struct rootfs *r, const struct node *n, bool used, struct err *err);
int rootfs_init(const struct rootfs *r, const struct node *n, struct err *err);
int rootfs_volumes(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		   struct err *err);
/* The last: from now on the disk is used. */
int rootfs_disk_made(const struct rootfs *r, const struct node *n, struct err *err);
int rootfs_trees(const struct rootfs *r, const struct node *n, struct rootfs_made *made,
		 struct err *err);
int rootfs_kernel(const struct node *n, struct err *err);
bool rootfs_has_disk(const struct node *n);
/* Whether the user "learner" is in the node. */
bool rootfs_has_learner(const struct node *n);
/* The folder that has the upper layer of n's /etc ("u", "w"; "e" where it is a copy). */
void rootfs_etc_place(const struct rootfs *r, const struct node *n, char ret[64]);
/* Where a disk or volume is mounted, by its name; -ENOENT. */
int rootfs_store(const struct rootfs *r, const char *name, bool volume, char *ret, size_t size);
/* The path of target in the root that is being built; a folder is made there, links in the way go, files stay and are an error. */
int rootfs_target(const struct rootfs *r, const char *target, char ret[PATH_MAX], struct err *err);

/*
 * Writes, links or (remove) removes a file of the model inside the node, atomically; parents are made, the owner is
 * the folder's.
 */
int rootfs_file(const struct file *f, bool remove, struct err *err);
/* The same for what fd holds, of any size and any bytes; root's. */
int rootfs_install(int fd, const char *path, mode_t mode, struct err *err);

enum { LEARNER_UID = 1000, N_GUESTS = 2, N_INIT_LINKS = 2, N_STAND_INS = 1, N_OWN_PATHS = 7 };

/* Programs of ours that every node has; and (rootfs_own_paths) where in /usr netdojo's own data may be installed. */
extern const char *const rootfs_guests[N_GUESTS];
/* Commands that are links to WSL's /init. */
extern const char *const rootfs_init_links[N_INIT_LINKS];
/* Programs of ours that a node has where the host's /usr has none of that name. */
extern const char *const rootfs_stand_ins[N_STAND_INS];
bool rootfs_host_has(const char *program);
extern const char *const rootfs_own_paths[N_OWN_PATHS];

#endif
