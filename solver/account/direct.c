// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/direct.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

// ---- money of trade of one table region, as a member of one account region ----

typedef struct money {
    const leie_table *t;
    const leie_account_regions *q;
    const leie_labels *product;
    leie_index *of;   // [n] product of each sector
    leie_index *home; // [m] table region of each column of Y, -1 for none
    leie_size users;  // sectors of the region, then all columns of Y
    double *imports;  // [P, users] what each user buys from outside the account region
    double *exports;  // [n] what each sector of the region sells outside it
    leie_size most;   // users that there is room for
} money;

static bool inside(const money *v, leie_size q, leie_size r)
{
    return r >= 0 && v->q->member[q * v->t->sector.region.n + r];
}

static leie_status money_open(money *v, leie_error *err)
{
    const leie_axis *sector = &v->t->sector;
    leie_size m = v->t->demand.n;
    for (leie_size r = 0; r < sector->region.n; r++)
        if (sector->first[r + 1] - sector->first[r] + m > v->most)
            v->most = sector->first[r + 1] - sector->first[r] + m;
    v->of = leie_new(sector->n, sizeof *v->of);
    v->home = leie_new(m, sizeof *v->home);
    v->imports = leie_new(v->product->n * v->most, sizeof *v->imports);
    v->exports = leie_new(sector->n, sizeof *v->exports);
    if (!v->of || !v->home || !v->imports || !v->exports)
        return leie_fail_memory(err, "direct trade", v->product->n * v->most, sizeof *v->imports);
    for (leie_size i = 0; i < sector->n; i++)
        v->of[i] = (leie_index)leie_labels_find(v->product, sector->code[i]);
    for (leie_size j = 0; j < m; j++)
        v->home[j] = (leie_index)leie_labels_find(&sector->region, v->t->demand.region.code[v->t->demand.of[j]]);
    return LEIE_OK;
}

static void money_close(money *v)
{
    leie_free(v->of);
    leie_free(v->home);
    leie_free(v->imports);
    leie_free(v->exports);
}

// Row i of the table: to users of region r (i outside q), or from region r to outside q.
static void add_row(money *v, leie_size q, leie_size r, leie_size i)
{
    const leie_table *t = v->t;
    leie_size first = t->sector.first[r], count = t->sector.first[r + 1] - first, m = t->demand.n;
    bool sells = t->sector.of[i] == r;
    double *row = v->imports + v->of[i] * v->users, *out = v->exports + i;
    const leie_index *col;
    const double *Z;
    leie_size cells = leie_matrix_row(&t->Z, i, &col, &Z);
    for (leie_size c = 0; c < cells; c++) {
        leie_size j = col ? col[c] : c;
        if (sells && !inside(v, q, t->sector.of[j]))
            *out += Z[c];
        else if (!sells && j >= first && j < first + count)
            row[j - first] += Z[c];
    }
    for (leie_size j = 0; j < m; j++) {
        double y = t->Y[i * m + j];
        if (sells && (!inside(v, q, v->home[j]) || !leie_demand_counts(t->demand.kind[j])))
            *out += y;
        else if (!sells && v->home[j] == r)
            row[count + j] += y;
    }
}

static void money_of(money *v, leie_size q, leie_size r)
{
    const leie_axis *sector = &v->t->sector;
    v->users = sector->first[r + 1] - sector->first[r] + v->t->demand.n;
    memset(v->imports, 0, (size_t)(v->product->n * v->users) * sizeof *v->imports);
    memset(v->exports, 0, (size_t)sector->n * sizeof *v->exports);
    for (leie_size i = 0; i < sector->n; i++)
        if (sector->of[i] == r || !inside(v, q, sector->of[i]))
            add_row(v, q, r, i);
}

static double imports_of(const money *v, leie_size p)
{
    double sum = 0;
    for (leie_size j = 0; j < v->users; j++)
        sum += v->imports[p * v->users + j];
    return sum;
}

