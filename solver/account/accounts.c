// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/accounts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/account/accounts_impl.h"

// ---- arrays of the result ----

typedef struct result_array {
    double **at;
    leie_size count;
    unsigned by; // breakdowns that ask for it; 0 for always, TRADING for all but footprints alone
} result_array;

enum { RESULT_ARRAYS = 37 };
static const unsigned TRADING = 1u << 31;

static void list_results(result_array list[RESULT_ARRAYS], leie_accounts *a)
{
    leie_size q = a->q, k = a->k, n = a->n, P = a->P, C = a->C, R = a->R;
    const result_array all[RESULT_ARRAYS] = {
        {&a->x, n, 0},
        {&a->production, k * n, 0},
        {&a->D_pba, q * k, 0},
        {&a->unallocated, q * k, 0},
        {&a->D_cba, q * k, 0},
        {&a->D_imp, q * k, TRADING},
        {&a->D_exp, q * k, TRADING},
        {&a->direct, q * k, 0},
        {&a->D_cba_world, k, 0},
        {&a->outside, k, 0},
        {&a->imbalance, k, 0},
        {&a->final_demand, q * C, 0},
        {&a->by_product, q * k * P, LEIE_BY_PRODUCT},
        {&a->by_sector, q * k * n, LEIE_BY_SECTOR},
        {&a->by_category, q * C * k, LEIE_BY_CATEGORY},
        {&a->direct_category, q * C * k, LEIE_BY_CATEGORY},
        {&a->by_origin, q * R * k, LEIE_BY_ORIGIN},
        {&a->by_origin_sector, q * k * n, LEIE_BY_ORIGIN_SECTOR},
        {&a->by_supplier, q * R * k, LEIE_BY_SUPPLIER},
        {&a->imp_by_product, q * k * P, LEIE_BY_IMPORTS},
        {&a->exp_by_sector, k * n, LEIE_BY_EXPORTS},
        {&a->trade, R * R, LEIE_BY_TRADE},
        {&a->trade_embodied, k * R * R, LEIE_BY_TRADE},
        {&a->trade_outside, R * k, LEIE_BY_TRADE},
        {&a->imp_rme, q * k, TRADING},
        {&a->exp_rme, q * k, TRADING},
        {&a->left_out, q * k, TRADING},
        {&a->imp_rme_product, q * k * P, LEIE_BY_GROSS},
        {&a->exp_rme_product, q * k * P, LEIE_BY_GROSS},
        {&a->imp_rme_sector, q * k * n, LEIE_BY_GROSS},
        {&a->imp_rme_category, q * C * k, LEIE_BY_GROSS},
        {&a->imp_rme_origin, q * R * k, LEIE_BY_GROSS},
        {&a->imp_rme_domestic, q * k, LEIE_BY_DOMESTIC},
        {&a->dta_uncovered, q, LEIE_BY_DOMESTIC},
        {&a->by_product_category, q * k * P * C, LEIE_BY_CATEGORY_PRODUCT},
        {&a->demand_product, q * P * C, LEIE_BY_CATEGORY_PRODUCT},
        {&a->value_added, n, 0},
    };
    for (int i = 0; i < RESULT_ARRAYS; i++)
        list[i] = all[i];
}

static leie_status new_results(leie_accounts *a, unsigned by, leie_error *err)
{
    result_array list[RESULT_ARRAYS];
    list_results(list, a);
    by |= by & LEIE_ONLY_FOOTPRINTS ? 0 : TRADING;
    for (int i = 0; i < RESULT_ARRAYS; i++) {
        if (list[i].by && !(by & list[i].by))
            continue;
        *list[i].at = leie_new(list[i].count, sizeof(double));
        if (!*list[i].at)
            return leie_fail_memory(err, "accounts", list[i].count, sizeof(double));
    }
    if (by & LEIE_BY_MULTIPLIER) {
        a->M = leie_new(a->k * a->n, sizeof *a->M);
        if (!a->M)
            return leie_fail_memory(err, "multipliers", a->k * a->n, sizeof *a->M);
    }
    return LEIE_OK;
}

void leie_accounts_clear(leie_accounts *a)
{
    result_array list[RESULT_ARRAYS];
    list_results(list, a);
    for (int i = 0; i < RESULT_ARRAYS; i++)
        leie_free(*list[i].at);
    leie_free(a->M);
    leie_labels_clear(&a->product);
    leie_labels_clear(&a->category);
    *a = (leie_accounts){0};
}

