// SPDX-License-Identifier: GPL-3.0-or-later
/* From flows to cells (ewmfa_cells.c), from cells to quantities of account regions, from quantities to
 * indicators. */
#include "solver/account/ewmfa.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/ewmfa_impl.h"

// ---- indicators as sums of quantities ----

/* Quantities: the kinds of flows, then parts of trade by who the partner is. */
enum quantity {
    IMP_INTER = LEIE_FLOW_KINDS,
    EXP_INTER,
    IMP_W_FOREIGN,
    EXP_W_FOREIGN,
    QUANTITIES
};

enum { TERMS = 6 };

// Terms of a sum: the quantity + 1, negative for what is taken off; 0 ends the list.
#define PLUS(quantity) ((int)(quantity) + 1)
#define MINUS(quantity) (-(int)(quantity) - 1)

typedef struct formula {
    const char *name, *long_name;
    int term[TERMS];
    bool rme, total_only;
} formula;

static const formula formulas[LEIE_MFA_INDICATORS] = {
    [LEIE_MFA_DEU] = {"DEU", "domestic extraction used", {PLUS(LEIE_FLOW_DE)}, false, false},
    [LEIE_MFA_IMP] = {"IMP", "imports", {PLUS(LEIE_FLOW_IMP)}, false, false},
    [LEIE_MFA_EXP] = {"EXP", "exports", {PLUS(LEIE_FLOW_EXP)}, false, false},
    [LEIE_MFA_IMP_INTER] = {"IMP_INTER", "imports from other regions of the account", {PLUS(IMP_INTER)}, false, false},
    [LEIE_MFA_EXP_INTER] = {"EXP_INTER", "exports to other regions of the account", {PLUS(EXP_INTER)}, false, false},
    [LEIE_MFA_DMI] = {"DMI", "direct material input", {PLUS(LEIE_FLOW_DE), PLUS(LEIE_FLOW_IMP)}, false, false},
    [LEIE_MFA_DMC] = {"DMC", "domestic material consumption",
                      {PLUS(LEIE_FLOW_DE), PLUS(LEIE_FLOW_IMP), MINUS(LEIE_FLOW_EXP)}, false, false},
    [LEIE_MFA_PTB] = {"PTB", "physical trade balance", {PLUS(LEIE_FLOW_IMP), MINUS(LEIE_FLOW_EXP)}, false, false},
    [LEIE_MFA_U] = {"U", "circular use of materials",
                    {PLUS(LEIE_FLOW_RCV), MINUS(LEIE_FLOW_IMP_W), PLUS(LEIE_FLOW_EXP_W)}, false, false},
    [LEIE_MFA_UDE] = {"UDE", "unused domestic extraction", {PLUS(LEIE_FLOW_UDE)}, false, false},
    [LEIE_MFA_BI_IN] = {"BI_IN", "balancing items, input side", {PLUS(LEIE_FLOW_BI_IN)}, false, true},
    [LEIE_MFA_BI_OUT] = {"BI_OUT", "balancing items, output side", {PLUS(LEIE_FLOW_BI_OUT)}, false, true},
    [LEIE_MFA_DPO] = {"DPO", "domestic processed output", {PLUS(LEIE_FLOW_DPO)}, false, true},
    [LEIE_MFA_DMO] = {"DMO", "direct material output", {PLUS(LEIE_FLOW_DPO), PLUS(LEIE_FLOW_EXP)}, false, true},
    [LEIE_MFA_TDO] = {"TDO", "total domestic output", {PLUS(LEIE_FLOW_DPO), PLUS(LEIE_FLOW_UDE)}, false, true},
    [LEIE_MFA_NAS] = {"NAS", "net additions to stock",
                      {PLUS(LEIE_FLOW_DE), PLUS(LEIE_FLOW_IMP), PLUS(LEIE_FLOW_BI_IN), MINUS(LEIE_FLOW_EXP),
                       MINUS(LEIE_FLOW_DPO), MINUS(LEIE_FLOW_BI_OUT)}, false, true},
    [LEIE_MFA_IMP_RME] = {"IMP_RME", "imports in raw material equivalents", {PLUS(LEIE_FLOW_IMP_RME)}, true, false},
    [LEIE_MFA_EXP_RME] = {"EXP_RME", "exports in raw material equivalents", {PLUS(LEIE_FLOW_EXP_RME)}, true, false},
    [LEIE_MFA_RMI] = {"RMI", "raw material input", {PLUS(LEIE_FLOW_DE), PLUS(LEIE_FLOW_IMP_RME)}, true, false},
    [LEIE_MFA_RMC] = {"RMC", "raw material consumption",
                      {PLUS(LEIE_FLOW_DE), PLUS(LEIE_FLOW_IMP_RME), MINUS(LEIE_FLOW_EXP_RME)}, true, false},
    [LEIE_MFA_RTB] = {"RTB", "raw material trade balance", {PLUS(LEIE_FLOW_IMP_RME), MINUS(LEIE_FLOW_EXP_RME)}, true, false}};