static double exports_of(const money *v, leie_size p)
{
    double sum = 0;
    for (leie_size i = 0; i < v->t->sector.n; i++)
        sum += v->of[i] == p ? v->exports[i] : 0;
    return sum;
}

// ---- tonnes of the flows by product of the table ----

typedef struct tonnes {
    const leie_direct_source *source;
    const money *v;
    leie_size P, M;
    double *value;   // [2, P + 1, M] imports and exports; the last product is what has none
    bool *given;     // [2, P + 1, M]
    bool *work;      // [M]
} tonnes;

static void add_share(tonnes *d, leie_size row, leie_size material, double value)
{
    d->value[row * d->M + material] += value;
    d->given[row * d->M + material] = true;
}

// One flow to the products of the table: by its own code, else by the concordance, else to none.
static void add_flow(tonnes *d, const leie_flow *flow)
{
    const leie_flows *f = d->source->flows;
    leie_size side = flow->kind == LEIE_FLOW_EXP ? d->P + 1 : 0, p = -1;
    const char *code = flow->tag[0] >= 0 ? f->tag[0].code[flow->tag[0]] : "";
    double rest = flow->tonnes;
    if (code[0])
        p = leie_labels_find(d->v->product, code);
    if (p >= 0) {
        add_share(d, side + p, flow->material, rest);
        return;
    }
    const leie_concordance *c = d->source->products;
    for (leie_size i = 0; code[0] && c && i < c->n; i++) {
        if (strcmp(c->link[i].from, code) != 0)
            continue;
        p = leie_labels_find(d->v->product, c->link[i].to);
        if (p < 0)
            continue;
        add_share(d, side + p, flow->material, flow->tonnes * c->link[i].weight);
        rest -= flow->tonnes * c->link[i].weight;
    }
    if (fabs(rest) > 1e-9 * fabs(flow->tonnes))
        add_share(d, side + d->P, flow->material, rest);
}

// The traded tonnes of table region r with what is outside account region q; found says which sides there are.
static void tonnes_of(tonnes *d, bool found[2], int year, leie_size q, leie_size r)
{
    const leie_flows *f = d->source->flows;
    const leie_labels *region = &d->v->t->sector.region;
    leie_size rows = 2 * (d->P + 1);
    memset(d->value, 0, (size_t)(rows * d->M) * sizeof *d->value);
    memset(d->given, 0, (size_t)(rows * d->M) * sizeof *d->given);
    found[0] = found[1] = false;
    leie_size own = f ? leie_labels_find(&f->region, region->code[r]) : -1;
    for (leie_size i = 0; own >= 0 && i < f->n; i++) {
        const leie_flow *flow = &f->row[i];
        if (flow->year != year || flow->region != own || (flow->kind != LEIE_FLOW_IMP && flow->kind != LEIE_FLOW_EXP))
            continue;
        found[flow->kind == LEIE_FLOW_EXP] = true;
        leie_size partner = flow->partner < 0 ? -1 : leie_labels_find(region, f->partner.code[flow->partner]);
        if (!inside(d->v, q, partner))
            add_flow(d, flow);
    }
    for (leie_size i = 0; i < rows; i++)
        leie_materials_roll(d->source->material, d->value + i * d->M, d->given + i * d->M, NULL, d->work);
}

// ---- unit values ----

// Whether any material of a row is known.
static bool row_given(const tonnes *d, leie_size row)
{
    for (leie_size m = 0; m < d->M; m++)
        if (d->given[row * d->M + m])
            return true;
    return false;
}

