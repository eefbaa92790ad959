/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel parameters of a network namespace. */
#define _GNU_SOURCE
#include "netns/sysctl.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>

#include "netns/netns.h"

/* What every node starts from, whatever the host does. No wait for duplicate addresses: fe80 is
 * there at once. */
static const struct {
	const char *path, *value;
} pins[] = {
	{"/proc/sys/net/ipv6/conf/default/accept_dad", "0"},
	{"/proc/sys/net/ipv4/ip_forward", "0"},
	{"/proc/sys/net/ipv4/conf/all/rp_filter", "0"},
	{"/proc/sys/net/ipv4/conf/default/rp_filter", "0"},
	{"/proc/sys/net/ipv4/conf/all/accept_local", "0"},
	{"/proc/sys/net/ipv4/conf/default/accept_local", "0"},
	{"/proc/sys/net/ipv4/conf/all/route_localnet", "0"},
	{"/proc/sys/net/ipv4/conf/default/route_localnet", "0"},
	{"/proc/sys/net/ipv4/conf/all/send_redirects", "1"},
	{"/proc/sys/net/ipv4/conf/default/send_redirects", "1"},
	{"/proc/sys/net/ipv4/conf/all/arp_ignore", "0"},
	{"/proc/sys/net/ipv4/conf/all/arp_announce", "0"},
	{"/proc/sys/net/ipv6/conf/default/disable_ipv6", "0"},
	{"/proc/sys/net/ipv6/conf/all/disable_ipv6", "0"},
};
_Static_assert(ARRAY_SIZE(pins) <= BUILD_PINS_MAX, "pins fit their bits");

static int get(const char *path, char *buf, size_t size)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

static int put(const char *path, const char *value)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		return -errno;
	return 0;
}

void sysctl_quiet_hub(void)
{
	put("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
}

uint32_t sysctl_unpinned(void)
{
	uint32_t bits = 0;
	char now[32];

	for (size_t i = 0; i < ARRAY_SIZE(pins); i++)
		if (get(pins[i].path, now, sizeof(now)) == 0 && strcmp(now, pins[i].value))
			bits |= 1u << i;
	return bits;
}

void sysctl_pin(uint32_t bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(pins); i++)
		if (bits & (1u << i))
			put(pins[i].path, pins[i].value);
}

static int is_plain(const char *name)
{
	if (strncmp(name, "net.", 4) || strstr(name, "..") || strlen(name) > 200)
		return 0;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return 0;
	return name[strlen(name) - 1] != '.';
}

int sysctl_path(const char *name, char ret[PATH_MAX], struct err *err)
{
	size_t n;

	if (!is_plain(name))
		return err_set(err, ERR_USAGE, EINVAL,
			       "'%s' is no name of a network sysctl (net.ipv4.ip_forward)", name);
	n = (size_t)snprintf(ret, PATH_MAX, "/proc/sys/%s", name);
	for (size_t i = sizeof("/proc/sys/") - 1; i < n; i++)
		if (ret[i] == '.')
			ret[i] = '/';
	return 0;
}

static int explain(int rc, const char *name, struct err *err)
{
	if (rc == -ENOENT)
		return err_set(err, ERR_MACHINE, ENOENT, "This kernel has no sysctl %s", name);
	return err_sys(err, -rc, "Sysctl %s", name);
}

/* A neighbour's times, which older kernels keep from other user namespaces: without them things only take longer. */
static bool is_pace(const char *name)
{
	return strncmp(name, "net.ipv4.neigh.", 15) == 0;
}

int sysctl_set(struct build *b, const struct op *op, struct err *err)
{
	const struct sysctl *want = op->sysctl;
	auto_visit v = NETNS_AT_HOME;
	char path[PATH_MAX];
	struct build_node *n;
	int rc = build_node_need(b, op->node->name, &n, err);

	if (rc == 0)
		rc = sysctl_path(want->name, path, err);
	if (rc == 0)
		rc = netns_enter(&v, n->netns, b->home, err);
	if (rc < 0)
		return rc;
	rc = put(path, want->value);
	if (rc == -ENOENT && is_pace(want->name))
		return 0;
	return rc < 0 ? explain(rc, want->name, err) : 0;
}

int sysctl_read(struct build *b, struct build_node *n, const char *name, json_t **ret,
		struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	char path[PATH_MAX], value[256];
	int rc = sysctl_path(name, path, err);

	if (rc == 0)
		rc = netns_enter(&v, n->netns, b->home, err);
	if (rc < 0)
		return rc;
	rc = get(path, value, sizeof(value));
	if (rc < 0)
		return explain(rc, name, err);
	*ret = json_pack("{s:s}", "value", value);
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't read %s", name);
}
