// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/compare/decompose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_prices.h"
#include "io/read/read_table.h"
#include "io/result/dataset_text.h"
#include "io/run/inputs.h"
#include "io/run/scenario_accounts.h"
#include "kernels/memory.h"
#include "solver/build/deflate.h"
#include "solver/scenario/change.h"

void leie_decomposition_clear(leie_decomposition *d)
{
    for (leie_size i = 0; i < d->steps; i++) {
        leie_sda_clear(&d->step[i].sda);
        leie_sda_clear(&d->step[i].total);
    }
    leie_account_regions_clear(&d->q);
    *d = (leie_decomposition){0};
}

// One end of a step: a table of a study, as the study says.
typedef struct end {
    const leie_decompose_side *side;
    int year;
    char letter; // A or B
    leie_table t;
    double *population; // [q] NULL without
} end;

static bool is_scenario(const leie_decompose_side *side)
{
    return side->scenario && strcmp(side->scenario, "baseline") != 0;
}

// ---- tables ----

/* The table of a scenario, changed cell by cell; a year without a table is a projection of the last one. */
static leie_status change_table(leie_table *t, const leie_decompose_side *side, bool projection, leie_error *err)
{
    leie_scenarios set = {0};
    leie_baseline base = {0};
    leie_change change = {0};
    leie_table changed = {0};
    leie_size at = 0;
    leie_status st = leie_study_scenarios(&set, side->study, &t->provenance, err);
    while (!st && at < set.scenarios && strcmp(set.scenario[at].code, side->scenario) != 0)
        at++;
    if (!st && at == set.scenarios)
        st = leie_fail(err, LEIE_ERR_DATA, "%s has no scenario '%s'", side->study->file, side->scenario);
    st = st ? st : leie_baseline_make(&base, t, &set, err);
    st = st ? st : leie_change_open(&change, &base, err);
    if (!st) {
        const leie_change_opts opts = {.year = side->year, .projection = projection};
        st = leie_change_apply(&change, &set.scenario[at], &opts, err);
    }
    st = st ? st : leie_change_table(&changed, &change, err);
    leie_change_clear(&change);
    if (base.t)
        leie_baseline_clear(&base);
    leie_scenarios_clear(&set);
    if (st)
        return st;
    leie_table_clear(t);
    *t = changed;
    return LEIE_OK;
}

static leie_status assemble(end *e, const leie_watch *watch, leie_error *err)
{
    const leie_study *study = e->side->study;
    int year = e->year, *years = NULL;
    leie_size n = 0;
    bool projection = !leie_study_tables_of(study, year);
    leie_status st = projection ? leie_study_years(&years, &n, study, err) : LEIE_OK;
    if (!st && projection && (!is_scenario(e->side) || n == 0))
        st = leie_fail(err, LEIE_ERR_DATA, "%s has no table of %d", study->file, year);
    if (!st && projection)
        year = years[n - 1];
    leie_free(years);
    st = st ? st : leie_assemble(&e->t, study, year, watch, err);
    return st || !is_scenario(e->side) ? st : change_table(&e->t, e->side, projection, err);
}

static leie_status population(end *e, const leie_account_regions *q, leie_error *err)
{
    if (!e->side->study->population.real)
        return LEIE_OK;
    if (!(e->population = leie_new(q->label.n, sizeof *e->population)))
        return leie_fail_memory(err, "population", q->label.n, sizeof *e->population);
    return leie_read_population(e->population, &e->side->study->population, e->year, q, &e->t.sector.region, &e->t.provenance, err);
}

static void clear_end(end *e)
{
    leie_table_clear(&e->t);
    leie_free(e->population);
}

