/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sudo's command line. */
#define _GNU_SOURCE
#include <string.h>

#include "guest/sudo.h"

const char sudo_usage[] = "usage: sudo -h | -K | -k | -V\n"
			  "usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\n"
			  "usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u "
			  "user] [command [arg ...]]\n"
			  "usage: sudo [-ABbEHkNnPS] [-C num] [-D directory] [-g group] [-h host] "
			  "[-p prompt] [-u user]\n"
			  "            [VAR=value] [-i | -s] [command [arg ...]]\n";

static const struct {
	const char *name;
	char letter;
} long_options[] = {
	{"user", 'u'},	   {"login", 'i'},    {"shell", 's'},		{"preserve-env", 'E'},
	{"list", 'l'},	   {"validate", 'v'}, {"reset-timestamp", 'k'}, {"remove-timestamp", 'K'},
	{"help", 'h'},	   {"version", 'V'},  {"non-interactive", 'n'}, {"stdin", 'S'},
	{"set-home", 'H'}, {"prompt", 'p'},   {"group", 'g'},		{"chdir", 'D'},
};

static bool takes_value(char letter)
{
	return letter && strchr("ugpCDhrtTU", letter);
}

static int set(struct sudo_args *a, char letter, const char *value)
{
	switch (letter) {
	case 'u':
		a->user = value;
		return 0;
	case 'i':
		a->login = true;
		return 0;
	case 's':
		a->shell = true;
		return 0;
	case 'E':
		a->keep_env = true;
		return 0;
	case 'l':
		a->list = true;
		return 0;
	case 'v':
		a->validate = true;
		return 0;
	case 'k':
	case 'K':
		a->forget = true;
		return 0;
	case 'h':
		a->help = true;
		return 0;
	case 'V':
		a->version = true;
		return 0;
	default: /* -n -S -H -b and so on change nothing here: there is no password */
		return strchr("ABbHnNPSgpCDrtTU", letter) ? 0 : -1;
	}
}

/* -nu root, -uroot: letters of one word; *i moves on when the value is the next word. */
static int parse_letters(struct sudo_args *a, char **argv, int argc, int *i)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		bool wants = takes_value(*p) && !(*p == 'h' && !p[1] && *i + 1 == argc);
		const char *value = NULL;

		if (wants) {
			value = p[1] ? p + 1 : *i + 1 < argc ? argv[++*i] : NULL;
			if (!value) {
				a->bad = *p;
				return -1;
			}
		}
		if (set(a, *p, value) < 0) {
			a->bad = *p;
			return -1;
		}
		if (wants)
			break;
	}
	return 0;
}

static int parse_long(struct sudo_args *a, char **argv, int argc, int *i)
{
	const char *word = argv[*i] + 2;
	size_t len = strcspn(word, "=");

	for (size_t k = 0; k < ARRAY_SIZE(long_options); k++) {
		const char *value = word[len] ? word + len + 1 : NULL;
		char letter = long_options[k].letter;

		if (strlen(long_options[k].name) != len || strncmp(long_options[k].name, word, len))
			continue;
		if (takes_value(letter) && letter != 'h' && !value && *i + 1 < argc)
			value = argv[++*i];
		return set(a, letter, value ? value : "");
	}
	a->bad = '-';
	a->bad_word = argv[*i];
	return -1;
}

/* NAME=value; "=" in a path is no assignment. */
static bool is_assignment(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && word[n] == '=' && !(word[0] >= '0' && word[0] <= '9');
}

int sudo_parse(int argc, char **argv, struct sudo_args *a)
{
	int i = 1;

	*a = (struct sudo_args){.user = "root"};
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		int rc;

		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		rc = argv[i][1] == '-' ? parse_long(a, argv, argc, &i)
				       : parse_letters(a, argv, argc, &i);
		if (rc < 0)
			return -1;
	}
	a->assign = argv + i;
	while (i < argc && is_assignment(argv[i])) {
		a->n_assign++;
		i++;
	}
	a->command = argv + i;
	return 0;
}
