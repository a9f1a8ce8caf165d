// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/nest.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <string.h>

enum { N = 3, SECTORS = 4, CATEGORIES = 3, STRESSORS = 3 };

typedef struct keys {
    leie_nest nest;
    double industry[N * SECTORS], demand[N * CATEGORIES], direct[N * CATEGORIES], pressure[N * STRESSORS];
} keys;

// Random shares over the regions of count things; some regions get nothing.
static void share_out(double *share, leie_size count, uint64_t *seed, double holes)
{
    for (leie_size i = 0; i < count; i++) {
        double sum = 0;
        for (leie_size r = 0; r < N; r++) {
            share[r * count + i] = r < N - 1 && check_random(seed) < holes ? 0 : 0.1 + check_random(seed);
            sum += share[r * count + i];
        }
        for (leie_size r = 0; r < N; r++)
            share[r * count + i] /= sum;
    }
}

static void make_keys(keys *k, uint64_t seed)
{
    static const char *const code[N] = {"BE-VLG", "BE-WAL", "BE-BRU"};
    leie_error err = {0};
    *k = (keys){.nest = {.country = "BEL", .sectors = SECTORS, .categories = CATEGORIES, .stressors = STRESSORS}};
    for (leie_size r = 0; r < N; r++)
        leie_labels_add(&k->nest.region, code[r], "a region", "", "", &err);
    share_out(k->industry, SECTORS, &seed, 0);
    share_out(k->demand, CATEGORIES, &seed, 0.3);
    share_out(k->direct, CATEGORIES, &seed, 0.3);
    share_out(k->pressure, STRESSORS, &seed, 0.3);
    for (leie_size r = 0; r < N; r++)
        k->pressure[r * STRESSORS + 1] = -1; // f1 follows the industries
    k->nest.industry = k->industry;
    k->nest.demand = k->demand;
    k->nest.direct = k->direct;
    k->nest.pressure = k->pressure;
}

// BEL between two others, negative inventories, an export column abroad, one Belgian sector without output.
static void make_world(leie_table *t, uint64_t seed, double filled)
{
    leie_error err = {0};
    toy_table(t, "AUT a b|BEL a b c idle|CHN a b c d e",
              "AUT household inventories|BEL household gfcf inventories|CHN household export", STRESSORS, 2);
    toy_fill(t, seed, filled);
    for (leie_size j = 0; j < t->sector.n; j++)
        *toy_Z(t, 5, j) = 0;
    for (leie_size f = 0; f < t->demand.n; f++)
        t->Y[5 * t->demand.n + f] = 0;
    check_ok(leie_table_set_x(t, LEIE_X_ROW, NULL, &err), &err);
    check_near(t->x[5], 0, 0);
}

// Old position of new item p on an axis whose country begins at first with count items; *r its region or -1.
static leie_size old_of(leie_size p, leie_size first, leie_size count, leie_size *r)
{
    *r = -1;
    if (p < first)
        return p;
    if (p >= first + N * count)
        return p - (N - 1) * count;
    *r = (p - first) / count;
    return first + (p - first) % count;
}

static void check_blocks(const leie_table *t, const leie_table *old, const keys *k)
{
    leie_size n = t->sector.n, m = t->demand.n, r, q;
    for (leie_size p = 0; p < n; p++) {
        leie_size i = old_of(p, 2, SECTORS, &r);
        double a = r < 0 ? 1 : k->industry[r * SECTORS + i - 2];
        for (leie_size s = 0; s < n; s++) {
            leie_size j = old_of(s, 2, SECTORS, &q);
            double b = q < 0 ? 1 : k->industry[q * SECTORS + j - 2], value = leie_matrix_get(&t->Z, p, s),
                   was = leie_matrix_get(&old->Z, i, j);
            check_near(value, a * b * was, r < 0 && q < 0 ? 0 : 1e-15); // to the bit among others
        }
        for (leie_size f = 0; f < m; f++) {
            leie_size g = old_of(f, 2, CATEGORIES, &q);
            double c = q < 0 ? 1 : k->demand[q * CATEGORIES + g - 2];
            check_near(t->Y[p * m + f], a * c * old->Y[i * old->demand.n + g], r < 0 && q < 0 ? 0 : 1e-15);
        }
    }
}

