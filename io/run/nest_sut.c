// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/nest_sut.h"

#include <math.h>
#include <string.h>

#include "io/read/read_impl.h"
#include "io/read/read_split.h"
#include "io/read/read_sut.h"
#include "io/read/read_table.h"
#include "io/read/read_update.h"

// ---- the supply-use table ----

static leie_status set_output(leie_sut *s, leie_error *err)
{
    if (s->account.x)
        return LEIE_OK;
    leie_status st = leie_read_array(&s->account.x, s->account.sector.n, "output", err);
    if (!st)
        leie_sut_industry_output(s->account.x, s);
    return st;
}

leie_status leie_nest_read_sut(leie_sut *s, const leie_study_sut *spec, leie_error *err)
{
    const leie_sut_source from = {.folder = spec->path.real, .format = (leie_sut_format)spec->format, .geo = spec->geo, .year = spec->year};
    const leie_sut_margins margins = {spec->margin_trade, spec->margin_transport};
    leie_status st = leie_read_sut(s, &from, err);
    st = st ? st : leie_sut_complete(s, &margins, err);
    if (!st && spec->update_to)
        st = leie_update_sut(s, spec, err);
    st = st ? st : set_output(s, err);
    if (st)
        leie_sut_clear(s);
    return st;
}

// ---- regions ----

// Shares of one region that is the whole country.
static leie_status whole(leie_nest *shares, const leie_study_nest *spec, const leie_sut *s, leie_error *err)
{
    leie_size k = s->account.sector.n, m = s->account.demand.n;
    double *a = NULL, *c = NULL;
    leie_status st = leie_read_array(&a, k, "shares", err);
    st = st ? st : leie_read_array(&c, m, "shares", err);
    st = st ? st : leie_labels_copy(&shares->region, &spec->region, err);
    for (leie_size j = 0; !st && j < k; j++)
        a[j] = 1;
    for (leie_size f = 0; !st && f < m; f++)
        c[f] = 1;
    shares->sectors = k;
    shares->categories = m;
    shares->industry = a;
    shares->demand = c;
    return st;
}

/* The keys are read against the national table, with the pressures of the world table beside it. */
static leie_status read_shares(leie_nest *shares, const leie_study_nest *spec, leie_sut *s, const leie_labels *stressor,
                               leie_provenance *p, leie_error *err)
{
    leie_study_nest own = *spec;       // borrowed
    leie_table stub = s->account;      // borrowed
    own.country = s->account.sector.region.code[0];
    stub.stressor = stressor ? *stressor : (leie_labels){0};
    if (!spec->keys.real)
        return whole(shares, spec, s, err);
    leie_status st = leie_read_keys(shares, &own, &stub, p, err);
    shares->country = own.country;
    return st;
}

static leie_status read_split_files(leie_split_opts *how, double **distance, double **flow, leie_known_cell **cell,
                                    const leie_study_nest *spec, const leie_sut *s, leie_provenance *p, leie_error *err)
{
    const leie_study_sut *o = &spec->sut;
    leie_size N = spec->region.n;
    leie_status st = LEIE_OK;
    if (o->distances.real) {
        st = leie_read_array(distance, N * N, "distances", err);
        st = st ? st : leie_read_distances(*distance, &o->distances, &spec->region, p, err);
        how->distance = *distance;
    }
    if (!st && o->trade.real) {
        st = leie_read_array(flow, 3 * N * N * s->product.n, "trade", err);
        st = st ? st : leie_read_trade(*flow, &o->trade, &spec->region, &s->product, p, err);
        how->given = *flow;
    }
    if (!st && o->known.real) {
        st = leie_read_known(cell, &how->known, &o->known, &spec->region, s, p, err);
        how->cell = *cell;
        how->known_path = o->known.real;
    }
    return st;
}