// All account regions of the study, or one of them.
static leie_status account_regions(leie_account_regions *q, const end *e, const char *region, leie_error *err)
{
    leie_account_regions all = {0};
    leie_size R = e->t.sector.region.n;
    leie_status st = leie_study_account_regions(region ? &all : q, e->side->study, &e->t, err);
    if (st || !region)
        return st;
    leie_size at = leie_labels_find(&all.label, region);
    if (at < 0) {
        const char *near = leie_labels_nearest(&all.label, region);
        st = leie_fail(err, LEIE_ERR_USAGE, "no account region '%s'%s%s", region, near ? "; the nearest is " : "", near ? near : "");
    }
    if (!st && leie_labels_add(&q->label, region, all.label.name[at], NULL, all.label.kind[at], err) < 0)
        st = LEIE_ERR_NOMEM;
    if (!st && !(q->member = leie_new(R, sizeof *q->member)))
        st = leie_fail_memory(err, "account regions", R, sizeof *q->member);
    if (!st)
        memcpy(q->member, all.member + at * R, (size_t)R * sizeof *q->member);
    leie_account_regions_clear(&all);
    return st;
}

// ---- prices ----

static bool constant(const leie_table *t)
{
    return t->prices && strncmp(t->prices, "constant", 8) == 0;
}

// Whether a table is in the prices of a year: a table in previous-year prices beside that year's.
static bool in_prices_of(const leie_table *t, int year)
{
    char base[48];
    snprintf(base, sizeof base, "constant %d", year);
    return t->prices && strcmp(t->prices, base) == 0;
}

static leie_status deflate(leie_table *deflated, const end *from, const end *to, const leie_decompose_opts *opts, leie_error *err)
{
    double *price = leie_new(to->t.sector.n, sizeof *price);
    leie_status st = price ? leie_table_copy(deflated, &to->t, err) : leie_fail_memory(err, "prices", to->t.sector.n, sizeof *price);
    st = st ? st : leie_read_prices(price, opts->deflators, opts->exchange, from->year, to->year, &to->t, err);
    st = st ? st : leie_table_deflate(deflated, price, from->year, err);
    leie_free(price);
    return st;
}

/* The later table of a change in the prices of the earlier one, where these are known: its copy, or the table itself.
 * Else the factor price is shown. */
static leie_status set_prices(leie_step *step, leie_table *deflated, const leie_table **t, const end *from, const end *to,
                              const leie_decompose_opts *opts, leie_error *err)
{
    *t = &to->t;
    if (from->year == to->year) {
        snprintf(step->prices, sizeof step->prices, "the prices of %d on both sides", from->year);
    } else if (in_prices_of(&to->t, from->year) || (constant(&to->t) && constant(&from->t) && strcmp(from->t.prices, to->t.prices) == 0)) {
        snprintf(step->prices, sizeof step->prices, "constant prices of %.40s, those of the tables", to->t.prices + strlen("constant"));
    } else if (opts->deflators) {
        snprintf(step->prices, sizeof step->prices, "constant prices of %d, by deflators%s", from->year,
                 opts->exchange ? " in the money of each region and exchange rates" : " in the money of the table");
        *t = deflated;
        return deflate(deflated, from, to, opts, err);
    } else {
        step->current = true;
        snprintf(step->prices, sizeof step->prices, "current prices: intensity, technology, mix and volume hold changes of prices and exchange rates");
    }
    return LEIE_OK;
}

// ---- against the results ----

static leie_size label_at(const leie_dataset *ds, const char *dim, const char *label)
{
    char text[LEIE_LABEL_ROOM];
    leie_size d = leie_dataset_find_dim(ds, dim);
    for (leie_size i = 0; d >= 0 && i < ds->dim[d].n; i++)
        if (strcmp(leie_dataset_label(text, ds, d, i), label) == 0)
            return i;
    return -1;
}

