/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The score card as one page: its frame, and what its sections share. */
#include "grade/page.h"

#include <string.h>
#include <time.h>

#include "evidence/query.h"
#include "grade/item.h"
#include "grade/page_files.h"
#include "grade/page_priv.h"
#include "grade/safe.h"
#include "grade/xml.h"

static const struct {
	const char *id;
	enum grade_word head;
	void (*put)(const struct page *p);
} sections[] = {
	{"card", W_CARD, page_card},
	{"ways", W_WAYS, page_ways},
	{"recording", W_RECORDING, page_recording},
	{"transcript", W_TRANSCRIPT, page_transcript},
	{"network", W_NETWORK, page_network},
	{"packets", W_PACKETS, page_packets},
};

void page_put(const struct page *p, const char *text)
{
	xml_put(p->f, text);
}

void page_said(const struct page *p, const char *text)
{
	bool code = false;

	for (const char *tick; (tick = strchr(text, '`')) && (code || strchr(tick + 1, '`'));
	     text = tick + 1) {
		auto_free char *part = strndup(text, (size_t)(tick - text));

		page_put(p, part ? part : "");
		fputs(code ? "</code>" : "<code>", p->f);
		code = !code;
	}
	page_put(p, text);
}

void page_word(const struct page *p, enum grade_word w)
{
	page_put(p, grade_word(w, p->lang));
}

void page_step(const struct page *p, const json_t *step)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	view_put_step(f, step, p->lang);
	fclose(f);
	page_put(p, text);
}

void page_open(const struct page *p, const char *id, enum grade_word head)
{
	fprintf(p->f, "<section id=\"%s\" aria-labelledby=\"%s-head\">\n<h2 id=\"%s-head\">", id,
		id, id);
	page_word(p, head);
	fputs("</h2>\n", p->f);
}

void page_close(const struct page *p)
{
	fputs("</section>\n", p->f);
}

/* Without scripts the button stays hidden and the time is read. */
void page_time(const struct page *p, double t, const char *session)
{
	fputs("<span class=\"t\">", p->f);
	view_time(p->f, t);
	fputs("</span> ", p->f);
	if (!p->in->n_casts)
		return;
	fprintf(p->f, "<button type=\"button\" hidden data-t=\"%.3f\" data-in=\"", t);
	page_put(p, session);
	fputs("\" aria-label=\"", p->f);
	page_word(p, W_PLAY_FROM);
	fputc(' ', p->f);
	view_time(p->f, t);
	fputs("\">\xe2\x96\xb6</button> ", p->f);
}

/* Where an event is told: its own place, or its command's; 0 for none. */
static json_int_t place_of(const struct page *p, json_int_t seq)
{
	char key[32];

	snprintf(key, sizeof(key), "%lld", (long long)seq);
	return json_object_get(p->anchors, key) ? seq : 0;
}

void page_event(const struct page *p, json_int_t seq)
{
	json_int_t at = place_of(p, seq);

	if (!at)
		at = place_of(p, json_int(evidence_by_seq(p->events, seq), "cause", 0));
	if (at)
		fprintf(p->f, "<a href=\"#e%lld\">#%lld</a>", (long long)at, (long long)seq);
	else
		fprintf(p->f, "#%lld", (long long)seq);
}

bool page_is_command(const json_t *event)
{
	return strcmp(json_str(event, "kind", ""), "command") == 0;
}

bool page_is_packet(const json_t *event)
{
	return strcmp(json_str(event, "kind", ""), "packet") == 0 &&
	       strcmp(json_str(event, "by", ""), "lab") != 0;
}

/* The events that the sections will show: the first so many of each kind. */
static json_t *find_anchors(const json_t *events)
{
	json_t *all = json_object();
	size_t i, commands = 0, packets = 0;
	const json_t *e;
	char key[32];

	json_array_foreach (events, i, e) {
		if ((page_is_command(e) && commands++ < PAGE_COMMANDS) ||
		    (page_is_packet(e) && packets++ < PAGE_PACKETS)) {
			snprintf(key, sizeof(key), "%lld", (long long)json_int(e, "seq", 0));
			json_object_set_new(all, key, json_true());
		}
	}
	return all;
}

/* The scripts are these two and no others; nothing is asked of any host. */
static void put_head(const struct page *p)
{
	fprintf(p->f,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"script-src %s %s 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
		p->lang, page_player_js_hash, page_report_js_hash);
	page_put(p, json_str(p->grade, "scenario", ""));
	fprintf(p->f, ": %d/100 ", (int)json_int(p->grade, "score", 0));
	page_put(p, view_verdict(p->grade, p->lang));
	fputs(" - netdojo</title>\n", p->f);
	/* no icon is asked for where one is named */
	fputs("<link rel=\"icon\" href=\"data:,\">\n", p->f);
	if (p->in->n_casts)
		fprintf(p->f, "<style>%s</style>\n", page_player_css);
	fprintf(p->f, "<style>%s</style>\n</head>\n<body>\n", page_report_css);
}

