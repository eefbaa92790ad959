/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs and their Debian packages. */
#define _GNU_SOURCE
#include "cli/tools.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"

/* Debian 12 and 13 and Ubuntu 24.04 agree on all of these. Sorted by tool. */
static const struct tool {
	const char *name, *package;
} tools[] = {
	{"arp", "net-tools"},
	{"arping", "iputils-arping"},
	{"conntrack", "conntrack"},
	{"curl", "curl"},
	{"dig", "bind9-dnsutils"},
	{"ethtool", "ethtool"},
	{"fish", "fish"},
	{"getent", "libc-bin"},
	{"git", "git"},
	{"host", "bind9-host"},
	{"hostname", "hostname"},
	{"ifconfig", "net-tools"},
	{"ip", "iproute2"},
	{"ip6tables", "iptables"},
	{"iperf3", "iperf3"},
	{"iptables", "iptables"},
	{"jq", "jq"},
	{"less", "less"},
	{"lsof", "lsof"},
	{"mtr", "mtr-tiny"},
	{"nano", "nano"},
	{"nc", "netcat-openbsd"},
	{"netstat", "net-tools"},
	{"nft", "nftables"},
	{"nmap", "nmap"},
	{"nslookup", "bind9-dnsutils"},
	{"ping", "iputils-ping"},
	{"python3", "python3"},
	{"resolvectl", "systemd-resolved"},
	{"route", "net-tools"},
	{"socat", "socat"},
	{"ss", "iproute2"},
	{"ssh", "openssh-client"},
	{"ssh-keygen", "openssh-client"},
	{"strace", "strace"},
	{"tc", "iproute2"},
	{"tcpdump", "tcpdump"},
	{"telnet", "inetutils-telnet"},
	{"tracepath", "iputils-tracepath"},
	{"traceroute", "traceroute"},
	{"tshark", "tshark"},
	{"ufw", "ufw"},
	{"vi", "vim-tiny"},
	{"vim", "vim"},
	{"wget", "wget"},
	{"zsh", "zsh"},
};

const char *tool_package(const char *tool)
{
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (strcmp(tools[i].name, tool) == 0)
			return tools[i].package;
	return tool;
}

/* Programs of ours that a node has, nft among them where the host has none. */
static bool is_ours(const char *tool)
{
	char name[64];
	auto_free char *path = NULL;

	if (snprintf(name, sizeof(name), "node/%s", tool) >= (int)sizeof(name))
		return false;
	path = path_libexec(name);
	return path && access(path, X_OK) == 0;
}

bool tool_present(const char *tool)
{
	static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};

	if (strchr(tool, '/'))
		return access(tool, X_OK) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%.200s", folders[i], tool);
		if (access(path, X_OK) == 0)
			return true;
	}
	return is_ours(tool);
}

json_t *tools_lacking(const json_t *requires)
{
	json_t *out = json_array(), *tool;
	size_t i;

	json_array_foreach (json_object_get(requires, "tools"), i, tool) {
		const char *name = json_string_value(tool);

		if (name && !tool_present(name))
			json_array_append_new(out, json_pack("{s:s, s:s}", "tool", name, "package",
							     tool_package(name)));
	}
	return out;
}

void tools_describe(const json_t *lacking, char *buf, size_t size)
{
	const json_t *one;
	size_t i;

	*buf = '\0';
	json_array_foreach ((json_t *)lacking, i, one) {
		const char *name = json_str(one, "tool", NULL);
		size_t used = strlen(buf);

		if (name)
			snprintf(buf + used, size - used, "%s%s (package %s)", used ? ", " : "",
				 name, json_str(one, "package", ""));
	}
}

void tools_packages(const json_t *lacking, char *buf, size_t size)
{
	const json_t *one;
	size_t i;

	*buf = '\0';
	json_array_foreach ((json_t *)lacking, i, one) {
		const char *package = json_str(one, "package", "");
		size_t used = strlen(buf);

		if (!strstr(buf, package))
			snprintf(buf + used, size - used, "%s%s", used ? " " : "", package);
	}
}
