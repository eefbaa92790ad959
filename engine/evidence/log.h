/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt's evidence: events.jsonl read back into memory. */
#ifndef NETDOJO_EVIDENCE_LOG_H
#define NETDOJO_EVIDENCE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

/* The log of one attempt. Zero-initialise; log_done frees. Events are in file order, which is seq
 * order. */
struct evidence_log {
	json_t *events; /* array of objects (owned) */
	bool cut;	/* the last line was not whole and was left out, as after a kill -9 */
};

void evidence_log_done(struct evidence_log *l);
#define auto_evidence_log nd_cleanup(evidence_log_done) struct evidence_log

/*
 * Reads text (JSON lines, borrowed). A cut last line is left out and noted; a broken line
 * elsewhere, a missing kind or seq numbers that do not rise are ERR_MACHINE with the line number.
 */
int evidence_log_parse(const char *text, size_t len, struct evidence_log *ret, struct err *err);

/* Drops what follows the first `finished` and did not happen before it: it is no part of the attempt. */
void evidence_log_end(json_t *events);

/*
 * Reads dir/events.jsonl as far as the attempt goes: what a lab that stood on saw after the grade was asked for, and
 * the card with the truth shown, is no part of it. ENOENT names the folder and is ERR_USAGE.
 */
int evidence_log_load(const char *dir, struct evidence_log *ret, struct err *err);

#endif