// ---- right-hand sides ----

bool leie_imports_transposed(leie_size k, leie_size n, leie_size P)
{
    return (double)k * (double)n <= (double)P * ((double)n + (double)k);
}

// The account region that is table region r and nothing else, -1 when there is none.
static leie_size single_region(const leie_account_regions *q, leie_size R, leie_size r)
{
    for (leie_size i = 0; i < q->label.n; i++) {
        leie_size members = 0;
        for (leie_size s = 0; s < R; s++)
            members += q->member[i * R + s];
        if (members == 1 && q->member[i * R + r])
            return i;
    }
    return -1;
}

// Columns of X; own [R] (may be NULL) receives the column of each table region alone, -1 for none.
static leie_size count_columns(leie_index *own, const leie_account_regions *q, leie_size R, unsigned by)
{
    leie_size columns = q->label.n;
    for (leie_size r = 0; r < R; r++) {
        leie_size at = single_region(q, R, r);
        if (at < 0 && (by & LEIE_BY_EXPORTS))
            at = columns++;
        if (own)
            own[r] = (leie_index)at;
    }
    return columns;
}

// Distinct sector codes, counted without memory: a code is new when no earlier region has it.
static leie_size count_products(const leie_axis *sector)
{
    leie_size count = 0;
    for (leie_size i = 0; i < sector->n; i++) {
        leie_size r = 0;
        while (r < sector->of[i] && leie_axis_find_in(sector, r, sector->code[i]) < 0)
            r++;
        count += r == sector->of[i];
    }
    return count;
}

void leie_accounts_demand(leie_size *plain, leie_size *transposed, const leie_table *t, const leie_account_regions *q,
                          const leie_accounts_opts *opts)
{
    leie_size k = t->stressor.n, n = t->sector.n;
    unsigned by = opts ? opts->by : 0;
    *plain = *transposed = 0;
    if (k == 0)
        return;
    *transposed = k;
    *plain = by & LEIE_ONLY_FOOTPRINTS ? 0 : count_columns(NULL, q, t->sector.region.n, by);
    if (!(by & LEIE_BY_IMPORTS))
        return;
    leie_size P = count_products(&t->sector);
    if (leie_imports_transposed(k, n, P))
        *transposed += q->label.n * k;
    else
        *plain += q->label.n * P;
}

leie_status leie_accounts_solve(leie_accounts_work *w, bool transposed, leie_size k, double *x, const double *b,
                                const char *what, leie_error *err)
{
    leie_status st = leie_linsys_solve(w->sys, transposed, k, x, b, NULL, err);
    if (st)
        return st;
    w->unconverged |= !leie_linsys_state(w->sys)->converged;
    w->solved += k;
    if (w->opts->progress)
        w->opts->progress(w->opts->progress_ctx, (double)w->solved / (double)w->planned, what);
    return LEIE_OK;
}

// ---- the work, before anything is solved ----

static bool column_counts(const leie_accounts_work *w, leie_size j)
{
    leie_demand_kind kind = w->t->demand.kind[j];
    return leie_demand_counts(kind) && !w->opts->exclude[kind] && w->region[j] >= 0;
}

// Products, categories and what each column of Y is.
static leie_status describe(leie_accounts_work *w, leie_error *err)
{
    leie_accounts *a = w->a;
    const leie_axis *demand = &w->t->demand;
    leie_status st = leie_axis_codes(&a->product, w->product, &w->t->sector, err);
    if (st)
        return st;
    for (leie_size j = 0; j < w->m; j++) {
        w->region[j] = (leie_index)leie_labels_find(&w->t->sector.region, demand->region.code[demand->of[j]]);
        w->category[j] = -1;
        if (!column_counts(w, j))
            continue;
        leie_size c = leie_labels_find(&a->category, demand->code[j]);
        if (c < 0)
            c = leie_labels_add(&a->category, demand->code[j], demand->name[j], NULL, leie_demand_name(demand->kind[j]),
                                err);
        if (c < 0)
            return (leie_status)c;
        w->category[j] = (leie_index)c;
    }
    a->P = a->product.n;
    a->C = a->category.n;
    return LEIE_OK;
}

