// SPDX-License-Identifier: GPL-3.0-or-later
/* Options that can change numbers, in one fixed spelling and hashed: every text with its length, every
 * list with its count, numbers with 17 digits, always in the same order. Paths count as the study writes
 * them: what the files hold is hashed where they are read. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/read/text.h"
#include "io/study/study.h"
#include "kernels/memory.h"

typedef struct spelling {
    char *text;
    leie_size used, room;
    bool failed; // out of memory: everything after is dropped, reported once at the end
} spelling;

static void append(spelling *s, const char *bytes, size_t n)
{
    leie_size needed = s->used + (leie_size)n;
    if (s->failed)
        return;
    if (needed > s->room) {
        leie_size room = 2 * needed + 256;
        char *grown = leie_resize(s->text, s->used, room, 1);
        s->failed = !grown;
        if (!grown)
            return;
        s->text = grown;
        s->room = room;
    }
    memcpy(s->text + s->used, bytes, n);
    s->used = needed;
}

static void put_text(spelling *s, const char *key, const char *value)
{
    char head[96];
    int n = value ? snprintf(head, sizeof head, "%s=%zu:", key, strlen(value)) : snprintf(head, sizeof head, "%s~", key);
    append(s, head, (size_t)n);
    if (value)
        append(s, value, strlen(value));
    append(s, "\n", 1);
}

static void put_integer(spelling *s, const char *key, leie_size value)
{
    char line[96];
    append(s, line, (size_t)snprintf(line, sizeof line, "%s=%lld\n", key, (long long)value));
}

static void put_number(spelling *s, const char *key, double value)
{
    char line[96];
    append(s, line, (size_t)snprintf(line, sizeof line, "%s=%.17g\n", key, value));
}

static void put_path(spelling *s, const char *key, const leie_path *path)
{
    put_text(s, key, path->shown);
}

static void put_labels(spelling *s, const char *key, const leie_labels *labels)
{
    put_integer(s, key, labels->n);
    for (leie_size i = 0; i < labels->n; i++) {
        put_text(s, "code", labels->code[i]);
        put_text(s, "name", labels->name[i]);
        put_text(s, "kind", labels->kind[i]);
    }
}

static void put_texts(spelling *s, const char *key, leie_size n, char *const *list)
{
    put_integer(s, key, n);
    for (leie_size i = 0; i < n; i++)
        put_text(s, "item", list[i]);
}

static void put_years(spelling *s, const char *key, leie_size n, const int *year)
{
    put_integer(s, key, n);
    for (leie_size i = 0; i < n; i++)
        put_integer(s, "year", year[i]);
}

static void put_table(spelling *s, const leie_study_tables *t)
{
    put_integer(s, "format", t->format);
    if (t->format == LEIE_FORMAT_LAYOUT) {
        put_text(s, "layout", t->layout);
        put_texts(s, "regions", t->keeps, t->keep);
        put_text(s, "rest", t->rest);
        put_texts(s, "stressors", t->stressor_patterns, t->stressor_pattern);
    }
    put_path(s, "path", &t->path);
    put_path(s, "Z", &t->Z);
    put_path(s, "Y", &t->Y);
    put_path(s, "x", &t->x);
    put_path(s, "labels", &t->labels);
    put_path(s, "demand_labels", &t->demand_labels);
    put_labels(s, "demand", &t->demand);
    put_labels(s, "inputs", &t->inputs);
    for (leie_size i = 0; i < t->inputs.n; i++)
        put_number(s, "sign", t->input_sign[i]);
    put_text(s, "region", t->region);
    put_text(s, "output_row", t->output_row);
    put_text(s, "currency", t->currency);
    put_text(s, "unit", t->unit);
    put_text(s, "valuation", t->valuation);
    put_text(s, "prices", t->prices);
    put_text(s, "system", t->system);
    put_text(s, "source", t->source);
    put_text(s, "licence", t->licence);
    put_integer(s, "x_from", t->x_stated ? (leie_size)t->x_choice : -1);
    put_path(s, "imports", &t->imports);
    put_text(s, "import_region", t->import_region);
    put_text(s, "import_name", t->import_name);
    put_integer(s, "import_method", t->import_method);
    put_path(s, "import_multipliers", &t->import_multipliers);
}

static void put_extension(spelling *s, const leie_study_extension *e)
{
    put_text(s, "extension", e->name);
    put_text(s, "derive", e->derive);
    if (e->layout)
        put_text(s, "layout", e->layout);
    put_path(s, "F", &e->F);
    put_path(s, "F_Y", &e->F_Y);
    put_path(s, "stressors", &e->stressors);
    put_path(s, "factors", &e->factors);
    put_path(s, "totals", &e->totals);
    put_path(s, "allocate", &e->allocate);
    put_path(s, "groups", &e->groups);
    put_years(s, "years", e->years, e->year);
    put_text(s, "basis", e->basis);
    put_text(s, "kind", e->kind);
    put_integer(s, "before_aggregation", e->before_aggregation);
}

static void put_sut(spelling *s, const leie_study_sut *t)
{
    put_path(s, "sut", &t->path);
    put_integer(s, "format", t->format);
    put_text(s, "geo", t->geo);
    put_integer(s, "year", t->year);
    put_labels(s, "trade", &t->margin_trade);
    put_labels(s, "transport", &t->margin_transport);
    put_integer(s, "model", t->model);
    put_integer(s, "interregional", t->interregional);
    put_path(s, "national", &t->national);
    put_integer(s, "trade_method", t->method);
    put_number(s, "delta", t->delta);
    put_number(s, "beta", t->beta);
    put_path(s, "distances", &t->distances);
    put_path(s, "trade_table", &t->trade);
    put_path(s, "known", &t->known);
    put_number(s, "rate", t->rate);
    put_text(s, "rate_source", t->rate_source);
    put_path(s, "price_year", &t->prices);
    put_path(s, "cif_fob", &t->cif_fob);
    put_path(s, "vintage", &t->vintage);
    put_integer(s, "vintage_world", t->vintage_world);
    put_path(s, "concordance", &t->concordance);
    put_path(s, "back", &t->back);
    put_integer(s, "totals", t->totals);
    put_integer(s, "re_exports", t->re_exports);
    put_integer(s, "end_use", t->end_use);
    put_path(s, "pressures", &t->pressures);
    put_number(s, "balance_tolerance", t->balance.tolerance);
    put_integer(s, "balance_iterations", t->balance.iterations);
    put_integer(s, "update_to", t->update_to);
    put_integer(s, "update_wls", t->update_wls);
    put_path(s, "update_totals", &t->update_totals);
}

static void put_nest(spelling *s, const leie_study_nest *nest)
{
    put_text(s, "country", nest->country);
    put_labels(s, "regions", &nest->region);
    put_path(s, "keys", &nest->keys);
    if (nest->nearest_keys)
        put_integer(s, "nearest_keys", 1);
    put_path(s, "sectors", &nest->sectors);
    put_text(s, "industries", nest->industries);
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        put_text(s, leie_demand_name((leie_demand_kind)k), nest->demand[k]);
    put_text(s, "direct", nest->direct);
    put_text(s, "pressure", nest->pressure);
    if (nest->sut.normalise)
        put_integer(s, "normalise", 1);
    if (nest->sut.path.real) // studies without a table of the country keep their spelling
        put_sut(s, &nest->sut);
}

static void put_split(spelling *s, const leie_study_split *split)
{
    put_text(s, "sector", split->sector);
    put_labels(s, "parts", &split->part);
    put_texts(s, "regions", split->regions, split->region);
    put_path(s, "weights", &split->weights);
    put_integer(s, "normalise", split->normalise);
}

static void put_local(spelling *s, const leie_study_local *local)
{
    put_nest(s, &local->nest);
    put_path(s, "places", &local->places);
    put_path(s, "firms", &local->firms);
    put_path(s, "stocks", &local->stocks);
    put_path(s, "ports", &local->ports);
    put_number(s, "industry_error", local->industry_error);
    put_number(s, "demand_error", local->demand_error);
    put_number(s, "direct_error", local->direct_error);
    put_number(s, "stock_error", local->stock_error);
}

static void put_stocks(spelling *s, const leie_study *study)
{
    const leie_study_stocks *k = &study->stocks;
    put_path(s, "stocks", &k->model);
    put_path(s, "durables", &k->durables);
    put_path(s, "intensities", &k->intensities);
    put_path(s, "recovery", &k->recovery);
    put_path(s, "replace", &k->replace);
    put_integer(s, "all_secondary", k->all);
    put_number(s, "tolerance_of_the_loop", k->tolerance);
    for (leie_size i = 0; i < study->systems; i++)
        put_path(s, "system", &study->system[i]);
}

static void put_accounts(spelling *s, const leie_study *study)
{
    put_integer(s, "groups", study->groups);
    for (leie_size i = 0; i < study->groups; i++) {
        put_text(s, "group", study->group[i].code);
        put_text(s, "name", study->group[i].name);
        put_texts(s, "members", study->group[i].members, study->group[i].member);
    }
    put_texts(s, "account_regions", study->account_regions, study->account_region);
    put_integer(s, "by", study->by);
    if (study->report.real)
        put_path(s, "report", &study->report);
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        put_integer(s, "exclude", study->exclude[k]);
    put_path(s, "material_map", &study->material_map);
    put_path(s, "account_materials", &study->flows.materials);
    put_path(s, "products", &study->flows.products);
    put_path(s, "unit_values", &study->flows.unit_values);
    if (leie_study_uses_flows(study)) {
        put_path(s, "flows_of_tables", &study->flows.path);
        put_path(s, "rme_of_tables", &study->flows.rme);
        if (study->flows.rme_prices.real)
            put_path(s, "rme_prices_of_tables", &study->flows.rme_prices);
        put_text(s, "flows_of_tables_edition", study->flows.edition);
        put_integer(s, "bridge_averaging", study->flows.averaging.years);
        put_integer(s, "bridge_centred", study->flows.averaging.centred);
        put_integer(s, "bridge", leie_study_bridges(study));
    }
    put_integer(s, "method", study->linsys.method);
    put_number(s, "tolerance", study->linsys.tolerance);
    put_integer(s, "max_iterations", study->linsys.max_iterations);
    put_integer(s, "memory", study->linsys.memory_limit);
    put_integer(s, "condition", study->linsys.condition);
}

static void put_selection(spelling *s, const char *key, const leie_selection *selection)
{
    put_integer(s, key, selection->given);
    put_texts(s, "regions", selection->regions, selection->region);
    put_texts(s, "items", selection->items, selection->item);
    put_texts(s, "names", selection->names, selection->label);
    put_integer(s, "kinds", selection->kinds);
}

static void put_uncertainty(spelling *s, const leie_study_uncertainty *u)
{
    put_integer(s, "draws", u->inputs.draws);
    if (!u->inputs.draws)
        return;
    put_integer(s, "seed", (leie_size)u->inputs.seed);
    put_text(s, "design", leie_design_name(u->inputs.design));
    put_years(s, "uncertain years", u->years, u->year);
    put_integer(s, "keep", u->keep);
    put_integer(s, "ranking", u->ranking);
    put_integer(s, "quantiles", u->quantiles);
    for (leie_size i = 0; i < u->quantiles; i++)
        put_number(s, "quantile", u->quantile[i]);
    put_integer(s, "all scenarios", u->all_scenarios);
    put_texts(s, "drawn", u->scenarios, u->scenario);
    put_integer(s, "joint", u->joint);
    put_integer(s, "rules", u->inputs.cells.interventions);
    for (leie_size i = 0; i < u->inputs.cells.interventions; i++) {
        const leie_intervention *v = &u->inputs.cells.intervention[i];
        const leie_uncertain_rule *r = &u->inputs.rule[i];
        put_text(s, "matrix", r->industries ? "industry keys" : r->keys ? "keys" : leie_edited_name(v->matrix));
        put_selection(s, "rows", &v->row);
        put_selection(s, "cols", &v->col);
        put_integer(s, "cells", v->cells);
        put_text(s, "distribution", leie_distribution_name(r->distribution));
        const double numbers[] = {r->cv, r->power, r->most, r->low, r->mode, r->high, r->concentration, r->rho};
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
            put_number(s, "number", numbers[n]);
        put_integer(s, "ranged", r->ranged);
        put_integer(s, "shares", r->shares);
        put_text(s, "within", leie_grouping_name(r->grouping));
    }
}

static void put_backcasts(spelling *s, const leie_study *study)
{
    put_integer(s, "backcasts", study->backcasts);
    for (leie_size i = 0; i < study->backcasts; i++) {
        const leie_study_backcast *b = &study->backcast[i];
        put_text(s, "backcast", b->name);
        put_text(s, "scenario", b->scenario);
        put_integer(s, "year", b->year);
        put_integer(s, "goals", b->goals);
        for (leie_size j = 0; j < b->goals; j++) {
            put_text(s, "region", b->goal[j].region);
            put_text(s, "stressor", b->goal[j].stressor);
            put_number(s, "level", b->goal[j].level);
            put_integer(s, "relative", b->goal[j].relative);
            put_integer(s, "per capita", b->goal[j].per_capita);
        }
        put_integer(s, "levers", b->levers);
        for (leie_size j = 0; j < b->levers; j++) {
            put_text(s, "parameter", b->lever[j].parameter);
            put_number(s, "from", b->lever[j].from);
            put_number(s, "to", b->lever[j].to);
            put_number(s, "cost", b->lever[j].cost);
        }
    }
}

static void put_flows(spelling *s, const leie_study *study)
{
    const leie_study_flows *flows = &study->flows;
    put_path(s, "flows", &flows->path);
    put_text(s, "flows_edition", flows->edition);
    if (flows->regions.real)
        put_path(s, "flows_regions", &flows->regions);
    put_path(s, "materials", &flows->materials);
    put_path(s, "rme", &flows->rme);
    if (flows->rme_prices.real)
        put_path(s, "rme_prices", &flows->rme_prices);
    put_path(s, "gdp", &flows->gdp);
    put_path(s, "targets", &study->targets);
    for (int r = 0; r < LEIE_ROUTES; r++)
        put_integer(s, leie_route_name((leie_route)r), flows->route[r]);
    put_integer(s, "averaging", flows->averaging.years);
    put_integer(s, "centred", flows->averaging.centred);
}

bool leie_study_uses_flows(const leie_study *study)
{
    return study->flows.path.real && ((study->by & LEIE_BY_DIRECT) || leie_study_bridges(study));
}

bool leie_study_bridges(const leie_study *study)
{
    return study->tables && study->flows.rme.real && study->flows.route[LEIE_ROUTE_RME] && study->flows.route[LEIE_ROUTE_IO];
}

static bool holds_year(const leie_study_tables *t, int year)
{
    for (leie_size i = 0; i < t->years; i++)
        if (t->year[i] == year)
            return true;
    return false;
}

leie_status leie_study_options_hash(char *hex, const leie_study *study, int year, leie_error *err)
{
    spelling s = {0};
    put_text(&s, "leie study options", "1");
    for (leie_size i = 0; i < study->tables; i++)
        if (year == 0 || holds_year(&study->table[i], year))
            put_table(&s, &study->table[i]);
    put_path(&s, "aggregate_regions", &study->aggregate_regions);
    put_path(&s, "aggregate_sectors", &study->aggregate_sectors);
    if (study->remove.regions || study->remove.sectors) {
        put_texts(&s, "remove_regions", study->remove.regions, study->remove.region);
        put_texts(&s, "remove_sectors", study->remove.sectors, study->remove.sector);
        put_text(&s, "remove_rest", study->remove.rest);
    }
    put_integer(&s, "nests", study->nests);
    for (leie_size i = 0; i < study->nests; i++)
        put_nest(&s, &study->nest[i]);
    if (study->local.nest.country)
        put_local(&s, &study->local);
    if (study->stocks.line || study->systems)
        put_stocks(&s, study);
    for (leie_size i = 0; i < study->splits; i++)
        put_split(&s, &study->split[i]);
    put_integer(&s, "extensions", study->extensions);
    for (leie_size i = 0; i < study->extensions; i++)
        put_extension(&s, &study->extension[i]);
    if (study->capital.line) {
        put_text(&s, "capital_input", study->capital.input);
        put_path(&s, "capital_consumption", &study->capital.consumption);
        put_path(&s, "capital_matrix", &study->capital.matrix);
    }
    put_path(&s, "population", &study->population);
    for (leie_size i = 0; i < study->scenario_files; i++)
        put_path(&s, "scenarios", &study->scenario_file[i]);
    if (study->scenario_files)
        put_integer(&s, "scenario_method", study->scenario_method);
    put_uncertainty(&s, &study->uncertainty);
    put_backcasts(&s, study);
    put_accounts(&s, study);
    if (year == 0 && study->flows.path.real) // the years of tables do not depend on the flows
        put_flows(&s, study);
    leie_status st = s.failed ? leie_fail_memory(err, "options of the study", s.room, 1) : LEIE_OK;
    if (!st)
        leie_hash_bytes(hex, s.text, (size_t)s.used);
    leie_free(s.text);
    return st;
}
