// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/waste_closure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "io/read/lookup.h"
#include "io/read/records.h"
#include "io/run/run.h"
#include "io/run/table_study.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/mfa/waste_io.h"

typedef struct parts {
    leie_size n, room;
    leie_treatment_part *part;
} parts;

typedef struct closing {
    const leie_waste_study *study;
    leie_waste_data *d;
    leie_table t;
    parts input, waste, pressure;
    double *generated; // [W, n]
    double *final;     // [R, W]
} closing;

static leie_status add_part(parts *p, leie_size region, leie_size treatment, leie_size row, double value, leie_error *err)
{
    leie_status st = leie_grow(&p->part, &p->room, p->n, sizeof *p->part, "coefficients of treatments", err);
    if (st)
        return st;
    p->part[p->n++] = (leie_treatment_part){(leie_index)region, (leie_index)treatment, (leie_index)row, value};
    return LEIE_OK;
}

// ---- files ----

// Treatment, value and region of a record; region -1: all of them.
static leie_status read_common(leie_size *treatment, leie_size *region, double *value, const closing *x, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "region");
    *region = -1;
    leie_status st = leie_lookup_label(treatment, csv, leie_csv_column(csv, "treatment"), &x->d->model.treatment, "treatment", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), value, err);
    st = st ? st : leie_csv_string(csv, c, code, sizeof code, err);
    return st || !code[0] ? st : leie_lookup_label(region, csv, c, &x->d->model.region, "region", err);
}

// The factor from the unit of the record to `to` per mass of the study.
static leie_status read_per_mass(double *value, const closing *x, const leie_csv *csv, const char *to, leie_error *err)
{
    char unit[LEIE_LABEL_SIZE], wanted[2 * LEIE_LABEL_SIZE];
    double factor;
    leie_error why = {0};
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    snprintf(wanted, sizeof wanted, "(%s)/(%s)", to, x->study->unit);
    if (!st && (st = leie_unit_factor(&factor, unit, wanted, &why)))
        return leie_csv_fail(csv, leie_csv_column(csv, "unit"), st, err, "%s", why.text);
    *value *= st ? 1 : factor;
    return st;
}

static leie_status take_input(void *ctx, const leie_csv *csv, leie_error *err)
{
    closing *x = ctx;
    char code[LEIE_LABEL_SIZE], from[LEIE_LABEL_SIZE], buffer[LEIE_LABEL_SIZE];
    leie_size treatment, region;
    double value = 0;
    leie_status st = read_common(&treatment, &region, &value, x, csv, err);
    st = st ? st : leie_csv_label(csv, leie_csv_column(csv, "sector"), code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "from_region"), from, sizeof from, err);
    for (leie_size r = 0; r < x->d->model.region.n && !st; r++) {
        leie_size s = leie_labels_find(&x->t.sector.region, from[0] ? from : x->d->model.region.code[r]);
        leie_size row = s < 0 ? -1 : leie_axis_find_in(&x->t.sector, s, code);
        double amount = value;
        if (region >= 0 && r != region)
            continue;
        if (row < 0)
            return leie_lookup_fail(csv, leie_csv_column(csv, "sector"), "sector of the table", code, s < 0 ? NULL : leie_lookup_nearest(buffer, &x->t.sector, s, code), err);
        st = read_per_mass(&amount, x, csv, x->t.sector.unit[row][0] ? x->t.sector.unit[row] : x->t.unit, err);
        st = st ? st : add_part(&x->input, r, treatment, row, amount, err);
    }
    return st;
}

static leie_status take_waste(void *ctx, const leie_csv *csv, leie_error *err)
{
    closing *x = ctx;
    leie_size treatment, region, row = 0;
    double value = 0;
    leie_status st = read_common(&treatment, &region, &value, x, csv, err);
    st = st ? st : leie_lookup_label(&row, csv, leie_csv_column(csv, "waste"), &x->d->model.waste, "waste", err);
    for (leie_size r = 0; r < x->d->model.region.n && !st; r++)
        if (region < 0 || r == region)
            st = add_part(&x->waste, r, treatment, row, value, err);
    return st;
}