static leie_status new_work(leie_accounts_work *w, leie_error *err)
{
    leie_size n = w->a->n, k = w->a->k, R = w->a->R;
    struct {
        leie_index **at;
        leie_size count;
    } places[] = {{&w->product, n}, {&w->region, w->m}, {&w->category, w->m}, {&w->own, R}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        *places[i].at = leie_new(places[i].count, sizeof(leie_index));
        if (!*places[i].at)
            return leie_fail_memory(err, "accounts", places[i].count, sizeof(leie_index));
    }
    w->columns = count_columns(w->own, w->q, R, w->opts->by);
    struct {
        double **at;
        leie_size count;
    } values[] = {{&w->scale, n},          {&w->rest, n},          {&w->S, n * k},     {&w->M, n * k},
                  {&w->DE, R * k},         {&w->idle, R * k},      {&w->MY, w->m * k}, {&w->part, leie_threads() * k},
                  {&w->y, n * w->columns}, {&w->X, leie_only_footprints(w) ? 0 : n * w->columns}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        *values[i].at = leie_new(values[i].count, sizeof(double));
        if (!*values[i].at)
            return leie_fail_memory(err, "accounts", values[i].count, sizeof(double));
    }
    return LEIE_OK;
}

static void clear_work(leie_accounts_work *w)
{
    leie_index *places[] = {w->product, w->region, w->category, w->own};
    double *values[] = {w->scale, w->rest, w->S, w->M, w->DE, w->idle, w->MY, w->part, w->y, w->X};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        leie_free(places[i]);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        leie_free(values[i]);
    leie_linsys_free(w->sys);
}

// scale = 1 / x, S' and production; rest = x - A x - Y e.
static leie_status set_coefficients(leie_accounts_work *w, leie_error *err)
{
    leie_accounts *a = w->a;
    leie_size n = a->n, k = a->k;
    const double *x = w->t->x, *known = leie_matrix_known_sums(&w->t->Z);
    double *buys = leie_new(n, sizeof *buys); // 1 where x > 0, so that A x = Z buys
    if (!buys)
        return leie_fail_memory(err, "accounts", n, sizeof *buys);
    for (leie_size i = 0; i < n; i++) {
        a->x[i] = x[i];
        buys[i] = x[i] > 0;
        known = buys[i] > 0 ? known : NULL;
        w->scale[i] = x[i] > 0 ? 1 / x[i] : 0;
        for (leie_size s = 0; s < k; s++)
            w->S[i * k + s] = x[i] > 0 ? w->t->F[s * n + i] / x[i] : 0;
    }
    if (k)
        memcpy(a->production, w->t->F, (size_t)(k * n) * sizeof *a->production);
    leie_status st = LEIE_OK;
    if (known)
        memcpy(w->rest, known, (size_t)n * sizeof *known);
    else
        st = leie_matrix_product(w->rest, &w->t->Z, false, NULL, 1, buys, err);
    for (leie_size i = 0; i < n && !st; i++)
        w->rest[i] = x[i] - (w->rest[i] + leie_sum(w->t->Y + i * w->m, w->m, 1));
    leie_free(buys);
    return st;
}

// value_added = x - Z' money, over money rows; 0 where the sector itself is not money.
static leie_status set_value_added(leie_accounts_work *w, leie_error *err)
{
    leie_accounts *a = w->a;
    double *money = leie_new(a->n, sizeof *money); // 1 for money
    if (!money)
        return leie_fail_memory(err, "value added", a->n, sizeof *money);
    for (leie_size i = 0; i < a->n; i++)
        money[i] = leie_is_money(w->t, w->t->sector.unit[i]);
    leie_status st = leie_matrix_product(a->value_added, &w->t->Z, true, NULL, 1, money, err);
    for (leie_size j = 0; j < a->n && !st; j++)
        a->value_added[j] = money[j] != 0 ? w->t->x[j] - a->value_added[j] : 0;
    leie_free(money);
    return st;
}

// y of every column of X, from Y added up by table region.
static leie_status set_demand(leie_accounts_work *w, leie_error *err)
{
    leie_size R = w->a->R;
    leie_size *member = leie_new(w->a->q * R + 1, sizeof *member), members = 0; // (q, r) as q R + r
    double *by_region = leie_new(R, sizeof *by_region);
    if (!by_region || !member) {
        leie_free(member);
        leie_free(by_region);
        return leie_fail_memory(err, "accounts", w->a->q * R, sizeof *member);
    }
    for (leie_size at = 0; at < w->a->q * R; at++)
        if (w->q->member[at])
            member[members++] = at;
    for (leie_size i = 0; i < w->a->n; i++) {
        double *y = w->y + i * w->columns;
        memset(by_region, 0, (size_t)R * sizeof *by_region);
        for (leie_size j = 0; j < w->m; j++)
            if (w->category[j] >= 0)
                by_region[w->region[j]] += w->t->Y[i * w->m + j];
        for (leie_size at = 0; at < members; at++)
            y[member[at] / R] += by_region[member[at] % R];
        for (leie_size r = 0; r < R; r++)
            if (w->own[r] >= w->a->q)
                y[w->own[r]] = by_region[r];
    }
    leie_free(member);
    leie_free(by_region);
    return LEIE_OK;
}

