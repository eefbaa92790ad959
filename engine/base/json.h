/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small conveniences over jansson, the JSON library; include this, not jansson.h, so the library has one door. */
#ifndef NETDOJO_BASE_JSON_H
#define NETDOJO_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

/* An owned reference: auto_json json_t *j = NULL; json_decrefp is jansson's own. */
#define auto_json nd_cleanup(json_decrefp)

/* Typed look-ups with a default; a missing key and one of another type both give the default. Borrowed. */
const char *json_str(const json_t *obj, const char *key, const char *dflt);
int64_t json_int(const json_t *obj, const char *key, int64_t dflt);
double json_num(const json_t *obj, const char *key, double dflt);
bool json_flag(const json_t *obj, const char *key, bool dflt);

/* Parses text, which may have no NUL in a string; on failure err says line and column. Caller owns *ret. */
int json_parse(const char *text, size_t len, json_t **ret, struct err *err);

/*
 * Any bytes as a JSON string. Whatever comes from outside (a file, a program's output, a name) becomes text by these: a byte
 * that is no UTF-8, and a NUL, which json_parse refuses and C would end at, becomes U+FFFD. Caller owns it.
 */
json_t *json_textn(const char *bytes, size_t len);
json_t *json_text(const char *bytes);
/* The error as {"message","mend","code","kind"} and back; caller owns what err_to_json returns. */
json_t *err_to_json(const struct err *err);
/* Fills err from such an object; returns the negative errno as err_set does. */
int err_from_json(struct err *err, const json_t *obj);

#endif
