/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layers a diagnosis can name, in the guide's words. */
#ifndef NETDOJO_GUEST_LAYERS_H
#define NETDOJO_GUEST_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { LAYERS = 7 };

/* The layer as it is properly written; "4/5" stays as it is. NULL for no layer. */
const char *layer_proper(const char *given);
/* Whether two layer names are one: case and the L do not count; "4/5" is L4 and L5. */
bool layer_is(const char *given, const char *layer);
/* The ith from below, and what it means in the user's language. */
const char *layer_name(size_t i);
const char *layer_about(size_t i);
/* Prints them all, one a line, with what they mean. */
void layers_print(FILE *f);

#endif
