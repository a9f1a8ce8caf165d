// SPDX-License-Identifier: GPL-3.0-or-later
/* Blocks from rows as they arrive against those of the whole matrix, and tables that are read so. */
#include "kernels/blockgrow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "kernels/blocked_impl.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"

// Bytes and 16-bit positions, an empty part and a single sector; a part too wide for dense pieces.
static const leie_size UNEVEN[] = {0, 30, 31, 31, 48, 318, 340}, WIDE[] = {0, 5, 607, 660};
enum { UNEVEN_PARTS = 6, WIDE_PARTS = 3 };

typedef struct example {
    leie_size n, parts;
    const leie_size *first;
    leie_matrix Z;
    double *scale;
} example;

/* A row without cells, a column without scale, a block that is full, a cell too small for A in f32. */
static void example_new(example *e, bool wide, double density, uint64_t *seed)
{
    leie_error err = {0};
    *e = (example){.first = wide ? WIDE : UNEVEN, .parts = wide ? WIDE_PARTS : UNEVEN_PARTS};
    e->n = e->first[e->parts];
    check_ok(leie_matrix_new_dense(&e->Z, e->n, e->n, &err), &err);
    e->scale = leie_new(e->n, sizeof *e->scale);
    for (leie_size i = 0; i < e->n; i++) {
        e->scale[i] = i == 7 ? 0 : 0.5 + check_random(seed);
        for (leie_size j = 0; j < e->n; j++)
            if (check_random(seed) < (i < 20 && j < 30 ? 0.9 : density) && i != 40)
                e->Z.val[i * e->Z.ld + j] = 2.385 * (check_random(seed) - 0.2);
    }
    e->Z.val[50 * e->Z.ld + 3] = 1e-60;
}

static void example_free(example *e)
{
    leie_matrix_free(&e->Z);
    leie_free(e->scale);
}

static leie_blocked *grow(const example *e, bool transposed)
{
    leie_error err = {0};
    leie_blockgrow *g = NULL;
    leie_blocked *b = NULL;
    bool unfit = false;
    check_ok(leie_blockgrow_new(&g, e->scale, e->parts, e->first, transposed, &err), &err);
    for (leie_size i = 0; i < e->n; i++)
        if (i != 40) {
            check_ok(leie_blockgrow_row(g, &unfit, i, e->Z.val + i * e->Z.ld, &err), &err);
            check_true(!unfit);
        }
    check_ok(leie_blockgrow_finish(&b, g, &err), &err);
    return b;
}

static void check_same_survey(const leie_survey *a, const leie_survey *b)
{
    size_t blocks = (size_t)(b->parts * b->parts);
    check_size(a->nonzeros, b->nonzeros);
    check_near(a->norm[0], b->norm[0], 1e-14);
    check_near(a->norm[1], b->norm[1], 1e-14);
    check_true(memcmp(a->count, b->count, blocks * sizeof *a->count) == 0);
    for (size_t k = 0; k < blocks; k++)
        check_near(a->weight[k], b->weight[k], 1e-14);
    check_size(a->bad_row, -1);
}

/* The arrays themselves, once they are packed. */
static void check_same_store(const leie_blocked *a, const leie_blocked *b)
{
    const leie_blockstore *s = &a->store, *t = &b->store;
    leie_size blocks = t->parts * t->parts, entries = t->start[blocks];
    check_true(memcmp(s->start, t->start, (size_t)(blocks + 1) * sizeof *s->start) == 0);
    check_true(memcmp(s->place, t->place, (size_t)(blocks + 1) * sizeof *s->place) == 0);
    check_true(memcmp(s->count, t->count, (size_t)(b->n * t->parts) * sizeof *s->count) == 0);
    check_true(memcmp(s->high, t->high, (size_t)entries * sizeof *s->high) == 0);
    check_true(memcmp(s->low, t->low, (size_t)entries * sizeof *s->low) == 0);
    check_true(memcmp(s->index, t->index, (size_t)t->place[blocks]) == 0);
    check_size(a->apart.nnz, b->apart.nnz);
    check_true(memcmp(a->apart.row, b->apart.row, (size_t)(b->n + 1) * sizeof *a->apart.row) == 0);
    check_true(memcmp(a->apart.val, b->apart.val, (size_t)b->apart.nnz * sizeof *a->apart.val) == 0);
}

