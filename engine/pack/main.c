/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-pack: packs one submission, or unpacks one, for the command line; a message socket on descriptor 3 and nothing else.
 * {"do":"pack","files"} with [bytes, out], {"do":"unpack"} with [file, out]. A hostile file gets a process of small limits,
 * which has no names, only descriptors.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/helper.h"
#include "base/msg.h"
#include "pack/bundle.h"

enum { CPU_SECONDS = 30, FILES_OPEN = 16 };
#define MEMORY_BYTES  (512UL * 1024 * 1024)
#define WRITTEN_BYTES (96UL * 1024 * 1024)

static int limit(int what, rlim_t most, struct err *err)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return err_sys(err, errno, "Can't limit netdojo-pack");
	if (now.rlim_max < most)
		most = now.rlim_max;
	now = (struct rlimit){most, most};
	return setrlimit((__rlimit_resource_t)what, &now) < 0
		       ? err_sys(err, errno, "Can't limit netdojo-pack")
		       : 0;
}

static int confine(struct err *err)
{
	static const struct {
		int what;
		rlim_t most;
	} limits[] = {
		{RLIMIT_CPU, CPU_SECONDS}, {RLIMIT_NOFILE, FILES_OPEN},
		{RLIMIT_CORE, 0},	   {RLIMIT_FSIZE, WRITTEN_BYTES},
#ifndef __SANITIZE_ADDRESS__
		{RLIMIT_AS, MEMORY_BYTES},
#endif
	};
	int rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
			 ? err_sys(err, errno, "Can't limit netdojo-pack")
			 : 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(limits); i++)
		rc = limit(limits[i].what, limits[i].most, err);
	return rc;
}

static json_t *answer(struct msg *m)
{
	auto_fd in = msg_take_fd(m, 0), out = msg_take_fd(m, 1);
	struct err why = {0};
	json_t *files = NULL;
	int rc;

	if (in < 0 || out < 0)
		rc = err_set(&why, ERR_MACHINE, EINVAL, "netdojo-pack was given no files");
	else if (json_object_get(m->body, "files"))
		rc = bundle_write(in, json_object_get(m->body, "files"), out, &why);
	else
		rc = bundle_read(in, out, &files, &why);
	if (rc < 0)
		return json_pack("{s:o}", "error", err_to_json(&why));
	return json_pack("{s:o*}", "files", files);
}

int main(void)
{
	struct err err = {0};
	auto_msg m = {0};
	int rc = confine(&err);

	if (rc == 0)
		rc = msg_recv(HELPER_FD, &m, 0, &err);
	if (rc == 1) {
		auto_json json_t *out = answer(&m);

		rc = msg_send(HELPER_FD, out, NULL, 0, &err);
	}
	if (rc < 0)
		fprintf(stderr, "netdojo-pack: %s\n", err.msg);
	return rc < 0 ? (int)err.kind : 0;
}