// Which kind reports an indicator as it is, and whether reports of regions add up to that of their group.
static const struct {
    leie_mfa_indicator indicator;
    leie_flow_kind kind;
    bool adds_up;
} reported[] = {{LEIE_MFA_DMI, LEIE_FLOW_DMI, false},
                {LEIE_MFA_DMC, LEIE_FLOW_DMC, true},
                {LEIE_MFA_RMI, LEIE_FLOW_RMI, false},
                {LEIE_MFA_RMC, LEIE_FLOW_RMC, true}};
enum { REPORTED = sizeof reported / sizeof reported[0] };

const char *leie_mfa_name(leie_mfa_indicator indicator)
{
    return formulas[indicator].name;
}

const char *leie_mfa_long_name(leie_mfa_indicator indicator)
{
    return formulas[indicator].long_name;
}

int leie_mfa_find(const char *name)
{
    for (int i = 0; i < LEIE_MFA_INDICATORS; i++)
        if (strcmp(formulas[i].name, name) == 0)
            return i;
    return -1;
}

const char *leie_cmu_name(leie_cmu_definition definition)
{
    static const char *const names[] = {"eurostat", "foreign_waste_trade", "uncorrected"};
    return names[definition];
}

bool leie_mfa_is_rme(leie_mfa_indicator indicator)
{
    return formulas[indicator].rme;
}

// ---- quantities of an account region ----

// Sums over cells for one year and one account region.
typedef struct sums {
    const leie_mfa *mfa;
    const bool *member;  // [R]
    double *value;       // [QUANTITIES, M]
    double *variance;    // [QUANTITIES, M]
    signed char status[QUANTITIES]; // -1: no rows
} sums;

// The quantities that a cell belongs to; their number.
static int quantities_of(int quantity[2], const leie_mfa_cell *cell)
{
    bool foreign = cell->partner < 0;
    int n = 0;
    quantity[n++] = (int)cell->kind;
    if (!foreign && (cell->kind == LEIE_FLOW_IMP || cell->kind == LEIE_FLOW_EXP))
        quantity[n++] = cell->kind == LEIE_FLOW_IMP ? IMP_INTER : EXP_INTER;
    if (foreign && (cell->kind == LEIE_FLOW_IMP_W || cell->kind == LEIE_FLOW_EXP_W))
        quantity[n++] = cell->kind == LEIE_FLOW_IMP_W ? IMP_W_FOREIGN : EXP_W_FOREIGN;
    return n;
}

static void add_cell(sums *s, leie_size c)
{
    const leie_mfa *mfa = s->mfa;
    int quantity[2];
    int n = quantities_of(quantity, &mfa->cell[c]);
    for (int i = 0; i < n; i++) {
        for (leie_size m = 0; m < mfa->M; m++) {
            s->value[quantity[i] * mfa->M + m] += mfa->cell_value[c * mfa->M + m];
            s->variance[quantity[i] * mfa->M + m] += mfa->cell_variance[c * mfa->M + m];
        }
        signed char status = (signed char)mfa->cell[c].status;
        if (status > s->status[quantity[i]])
            s->status[quantity[i]] = status;
    }
}

// A kind that a member does not report makes the quantity missing; parts of trade follow the trade itself.
static void mark_missing(sums *s, const bool *has)
{
    const leie_mfa *mfa = s->mfa;
    static const int whole[] = {LEIE_FLOW_IMP, LEIE_FLOW_EXP, LEIE_FLOW_IMP_W, LEIE_FLOW_EXP_W};
    for (int quantity = 0; quantity < QUANTITIES; quantity++) {
        int kind = quantity < LEIE_FLOW_KINDS ? quantity : whole[quantity - LEIE_FLOW_KINDS];
        bool missing = false;
        for (leie_size r = 0; r < mfa->R; r++)
            missing |= s->member[r] && !has[r * LEIE_FLOW_KINDS + kind];
        for (leie_size m = 0; missing && m < mfa->M; m++)
            s->value[quantity * mfa->M + m] = NAN;
    }
}

