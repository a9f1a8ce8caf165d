// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/compare/decompose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_prices.h"
#include "io/read/read_table.h"
#include "io/result/dataset_text.h"
#include "io/run/coupled_stocks.h"
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
    for (leie_size i = 0; i < d->kinds; i++) {
        leie_sda_clear(&d->kind[i].sda);
        leie_sda_clear(&d->kind[i].total);
    }
    leie_free(d->step);
    leie_account_regions_clear(&d->q);
    *d = (leie_decomposition){0};
}

// One end of a step: a table of a study, as the study says.
typedef struct end {
    const leie_decompose_side *side;
    int year;
    char letter; // A, B, or P: in the prices of the year before
    leie_table t;
    double *population; // [q] NULL without
} end;

static bool is_scenario(const leie_decompose_side *side)
{
    return side->scenario && strcmp(side->scenario, "baseline") != 0;
}

// ---- tables ----

/* What a longer life of goods saves in the year of t, by the cohorts of a coupled study: the tables of the years before are followed
 * as in a run. */
static leie_status follow_stocks(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_watch *watch, leie_error *err)
{
    int *years = NULL;
    leie_size n = 0;
    leie_status st = leie_coupled_stocks_open(c, study, err);
    st = st ? st : leie_study_years(&years, &n, study, err);
    for (leie_size i = 0; !st && i < n && years[i] < t->year; i++) {
        leie_table before = {0};
        st = leie_assemble(&before, study, years[i], NULL, err);
        st = st ? st : leie_coupled_stocks_follow(c, study, &before, NULL, err);
        leie_table_clear(&before);
    }
    leie_free(years);
    return st ? st : leie_coupled_stocks_follow(c, study, t, watch, err);
}

/* The table of a scenario, changed cell by cell; a year without a table is a projection of the last one. */
static leie_status change_table(leie_table *t, const leie_decompose_side *side, bool projection, const leie_watch *watch, leie_error *err)
{
    bool coupled = side->study->stocks.durables.real;
    leie_coupled_stocks stocks = {0};
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
    if (!st && coupled)
        st = follow_stocks(&stocks, side->study, t, watch, err);
    if (!st) {
        const leie_change_opts opts = {.year = side->year, .projection = projection, .longevity = coupled ? &stocks.longevity : NULL};
        st = leie_change_apply(&change, &set.scenario[at], &opts, err);
    }
    st = st ? st : leie_change_table(&changed, &change, err);
    leie_change_clear(&change);
    leie_coupled_stocks_clear(&stocks);
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
    return st || !is_scenario(e->side) ? st : change_table(&e->t, e->side, projection, watch, err);
}

