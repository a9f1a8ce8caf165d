// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blocklu.h"
#include "kernels/blocked.h"
#include "kernels/blockstore.h"
#include "kernels/condense.h"
#include "kernels/fletcher.h"
#include "kernels/group_sums.h"
#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/squeeze.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

/* ---- squeeze ---- */

static void test_squeeze(void)
{
    uint64_t seed = 3;
    double z[LEIE_SQUEEZE_MAX] = {0}, val[LEIE_SQUEEZE_ROOM], want[LEIE_SQUEEZE_ROOM];
    leie_index col[LEIE_SQUEEZE_ROOM], place[LEIE_SQUEEZE_ROOM];
    for (leie_size n = 0; n <= LEIE_SQUEEZE_MAX; n += n < 20 ? 1 : 59) {
        for (leie_size t = 0; t < n; t++)
            z[t] = check_random(&seed) < 0.4 ? 2.385 * check_random(&seed) : t % 2 ? -0.0 : 0.0;
        if (n > 5) {
            z[2] = NAN;
            z[3] = -INFINITY;
            z[4] = 5e-324; // the smallest there is
        }
        leie_size count = leie_squeeze(val, col, z, n, 1000);
        check_size(count, leie_squeeze_ref(want, place, z, n, 1000));
        check_true(memcmp(val, want, (size_t)count * sizeof *val) == 0);
        check_true(memcmp(col, place, (size_t)count * sizeof *col) == 0);
    }
}

/* ---- condense ---- */

enum { SIDE = 300, GUARD = 100, CELLS = SIDE * SIDE + GUARD };

/* Arrays for cells, filled with something to be seen when it is written over. */
static leie_cells_f32 new_cells(bool low, bool byte)
{
    leie_cells_f32 c = {.byte = byte, .high = leie_new(CELLS, sizeof *c.high), .index = leie_new(CELLS, 2),
                        .count = leie_new(SIDE, sizeof *c.count)};
    c.low = low ? leie_new(CELLS, sizeof *c.low) : NULL;
    memset(c.high, 85, CELLS * sizeof *c.high);
    memset(c.index, 85, CELLS * 2);
    if (low)
        memset(c.low, 85, CELLS * sizeof *c.low);
    return c;
}

static void free_cells(leie_cells_f32 *c)
{
    leie_free(c->high);
    leie_free(c->low);
    leie_free(c->index);
    leie_free(c->count);
}

static void check_piece(const leie_piece *p, bool low, bool byte, void *work)
{
    leie_cells_f32 want = new_cells(low, byte), got = new_cells(low, byte);
    check_size(leie_condense(&got, p, work), leie_condense_ref(&want, p));
    check_true(memcmp(got.high, want.high, CELLS * sizeof *got.high) == 0);
    check_true(!low || memcmp(got.low, want.low, CELLS * sizeof *got.low) == 0);
    check_true(memcmp(got.index, want.index, CELLS * 2) == 0);
    check_true(memcmp(got.count, want.count, SIDE * sizeof *got.count) == 0);
    free_cells(&want);
    free_cells(&got);
}

/* Any shape, both directions, with and without low parts: as by plain loops, and nothing beyond is written. */
static void test_condense(void)
{
    static const leie_size sides[] = {0, 1, 7, 8, 9, 17, 255, 257, SIDE};
    uint64_t seed = 71;
    double *z = leie_new(SIDE * (SIDE + 3), sizeof *z), scale[SIDE];
    void *work = leie_new(leie_condense_bytes(SIDE), 1);
    for (leie_size t = 0; t < SIDE * (SIDE + 3); t++)
        z[t] = check_random(&seed) < 0.4 ? 2.385 * (check_random(&seed) - 0.3) : t % 2 ? -0.0 : 0.0;
    for (leie_size t = 0; t < SIDE; t++)
        scale[t] = t == 5 ? 0 : 0.01 + check_random(&seed);
    z[3] = 5e-324;
    z[SIDE + 3] = 1e-42; // not normal in f32
    leie_piece next = {.z = z, .ld = SIDE + 3, .rows = 9, .columns = 13, .scale = scale};
    for (int rows = 0; rows < 9; rows++)
        for (int columns = 0; columns < 9; columns++)
            for (int what = 0; what < 8; what++) {
                leie_piece p = {.z = z, .ld = SIDE + 3, .rows = sides[rows], .columns = sides[columns], .scale = scale,
                                .turned = what % 2, .all = what / 4, .next = rows > 4 ? &next : NULL};
                check_piece(&p, what / 2 % 2, (p.turned ? p.rows : p.columns) <= 256, work);
            }
    leie_free(z);
    leie_free(work);
}

