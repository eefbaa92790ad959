/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as XML and as JUnit's attributes want it. */
#ifndef NETDOJO_GRADE_XML_H
#define NETDOJO_GRADE_XML_H

#include <stdio.h>

/* Writes s escaped for a text or an attribute in double quotes; what XML 1.0 can't hold becomes
 * U+FFFD. */
void xml_put(FILE *f, const char *s);

#endif
