/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A submission's file: written and read by libarchive. */
#define _GNU_SOURCE
#include "pack/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>

enum { KIB = 1024, MIB = 1024 * KIB, PIECE = 64 * KIB };

const struct bundle_rule bundle_rules[BUNDLE_N] = {
	{"manifest.json", 64 * KIB, true},    {"scenario.lua", 1 * MIB, true},
	{"events.jsonl", 64 * MIB, true},     {"score.json", 1 * MIB, false},
	{"transcript.cast", 16 * MIB, false},
};

const struct bundle_rule *bundle_rule_find(const char *name)
{
	for (size_t i = 0; name && i < BUNDLE_N; i++)
		if (strcmp(bundle_rules[i].name, name) == 0)
			return &bundle_rules[i];
	return NULL;
}

static void free_read(struct archive **a)
{
	archive_read_free(*a);
}

static void free_write(struct archive **a)
{
	archive_write_free(*a);
}

static void free_entry(struct archive_entry **e)
{
	archive_entry_free(*e);
}

static int no_submission(struct err *err, const char *why)
{
	return err_set(err, ERR_USAGE, EBADMSG, "Not a submission: %s", why);
}

/* --- writing --- */

static int copy_in(struct archive *a, int in, int64_t size, struct err *err)
{
	char piece[PIECE];

	while (size > 0) {
		ssize_t n = read(in, piece, size < PIECE ? (size_t)size : PIECE);

		if (n <= 0)
			return err_sys(err, n < 0 ? errno : EIO, "Can't read the attempt");
		if (archive_write_data(a, piece, (size_t)n) != n)
			return err_sys(err, archive_errno(a), "Can't write the submission");
		size -= n;
	}
	return 0;
}

static int write_file(struct archive *a, int in, const json_t *file, struct err *err)
{
	nd_cleanup(free_entry) struct archive_entry *e = archive_entry_new();
	int64_t size = json_int(file, "size", 0);

	if (!e)
		return err_sys(err, ENOMEM, "Can't write the submission");
	archive_entry_set_pathname(e, json_str(file, "name", ""));
	archive_entry_set_size(e, size);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 0, 0); /* the same attempt gives the same file */
	if (archive_write_header(a, e) != ARCHIVE_OK)
		return err_sys(err, archive_errno(a), "Can't write the submission");
	return copy_in(a, in, size, err);
}

int bundle_write(int in, const json_t *files, int out, struct err *err)
{
	nd_cleanup(free_write) struct archive *a = archive_write_new();
	const json_t *file;
	size_t i;
	int rc = 0;

	if (!a || archive_write_set_format_ustar(a) != ARCHIVE_OK ||
	    archive_write_add_filter_gzip(a) != ARCHIVE_OK ||
	    archive_write_set_filter_option(a, "gzip", "timestamp", NULL) != ARCHIVE_OK ||
	    archive_write_open_fd(a, out) != ARCHIVE_OK)
		return err_sys(err, a ? archive_errno(a) : ENOMEM, "Can't write the submission");
	json_array_foreach (files, i, file)
		if (rc == 0)
			rc = write_file(a, in, file, err);
	if (rc == 0 && archive_write_close(a) != ARCHIVE_OK)
		rc = err_sys(err, archive_errno(a), "Can't write the submission");
	return rc;
}

/* --- reading --- */

/* What a tar's member must be before a byte of it is read. */
static int check_member(struct archive_entry *e, const json_t *have,
			const struct bundle_rule **ret_rule, struct err *err)
{
	const struct bundle_rule *rule = bundle_rule_find(archive_entry_pathname(e));
	const json_t *other;
	size_t i;

	if (!rule)
		return no_submission(err, "it holds a file that doesn't belong there");
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e) ||
	    archive_entry_symlink(e))
		return no_submission(err, "it holds something else than plain files");
	json_array_foreach (have, i, other)
		if (strcmp(json_str(other, "name", ""), rule->name) == 0)
			return no_submission(err, "it holds a file twice");
	if (archive_entry_size_is_set(e) && archive_entry_size(e) > (int64_t)rule->max)
		return err_set(err, ERR_USAGE, EFBIG, "Not a submission: its %s is over %zu KiB",
			       rule->name, rule->max / KIB);
	*ret_rule = rule;
	return 0;
}

