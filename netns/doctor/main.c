/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-doctor: tells what this machine can run. Started by `netdojo doctor`. */
#define _GNU_SOURCE
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/stdio_fds.h"
#include "doctor.h"
#include "netns/leave_root.h"

struct wish {
	const char *config; /* NULL = this machine */
	const char *only;   /* ids; NULL = all */
	bool profile, json, ja;
};

static int usage(void)
{
	fprintf(stderr, "Usage: netdojo-doctor [--json] [--lang en|ja] [--only ID,...] "
			"[--kernel-config FILE | --apparmor-profile]\n");
	return ERR_USAGE;
}

static int parse(int argc, char **argv, struct wish *w)
{
	static const struct option options[] = {{"kernel-config", required_argument, NULL, 'k'},
						{"apparmor-profile", no_argument, NULL, 'a'},
						{"json", no_argument, NULL, 'j'},
						{"lang", required_argument, NULL, 'l'},
						{"only", required_argument, NULL, 'o'},
						{0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'k')
			w->config = optarg;
		else if (c == 'l')
			w->ja = !strcmp(optarg, "ja");
		else if (c == 'o')
			w->only = optarg;
		else if (c == 'a')
			w->profile = true;
		else if (c == 'j')
			w->json = true;
		else
			return -1;
	}
	return optind == argc ? 0 : -1;
}

/* The programs that make user namespaces: the lab, and this one. */
static int print_profile(void)
{
	auto_free char *lab = path_libexec("netdojo-lab");
	auto_free char *real_lab = lab ? realpath(lab, NULL) : NULL;
	auto_free char *self = realpath("/proc/self/exe", NULL);
	const char *paths[2];
	size_t n = 0;

	if (self)
		paths[n++] = self;
	if (real_lab)
		paths[n++] = real_lab;
	apparmor_write(stdout, paths, n);
	return 0;
}

static int judge(const struct wish *w, json_t **ret, struct err *err)
{
	auto_free char *text = NULL;
	int rc;

	if (w->config) {
		rc = config_read(w->config, &text, err);
		return rc < 0 ? rc : config_judge(text, ret, err);
	}
	rc = leave_root(err);
	return rc < 0 ? rc : run_checks(w->only, ret, err);
}

int main(int argc, char **argv)
{
	struct wish w = {0};
	struct err err = {0};
	auto_json json_t *entries = NULL, *doc = NULL;

	stdio_fds_fill();
	if (parse(argc, argv, &w) < 0)
		return usage();
	if (w.profile)
		return print_profile();
	if (judge(&w, &entries, &err) < 0) {
		fprintf(stderr, "netdojo: %s\n", err.msg);
		return err.kind;
	}
	doc = report_json(entries);
	if (w.json) {
		json_dumpf(doc, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		report_print(stdout, doc, w.ja);
	}
	return json_flag(doc, "ok", false) ? 0 : ERR_MACHINE;
}
