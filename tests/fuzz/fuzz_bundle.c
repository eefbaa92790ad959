/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A submission is a stranger's file: bundle_read(), fed with anything, writes no more than its bounds allow and tells no name that
 * isn't one of ours; what it gives goes on to submission_read(), as `netdojo score` would have it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "grade/submission.h"
#include "pack/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static int memory_with(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Where a file's bytes are in what was unpacked. */
static struct span span_of(const json_t *files, const char *all, const char *name)
{
	const json_t *file;
	size_t at = 0, i;

	json_array_foreach (files, i, file) {
		size_t len = (size_t)json_int(file, "size", 0);
		const struct bundle_rule *rule = bundle_rule_find(json_str(file, "name", NULL));

		must(rule && len <= rule->max);
		if (strcmp(rule->name, name) == 0)
			return (struct span){all + at, len};
		at += len;
	}
	return (struct span){all, 0};
}

static void look(const json_t *files, int out)
{
	struct submission_parts parts;
	struct submission s = {0};
	struct stat st;
	char *all;

	must(fstat(out, &st) == 0);
	all = calloc(1, (size_t)st.st_size + 1);
	must(all && pread(out, all, (size_t)st.st_size, 0) == st.st_size);
	parts = (struct submission_parts){span_of(files, all, "manifest.json"),
					  span_of(files, all, "scenario.lua"),
					  span_of(files, all, "events.jsonl")};
	must(submission_read("f", &parts, &s, NULL) == 0 && s.row);
	submission_compare(&s, parts.scenario, "return scenario {}\n");
	submission_done(&s);
	free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int in = memory_with(data, size), out = memfd_create("fuzz", MFD_CLOEXEC);
	json_t *files = NULL;
	struct err err = {0};
	int rc = bundle_read(in, out, &files, &err);

	must(rc == 0 ? files != NULL : files == NULL && err.msg[0]);
	if (rc == 0)
		look(files, out);
	json_decref(files);
	close(in);
	close(out);
	return 0;
}
