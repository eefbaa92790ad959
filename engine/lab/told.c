/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log is read when somebody asks, from where the last reading ended: so it costs nothing while recording, and what an
 * attempt that was taken up again had in it before counts too.
 */
#define _GNU_SOURCE
#include "lab/told.h"

#include <fcntl.h>
#include <string.h>

#include "evidence/proved.h"

struct told {
	struct proved *proved;
	json_t *answers;
	off_t read; /* whole lines, bytes */
};

static struct told *told_new(const struct lab *lab)
{
	struct told *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->proved = proved_new(lab->healthy);
	t->answers = json_array();
	return t;
}

void told_done(struct lab *lab)
{
	if (!lab->told)
		return;
	proved_free(lab->told->proved);
	json_decref(lab->told->answers);
	free(lab->told);
	lab->told = NULL;
}

/* Most lines are none of these, and parsing is what costs. */
static bool matters(const char *line)
{
	return strstr(line, "\"kind\":\"command\"") || strstr(line, "\"kind\":\"answer\"") ||
	       (strstr(line, "\"kind\":\"packet\"") &&
		(strstr(line, "\"dir\":\"in\"") || !strstr(line, "\"node\":\"wsl\"")));
}

static void see(struct told *t, const char *line)
{
	static const char *const keys[] = {"t", "answers", "none"};
	auto_json json_t *e = matters(line) ? json_loads(line, 0, NULL) : NULL;
	json_t *one;

	if (!e)
		return;
	if (t->proved)
		proved_see(t->proved, e);
	if (strcmp(json_str(e, "kind", ""), "answer") != 0)
		return;
	one = json_object();
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(one, keys[i], json_object_get(e, keys[i]));
	json_array_append_new(t->answers, one);
}

/* NULL where there is no log. Borrowed. */
static struct told *read_on(struct lab *lab)
{
	auto_fd fd = lab->attempt_dir < 0
			     ? -1
			     : openat(lab->attempt_dir, "events.jsonl", O_RDONLY | O_CLOEXEC);
	auto_file f = NULL;
	auto_free char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f)
		return NULL;
	fd_steal(&fd);
	if (!lab->told)
		lab->told = told_new(lab);
	if (!lab->told || fseeko(f, lab->told->read, SEEK_SET) < 0)
		return NULL;
	while ((n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n') {
		see(lab->told, line);
		lab->told->read += n;
	}
	return lab->told;
}

json_t *told_proved(struct lab *lab)
{
	struct told *t = read_on(lab);

	return t && t->proved ? proved_json(t->proved) : NULL;
}

json_t *told_answers(struct lab *lab)
{
	struct told *t = read_on(lab);

	return t ? json_deep_copy(t->answers) : json_array();
}
