/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine can run, found by trying: the table of checks and what comes of them. */
#ifndef NETDOJO_NETNS_DOCTOR_DOCTOR_H
#define NETDOJO_NETNS_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

/* Where a check is tried. */
enum check_place {
	CHECK_HOST,   /* in a throw-away child of the caller's */
	CHECK_INSIDE, /* in a throw-away child inside a user namespace, in network and mount
			 namespaces of its own */
};

struct check {
	const char *id;
	const char *needed_by;
	bool required; /* lacking, no lab can run */
	enum check_place place;
	/*
	 * Tries it: 0, or a negative errno with err.msg for "have" and perhaps err.mend. arg is the
	 * check's own. It may leave anything behind: the child ends right after.
	 */
	int (*attempt)(const struct check *c, struct err *err);
	const char *arg;
	const char *module;  /* that brings it; NULL = none */
	const char *options; /* kernel options without CONFIG_, space separated; NULL = no config
				can tell. "A B | C": A and B, or C */
	const char *mend;    /* where neither err nor module has one; NULL = none */
};

extern const struct check checks[];
extern const size_t n_checks;

/* --- trying
 * ----------------------------------------------------------------------------------------------------
 */

/* Tries every check, or only those whose ids are named with commas between: an array of
 * {"id","ok","needed_by","have","mend","required"}. Caller owns *ret. */
int run_checks(const char *only, json_t **ret, struct err *err);

int try_userns(const struct check *c, struct err *err);
int try_power(const struct check *c, struct err *err);
int try_id_range(const struct check *c, struct err *err);
int try_inotify(const struct check *c, struct err *err);
int try_tool(const struct check *c, struct err *err);
int try_netns(const struct check *c, struct err *err);
int try_link(const struct check *c, struct err *err); /* arg: the kind of link */
int try_tun(const struct check *c, struct err *err);
int try_carry(const struct check *c, struct err *err);
int try_qdisc(const struct check *c, struct err *err); /* arg: the kind of qdisc */
int try_clsact(const struct check *c, struct err *err);
int try_u32(const struct check *c, struct err *err);
int try_mirred(const struct check *c, struct err *err);
int try_rate(const struct check *c, struct err *err);
int try_loss(const struct check *c, struct err *err); /* arg: a ruleset that does without netem */
int try_nft(const struct check *c, struct err *err);  /* arg: a ruleset */
int try_procfs(const struct check *c, struct err *err);
int try_mount(const struct check *c, struct err *err); /* arg: "TYPE OPTIONS" */
int try_overlay(const struct check *c, struct err *err);
int try_root(const struct check *c, struct err *err);
int try_listener(const struct check *c, struct err *err);
int try_killable(const struct check *c, struct err *err);
int try_capture(const struct check *c, struct err *err);
int try_conntrack(const struct check *c, struct err *err);

/* --- telling
 * ---------------------------------------------------------------------------------------------------
 */

/* One entry of the document; caller owns it. */
json_t *outcome_json(const struct check *c, bool ok, const char *have, const char *mend);
/* {"schema","ok","checks"} of the entries (borrowed); caller owns it. ok: nothing required is
 * lacking. */
json_t *report_json(json_t *entries);
/* For people; ja: in Japanese. */
void report_print(FILE *out, const json_t *doc, bool ja);

/* "Use a kernel with CONFIG_A, CONFIG_B". */
void options_mend(const char *options, char *ret, size_t size);
/* The command that loads the check's module, where this kernel has it on disk; else as above. */
void module_mend(const struct check *c, char *ret, size_t size);

/* --- another kernel, by its config
 * ----------------------------------------------------------------------------- */

/* Judges a config's text: entries as run_checks gives, for the checks a config can tell of. Caller
 * owns *ret. */
int config_judge(const char *text, json_t **ret, struct err *err);
/* Reads a config file, plain or .gz; caller frees *ret. */
int config_read(const char *path, char **ret, struct err *err);

/* --- AppArmor
 * --------------------------------------------------------------------------------------------------
 */

/* Writes a profile for programs at these real paths. */
void apparmor_write(FILE *out, const char *const paths[], size_t n);

#endif
