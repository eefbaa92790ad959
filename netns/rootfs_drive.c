/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows' drive C:, the volume that the Windows node and WSL share. Its programs are names: whoever runs one in WSL runs
 * /init, by the lab's own binfmt_misc or (before Linux 6.7) because they are scripts of it; Windows' prompt knows its commands
 * without them. All of a folder's names are one file.
 */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

#define SYSTEM	   "Windows/System32"
#define POWERSHELL SYSTEM "/WindowsPowerShell/v1.0"
#define HOME	   "Users/learner"

/* The learner's are as WSL shows them: everybody's, for Windows' programs and WSL's users share them. */
static const struct {
	const char *path;
	mode_t mode;
	bool learners;
} folders[] = {
	{"Users", 0755, false},
	{"Users/Public", 0755, false},
	{HOME, 0777, true},
	{HOME "/AppData", 0777, true},
	{HOME "/Desktop", 0777, true},
	{HOME "/Documents", 0777, true},
	{HOME "/Downloads", 0777, true},
	{"Program Files", 0755, false},
	{"Program Files (x86)", 0755, false},
	{"ProgramData", 0755, false},
	{"Windows", 0755, false},
	{SYSTEM, 0755, false},
	{SYSTEM "/OpenSSH", 0755, false},
	{SYSTEM "/Wbem", 0755, false},
	{SYSTEM "/WindowsPowerShell", 0755, false},
	{POWERSHELL, 0755, false},
	{SYSTEM "/drivers", 0755, false},
	{SYSTEM "/drivers/etc", 0755, false},
};

/* In System32, without ".exe"; in capitals too where Windows' own file name has them. */
static const char *const programs[] = {
	"arp",	    "cmd",	"curl",	   "find",  "findstr", "getmac",  "hnsdiag",
	"hostname", "ipconfig", "more",	   "net",   "netsh",   "netstat", "notepad",
	"nslookup", "pathping", "ping",	   "route", "sc",      "sort",	  "systeminfo",
	"tasklist", "timeout",	"tracert", "where", "whoami",  "wsl",
};
static const char *const capitals[] = {
	"ARP.EXE",  "HOSTNAME.EXE", "NETSTAT.EXE", "PATHPING.EXE",
	"PING.EXE", "ROUTE.EXE",    "TRACERT.EXE",
};
static const char *const elsewhere[] = {
	POWERSHELL "/powershell.exe",
	"Windows/explorer.exe",
	"Windows/notepad.exe",
};

static const char hosts[] =
	"# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\r\n"
	"# This is a sample HOSTS file used by Microsoft TCP/IP for Windows.\r\n#\r\n"
	"# This file contains the mappings of IP addresses to host names. Each\r\n"
	"# entry should be kept on an individual line. The IP address should\r\n"
	"# be placed in the first column followed by the corresponding host name.\r\n"
	"# The IP address and the host name should be separated by at least one\r\n"
	"# space.\r\n#\r\n"
	"# Additionally, comments (such as these) may be inserted on individual\r\n"
	"# lines or following the machine name denoted by a '#' symbol.\r\n#\r\n"
	"# For example:\r\n#\r\n"
	"#      102.54.94.97     rhino.acme.com          # source server\r\n"
	"#       38.25.63.10     x.acme.com              # x client host\r\n\r\n"
	"# localhost name resolution is handled within DNS itself.\r\n"
	"#\t127.0.0.1       localhost\r\n"
	"#\t::1             localhost\r\n";

/* A DOS header whose only sense is its first two bytes. */
static const char by_binfmt[] = "MZ\x90";
static const char by_script[] = "#!/init\n";

static int make_folders(const struct rootfs *r, int drive, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *path = folders[i].path;

		if (mkdirat(drive, path, 0755) < 0 ||
		    (folders[i].mode != 0755 && fchmodat(drive, path, folders[i].mode, 0) < 0) ||
		    (folders[i].learners && r->range_map &&
		     fchownat(drive, path, LEARNER_UID, LEARNER_UID, 0) < 0))
			return err_sys(err, errno, "Can't make 'C:/%s'", path);
	}
	/* the spelling WSL's own PATH has, on a drive where Windows minds no case */
	if (symlinkat("System32", drive, "Windows/system32") < 0)
		return err_sys(err, errno, "Can't link 'C:/Windows/system32'");
	return 0;
}

static int link_program(int drive, const char *path, struct err *err)
{
	if (linkat(drive, POWERSHELL "/powershell.exe", drive, path, 0) < 0)
		return err_sys(err, errno, "Can't make 'C:/%s'", path);
	return 0;
}

static int link_programs(int drive, struct err *err)
{
	char path[64];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs) && rc == 0; i++) {
		snprintf(path, sizeof(path), SYSTEM "/%s.exe", programs[i]);
		rc = link_program(drive, path, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(capitals) && rc == 0; i++) {
		snprintf(path, sizeof(path), SYSTEM "/%s", capitals[i]);
		rc = link_program(drive, path, err);
	}
	for (size_t i = 1; i < ARRAY_SIZE(elsewhere) && rc == 0; i++)
		rc = link_program(drive, elsewhere[i], err);
	return rc;
}

/* Tried, not assumed: a user namespace has a binfmt_misc of its own since 6.7, where it is built at all. */
static bool binfmt_works(const struct rootfs *r)
{
	char target[64];

	snprintf(target, sizeof(target), "%s/n", r->base);
	if (r->no_binfmt || !fs_is_dir("/proc/sys/fs/binfmt_misc") ||
	    mount("binfmt_misc", target, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return false;
	umount2(target, MNT_DETACH);
	return true;
}

int rootfs_drive(struct rootfs *r, const char *path, struct err *err)
{
	auto_fd drive = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char file[128];
	int rc;

	if (drive < 0)
		return err_sys(err, errno, "Can't open '%s'", path);
	r->binfmt = binfmt_works(r);
	rc = make_folders(r, drive, err);
	snprintf(file, sizeof(file), "%s/" SYSTEM "/drivers/etc/hosts", path);
	if (rc == 0)
		rc = fs_write(file, hosts, 0644, err);
	snprintf(file, sizeof(file), "%s/%s", path, elsewhere[0]);
	if (rc == 0)
		rc = fs_write(file, r->binfmt ? by_binfmt : by_script, 0755, err);
	return rc == 0 ? link_programs(drive, err) : rc;
}
