/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to an attempt's events. Every answer is borrowed from the array, NULL when there is
 * none. */
#ifndef NETDOJO_EVIDENCE_QUERY_H
#define NETDOJO_EVIDENCE_QUERY_H

#include "base/json.h"

/* The event with this seq. */
const json_t *evidence_by_seq(const json_t *events, json_int_t seq);
/* The first and the last event of this kind, and, unless what is NULL, with this "what". */
const json_t *evidence_first(const json_t *events, const char *kind, const char *what);
const json_t *evidence_last(const json_t *events, const char *kind, const char *what);

/*
 * One line for people about an event, in "en" or "ja": "$ ping -c1 8.8.8.8", "eth0 out: DNS query A google.com to
 * 172.27.32.1", "route add default via 172.27.32.1 dev eth0". Caller frees; NULL when out of
 * memory.
 */
char *evidence_words(const json_t *event, const char *lang);

#endif