static leie_status take_pressure(void *ctx, const leie_csv *csv, leie_error *err)
{
    closing *x = ctx;
    leie_size treatment, region, row = 0;
    double value = 0;
    leie_status st = read_common(&treatment, &region, &value, x, csv, err);
    st = st ? st : leie_lookup_label(&row, csv, leie_csv_column(csv, "stressor"), &x->t.stressor, "stressor", err);
    st = st ? st : read_per_mass(&value, x, csv, x->t.stressor.unit[row], err);
    for (leie_size r = 0; r < x->d->model.region.n && !st; r++)
        if (region < 0 || r == region)
            st = add_part(&x->pressure, r, treatment, row, value, err);
    return st;
}

static leie_status read_parts(closing *x, leie_error *err)
{
    static const char *const i_needs[] = {"treatment", "sector", "value", "unit", NULL}, *const i_takes[] = {"region", "from_region", "source", "note", NULL};
    static const char *const w_needs[] = {"treatment", "waste", "value", NULL}, *const takes[] = {"region", "source", "note", NULL};
    static const char *const p_needs[] = {"treatment", "stressor", "value", "unit", NULL};
    static const leie_record_file files[] = {{i_needs, i_takes, "inputs of treatments", take_input},
                                             {w_needs, takes, "waste of treatments", take_waste},
                                             {p_needs, takes, "pressures of treatments", take_pressure}};
    const leie_path *const paths[] = {&x->study->closure.inputs, &x->study->closure.waste, &x->study->closure.pressures};
    leie_status st = LEIE_OK;
    for (int k = 0; k < 3 && !st; k++)
        st = leie_records_read_given(paths[k], x->study->year, &files[k], x, &x->d->provenance, err);
    return st;
}

// ---- the table and the waste of its sectors ----