static void check_same_rows(const leie_blocked *a, const leie_blocked *b)
{
    for (leie_size i = 0; i < b->n; i++) {
        const leie_index *col[2];
        const double *val[2];
        leie_size count = leie_blocked_row(a, i, &col[0], &val[0]), want = leie_blocked_row(b, i, &col[1], &val[1]);
        check_size(count, want);
        check_true(memcmp(col[0], col[1], (size_t)want * sizeof *col[0]) == 0);
        check_true(memcmp(val[0], val[1], (size_t)want * sizeof *val[0]) == 0);
    }
}

static void test_same(void)
{
    uint64_t seed = 5;
    for (int round = 0; round < 12; round++) {
        example e;
        leie_error err = {0};
        leie_blocked *want = NULL;
        leie_size bad;
        bool transposed = round % 2;
        example_new(&e, round / 2 % 2, round < 4 ? 0.3 : round < 8 ? 0.7 : 0.02, &seed);
        check_ok(leie_blocked_new(&want, &e.Z, e.scale, e.parts, e.first, transposed, &bad, &err), &err);
        leie_blocked *b = grow(&e, transposed);
        check_true(b->loose && b->apart.nnz > 1);
        check_same_survey(&b->survey, &want->survey);
        check_same_rows(b, want);
        for (leie_size i = 0; i < e.n; i++) {
            double sum = 0;
            for (leie_size j = 0; j < e.n; j++)
                sum += e.Z.val[i * e.Z.ld + j];
            check_near(b->row_sum[i], sum, 1e-12);
        }
        check_true(leie_blocked_bytes(b) == leie_blocked_bytes(want));
        leie_blocked_pack(b);
        check_true(!b->loose);
        check_same_store(b, want);
        check_same_rows(b, want);
        leie_blocked_pack(b); // once is enough
        check_same_store(b, want);
        leie_blocked_free(b);
        leie_blocked_free(want);
        example_free(&e);
    }
}

// Rows that go back, or come twice; cells that f32 has not. Before anything is said, nothing is known of them.
static void test_unfit(void)
{
    uint64_t seed = 7;
    for (int what = 0; what < 5; what++) {
        example e;
        leie_error err = {0};
        leie_blockgrow *g = NULL;
        bool unfit = false;
        example_new(&e, false, 0.3, &seed);
        double *odd = &e.Z.val[33 * e.Z.ld + 100];
        *odd = what == 2 ? NAN : what == 3 ? -INFINITY : what == 4 ? 1e39 : *odd;
        check_ok(leie_blockgrow_new(&g, e.scale, e.parts, e.first, true, &err), &err);
        for (leie_size i = 0; i < 33; i++) {
            check_ok(leie_blockgrow_row(g, &unfit, i, e.Z.val + i * e.Z.ld, &err), &err);
            check_true(!unfit);
        }
        leie_size next = what == 0 ? 2 : what == 1 ? 32 : 33;
        check_ok(leie_blockgrow_row(g, &unfit, next, e.Z.val + next * e.Z.ld, &err), &err);
        check_true(unfit);
        leie_blockgrow_free(g);
        example_free(&e);
    }
    const leie_size wide[] = {0, LEIE_PART_MAX + 1};
    leie_blockgrow *g = NULL;
    leie_error err = {0};
    double *scale = leie_new(wide[1], sizeof *scale);
    check_status(leie_blockgrow_new(&g, scale, 1, wide, true, &err), LEIE_ERR_LIMIT, &err);
    check_true(g == NULL);
    leie_free(scale);
}

