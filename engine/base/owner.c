/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a lab is when root starts it. */
#define _GNU_SOURCE
#include "base/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>

#include "base/cleanup.h"

/* Above adduser's range, below systemd's dynamic users (61184). */
enum { UNUSED_FIRST = 60000, UNUSED_LAST = 61000 };

/* A positive id below the 2^32 - 1 that means "none"; 0 when the text is anything else. */
static uint32_t parse_id(const char *text)
{
	char *end;
	unsigned long v;

	if (!text || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	v = strtoul(text, &end, 10);
	return errno || *end || v >= UINT32_MAX ? 0 : (uint32_t)v;
}

static int sudo_user(uid_t *uid, gid_t *gid)
{
	uint32_t u = parse_id(getenv("SUDO_UID")), g = parse_id(getenv("SUDO_GID"));
	const struct passwd *pw = u ? getpwuid(u) : NULL;

	if (!pw)
		return -ENOENT;
	*uid = u;
	*gid = g ? g : pw->pw_gid;
	return *gid ? 0 : -ENOENT;
}

static int unused_user(uid_t *uid, gid_t *gid)
{
	for (unsigned int id = UNUSED_FIRST; id < UNUSED_LAST; id++) {
		if (getpwuid(id) || getgrgid(id))
			continue;
		*uid = id;
		*gid = id;
		return 0;
	}
	return -ENOENT;
}

/* Root of a user namespace that has one id, and that id is not the host's root: nothing to leave.
 */
static bool is_root_of_one_id(void)
{
	auto_file f = fopen("/proc/self/uid_map", "re");
	unsigned int inside, outside, count;

	return f && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3 && inside == 0 &&
	       outside != 0 && count == 1;
}

int owner_choose(uid_t *uid, gid_t *gid, struct err *err)
{
	if (geteuid() != 0 || is_root_of_one_id())
		return 0;
	if (sudo_user(uid, gid) < 0 && unused_user(uid, gid) < 0)
		return err_set(err, ERR_MACHINE, ENOENT, "No unused user id from %d to %d",
			       UNUSED_FIRST, UNUSED_LAST);
	return 1;
}
