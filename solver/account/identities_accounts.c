// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/identities_impl.h"

// Accounts of one solve agree to this; the solver's tolerance (1e-12) and the spread of magnitudes inside
// a stressor stand between.
static const double AGREED = 1e-9;
static const double SOLVED = 1e-12; // residual that DESIGN asks of every right-hand side

typedef struct accounts_view {
    const leie_table *t;
    const leie_account_regions *q;
    const leie_accounts *a;
    leie_index *own;  // [R] account region that is table region r alone, -1 when there is none
    leie_index *only; // [q] its only member, -1 for a group of several
} accounts_view;

// ---- labels: a stressor s, or account region and stressor q k + s ----

static void describe_stressor(char *out, size_t size, const void *ctx, leie_size s, double shown)
{
    const accounts_view *v = ctx;
    snprintf(out, size, "%s (%.4g %s)", v->t->stressor.code[s], shown, v->t->stressor.unit[s]);
}

static void describe_place(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const accounts_view *v = ctx;
    leie_size s = at % v->a->k;
    snprintf(out, size, "%s %s (%.4g %s)", v->q->label.code[at / v->a->k], v->t->stressor.code[s], shown,
             v->t->stressor.unit[s]);
}

// A stressor and the table region that has most of it.
static void describe_share(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const accounts_view *v = ctx;
    snprintf(out, size, "%s (%s %.1f %%)", v->t->stressor.code[at / v->a->R], v->t->sector.region.code[at % v->a->R],
             100 * shown);
}

// An account region, a stressor and the region abroad that most of it comes from.
static void describe_origin(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const accounts_view *v = ctx;
    leie_size r = at % v->a->R, place = at / v->a->R;
    snprintf(out, size, "%s %s (%s %.1f %%)", v->q->label.code[place / v->a->k], v->t->stressor.code[place % v->a->k],
             v->t->sector.region.code[r], 100 * shown);
}

static void describe_intensity(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const accounts_view *v = ctx;
    leie_size s = at % v->a->k;
    snprintf(out, size, "%s %s (%.4g %s per %s)", v->q->label.code[at / v->a->k], v->t->stressor.code[s], shown,
             v->t->stressor.unit[s], v->t->unit ? v->t->unit : "unit of money");
}

// ---- identities ----

static leie_status check_world(leie_identities *list, const accounts_view *v, leie_error *err)
{
    leie_worst worst = {.threshold = AGREED};
    for (leie_size s = 0; s < v->a->k; s++) {
        double gap = leie_accounts_world_gap(v->a, s);
        leie_worst_see(&worst, s, gap, gap * leie_sum_abs(v->a->production + s * v->a->n, v->a->n, 1));
    }
    return leie_identity_add(list, "world: D_pba - unallocated = D_cba + outside + imbalance", leie_judge(&worst),
                             AGREED, &worst, describe_stressor, v, err);
}

static leie_status check_regions(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = AGREED};
    for (leie_size at = 0; at < a->q * a->k; at++)
        leie_worst_see(&worst, at, leie_accounts_region_gap(a, at / a->k, at % a->k),
                       a->D_cba[at] - (a->D_pba[at] - a->unallocated[at] - a->D_exp[at] + a->D_imp[at]));
    return leie_identity_add(list, "every region: D_cba = D_pba - unallocated - D_exp + D_imp", leie_judge(&worst),
                             AGREED, &worst, describe_place, v, err);
}

static leie_status check_gross(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = AGREED};
    for (leie_size at = 0; at < a->q * a->k; at++)
        leie_worst_see(&worst, at, leie_accounts_gross_gap(a, at / a->k, at % a->k),
                       a->D_cba[at] - (a->D_pba[at] - a->unallocated[at] + a->imp_rme[at] - a->exp_rme[at] - a->left_out[at]));
    return leie_identity_add(list, "every region: D_cba = D_pba - unallocated + IMP_RME - EXP_RME - left out",
                             leie_judge(&worst), AGREED, &worst, describe_place, v, err);
}

// A breakdown and the total it adds up to: part (q, s, c) is at part[q step_q + s step_s + c step].
typedef struct breakdown {
    const char *name;
    const double *part, *total;
    leie_size count, step_q, step_s, step;
} breakdown;