// Published unit values of one product and region, the nearest one of each material; false when there are none.
static bool take_given(double *u, tonnes *d, bool exports, int year, leie_size p, leie_size r)
{
    const leie_unit_value_list *list = d->source->given;
    const char *product = d->v->product->code[p], *region = d->v->t->sector.region.code[r];
    leie_size row = d->P, any = 0; // lent: the row of tonnes without a product was used by now
    if (!list)
        return false;
    double *value = d->value + row * d->M;
    bool *given = d->given + row * d->M;
    memset(given, 0, (size_t)d->M * sizeof *given);
    for (int own = 0; own < 2; own++) // what is nearer replaces what is farther
        for (int this_year = 0; this_year < 2; this_year++) {
            leie_size first = 0, n = leie_unit_value_list_of(&first, list, exports, product, own ? region : "", this_year ? year : 0);
            for (leie_size i = first; i < first + n; i++) {
                value[list->item[i].material] = list->item[i].value;
                given[list->item[i].material] = true;
            }
            any += n;
        }
    if (!any)
        return false;
    leie_materials_roll(d->source->material, value, given, NULL, d->work);
    memcpy(u, value, (size_t)d->M * sizeof *u);
    return true;
}

// Unit values of one side of a pair, and what is not spread. A product without trade in money keeps its tonnes
// apart.
static bool make_side(double *u, double *unspread, tonnes *d, bool exports, int year, leie_size r)
{
    leie_size side = exports ? d->P + 1 : 0;
    bool any = false;
    for (leie_size m = 0; m < d->M && row_given(d, side + d->P); m++)
        unspread[m] += d->value[(side + d->P) * d->M + m];
    for (leie_size p = 0; p < d->P; p++) {
        const double *value = d->value + (side + p) * d->M;
        double worth = exports ? exports_of(d->v, p) : imports_of(d->v, p);
        if (row_given(d, side + p)) {
            any = true;
            for (leie_size m = 0; m < d->M; m++) {
                u[p * d->M + m] = worth > 0 ? value[m] / worth : 0;
                unspread[m] += worth > 0 ? 0 : value[m];
            }
        } else
            any |= take_given(u + p * d->M, d, exports, year, p, r);
    }
    return any;
}

static leie_status new_unit_values(leie_unit_values *u, const leie_table *t, const leie_account_regions *q,
                                   leie_error *err)
{
    leie_size R = t->sector.region.n;
    for (leie_size i = 0; i < u->q * R; i++)
        u->pairs += q->member[i];
    u->account = leie_new(u->pairs, sizeof *u->account);
    u->region = leie_new(u->pairs, sizeof *u->region);
    u->imp = leie_new(u->pairs * u->P * u->M, sizeof *u->imp);
    u->exp = leie_new(u->pairs * u->P * u->M, sizeof *u->exp);
    u->unspread = leie_new(u->q * 2 * u->M, sizeof *u->unspread);
    u->has = leie_new(u->q * 2, sizeof *u->has);
    if (!u->account || !u->region || !u->imp || !u->exp || !u->unspread || !u->has)
        return leie_fail_memory(err, "unit values", 2 * u->pairs * u->P * u->M, sizeof *u->imp);
    leie_size pair = 0;
    for (leie_size i = 0; i < u->q * R; i++) {
        if (!q->member[i])
            continue;
        u->account[pair] = (leie_index)(i / R);
        u->region[pair++] = (leie_index)(i % R);
        u->has[i / R * 2] = u->has[i / R * 2 + 1] = true;
    }
    return LEIE_OK;
}