static int put(int out, const char *bytes, size_t n, struct err *err)
{
	while (n) {
		ssize_t done = write(out, bytes, n);

		if (done < 0)
			return err_sys(err, errno, "Can't unpack the submission");
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The header's size is its word alone: the bytes are counted as they come. */
static int copy_out(struct archive *a, int out, const struct bundle_rule *rule, size_t *ret,
		    struct err *err)
{
	char piece[PIECE];
	size_t size = 0;

	for (;;) {
		la_ssize_t n = archive_read_data(a, piece, sizeof(piece));
		int rc;

		if (n < 0)
			return no_submission(err, "it is damaged");
		if (n == 0)
			break;
		size += (size_t)n;
		if (size > rule->max)
			return err_set(err, ERR_USAGE, EFBIG,
				       "Not a submission: its %s is over %zu KiB", rule->name,
				       rule->max / KIB);
		rc = put(out, piece, (size_t)n, err);
		if (rc < 0)
			return rc;
	}
	*ret = size;
	return 0;
}

static int read_member(struct archive *a, struct archive_entry *e, int out, json_t *have,
		       struct err *err)
{
	const struct bundle_rule *rule = NULL;
	size_t size = 0;
	int rc = check_member(e, have, &rule, err);

	if (rc == 0)
		rc = copy_out(a, out, rule, &size, err);
	if (rc == 0)
		json_array_append_new((json_t *)have, json_pack("{s:s, s:I}", "name", rule->name,
								"size", (json_int_t)size));
	return rc;
}

static int check_whole(const json_t *have, struct err *err)
{
	for (size_t i = 0; i < BUNDLE_N; i++) {
		const json_t *file;
		bool found = !bundle_rules[i].needed;
		size_t k;

		json_array_foreach (have, k, file)
			found = found ||
				strcmp(json_str(file, "name", ""), bundle_rules[i].name) == 0;
		if (!found)
			return err_set(err, ERR_USAGE, EBADMSG, "Not a submission: it has no %s",
				       bundle_rules[i].name);
	}
	return 0;
}

static int open_archive(struct archive *a, int in, struct err *err)
{
	struct stat st;

	if (fstat(in, &st) < 0 || !S_ISREG(st.st_mode))
		return no_submission(err, "it is not a file");
	if (st.st_size > BUNDLE_PACKED_MAX)
		return no_submission(err, "it is too large");
	if (!a || archive_read_support_format_tar(a) < ARCHIVE_WARN ||
	    archive_read_support_filter_gzip(a) < ARCHIVE_WARN)
		return err_sys(err, ENOMEM, "Can't read the submission");
	if (archive_read_open_fd(a, in, PIECE) != ARCHIVE_OK)
		return no_submission(err, "it is no gzipped tar");
	return 0;
}

int bundle_read(int in, int out, json_t **ret, struct err *err)
{
	nd_cleanup(free_read) struct archive *a = archive_read_new();
	auto_json json_t *have = json_array();
	struct archive_entry *e;
	int rc = open_archive(a, in, err), got = ARCHIVE_OK;

	for (unsigned n = 0; rc == 0 && n <= BUNDLE_ENTRIES_MAX; n++) {
		got = archive_read_next_header(a, &e);
		if (got != ARCHIVE_OK)
			break;
		rc = read_member(a, e, out, have, err);
	}
	if (rc == 0 && got != ARCHIVE_EOF)
		rc = no_submission(err, "it is damaged, or no gzipped tar");
	if (rc == 0)
		rc = check_whole(have, err);
	if (rc == 0)
		*ret = ptr_steal(have);
	return rc;
}