/* ---- examples ---- */

/* A square matrix with scales, cut into parts. */
typedef struct example {
    leie_size n, parts;
    const leie_size *first;
    leie_matrix Z;
    double *scale;
    leie_survey survey;
} example;

// One part of a single sector, one that is empty, one too wide for 8 bits.
static const leie_size UNEVEN[] = {0, 30, 31, 31, 48, 318, 340};
enum { UNEVEN_PARTS = 6 };

static void example_new(example *e, leie_matrix_form form, uint64_t *seed)
{
    leie_error err = {0};
    leie_matrix dense;
    *e = (example){.n = UNEVEN[UNEVEN_PARTS], .parts = UNEVEN_PARTS, .first = UNEVEN};
    check_ok(leie_matrix_new_dense(&dense, e->n, e->n, &err), &err);
    e->scale = leie_new(e->n, sizeof *e->scale);
    for (leie_size i = 0; i < e->n; i++) {
        e->scale[i] = i == 7 ? 0 : 0.5 + check_random(seed);
        for (leie_size j = 0; j < e->n; j++)
            if (check_random(seed) < 0.3 && i != 40)
                dense.val[i * dense.ld + j] = 2.385 * (check_random(seed) - 0.2);
    }
    check_ok(leie_matrix_copy(&e->Z, &dense, form, &err), &err);
    leie_matrix_free(&dense);
    check_ok(leie_survey_new(&e->survey, &e->Z, e->scale, e->parts, e->first, &err), &err);
}

static void example_free(example *e)
{
    leie_matrix_free(&e->Z);
    leie_free(e->scale);
    leie_survey_free(&e->survey);
}

/* ---- survey ---- */

static void check_survey(example *e)
{
    double *col_sum = leie_new(e->n, sizeof *col_sum), row_most = 0, col_most = 0;
    double weight[UNEVEN_PARTS * UNEVEN_PARTS] = {0};
    leie_size count[UNEVEN_PARTS * UNEVEN_PARTS] = {0}, r = 0;
    for (leie_size i = 0; i < e->n; i++) {
        double row_sum = 0;
        while (i >= e->first[r + 1])
            r++;
        for (leie_size j = 0, s = 0; j < e->n; j++) {
            double z = leie_matrix_get(&e->Z, i, j), m = fabs((i == j) - z * e->scale[j]);
            while (j >= e->first[s + 1])
                s++;
            count[r * e->parts + s] += z != 0;
            weight[r * e->parts + s] += fabs(z);
            row_sum += m;
            col_sum[j] += m;
        }
        row_most = fmax(row_most, row_sum);
    }
    for (leie_size j = 0; j < e->n; j++)
        col_most = fmax(col_most, col_sum[j]);
    for (leie_size b = 0; b < e->parts * e->parts; b++) {
        check_size(e->survey.count[b], count[b]);
        check_near(e->survey.weight[b], weight[b], 1e-13);
    }
    check_size(e->survey.nonzeros, leie_matrix_nonzeros(&e->Z));
    check_near(e->survey.norm[0], col_most, 1e-13);
    check_near(e->survey.norm[1], row_most, 1e-13);
    check_size(e->survey.bad_row, -1);
    leie_free(col_sum);
}

static void test_survey(void)
{
    uint64_t seed = 11;
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
        example e;
        leie_error err = {0};
        example_new(&e, (leie_matrix_form)form, &seed);
        check_survey(&e);
        leie_survey_free(&e.survey);
        double *val = form == LEIE_DENSE ? &e.Z.val[200 * e.Z.ld + 90] : &e.Z.csr.val[e.Z.csr.row[200]];
        *val = INFINITY;
        check_ok(leie_survey_new(&e.survey, &e.Z, e.scale, e.parts, e.first, &err), &err);
        check_size(e.survey.bad_row, 200);
        check_true(isinf(leie_matrix_get(&e.Z, 200, e.survey.bad_col)));
        example_free(&e);
    }
}

/* ---- products ---- */

/* Y += block (out, in) of A or A', in f64 from Z: the judge of both products. */
static void product_ref(double *y, const example *e, bool transposed, leie_size out, leie_size in, leie_size width,
                        const double *x)
{
    for (leie_size o = e->first[out]; o < e->first[out + 1]; o++)
        for (leie_size i = e->first[in]; i < e->first[in + 1]; i++)
            for (leie_size c = 0; c < width; c++) {
                leie_size row = transposed ? i : o, col = transposed ? o : i;
                y[(o - e->first[out]) * width + c] +=
                    leie_matrix_get(&e->Z, row, col) * e->scale[col] * x[(i - e->first[in]) * width + c];
            }
}

