/* Files of needs and margins. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_NEEDS_H
#define LEIE_IO_READ_READ_NEEDS_H

#include "io/study/study.h"

/* product,category,need[,weight][,name][,name_nl][,source][,note]: weight 1 where it is empty, an empty product or category for
 * every one. Errors name path, line and column: also a need called "unassigned" or "TOTAL", which are made, not read. */
LEIE_API leie_status leie_read_needs(leie_need_list *list, const leie_study_needs *spec, leie_provenance *p,
                                     leie_error *err);

/* product,margin,rate[,category][,source][,note]: margin is a product of trade or transport, or "tax". */
LEIE_API leie_status leie_read_margins(leie_trade_margins *m, const leie_path *path, leie_provenance *p, leie_error *err);

#endif