static void test_cells(void)
{
    leie_error err = {0};
    for (int filled = 0; filled < 2; filled++) { // a sparse and a dense Z
        leie_table t, old = {0};
        keys k;
        make_world(&t, 21, filled ? 0.9 : 0.05);
        make_keys(&k, 4);
        check_ok(leie_table_copy(&old, &t, &err), &err);
        check_ok(leie_table_nest(&t, &k.nest, &err), &err);
        check_size(t.sector.n, 2 + N * SECTORS + 5);
        check_size(t.demand.n, 2 + N * CATEGORIES + 2);
        check_size(t.sector.region.n, 5);
        check_text(t.sector.region.code[1], "BE-VLG");
        check_text(t.sector.region.name[3], "a region");
        check_text(t.sector.region.code[4], "CHN");
        check_true(t.demand.kind[t.demand.n - 1] == LEIE_DEMAND_EXPORT);
        check_blocks(&t, &old, &k);
        check_has(toy_note(&t, "split by keys"), "BEL (4 sectors, 3 final-demand columns) split by keys into BE-VLG (");
        leie_labels_clear(&k.nest.region);
        leie_table_clear(&t);
        leie_table_clear(&old);
    }
}

// Regions add up to the nation, row by row of every array.
static void test_sums(void)
{
    leie_error err = {0};
    leie_table t, old = {0};
    keys k;
    make_world(&t, 77, 0.6);
    make_keys(&k, 8);
    check_ok(leie_table_copy(&old, &t, &err), &err);
    check_ok(leie_table_nest(&t, &k.nest, &err), &err);
    leie_size n = t.sector.n, m = t.demand.n;
    for (leie_size i = 0; i < SECTORS; i++) {
        check_near(leie_sum(t.x + 2 + i, N, SECTORS), old.x[2 + i], 1e-15);
        for (leie_size w = 0; w < 2; w++)
            check_near(leie_sum(t.W + w * n + 2 + i, N, SECTORS), old.W[w * old.sector.n + 2 + i], 1e-15);
        for (leie_size s = 0; s < STRESSORS; s++)
            check_near(leie_sum(t.F + s * n + 2 + i, N, SECTORS), old.F[s * old.sector.n + 2 + i], 1e-15);
    }
    for (leie_size s = 0; s < STRESSORS; s++)
        for (leie_size f = 0; f < CATEGORIES; f++) {
            check_near(leie_sum(t.F_Y + s * m + 2 + f, N, CATEGORIES), old.F_Y[s * old.demand.n + 2 + f], 1e-15);
            check_near(t.F_Y[s * m + 2 + f], k.direct[f] * old.F_Y[s * old.demand.n + 2 + f], 1e-15);
        }
    check_near(t.F[0 * n + 3], k.pressure[0] * old.F[3], 1e-15);
    check_near(t.F[1 * n + 3], k.industry[1] * old.F[1 * old.sector.n + 3], 1e-15);
    leie_labels_clear(&k.nest.region);
    leie_table_clear(&t);
    leie_table_clear(&old);
}

/* RMC_r = sum over f of c[r,f] D_cba(country, f), and every region's column by itself; footprints of
 * others do not move. */
