/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft(8) as far as a lab needs it: its options of output, a file or words, through libnftables. */
#define _GNU_SOURCE
#include <getopt.h>
#include <nftables/libnftables.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct flag {
	struct option option;
	unsigned int output;
	const char *what;
} flags[] = {
	{{"handle", no_argument, NULL, 'a'}, NFT_CTX_OUTPUT_HANDLE, "show handles"},
	{{"stateless", no_argument, NULL, 's'}, NFT_CTX_OUTPUT_STATELESS, "leave counters out"},
	{{"terse", no_argument, NULL, 't'}, NFT_CTX_OUTPUT_TERSE, "leave elements of sets out"},
	{{"service", no_argument, NULL, 'S'}, NFT_CTX_OUTPUT_SERVICE, "show ports by name"},
	{{"reversedns", no_argument, NULL, 'N'},
	 NFT_CTX_OUTPUT_REVERSEDNS,
	 "show addresses by name"},
	{{"guid", no_argument, NULL, 'u'}, NFT_CTX_OUTPUT_GUID, "show users by name"},
	{{"numeric", no_argument, NULL, 'n'}, NFT_CTX_OUTPUT_NUMERIC_ALL, "show numbers only"},
	{{"numeric-priority", no_argument, NULL, 'y'},
	 NFT_CTX_OUTPUT_NUMERIC_PRIO,
	 "priorities too"},
	{{"numeric-protocol", no_argument, NULL, 'p'},
	 NFT_CTX_OUTPUT_NUMERIC_PROTO,
	 "protocols too"},
	{{"numeric-time", no_argument, NULL, 'T'}, NFT_CTX_OUTPUT_NUMERIC_TIME, "times too"},
	{{"json", no_argument, NULL, 'j'}, NFT_CTX_OUTPUT_JSON, "speak JSON"},
	{{"echo", no_argument, NULL, 'e'}, NFT_CTX_OUTPUT_ECHO, "show what was added"},
	{{"check", no_argument, NULL, 'c'}, 0, "check, change nothing"},
	{{"file", required_argument, NULL, 'f'},
	 0,
	 "read commands from a file, - for standard input"},
	{{"help", no_argument, NULL, 'h'}, 0, "show this"},
};
enum { N_FLAGS = sizeof(flags) / sizeof(flags[0]) };

static void usage(FILE *to)
{
	fputs("Usage: nft [options] [commands...]\n\n", to);
	for (size_t i = 0; i < N_FLAGS; i++)
		fprintf(to, "  -%c, --%-18s %s\n", flags[i].option.val, flags[i].option.name,
			flags[i].what);
}

static unsigned int output_of(int c)
{
	for (size_t i = 0; i < N_FLAGS; i++)
		if (flags[i].option.val == c)
			return flags[i].output;
	return 0;
}

/* Takes options; true when there is something to do, else *ret is how to end. */
static bool take_options(struct nft_ctx *nft, int argc, char **argv, const char **file, int *ret)
{
	struct option longs[N_FLAGS + 1] = {{0}};
	unsigned int output = 0;
	int c;

	for (size_t i = 0; i < N_FLAGS; i++)
		longs[i] = flags[i].option;
	/* up to the first word: rules have words that begin with "-", such as priorities */
	while ((c = getopt_long(argc, argv, "+astSNunypTjecf:h", longs, NULL)) != -1) {
		if (c == 'f')
			*file = optarg;
		else if (c == 'c')
			nft_ctx_set_dry_run(nft, true);
		else if (c == 'h' || c == '?') {
			usage(c == 'h' ? stdout : stderr);
			*ret = c == 'h' ? 0 : 1;
			return false;
		}
		output |= output_of(c);
	}
	nft_ctx_output_set_flags(nft, output);
	return true;
}

static int run_words(struct nft_ctx *nft, char **words)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc;

	for (; f && *words; words++)
		fprintf(f, "%s%s", *words, words[1] ? " " : "\n");
	if (!f || fclose(f))
		return 1;
	rc = nft_run_cmd_from_buffer(nft, text) != 0;
	free(text);
	return rc;
}

int main(int argc, char **argv)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	const char *file = NULL;
	int rc = 1;

	if (!nft)
		return 1;
	if (take_options(nft, argc, argv, &file, &rc)) {
		if (file)
			rc = nft_run_cmd_from_filename(nft, strcmp(file, "-") ? file
									      : "/dev/stdin") != 0;
		else if (optind < argc)
			rc = run_words(nft, argv + optind);
		else
			usage(stderr);
	}
	nft_ctx_free(nft);
	return rc;
}