static double difference(const double *y, const double *want, leie_size n)
{
    double worst = 0, most = 1e-300;
    for (leie_size t = 0; t < n; t++) {
        worst = fmax(worst, fabs(y[t] - want[t]));
        most = fmax(most, fabs(want[t]));
    }
    return worst / most;
}

/* Every block of a store in one direction, in f32 and in f64. */
static void check_products(const example *e, const leie_blockstore *b, bool transposed, leie_size width, uint64_t *seed)
{
    leie_size room = 300 * width;
    double *x = leie_new(room, sizeof *x), *y = leie_new(room, sizeof *y), *want = leie_new(room, sizeof *want);
    float *x32 = leie_new(room, sizeof *x32), *y32 = leie_new(room, sizeof *y32);
    for (leie_size out = 0; out < e->parts; out++)
        for (leie_size in = 0; in < e->parts; in++) {
            leie_size n = (e->first[out + 1] - e->first[out]) * width;
            for (leie_size t = 0; t < room; t++) {
                x32[t] = (float)(2.385 * check_random(seed));
                x[t] = (double)x32[t];
                y[t] = want[t] = (double)(y32[t] = 0.5f); // products add to what is there
            }
            product_ref(want, e, transposed, out, in, width, x);
            leie_blockstore_product(y, b, transposed, out, in, width, x);
            check_true(difference(y, want, n) < 1e-14);
            if (width % LEIE_LANES_F32 == 0) {
                leie_blockstore_sweep(y32, b, transposed, out, in, width, x32);
                for (leie_size t = 0; t < n; t++)
                    y[t] = (double)y32[t];
                check_true(difference(y, want, n) < 2e-6);
            }
        }
    leie_free(x);
    leie_free(y);
    leie_free(want);
    leie_free(x32);
    leie_free(y32);
}

static void test_products(void)
{
    uint64_t seed = 5;
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
        example e;
        example_new(&e, (leie_matrix_form)form, &seed);
        for (int kept = 0; kept < 2; kept++) { // both directions of the store, and of the product
            leie_blockstore b;
            leie_error err = {0};
            check_ok(leie_blockstore_new(&b, &e.survey, &e.Z, e.scale, kept, true, LEIE_FULL_NEVER, &err), &err);
            for (leie_size width = LEIE_LANES; width <= LEIE_WIDTH; width += LEIE_LANES)
                for (int transposed = 0; transposed < 2; transposed++)
                    check_products(&e, &b, transposed, width, &seed);
            leie_blockstore_free(&b);
        }
        example_free(&e);
    }
}

/* Blocks most of whose cells are used, full: no products change but in the last digits. */
/* thin: so few cells elsewhere that a sparse table is not cut into dense pieces. */
static void check_full(leie_matrix_form form, bool thin)
{
    uint64_t seed = 91;
    example e;
    leie_error err = {0};
    leie_matrix dense;
    example_new(&e, LEIE_DENSE, &seed);
    if (thin)
        memset(e.Z.val, 0, (size_t)(e.n * e.Z.ld) * sizeof *e.Z.val);
    for (leie_size i = 0; i < 60; i++) // parts 0 to 4: some blocks full, some not
        for (leie_size j = 20; j < e.n; j++)
            if (check_random(&seed) < (j < 48 ? 0.8 : 0.2))
                e.Z.val[i * e.Z.ld + j] = 1 + check_random(&seed);
    dense = e.Z;
    check_ok(leie_matrix_copy(&e.Z, &dense, form, &err), &err);
    leie_matrix_free(&dense);
    leie_survey_free(&e.survey);
    check_ok(leie_survey_new(&e.survey, &e.Z, e.scale, e.parts, e.first, &err), &err);
    for (int kept = 0; kept < 2; kept++) {
        leie_blockstore b, sparse;
        check_ok(leie_blockstore_new(&b, &e.survey, &e.Z, e.scale, kept, true, LEIE_FULL_FROM, &err), &err);
        check_ok(leie_blockstore_new(&sparse, &e.survey, &e.Z, e.scale, kept, true, LEIE_FULL_NEVER, &err), &err);
        check_true(leie_blockstore_entries(&b) > leie_blockstore_entries(&sparse));
        leie_size full = 0;
        for (leie_size k = 0; k < e.parts * e.parts; k++) {
            leie_size o = k / e.parts, i = k % e.parts, rows = e.first[o + 1] - e.first[o], cells = 0;
            leie_size inputs = e.first[i + 1] - e.first[i], used = e.survey.count[kept ? i * e.parts + o : k];
            for (leie_size t = 0; t < rows; t++)
                cells += b.count[e.first[o] * e.parts + i * rows + t];
            bool wanted = 100 * used >= LEIE_FULL_FROM * rows * inputs;
            check_true(wanted ? cells == rows * inputs : cells <= used);
            full += wanted && cells > used;
        }
        check_true(full > 0);
        for (leie_size width = LEIE_LANES; width <= LEIE_WIDTH; width += LEIE_LANES)
            for (int transposed = 0; transposed < 2; transposed++)
                check_products(&e, &b, transposed, width, &seed);
        leie_blockstore_free(&b);
        leie_blockstore_free(&sparse);
    }
    example_free(&e);
}

