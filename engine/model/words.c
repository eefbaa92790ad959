/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single strings of a model must look like. */
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "model/model.h"
#include "model/net.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool only(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

const char *word_plain(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return "holds a control character";
	return NULL;
}

static const char *name_up_to(const char *text, size_t most, const char *why)
{
	if (!strchr(LOWER, text[0]) || strlen(text) > most || !only(text, LOWER DIGITS "-"))
		return why;
	return NULL;
}

const char *word_name(const char *text)
{
	return name_up_to(text, 15, "is no name: a-z, then a-z, 0-9 or '-', at most 15");
}

const char *word_long_name(const char *text)
{
	return name_up_to(text, 32, "is no name: a-z, then a-z, 0-9 or '-', at most 32");
}

const char *word_ifname(const char *text)
{
	/* dev_valid_name(): no '/', ':' or white space; '%' would be taken as a pattern, '"' would
	 * end an nft string. */
	if (strlen(text) > MODEL_IFNAME_MAX)
		return "is longer than the 15 bytes an interface's name may have";
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strpbrk(text, "/: \t%\"\\") ||
	    word_plain(text))
		return "is no interface name";
	return NULL;
}

const char *word_hostname(const char *text)
{
	size_t n = strlen(text);

	if (!only(text, LOWER UPPER DIGITS "-.") || strchr("-.", text[0]) ||
	    strchr("-.", text[n - 1]) || strstr(text, ".."))
		return "is no host name";
	return NULL;
}

const char *word_mac(const char *text)
{
	unsigned first = 0;

	if (strlen(text) != 17)
		return "is no MAC address";
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !strchr(DIGITS "abcdefABCDEF", text[i]))
			return "is no MAC address";
	/* The lowest bit of the first byte marks a group. */
	first = (unsigned)(unsigned char)text[1];
	if (first >= 'a')
		first = first - 'a' + 10;
	else if (first >= 'A')
		first = first - 'A' + 10;
	if (first & 1)
		return "is a multicast MAC address";
	return strcmp(text, "00:00:00:00:00:00") == 0 ? "is no MAC address" : NULL;
}

const char *word_ip(const char *text)
{
	struct prefix p;

	return prefix_parse_address(text, &p) ? NULL : "is no IP address";
}

const char *word_cidr(const char *text)
{
	struct prefix p;

	return prefix_parse(text, &p) ? NULL
				      : "is no address with a prefix length, like 10.0.0.1/24";
}

const char *word_net(const char *text)
{
	struct prefix p;

	if (!prefix_parse(text, &p))
		return "is no network, like 10.0.0.0/8";
	return prefix_has_host_bits(&p) ? "has address bits set behind its prefix length" : NULL;
}

const char *word_dst(const char *text)
{
	return strcmp(text, "default") == 0 ? NULL : word_net(text);
}

/* A component equal to "..", or an empty one, could leave the tree it is put in. */
static bool bad_component(const char *text)
{
	return strstr(text, "//") || strstr(text, "/../") || strstr(text, "/./") ||
	       (strlen(text) >= 3 && strcmp(text + strlen(text) - 3, "/..") == 0);
}

const char *word_path(const char *text)
{
	if (text[0] != '/' || !text[1] || bad_component(text) || word_plain(text))
		return "is no absolute path";
	return NULL;
}

const char *word_sysctl(const char *text)
{
	if (strncmp(text, "net.", 4) != 0)
		return "is not under net., so it is not a node's own";
	if (!only(text, LOWER UPPER DIGITS "._-/") || strstr(text, "..") || strstr(text, "//"))
		return "is no sysctl's name";
	return NULL;
}

const char *word_env(const char *text)
{
	if (strchr(DIGITS, text[0]) || !only(text, LOWER UPPER DIGITS "_"))
		return "is no variable's name";
	return NULL;
}
