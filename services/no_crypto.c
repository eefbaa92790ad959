/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands for every OpenSSL function that the static ldns refers to and our use of it never calls
 * (CMakeLists.txt). */
#include <stdio.h>
#include <stdlib.h>

void nd_no_crypto(void);

void nd_no_crypto(void)
{
	fputs("netdojo-serve: ldns called for cryptography\n", stderr);
	abort();
}
