/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads the TLS module. */
#include <dlfcn.h>
#include <errno.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "services/tls.h"

/* dlopen counts, and gives the same handle again: nothing needs to be remembered here. */
const struct tls_module *tls_module_load(struct err *err)
{
	auto_free char *path = path_libexec("serve-tls.so");
	void *handle = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	const struct tls_module *m = handle ? dlsym(handle, TLS_MODULE_SYMBOL) : NULL;
	const char *why = m ? NULL : dlerror();

	if (!m)
		err_set(err, ERR_MACHINE, ELIBACC, "Can't load the TLS module: %s",
			why ? why : "no path");
	return m;
}
