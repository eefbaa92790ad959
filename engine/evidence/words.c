/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for people about an event, in English or Japanese. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/query.h"

/* Where a line goes, and in which language. */
struct line {
	FILE *f;
	bool ja;
};

static const char *tr(const struct line *l, const char *en, const char *ja)
{
	return l->ja ? ja : en;
}

/* A word of the log's own, as people say it in Japanese. */
static const char *word(const struct line *l, const char *id)
{
	static const char *const words[][2] = {
		{"echo-request", "ping 要求"},
		{"echo-reply", "ping 応答"},
		{"unreachable", "到達不能の通知"},
		{"frag-needed", "分割が必要との通知"},
		{"time-exceeded", "TTL 超過の通知"},
		{"dns-query", "DNS 問い合わせ"},
		{"dns-answer", "DNS 応答"},
		{"syn", "TCP 接続要求 (SYN)"},
		{"syn-ack", "TCP 接続応答 (SYN-ACK)"},
		{"rst", "TCP 拒否 (RST)"},
		{"in", "受信"},
		{"out", "送信"},
		{"link", "リンク"},
		{"address", "アドレス"},
		{"route", "経路"},
		{"rule", "経路ルール"},
		{"neigh", "近隣テーブル"},
		{"ruleset", "フィルタ"},
		{"add", "追加"},
		{"del", "削除"},
		{"set", "変更"},
		{"write", "書き込み"},
		{"remove", "削除"},
		{"create", "作成"},
		{"changed", "変更"},
		{"hint", "ヒント"},
	};

	for (size_t i = 0; l->ja && i < ARRAY_SIZE(words); i++)
		if (strcmp(id, words[i][0]) == 0)
			return words[i][1];
	return id;
}

/* The first line of a text, in at most max bytes cut at a character. */
static void put_line(FILE *f, const char *s, size_t max)
{
	size_t n = strcspn(s, "\r\n"), whole = n;

	if (n > max)
		for (n = max; n && ((unsigned char)s[n] & 0xc0) == 0x80;)
			n--;
	fprintf(f, "%.*s%s", (int)n, s, n < whole || s[whole] ? "..." : "");
}

static void command_words(const struct line *l, const json_t *e)
{
	int status = (int)json_int(e, "exit", 0);

	fputs("$ ", l->f);
	put_line(l->f, json_str(e, "text", ""), 72);
	if (status > 0)
		fprintf(l->f, " (%s %d)", tr(l, "exit", "終了コード"), status);
}

/* "Windows: portproxy.set listenport=3000 connectaddress=172.23.249.227"; lists and tables by their JSON. */
static void windows_words(const struct line *l, const json_t *e)
{
	json_t *args = json_object_get(e, "args"), *value;
	const char *key;
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	fprintf(f, "Windows: %s", json_str(e, "what", "?"));
	json_object_foreach (args, key, value) {
		auto_free char *json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		fprintf(f, " %s=%s", key,
			json_is_string(value) ? json_string_value(value)
			: json		      ? json
					      : "");
	}
	fclose(f);
	put_line(l->f, text, 100);
	if (!json_flag(e, "ok", true))
		fprintf(l->f, l->ja ? "（拒否: %s）" : " (refused: %s)", json_str(e, "error", "?"));
}

static void exec_words(const struct line *l, const json_t *e)
{
	const json_t *argv = json_object_get(e, "argv"), *a;
	size_t i;

	if (strcmp(json_str(e, "what", ""), "exit") == 0) {
		int pid = (int)json_int(e, "pid", 0);

		fprintf(l->f, l->ja ? "プロセス %d が終了" : "process %d ended", pid);
		return;
	}
	fputs(tr(l, "ran", "実行:"), l->f);
	if (!json_array_size(argv))
		fprintf(l->f, " %s", json_str(e, "path", "?"));
	json_array_foreach (argv, i, a) {
		fputc(' ', l->f);
		put_line(l->f, json_is_string(a) ? json_string_value(a) : "?", 48);
	}
}

