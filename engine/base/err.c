/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that carry context up. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int err_ret(const struct err *err)
{
	return err && err->code ? -err->code : -EIO;
}

int err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code ? -code : -EIO;
	err->code = code;
	err->kind = kind;
	err->mend[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return err_ret(err);
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!err)
		return code ? -code : -EIO;
	err->code = code;
	err->kind = ERR_MACHINE;
	err->mend[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", strerror(code));
	return err_ret(err);
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char inner[sizeof(err->msg)];
	va_list ap;
	size_t n;

	if (!err)
		return -EIO;
	memcpy(inner, err->msg, sizeof(inner));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", inner);
	return err_ret(err);
}

int err_mend(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->mend[0])
		return err_ret(err);
	va_start(ap, fmt);
	vsnprintf(err->mend, sizeof(err->mend), fmt, ap);
	va_end(ap);
	return err_ret(err);
}
