/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo submit */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/attempt_find.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/packer.h"
#include "grade/submission.h"

enum { MIB = 1024 * 1024, N_FILES = 5, NAME_MAX_BYTES = 256 };

/* What goes in, in the order of the reader's table (pack/bundle.c), and what people call it. */
static const struct part {
	const char *name;
	size_t max;
	bool needed;
	struct text what;
} parts[N_FILES] = {
	{"manifest.json", 0, true, {"your name, the seed, the score", "名前、シード、点数"}},
	{"scenario.lua", MIB, true, {"the scenario as you played it", "演習したシナリオ"}},
	{"events.jsonl",
	 64 * MIB,
	 true,
	 {"what you typed, what the lab saw", "入力とラボの出来事"}},
	{"score.json", MIB, false, {"the grade", "採点結果"}},
	{"transcript.cast", 16 * MIB, false, {"the recording of the terminal", "端末の録画"}},
};

struct handing_in {
	const struct cli *c;
	char *dir, *path; /* of the attempt, of the file (owned) */
	const char *name;
	struct packed files[N_FILES]; /* texts owned */
	json_t *manifest;	      /* owned */
};

static void handing_in_done(struct handing_in *h)
{
	for (size_t i = 0; i < N_FILES; i++)
		free(h->files[i].text);
	free(h->dir);
	free(h->path);
	json_decref(h->manifest);
}

static int check_name(const char *name, struct err *err)
{
	size_t n = strlen(name);
	auto_json json_t *text = json_string(name);

	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			n = 0;
	if (n && n <= NAME_MAX_BYTES && text)
		return 0;
	return err_set(err, ERR_USAGE, EINVAL,
		       "The name must be a line of text of at most %d bytes: give it with --name",
		       NAME_MAX_BYTES);
}

static const char *user_name(void)
{
	const struct passwd *who = getpwuid(geteuid());
	const char *name = getenv("USER");

	return name && *name ? name : who ? who->pw_name : "";
}

static int read_parts(struct handing_in *h, struct err *err)
{
	for (size_t i = 1; i < N_FILES; i++) {
		struct packed *f = &h->files[i];
		struct err why = {0};
		int rc = file_read(h->dir, parts[i].name, parts[i].max, &f->text, &f->len, &why);

		f->name = parts[i].name;
		if (rc == 0 || (rc == -ENOENT && !parts[i].needed))
			continue;
		if (!parts[i].needed)
			cli_note(h->c, "%s. %s", why.msg,
				 cli_tr(h->c, (struct text){"It is left out", "これは入れません"}));
		else {
			*err = why;
			return -why.code;
		}
	}
	return 0;
}

static int make_manifest(struct handing_in *h, struct err *err)
{
	auto_json json_t *score = NULL;
	struct packed *events = &h->files[2], *m = &h->files[0];
	int rc;

	if (h->files[3].text)
		score = json_loadb(h->files[3].text, h->files[3].len, 0, NULL);
	rc = submission_manifest((struct span){events->text, events->len},
				 (struct span){h->files[1].text, h->files[1].len}, h->name, score,
				 &h->manifest, &events->len, err);
	if (rc < 0)
		return rc;
	m->name = parts[0].name;
	m->text = json_dumps(h->manifest, JSON_INDENT(1));
	m->len = m->text ? strlen(m->text) : 0;
	return m->text ? 0 : err_sys(err, ENOMEM, "Can't make the manifest");
}

static int check_finished(const struct handing_in *h, struct err *err)
{
	if (json_flag(h->manifest, "finished", false) || cli_flag(h->c, "unfinished"))
		return 0;
	err_set(err, ERR_USAGE, EINVAL, "The attempt in %s was not finished", h->dir);
	return err_mend(err, "`netdojo play --resume` goes on with it where it can; --unfinished "
			     "hands it in as it is");
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISCHR(st.st_mode);
}

/* "hanako-dns-host-proxy-dead.tar.gz"; a name's slashes and blanks are no part of a file's. word: "" or "-abcd". */
static char *own_name(const struct handing_in *h, const char *word)
{
	const char *id = json_str(json_object_get(h->manifest, "scenario"), "id", "");
	char *path = NULL;

	if (asprintf(&path, "%.100s-%.64s%.32s.tar.gz", h->name, id, word) < 0)
		return NULL;
	for (char *p = path; *p; p++)
		if (strchr("/ \\:*?\"<>|", *p) || (p == path && (*p == '.' || *p == '-')))
			*p = '_';
	return path;
}

