/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt's evidence, read back. */
#define _GNU_SOURCE
#include "evidence/log.h"

#include <stdio.h>
#include <string.h>

void evidence_log_done(struct evidence_log *l)
{
	json_decref(l->events);
	l->events = NULL;
}

/* Checks one event against the last: a kind, and seq that rises. */
static int check_event(const json_t *e, json_int_t last, size_t line, struct err *err)
{
	json_int_t seq = json_int(e, "seq", 0);

	if (!json_is_object(e) || !json_str(e, "kind", "")[0])
		return err_set(err, ERR_MACHINE, EBADMSG, "Line %zu of the log is no event", line);
	if (seq <= last)
		return err_set(err, ERR_MACHINE, EBADMSG,
			       "Line %zu of the log has seq %lld after %lld", line, (long long)seq,
			       (long long)last);
	return 0;
}

/* Appends one line; a broken one is an error unless it is the last, which a kill may have cut. */
static int add_line(struct evidence_log *l, const char *line, size_t len, size_t number, bool last,
		    struct err *err)
{
	const json_t *before = json_array_get(l->events, json_array_size(l->events) - 1);
	json_t *e = NULL;
	struct err why = {0};
	int rc = json_parse(line, len, &e, &why);

	if (rc < 0 && last) {
		l->cut = true;
		return 0;
	}
	if (rc < 0)
		return err_set(err, ERR_MACHINE, EBADMSG, "Line %zu of the log: %s", number,
			       why.msg);
	rc = check_event(e, json_int(before, "seq", 0), number, err);
	if (rc == 0 && json_array_append(l->events, e) < 0)
		rc = err_sys(err, ENOMEM, "Can't read the log");
	json_decref(e);
	return rc;
}

int evidence_log_parse(const char *text, size_t len, struct evidence_log *ret, struct err *err)
{
	auto_evidence_log l = {.events = json_array()};
	size_t number = 0;

	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		int rc = n ? add_line(&l, text, n, ++number, !nl, err) : 0;

		if (rc < 0)
			return rc;
		n += nl != NULL;
		text += n;
		len -= n;
	}
	*ret = l;
	l.events = NULL;
	return 0;
}

static int slurp(FILE *f, char **ret, size_t *ret_len, struct err *err)
{
	size_t len = 0, cap = 0, n;
	auto_free char *text = NULL;

	do {
		char *more;

		cap = cap ? cap * 2 : 64 * 1024;
		more = realloc(text, cap);
		if (!more)
			return err_sys(err, ENOMEM, "Can't read the log");
		text = more;
		n = fread(text + len, 1, cap - len, f);
		len += n;
	} while (len == cap);
	if (ferror(f))
		return err_sys(err, errno ? errno : EIO, "Can't read the log");
	*ret = ptr_steal(text);
	*ret_len = len;
	return 0;
}

void evidence_log_end(json_t *events)
{
	const json_t *e = NULL;
	double ended;
	size_t i;

	json_array_foreach (events, i, e)
		if (!strcmp(json_str(e, "what", ""), "finished") &&
		    !strcmp(json_str(e, "kind", ""), "lab"))
			break;
	ended = json_num(e, "t", 0);
	/* a recorder may have told it late, which happened before */
	for (size_t k = json_array_size(events); k-- > i + 1;)
		if (json_num(json_array_get(events, k), "t", ended + 1) > ended)
			json_array_remove(events, k);
}

int evidence_log_load(const char *dir, struct evidence_log *ret, struct err *err)
{
	auto_free char *path = NULL, *text = NULL;
	auto_file f = NULL;
	size_t len = 0;
	int rc;

	if (asprintf(&path, "%s/events.jsonl", dir) < 0)
		return err_sys(err, ENOMEM, "Can't read the log");
	f = fopen(path, "re");
	if (!f) {
		err_set(err, ERR_USAGE, errno, "No attempt in '%s': %s", dir, strerror(errno));
		return err_mend(err, "Name the folder that holds events.jsonl");
	}
	rc = slurp(f, &text, &len, err);
	if (rc == 0)
		rc = evidence_log_parse(text, len, ret, err);
	if (rc < 0)
		return err_wrap(err, "%s", path);
	evidence_log_end(ret->events);
	return 0;
}
