/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a ruleset. */
#define _GNU_SOURCE
#include "netns/ruleset_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64 };

/* Behind the } of the first block in text. */
static char *block_end(char *text)
{
	int depth = 0;

	for (; *text; text++) {
		if (*text == '"')
			text += 1 + strcspn(text + 1, "\"");
		if (!*text)
			break;
		depth += (*text == '{') - (*text == '}');
		if (*text == '}' && depth == 0)
			return text + 1;
	}
	return text;
}

static char *chain_of(char *text, char *at)
{
	static const char word[] = "chain ";

	while (at > text && strncmp(at, word, sizeof(word) - 1) != 0)
		at--;
	return at;
}

static void blank(char *from, const char *end)
{
	for (; from < end; from++)
		if (*from != '\n')
			*from = ' ';
}

char *ruleset_text_present(const char *text, ruleset_device_fn there, void *arg)
{
	static const char word[] = " device \"";
	char *ret = strdup(text), *at = ret, name[WORD_MAX];

	while (at && (at = strstr(at, word))) {
		const char *from = at + sizeof(word) - 1;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(from, "\""), from);
		if (!there(arg, name)) {
			char *chain = chain_of(ret, at);

			blank(chain, block_end(chain));
		}
		at++;
	}
	return ret;
}

char *ruleset_text_complaint(const char *nft_says, char *ret, size_t size)
{
	static const char mark[] = "Error: ";
	const char *what = strstr(nft_says, mark);
	const char *from = what, *end;
	int line = 0;

	if (!what)
		what = from = nft_says;
	else
		what += sizeof(mark) - 1;
	/* "FILE:5:3-12: Error: ..." where there was a file; its first line was ours. */
	while (from > nft_says && from[-1] != '\n')
		from--;
	if (sscanf(from, "%*[^:]:%d:%*d-%*d:", &line) == 1 && line > 1)
		size -= (size_t)snprintf(ret, size, "line %d: ", line - 1);
	else
		ret[0] = '\0';
	end = what + strcspn(what, "\n");
	snprintf(ret + strlen(ret), size, "%.*s", (int)(end - what), what);
	return ret;
}
