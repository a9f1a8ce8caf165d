/* What the files that read links of a stock model share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_STOCK_LINKS_IMPL_H
#define LEIE_IO_MFA_STOCK_LINKS_IMPL_H

#include "io/mfa/stock_links.h"
#include "io/read/lookup.h"
#include "io/read/records.h"

typedef struct leie_links_intensity {
    double value;  // NaN: none
    char unit[LEIE_LABEL_SIZE];
    bool own;      // the row names the region
} leie_links_intensity;

typedef struct leie_links_reading {
    const leie_study_stocks *study;
    const leie_stock_study *model;
    const leie_stock_data *data;
    const leie_table *t;
    leie_stock_links *links;
    leie_links_intensity *intensity; // [items]
    bool *taken;                     // [items] a durable puts it into stock
} leie_links_reading;

/* Product, material or region (0, 1, 2) of an item of the stock model. */
const char *leie_links_part(const leie_links_reading *r, leie_size item, int part);

/* Fields that may be missing: a text of LEIE_LABEL_SIZE; a number between low and high, left as it is without one. */
leie_status leie_links_text(char *text, const leie_csv *csv, const char *column, leie_error *err);
leie_status leie_links_number(double *value, const leie_csv *csv, const char *column, double low, double high, leie_error *err);

/* *value in `unit` to `wanted`, or to it by way of the inverse (EUR/t where t/EUR is wanted). column: of the unit. */
leie_status leie_links_per(double *value, const leie_csv *csv, const char *column, const char *unit, const char *wanted, leie_error *err);

/* Adds the sectors of a region (negative: of all) that the words of a column name. */
leie_status leie_links_sectors(leie_index **list, leie_size *n, const leie_links_reading *r, const leie_csv *csv, const char *column,
                               leie_size region, leie_error *err);
leie_status leie_links_unit(const char **unit, const leie_links_reading *r, const leie_csv *csv, const char *column, leie_size n,
                            const leie_index *row, leie_error *err);
leie_status leie_links_region(leie_size *at, const leie_labels *region, const leie_csv *csv, const char *code, leie_error *err);

/* Recovery and replacement (secondary_links.c), and what must hold for all rows together. */
extern const leie_record_file leie_links_recovery_file, leie_links_replace_file;
leie_status leie_links_check(const leie_links_reading *r, leie_error *err);

#endif
