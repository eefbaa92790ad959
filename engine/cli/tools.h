/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs a scenario would like on the host, and the Debian packages they come in. */
#ifndef NETDOJO_CLI_TOOLS_H
#define NETDOJO_CLI_TOOLS_H

#include <stdbool.h>

#include "base/json.h"

/* The Debian package of a program; the program's own name where we know no better. */
const char *tool_package(const char *tool);

/* Whether a node would find it: nodes see the host's /usr without /usr/local. */
bool tool_present(const char *tool);

/* What of requires ({"tools":[..]}; may be NULL) is missing: [{"tool","package"}]; caller owns it.
 */
json_t *tools_lacking(const json_t *requires);

/* "dig (package bind9-dnsutils), mtr (package mtr-tiny)" into buf; "" for none. */
void tools_describe(const json_t *lacking, char *buf, size_t size);
/* "bind9-dnsutils mtr-tiny": what to hand to apt-get. */
void tools_packages(const json_t *lacking, char *buf, size_t size);

#endif
