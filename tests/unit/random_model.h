/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models out of thin air, for tests of properties. */
#ifndef NETDOJO_TEST_RANDOM_MODEL_H
#define NETDOJO_TEST_RANDOM_MODEL_H

#include "model/model.h"

/*
 * A model made by seed; each decision is taken by `other` instead in `mutate` of 1000 cases, so
 * that two calls with one seed and different others give models that differ in a few places. NULL
 * when the decisions gave a model that model_from_json refuses.
 */
struct model *random_model(uint64_t seed, uint64_t other, unsigned mutate);

#endif
