// SPDX-License-Identifier: GPL-3.0-or-later
/* The `nest` of a study: a country split into its regions by keys, or replaced by its own supply-use table. */
#include <assert.h>
#include <string.h>

#include "io/read/read_sut.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const nest_keys[] = {"country", "regions", "keys", "sectors", "use", "sut", "model",
                                        "interregional", "national", "trade", "known", "normalise", "pressures", "bridge",
                                        "balance", "coupling", "update", NULL};
static const char *const key_keys[] = {"path", "years", NULL};
static const char *const key_years[] = {"exact", "nearest", NULL};
static const char *const sut_keys[] = {"path", "format", "geo", "year", "trade", "transport", NULL};
static const char *const trade_keys[] = {"method", "delta", "beta", "distances", "table", NULL};
static const char *const bridge_keys[] = {"currency", "prices", "price_year", "cif_fob", "vintage", "concordance", "back",
                                          "totals", "re_exports", "end_use", NULL};
static const char *const balance_keys[] = {"method", "tolerance", "iterations", NULL};
static const char *const update_keys[] = {"from", "to", "totals", "method", NULL};
static const char *const formats[] = {"auto", "csv", "be2015", "eurostat", NULL};
static const char *const methods[] = {"slq", "cilq", "flq", "aflq", "charm", "gravity", "given", NULL};
static const char *const models[] = {"A", "B", "C", "D", "hybrid", "almon", NULL};
static const char *const totals[] = {"world", "national", NULL};
static const char *const re_exports[] = {"remove", "reroute", "keep", NULL};
static const char *const couplings[] = {"monolithic", "schur", "one_way", NULL};
static const char *const balances[] = {"mrgras", NULL};
static const char *const updates[] = {"sutras", "wls", NULL};
static const char *const valuations[] = {"basic", NULL};

// Keys of `use` with the default key variable of each; the demand kinds come in their order.
static const struct {
    const char *key, *variable;
} use[] = {{"household", "income"},     {"npish", "population"},  {"government", "population"},
           {"gfcf", "gfcf"},            {"inventories", "output"}, {"valuables", "output"},
           {"export", "output"},        {"discrepancy", "output"}, {"industries", "employment"},
           {"direct", "population"},    {"pressure", "extraction"}};
enum { USES = sizeof use / sizeof use[0], USE_INDUSTRIES = LEIE_DEMAND_KINDS };
static_assert(USES == LEIE_DEMAND_KINDS + 3, "one line per demand kind, industries, direct, pressure");

leie_status leie_study_read_keys(leie_study_nest *nest, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "keys");
    int years = 0;
    if (!node || node->kind != LEIE_YAML_MAP)
        return leie_study_path(&nest->keys, study, map, "keys", NULL, err);
    leie_status st = leie_yaml_known(node, key_keys, err);
    st = st ? st : leie_study_path(&nest->keys, study, node, "path", NULL, err);
    st = st ? st : leie_study_choice(&years, node, "years", key_years, err);
    nest->nearest_keys = years == 1;
    return st || nest->keys.real ? st : leie_yaml_fail(node, err, "'keys' needs 'path', a file of keys");
}

// ---- the country's own table ----

static void sut_clear(leie_study_sut *s)
{
    leie_path *const paths[] = {&s->path,   &s->national, &s->distances,   &s->trade, &s->known,        &s->prices,
                                &s->cif_fob, &s->vintage,  &s->concordance, &s->back,  &s->pressures, &s->update_totals};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        leie_study_path_clear(paths[i]);
    leie_labels_clear(&s->margin_trade);
    leie_labels_clear(&s->margin_transport);
    leie_free(s->geo);
    leie_free(s->rate_source);
}

static void sut_defaults(leie_study_sut *s)
{
    *s = (leie_study_sut){.format = LEIE_SUT_AUTO, .model = LEIE_MODEL_D, .method = LEIE_TRADE_DEFAULT, .delta = 0.25, .beta = 1};
}