leie_status leie_unit_values_make(leie_unit_values *u, const leie_direct_source *source, int year, const leie_table *t,
                                  const leie_account_regions *q, const leie_labels *product, leie_error *err)
{
    *u = (leie_unit_values){.q = q->label.n, .P = product->n, .M = source->material->label.n};
    money v = {.t = t, .q = q, .product = product};
    tonnes d = {.source = source, .v = &v, .P = u->P, .M = u->M};
    leie_status st = new_unit_values(u, t, q, err);
    st = st ? st : money_open(&v, err);
    d.value = leie_new(2 * (u->P + 1) * u->M, sizeof *d.value);
    d.given = leie_new(2 * (u->P + 1) * u->M, sizeof *d.given);
    d.work = leie_new(u->M, sizeof *d.work);
    if (!st && (!d.value || !d.given || !d.work))
        st = leie_fail_memory(err, "unit values", 2 * (u->P + 1) * u->M, sizeof *d.value);
    for (leie_size i = 0; !st && i < u->pairs; i++) {
        leie_size a = u->account[i], r = u->region[i];
        bool found[2];
        tonnes_of(&d, found, year, a, r);
        if (!found[0] && !found[1] && !source->given) {
            u->has[a * 2] = u->has[a * 2 + 1] = false;
            continue;
        }
        money_of(&v, a, r);
        // exports first: imports lend their last row to published values
        bool out = make_side(u->exp + i * u->P * u->M, u->unspread + (a * 2 + 1) * u->M, &d, true, year, r);
        bool in = make_side(u->imp + i * u->P * u->M, u->unspread + a * 2 * u->M, &d, false, year, r);
        u->has[a * 2] &= found[0] || in;
        u->has[a * 2 + 1] &= found[1] || out;
    }
    leie_free(d.value);
    leie_free(d.given);
    leie_free(d.work);
    money_close(&v);
    if (st)
        leie_unit_values_clear(u);
    return st;
}

void leie_unit_values_clear(leie_unit_values *u)
{
    leie_free(u->account);
    leie_free(u->region);
    leie_free(u->imp);
    leie_free(u->exp);
    leie_free(u->unspread);
    leie_free(u->has);
    *u = (leie_unit_values){0};
}

// ---- direct flows ----

static leie_status new_direct(leie_direct *d, leie_error *err)
{
    struct {
        double **at;
        leie_size count;
    } all[] = {{&d->de_sector, d->M * d->n},           {&d->de_category, d->q * d->M * d->C},
               {&d->imp_sector, d->q * d->M * d->n},   {&d->exp_sector, d->q * d->M * d->n},
               {&d->imp_category, d->q * d->M * d->C}, {&d->imp_product, d->q * d->M * d->P},
               {&d->exp_product, d->q * d->M * d->P},  {&d->unspread, d->q * 2 * d->M}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i].at = leie_new(all[i].count, sizeof(double));
        if (!*all[i].at)
            return leie_fail_memory(err, "direct flows", all[i].count, sizeof(double));
    }
    return LEIE_OK;
}

// Extraction by sector and of final demand, brought up the tree.
static leie_status add_extraction(leie_direct *d, const leie_materials *m, const double *factor, const bool *given,
                                  const leie_table *t, const money *v, const leie_labels *category, leie_error *err)
{
    leie_size M = d->M, n = d->n, columns = t->demand.n, R = t->sector.region.n;
    double *value = leie_new(M, sizeof *value);
    bool *work = leie_new(M, sizeof *work);
    leie_status st = value && work ? LEIE_OK : leie_fail_memory(err, "direct flows", M, sizeof *value);
    for (leie_size at = 0; !st && at < n + columns; at++) {
        memset(value, 0, (size_t)M * sizeof *value);
        for (leie_size s = 0; s < t->stressor.n; s++)
            for (leie_size i = LEIE_MATERIAL_FIRST; i < M; i++)
                if (factor[s * M + i] != 0)
                    value[i] += factor[s * M + i] * (at < n ? t->F[s * n + at] : t->F_Y[s * columns + at - n]);
        leie_materials_roll(m, value, given, NULL, work);
        leie_size c = at < n ? -1 : leie_labels_find(category, t->demand.code[at - n]);
        for (leie_size i = 0; i < M; i++) {
            if (at < n)
                d->de_sector[i * n + at] = value[i];
            for (leie_size q = 0; c >= 0 && q < d->q; q++)
                if (v->home[at - n] >= 0 && v->q->member[q * R + v->home[at - n]])
                    d->de_category[(q * M + i) * d->C + c] += value[i];
        }
    }
    leie_free(value);
    leie_free(work);
    return st;
}

