/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of hooks/, embedded when built. */
#ifndef NETDOJO_TERM_HOOKS_TEXT_H
#define NETDOJO_TERM_HOOKS_TEXT_H

extern const char hook_bashrc[], hook_zshrc[], hook_fish[], hook_shrc[];

#endif