leie_status leie_nest_split(leie_sut *to, leie_nest *shares, leie_split_info *info, const leie_sut *s,
                            const leie_study_nest *spec, const leie_labels *stressor, leie_error *err)
{
    const leie_study_sut *o = &spec->sut;
    double *distance = NULL, *flow = NULL;
    leie_known_cell *cell = NULL;
    leie_provenance p = {0};
    leie_sut national = *s; // borrowed
    leie_split_info own = {0};
    leie_nest keys;
    *to = (leie_sut){0};
    *shares = (leie_nest){0};
    const char *exports = spec->demand[LEIE_DEMAND_EXPORT];
    leie_split_opts how = {.exports_by_output = !exports || strcmp(exports, "output") == 0,
                           .method = (leie_trade_method)o->method, .delta = o->delta, .beta = o->beta, .balance = o->balance};
    leie_status st = read_shares(shares, spec, &national, stressor, &p, err);
    st = st ? st : read_split_files(&how, &distance, &flow, &cell, spec, s, &p, err);
    keys = *shares; // the table has no pressures of the world's list
    if (s->account.stressor.n == 0)
        keys.pressure = NULL;
    how.shares = &keys;
    st = st ? st : leie_sut_split(to, s, &how, &own, err);
    if (!st && !own.balance.converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the regions are off the nation by %.3g of a total after %lld sweeps",
                       own.balance.error, (long long)own.balance.iterations);
    for (leie_size i = 0; !st && i < p.sources; i++)
        st = leie_provenance_source(&to->account.provenance, p.source[i].role, p.source[i].path, p.source[i].reader,
                                    p.source[i].bytes, p.source[i].sha256, err);
    for (leie_size i = 0; !st && i < p.notes; i++)
        st = leie_provenance_note(&to->account.provenance, p.note[i].kind, p.note[i].count, err, "%s", p.note[i].text);
    if (!st && info)
        *info = own;
    else
        leie_split_info_clear(&own);
    if (st) {
        leie_sut_clear(to);
        leie_nest_shares_free(shares);
    }
    leie_provenance_clear(&p);
    leie_free(distance);
    leie_free(flow);
    leie_free(cell);
    return st;
}

// Regions of an interregional table against the nation they are part of.
static leie_status against_nation(leie_sut *s, const leie_study_sut *spec, leie_error *err)
{
    leie_study_sut own = *spec; // borrowed
    leie_sut nation = {0};
    leie_adjustments list = {0};
    leie_size most;
    if (!spec->national.real)
        return LEIE_OK;
    own.path = spec->national;
    own.format = LEIE_SUT_AUTO;
    own.update_to = 0;
    leie_status st = leie_nest_read_sut(&nation, &own, err);
    st = st ? st : leie_sut_add_up(&list, s, &nation, err);
    static const char *const step[] = {"supply", "use", "final", "imports", "output"};
    for (size_t i = 0; !st && i < sizeof step / sizeof *step; i++) {
        double size = leie_adjustments_size(&most, &list, step[i]);
        if (most >= 0)
            st = leie_provenance_note(&s->account.provenance, LEIE_NOTE_FOUND, list.n, err,
                                      "%s of the regions differs from the national table by %.6g %s in all, most in '%s' (%.6g "
                                      "to %.6g)",
                                      step[i], size, s->account.unit ? s->account.unit : "", list.item[most].code,
                                      list.item[most].before, list.item[most].after);
    }
    for (leie_size i = 0; !st && i < list.n; i++)
        st = leie_adjustments_add(&s->account.adjusted, list.item[i].step, list.item[i].region, list.item[i].code,
                                  list.item[i].before, list.item[i].after, list.item[i].unit, list.item[i].source, err);
    leie_adjustments_clear(&list);
    leie_sut_clear(&nation);
    return st;
}

static leie_status check_names(const leie_sut *s, const leie_study_nest *spec, leie_error *err)
{
    for (leie_size r = 0; r < spec->region.n; r++)
        if (leie_labels_find(&s->product.region, spec->region.code[r]) < 0)
            return leie_fail(err, LEIE_ERR_DATA, "the interregional table has no region '%s'", spec->region.code[r]);
    return LEIE_OK;
}

// Pressures of regions that come with a table of their own: by key where there is one, else by output.
static leie_status own_pressures(leie_nest *shares, leie_sut *s, const leie_study_nest *spec, const leie_labels *stressor,
                                 leie_error *err)
{
    leie_study_nest own = *spec;                                            // borrowed
    const leie_table stub = {.year = s->account.year, .stressor = *stressor}; // borrowed
    own.region = s->account.sector.region;
    *shares = (leie_nest){0};
    return spec->keys.real ? leie_read_pressure_keys(shares, &own, &stub, &s->account.provenance, err) : LEIE_OK;
}

