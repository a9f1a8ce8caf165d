// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/waste_residual.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/unit.h"

typedef struct reading {
    const leie_waste_study *study;
    leie_waste_data *d;
    leie_labels name[2];  // distinct activities, distinct categories of final demand
    leie_size *taken[2];  // [W, columns] line of the row that has this waste, 0 for none
    leie_size room;
} reading;

// ---- where waste comes from ----

static const leie_waste_account *account(const leie_waste_data *d, bool final)
{
    return &d->account[LEIE_WASTE_SUPPLY][final];
}

static bool matches(const leie_waste_account *a, leie_size j, const leie_residual_share *s)
{
    return !s->from || strcmp(a->col.code[j], s->from) == 0;
}

static leie_status list_names(reading *r, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int f = 0; f < 2 && !st; f++) {
        const leie_waste_account *a = account(r->d, f);
        for (leie_size j = 0; j < a->col.n && !st; j++)
            if (leie_labels_find(&r->name[f], a->col.code[j]) < 0) {
                leie_size at = leie_labels_add(&r->name[f], a->col.code[j], NULL, NULL, NULL, err);
                st = at < 0 ? (leie_status)at : LEIE_OK;
            }
        r->taken[f] = st ? NULL : leie_new(r->d->model.waste.n * a->col.n + 1, sizeof *r->taken[f]);
        if (!st && !r->taken[f])
            st = leie_fail_memory(err, "residual waste", r->d->model.waste.n * a->col.n, sizeof *r->taken[f]);
    }
    return st;
}

// Side and name of a `from`; *group is what it is called without a group.
static leie_status find_from(leie_residual_share *s, const char **group, const reading *r, const leie_csv *csv, leie_size c, const char *from, leie_error *err)
{
    s->final = !from[0] || strcmp(from, "final") == 0;
    *group = s->final ? "final demand" : "all activities";
    if (s->final || strcmp(from, "activities") == 0)
        return LEIE_OK;
    s->final = leie_labels_find(&r->name[1], from) >= 0;
    if (!s->final && leie_labels_find(&r->name[0], from) < 0) {
        const char *near = leie_labels_nearest(&r->name[1], from);
        near = near ? near : leie_labels_nearest(&r->name[0], from);
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                             "'%s' is no category of final demand and no activity of waste_supply; final and activities stand for all of them%s%s%s",
                             from, near ? "; '" : "", near ? near : "", near ? "' is near" : "");
    }
    s->from = leie_strdup(from);
    *group = from;
    return s->from ? LEIE_OK : leie_fail_memory(err, "residual waste", (leie_size)strlen(from), 1);
}

// Notes the waste that a row takes; no other row may have any of it.
static leie_status take_waste(reading *r, const leie_residual_share *s, const leie_csv *csv, leie_error *err)
{
    const leie_waste_account *a = account(r->d, s->final);
    leie_size *taken = r->taken[s->final] + s->waste * a->col.n;
    for (leie_size j = 0; j < a->col.n; j++) {
        if (!matches(a, j, s))
            continue;
        if (taken[j] && taken[j] != csv->line)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the waste '%s' of '%s' is in line %lld already: it would count twice",
                                 r->d->model.waste.code[s->waste], a->col.code[j], (long long)taken[j]);
        taken[j] = csv->line;
    }
    return LEIE_OK;
}

// ---- the file ----

static leie_status optional_text(char *text, size_t size, const leie_csv *csv, const char *column, leie_error *err)
{
    text[0] = '\0';
    return leie_csv_string(csv, leie_csv_column(csv, column), text, size, err);
}

static leie_status add_share(reading *r, const leie_residual_share *s, leie_error *err)
{
    leie_residual *all = &r->d->residual;
    leie_status st = leie_grow(&all->share, &r->room, all->shares, sizeof *all->share, "residual waste", err);
    if (st)
        return st;
    all->share[all->shares++] = *s;
    return LEIE_OK;
}

