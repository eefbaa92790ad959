/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that carry context up: what failed, where, why, and the mend. */
#ifndef NETDOJO_BASE_ERR_H
#define NETDOJO_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Which of the three kinds a failure is; each is also a process exit code of design.md. */
enum err_kind {
	ERR_SHORT = 1,	 /* a grade, check or test fell short */
	ERR_USAGE = 2,	 /* wrong usage or a wrong scenario */
	ERR_MACHINE = 3, /* this machine or the engine could not do it */
};

/*
 * A failure. Zero-initialise: struct err err = {0}. Functions that can fail return 0 or a negative errno and
 * take a struct err * last; success leaves it untouched; the pointer may be NULL where the caller does not care.
 */
struct err {
	int code; /* positive errno, 0 when none applies */
	enum err_kind kind;
	char msg[768];	/* "outer context: inner context: what happened", no full stop */
	char mend[384]; /* what the user can do; empty when nothing is known */
};

/* Sets the error; returns -code (or -EIO when code is 0) so that callers can return it. */
int err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* err_set(ERR_MACHINE) with ": strerror(code)" appended. */
int err_sys(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "fmt: " before the message; returns -err->code (or -EIO), so `return err_wrap(...)` works. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets the mend (one imperative sentence, no full stop); keeps an existing one. Returns -err->code as err_wrap. */
int err_mend(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
