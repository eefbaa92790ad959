/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of rtnetlink and iproute2's words for them. */
#define _GNU_SOURCE
#include "netns/build_names.h"

#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

const struct name_of names_protocol[] = {
	{RTPROT_UNSPEC, "none"},   {RTPROT_REDIRECT, "redirect"},
	{RTPROT_KERNEL, "kernel"}, {RTPROT_BOOT, "boot"},
	{RTPROT_STATIC, "static"}, {RTPROT_RA, "ra"},
	{RTPROT_DHCP, "dhcp"},	   {0, NULL},
};

const struct name_of names_scope[] = {
	{RT_SCOPE_UNIVERSE, "global"}, {RT_SCOPE_SITE, "site"},	      {RT_SCOPE_LINK, "link"},
	{RT_SCOPE_HOST, "host"},       {RT_SCOPE_NOWHERE, "nowhere"}, {0, NULL},
};

const struct name_of names_route_type[] = {
	{RTN_UNICAST, "unicast"},     {RTN_LOCAL, "local"},
	{RTN_BROADCAST, "broadcast"}, {RTN_ANYCAST, "anycast"},
	{RTN_MULTICAST, "multicast"}, {RTN_BLACKHOLE, "blackhole"},
	{RTN_PROHIBIT, "prohibit"},   {RTN_UNREACHABLE, "unreachable"},
	{RTN_THROW, "throw"},	      {0, NULL},
};

const struct name_of names_operstate[] = {
	{IF_OPER_UNKNOWN, "UNKNOWN"}, {IF_OPER_NOTPRESENT, "NOTPRESENT"},
	{IF_OPER_DOWN, "DOWN"},	      {IF_OPER_LOWERLAYERDOWN, "LOWERLAYERDOWN"},
	{IF_OPER_TESTING, "TESTING"}, {IF_OPER_DORMANT, "DORMANT"},
	{IF_OPER_UP, "UP"},	      {0, NULL},
};

/* In the order `ip` prints them. */
const struct name_of names_link_flag[] = {
	{IFF_LOOPBACK, "LOOPBACK"},
	{IFF_BROADCAST, "BROADCAST"},
	{IFF_POINTOPOINT, "POINTOPOINT"},
	{IFF_MULTICAST, "MULTICAST"},
	{IFF_NOARP, "NOARP"},
	{IFF_ALLMULTI, "ALLMULTI"},
	{IFF_PROMISC, "PROMISC"},
	{IFF_UP, "UP"},
	{IFF_LOWER_UP, "LOWER_UP"},
	{IFF_DORMANT, "DORMANT"},
	{0, NULL},
};

const struct name_of names_nud[] = {
	{NUD_PERMANENT, "PERMANENT"},	{NUD_NOARP, "NOARP"},	{NUD_REACHABLE, "REACHABLE"},
	{NUD_STALE, "STALE"},		{NUD_DELAY, "DELAY"},	{NUD_PROBE, "PROBE"},
	{NUD_INCOMPLETE, "INCOMPLETE"}, {NUD_FAILED, "FAILED"}, {0, NULL},
};

const struct name_of names_family[] = {{AF_INET, "inet"}, {AF_INET6, "inet6"}, {0, NULL}};

const struct name_of names_tcp_state[] = {
	{TCP_ESTABLISHED, "ESTAB"},    {TCP_SYN_SENT, "SYN-SENT"},     {TCP_SYN_RECV, "SYN-RECV"},
	{TCP_FIN_WAIT1, "FIN-WAIT-1"}, {TCP_FIN_WAIT2, "FIN-WAIT-2"},  {TCP_TIME_WAIT, "TIME-WAIT"},
	{TCP_CLOSE, "UNCONN"},	       {TCP_CLOSE_WAIT, "CLOSE-WAIT"}, {TCP_LAST_ACK, "LAST-ACK"},
	{TCP_LISTEN, "LISTEN"},	       {TCP_CLOSING, "CLOSING"},       {0, NULL},
};

const struct name_of names_ipproto[] = {
	{IPPROTO_ICMP, "icmp"}, {IPPROTO_TCP, "tcp"},	    {IPPROTO_UDP, "udp"},
	{IPPROTO_GRE, "gre"},	{IPPROTO_ICMPV6, "icmpv6"}, {0, NULL},
};

int names_value(const struct name_of *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table->value;
	return -1;
}

const char *names_name(const struct name_of *table, int value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}
