// SPDX-License-Identifier: GPL-3.0-or-later
/* Targets against the series of material flow accounts: which series, which base, how far. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/run/flow_accounts.h"

static bool either(const char *text, const char *a, const char *b)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

/* Why a row speaks of no series of these accounts, NULL when it speaks of one: an indicator, a region and a material
 * that they have. A route that the indicator does not belong to is refused. */
static leie_status applies(const char **why, leie_flow_target *t, const leie_flow_accounts *a, const char *path, leie_error *err)
{
    const leie_target *row = &t->row;
    int indicator = leie_mfa_find(row->indicator);
    t->indicator = (leie_mfa_indicator)(indicator < 0 ? 0 : indicator);
    t->q = leie_labels_find(&a->q.label, row->region);
    t->material = leie_labels_find(&a->material.label, row->material[0] ? row->material : "TOTAL");
    *why = !a->there          ? "the study has no flows"
           : indicator < 0    ? "the flows have no such indicator"
           : t->q < 0         ? "the flows have no such region"
           : t->material < 0  ? "the flows have no such material"
                              : NULL;
    if (*why)
        return LEIE_OK;
    const char *route = leie_mfa_is_rme(t->indicator) ? "rme" : "ewmfa";
    if (!either(row->route, route, ""))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s belongs to the route %s, the target is of the route '%s'", path,
                         (long long)row->line, row->indicator, route, row->route);
    return LEIE_OK;
}

// Single years or the study's average; a base value of another average or edition is a mix.
static leie_status choose_series(leie_flow_target *t, const leie_flow_accounts *a, const char *path, leie_error *err)
{
    const leie_target *row = &t->row;
    char own[64];
    leie_averaging_name(own, sizeof own, &a->averaging);
    t->averaged = !either(row->averaging, "none", "");
    if (t->averaged && strcmp(row->averaging, own) != 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the target is for averaging '%s' and the study has '%s'", path,
                         (long long)row->line, row->averaging, own);
    if (!isnan(row->base_value) && (!row->route[0] || (!row->averaging[0] && a->averaging.years > 1)))
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: of what %s is the base value? leave base_value empty to take the series' own", path,
                         (long long)row->line, row->route[0] ? "averaging (none, or the study's)" : "route");
    if (!isnan(row->base_value) && strcmp(row->edition, a->edition) != 0)
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: the base value is of edition '%s' and the series of edition '%s'; leave base_value "
                         "empty to take the series' own", path, (long long)row->line, row->edition, a->edition);
    return LEIE_OK;
}

// unit: what the series is counted in.
static leie_status choose_measure(leie_flow_target *t, const char *from, const char *path, leie_error *err)
{
    const leie_target *row = &t->row;
    const char *unit = row->unit[0] ? row->unit : "t";
    bool change = strcmp(row->kind, "change") == 0;
    t->per_capita = strcmp(row->per, "capita") == 0;
    if (!t->per_capita && !either(row->per, "absolute", ""))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: per is capita or absolute, found '%s'", path, (long long)row->line,
                         row->per);
    if (!change && strcmp(row->kind, "level") != 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: kind is change or level, found '%s'", path, (long long)row->line,
                         row->kind);
    if (row->base_year && row->base_year >= row->year)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the target year %lld does not come after the base year %lld", path,
                         (long long)row->line, (long long)row->year, (long long)row->base_year);
    if (leie_unit_factor(&t->per_unit, from, unit, NULL) != LEIE_OK)
        return leie_fail(err, LEIE_ERR_UNIT, "%s:%lld: '%s' is no unit of %s", path, (long long)row->line, unit,
                         strcmp(from, "t") == 0 ? "mass" : from);
    return LEIE_OK;
}

static void set_goal(leie_flow_target *t, const int *year, const double *series, leie_size n)
{
    const leie_target *row = &t->row;
    t->goal = (leie_target_goal){.base_year = (int)row->base_year, .base = row->base_value, .year = (int)row->year};
    for (leie_size y = 0; y < n; y++)
        if (isnan(t->goal.base) && year[y] == t->goal.base_year)
            t->goal.base = series[y];
    t->goal.level = strcmp(row->kind, "change") == 0 ? t->goal.base * (1 + row->value / 100) : row->value;
    leie_target_follow(&t->track, &t->goal, year, series, n);
}

