/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody changes on the Windows side: an operation of docs/formats/windows.md, worked out by the script, put into the
 * kernel by a change, told in the log. One at a time, in the order they were asked.
 */
#ifndef NETDOJO_LAB_WINDOWS_H
#define NETDOJO_LAB_WINDOWS_H

#include "lab/lab.h"

/* Runs once, also when the lab ends first. One of the two is NULL, both borrowed; error is {"message","mend","code"}. */
typedef void (*windows_done_fn)(void *arg, const json_t *result, const json_t *error);

/* args is stolen. by: "learner", "tool" or "lab". */
void windows_change(struct lab *lab, const char *op, json_t *args, const char *by,
		    windows_done_fn done, void *arg);
/* The lab ends. */
void windows_done(struct lab *lab);

/* The model's `windows`, what it says of WSL, and its node; NULL where it has none. Borrowed. */
const json_t *windows_wsl(const struct lab *lab);
const struct node *windows_node(const struct lab *lab);

#endif
