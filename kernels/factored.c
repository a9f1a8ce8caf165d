// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/factored.h"

#include <assert.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"

enum {
    ROWS_LEAST = 16, // threads that may hold a row, at least
    SMALL = 20000    // numbers in the factors: no work for threads
};

/* ---- life ---- */

static leie_status take_places(leie_factored *f, const leie_size *industries, const leie_size *products,
                               const leie_index *number, leie_error *err)
{
    leie_size all = 0;
    for (leie_size r = 0; r < f->parts; r++)
        all += products[r];
    for (leie_size p = 0; p < all; p++)
        f->numbers = number[p] >= f->numbers ? number[p] + 1 : f->numbers;
    f->first = leie_new(f->parts + 1, sizeof *f->first);
    f->made = leie_new(f->parts, sizeof *f->made);
    f->product = leie_new(f->parts + 1, sizeof *f->product);
    f->use_at = leie_new(f->parts + 1, sizeof *f->use_at);
    f->share_at = leie_new(f->parts + 1, sizeof *f->share_at);
    f->number = leie_new(all, sizeof *f->number);
    f->at = leie_new(f->parts, (size_t)f->numbers * sizeof *f->at);
    if (!f->first || !f->made || !f->product || !f->use_at || !f->share_at || !f->number || !f->at)
        return leie_fail_memory(err, "the factors of a table", f->parts + all, sizeof *f->first);
    if (all > 0)
        memcpy(f->number, number, (size_t)all * sizeof *number);
    for (leie_size t = 0; t < f->parts * f->numbers; t++)
        f->at[t] = -1;
    for (leie_size r = 0; r < f->parts; r++) {
        f->made[r] = industries[r];
        f->first[r + 1] = f->first[r] + industries[r] + products[r];
        f->product[r + 1] = f->product[r] + products[r];
        f->use_at[r + 1] = f->use_at[r] + industries[r] * products[r];
        f->share_at[r + 1] = f->share_at[r] + f->parts * products[r];
        for (leie_size p = 0; p < products[r]; p++)
            f->at[r * f->numbers + number[f->product[r] + p]] = (leie_index)p;
    }
    f->n = f->first[f->parts];
    return LEIE_OK;
}

static leie_status take_values(leie_factored *f, leie_error *err)
{
    leie_size cells = f->use_at[f->parts], shares = f->share_at[f->parts];
    f->rows_out = leie_threads() > ROWS_LEAST ? leie_threads() : ROWS_LEAST;
    f->use = leie_new(cells, sizeof *f->use);
    f->supply = leie_new(cells, sizeof *f->supply);
    f->share = leie_new(shares, sizeof *f->share);
    f->row_col = leie_new(f->rows_out, (size_t)f->n * sizeof *f->row_col);
    f->row_val = leie_new(f->rows_out, (size_t)f->n * sizeof *f->row_val);
    if (f->use && f->supply && f->share && f->row_col && f->row_val)
        return LEIE_OK;
    return leie_fail_memory(err, "the factors of a table", 2 * cells + shares, sizeof *f->use);
}

leie_status leie_factored_new(leie_factored **f, leie_size parts, const leie_size *industries,
                              const leie_size *products, const leie_index *number, leie_error *err)
{
    leie_factored *made = leie_new(1, sizeof *made);
    *f = NULL;
    if (!made)
        return leie_fail_memory(err, "the factors of a table", 1, sizeof *made);
    made->parts = parts;
    leie_status st = take_places(made, industries, products, number, err);
    if (!st)
        st = take_values(made, err);
    if (st)
        leie_factored_free(made);
    else
        *f = made;
    return st;
}

leie_status leie_factored_copy(leie_factored **to, const leie_factored *from, leie_error *err)
{
    leie_size *products = leie_new(from->parts, sizeof *products);
    *to = NULL;
    if (!products)
        return leie_fail_memory(err, "the factors of a table", from->parts, sizeof *products);
    for (leie_size r = 0; r < from->parts; r++)
        products[r] = leie_factored_products(from, r);
    leie_status st = leie_factored_new(to, from->parts, from->made, products, from->number, err);
    leie_free(products);
    if (st)
        return st;
    memcpy((*to)->use, from->use, (size_t)from->use_at[from->parts] * sizeof *from->use);
    memcpy((*to)->supply, from->supply, (size_t)from->use_at[from->parts] * sizeof *from->supply);
    memcpy((*to)->share, from->share, (size_t)from->share_at[from->parts] * sizeof *from->share);
    return LEIE_OK;
}

