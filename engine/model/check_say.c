/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of a model share. */
#include "model/check_say.h"

#include <stdarg.h>
#include <string.h>

int check_wrong(struct err *err, const struct where *w, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_USAGE, EINVAL, "%s: %s", w->text, msg);
}

struct where check_item(const struct where *w, const char *list, size_t i)
{
	return where_down(w, list, (long)i);
}

int check_unique(const void *base, size_t n, size_t step, size_t offset, const char *list,
		 const struct where *w, struct err *err)
{
	for (size_t i = 1; i < n; i++) {
		const char *a = *(char *const *)((const char *)base + i * step + offset);

		for (size_t k = 0; k < i; k++) {
			const char *b = *(char *const *)((const char *)base + k * step + offset);
			struct where here = check_item(w, list, i);

			if (strcmp(a, b) == 0)
				return check_wrong(err, &here, "'%s' is already %s[%zu]", a, list,
						   k);
		}
	}
	return 0;
}
