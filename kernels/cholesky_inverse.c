// SPDX-License-Identifier: GPL-3.0-or-later
/* What a sparse Cholesky factor says about the inverse: the entries where L has entries, and quadratic forms. */
#include <string.h>

#include "kernels/cholesky.h"
#include "kernels/memory.h"

// ---- selected inverse ----

/* Column j of the inverse Z from the columns after it, with l the column of L below its diagonal d:
 *
 *   Z(i, j) = -1/d sum_k l(k) Z(i, k),   Z(j, j) = 1/d (1/d - sum_k l(k) Z(k, j))
 *
 * l [m] holds that column by row, zero before and after; so rows that it has not take no part. sum [m] is zero before
 * and after where L has column j. */
static void invert_column(leie_cholesky *f, leie_size j, double *l, double *sum)
{
    leie_size begin = f->first[j] + 1, end = f->first[j + 1];
    double d = f->val[begin - 1], own = 0;
    for (leie_size t = begin; t < end; t++) {
        l[f->row[t]] = f->val[t];
        sum[f->row[t]] = 0;
    }
    for (leie_size t = begin; t < end; t++) {
        leie_size k = f->row[t];
        double lk = f->val[t], at_k = lk * f->inverse[f->first[k]];
        for (leie_size s = f->first[k] + 1; s < f->first[k + 1]; s++) {
            leie_size i = f->row[s];
            sum[i] += lk * f->inverse[s];
            at_k += l[i] * f->inverse[s];
        }
        sum[k] += at_k;
    }
    for (leie_size t = begin; t < end; t++) {
        leie_size i = f->row[t];
        f->inverse[t] = -sum[i] / d;
        own += f->val[t] * f->inverse[t];
        l[i] = 0;
    }
    f->inverse[begin - 1] = (1 / d - own) / d;
}

leie_status leie_cholesky_invert(leie_cholesky *f, leie_error *err)
{
    leie_status st = LEIE_OK;
    double *l = leie_new(f->m, sizeof *l), *sum = leie_new(f->m, sizeof *sum);
    f->inverse = leie_free(f->inverse);
    f->inverse = leie_new(f->nnz, sizeof *f->inverse);
    if (!l || !sum || !f->inverse)
        st = leie_fail_memory(err, "a selected inverse", f->nnz, sizeof *f->inverse);
    for (leie_size j = f->m - 1; j >= 0 && !st; j--)
        invert_column(f, j, l, sum);
    leie_free(l);
    leie_free(sum);
    return st;
}

// ---- quadratic forms ----

leie_status leie_cholesky_form_new(leie_cholesky_form *x, leie_size m, leie_error *err)
{
    *x = (leie_cholesky_form){.w = leie_new(m, sizeof *x->w), .branch = leie_new(m, sizeof *x->branch)};
    return x->w && x->branch ? LEIE_OK : leie_fail_memory(err, "quadratic forms", m, sizeof *x->w + sizeof *x->branch);
}

void leie_cholesky_form_clear(leie_cholesky_form *x)
{
    leie_free(x->w);
    leie_free(x->branch);
    *x = (leie_cholesky_form){0};
}

/* A row of w or of what became of it, the lowest of its branch of the elimination tree; climbed: w has more of that
 * branch than this row. */
static leie_size add_branch(leie_cholesky_branch *branch, leie_size n, leie_size row, bool climbed)
{
    leie_size at = n; // descending, so that the lowest is the last
    while (at > 0 && branch[at - 1].row < row)
        at--;
    if (at > 0 && branch[at - 1].row == row) {
        branch[at - 1].climbed = branch[at - 1].climbed || climbed;
        return n;
    }
    memmove(branch + at + 1, branch + at, (size_t)(n - at) * sizeof *branch);
    branch[at] = (leie_cholesky_branch){row, climbed};
    return n + 1;
}

static bool has_row(const leie_cholesky *f, leie_size j, leie_size row)
{
    leie_size low = f->first[j] + 1, high = f->first[j + 1];
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (f->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->first[j + 1] && f->row[low] == row;
}

// Whether the other branches are single rows of column j: then w lies within that column.
static bool lies_within(const leie_cholesky *f, const leie_cholesky_branch *branch, leie_size branches, leie_size j)
{
    for (leie_size k = branches - 1; k >= 0; k--)
        if (branch[k].climbed || !has_row(f, j, branch[k].row))
            return false;
    return true;
}

// Eliminates row j from w: one step of L z = w. Returns z.
static double eliminate(const leie_cholesky *f, double *w, leie_size j)
{
    leie_size t = f->first[j];
    double z = w[j] / f->val[t];
    w[j] = 0;
    for (t++; t < f->first[j + 1]; t++)
        w[f->row[t]] -= f->val[t] * z;
    return z;
}

// w' Z w for a w within column j of L; w becomes zero.
static double within_column(const leie_cholesky *f, double *w, leie_size j)
{
    double sum = 0;
    for (leie_size t = f->first[j]; t < f->first[j + 1]; t++) {
        leie_size k = f->row[t];
        double wk = w[k], along = 0.5 * wk * f->inverse[f->first[k]];
        if (wk == 0)
            continue;
        for (leie_size s = f->first[k] + 1; s < f->first[k + 1]; s++)
            along += w[f->row[s]] * f->inverse[s];
        sum += 2 * wk * along;
        w[k] = 0;
    }
    return sum;
}

double leie_cholesky_square(const leie_cholesky *f, leie_size count, const leie_size *where, const double *value,
                            leie_cholesky_form *x)
{
    double sum = 0;
    leie_size branches = 0;
    for (leie_size k = 0; k < count; k++) {
        x->w[f->place[where[k]]] = value[k];
        branches = add_branch(x->branch, branches, f->place[where[k]], false);
    }
    while (branches > 0) {
        leie_size j = x->branch[--branches].row;
        if (f->inverse && lies_within(f, x->branch, branches, j))
            return sum + within_column(f, x->w, j);
        double z = eliminate(f, x->w, j);
        sum += z * z;
        if (f->first[j] + 1 < f->first[j + 1]) // the parent in the elimination tree is the first row below
            branches = add_branch(x->branch, branches, f->row[f->first[j] + 1], true);
    }
    return sum;
}
