/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grading an attempt folder and showing the grade. */
#include "cli/grading.h"

#include <string.h>
#include <sys/ioctl.h>

#include "base/screen.h"
#include "cli/closing.h"
#include "cli/reporting.h"
#include "cli/script_client.h"
#include "grade/grade.h"
#include "grade/report.h"

int grading_run(const struct cli *c, const char *dir, struct attempt *ret, struct err *err)
{
	auto_script_client *s = NULL;
	struct script_port port;
	int rc = script_client_start(&s, err);

	if (rc < 0)
		return rc;
	port = script_client_port(s);
	return attempt_grade(dir, cli_lang(c), &port, ret, err);
}

int grading_show(const struct cli *c, const char *dir, struct attempt *ret, struct err *err)
{
	auto_closing closing = CLOSING_NONE;
	int rc = closing_begin(dir, &closing, err);

	if (rc == 0)
		rc = grading_run(c, dir, ret, err);
	return rc < 0 ? rc : closing_end(c, &closing, err);
}

int grading_finish(struct client *lab, char **ret_dir, struct err *err)
{
	auto_json json_t *answer = NULL;
	int rc = client_call(lab, json_pack("{s:s}", "do", "finish"), NULL, 0, &answer, NULL, err);

	if (rc < 0)
		return err_wrap(err, "The attempt can't be ended");
	*ret_dir = strdup(json_str(answer, "attempt", ""));
	return *ret_dir ? 0 : err_sys(err, ENOMEM, "The attempt can't be ended");
}

enum { COLUMNS_OF_A_FILE = 100 };

static int columns(const struct cli *c)
{
	struct winsize size;

	return ioctl(fileno(c->out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col
									    : COLUMNS_OF_A_FILE;
}

char *grading_card(const struct cli *c, const struct attempt *a)
{
	bool accessible = screen_accessible();

	return report_card(a->grade, a->events,
			   &(struct report_style){.lang = cli_lang(c),
						  .colour = c->color && !accessible,
						  .accessible = accessible,
						  .columns = columns(c)});
}

int grading_print(const struct cli *c, const struct attempt *a)
{
	static const struct {
		const char *format;
		char *(*report)(const json_t *grade, const json_t *events);
	} reports[] = {
		{"junit", report_junit},
		{"tap", report_tap},
		{"gradescope", report_gradescope},
	};
	auto_free char *text = NULL;

	if (c->json) {
		int rc = cli_print_json(c, "grade", json_incref(a->grade));

		return rc ? rc : grade_exit_code(a->grade);
	}
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++)
		if (c->format && strcmp(c->format, reports[i].format) == 0)
			text = reports[i].report(a->grade, a->events);
	if (!text)
		text = grading_card(c, a);
	fputs(text ? text : "", c->out);
	return text ? grade_exit_code(a->grade) : EXIT_MACHINE;
}

void grading_keep(const struct cli *c, const char *dir, const struct attempt *a)
{
	struct err err = {0};

	fputc('\n', c->out);
	if (reporting_save(c, dir, a, &err) < 0)
		cli_fail(c, &err);
	else
		reporting_tell(c, dir);
}
