/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios there are: share/netdojo/scenarios/AREA/ID/scenario.lua, or one the user names by
 * path. */
#ifndef NETDOJO_CLI_CATALOGUE_H
#define NETDOJO_CLI_CATALOGUE_H

#include "base/err.h"
#include "base/json.h"

struct catalogue_entry {
	char *id;   /* the folder's name; a path's own meta.id once loaded, else the file's stem */
	char *path; /* scenario.lua */
	json_t *meta; /* catalogue_select only: "meta" of docs/protocol.md; NULL when it could not
			 be loaded */
	char *error;  /* then why; else NULL */
};
void catalogue_entry_done(struct catalogue_entry *e);
#define auto_catalogue_entry nd_cleanup(catalogue_entry_done) struct catalogue_entry

struct catalogue {
	struct catalogue_entry *v;
	size_t n;
};
void catalogue_done(struct catalogue *c);
#define auto_catalogue nd_cleanup(catalogue_done) struct catalogue

/* One scenario by id, by number, or by path of a file ending in .lua; unknown: ERR_USAGE with the nearest id.
 * No metadata. */
int catalogue_find(const char *name, struct catalogue_entry *ret, struct err *err);

/* Every installed scenario, sorted by id, no metadata. Needs no script process. */
int catalogue_scan(struct catalogue *ret, struct err *err);

/*
 * The scenarios that match any of the n SELECT words (n 0: all), with metadata, in the guide's
 * order (chapter, level, id). A word that matches nothing: ERR_USAGE. A word of digits is a number.
 */
int catalogue_select(const char *const *words, size_t n, struct catalogue *ret, struct err *err);

/* The number of an id among all that are installed (as catalogue_select gives them), from 1; 0: it is none of them. */
unsigned catalogue_number(const struct catalogue *all, const char *id);

#endif
