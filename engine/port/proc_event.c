/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of an event of a node: closes and frees what its receiver did not take. */
#include "port/proc.h"

#include "base/cleanup.h"

void proc_event_done(struct proc_event *e)
{
	fd_closep(&e->pty);
	fd_closep(&e->listener);
	fd_closep(&e->node_socket);
	fd_closep(&e->etc_dir);
	fd_closep(&e->wsl_dir);
	if (e->hints > 0)
		fd_closep(&e->hints);
	json_decref(e->result);
	e->result = NULL;
	json_decref(e->warnings);
	e->warnings = NULL;
}