static leie_status check_breakdown(leie_identities *list, const accounts_view *v, const breakdown *b, leie_error *err)
{
    leie_worst worst = {.threshold = AGREED};
    for (leie_size at = 0; at < v->a->q * v->a->k; at++) {
        const double *part = b->part + at / v->a->k * b->step_q + at % v->a->k * b->step_s;
        double sum = leie_sum(part, b->count, b->step);
        double scale = fmax(leie_sum_abs(part, b->count, b->step), fabs(b->total[at]));
        leie_worst_see(&worst, at, leie_gap(sum, b->total[at], scale), sum - b->total[at]);
    }
    return leie_identity_add(list, b->name, leie_judge(&worst), AGREED, &worst, describe_place, v, err);
}

static leie_status check_breakdowns(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_size k = a->k, n = a->n, P = a->P, C = a->C, R = a->R;
    const breakdown list_of[] = {
        {"by product adds up to D_cba", a->by_product, a->D_cba, P, k * P, P, 1},
        {"by final product and supplier adds up to D_cba", a->by_sector, a->D_cba, n, k * n, n, 1},
        {"by final-demand category adds up to D_cba", a->by_category, a->D_cba, C, C * k, 1, k},
        {"direct pressures by category add up", a->direct_category, a->direct, C, C * k, 1, k},
        {"by region of origin adds up to D_cba", a->by_origin, a->D_cba, R, R * k, 1, k},
        {"by sector of origin adds up to D_cba", a->by_origin_sector, a->D_cba, n, k * n, n, 1},
        {"by supplying region adds up to D_cba", a->by_supplier, a->D_cba, R, R * k, 1, k},
        {"imports by product add up to D_imp", a->imp_by_product, a->D_imp, P, k * P, P, 1},
        {"by product and category adds up to D_cba", a->by_product_category, a->D_cba, P * C, k * P * C, P * C, 1},
        {"gross imports by product add up to IMP_RME", a->imp_rme_product, a->imp_rme, P, k * P, P, 1},
        {"gross imports by seller add up to IMP_RME", a->imp_rme_origin, a->imp_rme, R, R * k, 1, k},
        {"gross exports by product add up to EXP_RME", a->exp_rme_product, a->exp_rme, P, k * P, P, 1},
    };
    leie_status st = LEIE_OK;
    for (size_t i = 0; i < sizeof list_of / sizeof *list_of && !st; i++)
        if (list_of[i].part)
            st = check_breakdown(list, v, &list_of[i], err);
    return st;
}

// ---- regions and groups ----

// D_exp by sector adds up where an account region is one table region.
static leie_status check_exports(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = AGREED};
    for (leie_size q = 0; q < a->q; q++) {
        leie_size r = v->only[q];
        if (r < 0)
            continue;
        leie_size first = v->t->sector.first[r], count = v->t->sector.first[r + 1] - first;
        for (leie_size s = 0; s < a->k; s++) {
            const double *part = a->exp_by_sector + s * a->n + first;
            double sum = leie_sum(part, count, 1), total = a->D_exp[q * a->k + s];
            double scale = fmax(leie_sum_abs(part, count, 1), fabs(a->D_pba[q * a->k + s]));
            leie_worst_see(&worst, q * a->k + s, leie_gap(sum, total, scale), sum - total);
        }
    }
    return leie_identity_add(list, "exports by sector add up to D_exp", leie_judge(&worst), AGREED, &worst,
                             describe_place, v, err);
}

// Whether every member of account region q is an account region by itself.
static bool has_all_members(const accounts_view *v, leie_size q)
{
    for (leie_size r = 0; r < v->a->R; r++)
        if (v->q->member[q * v->a->R + r] && v->own[r] < 0)
            return false;
    return true;
}

// The sum of total [q, k] over the members of account region q.
static double sum_of_members(const accounts_view *v, leie_size q, leie_size s, const double *total)
{
    leie_acc sum = {0, 0};
    for (leie_size r = 0; r < v->a->R; r++)
        if (v->q->member[q * v->a->R + r])
            leie_acc_add(&sum, total[v->own[r] * v->a->k + s]);
    return leie_acc_value(&sum);
}

