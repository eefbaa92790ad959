/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was recorded, in the page: the terminals with their player, the timeline, the transcript, packets, the drawing. */
#include <string.h>

#include "evidence/query.h"
#include "grade/page_priv.h"
#include "grade/safe.h"

/*
 * JSON inside a script element: in ASCII, and without a < that could end the element, nor a > or & that could be read
 * as anything else.
 */
static void put_json(const struct page *p, const json_t *doc)
{
	auto_free char *text = json_dumps(doc, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY |
						       JSON_REAL_PRECISION(9));

	for (const char *s = text ? text : "null"; *s; s++) {
		if (*s == '<' || *s == '>' || *s == '&')
			fprintf(p->f, "\\u%04x", (unsigned)*s);
		else
			fputc(*s, p->f);
	}
}

/* The way's steps as the player's marks: [[seconds, "look: ip route"], ...]. */
static json_t *marks(const struct page *p, const struct page_cast *cast)
{
	const json_t *walked = json_object_get(json_object_get(p->grade, "path"), "walked"), *step;
	json_t *all = json_array();
	size_t i;

	json_array_foreach (walked, i, step) {
		double t = json_num(step, "t", 0) - cast->from;

		if (t >= 0)
			json_array_append_new(
				all, json_pack("[f, s++]", t,
					       grade_kind(json_str(step, "kind", ""), p->lang),
					       ": ", json_str(step, "text", "")));
	}
	return all;
}

static void put_player(const struct page *p, size_t n)
{
	const struct page_cast *cast = &p->in->casts[n];
	auto_json json_t *at = marks(p, cast);
	auto_free char *text = json_dumps(at, JSON_COMPACT | JSON_REAL_PRECISION(6));

	if (p->in->n_casts > 1) {
		fputs("<h3>", p->f);
		page_word(p, W_TERMINAL);
		fputs(" <code>", p->f);
		page_put(p, cast->session);
		fputs("</code></h3>\n", p->f);
	}
	fputs("<div class=\"player\" role=\"group\" tabindex=\"-1\" aria-label=\"", p->f);
	page_word(p, W_RECORDING);
	fputc(' ', p->f);
	page_put(p, cast->name);
	fprintf(p->f, "\" data-cast=\"cast-%zu\" data-from=\"%.3f\" data-session=\"", n,
		cast->from);
	page_put(p, cast->session);
	fputs("\" data-marks=\"", p->f);
	page_put(p, text ? text : "[]");
	fprintf(p->f, "\"></div>\n<script type=\"application/json\" id=\"cast-%zu\">", n);
	put_json(p, cast->lines);
	fputs("</script>\n", p->f);
	if (cast->cut) {
		fputs("<p class=\"soft\">", p->f);
		page_word(p, W_RECORDING_LONG);
		fputs("</p>\n", p->f);
	}
}

/* Dots along the time, for the eye and the pointer; the list below says the same to everybody. */
static void put_strip(const struct page *p, const json_t *walked)
{
	size_t n = json_array_size(walked), i;
	double end = json_num(json_array_get(walked, n - 1), "t", 0);
	const json_t *step;

	fputs("<div class=\"strip\" aria-hidden=\"true\">", p->f);
	json_array_foreach (walked, i, step) {
		fputs("<i class=\"k-", p->f);
		page_put(p, json_str(step, "kind", ""));
		fprintf(p->f, "%s\" style=\"left:%.2f%%\" data-t=\"%.3f\" title=\"",
			json_array_size(json_object_get(step, "items")) ? " good" : "",
			end > 0 ? 100 * json_num(step, "t", 0) / end : 0, json_num(step, "t", 0));
		page_step(p, step);
		fputs("\"></i>", p->f);
	}
	fputs("</div>\n", p->f);
}