static leie_status follow(leie_flow_target *t, const leie_flow_accounts *a, leie_error *err)
{
    double *series = leie_new(a->mfa.Y, sizeof *series);
    if (!series)
        return leie_fail_memory(err, "targets", a->mfa.Y, sizeof *series);
    for (leie_size y = 0; y < a->mfa.Y; y++)
        series[y] = t->per_unit * leie_flow_value(a, y, t->q, t->indicator, t->material, t->per_capita, t->averaged);
    set_goal(t, a->mfa.year, series, a->mfa.Y);
    leie_free(series);
    return LEIE_OK;
}

leie_status leie_io_target_follow(leie_flow_target *t, const leie_flow_accounts *a, const leie_target *row, const char *unit,
                                  const char *edition, const int *year, const double *series, leie_size n, leie_error *err)
{
    const char *path = a->target_file;
    *t = (leie_flow_target){.row = *row, .io = true};
    if (!either(row->averaging, "none", ""))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the route io has single years, the target is for averaging '%s'", path,
                         (long long)row->line, row->averaging);
    if (!isnan(row->base_value) && strcmp(row->edition, edition) != 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the base value is of edition '%s' and the series of edition '%s'; leave "
                         "base_value empty to take the series' own", path, (long long)row->line, row->edition, edition);
    leie_status st = choose_measure(t, unit, path, err);
    double *scaled = leie_new(n, sizeof *scaled);
    if (!st && !scaled)
        st = leie_fail_memory(err, "targets", n, sizeof *scaled);
    for (leie_size y = 0; !st && y < n; y++)
        scaled[y] = t->per_unit * series[y];
    if (!st)
        set_goal(t, year, scaled, n);
    leie_free(scaled);
    return st;
}

// "RMC BE-VLG MF3 2030": labels are coordinates of the result.
static void name_row(char *label, size_t size, const leie_target *row)
{
    const char *material = either(row->material, "TOTAL", "") ? "" : row->material;
    snprintf(label, size, "%s %s%s%s %lld%s", row->indicator, row->region, material[0] ? " " : "", material, (long long)row->year,
             strcmp(row->route, "io") == 0 ? " (io)" : "");
}

void leie_flow_target_name(leie_flow_target *t, leie_size n, const leie_flow_target *before)
{
    char name[sizeof t->label], other[sizeof t->label];
    int same = 1;
    name_row(name, sizeof name, &t->row);
    for (leie_size i = 0; i < n; i++) {
        name_row(other, sizeof other, &before[i].row);
        same += strcmp(name, other) == 0;
    }
    snprintf(t->label, sizeof t->label, "%s", name);
    if (same > 1)
        snprintf(t->label + strlen(name), sizeof t->label - strlen(name), " (%d)", same);
}

leie_status leie_target_leave_out(leie_labels *left_out, const leie_target *row, const char *why, leie_error *err)
{
    char name[256], label[288];
    name_row(name, sizeof name, row);
    snprintf(label, sizeof label, "%s", name);
    for (int same = 2; leie_labels_find(left_out, label) >= 0; same++)
        snprintf(label, sizeof label, "%s (%d)", name, same);
    leie_size at = leie_labels_add(left_out, label, why, NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status add_target(leie_flow_accounts *a, const leie_target *row, const char *path, leie_error *err)
{
    leie_flow_target *t = &a->target[a->targets];
    const char *why = NULL;
    *t = (leie_flow_target){.row = *row};
    leie_status st = applies(&why, t, a, path, err);
    if (st || why)
        return st ? st : leie_target_leave_out(&a->left_out, row, why, err);
    st = choose_series(t, a, path, err);
    st = st ? st : choose_measure(t, "t", path, err);
    st = st ? st : follow(t, a, err);
    if (!st) {
        leie_flow_target_name(t, a->targets, a->target);
        a->targets++;
    }
    return st;
}

leie_status leie_flow_targets_follow(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    leie_targets list = {0};
    if (!study->targets.real)
        return LEIE_OK;
    leie_status st = leie_read_targets(&list, study->targets.real, err);
    a->target_file = study->targets.shown;
    a->target = st || !list.n ? NULL : leie_new(list.n, sizeof *a->target);
    a->io_row = st || !list.n ? NULL : leie_new(list.n, sizeof *a->io_row);
    if (!st && list.n && (!a->target || !a->io_row))
        st = leie_fail_memory(err, "targets", list.n, sizeof *a->target);
    for (leie_size i = 0; !st && i < list.n; i++) {
        if (strcmp(list.item[i].route, "io") == 0)
            a->io_row[a->io_rows++] = list.item[i];
        else
            st = add_target(a, &list.item[i], study->targets.shown, err);
    }
    leie_targets_clear(&list);
    return st;
}
