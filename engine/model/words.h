/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single strings of a model must look like. Each says why a text is wrong ("is no ..."), or
 * NULL when it is right. */
#ifndef NETDOJO_MODEL_WORDS_H
#define NETDOJO_MODEL_WORDS_H

const char *word_plain(const char *text);     /* no control characters */
const char *word_name(const char *text);      /* a node's or segment's name */
const char *word_long_name(const char *text); /* a service's name */
const char *word_ifname(const char *text);    /* what the kernel takes as an interface's name */
const char *word_hostname(const char *text);
const char *word_mac(const char *text);
const char *word_ip(const char *text);
const char *word_cidr(const char *text); /* an address with its prefix length */
const char *word_net(const char *text);	 /* a network: no bits behind the prefix */
const char *word_dst(const char *text);	 /* "default" or a network */
const char *word_path(const char *text); /* absolute, no ".." */
const char *word_sysctl(const char *text);
const char *word_env(const char *text);

#endif
