// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/identities_flows.h"

#include <math.h>
#include <stdio.h>

#include "solver/account/identities_impl.h"

static const double EXACT = 1e-9, ROUNDED = 1e-6, WRONG = 1e-2;

typedef struct account {
    leie_identities *list;
    const leie_flows *f;
    const leie_materials *m;
    const leie_account_regions *q;
    const leie_mfa *mfa;
    leie_error *err;
} account;

// ---- places in words ----

// at counts (year, account region, indicator, material) as leie_mfa.value does.
static void describe_value(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const account *a = ctx;
    leie_size m = at % a->mfa->M, rest = at / a->mfa->M;
    int indicator = (int)(rest % LEIE_MFA_INDICATORS);
    leie_size series = rest / LEIE_MFA_INDICATORS;
    snprintf(out, size, "%s %s %s %d (%.6g t)", a->q->label.code[series % a->mfa->q],
             leie_mfa_name((leie_mfa_indicator)indicator), a->m->label.code[m], a->mfa->year[series / a->mfa->q], shown);
}

static void describe_gap(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const account *a = ctx;
    const leie_mfa_gap *gap = &a->mfa->gap[at];
    snprintf(out, size, "%s %s %s %d (%.6g t)", a->f->region.code[gap->region], leie_flow_kind_name(gap->kind),
             a->m->label.code[gap->material], a->mfa->year[gap->year], shown);
}

static void describe_cell(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const account *a = ctx;
    const leie_mfa_cell *cell = &a->mfa->cell[at];
    snprintf(out, size, "%s from %s %d (%.6g t)", a->f->region.code[cell->region], a->f->region.code[cell->partner],
             a->mfa->year[cell->year], shown);
}

static void describe_coverage(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const account *a = ctx;
    leie_size r = at / 2 % a->mfa->R, y = at / 2 / a->mfa->R;
    snprintf(out, size, "%s %s %d (%.3g %%)", a->f->region.code[r], at % 2 ? "exports" : "imports", a->mfa->year[y],
             100 * shown);
}

// ---- judging ----

// Published figures are rounded: small gaps are no fault.
static leie_verdict judge_rounded(const leie_worst *worst)
{
    return !worst->count ? LEIE_PASS : worst->largest <= WRONG ? LEIE_INFO : LEIE_FAIL;
}

static void see_gap(leie_worst *worst, leie_size at, double left, double right)
{
    leie_worst_see(worst, at, leie_gap(left, right, fmax(fabs(left), fabs(right))), left - right);
}

// ---- the identities ----

// left = sum - minus, wherever all three are known and the indicator was not taken as reported.
static leie_status difference(const account *a, const char *name, leie_mfa_indicator left, leie_mfa_indicator sum,
                              leie_mfa_indicator minus)
{
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = EXACT};
    for (leie_size y = 0; y < mfa->Y; y++)
        for (leie_size q = 0; q < mfa->q; q++)
            for (leie_size m = 0; m < mfa->M; m++) {
                double l = mfa->value[leie_mfa_at(mfa, y, q, left, m)], s = mfa->value[leie_mfa_at(mfa, y, q, sum, m)];
                double t = mfa->value[leie_mfa_at(mfa, y, q, minus, m)];
                if (!isnan(l) && !isnan(s) && !isnan(t))
                    leie_worst_see(&worst, leie_mfa_at(mfa, y, q, left, m), leie_gap(l, s - t, fmax(fabs(s), fabs(t))),
                                   l - (s - t));
            }
    return leie_identity_add(a->list, name, leie_judge(&worst), EXACT, &worst, describe_value, a, a->err);
}

static leie_status tree(const account *a)
{
    leie_worst worst = {.threshold = ROUNDED};
    for (leie_size g = 0; g < a->mfa->gaps; g++) {
        const leie_mfa_gap *gap = &a->mfa->gap[g];
        leie_worst_see(&worst, g, fabs(gap->gap) / fmax(fabs(gap->value), fabs(gap->value - gap->gap)), gap->gap);
    }
    return leie_identity_add(a->list, "materials: a parent is the sum of its children", judge_rounded(&worst), ROUNDED,
                             &worst, describe_gap, a, a->err);
}

// Exports that the partner reports of an import cell; NaN when it reports none.
static double mirror_of(const leie_mfa *mfa, const leie_mfa_cell *imports)
{
    for (leie_size c = 0; c < mfa->cells; c++) {
        const leie_mfa_cell *cell = &mfa->cell[c];
        if (cell->kind == LEIE_FLOW_EXP && cell->year == imports->year && cell->region == imports->partner &&
            cell->partner == imports->region)
            return mfa->cell_value[c * mfa->M];
    }
    return NAN;
}

static leie_status mirrors(const account *a)
{
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = ROUNDED};
    leie_size pairs = 0;
    for (leie_size c = 0; c < mfa->cells; c++) {
        if (mfa->cell[c].kind != LEIE_FLOW_IMP || mfa->cell[c].partner < 0)
            continue;
        see_gap(&worst, c, mfa->cell_value[c * mfa->M], mirror_of(mfa, &mfa->cell[c]));
        pairs++;
    }
    if (!pairs)
        return LEIE_OK;
    return leie_identity_add(a->list, "interregional trade: both sides agree", judge_rounded(&worst), ROUNDED, &worst,
                             describe_cell, a, a->err);
}