static leie_status take_share(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_residual_share s = {.from = NULL};
    leie_labels *groups = &r->d->residual.group;
    char from[LEIE_LABEL_SIZE], given[LEIE_LABEL_SIZE];
    const char *group = NULL;
    leie_size waste = 0, c = leie_csv_column(csv, "share"), c_from = leie_csv_column(csv, "from");
    leie_status st = leie_lookup_label(&waste, csv, leie_csv_column(csv, "waste"), &r->d->model.waste, "waste type", err);
    st = st ? st : leie_csv_number(csv, c, &s.share, err);
    if (!st && !(s.share >= 0 && s.share <= 1))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a share of %g; it should lie between 0 and 1", s.share);
    st = st ? st : optional_text(from, sizeof from, csv, "from", err);
    st = st ? st : optional_text(given, sizeof given, csv, "group", err);
    st = st ? st : find_from(&s, &group, r, csv, c_from, from, err);
    s.waste = (leie_index)waste;
    st = st ? st : take_waste(r, &s, csv, err);
    if (!st) {
        group = given[0] ? given : group;
        leie_size at = leie_labels_find(groups, group);
        at = at >= 0 ? at : leie_labels_add(groups, group, NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
        s.group = (leie_index)at;
    }
    st = st ? st : add_share(r, &s, err);
    if (st)
        leie_free(s.from);
    return st;
}

static leie_status take_population(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size at = 0, c = leie_csv_column(csv, "value");
    double value = 0;
    leie_status st = leie_lookup_label(&at, csv, leie_csv_column(csv, "region"), &r->d->model.region, "region", err);
    st = st ? st : leie_csv_number(csv, c, &value, err);
    if (!st && !(value > 0))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a population of %g; it should be above zero", value);
    if (!st)
        r->d->population[at] = value;
    return st;
}

static leie_status read_file(reading *r, const leie_path *path, const leie_record_file *file, leie_error *err)
{
    return leie_records_read_given(path, r->study->year, file, r, &r->d->provenance, err);
}

// The groups that the study counts, all without a choice.
static leie_status choose_groups(reading *r, leie_error *err)
{
    leie_residual *all = &r->d->residual;
    const leie_waste_study *study = r->study;
    all->counts = leie_new(all->group.n + 1, sizeof *all->counts);
    if (!all->counts)
        return leie_fail_memory(err, "residual waste", all->group.n, sizeof *all->counts);
    for (leie_size g = 0; g < all->group.n; g++)
        all->counts[g] = study->residual_counts == 0;
    for (leie_size k = 0; k < study->residual_counts; k++) {
        leie_size g = leie_labels_find(&all->group, study->residual_count[k]);
        if (g < 0) {
            const char *near = leie_labels_nearest(&all->group, study->residual_count[k]);
            return leie_fail(err, LEIE_ERR_DATA, "%s: 'residual.count': no row of %s is of '%s'%s%s%s", study->head.file, study->residual.shown,
                             study->residual_count[k], near ? "; '" : "", near ? near : "", near ? "' is near" : "");
        }
        all->counts[g] = true;
    }
    return LEIE_OK;
}

leie_status leie_residual_read(leie_waste_data *data, const leie_waste_study *study, leie_error *err)
{
    static const char *const shares[] = {"waste", "share", NULL}, *const values[] = {"region", "value", NULL};
    static const char *const more[] = {"from", "group", "source", "note", NULL}, *const optional[] = {"source", "note", NULL};
    static const leie_record_file share_file = {shares, more, "residual waste", take_share};
    static const leie_record_file population_file = {values, optional, "population", take_population};
    reading r = {.study = study, .d = data};
    data->population = leie_new(data->model.region.n + 1, sizeof *data->population);
    leie_status st = data->population ? LEIE_OK : leie_fail_memory(err, "population", data->model.region.n, sizeof(double));
    for (leie_size k = 0; k < data->model.region.n && !st; k++)
        data->population[k] = NAN;
    st = st ? st : list_names(&r, err);
    st = st ? st : read_file(&r, &study->residual, &share_file, err);
    st = st ? st : read_file(&r, &study->population, &population_file, err);
    st = st ? st : choose_groups(&r, err);
    for (int f = 0; f < 2; f++) {
        leie_labels_clear(&r.name[f]);
        leie_free(r.taken[f]);
    }
    return st;
}

void leie_residual_clear(leie_residual *all)
{
    for (leie_size k = 0; k < all->shares; k++)
        leie_free(all->share[k].from);
    leie_free(all->share);
    leie_free(all->counts);
    leie_labels_clear(&all->group);
    *all = (leie_residual){0};
}

// ---- per inhabitant ----

// mass [R, groups]
static void sum_groups(double *mass, const leie_waste_data *d)
{
    leie_size G = d->residual.group.n;
    for (leie_size k = 0; k < d->residual.shares; k++) {
        const leie_residual_share *s = &d->residual.share[k];
        const leie_waste_account *a = account(d, s->final);
        leie_size i = leie_labels_find(&a->row, d->model.waste.code[s->waste]);
        for (leie_size j = 0; j < a->col.n && i >= 0; j++)
            if (matches(a, j, s)) {
                leie_size r = leie_labels_find(&d->model.region, a->col.region.code[a->col.of[j]]);
                mass[r * G + s->group] += s->share * d->factor[LEIE_WASTE_SUPPLY][i] * a->value[i * a->col.n + j];
            }
    }
}

// What counts, as text: "Households, commerce".
static void name_counts(char *text, size_t size, const leie_residual *all)
{
    size_t used = 0;
    text[0] = '\0';
    for (leie_size g = 0; g < all->group.n && used < size; g++)
        if (all->counts[g])
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", all->group.code[g]);
}

leie_status leie_residual_add(leie_dataset *ds, const leie_waste_study *study, const leie_waste_data *data, leie_error *err)
{
    const leie_residual *all = &data->residual;
    leie_size R = data->model.region.n, G = all->group.n;
    leie_var *residual = NULL, *over = NULL, *by = NULL, *counts = NULL;
    char text[512];
    double kg = 1;
    if (!study->residual.real || !G)
        return LEIE_OK;
    name_counts(text, sizeof text, all);
    leie_status st = leie_unit_factor(&kg, study->unit, "kg", err);
    st = st ? st : leie_dataset_coordinate(ds, "residual_origin", G, all->group.code, NULL, "where residual waste comes from", err);
    st = st ? st : leie_dataset_var(&residual, ds, "residual_waste", LEIE_VAR_DOUBLE, "region", "kg person-1", "residual waste per inhabitant", err);
    st = st ? st : leie_dataset_text(ds, residual, "counts", text, err);
    st = st ? st : leie_dataset_var(&over, ds, "residual_over_target", LEIE_VAR_DOUBLE, "region", "kg person-1", "residual waste above the target", err);
    st = st ? st : leie_dataset_number(ds, over, "target", study->target, err);
    st = st ? st : leie_dataset_var(&by, ds, "residual_by_origin", LEIE_VAR_DOUBLE, "region residual_origin", "kg person-1", "residual waste per inhabitant by where it comes from", err);
    st = st ? st : leie_dataset_var(&counts, ds, "residual_counts", LEIE_VAR_INT, "residual_origin", "1", "1: counts as residual waste, 0: does not", err);
    if (st)
        return st;
    for (leie_size k = 0; k < R * G; k++)
        by->number[k] = 0;
    sum_groups(by->number, data);
    for (leie_size r = 0; r < R; r++) {
        residual->number[r] = 0;
        for (leie_size g = 0; g < G; g++) {
            by->number[r * G + g] *= kg / data->population[r];
            residual->number[r] += all->counts[g] ? by->number[r * G + g] : 0;
        }
        residual->number[r] = isnan(data->population[r]) ? NAN : residual->number[r];
        over->number[r] = residual->number[r] - study->target;
    }
    for (leie_size g = 0; g < G; g++)
        counts->integer[g] = all->counts[g];
    return LEIE_OK;
}
