// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/accounts_impl.h"
#include "solver/account/identities_impl.h"

// A published table is exact to about this; above it the rows are rounded or unbalanced.
static const double BALANCED = 1e-6;

// A row off by more than this share of itself or of an average row is an error, not rounding: WIOD 1995 to
// 2011, in whole millions, reaches 0.3 %.
static const double ROUNDED = 1e-2;

// ---- labels ----

static const char *money(const leie_table *t)
{
    return t->unit ? t->unit : "";
}

static const char *unit_of(const leie_table *t, leie_size i)
{
    return t->sector.unit[i][0] ? t->sector.unit[i] : money(t);
}

static const char *region_of(const leie_axis *axis, leie_size i)
{
    return axis->region.code[axis->of[i]];
}

static void describe_sector(char *out, size_t size, const void *ctx, leie_size i, double shown)
{
    const leie_table *t = ctx;
    snprintf(out, size, "%s %s (%.4g %s)", region_of(&t->sector, i), t->sector.code[i], shown, unit_of(t, i));
}

static void describe_ratio(char *out, size_t size, const void *ctx, leie_size i, double shown)
{
    const leie_table *t = ctx;
    snprintf(out, size, "%s %s (%.4g)", region_of(&t->sector, i), t->sector.code[i], shown);
}

static void describe_Z(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const leie_table *t = ctx;
    leie_size i = at / t->sector.n, j = at % t->sector.n;
    snprintf(out, size, "%s %s to %s %s (%.4g %s)", region_of(&t->sector, i), t->sector.code[i],
             region_of(&t->sector, j), t->sector.code[j], shown, unit_of(t, i));
}

static void describe_Y(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const leie_table *t = ctx;
    leie_size i = at / t->demand.n, j = at % t->demand.n;
    snprintf(out, size, "%s %s to %s %s (%.4g %s)", region_of(&t->sector, i), t->sector.code[i],
             region_of(&t->demand, j), t->demand.code[j], shown, unit_of(t, i));
}

static void describe_column(char *out, size_t size, const void *ctx, leie_size j, double shown)
{
    (void)shown;
    const leie_table *t = ctx;
    snprintf(out, size, "%s %s", region_of(&t->demand, j), t->demand.code[j]);
}

static void describe_F(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const leie_table *t = ctx;
    leie_size s = at / t->sector.n, i = at % t->sector.n;
    snprintf(out, size, "%s of %s %s (%.4g %s)", t->stressor.code[s], region_of(&t->sector, i), t->sector.code[i],
             shown, t->stressor.unit[s]);
}

static void describe_stressor(char *out, size_t size, const void *ctx, leie_size s, double shown)
{
    const leie_table *t = ctx;
    snprintf(out, size, "%s (%.4g %s)", t->stressor.code[s], shown, t->stressor.unit[s]);
}

static void describe_stressor_code(char *out, size_t size, const void *ctx, leie_size s, double shown)
{
    (void)shown;
    const leie_table *t = ctx;
    snprintf(out, size, "%s", t->stressor.code[s]);
}

// ---- balances ----

// Largest verdict of a balance: PASS to BALANCED, INFO to ROUNDED, else FAIL.
static leie_verdict judge_balance(const leie_worst *worst)
{
    if (worst->largest <= BALANCED)
        return LEIE_PASS;
    return worst->largest <= ROUNDED ? LEIE_INFO : LEIE_FAIL;
}

// Mean |x| of money rows: what an average sector turns over.
static double average_output(const leie_table *t)
{
    leie_acc sum = {0, 0};
    leie_size rows = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        if (leie_is_money(t, t->sector.unit[i])) {
            leie_acc_add(&sum, fabs(t->x[i]));
            rows++;
        }
    return rows ? leie_acc_value(&sum) / (double)rows : 0;
}

// Gap of sector i against total[i]; small money sectors are measured against an average one.
static void see_balance(leie_worst *worst, const leie_table *t, double average, leie_size i, double total)
{
    double least = leie_is_money(t, t->sector.unit[i]) ? average : 0;
    leie_worst_see(worst, i, leie_gap(total, t->x[i], fmax(fabs(t->x[i]), least)), total - t->x[i]);
}