static leie_status read_source(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "sut");
    leie_size year = 0;
    if (!node)
        return LEIE_OK;
    if (node->kind == LEIE_YAML_SCALAR)
        return leie_study_path(&s->path, study, map, "sut", NULL, err);
    leie_status st = leie_yaml_known(node, sut_keys, err);
    st = st ? st : leie_study_path(&s->path, study, node, "path", NULL, err);
    st = st ? st : leie_study_choice(&s->format, node, "format", formats, err);
    st = st ? st : leie_study_string(&s->geo, node, "geo", err);
    st = st ? st : leie_yaml_integer(node, "year", &year, err);
    st = st ? st : leie_study_labels(&s->margin_trade, node, "trade", LEIE_STUDY_NAME, err);
    st = st ? st : leie_study_labels(&s->margin_transport, node, "transport", LEIE_STUDY_NAME, err);
    s->year = (int)year;
    return st || s->path.real ? st : leie_yaml_fail(node, err, "'sut' needs 'path', the folder of the supply-use table");
}

static leie_status read_trade(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "trade");
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, trade_keys, err);
    st = st ? st : leie_study_choice(&s->method, node, "method", methods, err);
    st = st ? st : leie_yaml_number(node, "delta", &s->delta, err);
    st = st ? st : leie_yaml_number(node, "beta", &s->beta, err);
    st = st ? st : leie_study_path(&s->distances, study, node, "distances", NULL, err);
    st = st ? st : leie_study_path(&s->trade, study, node, "table", NULL, err);
    if (!st && (!(s->delta >= 0 && s->delta < 1) || !(s->beta >= 0)))
        st = leie_yaml_fail(node, err, "'delta' is %g and 'beta' %g: expected 0 to 1, and 0 or more", s->delta, s->beta);
    if (!st && s->method == LEIE_TRADE_GIVEN && !s->trade.real)
        st = leie_yaml_fail(node, err, "trade 'given' needs 'table' (region,product,to_region,use,value)");
    if (!st && s->method == LEIE_TRADE_GRAVITY && !s->distances.real)
        st = leie_yaml_fail(node, err, "trade 'gravity' needs 'distances' (region,to_region,value)");
    return st;
}

// currency: {EUR: 1.392, source: ...}
static leie_status read_currency(leie_study_sut *s, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "currency");
    leie_size rates = 0;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(node, err, "'currency' is a map of the country's money to its rate: {EUR: 1.392, source: ...}");
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < node->n; i++) {
        if (strcmp(node->key[i], "source") == 0) {
            st = leie_study_string(&s->rate_source, node, "source", err);
            continue;
        }
        rates++;
        st = leie_yaml_number(node, node->key[i], &s->rate, err);
        if (!st && !(s->rate > 0))
            st = leie_yaml_fail(node, err, "rate of '%s' is %g: expected a number above 0", node->key[i], s->rate);
    }
    return st || rates == 1 ? st : leie_yaml_fail(node, err, "'currency' needs one rate, found %lld", (long long)rates);
}

static leie_status read_vintage(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const char *text = NULL;
    leie_status st = leie_yaml_text(map, "vintage", &text, err);
    if (st || !text)
        return st;
    s->vintage_world = strcmp(text, "world") == 0;
    return s->vintage_world ? LEIE_OK : leie_study_path(&s->vintage, study, map, "vintage", NULL, err);
}

static leie_status read_bridge(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "bridge");
    int basic = 0;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, bridge_keys, err);
    st = st ? st : read_currency(s, node, err);
    st = st ? st : leie_study_choice(&basic, node, "prices", valuations, err);
    st = st ? st : leie_study_path(&s->prices, study, node, "price_year", NULL, err);
    st = st ? st : leie_study_path(&s->cif_fob, study, node, "cif_fob", NULL, err);
    st = st ? st : read_vintage(s, study, node, err);
    st = st ? st : leie_study_path(&s->concordance, study, node, "concordance", NULL, err);
    st = st ? st : leie_study_path(&s->back, study, node, "back", NULL, err);
    st = st ? st : leie_study_choice(&s->totals, node, "totals", totals, err);
    st = st ? st : leie_study_choice(&s->re_exports, node, "re_exports", re_exports, err);
    return st ? st : leie_yaml_flag(node, "end_use", &s->end_use, err);
}

