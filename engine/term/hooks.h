/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shells a terminal host can start, and the hooks that make each of them mark its prompts and
 * commands. */
#ifndef NETDOJO_TERM_HOOKS_H
#define NETDOJO_TERM_HOOKS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

/* Whether this shell has no "command runs" mark of its own (sh). */
bool hooks_echoed_only(const char *shell);

/*
 * Puts "argv", "env" and "files" of a shell into an exec request (docs/protocol.md): shell is
 * "bash", "zsh", "fish", "sh", or "powershell" for the prompt of a Windows node; ERR_USAGE for another. With "shells" for those
 * that are opened from within it in WSL and in Windows.
 */
int hooks_request(const char *shell, const char *nonce, json_t *request, struct err *err);

/* 128 random bits as hex; ret holds 33 bytes. */
int hooks_nonce(char ret[33], struct err *err);

#endif