// Imports of one pair by product, sector and category.
static void add_imports(leie_direct *d, const double *u, const money *v, leie_size q, leie_size r,
                        const leie_labels *category)
{
    const leie_table *t = v->t;
    leie_size first = t->sector.first[r], count = t->sector.first[r + 1] - first;
    for (leie_size p = 0; p < d->P; p++)
        for (leie_size j = 0; j < v->users; j++) {
            double spent = v->imports[p * v->users + j];
            leie_size c = j < count ? -1 : leie_labels_find(category, t->demand.code[j - count]);
            for (leie_size m = 0; spent != 0 && m < d->M; m++) {
                double mass = u[p * d->M + m] * spent;
                d->imp_product[(q * d->M + m) * d->P + p] += mass;
                if (j < count)
                    d->imp_sector[(q * d->M + m) * d->n + first + j] += mass;
                else if (c >= 0)
                    d->imp_category[(q * d->M + m) * d->C + c] += mass;
                else
                    d->unspread[q * 2 * d->M + m] += mass;
            }
        }
}

static void add_exports(leie_direct *d, const double *e, const money *v, leie_size q)
{
    for (leie_size i = 0; i < d->n; i++)
        for (leie_size m = 0; v->exports[i] != 0 && m < d->M; m++) {
            double mass = e[v->of[i] * d->M + m] * v->exports[i];
            d->exp_product[(q * d->M + m) * d->P + v->of[i]] += mass;
            d->exp_sector[(q * d->M + m) * d->n + i] += mass;
        }
}

// No physical trade: missing, not zero.
static void mark_missing(leie_direct *d, const leie_unit_values *u)
{
    for (leie_size q = 0; q < d->q; q++)
        for (int side = 0; side < 2; side++) {
            if (u->has[q * 2 + side])
                continue;
            struct {
                double *at;
                leie_size count;
            } all[] = {{side ? d->exp_sector : d->imp_sector, d->M * d->n},
                       {side ? d->exp_product : d->imp_product, d->M * d->P},
                       {side ? NULL : d->imp_category, d->M * d->C}};
            for (int i = 0; i < 3; i++)
                for (leie_size k = 0; all[i].at && k < all[i].count; k++)
                    all[i].at[q * all[i].count + k] = NAN;
            for (leie_size m = 0; m < d->M; m++)
                d->unspread[(q * 2 + side) * d->M + m] = NAN;
        }
}

leie_status leie_direct_make(leie_direct *d, const leie_unit_values *u, const leie_materials *m, const double *factor,
                             const bool *given, const leie_table *t, const leie_account_regions *q,
                             const leie_labels *product, const leie_labels *category, leie_error *err)
{
    *d = (leie_direct){.q = q->label.n, .n = t->sector.n, .P = product->n, .C = category->n, .M = m->label.n};
    money v = {.t = t, .q = q, .product = product};
    leie_status st = new_direct(d, err);
    st = st ? st : money_open(&v, err);
    st = st ? st : add_extraction(d, m, factor, given, t, &v, category, err);
    if (!st)
        memcpy(d->unspread, u->unspread, (size_t)(d->q * 2 * d->M) * sizeof *d->unspread);
    for (leie_size i = 0; !st && i < u->pairs; i++) {
        leie_size a = u->account[i], r = u->region[i];
        if (!u->has[a * 2] && !u->has[a * 2 + 1])
            continue;
        money_of(&v, a, r);
        add_imports(d, u->imp + i * d->P * d->M, &v, a, r, category);
        add_exports(d, u->exp + i * d->P * d->M, &v, a);
    }
    if (!st)
        mark_missing(d, u);
    money_close(&v);
    if (st)
        leie_direct_clear(d);
    return st;
}

void leie_direct_clear(leie_direct *d)
{
    double *all[] = {d->de_sector,    d->de_category, d->imp_sector,  d->exp_sector,
                     d->imp_category, d->imp_product, d->exp_product, d->unspread};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        leie_free(all[i]);
    *d = (leie_direct){0};
}
