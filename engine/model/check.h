/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a model must be beyond its types: unique names, a network the kernel takes. */
#ifndef NETDOJO_MODEL_CHECK_H
#define NETDOJO_MODEL_CHECK_H

#include "model/model.h"

/* ERR_USAGE with the path of the value at fault. The model is normalised. */
int model_check(const struct model *m, struct err *err);

#endif
