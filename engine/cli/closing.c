/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ending an attempt that could go on. */
#include "cli/closing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cli/attempts.h"

void closing_done(struct closing *c)
{
	past_done(&c->past);
	fd_closep(&c->log);
	fd_closep(&c->dir);
}

/* Reads the log; whether the attempt could go on. What can't be read is for the grading to tell. */
static bool goes_on(int fd, struct past *p)
{
	past_done(p);
	return fd >= 0 && past_read(fd, p, NULL) == 0 && p->start &&
	       !json_flag(p->start, "healthy", false) && !p->finished && !p->closed && !p->damaged;
}

static int begin(const char *dir, struct closing *c, struct err *err)
{
	static const char name[] = "events.jsonl";
	int why;

	c->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c->log = openat(c->dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	why = errno;
	if (c->log < 0)
		c->log = openat(c->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	else
		why = 0;
	if (!goes_on(c->log, &c->past))
		return 0;
	if (attempt_lock(c->dir, dir, NULL) < 0) {
		err_set(err, ERR_USAGE, EBUSY, "The attempt in '%s' is being played", dir);
		return err_mend(err, "`netdojo grade`, or `dojo grade` in it, ends and grades it");
	}
	if (!goes_on(c->log, &c->past)) /* its lab was just ending */
		return 0;
	if (!why)
		return 1;
	err_set(err, ERR_USAGE, why, "The attempt in '%s' could go on, and can't be ended: %s", dir,
		strerror(why));
	return err_mend(err, "Its grade would tell what is wrong: make its log writable first");
}

int closing_begin(const char *dir, struct closing *ret, struct err *err)
{
	auto_closing c = CLOSING_NONE;
	int rc = begin(dir, &c, err);

	if (rc > 0) {
		*ret = c;
		c = (struct closing)CLOSING_NONE;
	}
	return rc < 0 ? rc : 0;
}

int closing_end(const struct cli *c, struct closing *closing, struct err *err)
{
	int rc = closing->log < 0 ? 0 : past_close(closing->log, &closing->past, "graded", err);

	if (rc == 0 && closing->log >= 0)
		cli_note(c, "%s",
			 cli_tr(c,
				(struct text){
					"The attempt could still go on; showing its grade has "
					"ended it",
					"この練習はまだ再開できましたが、採点結果を表示したため終了"
					"しました"}));
	fd_closep(&closing->log);
	return rc;
}
