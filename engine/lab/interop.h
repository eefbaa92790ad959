/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs across the line between WSL and Windows: .exe files called from WSL, and `wsl` from Windows. */
#ifndef NETDOJO_LAB_INTEROP_H
#define NETDOJO_LAB_INTEROP_H

#include "lab/exec.h"

/* Node socket verb of WSL: a Windows program on the asker's streams. */
void interop_run(struct conn *c, uint64_t id, struct msg *m);
/* Node socket verb of Windows: a program of WSL's on the asker's streams; starts WSL where it is stopped. */
void interop_wsl(struct conn *c, uint64_t id, struct msg *m);

/* Whether argv starts a program of Windows'. */
bool interop_is_program(const json_t *argv);
/* Before a program of Windows' is started in its node: it is there. */
int interop_prepare(struct lab_node *windows, struct err *err);
/*
 * An exec of the host's side in the Windows node, as what starts a program there: with "powershell" its words are one command
 * line, a session without any is the prompt. A new reference, to be freed; NULL with err.
 */
json_t *interop_exec(struct lab_node *windows, const json_t *body, struct err *err);

#endif
