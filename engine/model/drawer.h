/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drawers behind draw_model(), and what they share. */
#ifndef NETDOJO_MODEL_DRAWER_H
#define NETDOJO_MODEL_DRAWER_H

#include <stdio.h>

#include "model/draw.h"

void draw_text(const struct model *m, const struct draw_look *look, FILE *to);
void draw_ascii(const struct model *m, const struct draw_look *look, FILE *to);
void draw_flat(const struct model *m, const struct draw_look *look, FILE *to);
void draw_dot(const struct model *m, const struct draw_look *look, FILE *to);
void draw_mermaid(const struct model *m, const struct draw_look *look, FILE *to);

/* An interface worth a line: on a segment, or with an address. */
bool draw_shown(const struct iface *f);
/* The label, or "" where it only repeats the name. */
const char *draw_label(const struct iface *f);
/* "wsl" or "wsl (DESKTOP-7Q2M1KP)". */
void draw_title(const struct node *n, char *ret, size_t size);
/* A segment's label in the look's language. */
const char *draw_segment_label(const struct segment *s, const struct draw_look *look);
/* "Home LAN  192.168.1.0/24" */
void draw_segment_title(const struct segment *s, const struct draw_look *look, char *ret,
			size_t size);
/* "172.27.43.151/20"; a /32 or /128 without its length. */
void draw_address(const struct address *a, char *ret, size_t size);
/* One of the two, by the look's language. */
const char *draw_tr(const struct draw_look *look, const char *en, const char *ja);
/* Whether the look has that address proved. */
bool draw_is_proved(const struct draw_look *look, const struct node *n, const struct address *a);
/* What is proved so far, one a line, under `tick`; nothing where there are no marks. */
void draw_proved(const struct draw_look *look, const char *tick, FILE *to);

#endif
