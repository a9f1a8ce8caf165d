/* What the files of a nest share: the country taken apart, and the world's trade with it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_EMBED_IMPL_H
#define LEIE_SOLVER_BUILD_EMBED_IMPL_H

#include "solver/build/embed.h"

enum { LEIE_END_USES = 3 }; // intermediate, consumption, capital with inventories

/* The country's table as dense arrays, without its export columns. n sectors (transit sectors at the end of
 * each region), m columns, J products of the world, G classes of use, v inputs. */
typedef struct leie_enclave {
    leie_axis sector, demand;
    leie_size n, m, J, G, v, R;
    leie_index *of;   // [n] sector of the country's own table
    bool *transit;    // [n]
    int *use;         // [n + m] class of each user
    leie_index *from; // [m] column of the country's own table
    char **product;   // [J] borrowed names of the rows of imports for messages; NULL: those of sectors
    double *P;        // [n, J]
    double *Z, *Y;    // [n, n], [n, m]
    double *M;        // [J G, n + m] imports
    double *W;        // [v, n]
    double *x;        // [n]
    double *e;        // [n] exports
    double *ship;     // [n, n_w + m_w] exports to each foreign user: sectors first
} leie_enclave;

/* The world around it. */
typedef struct leie_around {
    leie_size first, J;       // the country's sectors
    leie_size dfirst, dcount; // its columns
    leie_size n, m;           // of the whole table
    leie_index *product;      // [n] product j of each foreign sector, -1 inside the country
    double *sale;             // [n, G] sold to the country, by class
    double *share;            // [n, G] share of f in the sales of its product
    double *total;            // [J, G]
    double *buy;              // [J, n + m] bought from the country; 0 inside it
    double *bought;           // [J]
} leie_around;

leie_status leie_enclave_make(leie_enclave *c, const leie_iot *from, const leie_table *t, const leie_around *w,
                              const leie_embed *how, leie_provenance *notes, leie_error *err);
void leie_enclave_clear(leie_enclave *c);

leie_status leie_around_make(leie_around *w, const leie_table *t, const leie_embed *how, leie_provenance *notes, leie_error *err);
void leie_around_clear(leie_around *w);

/* Shares of suppliers and the exports of the enclave to each foreign user. */
leie_status leie_around_shares(leie_around *w, leie_enclave *c, const leie_table *t, const leie_embed *how,
                               leie_provenance *notes, leie_error *err);

/* World totals: output follows exports, GRAS meets the totals of imports. */
leie_status leie_enclave_balance(leie_enclave *c, const leie_around *w, const leie_embed *how, leie_adjustments *list,
                                 const char *unit, leie_provenance *notes, leie_error *err);

/* Class of use of a column of final demand. */
int leie_end_use(leie_demand_kind kind);

/* Zeroed array. */
leie_status leie_embed_new(double **to, leie_size count, const char *what, leie_error *err);

/* Balances [Z Y; M; W] in place by GRAS: rows of Z, Y to x - e, columns of Z, M, W to x, rows of M to total
 * [rows of M], NaN free. e NULL: exports are columns of Y. */
leie_status leie_enclave_gras(leie_enclave *c, leie_size rows, const double *total, const double *e,
                              const leie_balance_opts *opts, leie_balance_info *info, leie_error *err);

/* One nest on its way. Places in the new table of what was in the old one and in the enclave; -1: not there. */
typedef struct leie_nesting {
    const leie_embed *how;
    const leie_table *t;
    const leie_iot *own;
    leie_enclave c;
    leie_around w;
    leie_table to;
    leie_index *sector, *demand; // of the old table
    leie_index *inner, *column;  // of the enclave
    leie_index *discrepancy;     // [regions of the old table] column of each foreign region, -1
    double *miss_row;            // [n_w] sold to the country before, less now
    double *miss_col;            // [n_w] bought from it before, less now
} leie_nesting;

/* F and F_Y of the new table. Errors: LEIE_ERR_NOMEM, LEIE_ERR_DATA. */
leie_status leie_nesting_F(leie_nesting *k, leie_error *err);
leie_status leie_nesting_F_Y(leie_nesting *k, leie_error *err);

/* Notes and adjustments: trade, concordance, re-exports, discrepancies. */
leie_status leie_nesting_report(leie_nesting *k, leie_error *err);

#endif
