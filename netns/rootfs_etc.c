/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lower /etc of every node: an allow-list of the host's and templates of ours, never the host's as a whole. */
#define _GNU_SOURCE
#include "netns/rootfs.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "netns/rootfs_fs.h"

/* Files and links of the host's that only say how programs are installed, not whose machine this is. */
static const char *const host_files[] = {
	"services",
	"protocols",
	"ethertypes",
	"rpc",
	"ld.so.cache",
	"ld.so.conf",
	"bash.bashrc",
	"profile",
	"inputrc",
	"localtime",
	"timezone",
	"locale.alias",
	"locale.conf",
	"gai.conf",
	"os-release",
	"debian_version",
	"lsb-release",
	"issue",
	"login.defs",
	"shells",
	"nanorc",
	"wgetrc",
	"host.conf",
	"networks",
	"default/ufw",
	"default/locale",
	"sysctl.conf",
	"ufw/sysctl.conf",
	"ssh/ssh_config",
	"ssl/openssl.cnf",
	"ca-certificates.conf",
	"bash_completion",
	"vim/vimrc",
	"tcpdump.conf",
	"environment",
};
static const struct {
	const char *name;
	int depth;
} host_trees[] = {
	{"ld.so.conf.d", 1},
	{"terminfo", 2},
	{"iproute2", 2},
	{"bash_completion.d", 1},
	{"python3", 1},
	{"python3.11", 1},
	{"python3.12", 1},
	{"python3.13", 1},
	{"ufw/applications.d", 1},
	{"ssh/ssh_config.d", 1},
	{"zsh", 1},
	{"fish", 1},
	{"skel", 1},
};

#define PAM_ROOT                                                                                   \
	"auth required pam_rootok.so\naccount required pam_permit.so\nsession required "           \
	"pam_permit.so\n"

static const struct {
	const char *name, *text;
	mode_t mode;
} templates[] = {
	{"passwd",
	 "root:x:0:0:root:/root:/bin/bash\n"
	 "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
	 "bin:x:2:2:bin:/bin:/usr/sbin/nologin\n"
	 "sys:x:3:3:sys:/dev:/usr/sbin/nologin\n"
	 "sync:x:4:65534:sync:/bin:/bin/sync\n"
	 "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n"
	 "man:x:6:12:man:/var/cache/man:/usr/sbin/nologin\n"
	 "lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin\n"
	 "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n"
	 "news:x:9:9:news:/var/spool/news:/usr/sbin/nologin\n"
	 "uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin\n"
	 "proxy:x:13:13:proxy:/bin:/usr/sbin/nologin\n"
	 "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
	 "backup:x:34:34:backup:/var/backups:/usr/sbin/nologin\n"
	 "_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n"
	 "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n"
	 "messagebus:x:102:102::/nonexistent:/usr/sbin/nologin\n"
	 "tcpdump:x:103:103::/nonexistent:/usr/sbin/nologin\n"
	 "systemd-resolve:x:104:104:systemd Resolver,,,:/:/usr/sbin/nologin\n"
	 "dnsmasq:x:105:65534:dnsmasq,,,:/var/lib/misc:/usr/sbin/nologin\n"
	 "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
	 0644},
	{"group",
	 "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:learner\ntty:x:5:\ndisk:x:6:\nlp:x:7:"
	 "\n"
	 "mail:x:8:\nnews:x:9:\nuucp:x:10:\nman:x:12:\nproxy:x:13:\nkmem:x:15:\ndialout:x:20:\n"
	 "cdrom:x:24:learner\nfloppy:x:25:\nsudo:x:27:learner\naudio:x:29:\ndip:x:30:learner\n"
	 "www-data:x:33:\nbackup:x:34:\noperator:x:37:\nshadow:x:42:\nutmp:x:43:\nvideo:x:44:\n"
	 "plugdev:x:46:learner\nstaff:x:50:\ngames:x:60:\nusers:x:100:learner\nmessagebus:x:102:\n"
	 "tcpdump:x:103:\nsystemd-resolve:x:104:\nnetdev:x:106:\nnogroup:x:65534:\n",
	 0644},
	{"nsswitch.conf",
	 "passwd:         files\ngroup:          files\nshadow:         files\ngshadow:        "
	 "files\n\n"
	 "hosts:          files dns\nnetworks:       files\n\nprotocols:      db files\n"
	 "services:       db files\nethers:         db files\nrpc:            db files\n\n"
	 "netgroup:       nis\n",
	 0644},
	{"hosts",
	 "127.0.0.1\tlocalhost\n::1\tip6-localhost ip6-loopback\nff02::1\tip6-allnodes\n"
	 "ff02::2\tip6-allrouters\n",
	 0644},
	/* root may become anybody; nobody else has a password to give */
	{"pam.d/su", PAM_ROOT, 0644},
	{"pam.d/runuser", PAM_ROOT, 0644},
	{"pam.d/other",
	 "auth required pam_deny.so\naccount required pam_deny.so\nsession required pam_deny.so\n",
	 0644},
	{"fstab", "", 0644},
	{"subuid", "", 0644},
	{"subgid", "", 0644},
};