static void test_full(void)
{
    check_full(LEIE_DENSE, false);
    check_full(LEIE_SPARSE, false);
    check_full(LEIE_SPARSE, true);
}

/* The parts of a value add up to it within 2^-49, and the store needs no more than it said. */
static void test_exact(void)
{
    uint64_t seed = 8;
    example e;
    leie_blockstore b;
    leie_error err = {0};
    example_new(&e, LEIE_DENSE, &seed);
    check_ok(leie_blockstore_new(&b, &e.survey, &e.Z, e.scale, false, true, LEIE_FULL_NEVER, &err), &err);
    leie_size used = 0;
    for (leie_size out = 0, at; out < e.parts; out++)
        for (leie_size in = 0; in < e.parts; in++) {
            at = b.start[out * e.parts + in];
            for (leie_size i = e.first[out]; i < e.first[out + 1]; i++)
                for (leie_size j = e.first[in]; j < e.first[in + 1]; j++) {
                    double a = leie_matrix_get(&e.Z, i, j) * e.scale[j];
                    if (a == 0)
                        continue;
                    check_true(fabs((double)b.high[at] + (double)b.low[at] - a) <= 0x1p-49 * fabs(a));
                    at++;
                    used++;
                }
        }
    leie_size blocks = e.parts * e.parts,
              held = 8 * b.start[blocks] + b.place[blocks] + 2 * e.n * e.parts + 16 * blocks;
    check_true(used <= e.survey.nonzeros);
    check_true(held <= leie_blockstore_bytes(e.n, e.survey.nonzeros, e.parts, 270, true));
    leie_blockstore_free(&b);
    example_free(&e);
}

/* A store made together with its survey is that made after it, but for the order of blocks; without room there is
 * the survey alone. */
static void check_surveyed(const example *e, bool transposed, bool exact)
{
    leie_error err = {0};
    leie_survey survey;
    leie_blockstore b, want;
    leie_size blocks = e->parts * e->parts, room = leie_blockstore_room(e->n, 2 * e->survey.nonzeros, e->parts);
    check_ok(leie_blockstore_new(&want, &e->survey, &e->Z, e->scale, transposed, exact, LEIE_FULL_FROM, &err), &err);
    check_ok(leie_blockstore_survey(&b, &survey, &e->Z, e->scale, e->parts, e->first, transposed, exact, room, &err), &err);
    check_size(survey.nonzeros, e->survey.nonzeros);
    check_near(survey.norm[0], e->survey.norm[0], 1e-14);
    check_near(survey.norm[1], e->survey.norm[1], 1e-14);
    check_true(memcmp(survey.count, e->survey.count, (size_t)blocks * sizeof *survey.count) == 0);
    check_true(b.high && b.start[blocks] == want.start[blocks]);
    check_true(memcmp(b.count, want.count, (size_t)(e->n * e->parts) * sizeof *b.count) == 0);
    for (leie_size k = 0; k < blocks; k++) {
        leie_size o = k / e->parts, i = k % e->parts, cells = 0;
        for (leie_size t = 0; t < e->first[o + 1] - e->first[o]; t++)
            cells += want.count[e->first[o] * e->parts + i * (e->first[o + 1] - e->first[o]) + t];
        check_near(survey.weight[k], e->survey.weight[k], 1e-14);
        check_true(memcmp(b.high + b.start[k], want.high + want.start[k], (size_t)cells * sizeof *b.high) == 0);
        check_true(!exact || memcmp(b.low + b.start[k], want.low + want.start[k], (size_t)cells * sizeof *b.low) == 0);
        check_true(memcmp(b.index + b.place[k], want.index + want.place[k], (size_t)cells) == 0);
    }
    leie_blockstore_free(&b);
    leie_survey_free(&survey);
    check_ok(leie_blockstore_survey(&b, &survey, &e->Z, e->scale, e->parts, e->first, transposed, exact, room / 4, &err), &err);
    check_true(!b.high);
    check_near(survey.norm[0], e->survey.norm[0], 1e-14);
    check_size(survey.nonzeros, e->survey.nonzeros);
    leie_survey_free(&survey);
    leie_blockstore_free(&want);
}

