/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a graded attempt, made from its folder. */
#define _GNU_SOURCE
#include "cli/reporting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/grading.h"
#include "cli/recordings.h"
#include "cli/script_client.h"
#include "evidence/query.h"
#include "grade/page.h"
#include "model/draw.h"

/* The healthy network of the scenario as it was played. */
static int load_model(const char *dir, const json_t *events, const char *lang, struct model **ret,
		      struct err *err)
{
	const json_t *start = evidence_first(events, "lab", "start");
	auto_script_client *s = NULL;
	auto_json json_t *answer = NULL;
	auto_free char *path = NULL;
	int rc;

	if (asprintf(&path, "%s/scenario.lua", dir) < 0)
		return err_sys(err, ENOMEM, "Can't name the scenario");
	rc = script_client_start(&s, err);
	if (rc == 0)
		rc = script_client_load(s, path, json_str(start, "seed", ""),
					json_str(start, "variant", ""), lang, NULL, err);
	if (rc == 0)
		rc = script_client_call(s, json_pack("{s:s}", "do", "model"), &answer, err);
	if (rc == 0)
		rc = model_from_json(json_object_get(answer, "model"), ret, err);
	return rc;
}

static char *html(const struct cli *c, const char *dir, const struct attempt *a)
{
	auto_recordings casts = {0};
	auto_free char *drawing = NULL, *spoken = NULL;
	auto_model *m = NULL;
	bool ja = c->lang == LANG_JA;

	recordings_read(dir, a->events, &casts);
	if (load_model(dir, a->events, cli_lang(c), &m, NULL) == 0) {
		drawing = draw_look(m, &(struct draw_look){.format = DRAW_TEXT, .ja = ja});
		spoken = draw_look(m, &(struct draw_look){.format = DRAW_FLAT, .ja = ja});
	}
	return report_html(&(struct page_in){.grade = a->grade,
					     .events = a->events,
					     .lang = cli_lang(c),
					     .drawing = drawing,
					     .spoken = spoken,
					     .casts = casts.v,
					     .n_casts = casts.n});
}

static char *json(const struct attempt *a)
{
	auto_free char *dumped = json_dumps(a->grade, JSON_INDENT(2));
	char *text = NULL;

	return dumped && asprintf(&text, "%s\n", dumped) >= 0 ? text : NULL;
}

int reporting_make(const struct cli *c, const char *dir, const struct attempt *a,
		   const char *format, char **ret, struct err *err)
{
	if (strcmp(format, "html") == 0)
		*ret = html(c, dir, a);
	else if (strcmp(format, "md") == 0)
		*ret = report_markdown(a->grade, a->events, cli_lang(c));
	else if (strcmp(format, "json") == 0)
		*ret = json(a);
	else
		*ret = grading_card(c, a);
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't make the report");
}

static int put_all(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int reporting_write(const char *path, const char *text, struct err *err)
{
	auto_free char *fresh = NULL;
	auto_fd fd = -1;
	int rc;

	if (asprintf(&fresh, "%s.%d.new", path, (int)getpid()) < 0)
		return err_sys(err, ENOMEM, "Can't write %s", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, errno, "Can't write %s", path);
	rc = put_all(fd, text);
	if (rc == 0 && rename(fresh, path) < 0)
		rc = -errno;
	if (rc == 0)
		return 0;
	unlink(fresh);
	return err_sys(err, -rc, "Can't write %s", path);
}

static const struct {
	const char *format, *file;
	struct text what;
} files[] = {
	{"md", "report.md", {"To be pasted:", "貼り付け用:"}},
	{"html", "report.html", {"As a page, with the recording:", "録画つきのページ:"}},
};

int reporting_save(const struct cli *c, const char *dir, const struct attempt *a, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(files); i++) {
		auto_free char *path = NULL, *text = NULL;

		if (asprintf(&path, "%s/%s", dir, files[i].file) < 0)
			return err_sys(err, ENOMEM, "Can't name the report");
		rc = reporting_make(c, dir, a, files[i].format, &text, err);
		if (rc == 0)
			rc = reporting_write(path, text, err);
	}
	return rc;
}

void reporting_tell(const struct cli *c, const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		fprintf(c->out, "%s %s/%s\n", cli_tr(c, files[i].what), dir, files[i].file);
}