static int etc_path(char *buf, size_t size, const struct rootfs *r, const char *name)
{
	return snprintf(buf, size, "%s/e/%s", r->base, name) >= (int)size ? -ENAMETOOLONG : 0;
}

static int copy_host(const struct rootfs *r, struct err *err)
{
	static const char *const folders[] = {"default",   "ufw", "ssh",   "ssl",
					      "ssl/certs", "vim", "pam.d", "alternatives"};
	char from[PATH_MAX], to[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && rc == 0; i++) {
		etc_path(to, sizeof(to), r, folders[i]);
		rc = fs_mkdirs(to, 0755, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(host_files) && rc == 0; i++) {
		snprintf(from, sizeof(from), "/etc/%s", host_files[i]);
		etc_path(to, sizeof(to), r, host_files[i]);
		rc = fs_copy(from, to, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(host_trees) && rc == 0; i++) {
		snprintf(from, sizeof(from), "/etc/%s", host_trees[i].name);
		etc_path(to, sizeof(to), r, host_trees[i].name);
		rc = fs_copy_tree(from, to, host_trees[i].depth, err);
	}
	return rc;
}

static int write_templates(const struct rootfs *r, struct err *err)
{
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(templates) && rc == 0; i++) {
		etc_path(path, sizeof(path), r, templates[i].name);
		rc = fs_write(path, templates[i].text, templates[i].mode, err);
	}
	etc_path(path, sizeof(path), r, "mtab");
	if (rc == 0 && symlink("/proc/self/mounts", path) < 0)
		rc = err_sys(err, errno, "Can't link '%s'", path);
	return rc;
}

/*
 * /etc/ufw: the host's rules are 0640 and hold the host's own rules, so ufw's shipped ones are taken; the names are
 * those of ufw's package in Debian and Ubuntu.
 */
static int write_ufw(const struct rootfs *r, struct err *err)
{
	static const char *const rules[] = {
		"iptables/before.rules", "iptables/before6.rules",
		"iptables/after.rules",	 "iptables/after6.rules",
		"iptables/user.rules",	 "iptables/user6.rules",
		"before.init",		 "after.init",
	};
	char from[PATH_MAX], to[PATH_MAX];
	int rc = 0;

	if (access("/usr/share/ufw", F_OK) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(rules) && rc == 0; i++) {
		const char *slash = strchr(rules[i], '/');

		snprintf(from, sizeof(from), "/usr/share/ufw/%s", rules[i]);
		snprintf(to, sizeof(to), "%s/e/ufw/%s", r->base, slash ? slash + 1 : rules[i]);
		rc = fs_copy(from, to, err);
		chmod(to, 0640);
	}
	etc_path(to, sizeof(to), r, "ufw/ufw.conf");
	return rc == 0 ? fs_write(to, "ENABLED=no\nLOGLEVEL=low\n", 0644, err) : rc;
}

/*
 * Trusted certificates: the host's bundle, which the lab's own authority joins; its folder has whatever else
 * this machine's owner trusts, by name, so it stays outside. OpenSSL looks for cert.pem, see rootfs_usr.c.
 */
static int copy_bundle(const struct rootfs *r, struct err *err)
{
	char path[PATH_MAX];

	etc_path(path, sizeof(path), r, "ssl/certs/ca-certificates.crt");
	return fs_copy("/etc/ssl/certs/ca-certificates.crt", path, err);
}

int rootfs_etc(const struct rootfs *r, struct err *err)
{
	int rc = copy_host(r, err);

	if (rc == 0)
		rc = write_templates(r, err);
	if (rc == 0)
		rc = write_ufw(r, err);
	return rc == 0 ? copy_bundle(r, err) : rc;
}
