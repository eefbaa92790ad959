/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was typed at the prompt. */
#define _GNU_SOURCE
#include "windows/history.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "windows/files.h"

#define FOLDER "/mnt/c/Users/learner/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine"
#define PATH   FOLDER "/ConsoleHost_history.txt"

/* Adds a line of the file to a command; whether it goes on. */
static bool join(char **command, char *text)
{
	size_t len = strcspn(text, "\r\n");
	bool more = len && text[len - 1] == '`';
	char *joined;

	text[len - more] = '\0';
	if (asprintf(&joined, "%s%s%s", *command ? *command : "", text, more ? "\n" : "") < 0)
		return false;
	free(*command);
	*command = joined;
	return more;
}

void history_load(History *h)
{
	auto_file f = fopen(PATH, "re");
	auto_free char *text = NULL, *command = NULL;
	size_t size = 0;
	HistEvent ev;

	while (f && getline(&text, &size, f) >= 0) {
		if (join(&command, text))
			continue;
		if (command && command[0])
			history(h, &ev, H_ENTER, command);
		free(command);
		command = NULL;
	}
}

static void make_folder(void)
{
	char path[] = FOLDER;

	for (char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
		*c = '\0';
		if (mkdir(path, 0777) == 0)
			files_made(path);
		*c = '/';
	}
	if (mkdir(path, 0777) == 0)
		files_made(path);
}

void history_append(const char *text)
{
	auto_file f = NULL;

	make_folder();
	f = fopen(PATH, "ae");
	if (f)
		files_made(PATH);
	for (; f && *text; text++) {
		if (*text == '\n')
			fputc('`', f);
		fputc(*text, f);
	}
	if (f)
		fputc('\n', f);
}