static void endpoint(const struct line *l, const json_t *e, const char *addr, const char *port)
{
	fprintf(l->f, "%s", json_str(e, addr, "?"));
	if (json_object_get(e, port))
		fprintf(l->f, ":%d", (int)json_int(e, port, 0));
}

static void packet_words(const struct line *l, const json_t *e)
{
	int count = (int)json_int(e, "count", 1);

	fprintf(l->f, "%s %s: %s", json_str(e, "if", "?"), word(l, json_str(e, "dir", "?")),
		word(l, json_str(e, "what", "?")));
	if (json_object_get(e, "qname"))
		fprintf(l->f, " %s %s", json_str(e, "qtype", ""), json_str(e, "qname", ""));
	if (json_object_get(e, "rcode"))
		fprintf(l->f, " %s", json_str(e, "rcode", ""));
	fputc(' ', l->f);
	endpoint(l, e, "src", "sport");
	fputs(" > ", l->f);
	endpoint(l, e, "dst", "dport");
	if (count > 1)
		fprintf(l->f, l->ja ? " (%d 回)" : " (%d times)", count);
}

static void change_words(const struct line *l, const json_t *e)
{
	static const char *const keys[] = {"dst", "gateway",   "ifname", "dev",	  "local",
					   "mtu", "operstate", "table",	 "chain", "tool"};

	fprintf(l->f, "%s %s:", word(l, json_str(e, "what", "?")),
		word(l, json_str(e, "action", "?")));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const json_t *v = json_object_get(e, keys[i]);

		if (json_is_string(v) && json_string_length(v))
			fprintf(l->f, " %s %s", keys[i], json_string_value(v));
		else if (json_is_integer(v))
			fprintf(l->f, " %s %lld", keys[i], (long long)json_integer_value(v));
	}
}

static void file_words(const struct line *l, const json_t *e)
{
	fprintf(l->f, "%s %s", json_str(e, "path", "?"), word(l, json_str(e, "action", "changed")));
}

static void probe_words(const struct line *l, const json_t *e)
{
	bool ok = json_flag(e, "ok", false);

	fprintf(l->f, "%s %s: %s", tr(l, "probe", "確認"), json_str(e, "name", "?"),
		ok ? tr(l, "holds", "成功") : tr(l, "fails", "失敗"));
}

static void answer_words(const struct line *l, const json_t *e)
{
	const json_t *a;
	size_t i;

	fputs(tr(l, "diagnosis:", "診断:"), l->f);
	if (!json_array_size(json_object_get(e, "answers")))
		fputs(tr(l, " none", " 異常なし"), l->f);
	json_array_foreach (json_object_get(e, "answers"), i, a) {
		const char *cause = json_str(a, "cause", "");

		fprintf(l->f, "%s %s%s%s", i ? "," : "", json_str(a, "layer", "?"),
			*cause ? " " : "", cause);
	}
}

static void hint_words(const struct line *l, const json_t *e)
{
	fprintf(l->f, "%s %d", word(l, "hint"), (int)json_int(e, "n", 0));
}

static const struct {
	const char *kind;
	void (*words)(const struct line *l, const json_t *e);
} kinds[] = {
	{"command", command_words}, {"windows", windows_words}, {"exec", exec_words},
	{"packet", packet_words},   {"change", change_words},	{"file", file_words},
	{"probe", probe_words},	    {"answer", answer_words},	{"hint", hint_words},
};

char *evidence_words(const json_t *event, const char *lang)
{
	const char *kind = json_str(event, "kind", "?");
	char *text = NULL;
	size_t len, i;
	struct line l = {.f = open_memstream(&text, &len), .ja = lang && strcmp(lang, "ja") == 0};

	if (!l.f)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			break;
	if (i < ARRAY_SIZE(kinds))
		kinds[i].words(&l, event);
	else
		fprintf(l.f, "%s %s", kind, json_str(event, "what", ""));
	fclose(l.f);
	return text;
}
