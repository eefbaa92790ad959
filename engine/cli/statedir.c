/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder of live labs. */
#define _GNU_SOURCE
#include "cli/statedir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"

int lab_name_check(const char *name, struct err *err)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	if (n && n <= LAB_NAME_MAX && !name[n] && name[0] != '.' && name[0] != '-')
		return 0;
	err_set(err, ERR_USAGE, EINVAL, "Wrong lab name '%.64s'", name);
	return err_mend(err, "Use at most %d of a-z, 0-9, '.' and '-', a letter or digit first",
			LAB_NAME_MAX);
}

/* Another user of this machine may have made the name first, as a link or as a folder of theirs:
 * then it is refused. */
static int check_ours(int dir, const char *what, struct err *err)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return err_sys(err, errno, "Can't read the state folder %s", what);
	if (st.st_uid != geteuid()) {
		err_set(err, ERR_MACHINE, EPERM, "The state folder %s belongs to uid %u", what,
			st.st_uid);
		return err_mend(err, "Set XDG_RUNTIME_DIR to a folder of your own");
	}
	if (st.st_mode & 077) {
		err_set(err, ERR_MACHINE, EPERM,
			"The state folder %s is open to others (mode %03o)", what,
			st.st_mode & 0777);
		return err_mend(err, "Run `chmod 700 %s`", what);
	}
	return 0;
}

int statedir_open_at(int parent, const char *name, const char *what, struct err *err)
{
	auto_fd dir = -1;
	int rc;

	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		return err_sys(err, errno, "Can't make the state folder %s", what);
	dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		err_set(err, ERR_MACHINE, EPERM,
			"The state folder %s is not a folder but a link or a file", what);
		return err_mend(err, "Remove it, or set XDG_RUNTIME_DIR to a folder of your own");
	}
	if (dir < 0)
		return err_sys(err, errno, "Can't open the state folder %s", what);
	rc = check_ours(dir, what, err);
	return rc < 0 ? rc : fd_steal(&dir);
}

/* $XDG_RUNTIME_DIR where it is ours (su and sudo leave another user's behind); -1 else. */
static int runtime_dir(const char **ret_path)
{
	const char *path = getenv("XDG_RUNTIME_DIR");
	auto_fd dir = -1;
	struct stat st;

	if (!path || path[0] != '/')
		return -1;
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fstat(dir, &st) < 0 || st.st_uid != geteuid())
		return -1;
	*ret_path = path;
	return fd_steal(&dir);
}

/* Our uid as the host has it: root of a user namespace of ours is no namesake of the host's root.
 */
static uid_t uid_outside(void)
{
	auto_file map = fopen("/proc/self/uid_map", "re");
	unsigned inside, outside, count;
	uid_t uid = geteuid();

	while (map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		if (uid >= inside && uid - inside < count)
			return outside + (uid - inside);
	return uid;
}

int statedir_open(struct err *err)
{
	const char *base = "/tmp";
	auto_fd parent = runtime_dir(&base);
	char name[32] = "netdojo", what[512];

	if (parent < 0) {
		parent = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (parent < 0)
			return err_sys(err, errno, "Can't open %s", base);
		snprintf(name, sizeof(name), "netdojo-%u", uid_outside());
	}
	snprintf(what, sizeof(what), "%s/%s", base, name);
	return statedir_open_at(parent, name, what, err);
}

/* Through /proc/self/fd, since a socket's path has room for 107 bytes only, however long the
 * folder's is. */
static void socket_address(int dir, const char *name, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%.*s.sock", dir,
		 LAB_NAME_MAX, name);
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

/* A connected socket, or a negative errno: -ECONNREFUSED when nobody listens any more. */
static int try_connect(int dir, const char *name)
{
	struct sockaddr_un a;
	auto_fd fd = new_socket();

	socket_address(dir, name, &a);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return -errno;
	return fd_steal(&fd);
}

struct file_name {
	char s[LAB_NAME_MAX + 8];
};

static struct file_name file_of(const char *name)
{
	struct file_name f;

	snprintf(f.s, sizeof(f.s), "%.*s.sock", LAB_NAME_MAX, name);
	return f;
}

static void unlink_socket(int dir, const char *name)
{
	unlinkat(dir, file_of(name).s, 0);
}

ino_t statedir_inode(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, file_of(name).s, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_ino;
}

void statedir_give_back(int dir, const char *name, ino_t inode)
{
	if (flock(dir, LOCK_EX) < 0)
		return;
	if (inode && statedir_inode(dir, name) == inode)
		unlink_socket(dir, name);
	flock(dir, LOCK_UN);
}

static int bind_locked(int dir, const char *name, struct err *err)
{
	struct sockaddr_un a;
	auto_fd old = try_connect(dir, name), fd = new_socket();

	if (old >= 0) {
		err_set(err, ERR_USAGE, EADDRINUSE, "A lab named '%s' is running already", name);
		return err_mend(
			err,
			"Choose another name with --lab, or end it with `netdojo down --lab %s`",
			name);
	}
	if (old == -ECONNREFUSED)
		unlink_socket(dir, name);
	if (fd < 0)
		return err_sys(err, errno, "Can't make a socket");
	socket_address(dir, name, &a);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 16) < 0)
		return err_sys(err, errno, "Can't bind the socket of lab '%s'", name);
	return fd_steal(&fd);
}

