/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces captured from. */
#ifndef NETDOJO_NETNS_CAPTURE_SOURCE_H
#define NETDOJO_NETNS_CAPTURE_SOURCE_H

#include <pcap/pcap.h>
#include <stdint.h>

#include "netns/capture/options.h"

enum { SOURCES_MAX = 128, SOURCE_NAME_MAX = 64 };

struct source {
	pcap_t *pcap; /* NULL once the interface is gone */
	int fd;
	char name[SOURCE_NAME_MAX]; /* "wsl:eth0" */
	uint8_t mac[6];		    /* all zero where it has none: loopback */
	struct pcap_stat last;	    /* as of when it was closed */
};

struct sources {
	struct source list[SOURCES_MAX];
	size_t n;
};

/* Opens what the options name, in their namespaces; the caller ends in the last of them. */
int sources_open(const struct capture_options *o, struct sources *ret, struct err *err);
void sources_done(struct sources *s);
/* Closes one and keeps its counts. */
void source_close(struct source *s);

#endif