static leie_status check_rows(leie_identities *list, const leie_table *t, double average, double *total,
                              leie_error *err)
{
    leie_worst worst = {.threshold = BALANCED};
    leie_size m = t->demand.n;
    leie_matrix_row_sums(total, &t->Z);
    for (leie_size i = 0; i < t->sector.n; i++)
        see_balance(&worst, t, average, i, total[i] + leie_sum(t->Y + i * m, m, 1));
    return leie_identity_add(list, "row balance: Z e + Y e = x", judge_balance(&worst), BALANCED, &worst,
                             describe_sector, t, err);
}

// spent[j] = what sector j pays for money rows of Z; sectors counted in *other when not money.
static void add_purchases(double *spent, leie_size *other, const leie_table *t)
{
    memset(spent, 0, (size_t)t->sector.n * sizeof *spent);
    *other = 0;
    for (leie_size i = 0; i < t->sector.n; i++) {
        if (!leie_is_money(t, t->sector.unit[i])) {
            ++*other;
            continue;
        }
        const leie_index *col;
        const double *Z;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &Z);
        for (leie_size c = 0; c < count; c++)
            spent[col ? col[c] : c] += Z[c];
    }
}

static leie_status check_columns(leie_identities *list, const leie_table *t, double average, const double *spent,
                                 leie_size other, leie_error *err)
{
    const char *name =
        other ? "column balance of money rows and sectors: e'Z + e'W = x" : "column balance: e'Z + e'W = x";
    leie_size n = t->sector.n;
    if (t->input.n == 0)
        return leie_identity_say(list, name, LEIE_SKIPPED, 0, BALANCED, err, "the table has no primary inputs");
    leie_worst worst = {.threshold = BALANCED};
    for (leie_size j = 0; j < n; j++) {
        leie_acc paid = {spent[j], 0};
        bool known = spent[j] != 0; // a column without any entry says nothing: "sectors ... that buy nothing"
        for (leie_size v = 0; v < t->input.n; v++)
            if (leie_is_money(t, t->input.unit[v])) {
                leie_acc_add(&paid, t->W[v * n + j]);
                known |= t->W[v * n + j] != 0;
            }
        if (known && leie_is_money(t, t->sector.unit[j]))
            see_balance(&worst, t, average, j, leie_acc_value(&paid));
    }
    return leie_identity_add(list, name, judge_balance(&worst), BALANCED, &worst, describe_sector, t, err);
}

static leie_status check_column_sums(leie_identities *list, const leie_table *t, const double *spent, leie_error *err)
{
    leie_worst above = {.threshold = 1 + 1e-9}, without = {.threshold = 0};
    for (leie_size j = 0; j < t->sector.n; j++) {
        if (!(t->x[j] > 0) || !leie_is_money(t, t->sector.unit[j]))
            continue;
        leie_worst_see(&above, j, spent[j] / t->x[j], spent[j] / t->x[j]);
        if (spent[j] == 0)
            leie_worst_see(&without, j, t->x[j], t->x[j]);
    }
    leie_status st = leie_identity_add(list, "column sums of A above one (negative value added)", LEIE_INFO, 1, &above,
                                       describe_ratio, t, err);
    if (st)
        return st;
    return leie_identity_add(list, "sectors with output that buy nothing", LEIE_INFO, 0, &without, describe_sector, t,
                             err);
}

// ---- signs ----

static leie_status check_sign_of_Z(leie_identities *list, const leie_table *t, leie_error *err)
{
    leie_worst worst = {.threshold = 0};
    for (leie_size i = 0; i < t->sector.n; i++) {
        const leie_index *col;
        const double *Z;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &Z);
        for (leie_size c = 0; c < count; c++)
            if (!(Z[c] >= 0))
                leie_worst_see(&worst, i * t->sector.n + (col ? col[c] : c), -Z[c], Z[c]);
    }
    return leie_identity_add(list, "negative cells of Z", LEIE_INFO, 0, &worst, describe_Z, t, err);
}

static leie_status check_sign(leie_identities *list, const char *name, const leie_table *t, const double *value,
                              leie_size count, leie_describe_fn describe, leie_error *err)
{
    leie_worst worst = {.threshold = 0};
    for (leie_size i = 0; i < count; i++)
        if (!(value[i] >= 0))
            leie_worst_see(&worst, i, -value[i], value[i]);
    return leie_identity_add(list, name, LEIE_INFO, 0, &worst, describe, t, err);
}