static void test_surveyed(void)
{
    uint64_t seed = 17;
    leie_error err = {0};
    leie_blockstore b;
    leie_survey survey;
    example e;
    example_new(&e, LEIE_DENSE, &seed);
    for (int what = 0; what < 4; what++)
        check_surveyed(&e, what % 2, what / 2);
    check_close((double)leie_survey_estimate(&e.Z), (double)e.survey.nonzeros, 0.1 * (double)e.survey.nonzeros, 0);
    e.Z.val[200 * e.Z.ld + 90] = NAN;
    check_ok(leie_blockstore_survey(&b, &survey, &e.Z, e.scale, e.parts, e.first, true, true, e.n * e.n, &err), &err);
    check_size(survey.bad_row, 200);
    check_size(survey.bad_col, 90);
    leie_blockstore_free(&b);
    leie_survey_free(&survey);
    example_free(&e);
}

/* The same bytes whatever the threads. */
static void test_same_bytes(void)
{
    int before = leie_threads();
    uint64_t seed = 21;
    example e;
    example_new(&e, LEIE_DENSE, &seed);
    for (int transposed = 0; transposed < 2; transposed++) {
        leie_blockstore one, many;
        leie_error err = {0};
        leie_threads_set(1);
        check_ok(leie_blockstore_new(&one, &e.survey, &e.Z, e.scale, transposed, true, LEIE_FULL_NEVER, &err), &err);
        leie_threads_set(7);
        check_ok(leie_blockstore_new(&many, &e.survey, &e.Z, e.scale, transposed, true, LEIE_FULL_NEVER, &err), &err);
        leie_size entries = one.start[e.parts * e.parts];
        check_true(memcmp(one.count, many.count, (size_t)(e.n * e.parts) * sizeof *one.count) == 0);
        check_true(memcmp(one.high, many.high, (size_t)entries * sizeof *one.high) == 0);
        check_true(memcmp(one.low, many.low, (size_t)entries * sizeof *one.low) == 0);
        leie_blockstore_free(&one);
        leie_blockstore_free(&many);
    }
    leie_threads_set(before);
    example_free(&e);
}

static void test_too_wide(void)
{
    leie_error err = {0};
    leie_blockstore b;
    leie_size first[] = {0, LEIE_PART_MAX + 1};
    leie_survey survey = {.parts = 1, .first = first};
    leie_matrix Z = {.form = LEIE_SPARSE, .rows = first[1], .cols = first[1]};
    check_status(leie_blockstore_new(&b, &survey, &Z, NULL, false, false, LEIE_FULL_NEVER, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "a part of 65536 sectors; 65535 are the most");
}

/* ---- inverses ---- */

/* M = 1 - off u / n, u in [0, 1): with off = 1 the diagonal dominates; with swap its first two rows are exchanged, and
 * nothing dominates. */
static void check_inverse(leie_size n, double off, bool swap, bool in_f32, uint64_t *seed)
{
    enum { WIDTH = 32 };
    leie_size ld = leie_blocklu_stride(n);
    double *m = leie_new(n, (size_t)ld * sizeof *m), *kept = leie_new(n, (size_t)ld * sizeof *kept);
    double *work = leie_new(n * n + 2 * n, sizeof *work);
    float *inverse = leie_new(n * n, sizeof *inverse), *x = leie_new(n * WIDTH, sizeof *x),
          *y = leie_new(n * WIDTH, sizeof *y);
    int *pivot = leie_new(n, sizeof *pivot);
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++)
            m[i * ld + j] = kept[i * ld + j] = ((swap && i < 2 ? 1 - i : i) == j) - off * check_random(seed) / (double)n;
    check_size(leie_inverse_make(inverse, m, n, ld, pivot, work), -1);
    check_true((memcmp(m, kept, (size_t)(n * ld) * sizeof *m) == 0) == in_f32); // by elimination in f32, which leaves M
    for (leie_size t = 0; t < n * WIDTH; t++)
        x[t] = (float)check_random(seed);
    for (int transposed = 0; transposed < 2; transposed++)
        for (leie_size width = 16; width <= WIDTH; width += 16) {
            leie_inverse_apply(y, inverse, n, transposed, width, x);
            for (leie_size i = 0; i < n; i++)
                for (leie_size c = 0; c < width; c++) { // M y = x
                    double sum = 0;
                    for (leie_size j = 0; j < n; j++)
                        sum += kept[transposed ? j * ld + i : i * ld + j] * (double)y[j * width + c];
                    check_close(sum, (double)x[i * width + c], 0, 5e-6);
                }
        }
    memset(m, 0, (size_t)(n * ld) * sizeof *m);
    check_true(leie_inverse_make(inverse, m, n, ld, pivot, work) >= 0);
    leie_free(m);
    leie_free(kept);
    leie_free(work);
    leie_free(inverse);
    leie_free(x);
    leie_free(y);
    leie_free(pivot);
}

