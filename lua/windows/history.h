/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was typed at the prompt, in PSReadLine's file: a line a command, one of several lines with ` at the end of all but the last. */
#ifndef NETDOJO_WINDOWS_HISTORY_H
#define NETDOJO_WINDOWS_HISTORY_H

#include <histedit.h>

/* Puts what the file has into h. */
void history_load(History *h);
void history_append(const char *text);

#endif
