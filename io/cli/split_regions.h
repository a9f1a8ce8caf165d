/* leie split SUT --keys K --trade METHOD: a national supply-use table into those of its regions. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SPLIT_REGIONS_H
#define LEIE_IO_CLI_SPLIT_REGIONS_H

#include "io/cli/cmd.h"

/* Options of the verb that belong to a split into regions. */
// clang-format off
#define LEIE_OPTIONS_SPLIT_REGIONS \
    {"keys", 0, "FILE", "region,variable,list,sector,year,value,unit,source: splits a supply-use table into regions"}, \
    {"regions", 0, "CODES", "regions, comma-separated (default: all of the keys, in their order)"}, \
    {"sectors", 0, "FILE", "concordance from the keys' sector list to the table's industries"}, \
    {"use", 0, "WHAT=KEY", "key of industries, household, npish, government, gfcf, ... export (may be repeated)"}, \
    {"nearest-keys", 0, NULL, "keys of the nearest year where the table's own has none"},             \
    {"normalise", 0, NULL, "shares in the keys that do not add up to one are made to"}, \
    {"trade", 0, "METHOD", "slq, cilq, flq, aflq, charm, gravity or given (default: " LEIE_TRADE_DEFAULT_NAME ")"}, \
    {"delta", 0, "X", "exponent of FLQ and AFLQ (default: 0.25)"}, \
    {"beta", 0, "X", "decay with distance (default: 1)"}, \
    {"distances", 0, "FILE", "region,to_region,value"}, \
    {"trade-table", 0, "FILE", "region,product,to_region,use,value: flows for --trade given"}, \
    {"known", 0, "FILE", "part,region,code,to_region,to,value: known cells, they win over every estimate"}, \
    {"totals", 0, "FILE", "region,account,item,year,value: carries the table to the year of --to first (SUT-RAS)"}, \
    {"to", 0, "YEAR", "the year of --totals"}, \
    {"gzip", 0, NULL, "use.csv.gz and final.csv.gz in place of use.csv and final.csv"}, \
    {"format", 0, "NAME", "layout of the supply-use folder: csv, be2015 or eurostat (default: by its files)"}, \
    {"geo", 0, "CODE", "country, when files from Eurostat have several"}
// clang-format on

/* The table of operand 0 split and written to -o, with marks.csv; prints what became of it. */
leie_status leie_split_regions(leie_cmd *cmd);

#endif
