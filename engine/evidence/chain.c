/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash chain of events.jsonl. */
#include "evidence/chain.h"

#include <assert.h>
#include <string.h>

/* libmd's header has the BSDs' types */
#include <sys/types.h>

#include <sha2.h>

/* Before the digits of a line's h, and after. */
static const char opening[] = ",\"h\":\"", closing[] = "\"}";

static_assert(sizeof(opening) - 1 + CHAIN_DIGITS + sizeof(closing) - 1 == CHAIN_SUFFIX,
	      "a suffix is what it is made of");

void chain_init(struct chain *c)
{
	memset(c->h, '0', CHAIN_DIGITS);
	c->h[CHAIN_DIGITS] = '\0';
}

static void to_digits(const uint8_t *bytes, size_t n_digits, char *ret)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n_digits; i++)
		ret[i] = hex[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
	ret[n_digits] = '\0';
}

void chain_sha256(const void *bytes, size_t len, char digits[SHA256_DIGITS + 1])
{
	uint8_t sum[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, bytes, len);
	SHA256Final(sum, &ctx);
	to_digits(sum, SHA256_DIGITS, digits);
}

/* The h of a line whose first n bytes, up to its own h, are these. */
static void link_to(const struct chain *before, const char *line, size_t n, struct chain *ret)
{
	uint8_t sum[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)before->h, CHAIN_DIGITS);
	SHA256Update(&ctx, (const uint8_t *)line, n);
	SHA256Final(sum, &ctx);
	to_digits(sum, CHAIN_DIGITS, ret->h);
}

size_t chain_seal(const struct chain *before, char *line, size_t n, struct chain *ret)
{
	struct chain after;
	char *p = line + n - 1;

	if (n < 3 || line[0] != '{' || *p != '}')
		return 0;
	link_to(before, line, n - 1, &after);
	memcpy(p, opening, sizeof(opening) - 1);
	p += sizeof(opening) - 1;
	memcpy(p, after.h, CHAIN_DIGITS);
	p += CHAIN_DIGITS;
	memcpy(p, closing, sizeof(closing) - 1);
	*ret = after;
	return n - 1 + CHAIN_SUFFIX;
}

bool chain_read(const char *line, size_t n, struct chain *ret)
{
	const char *p = line + n - CHAIN_SUFFIX, *h = p + sizeof(opening) - 1;

	if (n < CHAIN_SUFFIX || memcmp(p, opening, sizeof(opening) - 1) != 0 ||
	    memcmp(h + CHAIN_DIGITS, closing, sizeof(closing) - 1) != 0)
		return false;
	for (size_t i = 0; i < CHAIN_DIGITS; i++)
		if (!strchr("0123456789abcdef", h[i]) || !h[i])
			return false;
	memcpy(ret->h, h, CHAIN_DIGITS);
	ret->h[CHAIN_DIGITS] = '\0';
	return true;
}

/* Whether a line holds after those before it; then *head moves on. */
static bool holds(const char *line, size_t n, struct chain *head, bool *ret_unchained)
{
	struct chain said, is;

	*ret_unchained = !chain_read(line, n, &said);
	if (*ret_unchained)
		return false;
	link_to(head, line, n - CHAIN_SUFFIX, &is);
	if (strcmp(said.h, is.h) != 0)
		return false;
	*head = is;
	return true;
}

void chain_check(const char *text, size_t len, struct chain_found *ret)
{
	struct chain_found f = {0};

	chain_init(&f.head);
	while (f.bytes < len && !f.broken && !f.cut) {
		const char *line = text + f.bytes, *nl = memchr(line, '\n', len - f.bytes);

		if (!nl)
			f.cut = true;
		else if (!holds(line, (size_t)(nl - line), &f.head, &f.unchained))
			f.broken = f.lines + 1;
		else {
			f.lines++;
			f.bytes += (size_t)(nl - line) + 1;
		}
	}
	*ret = f;
}
