/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wslinfo as a WSL distribution has it: what it prints comes from the lab. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "guest/init.h"
#include "guest/talk.h"

static const char usage[] = "wslinfo usage:\n"
			    "    --networking-mode\n"
			    "        Display current networking mode.\n\n"
			    "    --msal-proxy-path\n"
			    "        Display the path to the MSAL proxy application.\n\n"
			    "    --vm-id\n"
			    "        Display WSL VM ID.\n\n"
			    "    --version\n"
			    "        Display the version of the WSL package.\n\n"
			    "    -n\n"
			    "        Do not print a newline.\n";

/* From the lab, by key; "" when it does not answer. */
static int print_key(const char *key, const char *end)
{
	auto_json json_t *answer = NULL;
	struct err err = {0};

	if (talk_once(json_pack("{s:s}", "do", "mode"), &answer, &err) < 0) {
		fprintf(stderr, "wslinfo: %s\n", err.msg);
		return 1;
	}
	printf("%s%s", json_str(answer, key, ""), end);
	return 0;
}

static int print_fixed(const char *text, const char *end)
{
	printf("%s%s", text, end);
	return 0;
}

int wslinfo_main(int argc, char **argv)
{
	static const struct {
		const char *option, *key, *fixed;
	} options[] = {
		{"--networking-mode", "networking_mode", NULL},
		{"--version", "version", NULL},
		{"--wsl-version", "version", NULL},
		{"--msal-proxy-path", NULL, "/mnt/c/Program Files/WSL/msal.wsl.proxy.exe"},
		{"--vm-id", NULL, "4f1c2c56-6d3a-4f6e-9b0c-2f6ab1d1a0c7"},
	};
	const char *end = "\n", *wanted = NULL;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-n"))
			end = "";
		else
			wanted = argv[i];
	}
	for (size_t i = 0; wanted && i < ARRAY_SIZE(options); i++)
		if (!strcmp(wanted, options[i].option))
			return options[i].key ? print_key(options[i].key, end)
					      : print_fixed(options[i].fixed, end);
	if (wanted)
		fprintf(stderr, "Invalid command line argument: %s\n", wanted);
	fputs(usage, stderr);
	return 1;
}