leie_factored *leie_factored_free(leie_factored *f)
{
    if (f) {
        leie_free(f->first);
        leie_free(f->made);
        leie_free(f->product);
        leie_free(f->number);
        leie_free(f->at);
        leie_free(f->use_at);
        leie_free(f->share_at);
        leie_free(f->use);
        leie_free(f->supply);
        leie_free(f->share);
        leie_free(f->row_col);
        leie_free(f->row_val);
        leie_free(f);
    }
    return NULL;
}

leie_size leie_factored_industries(const leie_factored *f, leie_size r)
{
    return f->made[r];
}

leie_size leie_factored_products(const leie_factored *f, leie_size r)
{
    return f->product[r + 1] - f->product[r];
}

double *leie_factored_use(const leie_factored *f, leie_size r)
{
    return f->use + f->use_at[r];
}

double *leie_factored_supply(const leie_factored *f, leie_size r)
{
    return f->supply + f->use_at[r];
}

double *leie_factored_share(const leie_factored *f, leie_size r, leie_size s)
{
    return f->share + f->share_at[r] + s * leie_factored_products(f, r);
}

/* ---- cells ---- */

static leie_size part_of(const leie_factored *f, leie_size i)
{
    leie_size low = 0, high = f->parts - 1;
    while (low < high) {
        leie_size middle = (low + high + 1) / 2;
        if (f->first[middle] <= i)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The place in r of product p of s, -1 for none. */
static leie_size place_in(const leie_factored *f, leie_size r, leie_size s, leie_size p)
{
    return f->at[r * f->numbers + f->number[f->product[s] + p]];
}

double leie_factored_get(const leie_factored *f, leie_size i, leie_size j)
{
    leie_size s = part_of(f, i), r = part_of(f, j), row = i - f->first[s], col = j - f->first[r];
    if (row < f->made[s]) // an industry sells to products of its own part
        return s == r && col >= f->made[r] ? leie_factored_supply(f, r)[row * leie_factored_products(f, r) + col - f->made[r]]
                                           : 0;
    leie_size p = place_in(f, r, s, row - f->made[s]);
    if (p < 0 || col >= f->made[r])
        return 0;
    return leie_factored_share(f, r, s)[p] * leie_factored_use(f, r)[p * f->made[r] + col];
}

static leie_size count_cells(const double *v, leie_size n)
{
    leie_size count = 0;
    for (leie_size t = 0; t < n; t++)
        count += v[t] != 0;
    return count;
}

leie_size leie_factored_nonzeros(const leie_factored *f)
{
    leie_size nonzeros = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size P = leie_factored_products(f, r);
        nonzeros += count_cells(leie_factored_supply(f, r), f->made[r] * P);
        for (leie_size p = 0; p < P; p++) {
            leie_size uses = count_cells(leie_factored_use(f, r) + p * f->made[r], f->made[r]);
            for (leie_size s = 0; s < f->parts; s++)
                nonzeros += leie_factored_share(f, r, s)[p] != 0 ? uses : 0;
        }
    }
    return nonzeros;
}

/* Appends factor row[0 .. n - 1] from column first on to a row of `count` entries; returns how many there are. */
static leie_size append(leie_index *col, double *val, leie_size count, leie_size first, const double *row, double factor,
                        leie_size n)
{
    for (leie_size j = 0; j < n; j++) {
        double v = factor * row[j];
        if (v == 0)
            continue;
        col[count] = (leie_index)(first + j);
        val[count++] = v;
    }
    return count;
}

leie_size leie_factored_row(const leie_factored *f, leie_size i, const leie_index **col, const double **val)
{
    int worker = leie_worker();
    assert(worker < f->rows_out);
    leie_index *c = f->row_col + worker * f->n;
    double *v = f->row_val + worker * f->n;
    leie_size s = part_of(f, i), row = i - f->first[s], count = 0;
    if (row < f->made[s]) {
        leie_size P = leie_factored_products(f, s);
        count = append(c, v, 0, f->first[s] + f->made[s], leie_factored_supply(f, s) + row * P, 1, P);
    }
    for (leie_size r = 0; r < f->parts && row >= f->made[s]; r++) {
        leie_size p = place_in(f, r, s, row - f->made[s]);
        if (p >= 0)
            count = append(c, v, count, f->first[r], leie_factored_use(f, r) + p * f->made[r],
                           leie_factored_share(f, r, s)[p], f->made[r]);
    }
    *col = c;
    *val = v;
    return count;
}

/* ---- products ---- */

typedef struct product {
    double *y, *d, *w; // d, w [products, width]
    const leie_factored *f;
    bool transposed;
    leie_size width;
    const double *x;
} product;

/* y += M x or M' x for M [rows, cols]. */
static void multiply(double *y, double *m, leie_size rows, leie_size cols, bool transposed, leie_size width,
                     const double *x)
{
    leie_matrix view = {.form = LEIE_DENSE, .rows = rows, .cols = cols, .ld = cols, .val = m};
    leie_window all = {0, rows, 0, cols};
    if (transposed)
        leie_skinny_transposed(y, &view, all, width, x);
    else
        leie_skinny_plain(y, &view, all, width, x);
}

/* Products are matched by number, local place by local place. */
LEIE_CLONES
static void gather(double *restrict y, const leie_factored *f, bool transposed, leie_size r, leie_size s, leie_size width,
                   const double *restrict d)
{
    const double *share = transposed ? leie_factored_share(f, r, s) : leie_factored_share(f, s, r);
    leie_size user = transposed ? r : s, other = transposed ? s : r;
    for (leie_size p = 0; p < leie_factored_products(f, user); p++) {
        leie_size at = place_in(f, other, user, p);
        if (at < 0 || share[p] == 0)
            continue;
        double *to = y + (transposed ? p : at) * width;
        const double *from = d + (f->product[s] + (transposed ? at : p)) * width;
        for (leie_size c = 0; c < width; c++)
            to[c] += share[p] * from[c];
    }
}

static void gather_all(double *y, const leie_factored *f, bool transposed, leie_size r, leie_size width,
                          const double *d)
{
    for (leie_size s = 0; s < f->parts; s++)
        gather(y, f, transposed, r, s, width, d);
}

/* Plain: d_r = U_r x_industries, y_industries = V_r x_products.
 * Transposed: d_r = x_products, y_products = V_r' x_industries. */
static leie_status first_half(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const product *j = ctx;
    const leie_factored *f = j->f;
    (void)worker;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), width = j->width;
        const double *x_industries = j->x + f->first[r] * width, *x_products = x_industries + I * width;
        double *y_industries = j->y + f->first[r] * width, *y_products = y_industries + I * width;
        double *d = j->d + f->product[r] * width;
        memset(y_industries, 0, (size_t)((I + P) * width) * sizeof *y_industries);
        if (j->transposed) {
            memcpy(d, x_products, (size_t)(P * width) * sizeof *d);
            multiply(y_products, leie_factored_supply(f, r), I, P, true, width, x_industries);
        } else {
            memset(d, 0, (size_t)(P * width) * sizeof *d);
            multiply(d, leie_factored_use(f, r), P, I, false, width, x_industries);
            multiply(y_industries, leie_factored_supply(f, r), I, P, false, width, x_products);
        }
    }
    return LEIE_OK;
}

/* Plain: y_products = what all parts take. Transposed: w_r = what all parts give, y_industries = U_r' w_r. */
static leie_status second_half(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const product *j = ctx;
    const leie_factored *f = j->f;
    (void)worker;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), width = j->width;
        double *y_industries = j->y + f->first[r] * width, *w = j->w + f->product[r] * width;
        if (j->transposed) {
            memset(w, 0, (size_t)(P * width) * sizeof *w);
            gather_all(w, f, true, r, width, j->d);
            multiply(y_industries, leie_factored_use(f, r), P, I, true, width, w);
        } else {
            gather_all(y_industries + I * width, f, false, r, width, j->d);
        }
    }
    return LEIE_OK;
}

void leie_factored_product(double *y, const leie_factored *f, bool transposed, leie_size width, const double *x,
                           double *work)
{
    product j = {.y = y, .d = work, .w = work + f->product[f->parts] * width, .f = f, .transposed = transposed,
                 .width = width, .x = x};
    leie_size grain = f->use_at[f->parts] <= SMALL ? f->parts + 1 : 1;
    leie_parallel_for(f->parts, grain, first_half, &j, NULL);
    leie_parallel_for(f->parts, grain, second_half, &j, NULL);
}