static leie_status read_table(closing *x, leie_error *err)
{
    leie_study study;
    int *years = NULL;
    leie_size n = 0;
    leie_status st = leie_study_open(&study, x->study->closure.table.real, 0, NULL, err);
    if (st)
        return st;
    st = leie_study_years(&years, &n, &study, err);
    if (!st && n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no table", x->study->closure.table.shown);
    st = st ? st : leie_assemble(&x->t, &study, x->study->closure.year ? x->study->closure.year : years[n - 1], NULL, err);
    for (leie_size i = 0; i < x->t.provenance.sources && !st; i++) {
        const leie_source *s = &x->t.provenance.source[i];
        st = leie_provenance_source(&x->d->provenance, s->role, s->path, s->reader, s->bytes, s->sha256, err);
    }
    leie_free(years);
    leie_study_clear(&study);
    return st;
}

// Waste by type and sector of the table; an activity is a sector by its code or its name.
static leie_status place_waste(closing *x, leie_error *err)
{
    const leie_waste_account *a = &x->d->account[LEIE_WASTE_SUPPLY][0], *f = &x->d->account[LEIE_WASTE_SUPPLY][1];
    const double *factor = x->d->factor[LEIE_WASTE_SUPPLY];
    leie_size W = x->d->model.waste.n, n = x->t.sector.n;
    x->generated = leie_new(W * n, sizeof *x->generated);
    x->final = leie_new(x->d->model.region.n * W, sizeof *x->final);
    if (!x->generated || !x->final)
        return leie_fail_memory(err, "waste of sectors", W * n, sizeof *x->generated);
    for (leie_size j = 0; j < a->col.n && a->row.n; j++) {
        char buffer[LEIE_LABEL_SIZE];
        leie_size s = leie_labels_find(&x->t.sector.region, a->col.region.code[a->col.of[j]]);
        leie_size at = s < 0 ? -1 : leie_axis_find_in(&x->t.sector, s, a->col.code[j]);
        for (leie_size i = s < 0 ? n : x->t.sector.first[s]; at < 0 && i < x->t.sector.first[s + 1]; i++)
            at = strcmp(x->t.sector.name[i], a->col.code[j]) == 0 ? i : -1;
        if (at < 0) {
            const char *near = s < 0 ? NULL : leie_lookup_nearest(buffer, &x->t.sector, s, a->col.code[j]);
            return leie_fail(err, LEIE_ERR_DATA, "%s: '%s' of %s is no sector of the table %s%s%s%s", a->path, a->col.code[j], a->col.region.code[a->col.of[j]],
                             x->study->closure.table.shown, near ? "; '" : "", near ? near : "", near ? "' is near" : "");
        }
        for (leie_size w = 0; w < W; w++) {
            leie_size i = leie_labels_find(&a->row, x->d->model.waste.code[w]);
            x->generated[w * n + at] += i < 0 ? 0 : factor[i] * a->value[i * a->col.n + j];
        }
    }
    for (leie_size j = 0; j < f->col.n && f->row.n; j++) {
        leie_size r = leie_labels_find(&x->d->model.region, f->col.region.code[f->col.of[j]]);
        for (leie_size w = 0; w < W; w++) {
            leie_size i = leie_labels_find(&f->row, x->d->model.waste.code[w]);
            x->final[r * W + w] += i < 0 ? 0 : factor[i] * f->value[i * f->col.n + j];
        }
    }
    return LEIE_OK;
}

// ---- the dataset ----

static leie_status add_sectors(leie_dataset *ds, const leie_table *t, leie_error *err)
{
    leie_var *var, *unit = NULL;
    leie_size dim = leie_dataset_dim(ds, "closed_sector", t->sector.n, err);
    leie_status st = dim < 0 ? (leie_status)dim : leie_dataset_var(&var, ds, "closed_sector", LEIE_VAR_TEXT, "closed_sector", NULL, "sector of the table (region/code)", err);
    st = st ? st : leie_dataset_var(&unit, ds, "closed_sector_unit", LEIE_VAR_TEXT, "closed_sector", NULL, "unit of what the sector sells", err);
    for (leie_size j = 0; j < t->sector.n && !st; j++) {
        char text[2 * LEIE_LABEL_SIZE];
        snprintf(text, sizeof text, "%s/%s", t->sector.region.code[t->sector.of[j]], t->sector.code[j]);
        st = leie_var_set_text(var, j, text, err);
        st = st ? st : leie_var_set_text(unit, j, t->sector.unit[j][0] ? t->sector.unit[j] : t->unit, err);
    }
    return st;
}

static leie_status add_result(leie_dataset *ds, const closing *x, const leie_waste_closed *r, leie_error *err)
{
    const char *unit = x->study->unit;
    leie_status st = add_sectors(ds, &x->t, err);
    st = st ? st : leie_mfa_numbers(ds, "closed_output", "closed_sector", "1", "output with what treatments buy, in closed_sector_unit", "year: sum", r->x, err);
    st = st ? st : leie_mfa_numbers(ds, "closed_activity", "region treatment", unit, "waste treated in the closed system", "year: sum", r->z, err);
    st = st ? st : leie_mfa_numbers(ds, "closed_unrouted", "region waste", unit, "waste for which no treatment is chosen", "year: sum", r->unrouted, err);
    st = st ? st : leie_mfa_numbers(ds, "waste_embodied", "treatment closed_sector", unit, "waste treated anywhere per unit of final demand", "year: mean", r->embodied, err);
    if (!st && x->t.stressor.n) {
        st = leie_dataset_coordinate(ds, "stressor", x->t.stressor.n, x->t.stressor.code, x->t.stressor.name, "pressure of the table", err);
        st = st ? st : leie_mfa_numbers(ds, "closed_multiplier", "stressor closed_sector", "1", "pressure per unit of final demand, that of treatments included", "year: mean", r->multiplier, err);
        st = st ? st : leie_mfa_numbers(ds, "treatment_pressure", "stressor region", "1", "pressure of treatments, in the unit of the stressor", "year: sum", r->pressure, err);
    }
    return st ? st : leie_dataset_number(ds, NULL, "closure_residual", r->residual, err);
}

leie_status leie_waste_closure_add(leie_dataset *ds, const leie_waste_study *study, leie_waste_data *data, double *residual, leie_error *err)
{
    closing x = {.study = study, .d = data};
    leie_waste_closed r = {0};
    *residual = 0;
    if (!study->closure.table.real)
        return LEIE_OK;
    leie_status st = read_table(&x, err);
    st = st ? st : read_parts(&x, err);
    st = st ? st : place_waste(&x, err);
    const leie_waste_closure c = {.t = &x.t, .m = &data->model, .generated = x.generated, .final = x.final, .inputs = x.input.n, .wastes = x.waste.n,
                                  .pressures = x.pressure.n, .input = x.input.part, .waste = x.waste.part, .pressure = x.pressure.part};
    st = st ? st : leie_waste_close(&r, &c, NULL, err);
    st = st ? st : add_result(ds, &x, &r, err);
    *residual = r.residual;
    leie_waste_closed_clear(&r);
    leie_table_clear(&x.t);
    leie_free(x.input.part);
    leie_free(x.waste.part);
    leie_free(x.pressure.part);
    leie_free(x.generated);
    leie_free(x.final);
    return st;
}
