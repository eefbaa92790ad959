/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a user namespace could not be had, and the command that mends it. */
/*
 * The failure itself was found by trying; the files below only tell its causes apart.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "netns/userns.h"

/* A number in a file of /proc, or dflt. */
static long number_in(const char *path, long dflt)
{
	auto_file f = fopen(path, "re");
	long v;

	return f && fscanf(f, "%ld", &v) == 1 ? v : dflt;
}

static bool line_in(const char *path, const char *prefix, char *ret, size_t size)
{
	auto_file f = fopen(path, "re");

	while (f && fgets(ret, (int)size, f))
		if (!strncmp(ret, prefix, strlen(prefix)))
			return true;
	return false;
}

static bool is_filtered(void)
{
	char line[64];

	return line_in("/proc/self/status", "Seccomp:", line, sizeof(line)) && strchr(line, '2');
}

static bool is_switched_off(void)
{
	return number_in("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0;
}

static bool is_limited(void)
{
	return number_in("/proc/sys/user/max_user_namespaces", 1) == 0;
}

static bool is_apparmor(void)
{
	return number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) > 0;
}

static bool is_absent(void)
{
	return access("/proc/self/ns/user", F_OK) < 0;
}

static bool always(void)
{
	return true;
}

#define AT(stage) (1u << (stage))

/* The first row that fits. code 0 fits every errno. */
static const struct cause {
	unsigned int stages;
	int code;
	bool (*holds)(void);
	const char *what, *mend;
} causes[] = {
	{AT(USERNS_CLONE), ENOSPC, is_limited,
	 "This machine allows no user namespaces (user.max_user_namespaces is 0)",
	 "sudo sysctl user.max_user_namespaces=15000"},
	{AT(USERNS_CLONE), ENOSPC, always, "A limit on namespaces is reached",
	 "Raise it: sudo sysctl user.max_user_namespaces=15000 user.max_net_namespaces=15000"},
	{AT(USERNS_CLONE), EAGAIN, always, "The limit on processes is reached (ulimit -u)",
	 "End programs you don't need, or raise the limit: ulimit -u, /etc/security/limits.conf, a "
	 "service's TasksMax"},
	{AT(USERNS_CLONE), EUSERS, always, "User namespaces are nested too deeply here",
	 "Run netdojo outside this container or namespace"},
	{AT(USERNS_CLONE), EINVAL, always, "This kernel has no user namespaces",
	 "Use a kernel with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS"},
	{AT(USERNS_CLONE), ENOSYS, always, "This kernel has no user namespaces",
	 "Use a kernel with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS"},
	{AT(USERNS_CLONE), EPERM, is_switched_off,
	 "User namespaces are switched off for ordinary users",
	 "sudo sysctl kernel.unprivileged_userns_clone=1"},
	{AT(USERNS_CLONE), EPERM, is_filtered,
	 "A seccomp filter refuses user namespaces, as a container's default does",
	 "Start the container with --security-opt seccomp=unconfined --security-opt "
	 "systempaths=unconfined, "
	 "or use a virtual machine"},
	{AT(USERNS_CLONE), 0, is_absent, "This kernel has no user namespaces",
	 "Use a kernel with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS"},
	{AT(USERNS_MAP) | AT(USERNS_POWER) | AT(USERNS_CLONE), 0, is_apparmor,
	 "User namespaces have no power here: AppArmor restricts them to programs with a profile",
	 "netdojo doctor --apparmor-profile | sudo apparmor_parser -r"},
	{AT(USERNS_MAP), EPERM, always, "The id map of a user namespace is refused",
	 "Run netdojo as a user whose own id is mapped here, outside any chroot"},
	{AT(USERNS_POWER), 0, always,
	 "User namespaces have no power here: a security module denies their capabilities",
	 "Allow user namespaces for netdojo in the security module's policy (SELinux, AppArmor)"},
	{AT(USERNS_CLONE), EPERM, always,
	 "User namespaces are refused, as inside a chroot or by a hardened kernel",
	 "Run netdojo outside the chroot, or allow unprivileged user namespaces"},
};

int userns_explain(enum userns_stage stage, int code, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		const struct cause *c = &causes[i];

		if (!(c->stages & AT(stage)) || (c->code && c->code != code) || !c->holds())
			continue;
		err_set(err, ERR_MACHINE, code, "%s", c->what);
		return err_mend(err, "%s", c->mend);
	}
	return err_sys(err, code, "Can't make a user namespace");
}