static void put_fact(const struct page *p, enum grade_word head, const char *text)
{
	if (!text || !*text)
		return;
	fputs("<div><dt>", p->f);
	page_word(p, head);
	fputs("</dt><dd>", p->f);
	page_put(p, text);
	fputs("</dd></div>\n", p->f);
}

/* The same of what put writes; it returns whether there is any. */
static void put_told(const struct page *p, enum grade_word head,
		     bool (*put)(FILE *f, const json_t *grade, const char *lang))
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	put(f, p->grade, p->lang);
	fclose(f);
	put_fact(p, head, text);
}

static void put_facts(const struct page *p)
{
	const json_t *start = evidence_first(p->events, "lab", "start");
	time_t wall = (time_t)json_num(start, "wall", 0);
	char date[64] = "";
	struct tm utc;

	if (wall)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", gmtime_r(&wall, &utc));
	fputs("<dl class=\"facts\">\n", p->f);
	put_fact(p, W_DATE, date);
	put_told(p, W_TIME, view_put_time);
	put_told(p, W_HINTS, view_put_hints);
	put_fact(p, W_SEED, json_str(p->grade, "seed", ""));
	put_fact(p, W_VARIANT, json_str(p->grade, "variant", ""));
	fputs("</dl>\n", p->f);
}

static void put_score(const struct page *p)
{
	const char *look = json_flag(p->grade, "void", false) ? "void"
			   : view_passed(p->grade)	      ? "good"
							      : "bad";

	fprintf(p->f, "<div class=\"score %s\" id=\"score\"><b>%d<small> / 100</small></b><strong>",
		look, (int)json_int(p->grade, "score", 0));
	page_put(p, view_verdict(p->grade, p->lang));
	fputs("</strong><span>", p->f);
	page_word(p, W_PASS_MARK);
	fprintf(p->f, " %d</span></div>\n", (int)json_int(p->grade, "pass", 0));
}

static void put_header(const struct page *p)
{
	auto_free char *but = view_reservations(p->grade, p->lang);

	fputs("<a class=\"skip\" href=\"#main\">", p->f);
	page_word(p, W_SKIP);
	fputs("</a>\n<header><div class=\"wide\"><div class=\"top\"><div>\n<p class=\"id\">netdojo "
	      "\xc2\xb7 <code>",
	      p->f);
	page_put(p, json_str(p->grade, "scenario", ""));
	fputs("</code></p>\n<h1>", p->f);
	page_put(p, json_object_get(p->grade, "title") ? item_text(p->grade, "title", p->lang)
						       : json_str(p->grade, "scenario", ""));
	fputs("</h1>\n", p->f);
	put_facts(p);
	fputs("</div>\n", p->f);
	put_score(p);
	fputs("</div>\n", p->f);
	if (but && *but) {
		but[strlen(but) - 1] = '\0';
		fputs("<p class=\"but\">", p->f);
		page_put(p, but);
		fputs("</p>\n", p->f);
	}
	fputs("</div></header>\n", p->f);
}

static void put_contents(const struct page *p)
{
	fputs("<nav class=\"wide\" aria-label=\"", p->f);
	page_word(p, W_CONTENTS);
	fputs("\"><ul>\n", p->f);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		fprintf(p->f, "<li><a href=\"#%s\">", sections[i].id);
		page_word(p, sections[i].head);
		fputs("</a></li>\n", p->f);
	}
	fputs("</ul></nav>\n", p->f);
}

static void put_foot(const struct page *p)
{
	const json_t *start = evidence_first(p->events, "lab", "start");

	fputs("<footer class=\"wide\"><p>netdojo ", p->f);
	page_put(p, json_str(start, "netdojo", NETDOJO_VERSION));
	fputs(", Linux ", p->f);
	page_put(p, json_str(start, "kernel", "?"));
	if (p->in->n_casts)
		fputs(" \xc2\xb7 asciinema-player, Apache License 2.0", p->f);
	fputs("</p></footer>\n", p->f);
	if (p->in->n_casts)
		fprintf(p->f, "<script>%s</script>\n<script>%s</script>\n", page_player_js,
			page_report_js);
	fputs("</body>\n</html>\n", p->f);
}

char *report_html(const struct page_in *in)
{
	auto_json json_t *grade = safe_copy(in->grade), *events = safe_copy(in->events);
	auto_json json_t *anchors = find_anchors(events);
	char *text = NULL;
	size_t len;
	struct page p = {.f = open_memstream(&text, &len),
			 .in = in,
			 .grade = grade,
			 .events = events,
			 .anchors = anchors,
			 .lang = in->lang};

	if (!p.f)
		return NULL;
	put_head(&p);
	put_header(&p);
	put_contents(&p);
	fputs("<main id=\"main\" class=\"wide\" tabindex=\"-1\">\n", p.f);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		page_open(&p, sections[i].id, sections[i].head);
		sections[i].put(&p);
		page_close(&p);
	}
	fputs("</main>\n", p.f);
	put_foot(&p);
	fclose(p.f);
	return text;
}