static leie_status reported(const account *a)
{
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = ROUNDED};
    leie_size n = mfa->Y * mfa->q * LEIE_MFA_INDICATORS * mfa->M, compared = 0;
    for (leie_size i = 0; i < n; i++) {
        if (isnan(mfa->published[i]) || mfa->published[i] == mfa->value[i])
            continue;
        see_gap(&worst, i, mfa->value[i], mfa->published[i]);
        compared++;
    }
    if (!compared)
        return LEIE_OK;
    return leie_identity_add(a->list, "indicators equal those reported", judge_rounded(&worst), ROUNDED, &worst,
                             describe_value, a, a->err);
}

// ---- groups ----

static leie_size count_members(const account *a, leie_size group)
{
    leie_size n = 0;
    for (leie_size r = 0; r < a->mfa->R; r++)
        n += a->q->member[group * a->mfa->R + r];
    return n;
}

// Sum of a total over the members of a group; NaN when one is not an account region of its own.
static double members_total(const account *a, leie_size y, leie_size group, leie_mfa_indicator i)
{
    double sum = 0;
    for (leie_size r = 0; r < a->mfa->R; r++) {
        if (!a->q->member[group * a->mfa->R + r])
            continue;
        leie_size q = leie_labels_find(&a->q->label, a->f->region.code[r]);
        sum += q < 0 ? NAN : a->mfa->value[leie_mfa_at(a->mfa, y, q, i, LEIE_MATERIAL_TOTAL)];
    }
    return sum;
}

static leie_status groups(const account *a, leie_mfa_indicator i, bool adds_up)
{
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = EXACT};
    leie_size compared = 0;
    char name[96];
    for (leie_size y = 0; y < mfa->Y; y++)
        for (leie_size q = 0; q < mfa->q; q++) {
            double sum = members_total(a, y, q, i), own = mfa->value[leie_mfa_at(mfa, y, q, i, LEIE_MATERIAL_TOTAL)];
            if (count_members(a, q) < 2 || isnan(sum) || isnan(own))
                continue;
            see_gap(&worst, leie_mfa_at(mfa, y, q, i, LEIE_MATERIAL_TOTAL), sum, own);
            compared++;
        }
    if (!compared)
        return LEIE_OK;
    snprintf(name, sizeof name, adds_up ? "groups: %s of the members add up" : "groups: %s of the members, less the group's",
             leie_mfa_name(i));
    return leie_identity_add(a->list, name, adds_up ? leie_judge(&worst) : LEIE_INFO, adds_up ? EXACT : 0, &worst,
                             describe_value, a, a->err);
}

// ---- to know ----

static leie_status coverage(const account *a)
{
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = 0};
    for (leie_size i = 0; i < mfa->Y * mfa->R * 2; i++)
        if (!isnan(mfa->covered[i]))
            leie_worst_see(&worst, i, 1 - mfa->covered[i], 1 - mfa->covered[i]);
    if (!worst.count)
        return LEIE_OK;
    return leie_identity_add(a->list, "trade without an RME coefficient", LEIE_INFO, 0, &worst, describe_coverage, a, a->err);
}

static leie_status negatives(const account *a)
{
    static const leie_mfa_indicator use[] = {LEIE_MFA_DMC, LEIE_MFA_RMC};
    const leie_mfa *mfa = a->mfa;
    leie_worst worst = {.threshold = 0};
    for (leie_size y = 0; y < mfa->Y; y++)
        for (leie_size q = 0; q < mfa->q; q++)
            for (int i = 0; i < 2; i++)
                for (leie_size m = 0; m < mfa->M; m++) {
                    leie_size at = leie_mfa_at(mfa, y, q, use[i], m);
                    if (mfa->value[at] < 0)
                        leie_worst_see(&worst, at, -mfa->value[at], mfa->value[at]);
                }
    if (!worst.count)
        return LEIE_OK;
    return leie_identity_add(a->list, "negative consumption of a material", LEIE_INFO, 0, &worst, describe_value, a, a->err);
}

leie_status leie_identities_flows(leie_identities *list, const leie_flows *f, const leie_materials *m,
                                  const leie_account_regions *q, const leie_mfa *mfa, leie_error *err)
{
    const account a = {list, f, m, q, mfa, err};
    leie_status st = difference(&a, "DMC = DMI - EXP", LEIE_MFA_DMC, LEIE_MFA_DMI, LEIE_MFA_EXP);
    st = st ? st : difference(&a, "RMC = RMI - EXP_RME", LEIE_MFA_RMC, LEIE_MFA_RMI, LEIE_MFA_EXP_RME);
    st = st ? st : tree(&a);
    st = st ? st : mirrors(&a);
    st = st ? st : reported(&a);
    st = st ? st : groups(&a, LEIE_MFA_DMC, true);
    st = st ? st : groups(&a, LEIE_MFA_RMC, true);
    st = st ? st : groups(&a, LEIE_MFA_DMI, false);
    st = st ? st : groups(&a, LEIE_MFA_RMI, false);
    st = st ? st : coverage(&a);
    return st ? st : negatives(&a);
}
