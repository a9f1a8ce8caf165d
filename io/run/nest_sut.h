/* A nest with a supply-use table of its own: from the study to the country's table, and into the world. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_NEST_SUT_H
#define LEIE_IO_RUN_NEST_SUT_H

#include "io/study/study.h"

/* Reads the supply-use table of a nest into an empty one, updated and at basic prices as the study says. */
LEIE_API leie_status leie_nest_read_sut(leie_sut *s, const leie_study_sut *spec, leie_error *err);

/* Splits a national table into the regions of a nest. stressor: those whose pressures the keys may split (NULL: none);
 * shares receives them (leie_nest_shares_free), info may be NULL. Sources go to the new table's provenance. */
LEIE_API leie_status leie_nest_split(leie_sut *to, leie_nest *shares, leie_split_info *info, const leie_sut *s,
                            const leie_study_nest *spec, const leie_labels *stressor, leie_error *err);

/* Replaces the country of the nest with number `which` in the world table t: read, split or taken as it is, made symmetric,
 * bridged, embedded. What nests before it sell to the country is known by their concordances. */
LEIE_API leie_status leie_nest_embed(leie_table *t, const leie_study *study, leie_size which, leie_error *err);

#endif
