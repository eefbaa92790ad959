/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only a WSL node has (the learner, /mnt/c, /run/WSL), and every root's home. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

static const char bashrc[] =
	"# ~/.bashrc: executed by bash(1) for non-login shells.\n"
	"case $- in\n    *i*) ;;\n      *) return;;\nesac\n"
	"HISTCONTROL=ignoreboth\nshopt -s histappend "
	"checkwinsize\nHISTSIZE=1000\nHISTFILESIZE=2000\n"
	"case \"$TERM\" in\n    xterm-color|*-256color) color_prompt=yes;;\nesac\n"
	"if [ \"$color_prompt\" = yes ]; then\n"
	"    PS1='\\[\\033[01;32m\\]\\u@\\h\\[\\033[00m\\]:\\[\\033[01;34m\\]\\w\\[\\033[00m\\]\\$ "
	"'\n"
	"else\n    PS1='\\u@\\h:\\w\\$ '\nfi\nunset color_prompt\n"
	"if [ -x /usr/bin/dircolors ]; then\n    eval \"$(dircolors -b)\"\n"
	"    alias ls='ls --color=auto'\n    alias grep='grep --color=auto'\nfi\n"
	"alias ll='ls -alF'\nalias la='ls -A'\nalias l='ls -CF'\n"
	"if ! shopt -oq posix && [ -f /usr/share/bash-completion/bash_completion ]; then\n"
	"    . /usr/share/bash-completion/bash_completion\nfi\n";

static const char profile[] =
	"# ~/.profile: executed by the command interpreter for login shells.\n"
	"if [ -n \"$BASH_VERSION\" ] && [ -f \"$HOME/.bashrc\" ]; then\n"
	"    . \"$HOME/.bashrc\"\nfi\n";

static int fill_home(const char *home, struct err *err)
{
	char path[128];
	int rc;

	rc = fs_mkdirs(home, 0700, err);
	snprintf(path, sizeof(path), "%s/.bashrc", home);
	if (rc == 0)
		rc = fs_write(path, bashrc, 0644, err);
	snprintf(path, sizeof(path), "%s/.profile", home);
	return rc == 0 ? fs_write(path, profile, 0644, err) : rc;
}

static const char *const homes[] = {
	"home/learner",
	"home/learner/.bashrc",
	"home/learner/.profile",
	"home/learner/.hushlogin",
};
static const char *const drive[] = {"mnt/c", "mnt/c/Users", "mnt/c/Users/learner"};

/* Gives what stands under the learner's folders to the learner; in a one-uid map it is theirs
 * already. */
static int give(const struct rootfs *r, const char *const *paths, size_t n, struct err *err)
{
	for (size_t i = 0; i < n && r->range_map; i++)
		if (lchown(paths[i], LEARNER_UID, LEARNER_UID) < 0)
			return err_sys(err, errno, "Can't give '%s' to the learner", paths[i]);
	return 0;
}

static int append(const char *path, const char *line, struct err *err)
{
	auto_fd fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		return err_sys(err, errno, "Can't write '%s'", path);
	return 0;
}

static int make_learner(const struct rootfs *r, struct err *err)
{
	int rc = fill_home("home/learner", err);

	if (rc == 0)
		rc = fs_write("home/learner/.hushlogin", "", 0644, err);
	if (rc == 0)
		rc = append("etc/passwd", "learner:x:1000:1000:,,,:/home/learner:/bin/bash\n", err);
	if (rc == 0)
		rc = append("etc/group", "learner:x:1000:\n", err);
	if (rc < 0)
		return rc;
	chmod("home/learner", 0750);
	return give(r, homes, ARRAY_SIZE(homes), err);
}

static int make_folders(const char *const *paths, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = fs_mkdirs(paths[i], 0755, err);
	return rc;
}

/* The drive of a node that has no Windows beside it; else C: is a volume (rootfs_drive.c), or not mounted. */
static int make_drive(const struct rootfs *r, struct err *err)
{
	static const char *const folders[] = {"mnt/c/Users/learner", "mnt/c/Windows/System32"};
	int rc = make_folders(folders, ARRAY_SIZE(folders), err);

	return rc == 0 ? give(r, drive, ARRAY_SIZE(drive), err) : rc;
}

static int make_wsl(const struct rootfs *r, const struct node *n, struct err *err)
{
	static const char *const folders[] = {"mnt/wsl", "mnt/wslg", "run/WSL", "run/user"};
	int rc = make_folders(folders, ARRAY_SIZE(folders), err);

	if (rc == 0)
		rc = fs_mount("none", "mnt/wsl", "tmpfs", MS_NOSUID | MS_NODEV,
			      "size=1m,nr_inodes=256,mode=0755", err);
	return rc == 0 && !rootfs_has_disk(n) ? make_drive(r, err) : rc;
}

static bool is_wsl(const struct node *n)
{
	return n->role == ROLE_WSL || !strcmp(n->user, "learner");
}

/* A person sits at a phone, or at a host of the internet, as an ordinary user. */
bool rootfs_has_learner(const struct node *n)
{
	return is_wsl(n) || n->role == ROLE_LAN || n->role == ROLE_INTERNET;
}

int rootfs_home(const struct rootfs *r, const struct node *n, bool used, struct err *err)
{
	int rc = used ? 0 : fill_home("root", err);

	if (rc == 0 && is_wsl(n))
		rc = make_wsl(r, n, err);
	return rc == 0 && rootfs_has_learner(n) && !used ? make_learner(r, err) : rc;
}
