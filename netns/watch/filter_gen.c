/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build tool: compiles the packet filter of packets.c with libpcap and prints it as a C table. The
 * watch process itself does without the library, whose loading alone (dbus, systemd, ibverbs) would
 * cost every lab a millisecond.
 */
#include <pcap/pcap.h>
#include <stdio.h>

/* Packets begin at their network header, as a SOCK_DGRAM packet socket hands them over. */
static const char expression[] =
	"(icmp and (icmp[icmptype] = icmp-echo or icmp[icmptype] = icmp-echoreply or"
	"           icmp[icmptype] = icmp-unreach or icmp[icmptype] = icmp-timxceed)) or "
	"(icmp6 and (ip6[40] <= 4 or ip6[40] = 128 or ip6[40] = 129)) or "
	"udp port 53 or tcp port 53 or "
	"(ip and tcp[tcpflags] & (tcp-syn|tcp-rst) != 0) or (ip6 and tcp and ip6[53] & 6 != 0)";

int main(void)
{
	enum { SNAPLEN = 2048 };
	pcap_t *dead = pcap_open_dead(DLT_RAW, SNAPLEN);
	struct bpf_program prog;

	if (!dead || pcap_compile(dead, &prog, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		fprintf(stderr, "Can't compile the filter: %s\n",
			dead ? pcap_geterr(dead) : "no memory");
		return 1;
	}
	printf("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
	       "/* Made by filter_gen.c from: %s */\n"
	       "static const struct sock_filter packet_filter[] = {\n",
	       expression);
	for (unsigned i = 0; i < prog.bf_len; i++)
		printf("\t{0x%02x, %u, %u, 0x%08x},\n", prog.bf_insns[i].code, prog.bf_insns[i].jt,
		       prog.bf_insns[i].jf, prog.bf_insns[i].k);
	printf("};\n");
	pcap_freecode(&prog);
	pcap_close(dead);
	return 0;
}
