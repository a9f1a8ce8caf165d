/* Published unit values: tonnes of a product per unit of money, by direction, region, product, year and material.
 *
 * Region -1 stands for the average of all regions and year 0 for every year. The nearest one counts: region and
 * year, region, year, neither.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_UNIT_VALUE_H
#define LEIE_SOLVER_ACCOUNT_UNIT_VALUE_H

#include "solver/table/labels.h"

typedef struct leie_unit_value {
    bool exports;
    int year;                     // 0: every year
    leie_index region, product;   // positions in the list below; region -1: average
    leie_index material;          // position in the materials
    double value;                 // t per unit of money
    leie_size line;
} leie_unit_value;

typedef struct leie_unit_value_list {
    leie_labels region, product;
    leie_size n, room;
    leie_unit_value *item; // [n] after leie_unit_value_list_close by direction, product, region, year, material
} leie_unit_value_list;

LEIE_API leie_status leie_unit_value_add(leie_unit_value_list *list, const leie_unit_value *item, leie_error *err);

/* When all are there: sorts. Errors: LEIE_ERR_DATA for one that is given twice (both lines). Cost: n log n. */
LEIE_API leie_status leie_unit_value_list_close(leie_unit_value_list *list, leie_error *err);

/* Those of a product, region and year, whatever their materials: item[first] .. item[first + return - 1], 0 for none.
 * region "" asks for the average, year 0 for that of every year; nothing else is tried. Cost: log n. */
LEIE_API leie_size leie_unit_value_list_of(leie_size *first, const leie_unit_value_list *list, bool exports, const char *product,
                                       const char *region, int year);

/* The nearest unit value of one material, NaN for none. */
LEIE_API double leie_unit_value_find(const leie_unit_value_list *list, bool exports, const char *product,
                                     const char *region, int year, leie_index material);
LEIE_API void leie_unit_value_list_clear(leie_unit_value_list *list);

#endif
