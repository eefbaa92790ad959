/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for people about an event. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/query.h"

/* The first line of a text, in at most max bytes cut at a character. */
static void put_line(FILE *f, const char *s, size_t max)
{
	size_t n = strcspn(s, "\r\n"), whole = n;

	if (n > max)
		for (n = max; n && ((unsigned char)s[n] & 0xc0) == 0x80;)
			n--;
	fprintf(f, "%.*s%s", (int)n, s, n < whole || s[whole] ? "..." : "");
}

static void command_words(FILE *f, const json_t *e)
{
	int status = (int)json_int(e, "exit", 0);

	fputs("$ ", f);
	put_line(f, json_str(e, "text", ""), 72);
	if (status > 0)
		fprintf(f, " (exit %d)", status);
}

static void exec_words(FILE *f, const json_t *e)
{
	const json_t *argv = json_object_get(e, "argv"), *a;
	size_t i;

	if (strcmp(json_str(e, "what", ""), "exit") == 0) {
		fprintf(f, "process %d ended", (int)json_int(e, "pid", 0));
		return;
	}
	fputs("ran", f);
	if (!json_array_size(argv))
		fprintf(f, " %s", json_str(e, "path", "?"));
	json_array_foreach (argv, i, a) {
		fputc(' ', f);
		put_line(f, json_is_string(a) ? json_string_value(a) : "?", 48);
	}
}

static void endpoint(FILE *f, const json_t *e, const char *addr, const char *port)
{
	fprintf(f, "%s", json_str(e, addr, "?"));
	if (json_object_get(e, port))
		fprintf(f, ":%d", (int)json_int(e, port, 0));
}

static void packet_words(FILE *f, const json_t *e)
{
	const char *what = json_str(e, "what", "?");
	int count = (int)json_int(e, "count", 1);

	fprintf(f, "%s %s: %s", json_str(e, "if", "?"), json_str(e, "dir", "?"), what);
	if (json_object_get(e, "qname"))
		fprintf(f, " %s %s", json_str(e, "qtype", ""), json_str(e, "qname", ""));
	if (json_object_get(e, "rcode"))
		fprintf(f, " %s", json_str(e, "rcode", ""));
	fputc(' ', f);
	endpoint(f, e, "src", "sport");
	fputs(" > ", f);
	endpoint(f, e, "dst", "dport");
	if (count > 1)
		fprintf(f, " (%d times)", count);
}

static void change_words(FILE *f, const json_t *e)
{
	static const char *const keys[] = {"dst", "gateway",   "ifname", "dev",	  "local",
					   "mtu", "operstate", "table",	 "chain", "tool"};

	fprintf(f, "%s %s:", json_str(e, "what", "?"), json_str(e, "action", "?"));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const json_t *v = json_object_get(e, keys[i]);

		if (json_is_string(v) && json_string_length(v))
			fprintf(f, " %s %s", keys[i], json_string_value(v));
		else if (json_is_integer(v))
			fprintf(f, " %s %lld", keys[i], (long long)json_integer_value(v));
	}
}

static void file_words(FILE *f, const json_t *e)
{
	fprintf(f, "%s %s", json_str(e, "path", "?"), json_str(e, "action", "changed"));
}

static void probe_words(FILE *f, const json_t *e)
{
	fprintf(f, "probe %s: %s", json_str(e, "name", "?"),
		json_flag(e, "ok", false) ? "holds" : "fails");
}

static void answer_words(FILE *f, const json_t *e)
{
	const json_t *a;
	size_t i;

	fputs("diagnosis:", f);
	if (!json_array_size(json_object_get(e, "answers")))
		fputs(" none", f);
	json_array_foreach (json_object_get(e, "answers"), i, a)
		fprintf(f, "%s %s %s", i ? "," : "", json_str(a, "layer", "?"),
			json_str(a, "cause", ""));
}

static const struct {
	const char *kind;
	void (*words)(FILE *f, const json_t *e);
} kinds[] = {
	{"command", command_words}, {"windows", command_words}, {"exec", exec_words},
	{"packet", packet_words},   {"change", change_words},	{"file", file_words},
	{"probe", probe_words},	    {"answer", answer_words},
};

char *evidence_words(const json_t *event)
{
	const char *kind = json_str(event, "kind", "?");
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			break;
	if (i < ARRAY_SIZE(kinds))
		kinds[i].words(f, event);
	else
		fprintf(f, "%s %s", kind, json_str(event, "what", ""));
	fclose(f);
	return text;
}
