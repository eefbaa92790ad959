/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which command led to what the kernel saw. Shell-integration marks say when a command ran; an
 * exec, a packet, a change or a file write in the same node in that time gets that command's seq as
 * its "cause".
 */
#ifndef NETDOJO_EVIDENCE_JOIN_H
#define NETDOJO_EVIDENCE_JOIN_H

#include "base/json.h"

/*
 * Sets "cause" in the events of the array that have none. Events of the lab's own (by "lab") are
 * never joined. A mark reaches the recorder a little after the fact, so a window is widened by
 * JOIN_SLACK, but never over a neighbour's marks in the same session. Changes and files are told a
 * little late, too: between two commands they are the earlier one's. Where windows of two sessions
 * overlap, the command that started last wins.
 */
void evidence_join(json_t *events);

/* Seconds that a mark may be late. */
#define JOIN_SLACK 0.25

#endif