// D_pba and D_cba of groups add up; D_imp does not, by the trade among the members, which is shown.
static leie_status check_groups(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = AGREED}, among = {.threshold = 0};
    leie_size groups = 0;
    for (leie_size q = 0; q < a->q; q++) {
        if (v->only[q] >= 0 || !has_all_members(v, q))
            continue;
        groups++;
        for (leie_size s = 0; s < a->k; s++) {
            leie_size at = q * a->k + s;
            double pba = sum_of_members(v, q, s, a->D_pba), cba = sum_of_members(v, q, s, a->D_cba);
            double imp = sum_of_members(v, q, s, a->D_imp);
            leie_worst_see(&worst, at, leie_gap(pba, a->D_pba[at], fabs(a->D_pba[at])), pba - a->D_pba[at]);
            leie_worst_see(&worst, at, leie_gap(cba, a->D_cba[at], fabs(a->D_cba[at])), cba - a->D_cba[at]);
            leie_worst_see(&among, at, leie_gap(imp, a->D_imp[at], fmax(fabs(imp), fabs(a->D_imp[at]))),
                           imp - a->D_imp[at]);
        }
    }
    if (groups == 0)
        return LEIE_OK;
    leie_status st = leie_identity_add(list, "groups: D_pba and D_cba are those of the members", leie_judge(&worst),
                                       AGREED, &worst, describe_place, v, err);
    if (st)
        return st;
    return leie_identity_add(list, "groups: D_imp among the members, as a share of theirs", LEIE_INFO, 0, &among,
                             describe_place, v, err);
}

// M x imports - M x exports of account region q with regions outside it, and the largest term in *scale.
static double embodied_balance(const accounts_view *v, leie_size q, leie_size s, double *scale)
{
    leie_size R = v->a->R;
    const bool *member = v->q->member + q * R;
    const double *T = v->a->trade_embodied + s * R * R;
    leie_acc in = {0, 0}, out = {0, 0};
    for (leie_size r = 0; r < R; r++)
        for (leie_size p = 0; p < R && member[r]; p++)
            if (!member[p]) {
                leie_acc_add(&in, T[p * R + r]);
                leie_acc_add(&out, T[r * R + p]);
            }
    *scale = fmax(fabs(leie_acc_value(&in)), fabs(leie_acc_value(&out)));
    return leie_acc_value(&in) - leie_acc_value(&out);
}

static leie_status check_trade(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = AGREED};
    for (leie_size at = 0; at < a->q * a->k; at++) {
        leie_size q = at / a->k, s = at % a->k;
        double scale, right = a->D_pba[at] - a->unallocated[at] + embodied_balance(v, q, s, &scale);
        double left = a->D_cba[at];
        for (leie_size r = 0; r < a->R; r++)
            left += v->q->member[q * a->R + r] ? a->trade_outside[r * a->k + s] : 0;
        scale = fmax(scale, fmax(fabs(a->D_pba[at]), fabs(a->D_cba[at])));
        leie_worst_see(&worst, at, leie_gap(left, right, scale), left - right);
    }
    return leie_identity_add(list, "RMC = DE + M imports - M exports", leie_judge(&worst), AGREED, &worst,
                             describe_place, v, err);
}

// ---- the solver, and what is outside ----

static leie_status check_residual(leie_identities *list, const leie_accounts *a, leie_error *err)
{
    const char *name = "residual of every right-hand side";
    const leie_linsys_info *info = &a->linsys;
    if (info->right_hand_sides == 0)
        return leie_identity_say(list, name, LEIE_SKIPPED, 0, SOLVED, err, "the table has no stressors");
    return leie_identity_say(list, name, info->residual <= SOLVED ? LEIE_PASS : LEIE_FAIL, info->residual, SOLVED, err,
                             "solver %s, %lld right-hand sides, |r| / |b| at most %.2e", leie_solver_name(info->solver),
                             (long long)info->right_hand_sides, info->residual_b);
}

// Pressures [k] that are in no footprint, as a share of the stressor.
static leie_status say_share(leie_identities *list, const char *name, const accounts_view *v, const double *amount,
                             leie_error *err)
{
    leie_worst worst = {.threshold = AGREED};
    for (leie_size s = 0; s < v->a->k; s++) {
        double all = leie_sum_abs(v->a->production + s * v->a->n, v->a->n, 1);
        leie_worst_see(&worst, s, leie_gap(amount[s], 0, all), amount[s]);
    }
    return leie_identity_add(list, name, LEIE_INFO, 0, &worst, describe_stressor, v, err);
}

// ---- plausibility ----

static leie_status say_concentration(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = 0.5};
    for (leie_size s = 0; s < a->k; s++) {
        const double *F = a->production + s * a->n;
        double all = leie_sum(F, a->n, 1);
        for (leie_size r = 0; r < a->R && all > 0; r++) {
            leie_size first = v->t->sector.first[r];
            double share = leie_sum(F + first, v->t->sector.first[r + 1] - first, 1) / all;
            leie_worst_see(&worst, s * a->R + r, share, share);
        }
    }
    return leie_identity_add(list, "plausibility: one region has over half of a stressor", LEIE_INFO, 0, &worst,
                             describe_share, v, err);
}

