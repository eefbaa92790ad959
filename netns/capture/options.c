/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netdojo-capture was asked for. */
#include "netns/capture/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int number(const char *text, int max, int *ret)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (end == text || v < 0 || v > max)
		return -EINVAL;
	*ret = (int)v;
	return (int)(end - text);
}

static int whole_number(const char *option, const char *text, int max, int *ret, struct err *err)
{
	int used = number(text, max, ret);

	if (used < 0 || text[used])
		return err_set(err, ERR_USAGE, EINVAL, "%s: '%s' is no number up to %d", option,
			       text, max);
	return 0;
}

static int set_userns(struct capture_options *o, char *text, struct err *err)
{
	return whole_number("--userns", text, INT_MAX, &o->userns, err);
}

static int set_until(struct capture_options *o, char *text, struct err *err)
{
	return whole_number("--until", text, INT_MAX, &o->until, err);
}

static int set_snaplen(struct capture_options *o, char *text, struct err *err)
{
	int rc = whole_number("--snaplen", text, CAPTURE_SNAPLEN_MAX, &o->snaplen, err);

	if (rc == 0 && o->snaplen == 0)
		o->snaplen = CAPTURE_SNAPLEN_MAX;
	return rc;
}

static int set_write(struct capture_options *o, char *text, struct err *err)
{
	(void)err;
	o->write = text;
	return 0;
}

static int set_filter(struct capture_options *o, char *text, struct err *err)
{
	(void)err;
	o->filter = text;
	return 0;
}

static int add_node(struct capture_options *o, char *text, struct err *err)
{
	char *eq = strchr(text, '=');
	struct capture_node n = {.name = text, .netns = -1};
	int used = eq ? number(eq + 1, INT_MAX, &n.netns) : -EINVAL;
	char *rest = used < 0 ? NULL : eq + 1 + used;

	if (!rest || eq == text || (*rest && (*rest != ':' || !rest[1])))
		return err_set(err, ERR_USAGE, EINVAL, "--node: '%s' is not NAME=NETNSFD[:IF[,IF]]",
			       text);
	if (o->n_nodes == CAPTURE_MAX_NODES)
		return err_set(err, ERR_USAGE, E2BIG, "--node: more than %d nodes",
			       CAPTURE_MAX_NODES);
	*eq = '\0';
	n.ifaces = *rest ? rest + 1 : NULL;
	o->nodes[o->n_nodes++] = n;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct capture_options *o, char *text, struct err *err);
} options[] = {
	{"--userns", set_userns},   {"--until", set_until}, {"--node", add_node},
	{"--write", set_write},	    {"-w", set_write},	    {"--filter", set_filter},
	{"--snaplen", set_snaplen},
};

static int parse_one(struct capture_options *o, const char *name, char *value, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (strcmp(options[i].name, name) != 0)
			continue;
		if (!value)
			return err_set(err, ERR_USAGE, EINVAL, "%s: lacks its value", name);
		return options[i].set(o, value, err);
	}
	return err_set(err, ERR_USAGE, EINVAL, "Unknown option '%s'", name);
}

int capture_options_parse(int argc, char **argv, struct capture_options *ret, struct err *err)
{
	struct capture_options o = {
		.userns = -1, .until = -1, .filter = "", .snaplen = CAPTURE_SNAPLEN_MAX};

	for (int i = 1; i < argc; i += 2) {
		int rc = parse_one(&o, argv[i], argv[i + 1], err);

		if (rc < 0)
			return rc;
	}
	if (!o.n_nodes)
		return err_set(err, ERR_USAGE, EINVAL, "No --node is given");
	if (!o.write)
		return err_set(err, ERR_USAGE, EINVAL, "No -w is given");
	*ret = o;
	return 0;
}
