/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that say how a C struct and a JSON object correspond, and the one reader, writer and freer
 * that walk them. A new key of the model is a new line in shape.c, nothing else.
 */
#ifndef NETDOJO_MODEL_FIELD_H
#define NETDOJO_MODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

enum field_type {
	FIELD_STR,    /* char * */
	FIELD_BOOL,   /* bool */
	FIELD_U16,    /* uint16_t */
	FIELD_U32,    /* uint32_t */
	FIELD_ENUM,   /* an enum; JSON has its name out of choices[] */
	FIELD_ARRAY,  /* struct x *, with a size_t count at n_offset */
	FIELD_OBJECT, /* json_t *, an object kept as it is */
	N_FIELD_TYPES,
};

struct shape;

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	bool required;
	bool zero_ok;	   /* numbers: 0 is allowed beside min..max */
	uint32_t min, max; /* numbers: the range (max 0: any); strings: most bytes (0: 1024);
			      arrays: most items */
	uint32_t number;   /* default of a number, bool or enum */
	const char *text;  /* default of a string; NULL = "" */
	/* What a string may be, or an enum's names by value; ends with NULL. */
	const char *const *choices;
	/* Why a non-empty string is wrong ("is no MAC address"), or NULL when it is right. */
	const char *(*check)(const char *text);
	/* Arrays. */
	const struct shape *of;
	size_t n_offset;
};

struct shape {
	const char *noun; /* "interface" */
	size_t size;
	const struct field *fields;
	size_t n;
};

/* Where in a document we are: "nodes[4].ifaces[0]". */
struct where {
	char text[176];
};

/* The path one step further down; index below 0: a key alone. */
struct where where_down(const struct where *w, const char *key, long index);

/*
 * Fills obj (zeroed, s->size bytes) from j. On failure obj may be half filled; shape_done frees it
 * all the same.
 */
int shape_read(const struct shape *s, const json_t *j, const struct where *w, void *obj,
	       struct err *err);
/* Caller owns the object; NULL when out of memory. */
json_t *shape_write(const struct shape *s, const void *obj);
/* Frees what obj owns, not obj. */
void shape_done(const struct shape *s, void *obj);

#endif