// first, last: the cells of the year; has [R, kinds] what is reported in it.
static void sum_cells(sums *s, leie_size first, leie_size last, const bool *has)
{
    const leie_mfa *mfa = s->mfa;
    memset(s->value, 0, (size_t)(QUANTITIES * mfa->M) * sizeof *s->value);
    memset(s->variance, 0, (size_t)(QUANTITIES * mfa->M) * sizeof *s->variance);
    memset(s->status, -1, sizeof s->status);
    for (leie_size c = first; c < last; c++) {
        const leie_mfa_cell *cell = &mfa->cell[c];
        bool inside = cell->partner >= 0 && s->member[cell->partner];
        if (s->member[cell->region] && !inside)
            add_cell(s, c);
    }
    mark_missing(s, has);
}

// ---- indicators ----

static void make_indicator(leie_mfa *mfa, leie_size y, leie_size q, leie_mfa_indicator i, const sums *s)
{
    const formula *d = &formulas[i];
    double *value = mfa->value + leie_mfa_at(mfa, y, q, i, 0), *variance = mfa->variance + leie_mfa_at(mfa, y, q, i, 0);
    signed char *status = &mfa->status[(y * mfa->q + q) * LEIE_MFA_INDICATORS + i];
    *status = -1;
    for (int t = 0; t < TERMS && d->term[t]; t++) {
        int quantity = d->term[t], at = (quantity > 0 ? quantity : -quantity) - 1;
        for (leie_size m = 0; m < mfa->M; m++) {
            value[m] += quantity > 0 ? s->value[at * mfa->M + m] : -s->value[at * mfa->M + m];
            variance[m] += s->variance[at * mfa->M + m];
        }
        if (s->status[at] > *status)
            *status = s->status[at];
    }
    for (leie_size m = 1; d->total_only && m < mfa->M; m++)
        value[m] = NAN;
    if (isnan(value[LEIE_MATERIAL_TOTAL]))
        *status = -1;
}

// What the region reports of an indicator itself: kept beside, and taken where the parts are missing.
static void take_reported(leie_mfa *mfa, leie_size y, leie_size q, int i, const sums *s)
{
    leie_size members = 0, at = leie_mfa_at(mfa, y, q, reported[i].indicator, 0);
    const double *given = s->value + reported[i].kind * mfa->M;
    for (leie_size r = 0; r < mfa->R; r++)
        members += s->member[r];
    if (isnan(given[LEIE_MATERIAL_TOTAL]) || (members > 1 && !reported[i].adds_up))
        return;
    signed char *status = &mfa->status[(y * mfa->q + q) * LEIE_MFA_INDICATORS + reported[i].indicator];
    for (leie_size m = 0; m < mfa->M; m++) {
        mfa->published[at + m] = given[m];
        if (!isnan(mfa->value[at + m]))
            continue;
        mfa->value[at + m] = given[m];
        mfa->variance[at + m] = s->variance[reported[i].kind * mfa->M + m];
        *status = s->status[reported[i].kind];
    }
}

double leie_cmu(double U, double dmc)
{
    return dmc + U > 0 ? U / (dmc + U) : NAN;
}

static void make_cmu(leie_mfa *mfa, leie_size y, leie_size q, const sums *s)
{
    const double *rcv = s->value + LEIE_FLOW_RCV * mfa->M;
    const double *dmc = mfa->value + leie_mfa_at(mfa, y, q, LEIE_MFA_DMC, 0);
    static const int in[] = {LEIE_FLOW_IMP_W, IMP_W_FOREIGN, -1}, out[] = {LEIE_FLOW_EXP_W, EXP_W_FOREIGN, -1};
    for (int d = 0; d < LEIE_CMU_DEFINITIONS; d++)
        for (leie_size m = 0; m < mfa->M; m++) {
            double U = rcv[m];
            if (in[d] >= 0)
                U += s->value[out[d] * mfa->M + m] - s->value[in[d] * mfa->M + m];
            leie_size at = ((d * mfa->Y + y) * mfa->q + q) * mfa->M + m;
            mfa->circular[at] = U;
            mfa->cmu[at] = leie_cmu(U, dmc[m]);
        }
}

