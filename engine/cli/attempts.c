/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempt folders. */
#define _GNU_SOURCE
#include "cli/attempts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include "base/cleanup.h"
#include "cli/script_client.h"

void draw_word(char *buf, size_t letters)
{
	/* No i, l, o, 0, 1: people read these aloud. 31 letters; the slight bias does no harm. */
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
	unsigned char bytes[64];

	if (letters > sizeof(bytes) || getrandom(bytes, letters, 0) != (ssize_t)letters)
		memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < letters; i++)
		buf[i] = alphabet[bytes[i] % (sizeof(alphabet) - 1)];
	buf[letters] = '\0';
}

int attempts_root(char **ret, struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	if (state && state[0] == '/')
		n = asprintf(ret, "%s/netdojo/attempts", state);
	else if (home && home[0] == '/')
		n = asprintf(ret, "%s/.local/state/netdojo/attempts", home);
	else {
		err_set(err, ERR_MACHINE, ENOENT, "There is no place for the attempt's files");
		return err_mend(err, "Set HOME or XDG_STATE_HOME");
	}
	return n < 0 ? err_sys(err, ENOMEM, "Can't name the attempts folder") : 0;
}

/* mkdir -p; folders that are there stay as they are. */
static int make_folders(const char *path, struct err *err)
{
	auto_free char *part = strdup(path);

	if (!part)
		return err_sys(err, ENOMEM, "Can't make %s", path);
	for (char *p = part + 1;; p++) {
		char was = *p;

		if (was != '/' && was)
			continue;
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST) {
			err_sys(err, errno, "Can't make the folder %s", part);
			return err_mend(err, "Set XDG_STATE_HOME to a folder you may write");
		}
		*p = was;
		if (!was)
			return 0;
	}
}

static int write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

static int copy_scenario(const char *dir, const char *scenario_path, struct err *err)
{
	auto_free char *text = NULL, *to = NULL;
	auto_fd fd = -1;
	int rc = script_read_file(scenario_path, &text, err);

	if (rc < 0)
		return rc;
	if (asprintf(&to, "%s/scenario.lua", dir) < 0)
		return err_sys(err, ENOMEM, "Can't copy the scenario");
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	rc = fd < 0 ? -errno : write_all(fd, text, strlen(text));
	return rc < 0 ? err_sys(err, -rc, "Can't write %s", to) : 0;
}

int attempt_fill(const char *dir, const char *scenario_path, struct err *err)
{
	int rc = make_folders(dir, err);

	return rc < 0 ? rc : copy_scenario(dir, scenario_path, err);
}

int attempt_new(const char *id, const char *scenario_path, char **ret_dir, struct err *err)
{
	auto_free char *root = NULL, *dir = NULL;
	char stamp[32], word[8];
	time_t now = time(NULL);
	struct tm utc;
	int rc = attempts_root(&root, err);

	if (rc < 0)
		return rc;
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	draw_word(word, 4);
	if (asprintf(&dir, "%s/%s-%.64s-%s", root, stamp, id, word) < 0)
		return err_sys(err, ENOMEM, "Can't name the attempt");
	rc = attempt_fill(dir, scenario_path, err);
	if (rc == 0)
		*ret_dir = ptr_steal(dir);
	return rc;
}

enum { LOCK_MS = 2000 }; /* what a lab may take to end */

static void on_alarm(int sig)
{
	(void)sig;
}

/* flock that gives up; the alarm comes again, should the first be early. */
static int flock_for(int fd, int ms)
{
	struct sigaction act = {.sa_handler = on_alarm}, before;
	struct itimerval soon = {.it_value = {ms / 1000, ms % 1000 * 1000},
				 .it_interval = {0, 50000}},
			 never = {0};
	int rc, why;

	sigaction(SIGALRM, &act, &before);
	setitimer(ITIMER_REAL, &soon, NULL);
	rc = flock(fd, LOCK_EX);
	why = errno;
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	errno = why;
	return rc;
}

/* A file system without locks is one without this guard. */
static bool lock(int dirfd, int ms)
{
	if (flock(dirfd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return true;
	return ms > 0 && (flock_for(dirfd, ms) == 0 || errno != EINTR);
}

int attempt_lock(int dirfd, const char *dir, struct err *err)
{
	if (lock(dirfd, LOCK_MS))
		return 0;
	err_set(err, ERR_USAGE, EBUSY, "The attempt in '%s' is being played", dir);
	return err_mend(err, "`netdojo shell` joins it");
}

int attempt_free(const char *dir, struct err *err)
{
	auto_free char *log = NULL;
	struct stat st;

	if (asprintf(&log, "%s/events.jsonl", dir) < 0)
		return err_sys(err, ENOMEM, "Can't name the attempt's log");
	if (stat(log, &st) < 0 || st.st_size == 0)
		return 0;
	err_set(err, ERR_USAGE, EEXIST, "There is an attempt in '%s' already", dir);
	return err_mend(err, "`netdojo play --resume %s` goes on with it, or name another folder",
			dir);
}

static bool is_locked(const char *dir, int ms)
{
	auto_fd fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && !lock(fd, ms);
}

bool attempt_is_played(const char *dir)
{
	return is_locked(dir, 0);
}

bool attempt_stays_played(const char *dir)
{
	return is_locked(dir, LOCK_MS);
}

void attempt_discard(const char *dir)
{
	auto_fd fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		return;
	fd_steal(&fd);
	while ((e = readdir(d)))
		unlinkat(dirfd(d), e->d_name,
			 0); /* "." and ".." refuse; an attempt holds no folders */
	closedir(d);
	rmdir(dir);
}
