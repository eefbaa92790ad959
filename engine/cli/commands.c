/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of subcommands. */
#include "cli/commands.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"

const struct command_spec *const commands[] = {
	&spec_list,  &spec_show,     &spec_play,    &spec_up,	   &spec_ps,	 &spec_map,
	&spec_exec,  &spec_shell,    &spec_pause,   &spec_reset,   &spec_hint,	 &spec_diagnose,
	&spec_grade, &spec_attempts, &spec_report,  &spec_regrade, &spec_course, &spec_submit,
	&spec_score, &spec_log,	     &spec_capture, &spec_down,	   &spec_check,	 &spec_doctor,
	&spec_help,  NULL,
};

const struct command_spec *command_find(const char *name)
{
	for (const struct command_spec *const *p = commands; *p; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}

int command_find_near(const char *name, const struct command_spec **ret, struct err *err)
{
	const char *known[ARRAY_SIZE(commands)];
	const char *near;
	size_t n = 0;

	*ret = command_find(name);
	if (*ret)
		return 0;
	for (; commands[n]; n++)
		known[n] = commands[n]->name;
	near = nearest(name, known, n);
	err_set(err, ERR_USAGE, EINVAL, "Unknown command '%s'", name);
	if (near)
		return err_mend(err, "Did you mean '%s'?", near);
	return err_mend(err, "`netdojo help` lists the commands");
}
