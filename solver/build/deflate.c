// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/deflate.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"

static leie_status check(const leie_table *t, const double *price, leie_error *err)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        if (!(price[i] > 0) || !isfinite(price[i]))
            return leie_fail(err, LEIE_ERR_DATA, "the price of %s %s is %g: it must be above zero",
                             t->sector.region.code[t->sector.of[i]], t->sector.code[i], price[i]);
    return LEIE_OK;
}

static leie_status out_of_factors(leie_table *t, leie_error *err)
{
    leie_matrix Z = {0};
    if (t->Z.form != LEIE_FACTORED)
        return LEIE_OK;
    leie_status st = leie_matrix_copy(&Z, &t->Z, LEIE_SPARSE, err);
    if (st)
        return st;
    leie_matrix_free(&t->Z);
    t->Z = Z;
    return LEIE_OK;
}

static void divide(double *row, leie_size n, double price)
{
    for (leie_size j = 0; j < n; j++)
        row[j] /= price;
}

leie_status leie_table_deflate(leie_table *t, const double *price, int base_year, leie_error *err)
{
    char text[48];
    leie_status st = check(t, price, err);
    snprintf(text, sizeof text, "constant %d", base_year);
    char *prices = st ? NULL : leie_strdup(text);
    if (!st && !prices)
        st = leie_fail_memory(err, "prices", 1, sizeof text);
    st = st ? st : out_of_factors(t, err);
    st = st ? st : leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, t->sector.n, err,
                                        "in prices of %d: what each of %lld sectors sells is divided by its price; primary inputs are left out",
                                        base_year, (long long)t->sector.n);
    if (st) {
        leie_free(prices);
        return st;
    }
    for (leie_size i = 0; i < t->sector.n; i++) {
        if (t->Z.form == LEIE_DENSE)
            divide(t->Z.val + i * t->Z.ld, t->Z.cols, price[i]);
        else
            divide(t->Z.csr.val + t->Z.csr.row[i], t->Z.csr.row[i + 1] - t->Z.csr.row[i], price[i]);
        divide(t->Y + i * t->demand.n, t->demand.n, price[i]);
        t->x[i] /= price[i];
    }
    t->W = leie_free(t->W);
    leie_labels_clear(&t->input);
    leie_free(t->prices);
    t->prices = prices;
    return LEIE_OK;
}