static void test_inverse(void)
{
    uint64_t seed = 33;
    check_inverse(21, 1, false, false, &seed);
    check_inverse(3, 1, false, false, &seed);
    check_inverse(100, 1, false, true, &seed);
    check_inverse(70, 1, true, false, &seed);
    check_inverse(70, 3, false, false, &seed);
}

/* Dominated but for a pivot close to zero on the way: f64 takes over. */
static void test_inverse_close(void)
{
    enum { N = 40 };
    leie_size ld = leie_blocklu_stride(N);
    double *m = leie_new(N, (size_t)ld * sizeof *m), *work = leie_new(N * N + 2 * N, sizeof *work);
    float *inverse = leie_new(N * N, sizeof *inverse);
    int pivot[N];
    for (leie_size i = 0; i < N; i++)
        for (leie_size j = 0; j < N; j++)
            m[i * ld + j] = (i == j) - 0.99999 / N;
    check_size(leie_inverse_make(inverse, m, N, ld, pivot, work), -1);
    check_near((double)inverse[3 * N + 7], 0.99999 / N / (1 - 0.99999), 1e-6); // (I - u v')^-1 = I + u v' / (1 - v'u)
    leie_free(m);
    leie_free(work);
    leie_free(inverse);
}

/* ---- a matrix kept as a store ---- */

static void check_blocked(const example *e, const leie_matrix *m)
{
    leie_error err = {0};
    leie_size k = 11, count = e->n * k;
    uint64_t seed = 5;
    double *x = leie_new(count, sizeof *x), *y = leie_new(count, sizeof *y), *want = leie_new(count, sizeof *want);
    double *other = leie_new(e->n, sizeof *other);
    check_size(leie_matrix_nonzeros(m), leie_matrix_nonzeros(&e->Z));
    for (leie_size t = 0; t < e->n; t++) { // rows in an odd order
        leie_size i = t * 7 % e->n, at = 0;
        const leie_index *col;
        const double *val;
        leie_size cells = leie_matrix_row(m, i, &col, &val);
        for (leie_size j = 0; j < e->n; j++) {
            double z = leie_matrix_get(&e->Z, i, j);
            check_near(leie_matrix_get(m, i, j), z, 0x1p-47);
            if (z == 0)
                continue;
            if (!check_true(at < cells && col[at] == j))
                break;
            check_near(val[at++], z, 0x1p-47);
        }
        check_size(at, cells);
        other[t] = 0.5 + check_random(&seed);
    }
    for (leie_size t = 0; t < count; t++)
        x[t] = check_random(&seed) - 0.3;
    for (int which = 0; which < 6; which++) { // its own scale, another one, none
        const double *scale = which / 2 == 0 ? e->scale : which / 2 == 1 ? other : NULL;
        check_ok(leie_matrix_product(y, m, which % 2, scale, k, x, &err), &err);
        leie_matrix_product_ref(want, &e->Z, which % 2, scale, k, x);
        for (leie_size t = 0; t < count; t++)
            check_close(y[t], want[t], 1e-12, 1e-12);
    }
    leie_free(x);
    leie_free(y);
    leie_free(want);
    leie_free(other);
}

/* Groups of 13 columns, which parts do not know; the same bytes on any number of threads. */
static void check_group_sums(const example *e, const leie_matrix *m)
{
    static const int threads[] = {1, 2, 7};
    leie_error err = {0};
    leie_size groups = (e->n + 12) / 13, count = e->n * groups;
    leie_index *of = leie_new(e->n, sizeof *of);
    double *want = leie_new(count, sizeof *want), *T = leie_new(count, sizeof *T), *first = leie_new(count, sizeof *first);
    int before = leie_threads();
    for (leie_size j = 0; j < e->n; j++)
        of[j] = (leie_index)(j / 13);
    for (leie_size at = 0; at < e->n * e->n; at++)
        want[at / e->n * groups + at % e->n / 13] += leie_matrix_get(&e->Z, at / e->n, at % e->n);
    for (int round = 0; round < 3; round++) {
        leie_threads_set(threads[round]);
        for (leie_size at = 0; at < count; at++)
            T[at] = 2.385; // is added to
        check_ok(leie_matrix_group_sums(T, m, groups, of, &err), &err);
        for (leie_size at = 0; at < count; at++)
            check_close(T[at], 2.385 + want[at], 1e-13, 1e-13);
        check_true(round == 0 || memcmp(T, first, (size_t)count * sizeof *T) == 0);
        memcpy(first, T, (size_t)count * sizeof *T);
    }
    leie_threads_set(before);
    leie_free(of);
    leie_free(want);
    leie_free(T);
    leie_free(first);
}

