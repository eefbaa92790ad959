/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script process without a lab: for list, show, check's metadata and grade --attempt. */
#ifndef NETDOJO_CLI_SCRIPT_CLIENT_H
#define NETDOJO_CLI_SCRIPT_CLIENT_H

#include "base/err.h"
#include "base/json.h"
#include "port/script.h"

struct script_client; /* one netdojo-script process */

/* Starts netdojo-script; nothing is loaded yet. */
int script_client_start(struct script_client **ret, struct err *err);
/* Ends it and waits for it. Takes NULL. */
void script_client_free(struct script_client *s);
static inline void script_client_freep(struct script_client **s)
{
	script_client_free(*s);
}
#define auto_script_client nd_cleanup(script_client_freep) struct script_client

/* The port to it, for engine/grade (attempt.h); borrows s. */
struct script_port script_client_port(struct script_client *s);

/*
 * One request (stolen; "id" is filled in) and its answer; *ret (caller owns; may be NULL). A
 * request the script makes meanwhile is refused: with no lab there is nothing to ask. An "error"
 * answer becomes err.
 */
int script_client_call(struct script_client *s, json_t *req, json_t **ret, struct err *err);

/*
 * Loads the scenario in a file, as the first and only scenario of this process; *ret_meta (caller
 * owns; may be NULL) is "meta" of the answer. seed and lang may be NULL; variant NULL: the seed
 * draws one.
 */
int script_client_load(struct script_client *s, const char *path, const char *seed,
		       const char *variant, const char *lang, json_t **ret_meta, struct err *err);

/* Reads a whole text file of at most 1 MiB; caller frees. For scenario files. */
int script_read_file(const char *path, char **ret, struct err *err);

#endif