// DE and idle by table region; D_pba and unallocated by account region.
static void set_production(leie_accounts_work *w)
{
    leie_accounts *a = w->a;
    leie_size n = a->n, k = a->k, R = a->R;
    const leie_size *first = w->t->sector.first;
    for (leie_size r = 0; r < R; r++)
        for (leie_size s = 0; s < k; s++) {
            const double *F = w->t->F + s * n;
            leie_acc idle = {0, 0};
            for (leie_size i = first[r]; i < first[r + 1]; i++)
                if (w->scale[i] == 0)
                    leie_acc_add(&idle, F[i]);
            w->idle[r * k + s] = leie_acc_value(&idle);
            w->DE[r * k + s] = leie_sum(F + first[r], first[r + 1] - first[r], 1);
        }
    for (leie_size q = 0; q < a->q; q++)
        for (leie_size r = 0; r < R; r++)
            if (leie_has_region(w, q, r)) {
                leie_row_add(a->D_pba + q * k, k, 1, w->DE + r * k);
                leie_row_add(a->unallocated + q * k, k, 1, w->idle + r * k);
            }
}

// Final demand in money and direct pressures, by account region and category.
static leie_status set_direct(leie_accounts_work *w, leie_error *err)
{
    leie_accounts *a = w->a;
    leie_size k = a->k, C = a->C, m = w->m;
    double *spent = leie_new(m, sizeof *spent);
    if (!spent)
        return leie_fail_memory(err, "accounts", m, sizeof *spent);
    for (leie_size i = 0; i < a->n; i++)
        if (leie_is_money(w->t, w->t->sector.unit[i]))
            leie_row_add(spent, m, 1, w->t->Y + i * m);
    for (leie_size q = 0; q < a->q; q++)
        for (leie_size j = 0; j < m; j++) {
            if (w->category[j] < 0 || !leie_has_region(w, q, w->region[j]))
                continue;
            leie_size c = q * C + w->category[j];
            a->final_demand[c] += spent[j];
            for (leie_size s = 0; s < k; s++) {
                a->direct[q * k + s] += w->t->F_Y[s * m + j];
                if (a->direct_category)
                    a->direct_category[c * k + s] += w->t->F_Y[s * m + j];
            }
        }
    leie_free(spent);
    return LEIE_OK;
}

// ---- solving ----

// Plans and sets up the system, then M' = (I - A')^-1 S' and X = (I - A)^-1 y.
static leie_status solve(leie_accounts_work *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_size plain, transposed;
    leie_accounts_demand(&plain, &transposed, t, w->q, w->opts);
    w->planned = plain + transposed;
    leie_linsys_opts opts = w->opts->linsys;
    leie_status st = leie_plan_make(&w->a->plan, &t->Z, &t->sector, plain, transposed, &opts, err);
    if (st)
        return st;
    opts.method = w->a->plan.solver;
    opts.plain = plain;
    opts.transposed = transposed;
    st = leie_linsys_setup(&w->sys, &t->Z, w->scale, &t->sector, &opts, err);
    if (!st)
        st = leie_accounts_solve(w, true, w->a->k, w->M, w->S, "multipliers", err);
    if (!st && w->columns && !leie_only_footprints(w))
        st = leie_accounts_solve(w, false, w->columns, w->X, w->y, "origins", err);
    if (!st && opts.condition && !w->unconverged)
        st = leie_linsys_condition(w->sys, err);
    return st;
}

static leie_status fail_unconverged(const leie_accounts_work *w, leie_error *err)
{
    const leie_linsys_info *info = &w->a->linsys;
    double tolerance = w->opts->linsys.tolerance > 0 ? w->opts->linsys.tolerance : 1e-12;
    return leie_fail(err, LEIE_ERR_CONVERGE,
                     "the linear system (solver %s) ended with a residual of %.2e, above the tolerance %.2e",
                     leie_solver_name(info->solver), info->residual, tolerance);
}