static void test_group_sums(void)
{
    uint64_t seed = 61;
    for (int round = 0; round < 4; round++) {
        example e;
        leie_error err = {0};
        leie_blocked *b = NULL;
        leie_matrix m;
        leie_size bad;
        example_new(&e, round / 2 ? LEIE_SPARSE : LEIE_DENSE, &seed);
        check_ok(leie_blocked_new(&b, &e.Z, e.scale, e.parts, e.first, round % 2, &bad, &err), &err);
        leie_matrix_from_blocked(&m, &b);
        check_true(m.blocked->apart.nnz > 1);
        check_group_sums(&e, &e.Z);
        check_group_sums(&e, &m);
        leie_matrix_free(&m);
        example_free(&e);
    }
}

/* Parts that are told to be clean have no odd cell, and one odd cell makes its part unclean and no other. */
static void test_clean(void)
{
    enum { FINE, NEGATIVE, NOT_A_NUMBER, LOW_NOT_FINITE, LOW_TOO_LARGE, NO_OUTPUT, APART, ODDITIES };
    uint64_t seed = 67;
    for (int odd = 0; odd < 2 * ODDITIES; odd++) {
        example e;
        leie_error err = {0};
        leie_blocked *b = NULL;
        leie_size bad, end, at = 0;
        double *x;
        example_new(&e, LEIE_DENSE, &seed);
        x = leie_new(e.n, sizeof *x);
        for (leie_size i = 0; i < e.n; i++) {
            x[i] = i == 7 ? 0 : 1 / e.scale[i];
            for (leie_size j = 0; j < e.n; j++)
                e.Z.val[i * e.Z.ld + j] = j == 7 ? 0 : fabs(e.Z.val[i * e.Z.ld + j]);
        }
        leie_size row = e.first[3] + 5; // a row of part 3
        if (odd / 2 == NEGATIVE)
            e.Z.val[row * e.Z.ld + 20] = -1e-3;
        if (odd / 2 == APART)
            e.Z.val[row * e.Z.ld + 7] = 2.385;
        check_ok(leie_blocked_new(&b, &e.Z, e.scale, e.parts, e.first, odd % 2, &bad, &err), &err);
        leie_blockstore *s = &b->store;
        leie_size block = 3 * s->parts + 3;
        while (s->high[s->start[block] + at] == 0)
            at++;
        at += s->start[block];
        if (odd / 2 == NOT_A_NUMBER)
            s->high[at] = NAN;
        if (odd / 2 == LOW_NOT_FINITE)
            s->low[at] = -INFINITY;
        if (odd / 2 == LOW_TOO_LARGE)
            s->low[at] = -1.5F * s->high[at];
        if (odd / 2 == NO_OUTPUT)
            x[e.n - 1] = 0;
        for (leie_size p = 0; p < e.parts; p++) {
            bool clean = odd / 2 == FINE || (odd / 2 != NO_OUTPUT && p != 3);
            if (e.first[p] == e.first[p + 1])
                continue;
            check_true(leie_blocked_clean(&end, b, e.first[p + 1] - 1, x) == clean);
            check_size(end, e.first[p + 1]);
        }
        leie_free(x);
        leie_blocked_free(b);
        example_free(&e);
    }
}

static void test_blocked(void)
{
    uint64_t seed = 43;
    for (int round = 0; round < 4; round++) {
        example e;
        leie_error err = {0};
        leie_blocked *b = NULL;
        leie_matrix m, shared, back;
        leie_size bad;
        example_new(&e, round / 2 ? LEIE_SPARSE : LEIE_DENSE, &seed);
        double *tiny = round / 2 ? &e.Z.csr.val[e.Z.csr.row[100]] : &e.Z.val[100 * e.Z.ld + 20];
        *tiny = 1e-60; // no cell of A in f32
        check_ok(leie_blocked_new(&b, &e.Z, e.scale, e.parts, e.first, round % 2, &bad, &err), &err);
        check_size(bad, -1);
        leie_matrix_from_blocked(&m, &b);
        check_true(b == NULL && m.blocked->apart.nnz > 1);
        check_ok(leie_matrix_copy(&shared, &m, LEIE_BLOCKED, &err), &err);
        check_blocked(&e, &m);
        leie_matrix_free(&m);
        check_blocked(&e, &shared);
        check_ok(leie_matrix_copy(&back, &shared, LEIE_SPARSE, &err), &err);
        check_size(back.csr.nnz, leie_matrix_nonzeros(&e.Z));
        leie_matrix_free(&back);
        leie_matrix_free(&shared);
        *tiny = INFINITY;
        check_ok(leie_blocked_new(&b, &e.Z, e.scale, e.parts, e.first, round % 2, &bad, &err), &err);
        check_size(bad, 100);
        check_true(b == NULL);
        example_free(&e);
    }
}