static leie_status read_balance(leie_study_sut *s, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "balance");
    int method = 0;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, balance_keys, err);
    const char *text = NULL;
    st = st ? st : leie_yaml_text(node, "method", &text, err);
    if (!st && text && (strcmp(text, "ras") == 0 || strcmp(text, "gras") == 0))
        return leie_yaml_fail(leie_yaml_get(node, "method"), err,
                              "'%s' knows no totals of national cells%s: a nest is balanced by mrgras", text,
                              strcmp(text, "ras") == 0 ? " and no negative inventories" : "");
    st = st ? st : leie_study_choice(&method, node, "method", balances, err);
    st = st ? st : leie_yaml_number(node, "tolerance", &s->balance.tolerance, err);
    st = st ? st : leie_yaml_integer(node, "iterations", &s->balance.iterations, err);
    if (!st && (s->balance.tolerance < 0 || s->balance.iterations < 0))
        st = leie_yaml_fail(node, err, "'tolerance' and 'iterations' are above 0");
    return st;
}

static leie_status read_update(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "update");
    leie_size from = 0, to = 0;
    int method = 0;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, update_keys, err);
    st = st ? st : leie_yaml_integer(node, "from", &from, err);
    st = st ? st : leie_yaml_integer(node, "to", &to, err);
    st = st ? st : leie_study_choice(&method, node, "method", updates, err);
    st = st ? st : leie_study_path(&s->update_totals, study, node, "totals", NULL, err);
    if (!st && (to < 1 || to > 9999 || !s->update_totals.real))
        st = leie_yaml_fail(node, err, "'update' needs 'to', a year, and 'totals' (region,account,item,year,value,source)");
    if (!st && from && s->year && from != s->year)
        st = leie_yaml_fail(node, err, "'update' starts from %lld, the supply-use table is of %d", (long long)from, s->year);
    if (!st && from && !s->year)
        s->year = (int)from;
    s->update_to = (int)to;
    s->update_wls = method == 1;
    return st;
}