// D_cba and direct pressures of the result, NaN where it has none.
static double stored(const leie_decompose_side *side, int year, const char *region, const char *stressor)
{
    const leie_dataset *ds = side->result;
    static const char *const part[] = {"D_cba", "direct"};
    char text[16];
    double sum = 0;
    snprintf(text, sizeof text, "%d", year);
    leie_size at[] = {label_at(ds, "scenario", side->scenario ? side->scenario : "baseline"), label_at(ds, "year", text),
                      label_at(ds, "region", region), label_at(ds, "stressor", stressor)};
    for (int i = 0; i < 2; i++) {
        const leie_var *v = leie_dataset_find(ds, part[i]);
        if (!v || !v->number || v->rank != 4 || at[0] < 0 || at[1] < 0 || at[2] < 0 || at[3] < 0)
            return NAN;
        double value = v->number[leie_dataset_offset(ds, v, at)];
        if (i && isnan(value)) { // scenarios have direct pressures of the baseline only where they change none
            at[0] = label_at(ds, "scenario", "baseline");
            value = at[0] < 0 ? NAN : v->number[leie_dataset_offset(ds, v, at)];
        }
        sum += value;
    }
    return sum;
}

/* The footprints that the tables give must be those of the result: else the study is not the one that made it. */
static leie_status hold_against(const leie_decompose_side *side, int year, const leie_sda *d, const double *value,
                                const leie_account_regions *q, leie_error *err)
{
    double worst = 0, said = 0, found = 0;
    const char *region = "", *stressor = "";
    for (leie_size at = 0; side->result && at < d->q * d->k; at++) {
        double have = stored(side, year, q->label.code[at / d->k], d->stressor.code[at % d->k]);
        double gap = fabs(have - value[at]) / fmax(fabs(have), 1e-300);
        if (gap > worst && fabs(have - value[at]) > 1e-9) {
            worst = gap;
            said = have;
            found = value[at];
            region = q->label.code[at / d->k];
            stressor = d->stressor.code[at % d->k];
        }
    }
    if (!(worst > 1e-8))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s has a footprint of %.10g for %s, %s in %d, and the tables of %s give %.10g: it is not the study of that result",
                     side->name, said, region, stressor, year, side->study->file, found);
}

// ---- steps ----

static void name_end(char text[96], const end *e)
{
    snprintf(text, 96, "%c %d%s%.60s", e->letter, e->year, e->side->scenario ? " " : "", e->side->scenario ? e->side->scenario : "");
}

// All materials together, where there are several of one unit.
static leie_status sum_materials(leie_step *step, leie_error *err)
{
    const leie_labels *stressor = &step->sda.stressor;
    leie_size first = -1, members = 0;
    bool same = true, *member = leie_new(stressor->n, sizeof *member);
    if (!member)
        return leie_fail_memory(err, "materials", stressor->n, sizeof *member);
    for (leie_size s = 0; s < stressor->n; s++) {
        member[s] = strcmp(stressor->kind[s], LEIE_STRESSOR_MATERIAL) == 0;
        first = member[s] && first < 0 ? s : first;
        members += member[s];
        same &= !member[s] || strcmp(stressor->unit[s], stressor->unit[first]) == 0;
    }
    leie_status st = members > 1 && same ? leie_sda_sum(&step->total, &step->sda, member, "TOTAL", "all materials", err) : LEIE_OK;
    leie_free(member);
    return st;
}

static const char *kind_of(const end *from, const end *to)
{
    bool years = from->year != to->year;
    if (years && (from->side->study == to->side->study || in_prices_of(&to->t, from->year)))
        return "change";
    if (!years && (is_scenario(from->side) || is_scenario(to->side)))
        return "scenario";
    return years ? "change and revision" : "revision";
}