/* Arrays of a file that do not fit each other are refused before anything is read through them. */
static void test_blocked_forged(void)
{
    uint64_t seed = 47;
    for (int what = 0; what < 4; what++) {
        example e;
        leie_error err = {0};
        leie_blocked *b = NULL, forged;
        example_new(&e, LEIE_SPARSE, &seed);
        forged = (leie_blocked){.n = e.n, .scale = leie_new(e.n, sizeof *forged.scale)};
        check_ok(leie_survey_copy(&forged.survey, &e.survey, &err), &err);
        check_ok(leie_blockstore_new(&forged.store, &e.survey, &e.Z, e.scale, true, true, LEIE_FULL_NEVER, &err), &err);
        if (what == 1)
            forged.store.index[0] = 30; // a part of 30 sectors
        else if (what == 2)
            forged.store.count[0] = UINT16_MAX;
        else if (what == 3)
            forged.store.start[1] = forged.store.start[2] + 1;
        leie_status st = leie_blocked_take(&b, &forged, &err);
        check_status(st, what ? LEIE_ERR_DATA : LEIE_OK, &err);
        check_true((b == NULL) == (what > 0));
        leie_blocked_free(b);
        example_free(&e);
    }
}

/* ---- sums ---- */

/* One changed bit, two words exchanged, zeros at the end: all change the sums; by hand for two words. */
static void test_fletcher(void)
{
    uint64_t sum[LEIE_FLETCHER_SUMS], other[LEIE_FLETCHER_SUMS];
    unsigned char bytes[301];
    uint64_t seed = 53;
    uint32_t words[2 * LEIE_FLETCHER_LANES] = {0};
    words[0] = 3;
    words[LEIE_FLETCHER_LANES] = 5;
    leie_fletcher(sum, words, sizeof words);
    check_size((leie_size)sum[0], 8);                        // a: 3, 8
    check_size((leie_size)sum[LEIE_FLETCHER_LANES], 11);     // b: 3, 11
    check_size((leie_size)sum[2 * LEIE_FLETCHER_LANES], 14); // c: 3, 14
    check_size((leie_size)sum[3 * LEIE_FLETCHER_LANES], 17); // d: 3, 17
    for (size_t t = 0; t < sizeof bytes; t++)
        bytes[t] = (unsigned char)(255 * check_random(&seed));
    leie_fletcher(sum, bytes, sizeof bytes);
    for (size_t t = 0; t < sizeof bytes; t++) {
        bytes[t] ^= 16;
        leie_fletcher(other, bytes, sizeof bytes);
        check_true(memcmp(sum, other, sizeof sum) != 0);
        bytes[t] ^= 16;
    }
    memcpy(bytes + 32, "abcd", 4);
    memcpy(bytes + 64, "wxyz", 4);
    leie_fletcher(sum, bytes, sizeof bytes);
    memcpy(bytes + 64, "abcd", 4);
    memcpy(bytes + 32, "wxyz", 4);
    leie_fletcher(other, bytes, sizeof bytes);
    check_true(memcmp(sum, other, sizeof sum) != 0);
}

CHECK_SUITE(blockstore, {"squeeze", test_squeeze, NULL}, {"condense", test_condense, NULL},
            {"survey", test_survey, NULL}, {"survey and store together", test_surveyed, NULL},
            {"products", test_products, NULL}, {"full blocks", test_full, NULL}, {"exact", test_exact, NULL}, {"same bytes", test_same_bytes, NULL},
            {"too wide", test_too_wide, NULL}, {"inverse", test_inverse, NULL},
            {"inverse close to singular", test_inverse_close, NULL},
            {"sums over groups of columns", test_group_sums, NULL}, {"clean parts", test_clean, NULL},
            {"a matrix in blocks", test_blocked, NULL}, {"blocks that do not fit", test_blocked_forged, NULL},
            {"sums", test_fletcher, NULL})