// Inhabitants as a study counts them: for tables in previous-year prices that is the edition's.
static leie_status population(end *e, const leie_study *study, const leie_account_regions *q, leie_error *err)
{
    if (!study->population.real)
        return LEIE_OK;
    if (!(e->population = leie_new(q->label.n, sizeof *e->population)))
        return leie_fail_memory(err, "population", q->label.n, sizeof *e->population);
    return leie_read_population(e->population, &study->population, e->year, q, &e->t.sector.region, &e->t.provenance, err);
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
    if (from->letter == 'P') {
        snprintf(step->prices, sizeof step->prices, "from the prices of the year before to those of the year");
    } else if (from->year == to->year) {
        snprintf(step->prices, sizeof step->prices, "the prices of %d on both sides", from->year);
    } else if (in_prices_of(&to->t, from->year) || (constant(&to->t) && constant(&from->t) && strcmp(from->t.prices, to->t.prices) == 0)) {
        const char *base = to->t.prices + strlen("constant");
        snprintf(step->prices, sizeof step->prices, "constant prices of %.40s, those of the tables", base + strspn(base, " "));
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
    if (!years && from->letter == 'P')
        return "prices";
    if (!years && (is_scenario(from->side) || is_scenario(to->side)))
        return "scenario";
    return years ? "change and revision" : "revision";
}

static leie_status do_step(leie_decomposition *d, const end *from, const end *to, const leie_decompose_opts *opts, leie_error *err)
{
    leie_step *step = &d->step[d->steps++];
    step->steps = 1;
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

// ---- chains ----

static bool same_labels(const leie_labels *a, const leie_labels *b)
{
    bool same = a->n == b->n;
    for (leie_size i = 0; same && i < a->n; i++)
        same = strcmp(a->code[i], b->code[i]) == 0;
    return same;
}

// The steps of a chain, or of its sums over materials, closed together.
static leie_status close_part(leie_decomposition *d, bool total, leie_error *err)
{
    leie_sda *chain = leie_new(d->steps, sizeof *chain);
    if (!chain)
        return leie_fail_memory(err, "steps", d->steps, sizeof *chain);
    for (leie_size i = 0; i < d->steps; i++)
        chain[i] = total ? d->step[i].total : d->step[i].sda;
    leie_sda_close(chain, d->steps);
    for (leie_size i = 0; i < d->steps; i++)
        *(total ? &d->step[i].total : &d->step[i].sda) = chain[i];
    leie_free(chain);
    return LEIE_OK;
}

// Steps of other stressors cannot meet.
static leie_status close_steps(leie_decomposition *d, leie_error *err)
{
    const leie_step *a = d->step;
    for (leie_size i = 1; i < d->steps; i++)
        if (!same_labels(&a->sda.stressor, &a[i].sda.stressor))
            return leie_fail(err, LEIE_ERR_DATA, "%s and %s have %lld stressors in common, %s and %s %lld: give all years and editions the same extensions",
                             a->from, a->to, (long long)a->sda.k, a[i].from, a[i].to, (long long)a[i].sda.k);
    leie_status st = close_part(d, false, err);
    return st || !a->total.k ? st : close_part(d, true, err);
}

// The steps of one kind as one, from where the kind before it ended.
static leie_status add_kind(leie_decomposition *d, const char *kind, leie_error *err)
{
    const leie_step *before = d->kinds ? &d->kind[d->kinds - 1] : NULL, *first = NULL;
    leie_step *sum = &d->kind[d->kinds];
    const leie_sda **part = leie_new(2 * d->steps, sizeof *part);
    leie_size n = 0;
    if (!part)
        return leie_fail_memory(err, "steps", 2 * d->steps, sizeof *part);
    for (leie_size i = 0; i < d->steps; i++)
        if (strcmp(d->step[i].kind, kind) == 0) {
            first = first ? first : &d->step[i];
            memcpy(sum->to, d->step[i].to, sizeof sum->to);
            part[d->steps + n] = &d->step[i].total;
            part[n++] = &d->step[i].sda;
        }
    d->kinds++;
    sum->kind = kind;
    sum->steps = n;
    sum->current = first->current;
    memcpy(sum->from, first->from, sizeof sum->from);
    memcpy(sum->prices, first->prices, sizeof sum->prices);
    leie_status st = leie_sda_chain(&sum->sda, part, n, before ? &before->sda : NULL, err);
    if (!st && first->total.k)
        st = leie_sda_chain(&sum->total, part + d->steps, n, before ? &before->total : NULL, err);
    leie_free(part);
    return st;
}

static leie_status add_kinds(leie_decomposition *d, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < d->steps; i++) {
        bool known = false;
        for (leie_size k = 0; k < d->kinds; k++)
            known |= strcmp(d->kind[k].kind, d->step[i].kind) == 0;
        st = known ? LEIE_OK : add_kind(d, d->step[i].kind, err);
    }
    return st;
}

// ---- the way from A to B ----

// Tables in the order in which they are gone through.
typedef struct way {
    leie_size n;
    end *end;                    // [n]
    leie_decompose_side *previous; // [n] sides of tables in the prices of the year before
} way;

static void add_end(way *w, const leie_decompose_side *side, int year, char letter)
{
    w->end[w->n++] = (end){.side = side, .year = year, .letter = letter};
}

/* From a year of an edition, which the way has reached, to a later one: at once or year by year, each after its table in
 * the prices of the year before where there are such. */
static leie_status add_change(way *w, const leie_decompose_side *side, int from, int to, char letter, const leie_decompose_opts *opts, leie_error *err)
{
    int *years = NULL, last = from;
    leie_size n = 0;
    leie_status st = leie_study_years(&years, &n, side->study, err);
    for (leie_size i = 0; !st && i < n; i++) {
        bool here = years[i] == to || (opts->chain && years[i] > from && years[i] < to);
        if (!here)
            continue;
        if (opts->previous && years[i] != last + 1)
            st = leie_fail(err, LEIE_ERR_USAGE, "previous-year prices of %d are those of %d, and the change begins in %d%s", years[i], years[i] - 1, last,
                           opts->chain ? ": a year in between is missing" : ": go year by year (--chain)");
        if (!st && opts->previous) {
            w->previous[w->n] = (leie_decompose_side){.study = opts->previous, .year = years[i]};
            add_end(w, &w->previous[w->n], years[i], 'P');
        }
        add_end(w, side, years[i], letter);
        last = years[i];
    }
    leie_free(years);
    return st;
}

static leie_status open_way(way *w, const leie_decompose_side side[2], bool prices_of_a, const leie_decompose_opts *opts, leie_error *err)
{
    int a = side[0].year, b = side[1].year;
    leie_size room = 2 * (leie_size)(b > a ? b - a : 0) + 4;
    bool plain = !is_scenario(&side[0]) && !is_scenario(&side[1]), one = side[0].study == side[1].study;
    w->end = leie_new(room, sizeof *w->end);
    w->previous = leie_new(room, sizeof *w->previous);
    if (!w->end || !w->previous)
        return leie_fail_memory(err, "steps", room, sizeof *w->end);
    add_end(w, &side[0], a, 'A');
    leie_status st = LEIE_OK;
    if ((opts->chain || opts->previous) && (!plain || b <= a || prices_of_a))
        return leie_fail(err, LEIE_ERR_USAGE, "--chain and --previous need an earlier and a later year of tables in current prices");
    if (one && plain && b > a) {
        st = add_change(w, &side[1], a, b, 'B', opts, err);
    } else if (!one && plain && a != b && !prices_of_a && leie_study_tables_of(side[0].study, b)) {
        if (b > a)
            st = add_change(w, &side[0], a, b, 'A', opts, err);
        else
            add_end(w, &side[0], b, 'A');
        add_end(w, &side[1], b, 'B');
    } else if (!one && plain && a != b && !prices_of_a && leie_study_tables_of(side[1].study, a)) {
        add_end(w, &side[1], a, 'B');
        if (b > a)
            st = add_change(w, &side[1], a, b, 'B', opts, err);
        else
            add_end(w, &side[1], b, 'B');
    } else {
        add_end(w, &side[1], b, 'B');
    }
    if (!st && w->end[w->n - 1].year != b)
        st = leie_fail(err, LEIE_ERR_DATA, "%s has no table of %d", side[1].study->file, b);
    return st;
}

static void close_way(way *w)
{
    for (leie_size i = 0; i < w->n; i++)
        clear_end(&w->end[i]);
    leie_free(w->end);
    leie_free(w->previous);
}

/* Whether the second study gives its year in the prices of the first year: a change, and no revision. The table itself may be
 * the only one to say so: it is read first, and kept in last for the end of the way. */
static leie_status read_last(end *last, bool *prices_of_a, const leie_decompose_side side[2], const leie_watch *watch, leie_error *err)
{
    *last = (end){.side = &side[1], .year = side[1].year};
    *prices_of_a = false;
    if (side[0].study == side[1].study || side[0].year == side[1].year || is_scenario(&side[0]) || is_scenario(&side[1]))
        return LEIE_OK;
    leie_status st = assemble(last, watch, err);
    *prices_of_a = !st && in_prices_of(&last->t, side[0].year);
    return st;
}

static leie_status check_previous(const end *e, leie_error *err)
{
    if (e->letter != 'P' || in_prices_of(&e->t, e->year - 1))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s: the table of %d is not in the prices of %d but in '%s' (tables: prices: constant %d)", e->side->study->file,
                     e->year, e->year - 1, e->t.prices ? e->t.prices : "", e->year - 1);
}

