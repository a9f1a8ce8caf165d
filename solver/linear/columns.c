// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/linear/columns.h"

#include <math.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/factored.h"
#include "kernels/memory.h"

leie_size leie_columns_unknowns(const leie_linsys *sys)
{
    const leie_factored *f = sys->Z->factors;
    return sys->axis->n + (f ? f->product[f->parts] : 0);
}

void leie_columns_free(leie_columns *m)
{
    leie_free(m->first);
    leie_free(m->row);
    leie_free(m->val);
}

/* Appends a cell that is not zero. */
static void put(leie_columns *m, leie_size *next, leie_size at, double val)
{
    if (val == 0)
        return;
    m->row[*next] = at;
    m->val[(*next)++] = val;
}

static void put_rows(leie_columns *m, const leie_linsys *sys)
{
    leie_size next = 0;
    for (leie_size i = 0; i < sys->axis->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(sys->Z, i, &col, &val);
        bool diagonal = false;
        for (leie_size t = 0; t <= count; t++) {
            leie_size j = t == count ? sys->axis->n : col ? col[t] : t;
            if (!diagonal && j >= i) { // in its place, merged with a_ii
                m->row[next] = i;
                m->val[next++] = 1 - (j == i ? val[t] * sys->scale[j] : 0);
                diagonal = true;
            }
            if (t < count && j != i)
                put(m, &next, j, -(val[t] * sys->scale[j]));
        }
        m->first[i + 1] = next;
    }
}

/* Rows of the augmented system: g and q of each region, then d of all. */
static void put_factors(leie_columns *m, const leie_linsys *sys)
{
    const leie_factored *f = sys->Z->factors;
    leie_size next = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), first = f->first[r];
        for (leie_size i = 0; i < I; i++) {
            put(m, &next, first + i, 1);
            for (leie_size p = 0; p < P; p++)
                put(m, &next, first + I + p, -(leie_factored_supply(f, r)[i * P + p] * sys->scale[first + I + p]));
            m->first[first + i + 1] = next;
        }
        for (leie_size p = 0; p < P; p++) {
            put(m, &next, first + I + p, 1);
            for (leie_size s = 0; s < f->parts; s++) {
                leie_size at = f->at[s * f->numbers + f->number[f->product[r] + p]];
                if (at >= 0)
                    put(m, &next, f->n + f->product[s] + at, -leie_factored_share(f, s, r)[at]);
            }
            m->first[first + I + p + 1] = next;
        }
    }
    for (leie_size r = 0; r < f->parts; r++)
        for (leie_size p = 0; p < leie_factored_products(f, r); p++) {
            for (leie_size j = 0; j < f->made[r]; j++)
                put(m, &next, f->first[r] + j,
                    -(leie_factored_use(f, r)[p * f->made[r] + j] * sys->scale[f->first[r] + j]));
            put(m, &next, f->n + f->product[r] + p, 1);
            m->first[f->n + f->product[r] + p + 1] = next;
        }
}

leie_status leie_columns_new(leie_columns *m, const leie_linsys *sys, leie_error *err)
{
    leie_size n = leie_columns_unknowns(sys);
    const leie_factored *f = sys->Z->factors;
    leie_size room = n + (f ? 2 * f->use_at[f->parts] + f->share_at[f->parts] : leie_matrix_nonzeros(sys->Z));
    *m = (leie_columns){.n = n,
                        .first = leie_new(n + 1, sizeof *m->first),
                        .row = leie_new(room, sizeof *m->row),
                        .val = leie_new(room, sizeof *m->val)};
    if (!m->first || !m->row || !m->val)
        return leie_fail_memory(err, "I - A for sparse LU", room, sizeof *m->row + sizeof *m->val);
    if (f)
        put_factors(m, sys);
    else
        put_rows(m, sys);
    return LEIE_OK;
}

/* The sector that an unknown belongs to: what a region asks for is its product. */
static leie_size sector_of(const leie_linsys *sys, leie_size row)
{
    const leie_factored *f = sys->Z->factors;
    if (!f || row < f->n)
        return row;
    leie_size r = 0, product = row - f->n;
    while (product >= f->product[r + 1])
        r++;
    return f->first[r] + f->made[r] + product - f->product[r];
}

// ---- singular to working precision? ----

/* z = M^-1 e_row, and (|M| |z|)_row. */
static leie_status solve_unit(const leie_columns *m, leie_apply solve, void *state, leie_size row, double *z,
                              double *size, leie_error *err)
{
    memset(z, 0, (size_t)m->n * sizeof *z);
    z[row] = 1;
    leie_status st = solve(state, false, 1, z, err);
    *size = 0;
    for (leie_size t = m->first[row]; t < m->first[row + 1]; t++)
        *size += fabs(m->val[t]) * fabs(z[m->row[t]]);
    return st;
}

leie_status leie_columns_check(const leie_columns *m, const leie_linsys *sys, leie_size row, bool zero, leie_apply solve,
                               void *state, leie_error *err)
{
    leie_size largest = 0;
    double size;
    if (zero)
        return leie_fail_singular(sys, sector_of(sys, row), NULL, err);
    double *z = leie_new(m->n, sizeof *z);
    if (!z)
        return leie_fail_memory(err, "a check of pivots", m->n, sizeof *z);
    leie_status st = solve_unit(m, solve, state, row, z, &size, err);
    for (leie_size i = 1; i < m->n; i++)
        if (fabs(z[i]) > fabs(z[largest]))
            largest = i;
    if (!st)
        st = solve_unit(m, solve, state, largest, z, &size, err);
    if (!st && !(leie_negligible(m->n) * size < 1))
        st = leie_fail_singular(sys, sector_of(sys, largest), z, err);
    leie_free(z);
    return st;
}
