/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo: the learner's short form of netdojo inside a lab. */
#ifndef NETDOJO_GUEST_DOJO_H
#define NETDOJO_GUEST_DOJO_H

#include "base/json.h"

/* Each takes the words after the subcommand and returns the exit status. */
int dojo_task(int argc, char **argv);
int dojo_hint(int argc, char **argv);
int dojo_map(int argc, char **argv);
int dojo_check(int argc, char **argv);
int dojo_diagnose(int argc, char **argv);
int dojo_phone(int argc, char **argv);
int dojo_internet(int argc, char **argv);
int dojo_on(int argc, char **argv);
int dojo_complete(int argc, char **argv);

/* The ith subcommand and what it does, NULL for one that is not listed; false past the last. */
bool dojo_command(size_t i, const char **ret_name, const char **ret_about);
/* The subcommand a word, perhaps cut short, means; NULL for none or several. */
const char *dojo_command_name(const char *word);

/* dojo diagnose without words. The exit status. */
int dojo_choose(void);
/* Prints what was answered so far; nothing when that is nothing. */
void dojo_said(void);
/* States the answer and says so; cause may be NULL. The exit status. */
int dojo_answer(const char *layer, const char *cause);
int dojo_answer_none(void);

/* Asks the lab one thing; a failure is printed. Request is stolen; caller owns the answer, NULL on
 * failure. */
json_t *dojo_ask(json_t *request);
/* Asks on the terminal; false on anything but yes. */
bool dojo_yes(const char *question);
/* Reads a line into buf without its newline; false at the end of input. */
bool dojo_line(char *buf, size_t size);

#endif
