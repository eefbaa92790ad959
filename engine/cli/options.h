/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option tables. A subcommand describes its options, operands, examples and exit codes once, as
 * data; parsing, --help, the man page and the three completion files are all made from it (help.h,
 * dump.h), so that none can drift.
 */
#ifndef NETDOJO_CLI_OPTIONS_H
#define NETDOJO_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A text for people in both languages; ja may be NULL, then en is shown. */
struct text {
	const char *en, *ja;
};

enum lang { LANG_EN, LANG_JA };

/* What the shell should offer for an argument. */
enum complete_kind {
	COMPLETE_NONE,
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_SCENARIO, /* ids */
	COMPLETE_SELECT,   /* ids, layer:L3, mode:nat, tag:x */
	COMPLETE_LAB,
	COMPLETE_NODE,
	COMPLETE_LAYER,
	COMPLETE_CAUSE,
	COMPLETE_ATTEMPT, /* folders' names in the attempts' place, and their last words */
	COMPLETE_COURSE,  /* ids */
	COMPLETE_COMMAND, /* netdojo's own subcommands */
	N_COMPLETE_KINDS,
};

/* One option. A table of them ends with an empty entry (long_name NULL). */
struct option_spec {
	const char *long_name; /* without dashes */
	char short_name;       /* 0 = none */
	const char *arg;       /* "NAME" as help shows it; NULL = a flag without argument */
	enum complete_kind
		complete;	    /* of arg; of a flag: what the operands are where it is given */
	const char *const *choices; /* the only values allowed, NULL-terminated; NULL = any */
	bool many;		    /* may be given more than once */
	struct text help;	    /* one line, no full stop */
};

struct operand_spec {
	const char *name; /* "NODE" */
	enum complete_kind complete;
	const char *const *choices; /* offered, not enforced; NULL-terminated; may be NULL */
};

struct example {
	const char *line; /* as typed */
	struct text what;
};

struct exit_spec {
	const char *code; /* "0", "128+n" */
	struct text what;
};

enum {
	COMMAND_MAX_OPERANDS = 4,
	COMMAND_ANY = 0x7fff, /* as max: any number, the last operand repeats */
};

/* How a command line for another program is taken: exec wsl -- CMD ARG... */
enum rest_rule {
	REST_NONE,
	REST_AFTER_OPERANDS, /* everything after min operands; a first "--" is dropped */
};

struct cli;

struct command_spec {
	const char *name;
	const char *synopsis; /* operands as help shows them: "NODE -- CMD [ARG]..." */
	struct text summary;  /* one line, no full stop */
	struct text about;    /* paragraphs, parted by "\n\n" */
	struct operand_spec operands[COMMAND_MAX_OPERANDS];
	unsigned min, max; /* how many operands */
	enum rest_rule rest;
	const struct option_spec *options; /* may be NULL */
	/* NULL-terminated, the default first. Where there are any, --format and (with "json")
	 * --json exist by themselves. */
	const char *const *formats;
	const struct example *examples; /* ends with line NULL */
	const struct exit_spec *exits;	/* ends with code NULL; NULL = the usual four */
	int failure;		   /* exit code of all failures of our own; 0 = by their kind */
	int (*run)(struct cli *c); /* returns the process's exit code */
};

/* Options every command has: --help, --lang, and --format and --json where there are formats. */
extern const struct option_spec options_common[];
extern const struct option_spec options_format[];

/*
 * Parses argv[1..] for a command into c (values, args, rest, format, json, lang). On a wrong word
 * err is one line with the nearest known name, ERR_USAGE. Words are borrowed from argv.
 */
int options_parse(struct cli *c, const struct command_spec *cmd, int argc, char **argv,
		  struct err *err);

/* The option of that long name the command knows (its own, then common ones); NULL for none. */
const struct option_spec *options_find(const struct command_spec *cmd, const char *long_name);

/* The values an option allows in this command (--format: the command's formats); NULL = any. */
const char *const *options_choices(const struct command_spec *cmd, const struct option_spec *o);

/* The flag with which the command's operands are something else (play --resume); NULL for none. */
const struct option_spec *options_turning(const struct command_spec *cmd);

/* Calls fn for each option of the command, its own first, then those that come by themselves. */
void options_each(const struct command_spec *cmd,
		  void (*fn)(void *arg, const struct command_spec *cmd,
			     const struct option_spec *o),
		  void *arg);

#endif
