// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/bridge.h"

#include <math.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

// ---- figures by code ----

static void value_clear(leie_code_value *v)
{
    leie_free(v->code);
    leie_free(v->to);
    leie_free(v->source);
}

leie_status leie_code_values_add(leie_code_values *list, const char *code, const char *to, double value,
                                 const char *source, leie_size line, leie_error *err)
{
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->item[i].code, code) == 0 && strcmp(list->item[i].to, to ? to : "") == 0)
            return leie_fail(err, LEIE_ERR_DATA, "'%s'%s%s%s is on line %lld already", code, to && to[0] ? " to '" : "",
                             to ? to : "", to && to[0] ? "'" : "", (long long)list->item[i].line);
    leie_status st = leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "figures", err);
    if (st)
        return st;
    leie_code_value v = {leie_strdup(code), leie_strdup(to ? to : ""), leie_strdup(source ? source : ""), value, line};
    if (!v.code || !v.to || !v.source) {
        value_clear(&v);
        return leie_fail_memory(err, "figure", 1, sizeof v);
    }
    list->item[list->n++] = v;
    return LEIE_OK;
}

void leie_code_values_clear(leie_code_values *list)
{
    for (leie_size i = 0; i < list->n; i++)
        value_clear(&list->item[i]);
    leie_free(list->item);
    leie_free(list->path);
    *list = (leie_code_values){0};
}

// The figure of a code, else that of "*", else NULL.
static const leie_code_value *value_of(const leie_code_values *list, const char *code)
{
    const leie_code_value *any = NULL;
    for (leie_size i = 0; i < list->n; i++) {
        if (strcmp(list->item[i].code, code) == 0)
            return &list->item[i];
        if (strcmp(list->item[i].code, "*") == 0)
            any = &list->item[i];
    }
    return any;
}

// Every code must be one of the table.
static leie_status check_codes(const leie_code_values *list, const leie_axis *axis, bool to, leie_error *err)
{
    for (leie_size i = 0; i < list->n; i++) {
        const char *code = to ? list->item[i].to : list->item[i].code;
        leie_size hits = !to && strcmp(code, "*") == 0;
        for (leie_size j = 0; j < axis->n; j++)
            hits += strcmp(axis->code[j], code) == 0;
        if (hits == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the country's table has no sector '%s'",
                             list->path ? list->path : "figures", (long long)list->item[i].line, code);
    }
    return LEIE_OK;
}

// ---- scaling a table ----

static void scale_array(double *a, leie_size count, double by)
{
    for (leie_size i = 0; a && i < count; i++)
        a[i] *= by;
}

// m[i, j] *= row[i] col[j]; either may be NULL
static void scale_matrix(leie_matrix *m, const double *row, const double *col)
{
    for (leie_size i = 0; i < m->rows; i++) {
        const leie_index *at;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &at, &val);
        double *cell = m->form == LEIE_DENSE ? m->val + i * m->ld : m->csr.val + m->csr.row[i];
        for (leie_size c = 0; c < count; c++)
            cell[c] *= (row ? row[i] : 1) * (col ? col[at ? at[c] : c] : 1);
    }
}

static leie_status list_outputs(leie_iot *t, const char *step, const double *before, const char *unit,
                                const char *source, leie_error *err)
{
    const leie_axis *a = &t->table.sector;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < a->n; i++)
        st = leie_adjustments_add(&t->table.adjusted, step, a->region.code[a->of[i]], a->code[i], before[i],
                                  t->table.x[i], unit, source, err);
    return st;
}

leie_status leie_bridge_currency(leie_iot *t, double rate, const char *currency, const char *unit, const char *source,
                                 leie_error *err)
{
    leie_table *a = &t->table;
    double *before = NULL;
    if (!(rate > 0) || isinf(rate))
        return leie_fail(err, LEIE_ERR_DATA, "the rate from %s to %s is %g: expected a number above 0",
                         a->currency ? a->currency : "", currency ? currency : "", rate);
    if (leie_table_odd_unit(a) >= 0)
        return leie_fail(err, LEIE_ERR_UNIT, "sector '%s' of the country's table is not in money",
                         a->sector.code[leie_table_odd_unit(a)]);
    leie_status st = leie_numbers_copy(&before, a->x, a->sector.n, "output", err);
    if (!st) {
        double *row = leie_new(a->sector.n, sizeof *row);
        for (leie_size i = 0; row && i < a->sector.n; i++)
            row[i] = rate;
        if (!row)
            st = leie_fail_memory(err, "rates", a->sector.n, sizeof *row);
        else {
            scale_matrix(&a->Z, row, NULL);
            scale_matrix(&t->Zm, row, NULL);
        }
        leie_free(row);
    }
    if (!st) {
        scale_array(a->Y, a->sector.n * a->demand.n, rate);
        scale_array(t->Ym, a->sector.n * a->demand.n, rate);
        scale_array(a->W, a->input.n * a->sector.n, rate);
        scale_array(a->x, a->sector.n, rate);
        st = list_outputs(t, "currency", before, unit, source, err);
    }
    if (!st)
        st = leie_provenance_note(&a->provenance, LEIE_NOTE_DONE, a->sector.n, err, "%s to %s at %.9g (%s)",
                                  a->unit ? a->unit : "", unit, rate, source ? source : "no source");
    for (leie_size i = 0; !st && i < a->sector.n; i++)
        if (a->sector.unit[i][0])
            st = leie_text_set(&a->sector.unit[i], unit, err);
    st = st ? st : leie_text_set(&a->currency, currency, err);
    st = st ? st : leie_text_set(&a->unit, unit, err);
    leie_free(before);
    return st;
}

