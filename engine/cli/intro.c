/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the learner is told before the shell opens: drawing, ticket, goals, what is recorded. */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "base/screen.h"
#include "base/textwidth.h"
#include "cli/intro.h"
#include "model/draw.h"

static void heading(const struct cli *c, struct text t)
{
	fprintf(c->out, "\n%s%s%s\n", cli_style(c, STYLE_BOLD), cli_tr(c, t),
		cli_style(c, STYLE_NONE));
}

enum { COLUMNS = 78, ROWS_OF_THE_REST = 20 };

/* Whether a drawing and what follows it fit on one screen; a file is high enough. */
static bool fits(const struct cli *c, const char *drawing)
{
	struct winsize size;
	unsigned rows = ROWS_OF_THE_REST;

	for (; *drawing; drawing++)
		rows += *drawing == '\n';
	return ioctl(fileno(c->out), TIOCGWINSZ, &size) < 0 || !size.ws_row || rows <= size.ws_row;
}

static unsigned columns(const struct cli *c)
{
	struct winsize size;

	if (ioctl(fileno(c->out), TIOCGWINSZ, &size) < 0 || !size.ws_col || size.ws_col > COLUMNS)
		return COLUMNS;
	return size.ws_col;
}

/* Before the ticket, which is what the learner needs in sight when the shell opens. */
static void draw(const struct cli *c, const json_t *model)
{
	auto_model *m = NULL;
	auto_free char *drawing = NULL;
	struct draw_look look = {.color = c->color, .ja = c->lang == LANG_JA};

	if (!model || model_from_json(model, &m, NULL) < 0)
		return;
	look.format = draw_format_from_name(screen_form(fileno(c->out)));
	look.columns = columns(c);
	drawing = draw_look(m, &look);
	if (!drawing || !fits(c, drawing))
		return;
	heading(c, (struct text){"The network when all is well", "正常なときのネットワーク"});
	fprintf(c->out, "%s\n", drawing);
}

static void goals(const struct cli *c, const json_t *list)
{
	const json_t *g;
	size_t i;

	if (json_array_size(list))
		heading(c, (struct text){"Goals", "目標"});
	json_array_foreach (list, i, g) {
		fputs("  - ", c->out);
		text_wrap(c->out, cli_tr_json(c, g), 4, (int)columns(c));
	}
}

static const struct text recorded = {
	"Recorded in this lab's folder, for the grade: what you type and see here, packets, "
	"programs and changes of the "
	"lab. Nothing outside it.",
	"採点のため、このラボの中での入力と表示、パケット、実行、変更だけを記録します。ラボの外は記"
	"録しません。",
};

static const struct text at_hand = {
	"Commands: dojo task, dojo map, dojo hint, dojo check, dojo windows,\n"
	"          dojo diagnose, dojo grade, dojo quit\n",
	"コマンド: dojo task, dojo map, dojo hint, dojo check, dojo windows,\n"
	"          dojo diagnose, dojo grade, dojo quit\n",
};

/* What the learner is told before the shell opens. */
int introduce(const struct cli *c, struct client *lab, const json_t *up, struct err *err)
{
	auto_json json_t *task = NULL, *info = NULL;
	int rc = client_call(lab, json_pack("{s:s}", "do", "task"), NULL, 0, &task, NULL, err);

	if (rc == 0)
		rc = client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, err);
	if (rc < 0)
		return rc;
	draw(c, json_object_get(info, "model"));
	fprintf(c->out, "%s%s%s  (%s %s)\n", cli_style(c, STYLE_BOLD),
		cli_tr_json(c, json_object_get(task, "title")), cli_style(c, STYLE_NONE),
		cli_tr(c, (struct text){"seed", "シード"}), json_str(up, "seed", ""));
	heading(c, (struct text){"Ticket", "依頼文"});
	fputs("  ", c->out);
	text_wrap(c->out, cli_tr_json(c, json_object_get(task, "ticket")), 2, (int)columns(c));
	goals(c, json_object_get(task, "goals"));
	fputc('\n', c->out);
	text_wrap(c->out, cli_tr(c, recorded), 0, (int)columns(c));
	fprintf(c->out, "\n%s\n", cli_tr(c, at_hand));
	return fflush(c->out) == EOF ? err_sys(err, errno, "Can't write") : 0;
}