int statedir_bind(int dir, const char *name, struct err *err)
{
	int rc = lab_name_check(name, err);

	if (rc < 0)
		return rc;
	if (flock(dir, LOCK_EX) < 0)
		return err_sys(err, errno, "Can't lock the state folder");
	rc = bind_locked(dir, name, err);
	flock(dir, LOCK_UN);
	return rc;
}

void statedir_forget(int dir, const char *name)
{
	auto_fd alive = -1;

	if (flock(dir, LOCK_EX) < 0)
		return;
	alive = try_connect(dir, name);
	if (alive == -ECONNREFUSED)
		unlink_socket(dir, name);
	flock(dir, LOCK_UN);
}

int statedir_connect(int dir, const char *name, struct err *err)
{
	int fd, rc = lab_name_check(name, err);

	if (rc < 0)
		return rc;
	fd = try_connect(dir, name);
	if (fd >= 0)
		return fd;
	if (fd == -ECONNREFUSED)
		statedir_forget(dir, name);
	else if (fd != -ENOENT)
		return err_sys(err, -fd, "Can't reach lab '%s'", name);
	err_set(err, ERR_USAGE, ENOENT, "No lab named '%s' is running", name);
	return err_mend(err, "`netdojo ps` lists the labs");
}

void statedir_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lab's name of a directory entry "NAME.sock" (caller frees); NULL for other files. */
static char *lab_of(const char *file)
{
	size_t n = strlen(file);
	auto_free char *name = NULL;

	if (n <= 5 || strcmp(file + n - 5, ".sock") != 0)
		return NULL;
	name = strndup(file, n - 5);
	return name && lab_name_check(name, NULL) == 0 ? ptr_steal(name) : NULL;
}

static bool is_alive(int dir, const char *name)
{
	auto_fd fd = try_connect(dir, name);

	if (fd == -ECONNREFUSED)
		statedir_forget(dir, name);
	return fd >= 0;
}

static void close_dirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

int statedir_names(int dir, char ***ret, size_t *ret_n, struct err *err)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	nd_cleanup(close_dirp) DIR *d = again < 0 ? NULL : fdopendir(again);
	struct dirent *e;
	char **names = NULL;
	size_t n = 0;

	if (!d)
		return err_sys(err, errno, "Can't read the state folder");
	while ((e = readdir(d))) {
		auto_free char *name = lab_of(e->d_name);
		char **more;

		if (!name || !is_alive(dir, name))
			continue;
		more = realloc(names, (n + 1) * sizeof(*names));
		if (!more) {
			statedir_names_free(names, n);
			return err_sys(err, ENOMEM, "Can't list the labs");
		}
		names = more;
		names[n++] = ptr_steal(name);
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	*ret = names;
	*ret_n = n;
	return 0;
}