static void put_moment(const struct page *p, const json_t *step)
{
	const json_t *event = evidence_by_seq(p->events, json_int(step, "seq", 0));

	fputs("<li>", p->f);
	page_time(p, json_num(step, "t", 0), json_str(event, "session", ""));
	fputs("<span class=\"kind\">", p->f);
	page_put(p, grade_kind(json_str(step, "kind", ""), p->lang));
	fputs("</span><code>", p->f);
	page_step(p, step);
	fputs("</code> ", p->f);
	if (json_int(step, "seq", 0))
		page_event(p, json_int(step, "seq", 0));
	if (json_array_size(json_object_get(step, "items"))) {
		fputs(" <span class=\"good\">+ ", p->f);
		page_word(p, W_EARNED);
		fputs("</span>", p->f);
	}
	fputs("</li>\n", p->f);
}

static void put_timeline(const struct page *p)
{
	const json_t *walked = json_object_get(json_object_get(p->grade, "path"), "walked"), *step;
	size_t i;

	fputs("<h3>", p->f);
	page_word(p, W_TIMELINE);
	fputs("</h3>\n", p->f);
	if (json_array_size(walked) && p->in->n_casts)
		put_strip(p, walked);
	fputs("<ol class=\"moments\" tabindex=\"0\" aria-label=\"", p->f);
	page_word(p, W_TIMELINE);
	fputs("\">\n", p->f);
	json_array_foreach (walked, i, step)
		put_moment(p, step);
	fputs("</ol>\n", p->f);
}

void page_recording(const struct page *p)
{
	fputs("<div class=\"two\"><div>\n", p->f);
	for (size_t i = 0; i < p->in->n_casts; i++)
		put_player(p, i);
	fputs(p->in->n_casts ? "<noscript><p>" : "<p>", p->f);
	page_word(p, p->in->n_casts ? W_NO_SCRIPT : W_NO_RECORDING);
	fputs(p->in->n_casts ? "</p></noscript>\n" : "</p>\n", p->f);
	fputs("</div><div>\n", p->f);
	put_timeline(p);
	fputs("</div></div>\n", p->f);
}

static void put_command(const struct page *p, const json_t *e)
{
	const char *output = json_str(e, "output", "");
	int status = (int)json_int(e, "exit", 0);

	fprintf(p->f, "<div class=\"said\" id=\"e%lld\">\n<p>", (long long)json_int(e, "seq", 0));
	page_time(p, json_num(e, "started", json_num(e, "t", 0)), json_str(e, "session", ""));
	fputs("<code>", p->f);
	page_put(p, json_str(e, "node", ""));
	fputs("$ ", p->f);
	page_put(p, json_str(e, "text", ""));
	fputs("</code>", p->f);
	if (status) {
		fputs(" <span class=\"soft\">(", p->f);
		grade_put_exit(p->f, status, p->lang);
		fputs(")</span>", p->f);
	}
	fputs("</p>\n", p->f);
	if (*output) {
		fputs("<pre>", p->f);
		page_put(p, output);
		fputs("</pre>\n", p->f);
	}
	if (json_flag(e, "truncated", false)) {
		fputs("<p class=\"soft\">", p->f);
		page_word(p, W_TRUNCATED);
		fputs("</p>\n", p->f);
	}
	fputs("</div>\n", p->f);
}

static void put_only_first(const struct page *p, size_t n)
{
	fputs("<p class=\"soft\">", p->f);
	grade_put_only_first(p->f, n, p->lang);
	fputs("</p>\n", p->f);
}

/* Where no shell told its commands: what stood on the terminals. */
static void put_plain(const struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->in->n_casts; i++) {
		auto_json json_t *raw = json_string(p->in->casts[i].plain);
		auto_json json_t *safe = raw ? safe_copy(raw) : NULL;

		if (!safe)
			continue;
		any = true;
		fputs("<pre>", p->f);
		page_put(p, json_string_value(safe));
		fputs("</pre>\n", p->f);
	}
	if (any)
		return;
	fputs("<p>", p->f);
	page_word(p, W_NO_COMMANDS);
	fputs("</p>\n", p->f);
}

