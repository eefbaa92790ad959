/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab of fakes with a Windows side: models with WSL running and stopped, and a script that gives them. */
#ifndef NETDOJO_TEST_LAB_WINDOWS_RIG_H
#define NETDOJO_TEST_LAB_WINDOWS_RIG_H

#include "tests/unit/lab_rig.h"

/* tests/data/nat.json with what Windows is; caller owns. */
json_t *windows_running(void);
/* The same with WSL stopped: no node, and nothing of it. */
json_t *windows_stopped(void);
/* The key `windows` with wsl.KEY set; value is stolen. */
void windows_wsl_set(json_t *model, const char *key, json_t *value);

/* After rig_init: a script that starts and stops WSL. Then opens the lab, as rig_open does. */
void windows_script(struct rig *r);
void windows_open(struct rig *r);
/* The lab, up and healthy; its script starts and stops WSL. */
void windows_up(struct rig *r);
/* What the script answers to an operation; both stolen, model may be NULL. */
void windows_answer(struct rig *r, const char *op, json_t *result, json_t *model);
/* Runs an operation on fd, a connection of the Windows node's; its answer. */
json_t *windows_do(struct rig *r, int fd, const char *op);
/* The last event of kind `windows` in the log; NULL when there is none. Caller owns. */
json_t *windows_logged(const struct rig *r);

#endif
