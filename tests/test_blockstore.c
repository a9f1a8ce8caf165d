// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blocklu.h"
#include "kernels/blocked.h"
#include "kernels/blockstore.h"
#include "kernels/fletcher.h"
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
            check_ok(leie_blockstore_new(&b, &e.survey, &e.Z, e.scale, kept, true, &err), &err);
            for (leie_size width = LEIE_LANES; width <= LEIE_WIDTH; width += LEIE_LANES)
                for (int transposed = 0; transposed < 2; transposed++)
                    check_products(&e, &b, transposed, width, &seed);
            leie_blockstore_free(&b);
        }
        example_free(&e);
    }
}

/* The parts of a value add up to it within 2^-49, and the store needs no more than it said. */
static void test_exact(void)
{
    uint64_t seed = 8;
    example e;
    leie_blockstore b;
    leie_error err = {0};
    example_new(&e, LEIE_DENSE, &seed);
    check_ok(leie_blockstore_new(&b, &e.survey, &e.Z, e.scale, false, true, &err), &err);
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
        check_ok(leie_blockstore_new(&one, &e.survey, &e.Z, e.scale, transposed, true, &err), &err);
        leie_threads_set(7);
        check_ok(leie_blockstore_new(&many, &e.survey, &e.Z, e.scale, transposed, true, &err), &err);
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
    check_status(leie_blockstore_new(&b, &survey, &Z, NULL, false, false, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "a part of 65536 sectors; 65535 are the most");
}

/* ---- inverses ---- */

static void test_inverse(void)
{
    enum { N = 21, WIDTH = 32 };
    uint64_t seed = 33;
    leie_size ld = leie_blocklu_stride(N);
    double *m = leie_new(N, (size_t)ld * sizeof *m), *kept = leie_new(N, (size_t)ld * sizeof *kept);
    double *work = leie_new(N * N + 2 * N, sizeof *work);
    float *inverse = leie_new(N * N, sizeof *inverse), *x = leie_new(N * WIDTH, sizeof *x),
          *y = leie_new(N * WIDTH, sizeof *y);
    int pivot[N];
    for (leie_size i = 0; i < N; i++)
        for (leie_size j = 0; j < N; j++)
            m[i * ld + j] = kept[i * ld + j] = (i == j) - check_random(&seed) / N;
    check_size(leie_inverse_make(inverse, m, N, ld, pivot, work), -1);
    for (leie_size t = 0; t < N * WIDTH; t++)
        x[t] = (float)check_random(&seed);
    for (int transposed = 0; transposed < 2; transposed++)
        for (leie_size width = 16; width <= WIDTH; width += 16) {
            leie_inverse_apply(y, inverse, N, transposed, width, x);
            for (leie_size i = 0; i < N; i++)
                for (leie_size c = 0; c < width; c++) { // M y = x
                    double sum = 0;
                    for (leie_size j = 0; j < N; j++)
                        sum += kept[transposed ? j * ld + i : i * ld + j] * (double)y[j * width + c];
                    check_close(sum, (double)x[i * width + c], 0, 5e-6);
                }
        }
    memset(m, 0, (size_t)(N * ld) * sizeof *m);
    check_true(leie_inverse_make(inverse, m, N, ld, pivot, work) >= 0);
    leie_free(m);
    leie_free(kept);
    leie_free(work);
    leie_free(inverse);
    leie_free(x);
    leie_free(y);
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
        check_ok(leie_blockstore_new(&forged.store, &e.survey, &e.Z, e.scale, true, true, &err), &err);
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

CHECK_SUITE(blockstore, {"squeeze", test_squeeze, NULL}, {"survey", test_survey, NULL},
            {"products", test_products, NULL}, {"exact", test_exact, NULL}, {"same bytes", test_same_bytes, NULL},
            {"too wide", test_too_wide, NULL}, {"inverse", test_inverse, NULL},
            {"a matrix in blocks", test_blocked, NULL}, {"blocks that do not fit", test_blocked_forged, NULL},
            {"sums", test_fletcher, NULL})