void page_transcript(const struct page *p)
{
	const json_t *e;
	size_t i, n = 0;

	json_array_foreach (p->events, i, e)
		if (page_is_command(e) && n++ < PAGE_COMMANDS)
			put_command(p, e);
	if (n > PAGE_COMMANDS)
		put_only_first(p, PAGE_COMMANDS);
	if (!n)
		put_plain(p);
}

void page_network(const struct page *p)
{
	fputs("<p>", p->f);
	page_word(p, W_NETWORK_NOTE);
	fputs("</p>\n", p->f);
	if (!p->in->drawing)
		return;
	fputs("<pre class=\"drawing\" role=\"img\" tabindex=\"0\" aria-label=\"", p->f);
	page_put(p, p->in->spoken ? p->in->spoken : grade_word(W_NETWORK, p->lang));
	fputs("\">", p->f);
	page_put(p, p->in->drawing);
	fputs("</pre>\n", p->f);
}

static void put_end(const struct page *p, const json_t *e, const char *address, const char *port)
{
	json_int_t n = json_int(e, port, 0);

	fputs("<td>", p->f);
	page_put(p, json_str(e, address, ""));
	if (n)
		fprintf(p->f, ":%lld", (long long)n);
	fputs("</td>", p->f);
}

/* "dns-query A google.com": the event's words without what has columns of its own. Caller frees. */
static char *packet_words(const struct page *p, const json_t *e)
{
	auto_free char *words = evidence_words(e, p->lang);
	const char *from = words ? strstr(words, ": ") : NULL, *src = json_str(e, "src", "");
	char *ends;

	if (!from)
		return ptr_steal(words);
	from += strlen(": ");
	ends = *src ? strstr(from, src) : NULL;
	return strndup(from, ends > from ? (size_t)(ends - from - 1) : strlen(from));
}

static void put_packet(const struct page *p, const json_t *e)
{
	auto_free char *words = packet_words(p, e);
	bool out = strcmp(json_str(e, "dir", ""), "out") == 0;

	fprintf(p->f, "<tr id=\"e%lld\"><td>", (long long)json_int(e, "seq", 0));
	fprintf(p->f, "%.3f</td><td>", json_num(e, "t", 0));
	page_put(p, json_str(e, "node", ""));
	fputs("</td><td>", p->f);
	page_put(p, json_str(e, "if", ""));
	fputc(' ', p->f);
	page_word(p, out ? W_OUT : W_IN);
	fputs("</td>", p->f);
	put_end(p, e, "src", "sport");
	put_end(p, e, "dst", "dport");
	fputs("<td>", p->f);
	page_put(p, words ? words : "");
	fputs("</td></tr>\n", p->f);
}

void page_packets(const struct page *p)
{
	static const enum grade_word heads[] = {W_COL_TIME, W_COL_NODE, W_COL_IF,
						W_COL_FROM, W_COL_TO,	W_COL_WHAT};
	const json_t *e;
	size_t i, n = 0;

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	      "aria-labelledby=\"packets-head\">\n"
	      "<table class=\"packets\">\n<thead><tr>",
	      p->f);
	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		fputs("<th scope=\"col\">", p->f);
		page_word(p, heads[i]);
		fputs("</th>", p->f);
	}
	fputs("</tr></thead>\n<tbody>\n", p->f);
	json_array_foreach (p->events, i, e)
		if (page_is_packet(e) && n++ < PAGE_PACKETS)
			put_packet(p, e);
	fputs("</tbody></table></div>\n", p->f);
	if (n > PAGE_PACKETS)
		put_only_first(p, PAGE_PACKETS);
	if (!n) {
		fputs("<p>", p->f);
		page_word(p, W_NO_PACKETS);
		fputs("</p>\n", p->f);
	}
}