leie_status leie_bridge_prices(leie_iot *t, const leie_code_values *price, leie_error *err)
{
    leie_table *a = &t->table;
    leie_size n = a->sector.n, m = a->demand.n, v = a->input.n;
    double *factor = NULL, *before = NULL, *paid = NULL;
    leie_status st = check_codes(price, &a->sector, false, err);
    if (!st)
        st = leie_embed_new(&factor, n, "prices", err);
    if (!st)
        st = leie_embed_new(&paid, 2 * n, "inputs", err);
    if (!st)
        st = leie_numbers_copy(&before, a->x, n, "output", err);
    for (leie_size i = 0; !st && i < n; i++) {
        const leie_code_value *p = value_of(price, a->sector.code[i]);
        if (!p || !(p->value > 0))
            st = leie_fail(err, LEIE_ERR_DATA, "%s: no price above zero for '%s'", price->path ? price->path : "prices",
                           a->sector.code[i]);
        else
            factor[i] = p->value;
    }
    if (!st) {
        scale_matrix(&a->Z, factor, NULL);
        scale_matrix(&t->Zm, factor, NULL);
        for (leie_size i = 0; i < n; i++) {
            scale_array(a->Y + i * m, m, factor[i]);
            scale_array(t->Ym + i * m, m, factor[i]);
            a->x[i] *= factor[i];
        }
        leie_matrix_col_sums(paid, &a->Z);
        leie_matrix_col_sums(paid + n, &t->Zm);
    }
    for (leie_size j = 0; !st && j < n && a->W; j++) { // inputs take what output leaves over
        double had = leie_sum(a->W + j, v, n), left = a->x[j] - paid[j] - paid[n + j];
        for (leie_size w = 0; w < v; w++)
            a->W[w * n + j] *= had != 0 ? left / had : 0;
        if (had == 0)
            a->W[(v - 1) * n + j] = left;
    }
    if (!st)
        st = list_outputs(t, "prices", before, a->unit, price->path, err);
    if (!st)
        st = leie_provenance_note(&a->provenance, LEIE_NOTE_DONE, n, err,
                                  "prices of another year by product (%s): output %.9g to %.9g %s",
                                  price->path ? price->path : "", leie_sum(before, n, 1), leie_sum(a->x, n, 1),
                                  a->unit ? a->unit : "");
    leie_free(factor);
    leie_free(before);
    leie_free(paid);
    return st;
}

// ---- imports at the exporter's basic price ----

static leie_status check_margins(const leie_code_values *margin, const leie_axis *axis, leie_error *err)
{
    leie_status st = check_codes(margin, axis, false, err);
    st = st ? st : check_codes(margin, axis, true, err);
    for (leie_size i = 0; !st && i < margin->n; i++) {
        double sum = 0;
        for (leie_size k = 0; k < margin->n; k++)
            sum += strcmp(margin->item[k].code, margin->item[i].code) == 0 ? margin->item[k].value : 0;
        if (!(margin->item[i].value >= 0) || !(sum < 1))
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: margins of '%s' are %g of its cif value: expected 0 to 1",
                           margin->path ? margin->path : "margins", (long long)margin->item[i].line,
                           margin->item[i].code, sum);
    }
    return st;
}

// Whether figure k holds for sector i: its own code, or "*" when it has none of its own and is no margin itself.
static bool holds(const leie_code_values *margin, leie_size k, const char *code)
{
    if (strcmp(margin->item[k].code, code) == 0)
        return true;
    if (strcmp(margin->item[k].code, "*") != 0)
        return false;
    for (leie_size q = 0; q < margin->n; q++)
        if (strcmp(margin->item[q].code, code) == 0 || strcmp(margin->item[q].to, code) == 0)
            return false;
    return true;
}