static leie_status do_step(leie_decomposition *d, const end *from, const end *to, const leie_decompose_opts *opts, leie_error *err)
{
    leie_step *step = &d->step[d->steps++];
    leie_table deflated = {0};
    const leie_table *later;
    step->kind = kind_of(from, to);
    name_end(step->from, from);
    name_end(step->to, to);
    const leie_study *study = from->side->study;
    leie_status st = set_prices(step, &deflated, &later, from, to, opts, err);
    const leie_sda_side side[2] = {{&from->t, from->population}, {later, to->population}};
    leie_sda_opts o = {.linsys = study->linsys, .mean = opts->mean, .current_prices = step->current, .demand_whole = opts->demand_whole};
    memcpy(o.exclude, study->exclude, sizeof o.exclude);
    st = st ? st : leie_sda_make(&step->sda, side, &d->q, &o, err);
    leie_table_clear(&deflated);
    st = st ? st : hold_against(from->side, from->year, &step->sda, step->sda.total_from, &d->q, err);
    st = st ? st : hold_against(to->side, to->year, &step->sda, step->sda.total_to, &d->q, err);
    return st ? st : sum_materials(step, err);
}

// Steps meet exactly; with other stressors in each edition only what all have can.
static leie_status close_steps(leie_decomposition *d, leie_error *err)
{
    leie_sda chain[LEIE_STEPS_MOST];
    if (d->steps < 2)
        return LEIE_OK;
    leie_sda *a = &d->step[0].sda, *b = &d->step[1].sda;
    bool same = a->k == b->k;
    for (leie_size s = 0; same && s < a->k; s++)
        same = strcmp(a->stressor.code[s], b->stressor.code[s]) == 0;
    if (!same)
        return leie_fail(err, LEIE_ERR_DATA, "%s and %s have %lld stressors in common, %s and %s %lld: give both editions the same extensions",
                         d->step[0].from, d->step[0].to, (long long)a->k, d->step[1].from, d->step[1].to, (long long)b->k);
    for (int total = 0; total < 2; total++) {
        for (leie_size i = 0; i < d->steps; i++)
            chain[i] = total ? d->step[i].total : d->step[i].sda;
        if (chain[0].k && chain[1].k)
            leie_sda_close(chain, d->steps);
        for (leie_size i = 0; i < d->steps; i++) {
            leie_sda *back = total ? &d->step[i].total : &d->step[i].sda;
            back->remainder = chain[i].remainder;
        }
    }
    return LEIE_OK;
}

/* What stands between the two ends: the later year of A's edition, or the earlier one of B's; nothing where one edition
 * has no such year, or where B is A's year in other prices. */
static bool has_middle(end *middle, const leie_decompose_side side[2], const end *last)
{
    bool plain = !is_scenario(&side[0]) && !is_scenario(&side[1]);
    if (side[0].study == side[1].study || side[0].year == side[1].year || !plain || in_prices_of(&last->t, side[0].year))
        return false;
    bool later = leie_study_tables_of(side[0].study, side[1].year);
    *middle = later ? (end){.side = &side[0], .year = side[1].year, .letter = 'A'} : (end){.side = &side[1], .year = side[0].year, .letter = 'B'};
    return later || leie_study_tables_of(side[1].study, side[0].year);
}

leie_status leie_decompose(leie_decomposition *d, const leie_decompose_side side[2], const leie_decompose_opts *opts,
                           const leie_watch *watch, leie_error *err)
{
    *d = (leie_decomposition){0};
    end first = {.side = &side[0], .year = side[0].year, .letter = 'A'}, last = {.side = &side[1], .year = side[1].year, .letter = 'B'}, middle = {0};
    leie_status st = assemble(&first, watch, err);
    st = st ? st : account_regions(&d->q, &first, opts->region, err);
    st = st ? st : population(&first, &d->q, err);
    st = st ? st : assemble(&last, watch, err);
    st = st ? st : population(&last, &d->q, err);
    bool between = !st && has_middle(&middle, side, &last);
    if (!st && between) {
        st = assemble(&middle, watch, err);
        st = st ? st : population(&middle, &d->q, err);
    }
    st = st ? st : do_step(d, &first, between ? &middle : &last, opts, err);
    if (!st && between)
        st = do_step(d, &middle, &last, opts, err);
    st = st ? st : close_steps(d, err);
    clear_end(&first);
    clear_end(&middle);
    clear_end(&last);
    if (st)
        leie_decomposition_clear(d);
    return st;
}