// ---- tables ----

static leie_status read_folder(leie_table *t, const char *folder, leie_size from, leie_x_choice x, leie_error *err)
{
    char layout[] = "pymrio";
    const leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = layout, .blocks_from = from, .x_choice = x,
                                    .x_stated = x != LEIE_X_GIVEN,
                                    .path = {.real = (char *)(uintptr_t)folder, .shown = (char *)(uintptr_t)folder}};
    return leie_read_table(t, &spec, 2011, err);
}

/* Two lines behind the header change places. */
static void swap_rows(const char *folder)
{
    static char text[1 << 20], path[600];
    snprintf(path, sizeof path, "%s/Z.txt", folder);
    FILE *file = fopen(path, "rb");
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    char *line[6] = {text};
    for (int i = 1; i < 6; i++)
        line[i] = strchr(line[i - 1], '\n') + 1;
    file = fopen(path, "wb");
    fwrite(text, 1, (size_t)(line[3] - text), file);
    fwrite(line[4], 1, (size_t)(line[5] - line[4]), file);
    fwrite(line[3], 1, (size_t)(line[4] - line[3]), file);
    fwrite(line[5], 1, strlen(line[5]), file);
    fclose(file);
}

static void check_tables(const leie_table *t, const leie_table *want, double tolerance)
{
    leie_size n = want->sector.n;
    for (leie_size at = 0; at < n * n; at++)
        check_near(leie_matrix_get(&t->Z, at / n, at % n), leie_matrix_get(&want->Z, at / n, at % n), tolerance);
    check_true(memcmp(t->x, want->x, (size_t)n * sizeof *t->x) == 0);
    check_true(memcmp(t->Y, want->Y, (size_t)(n * want->demand.n) * sizeof *t->Y) == 0);
    check_size(t->provenance.notes, want->provenance.notes);
}

/* A table whose x is given comes as blocks, the same to 2^-48; one whose rows are not in order, or whose x is not known
 * beforehand, as it is. */
static void test_tables(void)
{
    leie_error err = {0};
    leie_table made = {0}, want, t;
    const char *folder = check_folder();
    toy_table(&made, "AT a|BE b|CZ c|DE d|EE e|FR f|GR g|HU h|IT i", "BE household gfcf|FR household", 2, 0);
    toy_fill(&made, 5, 0.6);
    check_ok(leie_write_pymrio(folder, &made, 0, NULL, &err), &err);
    leie_table_clear(&made);
    check_ok(read_folder(&want, folder, 0, LEIE_X_GIVEN, &err), &err);
    check_size(want.sector.n, 9);
    check_true(want.Z.form != LEIE_BLOCKED);
    check_ok(read_folder(&t, folder, 9, LEIE_X_GIVEN, &err), &err);
    check_true(t.Z.form == LEIE_BLOCKED);
    check_tables(&t, &want, 1e-14);
    leie_table_clear(&t);
    check_ok(read_folder(&t, folder, 10, LEIE_X_GIVEN, &err), &err);
    check_true(t.Z.form != LEIE_BLOCKED);
    leie_table_clear(&t);
    check_ok(read_folder(&t, folder, 1, LEIE_X_ROW, &err), &err);
    check_true(t.Z.form != LEIE_BLOCKED);
    leie_table_clear(&t);
    swap_rows(folder);
    check_ok(read_folder(&t, folder, 1, LEIE_X_GIVEN, &err), &err);
    check_true(t.Z.form != LEIE_BLOCKED);
    check_tables(&t, &want, 0);
    leie_table_clear(&t);
    leie_table_clear(&want);
}

CHECK_SUITE(blockgrow, {"as of the whole matrix", test_same, NULL}, {"rows that do not fit", test_unfit, NULL},
            {"tables by blocks", test_tables, NULL})
