/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminal output, which a program in a lab writes as it likes: the mark parser must lose and
 * invent nothing, and what comes of it must be valid UTF-8 within its bounds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/cast.h"
#include "term/osc.h"
#include "term/track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fed {
	struct track track;
	size_t bytes, marks;
};

static void on_bytes(void *arg, const char *data, size_t len)
{
	struct fed *f = arg;

	f->bytes += len;
	track_bytes(&f->track, data, len);
}

static void on_mark(void *arg, enum osc_mark m, const char *text, int status)
{
	struct fed *f = arg;

	f->marks++;
	track_mark(&f->track, m, text, status);
}

static void on_command(void *arg, json_t *event)
{
	(void)arg;
	if (strlen(json_str(event, "output", "")) > PLAIN_MAX || !json_str(event, "text", "")[0])
		abort();
}

/* Feeds all of it in steps of a size the input chooses. */
static void feed(struct fed *f, const char *text, size_t size, size_t step)
{
	struct osc o;

	memset(f, 0, sizeof(*f));
	track_init(&f->track, &(struct track_sink){.arg = f, .command = on_command}, step & 1);
	osc_init(&o, "n", &(struct osc_sink){.arg = f, .bytes = on_bytes, .mark = on_mark});
	for (size_t i = 0; i < size; i += step)
		osc_feed(&o, text + i, size - i < step ? size - i : step);
	osc_flush(&o);
	osc_done(&o);
	track_end(&f->track);
	track_done(&f->track);
}

static void record(const char *text, size_t size)
{
	struct timespec at = {0};
	struct cast c = {0};
	FILE *null = fopen("/dev/null", "w");

	if (!null)
		return;
	if (cast_begin(&c, null, 80, 24, "t", "xterm", NULL) == 0)
		cast_output(&c, &at, text, size);
	cast_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fed whole, parts;
	const char *text = (const char *)data;

	feed(&whole, text, size, size ? size : 1);
	feed(&parts, text, size, 1 + (size ? data[0] % 7 : 0));
	/* However it is cut into reads, the same comes out; without marks, every byte. */
	if (whole.bytes != parts.bytes || whole.marks != parts.marks)
		abort();
	if (!whole.marks && whole.bytes != size)
		abort();
	record(text, size);
	return 0;
}
