/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `netdojo check`: every scenario proves itself. A scenario is a set of cases, each in a fresh lab
 * of its own and a process of its own, so that all their time-outs overlap; job tokens bound how
 * many of them work at a time.
 */
#ifndef NETDOJO_CLI_CHECK_H
#define NETDOJO_CLI_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli/cli.h"
#include "cli/kernel.h"
#include "cli/script_client.h"

#define CHECK_SEED "check"

enum {
	CHECK_NOTHING_UNDER = 20, /* points that doing nothing must stay under */
	CHECK_LIVE_MAX = 128,	  /* cases that may stand at a time, working or waiting */
};

enum check_kind {
	CASE_PROOF,	  /* healthy: all probes pass; broken: symptoms fail, controls hold */
	CASE_SOLUTION,	  /* full marks */
	CASE_ALTERNATIVE, /* full marks */
	CASE_MISSTEP,	  /* at most its bound */
	CASE_NOTHING,	  /* under CHECK_NOTHING_UNDER */
	N_CASE_KINDS,
};

struct check_scenario;

struct check_case {
	struct check_scenario *scenario;
	enum check_kind kind;
	size_t nth;		/* from 0, of its kind */
	char *name;		/* "alternative 2"; owned */
	const json_t *commands; /* borrowed from meta */
	int at_most;
	char *dir; /* attempt folder; owned */
	pid_t pid; /* 0 = not running */
	int sock;  /* its result comes here; -1 = none */
	bool ok;
	bool interrupted; /* commands of its were cut short */
	bool unmended;	  /* a fixed-probe or a control failed at the end */
	bool patient;	  /* second try, with long limits */
	bool machine;	  /* this machine or the engine failed, not the scenario */
	int score;
	json_t *result; /* CASE_PROOF: {healthy, broken, controls}; owned */
	char *why;	/* when not ok; owned */
	char *first;	/* why its first try failed, where there was a second; owned */
};

struct check_scenario {
	char *id, *path;	      /* owned */
	char *variant;		      /* NULL = the plain one; owned */
	char *title;		      /* "id" or "id/variant"; owned */
	json_t *meta;		      /* for CHECK_SEED, once loaded; owned */
	struct script_client *script; /* owned; has the scenario loaded */
	char *skipped;		      /* why it was not run; owned */
	struct err error;	      /* why it could not even be loaded; no kind = it could */
	struct check_case *cases;
	size_t n_cases, n_done;
	double began, ended; /* monotonic seconds */
};

struct check {
	const struct cli *cli;
	struct check_scenario *scenarios;
	size_t n;
	struct kernel kernel; /* what this machine can do */
	int tokens[2];	      /* a pipe: a byte in it is a right to work */
	char *base;	      /* folder of the attempt folders; owned */
	bool keep;
	int interrupted; /* by this signal; 0 = not */
	double began, ended;
};

/* check_cases.c: what there is to prove, and whether it was. */
int check_load(struct check *k, struct check_scenario *s, struct err *err);
void check_scenario_done(struct check_scenario *s);
/* Judges a case whose process sent this (NULL: it ended without a word). */
void check_judge(struct check_case *c, const json_t *result);
/* Whether a judged case failed for want of patience; it is then as it was before, but for that. */
bool check_try_again(struct check_case *c);
bool check_scenario_ok(const struct check_scenario *s);
static inline bool check_unreadable(const struct check_scenario *s)
{
	return s->error.kind != 0;
}

/* check_lab.c: one case in its own process, which holds a job token; *ret is for check_judge,
 * caller owns. */
int check_lab_run(const struct check *k, const struct check_case *c, json_t **ret, struct err *err);

/* check_run.c: all of them. */
int check_run(struct check *k, struct err *err);

/* check_report.c */
void check_report_line(const struct check *k, const struct check_scenario *s);
int check_report(const struct check *k);

#endif