// The regions' table: taken as it is, or split.
static leie_status regions_of(leie_sut *to, leie_nest *shares, const leie_study_nest *spec, const leie_labels *stressor,
                              leie_error *err)
{
    leie_sut s = {0};
    leie_status st = leie_nest_read_sut(&s, &spec->sut, err);
    if (!st && spec->sut.interregional) {
        st = check_names(&s, spec, err);
        st = st ? st : own_pressures(shares, &s, spec, stressor, err);
        st = st ? st : against_nation(&s, &spec->sut, err);
        if (!st) {
            *to = s;
            s = (leie_sut){0};
        }
    } else if (!st && s.product.region.n > 1) {
        st = leie_fail(err, LEIE_ERR_DATA, "%s has %lld regions: write 'interregional: true'", spec->sut.path.shown,
                       (long long)s.product.region.n);
    } else if (!st) {
        st = leie_nest_split(to, shares, NULL, &s, spec, stressor, err);
    }
    leie_sut_clear(&s);
    return st;
}

// ---- bridges ----

static leie_status bridge_files(leie_iot *c, const leie_study_sut *spec, leie_error *err)
{
    leie_code_values list = {0};
    leie_status st = LEIE_OK;
    if (spec->prices.real) {
        st = leie_read_code_values(&list, &spec->prices, false, "prices of another year", &c->table.provenance, err);
        st = st ? st : leie_bridge_prices(c, &list, err);
        leie_code_values_clear(&list);
    }
    if (!st && spec->cif_fob.real) {
        st = leie_read_code_values(&list, &spec->cif_fob, true, "cif/fob margins", &c->table.provenance, err);
        st = st ? st : leie_bridge_cif(c, &list, err);
        leie_code_values_clear(&list);
    }
    return st;
}

// Outputs that add up to those of the world table, product by product: x_i sum_j P[i, j] X_j / sum_i P[i, j] x_i.
static leie_status world_outputs(double *x, const leie_iot *c, const leie_table *t, const char *country,
                                 const leie_concordance *sectors, leie_error *err)
{
    const leie_axis *own = &c->table.sector;
    leie_labels codes = {0};
    leie_size K = sectors->to.n, region = leie_labels_find(&t->sector.region, country);
    leie_index *item = leie_new(own->n, sizeof *item);
    double *weight = NULL, *all = NULL;
    leie_status st = item ? LEIE_OK : leie_fail_memory(err, "codes", own->n, sizeof *item);
    if (!st && region < 0)
        st = leie_fail(err, LEIE_ERR_DATA, "country '%s' is not in the table", country);
    st = st ? st : leie_axis_codes(&codes, item, own, err);
    st = st ? st : leie_read_array(&weight, codes.n * K, "weights", err);
    st = st ? st : leie_read_array(&all, K, "outputs", err);
    st = st ? st : leie_concordance_weights(weight, sectors, &codes, err);
    for (leie_size i = 0; !st && i < own->n; i++)
        for (leie_size j = 0; j < K; j++)
            all[j] += weight[item[i] * K + j] * c->table.x[i];
    for (leie_size i = 0; !st && i < own->n; i++)
        for (leie_size j = 0; j < K; j++) {
            leie_size at = leie_axis_find_in(&t->sector, region, sectors->to.code[j]);
            if (at >= 0 && all[j] > 0)
                x[i] += c->table.x[i] * weight[item[i] * K + j] * (t->x[at] / all[j]);
        }
    leie_labels_clear(&codes);
    leie_free(item);
    leie_free(weight);
    leie_free(all);
    return st;
}

static leie_status bridge_vintage(leie_iot *c, const leie_table *t, const leie_study_nest *spec,
                                  const leie_concordance *sectors, leie_error *err)
{
    const leie_study_sut *o = &spec->sut;
    double *x = NULL;
    if (!o->vintage_world && !o->vintage.real)
        return LEIE_OK;
    leie_status st = leie_read_array(&x, c->table.sector.n, "outputs", err);
    if (!st)
        st = o->vintage_world ? world_outputs(x, c, t, spec->country, sectors, err)
                              : leie_read_outputs(x, &o->vintage, t->year, &c->table.sector, &c->table.provenance, err);
    st = st ? st : leie_bridge_vintage(c, x, o->vintage_world ? "outputs of the world table" : o->vintage.shown, &o->balance, err);
    leie_free(x);
    return st;
}

static leie_status cross(leie_iot *c, const leie_table *t, const leie_study_nest *spec, const leie_concordance *sectors,
                         leie_error *err)
{
    const leie_study_sut *o = &spec->sut;
    leie_status st = LEIE_OK;
    if (o->rate > 0)
        st = leie_bridge_currency(c, o->rate, t->currency, t->unit, o->rate_source ? o->rate_source : "study", err);
    st = st ? st : bridge_files(c, o, err);
    return st ? st : bridge_vintage(c, t, spec, sectors, err);
}