// Which kinds each region reports in the cells of a year.
static void find_reports(bool *has, const leie_mfa *mfa, leie_size first, leie_size last)
{
    memset(has, 0, (size_t)(mfa->R * LEIE_FLOW_KINDS) * sizeof *has);
    for (leie_size c = first; c < last; c++)
        has[mfa->cell[c].region * LEIE_FLOW_KINDS + (int)mfa->cell[c].kind] = true;
}

static void make_years(leie_mfa *mfa, const leie_account_regions *q, sums *s, bool *has)
{
    leie_size first = 0;
    for (leie_size y = 0; y < mfa->Y; y++) {
        leie_size last = first;
        while (last < mfa->cells && mfa->cell[last].year == y)
            last++;
        find_reports(has, mfa, first, last);
        for (leie_size k = 0; k < mfa->q; k++) {
            s->member = q->member + k * mfa->R;
            sum_cells(s, first, last, has);
            for (int i = 0; i < LEIE_MFA_INDICATORS; i++)
                make_indicator(mfa, y, k, (leie_mfa_indicator)i, s);
            for (int i = 0; i < REPORTED; i++)
                take_reported(mfa, y, k, i, s);
            make_cmu(mfa, y, k, s);
        }
        first = last;
    }
}

static leie_status make_indicators(leie_mfa *mfa, const leie_account_regions *q, leie_error *err)
{
    leie_size n = mfa->Y * mfa->q * LEIE_MFA_INDICATORS;
    sums s = {.mfa = mfa};
    bool *has = leie_new(mfa->R * LEIE_FLOW_KINDS, sizeof *has);
    leie_status st = LEIE_OK;
    s.value = leie_new(QUANTITIES * mfa->M, sizeof *s.value);
    s.variance = leie_new(QUANTITIES * mfa->M, sizeof *s.variance);
    mfa->value = leie_new(n * mfa->M, sizeof *mfa->value);
    mfa->variance = leie_new(n * mfa->M, sizeof *mfa->variance);
    mfa->published = leie_new(n * mfa->M, sizeof *mfa->published);
    mfa->status = leie_new(n, sizeof *mfa->status);
    mfa->circular = leie_new(LEIE_CMU_DEFINITIONS * mfa->Y * mfa->q * mfa->M, sizeof *mfa->circular);
    mfa->cmu = leie_new(LEIE_CMU_DEFINITIONS * mfa->Y * mfa->q * mfa->M, sizeof *mfa->cmu);
    if (!has || !s.value || !s.variance || !mfa->value || !mfa->variance || !mfa->published || !mfa->status || !mfa->circular ||
        !mfa->cmu) {
        st = leie_fail_memory(err, "material flow accounts", n * mfa->M, sizeof *mfa->value);
    } else {
        for (leie_size i = 0; i < n * mfa->M; i++)
            mfa->published[i] = NAN;
        make_years(mfa, q, &s, has);
    }
    leie_free(has);
    leie_free(s.value);
    leie_free(s.variance);
    return st;
}

static bool states_deviations(const leie_flows *f)
{
    for (leie_size i = 0; i < f->n; i++)
        if (!isnan(f->row[i].sd))
            return true;
    return false;
}

leie_status leie_mfa_make(leie_mfa *mfa, const leie_flows *f, const leie_rme *rme, const leie_materials *m,
                          const leie_account_regions *q, leie_error *err)
{
    *mfa = (leie_mfa){.q = q->label.n, .R = f->region.n, .M = m->label.n};
    leie_status st = leie_mfa_cells_make(mfa, f, rme, m, err);
    if (!st)
        st = make_indicators(mfa, q, err);
    if (st)
        leie_mfa_clear(mfa);
    else if (!states_deviations(f))
        mfa->variance = leie_free(mfa->variance);
    return st;
}

void leie_mfa_clear(leie_mfa *mfa)
{
    leie_free(mfa->year);
    leie_free(mfa->value);
    leie_free(mfa->variance);
    leie_free(mfa->published);
    leie_free(mfa->status);
    leie_free(mfa->circular);
    leie_free(mfa->cmu);
    leie_free(mfa->covered);
    leie_free(mfa->used);
    leie_free(mfa->cell);
    leie_free(mfa->cell_value);
    leie_free(mfa->cell_variance);
    leie_free(mfa->gap);
    leie_provenance_clear(&mfa->provenance);
    *mfa = (leie_mfa){0};
}