static leie_status move_margin(leie_iot *t, double *dense, const leie_code_values *margin, leie_error *err)
{
    const leie_axis *a = &t->table.sector;
    leie_size n = a->n, m = t->table.demand.n, U = n + m;
    for (leie_size i = 0; i < n; i++)
        for (leie_size k = 0; k < margin->n; k++) {
            if (!holds(margin, k, a->code[i]))
                continue;
            leie_size to = leie_axis_find_in(a, a->of[i], margin->item[k].to);
            if (to < 0)
                return leie_fail(err, LEIE_ERR_DATA, "region '%s' has no sector '%s' for the margins of '%s'",
                                 a->region.code[a->of[i]], margin->item[k].to, a->code[i]);
            for (leie_size u = 0; u < U; u++) {
                double cell = u < n ? leie_matrix_get(&t->Zm, i, u) : t->Ym[i * m + u - n];
                dense[i * U + u] -= margin->item[k].value * cell;
                dense[to * U + u] += margin->item[k].value * cell;
            }
        }
    return LEIE_OK;
}

leie_status leie_bridge_cif(leie_iot *t, const leie_code_values *margin, leie_error *err)
{
    const leie_axis *a = &t->table.sector;
    leie_size n = a->n, m = t->table.demand.n, U = n + m;
    double *dense = NULL;
    leie_cells cells = {0};
    leie_matrix Zm = {0};
    leie_status st = check_margins(margin, a, err);
    if (!st)
        st = leie_embed_new(&dense, n * U, "imports", err);
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size u = 0; u < U; u++)
            dense[i * U + u] = u < n ? leie_matrix_get(&t->Zm, i, u) : t->Ym[i * m + u - n];
    if (!st)
        st = move_margin(t, dense, margin, err);
    leie_acc moved = {0};
    for (leie_size i = 0; !st && i < n; i++) {
        double before = leie_sum(t->Ym + i * m, m, 1), after = leie_sum(dense + i * U, U, 1);
        for (leie_size u = 0; u < n; u++)
            before += leie_matrix_get(&t->Zm, i, u);
        leie_acc_add(&moved, fmax(before - after, 0));
        const leie_code_value *from = value_of(margin, a->code[i]);
        st = leie_adjustments_add(&t->table.adjusted, "cif_fob", a->region.code[a->of[i]], a->code[i], before, after,
                                  t->table.unit, from ? from->source : "", err);
        for (leie_size u = 0; !st && u < n; u++)
            if (dense[i * U + u] != 0)
                st = leie_cells_add(&cells, i, u, dense[i * U + u], err);
    }
    if (!st)
        st = leie_matrix_from_cells(&Zm, n, n, &cells, NULL, err);
    if (!st)
        st = leie_provenance_note(&t->table.provenance, LEIE_NOTE_DONE, margin->n, err,
                                  "imports from cif to the exporter's basic price (%s): %.9g %s of trade and transport margins "
                                  "moved",
                                  margin->path ? margin->path : "", leie_acc_value(&moved),
                                  t->table.unit ? t->table.unit : "");
    if (!st) {
        leie_matrix_free(&t->Zm);
        t->Zm = Zm;
        Zm = (leie_matrix){0};
        for (leie_size i = 0; i < n; i++)
            memcpy(t->Ym + i * m, dense + i * U + n, (size_t)m * sizeof *t->Ym);
    }
    leie_matrix_free(&Zm);
    leie_cells_free(&cells);
    leie_free(dense);
    return st;
}

// ---- vintage ----