leie_status leie_decompose(leie_decomposition *d, const leie_decompose_side side[2], const leie_decompose_opts *opts,
                           const leie_watch *watch, leie_error *err)
{
    *d = (leie_decomposition){0};
    way w = {0};
    end last;
    bool prices_of_a;
    leie_status st = read_last(&last, &prices_of_a, side, watch, err);
    st = st ? st : open_way(&w, side, prices_of_a, opts, err);
    if (!st && !(d->step = leie_new(w.n, sizeof *d->step)))
        st = leie_fail_memory(err, "steps", w.n, sizeof *d->step);
    for (leie_size i = 0; !st && i < w.n; i++) {
        end *e = &w.end[i];
        if (i == w.n - 1 && last.t.sector.n) {
            e->t = last.t;
            last.t = (leie_table){0};
        } else {
            st = assemble(e, watch, err);
        }
        st = st ? st : check_previous(e, err);
        st = st || i ? st : account_regions(&d->q, e, opts->region, err);
        st = st ? st : population(e, e[e->letter == 'P'].side->study, &d->q, err);
        if (!st && i)
            st = do_step(d, e - 1, e, opts, err);
        if (i) // two tables at a time
            leie_table_clear(&(e - 1)->t);
    }
    st = st ? st : close_steps(d, err);
    st = st ? st : add_kinds(d, err);
    clear_end(&last);
    close_way(&w);
    if (st)
        leie_decomposition_clear(d);
    return st;
}