/* What is there already may be another attempt that was handed in nowhere yet: this one has its own word then. */
static int name_file(struct handing_in *h, struct err *err)
{
	const char *wanted = cli_opt(h->c, "output"), *word = strrchr(h->dir, '-');
	bool force = cli_flag(h->c, "force");

	h->path = wanted ? strdup(wanted) : own_name(h, "");
	if (h->path && !wanted && !force && word && !strchr(word, '/') && is_there(h->path)) {
		free(h->path);
		h->path = own_name(h, word);
	}
	if (!h->path)
		return err_sys(err, ENOMEM, "Can't name the file");
	if (force || !is_there(h->path))
		return 0;
	err_set(err, ERR_USAGE, EEXIST, "%s is there already", h->path);
	return err_mend(err, "-o names another; -f writes over it");
}

/* Under another name first, so that what stood there goes only for a whole one. */
static int write_file(const struct handing_in *h, struct err *err)
{
	struct packed have[N_FILES];
	auto_free char *temporary = NULL;
	auto_fd out = -1;
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < N_FILES; i++)
		if (h->files[i].text)
			have[n++] = h->files[i];
	if (asprintf(&temporary, "%s.XXXXXX", h->path) < 0)
		return err_sys(err, ENOMEM, "Can't write %s", h->path);
	out = mkostemp(temporary, O_CLOEXEC);
	if (out < 0)
		return err_sys(err, errno, "Can't write %s", h->path);
	rc = packer_write(have, n, out, err);
	if (rc == 0 && rename(temporary, h->path) < 0)
		rc = err_sys(err, errno, "Can't write %s", h->path);
	if (rc < 0)
		unlink(temporary);
	return rc;
}

static json_t *document(const struct handing_in *h)
{
	json_t *files = json_array();

	for (size_t i = 0; i < N_FILES; i++)
		if (h->files[i].text)
			json_array_append_new(files,
					      json_pack("{s:s, s:I}", "name", h->files[i].name,
							"size", (json_int_t)h->files[i].len));
	return json_pack("{s:o, s:O, s:o}", "file", json_text(h->path), "manifest", h->manifest,
			 "files", files);
}

static void print_human(const struct handing_in *h)
{
	const struct cli *c = h->c;

	fprintf(c->out, "%s\n", h->path);
	for (size_t i = 0; i < N_FILES; i++)
		if (h->files[i].text)
			fprintf(c->out, "  %-16s %8zu  %s\n", h->files[i].name, h->files[i].len,
				cli_tr(c, parts[i].what));
	fprintf(c->out, "%s: %s; %s: %s\n%s\n", cli_tr(c, (struct text){"handed in as", "提出者"}),
		h->name, cli_tr(c, (struct text){"seed", "シード"}),
		json_str(h->manifest, "seed", ""),
		cli_tr(c, (struct text){"Nothing else of this machine is in it.",
					"このマシンのほかのものは入っていません。"}));
}

/* In a class the seed is the name, so that each has their own addresses; elsewhere it may be anything. */
static void tell_seed(const struct handing_in *h)
{
	const char *seed = json_str(h->manifest, "seed", "");

	if (strcmp(seed, h->name) == 0)
		return;
	cli_note(
		h->c, "%s: '%s', '%s'. %s",
		cli_tr(h->c, (struct text){"The name and the attempt's seed differ",
					   "名前と演習のシードが違います"}),
		h->name, seed,
		cli_tr(h->c,
		       (struct text){"Where seeds are names a teacher sees that: --name NAME hands "
				     "in under another, `netdojo play ID --seed NAME` plays anew",
				     "名前をシードにする授業では指摘されます。--name 名前 "
				     "で別の名前で提出、`netdojo play ID --seed 名前` "
				     "で解き直しです"}));
}

int cmd_submit(struct cli *c)
{
	nd_cleanup(handing_in_done) struct handing_in h = {.c = c, .name = cli_opt(c, "name")};
	struct err err = {0};
	int rc;

	if (!h.name)
		h.name = user_name();
	rc = check_name(h.name, &err);
	if (rc == 0)
		rc = attempt_find(c->n_args ? c->args[0] : NULL, &h.dir, &err);
	if (rc == 0)
		rc = read_parts(&h, &err);
	if (rc == 0)
		rc = make_manifest(&h, &err);
	if (rc == 0)
		rc = check_finished(&h, &err);
	if (rc == 0)
		rc = name_file(&h, &err);
	if (rc == 0)
		rc = write_file(&h, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	tell_seed(&h);
	if (c->json)
		return cli_print_json(c, "submit", document(&h));
	print_human(&h);
	return EXIT_DONE;
}
