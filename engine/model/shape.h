/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's structs as tables of fields. */
#ifndef NETDOJO_MODEL_SHAPE_H
#define NETDOJO_MODEL_SHAPE_H

#include "model/field.h"

extern const struct shape shape_model;

extern const char *const node_role_names[];
extern const char *const iface_kind_names[];
extern const char *const service_kind_names[];

#endif
