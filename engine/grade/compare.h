/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two grades of one attempt beside each other: which items changed, and why. */
#ifndef NETDOJO_GRADE_COMPARE_H
#define NETDOJO_GRADE_COMPARE_H

#include "base/json.h"

/*
 * [{"id","group","title","change","old","new","why"}] of the items that differ, in the new grade's order, then those it
 * has no more. change: added, removed, worth (the maximum differs), points, void (a recorder the item rests on was
 * absent), counted (it was void before). old, new: {"points","max","void"}, null where there is none. why: the new
 * item's own words, absent where it has none. Caller owns it; NULL when out of memory.
 */
json_t *grade_compare(const json_t *before, const json_t *after);

#endif