static void test_footprints(void)
{
    leie_error err = {0};
    for (uint64_t seed = 1; seed <= 4 * (uint64_t)check_effort(); seed++) {
        leie_table t, old = {0};
        keys k;
        make_world(&t, seed, 0.2 + 0.2 * (double)(seed % 4));
        make_keys(&k, 100 + seed);
        check_ok(leie_table_copy(&old, &t, &err), &err);
        check_ok(leie_table_nest(&t, &k.nest, &err), &err);
        for (leie_size s = 0; s < STRESSORS; s++) {
            for (leie_size r = 0; r < N; r++) {
                double rmc = 0, expected = 0, size = 0;
                for (leie_size f = 0; f < CATEGORIES; f++) {
                    double part = k.demand[r * CATEGORIES + f] * toy_footprint(&old, s, 2 + f);
                    check_close(toy_footprint(&t, s, 2 + r * CATEGORIES + f), part, 1e-11, 1e-9);
                    rmc += toy_footprint(&t, s, 2 + r * CATEGORIES + f);
                    expected += part;
                    size += part < 0 ? -part : part;
                }
                check_close(rmc, expected, 0, 1e-12 * size);
            }
            check_near(toy_footprint(&t, s, 0), toy_footprint(&old, s, 0), 1e-12);
            check_near(toy_footprint(&t, s, t.demand.n - 2), toy_footprint(&old, s, 5), 1e-12);
        }
        leie_labels_clear(&k.nest.region);
        leie_table_clear(&t);
        leie_table_clear(&old);
    }
}

// A pressure key where the region has no output is said, with its amount.
static void test_stranded(void)
{
    leie_error err = {0};
    leie_table t;
    keys k;
    make_world(&t, 5, 0.8);
    make_keys(&k, 6);
    for (leie_size r = 0; r < N; r++) {
        k.industry[r * SECTORS] = r == 0 ? 0 : 0.5;
        k.pressure[r * STRESSORS] = r == 0 ? 0.25 : 0.375;
    }
    t.F[2] = 80;
    check_ok(leie_table_nest(&t, &k.nest, &err), &err);
    check_has(toy_note(&t, "unallocated"), "20 t of 'f0' given by its key to 1 sectors in regions of BEL");
    leie_labels_clear(&k.nest.region);
    leie_table_clear(&t);
}

static void refuse(keys *k, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_table t;
    make_world(&t, 2, 0.5);
    check_status(leie_table_nest(&t, &k->nest, &err), expected, &err);
    check_has(err.text, piece);
    check_size(t.sector.n, 11);
    check_text(t.sector.region.code[1], "BEL");
    leie_labels_clear(&k->nest.region);
    leie_table_clear(&t);
}

static void test_errors(void)
{
    leie_error err = {0};
    keys k;
    make_keys(&k, 1);
    k.nest.country = "BE";
    refuse(&k, LEIE_ERR_DATA, "country 'BE' is not in the table, the nearest is 'BEL'");
    make_keys(&k, 1);
    leie_labels_add(&k.nest.region, "CHN", "", "", "", &err);
    refuse(&k, LEIE_ERR_DATA, "region 'CHN' of 'BEL' is already in the table");
    make_keys(&k, 1);
    k.nest.sectors = 3;
    refuse(&k, LEIE_ERR_SHAPE, "shares for 3 sectors of 'BEL': the table has 4");
    make_keys(&k, 1);
    k.industry[2] = 0.5;
    k.industry[SECTORS + 2] = 0.25;
    k.industry[2 * SECTORS + 2] = 0.125;
    refuse(&k, LEIE_ERR_DATA, "from 'BE-VLG' to 'BE-BRU' in sector 'c' of BEL sum to 0.875: expected 1");
    make_keys(&k, 1);
    k.demand[CATEGORIES + 1] = -0.1;
    refuse(&k, LEIE_ERR_DATA, "share of region 'BE-WAL' in final demand 'gfcf' of BEL is -0.1: expected 0 to 1");
    make_keys(&k, 1);
    k.pressure[STRESSORS + 2] = -0.2;
    refuse(&k, LEIE_ERR_DATA, "share of region 'BE-WAL' in stressor 'f2' of BEL is -0.2");
    make_keys(&k, 1);
    k.direct[0] += 0.5;
    refuse(&k, LEIE_ERR_DATA, "in direct pressures of final demand 'household' of BEL sum to 1.5");
    make_keys(&k, 1);
    leie_labels_clear(&k.nest.region);
    refuse(&k, LEIE_ERR_DATA, "no regions to split 'BEL' into");
}

CHECK_SUITE(nest, {"every cell", test_cells, NULL}, {"regions add up to the nation", test_sums, NULL},
            {"footprints follow the demand keys", test_footprints, NULL},
            {"pressure without output", test_stranded, NULL}, {"errors", test_errors, NULL})