static leie_status say_origins(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = 0.5};
    for (leie_size at = 0; at < a->q * a->k; at++)
        for (leie_size r = 0; r < a->R && a->D_cba[at] > 0; r++) {
            leie_size q = at / a->k;
            double share = a->by_origin[(q * a->R + r) * a->k + at % a->k] / a->D_cba[at];
            if (!v->q->member[q * a->R + r])
                leie_worst_see(&worst, at * a->R + r, share, share);
        }
    return leie_identity_add(list, "plausibility: one region abroad supplies over half of a footprint", LEIE_INFO, 0,
                             &worst, describe_origin, v, err);
}

static leie_status say_negative(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = 0};
    for (leie_size at = 0; at < a->q * a->k; at++) {
        double scale = fabs(a->D_pba[at]) + fabs(a->D_imp[at]) + fabs(a->D_exp[at]);
        if (a->D_cba[at] < 0)
            leie_worst_see(&worst, at, -a->D_cba[at] / scale, a->D_cba[at]);
    }
    return leie_identity_add(list, "plausibility: negative footprints", LEIE_INFO, 0, &worst, describe_place, v, err);
}

// Footprint per money of final demand against the mean of the account regions.
static leie_status say_intensities(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_worst worst = {.threshold = 10};
    double spent = leie_sum(a->final_demand, a->q * a->C, 1);
    for (leie_size s = 0; s < a->k; s++) {
        double mean = leie_sum(a->D_cba + s, a->q, a->k) / spent;
        for (leie_size q = 0; q < a->q; q++) {
            double own = a->D_cba[q * a->k + s] / leie_sum(a->final_demand + q * a->C, a->C, 1);
            if (mean > 0 && isfinite(own))
                leie_worst_see(&worst, q * a->k + s, own / mean, own);
        }
    }
    return leie_identity_add(list, "plausibility: footprint per final demand over ten times the mean", LEIE_INFO, 0,
                             &worst, describe_intensity, v, err);
}

// Fills own and only.
static leie_status set_view(accounts_view *v, leie_error *err)
{
    leie_size R = v->a->R;
    v->own = leie_new(R, sizeof *v->own);
    v->only = leie_new(v->a->q, sizeof *v->only);
    if (!v->own || !v->only)
        return leie_fail_memory(err, "identities", R + v->a->q, sizeof *v->own);
    for (leie_size r = 0; r < R; r++)
        v->own[r] = -1;
    for (leie_size q = 0; q < v->a->q; q++) {
        leie_size members = 0;
        for (leie_size r = 0; r < R; r++)
            if (v->q->member[q * R + r]) {
                v->only[q] = (leie_index)r;
                members++;
            }
        if (members == 1)
            v->own[v->only[q]] = (leie_index)q;
        else
            v->only[q] = -1;
    }
    return LEIE_OK;
}

static leie_status check_accounts(leie_identities *list, const accounts_view *v, leie_error *err)
{
    const leie_accounts *a = v->a;
    leie_status st = check_residual(list, a, err);
    if (!st)
        st = check_world(list, v, err);
    if (!st)
        st = check_regions(list, v, err);
    if (!st)
        st = check_gross(list, v, err);
    if (!st)
        st = check_breakdowns(list, v, err);
    if (!st && a->exp_by_sector)
        st = check_exports(list, v, err);
    if (!st)
        st = check_groups(list, v, err);
    if (!st && a->trade_embodied)
        st = check_trade(list, v, err);
    return st;
}

static leie_status say_accounts(leie_identities *list, const accounts_view *v, leie_error *err)
{
    leie_status st = say_share(list, "pressures for columns that do not count", v, v->a->outside, err);
    if (!st)
        st = say_share(list, "pressures for the imbalance of rows", v, v->a->imbalance, err);
    if (!st)
        st = say_concentration(list, v, err);
    if (!st && v->a->by_origin)
        st = say_origins(list, v, err);
    if (!st)
        st = say_negative(list, v, err);
    if (!st)
        st = say_intensities(list, v, err);
    return st;
}

leie_status leie_identities_accounts(leie_identities *list, const leie_table *t, const leie_account_regions *q,
                                     const leie_accounts *a, leie_error *err)
{
    accounts_view v = {t, q, a, NULL, NULL};
    leie_status st = set_view(&v, err);
    if (!st)
        st = check_accounts(list, &v, err);
    if (!st)
        st = say_accounts(list, &v, err);
    leie_free(v.own);
    leie_free(v.only);
    return st;
}