// Keys that only a country with its own table has.
static leie_status check_alone(const leie_yaml *map, leie_error *err)
{
    static const char *const own[] = {"model", "interregional", "national", "trade", "known", "pressures", "bridge",
                                      "balance", "coupling", "update"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (leie_yaml_get(map, own[i]))
            return leie_yaml_fail(leie_yaml_get(map, own[i]), err, "'%s' needs 'sut', a supply-use table of the country", own[i]);
    return LEIE_OK;
}

static leie_status read_sut(leie_study_sut *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    sut_defaults(s);
    leie_status st = read_source(s, study, map, err);
    st = st ? st : leie_yaml_flag(map, "normalise", &s->normalise, err);
    if (!st && !s->path.real)
        return check_alone(map, err);
    st = st ? st : leie_study_choice(&s->model, map, "model", models, err);
    st = st ? st : leie_yaml_flag(map, "interregional", &s->interregional, err);
    st = st ? st : leie_study_path(&s->national, study, map, "national", NULL, err);
    st = st ? st : leie_study_path(&s->known, study, map, "known", NULL, err);
    st = st ? st : leie_study_path(&s->pressures, study, map, "pressures", NULL, err);
    st = st ? st : read_trade(s, study, map, err);
    st = st ? st : read_bridge(s, study, map, err);
    st = st ? st : read_balance(s, map, err);
    st = st ? st : read_update(s, study, map, err);
    st = st ? st : leie_study_choice(&s->coupling, map, "coupling", couplings, err);
    if (!st && s->model == LEIE_MODEL_HYBRID)
        st = leie_yaml_fail(map, err, "model 'hybrid' needs a matrix of assumptions: A, B, C, D or almon");
    if (!st && !s->concordance.real)
        st = leie_yaml_fail(map, err, "a nest with 'sut' needs 'bridge: concordance', the country's list to the world's");
    return st;
}

// ---- the nest ----

void leie_study_nest_clear(leie_study_nest *nest)
{
    leie_free(nest->country);
    leie_labels_clear(&nest->region);
    leie_study_path_clear(&nest->keys);
    leie_study_path_clear(&nest->sectors);
    leie_free(nest->industries);
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        leie_free(nest->demand[k]);
    leie_free(nest->direct);
    leie_free(nest->pressure);
    sut_clear(&nest->sut);
    *nest = (leie_study_nest){0};
}

// Where the key variable of line i of `use` is kept.
static char **use_of(leie_study_nest *nest, int i)
{
    char **others[] = {&nest->industries, &nest->direct, &nest->pressure};
    return i < USE_INDUSTRIES ? &nest->demand[i] : others[i - USE_INDUSTRIES];
}

leie_status leie_study_nest_defaults(leie_study_nest *nest, leie_error *err)
{
    leie_status st = LEIE_OK;
    *nest = (leie_study_nest){0};
    sut_defaults(&nest->sut);
    for (int i = 0; i < USES && !st; i++)
        st = leie_study_set_string(use_of(nest, i), use[i].variable, err);
    return st;
}

leie_status leie_study_nest_use(leie_study_nest *nest, const char *what, const char *variable, leie_error *err)
{
    const char *known[USES + 1] = {0};
    for (int i = 0; i < USES; i++) {
        known[i] = use[i].key;
        if (strcmp(use[i].key, what) == 0)
            return leie_study_set_string(use_of(nest, i), variable, err);
    }
    const char *nearest = leie_yaml_nearest(what, known);
    return leie_fail(err, LEIE_ERR_USAGE, "no key is used for '%.60s'%s%s%s", what, nearest ? ", did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
}

leie_status leie_study_read_use(leie_study_nest *nest, const leie_yaml *map, leie_error *err)
{
    const char *known[USES + 1] = {0};
    const leie_yaml *given = leie_yaml_get(map, "use");
    leie_status st = LEIE_OK;
    for (int i = 0; i < USES; i++)
        known[i] = use[i].key;
    if (given)
        st = leie_yaml_known(given, known, err);
    for (int i = 0; i < USES && !st; i++) {
        char **to = use_of(nest, i);
        st = leie_study_set_string(to, use[i].variable, err);
        if (!st && given)
            st = leie_study_string(to, given, use[i].key, err);
    }
    return st;
}

static leie_status read_nest(leie_study_nest *nest, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    nest->line = map->line;
    leie_status st = leie_yaml_known(map, nest_keys, err);
    st = st ? st : leie_study_string(&nest->country, map, "country", err);
    st = st ? st : leie_study_labels(&nest->region, map, "regions", LEIE_STUDY_NAME, err);
    st = st ? st : leie_study_read_keys(nest, study, map, err);
    st = st ? st : leie_study_path(&nest->sectors, study, map, "sectors", NULL, err);
    st = st ? st : leie_study_read_use(nest, map, err);
    st = st ? st : read_sut(&nest->sut, study, map, err);
    if (st)
        return st;
    if (!nest->country)
        return leie_yaml_fail(map, err, "a nest needs 'country', the region of the table that is split");
    if (nest->region.n < 2 && !nest->sut.path.real)
        return leie_yaml_fail(map, err, "a nest needs 'regions', at least two codes");
    if (nest->sut.path.real && !nest->sut.interregional && nest->region.n < 1)
        return leie_yaml_fail(map, err, "a nest needs 'regions', or 'interregional: true' for a table that has them");
    bool keyless = nest->sut.path.real && (nest->sut.interregional || nest->region.n == 1);
    if (!nest->keys.real && !keyless)
        return leie_yaml_fail(map, err, "a nest needs 'keys' (region,variable,list,sector,year,value,unit,source)");
    return LEIE_OK;
}

leie_status leie_study_read_nests(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "nest");
    if (!node)
        return LEIE_OK;
    study->nest = leie_new(leie_study_items(node), sizeof *study->nest);
    if (!study->nest)
        return leie_fail_memory(err, "nests", leie_study_items(node), sizeof *study->nest);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < leie_study_items(node) && !st; i++)
        st = read_nest(&study->nest[study->nests++], study, leie_study_item(node, i), err);
    return st;
}
