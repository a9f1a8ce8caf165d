/* Raw material equivalents of traded products: tonnes of raw material per tonne or per EUR of a product.
 *
 *   IMP_RME[m] = sum over imports i   amount_i x rme[product_i, m]        amount in t or in EUR
 *
 * Coefficients per EUR hold at the price of the table they were made with. With that reference price they are
 * corrected: what is cheaper holds more of the raw material per EUR.
 *
 *   amount = EUR x (t / EUR) / reference = t / reference        reference: t per EUR of the product
 *
 * A coefficient has a direction (imports, exports). `origin` is the partner for imports and the exporting
 * region for exports; "" stands for the average, and year 0 for every year. The nearest one counts: origin and
 * year, origin, year, neither.
 *
 * Trade between regions of one account takes, on both sides, the export coefficients of the region that
 * delivers, so the regions' RMC add up to the country's.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_RME_H
#define LEIE_SOLVER_ACCOUNT_RME_H

#include "solver/account/unit_value.h"
#include "solver/table/flows.h"

typedef struct leie_rme_coefficient {
    bool exports;
    bool money;            // t per EUR, else t per t
    leie_index product, origin; // origin -1: average
    int year;              // 0: every year
    leie_index material;
    double value;
    leie_size line;
} leie_rme_coefficient;

typedef struct leie_rme {
    leie_labels product, origin;
    leie_size n, room;
    leie_rme_coefficient *item; // [n] after leie_rme_close by key
    leie_size keys, M;
    leie_size *first;           // [keys + 1] items of a key
    double *vector;             // [keys, M] coefficients of a key over the whole material tree
    leie_unit_value_list reference; // t per EUR behind coefficients per EUR; region is the origin of the coefficient
} leie_rme;

LEIE_API leie_status leie_rme_add(leie_rme *rme, const leie_rme_coefficient *item, leie_error *err);

/* When all coefficients are there: sorts them and brings those of a key up the tree. Errors: LEIE_ERR_DATA
 * for a coefficient given twice, LEIE_ERR_UNIT for a key that mixes t/t and t/EUR (both lines). */
LEIE_API leie_status leie_rme_close(leie_rme *rme, const leie_materials *m, leie_error *err);

/* Key of the coefficients for a product, -1 when there are none. origin: code or "". */
LEIE_API leie_size leie_rme_find(const leie_rme *rme, bool exports, const char *product, const char *origin, int year);

/* Key of the coefficients for a row of trade: foreign imports by partner, exports by the own region; what comes
 * from another region takes that region's export coefficients. A row without a product takes those of its
 * material's code. -1 for none, also when a coefficient per EUR finds neither a value nor a reference price. */
LEIE_API leie_size leie_rme_key_of(const leie_rme *rme, const leie_flows *f, const leie_materials *m,
                                   const leie_flow *row);

/* Whether the coefficients of a key are per EUR. */
static inline bool leie_rme_is_money(const leie_rme *rme, leie_size key)
{
    return rme->item[rme->first[key]].money;
}

/* What the coefficients of a key are multiplied with for a row: t, EUR, or EUR at the reference price (corrected, which
 * may be NULL). A row without tonnes or without a reference price is not corrected. */
LEIE_API double leie_rme_amount(const leie_rme *rme, const leie_flow *row, leie_size key, bool *corrected);
LEIE_API void leie_rme_clear(leie_rme *rme);

#endif