static leie_status check_signs(leie_identities *list, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    leie_status st = check_sign_of_Z(list, t, err);
    if (!st)
        st = check_sign(list, "negative final demand", t, t->Y, n * t->demand.n, describe_Y, err);
    if (!st)
        st = check_sign(list, "negative output", t, t->x, n, describe_sector, err);
    if (!st)
        st = check_sign(list, "negative pressures", t, t->F, t->stressor.n * n, describe_F, err);
    return st;
}

// ---- sectors without output, empty columns, units ----

static leie_status check_idle_sectors(leie_identities *list, const leie_table *t, const double *spent, leie_error *err)
{
    leie_worst idle = {.threshold = -1}, buying = {.threshold = 0}, pressed = {.threshold = 0};
    leie_size n = t->sector.n;
    for (leie_size i = 0; i < n; i++)
        if (!(t->x[i] > 0)) {
            leie_worst_see(&idle, i, fabs(t->x[i]), t->x[i]);
            leie_worst_see(&buying, i, fabs(spent[i]), spent[i]);
        }
    for (leie_size s = 0; s < t->stressor.n; s++) {
        leie_acc lost = {0, 0};
        for (leie_size i = 0; i < n; i++)
            if (!(t->x[i] > 0))
                leie_acc_add(&lost, t->F[s * n + i]);
        double share = fabs(leie_acc_value(&lost)) / fmax(leie_sum_abs(t->F + s * n, n, 1), 1e-300);
        leie_worst_see(&pressed, s, share, leie_acc_value(&lost));
    }
    leie_status st = leie_identity_add(list, "sectors without output", LEIE_INFO, 0, &idle, describe_sector, t, err);
    if (!st)
        st = leie_identity_add(list, "purchases of sectors without output (in no footprint)", LEIE_INFO, 0, &buying,
                               describe_sector, t, err);
    if (!st)
        st = leie_identity_add(list, "pressures on sectors without output (unallocated), as a share of the stressor",
                               LEIE_INFO, 0, &pressed, describe_stressor, t, err);
    return st;
}

static leie_status check_empty_columns(leie_identities *list, const leie_table *t, leie_error *err)
{
    leie_worst empty = {.threshold = 0};
    for (leie_size j = 0; j < t->demand.n; j++)
        if (leie_sum_abs(t->Y + j, t->sector.n, t->demand.n) == 0)
            leie_worst_see(&empty, j, 1, 0);
    return leie_identity_add(list, "empty final-demand columns", LEIE_INFO, 0, &empty, describe_column, t, err);
}

static leie_status check_units(leie_identities *list, const leie_table *t, leie_error *err)
{
    leie_worst missing = {.threshold = 0};
    for (leie_size s = 0; s < t->stressor.n; s++)
        if (!t->stressor.unit[s][0])
            leie_worst_see(&missing, s, 1, 0);
    leie_status st = LEIE_OK;
    if (!money(t)[0])
        st = leie_identity_say(list, "the table has a unit", LEIE_FAIL, 1, 0, err, "no unit of money is given");
    if (!st)
        st = leie_identity_add(list, "every stressor has a unit", leie_judge(&missing), 0, &missing,
                               describe_stressor_code, t, err);
    return st;
}

leie_status leie_identities_table(leie_identities *list, const leie_table *t, leie_error *err)
{
    double *sums = leie_new(t->sector.n, sizeof *sums);
    if (!sums)
        return leie_fail_memory(err, "identities", t->sector.n, sizeof *sums);
    double average = average_output(t);
    leie_size other;
    leie_status st = check_rows(list, t, average, sums, err);
    add_purchases(sums, &other, t);
    if (!st)
        st = check_columns(list, t, average, sums, other, err);
    if (!st)
        st = check_column_sums(list, t, sums, err);
    if (!st)
        st = check_signs(list, t, err);
    if (!st)
        st = check_idle_sectors(list, t, sums, err);
    if (!st)
        st = check_empty_columns(list, t, err);
    if (!st)
        st = check_units(list, t, err);
    leie_free(sums);
    return st;
}
