/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drawers behind draw_model(), and what they share. */
#ifndef NETDOJO_MODEL_DRAWER_H
#define NETDOJO_MODEL_DRAWER_H

#include <stdio.h>

#include "model/model.h"

void draw_text(const struct model *m, FILE *to);
void draw_ascii(const struct model *m, FILE *to);
void draw_dot(const struct model *m, FILE *to);
void draw_mermaid(const struct model *m, FILE *to);

/* An interface worth a line: on a segment, or with an address. */
bool draw_shown(const struct iface *f);
/* The label, or "" where it only repeats the name. */
const char *draw_label(const struct iface *f);
/* "wsl" or "wsl (DESKTOP-7Q2M1KP)". */
void draw_title(const struct node *n, char *ret, size_t size);
/* "Home LAN  192.168.1.0/24" */
void draw_segment_title(const struct segment *s, char *ret, size_t size);
/* "172.27.43.151/20"; a /32 or /128 without its length. */
void draw_address(const struct address *a, char *ret, size_t size);

#endif