// The table as one block, columns and exports in proportion to the new output.
static leie_status vintage_block(leie_enclave *c, const leie_iot *t, const double *x, leie_error *err)
{
    const leie_table *a = &t->table;
    leie_size n = a->sector.n, m = a->demand.n;
    c->n = c->J = n;
    c->m = m;
    c->v = a->input.n;
    c->G = 1;
    leie_status st = leie_axis_copy(&c->sector, &a->sector, err);
    st = st ? st : leie_axis_copy(&c->demand, &a->demand, err);
    st = st ? st : leie_embed_new(&c->Z, n * n, "Z", err);
    st = st ? st : leie_embed_new(&c->M, n * (n + m), "imports", err);
    st = st ? st : leie_numbers_copy(&c->Y, a->Y, n * m, "Y", err);
    st = st ? st : leie_numbers_copy(&c->W, a->W, c->v * n, "W", err);
    st = st ? st : leie_numbers_copy(&c->x, a->x, n, "x", err);
    for (leie_size i = 0; !st && i < n; i++) {
        double by = isnan(x[i]) ? 1 : a->x[i] != 0 ? x[i] / a->x[i] : 1;
        if (!isnan(x[i]) && a->x[i] == 0 && x[i] != 0)
            st = leie_fail(err, LEIE_ERR_DATA, "output of '%s' in %s is to become %.9g and is zero in the table",
                           a->sector.code[i], a->sector.region.code[a->sector.of[i]], x[i]);
        c->x[i] *= by;
        for (leie_size k = 0; k < n; k++) {
            c->Z[k * n + i] = leie_matrix_get(&a->Z, k, i) * by;
            c->M[k * (n + m) + i] = leie_matrix_get(&t->Zm, k, i) * by;
        }
        for (leie_size w = 0; w < c->v; w++)
            c->W[w * n + i] *= by;
        for (leie_size f = 0; f < m; f++) {
            c->M[i * (n + m) + n + f] = t->Ym[i * m + f];
            if (a->demand.kind[f] == LEIE_DEMAND_EXPORT)
                c->Y[i * m + f] *= by;
        }
    }
    return st;
}

static leie_status take_block(leie_iot *t, const leie_enclave *c, leie_error *err)
{
    leie_size n = c->n, m = c->m;
    leie_cells Z = {0}, M = {0};
    leie_matrix made[2] = {{0}, {0}};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size j = 0; !st && j < n; j++) {
            double z = c->Z[i * n + j], zm = c->M[i * (n + m) + j];
            st = z != 0 ? leie_cells_add(&Z, i, j, z, err) : LEIE_OK;
            if (!st && zm != 0)
                st = leie_cells_add(&M, i, j, zm, err);
        }
    st = st ? st : leie_matrix_from_cells(&made[0], n, n, &Z, NULL, err);
    st = st ? st : leie_matrix_from_cells(&made[1], n, n, &M, NULL, err);
    if (!st) {
        leie_matrix *to[] = {&t->table.Z, &t->Zm};
        for (int k = 0; k < 2; k++) {
            leie_matrix_free(to[k]);
            *to[k] = made[k];
            made[k] = (leie_matrix){0};
        }
        memcpy(t->table.Y, c->Y, (size_t)(n * m) * sizeof *c->Y);
        memcpy(t->table.x, c->x, (size_t)n * sizeof *c->x);
        if (t->table.W)
            memcpy(t->table.W, c->W, (size_t)(c->v * n) * sizeof *c->W);
        for (leie_size i = 0; i < n; i++)
            memcpy(t->Ym + i * m, c->M + i * (n + m) + n, (size_t)m * sizeof *c->M);
    }
    leie_matrix_free(&made[0]);
    leie_matrix_free(&made[1]);
    leie_cells_free(&Z);
    leie_cells_free(&M);
    return st;
}

leie_status leie_bridge_vintage(leie_iot *t, const double *x, const char *source, const leie_balance_opts *opts,
                                leie_error *err)
{
    leie_enclave c = {0};
    leie_balance_info info = {0};
    leie_size n = t->table.sector.n;
    double *before = NULL, *free_total = NULL;
    if (!t->table.W)
        return leie_fail(err, LEIE_ERR_DATA, "a change of vintage needs the primary inputs of the country's table");
    leie_status st = leie_numbers_copy(&before, t->table.x, n, "output", err);
    st = st ? st : leie_embed_new(&free_total, n, "totals", err);
    for (leie_size i = 0; !st && i < n; i++)
        free_total[i] = NAN;
    st = st ? st : vintage_block(&c, t, x, err);
    st = st ? st : leie_enclave_gras(&c, n, free_total, NULL, opts, &info, err);
    st = st ? st : take_block(t, &c, err);
    for (leie_size i = 0; !st && i < n; i++) // pressures follow output
        for (leie_size s = 0; t->table.F && s < t->table.stressor.n; s++)
            t->table.F[s * n + i] *= before[i] != 0 ? t->table.x[i] / before[i] : 1;
    st = st ? st : list_outputs(t, "vintage", before, t->table.unit, source, err);
    if (!st)
        st = leie_provenance_note(&t->table.provenance, LEIE_NOTE_DONE, n, err,
                                  "outputs of another vintage (%s): %.9g to %.9g %s in all, GRAS in %lld sweeps", source,
                                  leie_sum(before, n, 1), leie_sum(t->table.x, n, 1),
                                  t->table.unit ? t->table.unit : "", (long long)info.iterations);
    leie_free(before);
    leie_free(free_total);
    leie_enclave_clear(&c);
    return st;
}