// ---- identities ----

static double relative_gap(double gap, double scale)
{
    return gap == 0 ? 0 : fabs(gap) / scale;
}

double leie_accounts_world_gap(const leie_accounts *a, leie_size s)
{
    leie_acc used = {0, 0}, all = {0, 0};
    for (leie_size i = 0; i < a->n; i++) {
        double F = a->production[s * a->n + i];
        leie_acc_add(&all, fabs(F));
        leie_acc_add(&used, a->x[i] > 0 ? F : 0);
    }
    double gap = leie_acc_value(&used) - a->D_cba_world[s] - a->outside[s] - a->imbalance[s];
    return relative_gap(gap, fmax(leie_acc_value(&all), fmax(fabs(a->D_cba_world[s]), fabs(a->outside[s]))));
}

double leie_accounts_region_gap(const leie_accounts *a, leie_size q, leie_size s)
{
    leie_size i = q * a->k + s;
    double gap = a->D_cba[i] - (a->D_pba[i] - a->unallocated[i] - a->D_exp[i] + a->D_imp[i]);
    double scale = fmax(fmax(fabs(a->D_cba[i]), fabs(a->D_pba[i])), fmax(fabs(a->D_exp[i]), fabs(a->D_imp[i])));
    return relative_gap(gap, scale);
}

double leie_accounts_gross_gap(const leie_accounts *a, leie_size q, leie_size s)
{
    leie_size i = q * a->k + s;
    double gap = a->D_cba[i] - (a->D_pba[i] - a->unallocated[i] + a->imp_rme[i] - a->exp_rme[i] - a->left_out[i]);
    double scale = fmax(fmax(fabs(a->D_cba[i]), fabs(a->D_pba[i])), fmax(fabs(a->imp_rme[i]), fabs(a->exp_rme[i])));
    return relative_gap(gap, scale);
}

static double worst_gap(const leie_accounts *a)
{
    double worst = 0;
    for (leie_size s = 0; s < a->k; s++) {
        double gap = leie_accounts_world_gap(a, s);
        worst = gap <= worst ? worst : gap;
        for (leie_size q = 0; q < a->q && a->D_imp; q++) {
            gap = leie_accounts_region_gap(a, q, s);
            worst = gap <= worst ? worst : gap;
            gap = leie_accounts_gross_gap(a, q, s);
            worst = gap <= worst ? worst : gap;
        }
    }
    return worst;
}

// ---- the recipe ----

leie_status leie_accounts_make(leie_accounts *a, const leie_table *t, const leie_account_regions *q,
                               const leie_accounts_opts *opts, leie_error *err)
{
    static const leie_accounts_opts defaults;
    leie_accounts_work w = {.a = a, .t = t, .q = q, .opts = opts ? opts : &defaults, .m = t->demand.n};
    bool filled = false;
    assert(!leie_only_footprints(&w) || !(w.opts->by & LEIE_NOT_FOOTPRINTS));
    *a = (leie_accounts){.q = q->label.n, .k = t->stressor.n, .n = t->sector.n, .R = t->sector.region.n};
    assert(t->x && t->Z.rows == a->n && t->Z.cols == a->n);
    leie_status st = new_work(&w, err);
    if (!st)
        st = describe(&w, err);
    if (!st)
        st = new_results(a, w.opts->by, err);
    if (!st)
        st = set_coefficients(&w, err);
    if (!st)
        st = set_demand(&w, err);
    if (!st)
        st = set_value_added(&w, err);
    if (st)
        goto done;
    set_production(&w);
    st = set_direct(&w, err);
    if (!st && a->k)
        st = solve(&w, err);
    if (!st)
        st = leie_footprints_make(&w, err);
    if (!st && a->imp_by_product && a->k)
        st = leie_imports_make(&w, err);
    if (!st && !leie_only_footprints(&w) && (a->k || a->trade))
        st = leie_trade_make(&w, err);
    if (st)
        goto done;
    if (w.sys)
        a->linsys = *leie_linsys_state(w.sys);
    a->worst_identity = worst_gap(a);
    filled = true;
    if (w.unconverged)
        st = fail_unconverged(&w, err);
done:
    clear_work(&w);
    if (!filled)
        leie_accounts_clear(a);
    return st;
}