// ---- into the world ----

static leie_status region_names(leie_iot *c, const leie_study_nest *spec, leie_error *err)
{
    for (leie_size r = 0; r < spec->region.n; r++) {
        leie_axis *axis[] = {&c->table.sector, &c->table.demand};
        for (int k = 0; k < 2 && spec->region.name[r][0]; k++) {
            leie_size at = leie_labels_find(&axis[k]->region, spec->region.code[r]);
            char *name = at < 0 ? NULL : leie_strdup(spec->region.name[r]);
            if (at >= 0 && !name)
                return leie_fail_memory(err, "names", 1, strlen(spec->region.name[r]));
            if (at >= 0) {
                leie_free(axis[k]->region.name[at]);
                axis[k]->region.name[at] = name;
            }
        }
    }
    return LEIE_OK;
}

// The lists of the nests before: their concordances, [which].
static leie_status read_others(leie_concordance **other, leie_size *others, leie_iot *c, const leie_study *study, leie_size which,
                               leie_error *err)
{
    *other = leie_new(which, sizeof **other);
    if (!*other)
        return leie_fail_memory(err, "concordances", which, sizeof **other);
    leie_status st = LEIE_OK;
    for (leie_size q = 0; !st && q < which; q++) {
        const leie_path *path = &study->nest[q].sut.concordance;
        if (!path->real)
            continue;
        st = leie_read_concordance(&(*other)[*others], path, "another nest's list to the world's", &c->table.provenance, err);
        *others += !st;
    }
    return st;
}

static leie_status embed(leie_table *t, leie_iot *c, const leie_nest *shares, const leie_study *study, leie_size which,
                         const leie_concordance *sectors, leie_error *err)
{
    const leie_study_nest *spec = &study->nest[which];
    const leie_study_sut *o = &spec->sut;
    leie_concordance back = {0}, *other = NULL;
    double *known = NULL, *direct = NULL;
    leie_size R = c->table.sector.region.n;
    leie_embed how = {.country = spec->country, .sectors = sectors, .totals = (leie_totals)o->totals,
                      .re_exports = (leie_re_exports)o->re_exports, .end_use = o->end_use, .pressure = shares->pressure,
                      .balance = o->balance};
    leie_status st = read_others(&other, &how.others, c, study, which, err);
    how.other = other;
    if (!st && o->back.real) {
        st = leie_read_concordance(&back, &o->back, "the world's list to the country's", &c->table.provenance, err);
        how.back = &back;
    }
    if (!st && shares->direct) {
        st = leie_read_array(&direct, R, "shares", err);
        for (leie_size r = 0; !st && r < R; r++)
            direct[r] = shares->direct[r * shares->categories];
        how.direct = direct;
    }
    if (!st && o->pressures.real) {
        st = leie_read_array(&known, t->stressor.n * c->table.sector.n, "known pressures", err);
        st = st ? st : leie_read_pressures(known, &o->pressures, t->year, &t->stressor, &c->table.sector, &c->table.provenance, err);
        how.known = known;
    }
    st = st ? st : leie_table_embed(t, c, &how, err);
    leie_concordance_clear(&back);
    for (leie_size q = 0; q < how.others; q++)
        leie_concordance_clear(&other[q]);
    leie_free(other);
    leie_free(known);
    leie_free(direct);
    return st;
}

leie_status leie_nest_embed(leie_table *t, const leie_study *study, leie_size which, leie_error *err)
{
    const leie_study_nest *spec = &study->nest[which];
    leie_sut regions = {0};
    leie_nest shares = {0};
    leie_iot c = {0};
    leie_concordance sectors = {0};
    const leie_construct_opts model = {.model = (leie_model)spec->sut.model};
    leie_status st = regions_of(&regions, &shares, spec, &t->stressor, err);
    st = st ? st : leie_construct(&c, &regions, &model, NULL, err);
    st = st ? st : region_names(&c, spec, err);
    st = st ? st : leie_read_concordance(&sectors, &spec->sut.concordance, "the country's list to the world's", &c.table.provenance, err);
    st = st ? st : cross(&c, t, spec, &sectors, err);
    st = st ? st : embed(t, &c, &shares, study, which, &sectors, err);
    leie_concordance_clear(&sectors);
    leie_iot_clear(&c);
    leie_nest_shares_free(&shares);
    leie_sut_clear(&regions);
    return st;
}
