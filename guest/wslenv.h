/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of WSL's environment a Windows program gets: WSLENV's names. */
#ifndef NETDOJO_GUEST_WSLENV_H
#define NETDOJO_GUEST_WSLENV_H

#include "base/json.h"

/*
 * The variables that WSLENV shares, as {"NAME":"value"}; /p has a path translated, /l each of a list, /u is for the other way
 * only. What the terminal needs (TERM and the language) comes along. Caller owns it.
 */
json_t *wslenv_shared(void);

#endif
