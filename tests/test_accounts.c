// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/account/accounts.h"
#include "tests/check.h"
#include "tests/small_table.h"

enum { BY_ALL = (1 << 10) - 1 };

// Accounts of every table region, with everything broken down.
static void make_all(leie_accounts *a, leie_account_regions *q, const leie_table *t)
{
    leie_error err = {0};
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
    check_ok(leie_accounts_make(a, t, q, &(leie_accounts_opts){.by = BY_ALL}, &err), &err);
}

static void check_array(const double *got, const double *expected, leie_size count, double relative, double absolute,
                        const char *what, int line)
{
    for (leie_size i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%.40s[%d]", what, (int)i);
        if (!check_near_at(got[i], expected[i], relative, absolute, name, __FILE__, line))
            return;
    }
}
#define check_all(got, expected, count, relative, absolute)                                                            \
    check_array((got), (expected), (count), (relative), (absolute), #got, __LINE__)

// ---- worked examples ----

// Published arrays of pymrio's own test; the trade valued with M is METHODS 4.3, worked by hand there.
static void test_pymrio_small(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    small_table_pymrio(&t);
    make_all(&a, &q, &t);
    // [stressor, region and sector] there, [region, stressor, product] here
    const double D_cba[12] = {14.059498889254172, 18.863255551508182, 17.32012296814962, 5.395407054390734,
                              7.594657671782181,  5.857880532237174,  8.71616437964097,  18.863255551508182,
                              14.17770265993889,  5.657139420727301,  7.594657671782181, 7.900257649080434};
    const double D_imp[12] = {1.279257330644674,  10.499069649181392, 1.275226680787591,  2.054905005956757,
                              3.9151998960771457, 1.5222713921259807, 6.604374747509535,  8.36418590232679,
                              10.84211560186537,  1.743464577633809,  3.6794577757050337, 3.221508682410955};
    const double D_exp[12] = {8.251832343364468, 0.5304113433404783, 17.02843256499675,  1.3307504334524414,
                              9.797226856351278, 1.9255763708099367, 2.062958085841117,  2.1216453733619134,
                              4.459827576546767, 2.6615008669048827, 0.9797226856351278, 3.8511527416198734};
    const double M[12] = {0.896638324101429,  1.7965474933011258,  1.16667965805071,   0.3013124703668342,
                          1.4371886818255366, 0.7177624711634629,  0.3004620527704837, 0.9052387706892087,
                          0.311411003349379,  0.23778766312079253, 0.5331560745059158, 0.6031791628984159};
    check_all(a.by_product, D_cba, 12, 1e-13, 0);
    check_all(a.imp_by_product, D_imp, 12, 1e-13, 0);
    check_all(a.exp_by_sector, D_exp, 12, 1e-13, 0);
    check_all(a.M, M, 12, 1e-13, 0);
    check_all(a.D_pba, ((double[]){63, 20, 29, 20}), 4, 0, 0);
    check_all(a.D_cba, ((double[]){50.24287740891197, 18.84794525841009, 41.75712259108804, 21.152054741589914}), 4,
              1e-13, 0);
    check_all(a.D_imp, ((double[]){13.053553660613657, 7.492376294159883, 25.810676251701693, 8.644431035749797}), 4,
              1e-13, 0);
    check_all(a.D_exp, ((double[]){25.810676251701693, 8.644431035749797, 13.053553660613657, 7.492376294159883}), 4,
              1e-13, 0);
    check_all(a.direct, ((double[]){50, 100, 10, 20}), 4, 0, 0);
    check_near(a.trade[2], 39, 0); // region 1 imports, region 2 exports
    check_near(a.trade[1], 43.5, 0);
    check_near(a.trade_embodied[2], 38.93618679131231, 1e-13);
    check_near(a.trade_embodied[1], 51.69330938240035, 1e-13);
    check_near(a.trade_embodied[4 + 2], 18.399587499019486, 1e-13);
    check_near(a.trade_embodied[4 + 1], 19.551642240609397, 1e-13);
    check_true(a.worst_identity < 1e-14);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// Miller and Blair (2009), chapter 2: A from the base year, a new final demand, labour per unit of output.
// One unit of pressure per unit of output and sector makes M the inverse and by_origin_sector the output.
static void test_miller_blair(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    const double Z[4] = {150, 500, 200, 100}, base[2] = {350, 1700}, after[2] = {600, 1500};
    const double F[6] = {1000, 0, 0, 2000, 300, 500};
    small_table(&t, "R:agriculture R:manufacturing", "R:final:household", "one:EUR: two:EUR: labour:FTE:", Z, base, F,
                NULL);
    memcpy(t.Y, after, sizeof after);
    make_all(&a, &q, &t);
    const double L[4] = {1.254125412541254, 0.33003300330033003, 0.26402640264026406, 1.1221122112211221};
    check_all(a.M, L, 4, 1e-14, 0);
    check_all(a.D_cba, ((double[]){1247.5247524752474, 1841.5841584158416}), 2, 1e-14, 0);
    check_all(a.by_origin_sector + 4, ((double[]){374.2574257425742, 460.3960396039604}), 2, 1e-14, 0);
    check_true(a.worst_identity < 1e-14); // although x is not the row sum any more
    check_near(a.imbalance[0], 1000 - 1247.5247524752474, 1e-12);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// The same system (METHODS 4.3): gross trade valued with M and with the importing region's own technology.
static void test_gross_trade(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    leie_error err = {0};
    char one[] = "reg1", two[] = "reg2", *both[] = {one, two};
    small_table_pymrio(&t);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_ok(leie_account_regions_add(&q, &t.sector, "world", NULL, 2, both, &err), &err);
    leie_accounts_opts opts = {.by = BY_ALL | LEIE_BY_GROSS | LEIE_BY_DOMESTIC};
    check_ok(leie_accounts_make(&a, &t, &q, &opts, &err), &err);
    check_all(a.imp_rme, ((double[]){38.93618679131231, 18.399587499019486, 51.69330938240035, 19.551642240609397, 0, 0}),
              6, 1e-13, 0);
    check_all(a.exp_rme, ((double[]){51.69330938240035, 19.551642240609397, 38.93618679131231, 18.399587499019486, 0, 0}),
              6, 1e-13, 1e-12);
    check_all(a.imp_rme_domestic, ((double[]){90.29540763673887, 51.152218782249726, 17.8865156973752, 16.557900154400414}),
              4, 1e-13, 0);
    check_all(a.dta_uncovered, ((double[]){0, 0, 0}), 3, 0, 0);
    for (leie_size q2 = 0; q2 < 3; q2++)
        for (leie_size s = 0; s < 2; s++) {
            leie_size at = q2 * 2 + s;
            double product = 0, exported = 0, user = 0, origin = 0;
            check_true(leie_accounts_gross_gap(&a, q2, s) < 1e-14);
            for (leie_size p = 0; p < a.P; p++) {
                product += a.imp_rme_product[at * a.P + p];
                exported += a.exp_rme_product[at * a.P + p];
            }
            for (leie_size j = 0; j < a.n; j++)
                user += a.imp_rme_sector[at * a.n + j];
            for (leie_size c = 0; c < a.C; c++)
                user += a.imp_rme_category[(q2 * a.C + c) * 2 + s];
            for (leie_size r = 0; r < a.R; r++)
                origin += a.imp_rme_origin[(q2 * a.R + r) * 2 + s];
            check_close(product, a.imp_rme[at], 1e-13, 1e-12);
            check_close(exported, a.exp_rme[at], 1e-13, 1e-12);
            check_close(user, a.imp_rme[at], 1e-13, 1e-12);
            check_close(origin, a.imp_rme[at], 1e-13, 1e-12);
        }
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// Export, discrepancy and excluded columns, sectors without output, a group: the identity of gross trade holds.
static void test_gross_identity(void)
{
    for (uint64_t seed = 1; seed < 6; seed++) {
        leie_table t;
        leie_account_regions q = {0};
        leie_accounts a;
        leie_error err = {0};
        small_table_random(&t, seed, 3);
        check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
        char *pair[] = {t.sector.region.code[0], t.sector.region.code[2]};
        check_ok(leie_account_regions_add(&q, &t.sector, "pair", NULL, 2, pair, &err), &err);
        leie_accounts_opts opts = {.by = LEIE_BY_GROSS | LEIE_BY_DOMESTIC};
        opts.exclude[LEIE_DEMAND_INVENTORIES] = true;
        check_ok(leie_accounts_make(&a, &t, &q, &opts, &err), &err);
        double left_out = 0;
        for (leie_size i = 0; i < a.q * a.k; i++) {
            left_out += fabs(a.left_out[i]);
            if (!check_true(leie_accounts_gross_gap(&a, i / a.k, i % a.k) < 1e-12))
                printf("seed %llu, account region %lld\n", (unsigned long long)seed, (long long)(i / a.k));
        }
        check_true(left_out > 0);
        check_true(a.dta_uncovered[0] > 0); // the first region makes two of the products only
        leie_accounts_clear(&a);
        leie_account_regions_clear(&q);
        leie_table_clear(&t);
    }
}

// ---- against the definitions, written out with an inverse ----

typedef struct reference {
    leie_size n;
    double L[16 * 16], S[3 * 16];
} reference;

// L by Gauss-Jordan, S = F / x.
static void reference_make(reference *f, const leie_table *t)
{
    leie_size n = t->sector.n;
    double B[16 * 16];
    f->n = n;
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++) {
            B[i * n + j] = (i == j) - (t->x[j] > 0 ? leie_matrix_get(&t->Z, i, j) / t->x[j] : 0);
            f->L[i * n + j] = i == j;
        }
    for (leie_size p = 0; p < n; p++)
        for (leie_size i = 0; i < n; i++) {
            double by = i == p ? 1 - 1 / B[p * n + p] : B[i * n + p] / B[p * n + p];
            for (leie_size j = 0; j < n; j++) {
                f->L[i * n + j] -= by * f->L[p * n + j];
                if (j != p)
                    B[i * n + j] -= by * B[p * n + j];
            }
            B[i * n + p] = i == p;
        }
    for (leie_size s = 0; s < t->stressor.n; s++)
        for (leie_size i = 0; i < n; i++)
            f->S[s * n + i] = t->x[i] > 0 ? t->F[s * n + i] / t->x[i] : 0;
}

static bool counts(const leie_table *t, leie_size j, int excluded)
{
    return leie_demand_counts(t->demand.kind[j]) && (int)t->demand.kind[j] != excluded;
}

// Final demand for sector i by the members of an account region.
static double wanted(const leie_table *t, const bool *member, leie_size i, int excluded)
{
    double y = 0;
    for (leie_size j = 0; j < t->demand.n; j++)
        if (counts(t, j, excluded) && member[t->demand.of[j]])
            y += t->Y[i * t->demand.n + j];
    return y;
}

// Checks account region q of a table of up to 16 sectors against S L diag(y).
static void check_region(const leie_accounts *a, const leie_table *t, const reference *f, const bool *member,
                         leie_size q, int excluded)
{
    leie_size n = f->n, k = a->k, P = a->P, R = a->R;
    for (leie_size s = 0; s < k; s++) {
        double cba = 0, imp = 0, exp = 0, product[16] = {0}, imported[16] = {0}, origin[4] = {0}, supplier[4] = {0};
        for (leie_size i = 0; i < n; i++) {
            double X = 0;
            for (leie_size j = 0; j < n; j++) {
                double x = f->L[i * n + j] * wanted(t, member, j, excluded), e = f->S[s * n + i] * x;
                leie_size p = leie_labels_find(&a->product, t->sector.code[j]);
                X += x;
                cba += e;
                product[p] += e;
                origin[t->sector.of[i]] += e;
                supplier[t->sector.of[j]] += e;
                if (!member[t->sector.of[i]]) {
                    imp += e;
                    imported[p] += e;
                }
            }
            if (member[t->sector.of[i]])
                exp += f->S[s * n + i] * (t->x[i] - X);
            check_close(a->by_origin_sector[(q * k + s) * n + i], f->S[s * n + i] * X, 1e-12, 1e-12);
        }
        check_near(a->D_cba[q * k + s], cba, 1e-12);
        check_close(a->D_imp[q * k + s], imp, 1e-12, 1e-12);
        check_close(a->D_exp[q * k + s], exp, 1e-12, 1e-12);
        for (leie_size p = 0; p < P; p++) {
            check_close(a->by_product[(q * k + s) * P + p], product[p], 1e-12, 1e-12);
            check_close(a->imp_by_product[(q * k + s) * P + p], imported[p], 1e-12, 1e-12);
        }
        for (leie_size r = 0; r < R; r++) {
            check_close(a->by_origin[(q * R + r) * k + s], origin[r], 1e-12, 1e-12);
            check_close(a->by_supplier[(q * R + r) * k + s], supplier[r], 1e-12, 1e-12);
        }
    }
}

// Every region and one group of a random table with unequal sector lists, inventories left out or not.
static void test_definitions(void)
{
    for (int c = 0; c < 8 * check_effort(); c++) {
        leie_table t;
        leie_accounts a;
        leie_account_regions q = {0};
        leie_error err = {0};
        reference f;
        char first[] = "A", second[] = "C", *pair[] = {first, second};
        int excluded = c % 2 ? (int)LEIE_DEMAND_INVENTORIES : -1;
        leie_accounts_opts opts = {.by = BY_ALL, .exclude = {[LEIE_DEMAND_INVENTORIES] = c % 2}};
        small_table_random(&t, 1000 + (uint64_t)c, 3);
        reference_make(&f, &t);
        check_ok(leie_account_regions_add(&q, &t.sector, "AC", "A and C", 2, pair, &err), &err);
        if (c % 3)
            check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
        check_ok(leie_accounts_make(&a, &t, &q, &opts, &err), &err);
        check_true(a.worst_identity < 1e-12);
        for (leie_size i = 0; i < q.label.n; i++)
            check_region(&a, &t, &f, q.member + i * a.R, i, excluded);
        leie_accounts_clear(&a);
        leie_account_regions_clear(&q);
        leie_table_clear(&t);
    }
}

// Imports by product agree whichever way they are solved: more stressors than products turn the choice.
static void test_imports_both_ways(void)
{
    enum { k = 40 };
    leie_table few, many;
    leie_accounts a, b;
    leie_account_regions q = {0}, all = {0};
    small_table_random(&few, 7, 3);
    small_table_random(&many, 7, k);
    make_all(&a, &q, &few);
    make_all(&b, &all, &many);
    check_size(a.plan.transposed, 3 + 3 * 3);
    check_size(a.plan.plain, 3);
    check_size(b.plan.transposed, k);
    check_size(b.plan.plain, 3 + 3 * b.P);
    check_size(b.linsys.right_hand_sides, b.plan.transposed + b.plan.plain);
    for (leie_size r = 0; r < 3; r++)
        for (leie_size s = 0; s < k; s++)
            check_all(b.imp_by_product + (r * k + s) * b.P, a.imp_by_product + (r * 3 + s % 3) * a.P, a.P, 1e-12,
                      1e-13);
    leie_accounts_clear(&a);
    leie_accounts_clear(&b);
    leie_account_regions_clear(&q);
    leie_account_regions_clear(&all);
    leie_table_clear(&few);
    leie_table_clear(&many);
}

// ---- groups ----

// A group's D_pba and D_cba are those of its members; its D_imp and D_exp leave their mutual trade out.
static void test_groups(void)
{
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    leie_error err = {0};
    char A[] = "A", B[] = "B", C[] = "C", *members[] = {A, B}, *world[] = {A, B, C};
    small_table_random(&t, 11, 3);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_ok(leie_account_regions_add(&q, &t.sector, "AB", NULL, 2, members, &err), &err);
    check_ok(leie_account_regions_add(&q, &t.sector, "W", "World", 3, world, &err), &err);
    check_ok(leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = BY_ALL}, &err), &err);
    for (leie_size s = 0; s < a.k; s++) {
        check_near(a.D_pba[3 * a.k + s], a.D_pba[s] + a.D_pba[a.k + s], 1e-15);
        check_near(a.D_cba[3 * a.k + s], a.D_cba[s] + a.D_cba[a.k + s], 1e-14);
        double among = a.by_origin[(0 * a.R + 1) * a.k + s] + a.by_origin[(1 * a.R + 0) * a.k + s];
        check_near(a.D_imp[3 * a.k + s], a.D_imp[s] + a.D_imp[a.k + s] - among, 1e-13);
        check_near(a.D_exp[3 * a.k + s], a.D_exp[s] + a.D_exp[a.k + s] - among, 1e-13);
        check_near(a.D_imp[4 * a.k + s], 0, 0);                // the world imports nothing
        check_near(a.D_exp[4 * a.k + s], a.outside[s], 1e-12); // and exports what nobody in it wants
        check_near(a.D_cba[4 * a.k + s], a.D_cba_world[s], 1e-14);
    }
    check_text(q.label.kind[2], "region");
    check_text(q.label.kind[3], "group");
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

static void test_account_regions_refused(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_error err = {0};
    char one[] = "reg1", two[] = "reg2", three[] = "reg3";
    char *unknown[] = {one, three}, *twice[] = {two, two}, *good[] = {one};
    small_table_pymrio(&t);
    check_status(leie_account_regions_add(&q, &t.sector, "regg1", NULL, 0, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the table has no region 'regg1'; the nearest is 'reg1'");
    err.code = LEIE_OK;
    check_status(leie_account_regions_add(&q, &t.sector, "G", NULL, 2, unknown, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "group 'G': the table has no region 'reg3'; the nearest is 'reg1'");
    err.code = LEIE_OK;
    check_status(leie_account_regions_add(&q, &t.sector, "G", NULL, 2, twice, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "group 'G': region 'reg2' is named twice");
    err.code = LEIE_OK;
    check_status(leie_account_regions_add(&q, &t.sector, "reg2", NULL, 1, good, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "group 'reg2' has the code of a region of the table");
    err.code = LEIE_OK;
    check_size(q.label.n, 0);
    check_ok(leie_account_regions_add(&q, &t.sector, "reg2", "Second", 0, NULL, &err), &err);
    check_status(leie_account_regions_add(&q, &t.sector, "reg2", NULL, 0, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "'reg2' appears twice");
    err.code = LEIE_OK;
    check_ok(leie_account_regions_add(&q, &t.sector, "G", NULL, 1, good, &err), &err);
    check_size(q.label.n, 2);
    check_text(q.label.name[0], "Second");
    check_all(((double[]){q.member[0], q.member[1], q.member[2], q.member[3]}), ((double[]){0, 1, 1, 0}), 4, 0, 0);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// ---- what does not count, what has no output ----

// A national table whose only other column is exports: all pressure that is not consumed goes abroad.
static void test_export_column(void)
{
    const double Z[4] = {150, 500, 200, 100}, Y[4] = {100, 250, 900, 800}, F[2] = {30, 12}, F_Y[2] = {5, 7};
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    small_table(&t, "BE:s1 BE:s2", "BE:hh:household BE:exp:export", "CO2:t:", Z, Y, F, F_Y);
    make_all(&a, &q, &t);
    check_size(a.C, 1);
    check_text(a.category.code[0], "hh");
    check_text(a.category.kind[0], "household");
    check_near(a.D_cba[0] + a.outside[0], 42, 1e-14);
    check_near(a.D_exp[0], a.outside[0], 1e-14);
    check_true(a.outside[0] > 20);
    check_near(a.trade_outside[0], a.outside[0], 1e-14);
    check_near(a.direct[0], 5, 0); // not the 7 of the export column
    check_near(a.final_demand[0], 1000, 0);
    check_near(a.trade[0], 3000, 1e-15);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// A kind left out moves from D_cba to outside; columns of a region without sectors never count.
static void test_excluded_and_foreign_columns(void)
{
    const double Z[4] = {150, 500, 200, 100}, Y[6] = {100, -20, 250, 900, 30, 800}, F[2] = {30, 12}, F_Y[3] = {5, 7, 9};
    leie_table t;
    leie_accounts with, without;
    leie_account_regions q = {0};
    leie_error err = {0};
    leie_accounts_opts opts = {.by = LEIE_BY_CATEGORY, .exclude = {[LEIE_DEMAND_INVENTORIES] = true}};
    small_table(&t, "BE:s1 BE:s2", "BE:hh:household BE:inv:inventories ROW:hh:household", "CO2:t:", Z, Y, F, F_Y);
    make_all(&with, &q, &t);
    check_ok(leie_accounts_make(&without, &t, &q, &opts, &err), &err);
    check_size(with.C, 2);
    check_size(without.C, 1);
    check_near(without.D_cba[0], with.by_category[0], 1e-15);
    check_near(without.outside[0], with.outside[0] + with.by_category[1], 1e-14);
    check_near(without.direct[0], 5, 0);
    check_near(with.direct_category[1], 7, 0);
    check_near(with.final_demand[1], 10, 1e-14);
    check_near(with.trade_outside[0], with.outside[0], 1e-14);
    check_near(with.D_pba[0], with.D_cba[0] + with.outside[0], 1e-14);
    leie_accounts_clear(&with);
    leie_accounts_clear(&without);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// Pressure on x = 0 and on x < 0 (a fall of inventories and nothing else) stays in D_pba and is named as
// unallocated; the purchases of such a sector show as imbalance, not as a footprint of somebody.
static void test_sectors_without_output(void)
{
    const double Z[9] = {10, 20, 3, 30, 10, 0, 0, 0, 0}, Y[6] = {60, 7, 55, 5, 0, 0}, F[3] = {8, 9, 2};
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    small_table(&t, "BE:s1 BE:s2 BE:idle", "BE:hh:household BE:inv:inventories", "CO2:t:", Z, Y, F, NULL);
    for (int c = 0; c < 2; c++) {
        t.Y[5] = t.x[2] = c ? -4 : 0;
        make_all(&a, &q, &t);
        check_near(a.D_pba[0], 19, 1e-15);
        check_near(a.unallocated[0], 2, 0);
        check_near(a.imbalance[0], 3 * a.M[0], 1e-13);
        check_near(a.D_cba[0] + a.imbalance[0], 17, 1e-14);
        check_near(a.M[2], 0, 0);
        check_true(a.worst_identity < 1e-14);
        leie_accounts_clear(&a);
        leie_account_regions_clear(&q);
    }
    leie_table_clear(&t);
}

// Without stressors nothing is solved: money only.
static void test_no_stressors(void)
{
    const double Z[4] = {150, 500, 200, 100}, Y[2] = {350, 1700};
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    small_table(&t, "R:s1 R:s2", "R:hh:household", "", Z, Y, NULL, NULL);
    make_all(&a, &q, &t);
    check_size(a.linsys.right_hand_sides, 0);
    check_near(a.final_demand[0], 2050, 0);
    check_near(a.trade[0], 3000, 0);
    check_near(a.worst_identity, 0, 0);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// ---- properties ----

// Price identity: with value added as the pressure, a unit of any product holds one unit of it.
static void test_price_identity(void)
{
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    small_table_random(&t, 5, 1);
    for (leie_size j = 0; j < t.sector.n; j++) {
        t.F[j] = t.x[j];
        for (leie_size i = 0; i < t.sector.n; i++)
            t.F[j] -= leie_matrix_get(&t.Z, i, j);
    }
    make_all(&a, &q, &t);
    for (leie_size i = 0; i < a.n; i++)
        check_near(a.M[i], a.x[i] > 0, 1e-13);
    for (leie_size r = 0; r < a.R; r++)
        for (leie_size c = 0, at = r * a.C; c < a.C; c++, at++)
            check_close(a.by_category[at], a.final_demand[at], 1e-13, 1e-13);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// RMC = DE + M imports - M exports, with columns that do not count and a row imbalance in it.
static void test_trade_identity(void)
{
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    small_table_random(&t, 21, 3);
    t.x[3] += 1.5;
    make_all(&a, &q, &t);
    for (leie_size r = 0; r < a.R; r++)
        for (leie_size s = 0; s < a.k; s++) {
            leie_size at = r * a.k + s;
            double rmc = a.D_pba[at] - a.unallocated[at];
            for (leie_size p = 0; p < a.R; p++)
                rmc += a.trade_embodied[(s * a.R + p) * a.R + r] - a.trade_embodied[(s * a.R + r) * a.R + p];
            check_near(a.D_cba[at] + a.trade_outside[at], rmc, 1e-13);
        }
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

static uint64_t fingerprint(const double *value, leie_size count, uint64_t h)
{
    for (leie_size i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, value + i, sizeof bits);
        h = (h ^ bits) * 1099511628211u;
    }
    return h;
}

static void test_same_bytes_at_any_thread_count(void)
{
    uint64_t first = 0;
    leie_table t;
    small_table_random(&t, 3, 40);
    for (int threads = 1; threads <= 4; threads++) {
        leie_accounts a;
        leie_account_regions q = {0};
        leie_threads_set(threads);
        make_all(&a, &q, &t);
        uint64_t h = fingerprint(a.D_cba, a.q * a.k, 0);
        h = fingerprint(a.D_imp, a.q * a.k, h);
        h = fingerprint(a.D_exp, a.q * a.k, h);
        h = fingerprint(a.by_sector, a.q * a.k * a.n, h);
        h = fingerprint(a.by_category, a.q * a.k * a.C, h);
        h = fingerprint(a.imp_by_product, a.q * a.k * a.P, h);
        h = fingerprint(a.trade_embodied, a.k * a.R * a.R, h);
        first = threads == 1 ? h : first;
        check_true(h == first);
        leie_accounts_clear(&a);
        leie_account_regions_clear(&q);
    }
    leie_threads_set(0);
    leie_table_clear(&t);
}

// ---- how it goes wrong, how it goes on ----

static void remember_share(void *ctx, double share, const char *what)
{
    double *last = ctx;
    check_true(share > *last && what[0]);
    *last = share;
}

// Arrays that were not asked for stay NULL, and the progress ends at one.
static void test_totals_only(void)
{
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    leie_error err = {0};
    double share = 0;
    leie_size plain, transposed;
    small_table_pymrio(&t);
    check_ok(leie_account_regions_add(&q, &t.sector, "reg2", NULL, 0, NULL, &err), &err);
    leie_accounts_opts opts = {.progress = remember_share, .progress_ctx = &share};
    leie_accounts_demand(&plain, &transposed, &t, &q, &opts);
    check_size(plain, 1);
    check_size(transposed, 2);
    check_ok(leie_accounts_make(&a, &t, &q, &opts, &err), &err);
    check_true(!a.by_product && !a.by_category && !a.trade && !a.M && !a.imp_by_product && !a.exp_by_sector);
    check_near(a.D_exp[0], 13.053553660613657, 1e-13);
    check_near(share, 1, 0);
    leie_accounts_clear(&a);
    opts.by = LEIE_BY_EXPORTS; // needs the other region's own demand too
    leie_accounts_demand(&plain, &transposed, &t, &q, &opts);
    check_size(plain, 2);
    share = 0;
    check_ok(leie_accounts_make(&a, &t, &q, &opts, &err), &err);
    check_near(a.exp_by_sector[0], 8.251832343364468, 1e-13);
    leie_accounts_clear(&a);
    check_ok(leie_accounts_make(&a, &t, &q, NULL, &err), &err);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// Footprints alone are the same to the bit, without a plain solve.
static void test_only_footprints(void)
{
    leie_table t;
    leie_accounts a, only;
    leie_account_regions q = {0};
    leie_error err = {0};
    leie_size plain, transposed;
    small_table_pymrio(&t);
    make_all(&a, &q, &t);
    leie_accounts_opts opts = {.by = LEIE_ONLY_FOOTPRINTS | LEIE_BY_PRODUCT | LEIE_BY_SECTOR | LEIE_BY_CATEGORY | LEIE_BY_SUPPLIER | LEIE_BY_MULTIPLIER};
    leie_accounts_demand(&plain, &transposed, &t, &q, &opts);
    check_size(plain, 0);
    check_size(transposed, a.k);
    check_ok(leie_accounts_make(&only, &t, &q, &opts, &err), &err);
    check_true(!only.D_imp && !only.D_exp && !only.imp_rme && !only.exp_rme && !only.left_out && !only.by_origin && !only.trade);
    check_size(only.linsys.right_hand_sides, only.k);
    check_all(only.D_cba, a.D_cba, a.q * a.k, 0, 0);
    check_all(only.D_pba, a.D_pba, a.q * a.k, 0, 0);
    check_all(only.by_product, a.by_product, a.q * a.k * a.P, 0, 0);
    check_all(only.by_sector, a.by_sector, a.q * a.k * a.n, 0, 0);
    check_all(only.by_category, a.by_category, a.q * a.C * a.k, 0, 0);
    check_all(only.by_supplier, a.by_supplier, a.q * a.R * a.k, 0, 0);
    check_all(only.M, a.M, a.k * a.n, 0, 0);
    check_true(only.worst_identity < 1e-13);
    leie_accounts_clear(&a);
    leie_accounts_clear(&only);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// A tolerance that no arithmetic reaches: an error, and the accounts all the same.
static void test_unconverged(void)
{
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    leie_error err = {0};
    small_table_random(&t, 2, 3);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    leie_accounts_opts opts = {.linsys.tolerance = 1e-300};
    check_status(leie_accounts_make(&a, &t, &q, &opts, &err), LEIE_ERR_CONVERGE, &err);
    check_has(err.text, "above the tolerance 1.00e-300");
    check_true(a.D_cba && a.D_cba[0] > 0 && a.linsys.residual > 0);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

static void test_singular(void)
{
    const double Z[4] = {100, 0, 5, 50}, Y[2] = {0, 20}, F[2] = {1, 2};
    leie_table t;
    leie_accounts a;
    leie_account_regions q = {0};
    leie_error err = {0};
    small_table(&t, "R:s1 R:s2", "R:hh:household", "CO2:t:", Z, Y, F, NULL);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_status(leie_accounts_make(&a, &t, &q, NULL, &err), LEIE_ERR_SINGULAR, &err);
    check_true(!a.x && !a.D_cba && a.product.n == 0);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

CHECK_SUITE(accounts, {"pymrio's small system", test_pymrio_small, NULL},
            {"gross trade in raw material equivalents", test_gross_trade, NULL},
            {"identity of gross trade", test_gross_identity, NULL},
            {"Miller and Blair ch. 2", test_miller_blair, NULL}, {"definitions", test_definitions, NULL},
            {"imports both ways", test_imports_both_ways, NULL}, {"groups", test_groups, NULL},
            {"account regions refused", test_account_regions_refused, NULL},
            {"export column", test_export_column, NULL},
            {"excluded and foreign columns", test_excluded_and_foreign_columns, NULL},
            {"sectors without output", test_sectors_without_output, NULL}, {"no stressors", test_no_stressors, NULL},
            {"price identity", test_price_identity, NULL}, {"trade identity", test_trade_identity, NULL},
            {"same bytes at any thread count", test_same_bytes_at_any_thread_count, NULL},
            {"totals only", test_totals_only, NULL}, {"only footprints", test_only_footprints, NULL}, {"unconverged", test_unconverged, NULL},
            {"singular", test_singular, NULL})
