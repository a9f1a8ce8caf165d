/* A result, of a run or a reconciled material flow system, as one self-contained page: pictures, the tables behind them, method and sources. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_REPORT_REPORT_H
#define LEIE_IO_REPORT_REPORT_H

#include <stdio.h>

#include "io/result/dataset.h"

typedef struct leie_report_opts {
    const char *region;   // whose account it is; NULL for the first of the result; a system by itself has none
    const char *language; // "en" (also for NULL) or "nl"
} leie_report_opts;

/* Writes the page: HTML with the style, D3, the data and the script that draws inside; it needs no network. Errors:
 * LEIE_ERR_USAGE for a region or language that is not there, LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. Same result and
 * options, same bytes. */
LEIE_API leie_status leie_report_write(FILE *to, const leie_dataset *ds, const leie_report_opts *opts, leie_error *err);

/* Puts a page in the place of a file in a single step. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_report_replace(const char *path, const char *text, size_t size, leie_error *err);

/* Texts built into the program: style, scripts, D3 and d3-sankey with their licences in front. */
typedef struct leie_asset {
    const char *text;
    size_t size;
} leie_asset;

typedef enum leie_asset_name { LEIE_ASSET_STYLE, LEIE_ASSET_SCRIPT, LEIE_ASSET_SYSTEMS, LEIE_ASSET_D3, LEIE_ASSET_SANKEY, LEIE_ASSETS } leie_asset_name;

leie_asset leie_report_asset(leie_asset_name name);

#endif
