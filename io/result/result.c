// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/result_impl.h"
#include "io/run/version.h"
#include "kernels/memory.h"

// ---- axes ----

// Adds one label coordinate with its names; an empty axis adds nothing.
static leie_status axis_from_labels(leie_dataset *ds, const char *dim, const leie_labels *labels, const char *long_name,
                                    leie_error *err)
{
    if (labels->n == 0)
        return LEIE_OK;
    return leie_dataset_coordinate(ds, dim, labels->n, labels->code, labels->name, long_name, err);
}

static leie_status text_variable(leie_dataset *ds, const char *name, const char *dim, leie_size n, char *const *text,
                                 const char *long_name, leie_error *err)
{
    leie_var *var;
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_TEXT, dim, NULL, long_name, err);
    for (leie_size i = 0; !st && i < n; i++)
        st = leie_var_set_text(var, i, text[i], err);
    return st;
}

// Unit of a sector's row: its own or the table's.
static const char *sector_unit(const leie_table *t, leie_size i)
{
    return t->sector.unit[i][0] ? t->sector.unit[i] : t->unit ? t->unit : "1";
}

// sector: "region/code", with its parts and its unit beside it.
static leie_status sector_axis(leie_dataset *ds, const leie_table *t, leie_error *err)
{
    const leie_axis *sector = &t->sector;
    leie_labels flat = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < sector->n; i++) {
        char code[512];
        snprintf(code, sizeof code, "%s/%s", sector->region.code[sector->of[i]], sector->code[i]);
        leie_size at = leie_labels_add(&flat, code, NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    if (!st)
        st = leie_dataset_coordinate(ds, "sector", flat.n, flat.code, NULL, "sector (region/code)", err);
    leie_labels_clear(&flat);
    leie_var *region, *code, *name, *unit;
    if (!st)
        st = leie_dataset_var(&region, ds, "sector_region", LEIE_VAR_TEXT, "sector", NULL, "region of the sector", err);
    if (!st)
        st = leie_dataset_var(&code, ds, "sector_code", LEIE_VAR_TEXT, "sector", NULL, "code of the sector", err);
    if (!st)
        st = leie_dataset_var(&name, ds, "sector_name", LEIE_VAR_TEXT, "sector", NULL, "name of the sector", err);
    if (!st)
        st = leie_dataset_var(&unit, ds, "sector_unit", LEIE_VAR_TEXT, "sector", NULL, "unit of what the sector sells", err);
    for (leie_size i = 0; !st && i < sector->n; i++) {
        char spelling[128];
        st = leie_var_set_text(region, i, sector->region.code[sector->of[i]], err);
        if (!st)
            st = leie_var_set_text(code, i, sector->code[i], err);
        if (!st)
            st = leie_var_set_text(name, i, sector->name[i], err);
        if (!st)
            st = leie_unit_spelling(spelling, sizeof spelling, sector_unit(t, i), err);
        if (!st)
            st = leie_var_set_text(unit, i, spelling, err);
    }
    return st;
}

// Stressor k of a year into the union. Units in the spelling of the file: a year taken over has no other.
static leie_status join_stressor(leie_labels *all, const leie_labels *s, leie_size k, int year, leie_error *err)
{
    char unit[128];
    leie_size at = leie_labels_find(all, s->code[k]);
    leie_status st = leie_unit_spelling(unit, sizeof unit, s->unit[k], err);
    if (!st && at >= 0 && strcmp(all->unit[at], unit) != 0)
        st = leie_fail(err, LEIE_ERR_UNIT, "stressor '%s' is in %s in %d and in %s in an earlier year", s->code[k], unit,
                       year, all->unit[at]);
    if (st || at >= 0)
        return st;
    at = leie_labels_add(all, s->code[k], s->name[k], unit, s->kind[k], err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

// The union of the stressors of all years, with units and kinds.
static leie_status union_of_stressors(leie_labels *all, leie_size years, const leie_year *year, const leie_dataset *old,
                                      leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused) {
            st = leie_reuse_stressors(all, old, year[y].old_year, err);
            continue;
        }
        const leie_labels *s = &year[y].table.stressor;
        for (leie_size k = 0; !st && k < s->n; k++)
            st = join_stressor(all, s, k, year[y].year, err);
    }
    return st;
}

static leie_status stressor_axis(leie_dataset *ds, const leie_labels *stressor, leie_error *err)
{
    if (stressor->n == 0)
        return LEIE_OK;
    leie_status st = axis_from_labels(ds, "stressor", stressor, "stressor: pressure or material group", err);
    leie_var *unit = NULL;
    if (!st)
        st = leie_dataset_var(&unit, ds, "stressor_unit", LEIE_VAR_TEXT, "stressor", NULL, "unit of the stressor", err);
    for (leie_size k = 0; !st && k < stressor->n; k++) {
        char text[128];
        st = leie_unit_spelling(text, sizeof text, stressor->unit[k], err);
        if (!st)
            st = leie_var_set_text(unit, k, text, err);
    }
    if (!st)
        st = text_variable(ds, "stressor_kind", "stressor", stressor->n, stressor->kind,
                           "kind of the stressor; only rows of kind material add up to a raw material total", err);
    return st;
}

static leie_status axes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year *sample,
                        const leie_account_regions *q, const leie_labels *stressor, leie_error *err)
{
    const leie_labels *region = &sample->table.sector.region;
    char baseline[] = "baseline", *scenario[] = {baseline};
    leie_status st = leie_dataset_coordinate(ds, "scenario", 1, scenario, NULL, "scenario", err);
    leie_var *v = NULL;
    leie_size at = st ? -1 : leie_dataset_dim(ds, "year", years, err);
    if (!st && at < 0)
        st = (leie_status)at;
    if (!st)
        st = leie_dataset_var(&v, ds, "year", LEIE_VAR_INT, "year", "1", "calendar year of the table", err);
    for (leie_size y = 0; !st && y < years; y++)
        v->integer[y] = year[y].year;
    if (!st)
        st = axis_from_labels(ds, "region", &q->label, "region whose account it is", err);
    if (!st)
        st = text_variable(ds, "region_kind", "region", q->label.n, q->label.kind,
                           "region: of the table; group: a set of regions, never to be added to its members", err);
    if (!st)
        st = stressor_axis(ds, stressor, err);
    if (!st)
        st = sector_axis(ds, &sample->table, err);
    if (!st)
        st = axis_from_labels(ds, "product", &sample->accounts.product, "product bought, by code whoever sold it", err);
    if (!st)
        st = axis_from_labels(ds, "category", &sample->accounts.category, "final-demand category", err);
    if (!st)
        st = text_variable(ds, "category_kind", "category", sample->accounts.category.n, sample->accounts.category.kind,
                           "kind of final demand", err);
    static const char *const by_region[][2] = {{"origin", "region of extraction or emission"},
                                               {"supplier", "region that sold the final product"},
                                               {"exporter", "selling region"},
                                               {"importer", "buying region"}};
    for (size_t i = 0; !st && i < sizeof by_region / sizeof by_region[0]; i++)
        st = axis_from_labels(ds, by_region[i][0], region, by_region[i][1], err);
    return st;
}

// ---- units ----

// What the numbers of a variable are counted in.
typedef enum measure { IN_MONEY, IN_SECTOR, IN_STRESSOR, IN_INTENSITY, MEASURES } measure;

/* Units of each measure in the spelling of the file. Where rows of one array have different units, units is "1"
 * and the attribute units_by names the variables that hold them. */
typedef struct measures {
    char units[MEASURES][160];
    const char *by[MEASURES]; // NULL where units says it all
} measures;

// The one unit that all stressors have, "" when they differ; likewise of sectors.
static const char *common_stressor_unit(const leie_labels *stressor)
{
    for (leie_size k = 1; k < stressor->n; k++)
        if (strcmp(stressor->unit[k], stressor->unit[0]) != 0)
            return "";
    return stressor->n ? stressor->unit[0] : "";
}

static const char *common_sector_unit(const leie_table *t)
{
    for (leie_size i = 1; i < t->sector.n; i++)
        if (strcmp(sector_unit(t, i), sector_unit(t, 0)) != 0)
            return "";
    return t->sector.n ? sector_unit(t, 0) : "";
}

static leie_status measures_of(measures *m, const leie_table *t, const leie_labels *stressor, leie_error *err)
{
    const char *pressure = common_stressor_unit(stressor), *sold = common_sector_unit(t);
    char ratio[160] = "";
    if (pressure[0] && sold[0])
        snprintf(ratio, sizeof ratio, "%s/%s", pressure, sold);
    const char *const unit[MEASURES] = {
        [IN_MONEY] = t->unit ? t->unit : "1", [IN_SECTOR] = sold, [IN_STRESSOR] = pressure, [IN_INTENSITY] = ratio};
    static const char *const by[MEASURES] = {
        [IN_SECTOR] = "sector_unit", [IN_STRESSOR] = "stressor_unit", [IN_INTENSITY] = "stressor_unit/sector_unit"};
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < MEASURES; i++) {
        st = leie_unit_spelling(m->units[i], sizeof m->units[i], unit[i][0] ? unit[i] : "1", err);
        m->by[i] = unit[i][0] ? NULL : by[i];
    }
    return st;
}

static leie_status measured_variable(leie_var **var, leie_dataset *ds, const char *name, const char *dims,
                                     const char *long_name, const measures *m, measure in, leie_error *err)
{
    leie_status st = leie_dataset_var(var, ds, name, LEIE_VAR_DOUBLE, dims, m->units[in], long_name, err);
    if (!st && m->by[in])
        st = leie_dataset_text(ds, *var, "units_by", m->by[in], err);
    return st;
}

// ---- accounts ----

// One account: where it is in leie_accounts, and what it is called in the result.
typedef struct field {
    const char *name, *dims, *long_name;
    size_t offset; // of the pointer in leie_accounts
    measure in;
} field;

#define ACCOUNT(member) offsetof(leie_accounts, member)

static const field fields[] = {
    {"x", "sector", "total output", ACCOUNT(x), IN_SECTOR},
    {"production", "stressor sector", "pressure by producing sector, F", ACCOUNT(production), IN_STRESSOR},
    {"D_pba", "region stressor", "production-based account: all pressure of the region's sectors", ACCOUNT(D_pba), IN_STRESSOR},
    {"D_cba", "region stressor", "consumption-based account (footprint) of final demand, without direct pressures",
     ACCOUNT(D_cba), IN_STRESSOR},
    {"D_imp", "region stressor", "pressures abroad for the region's final demand", ACCOUNT(D_imp), IN_STRESSOR},
    {"D_exp", "region stressor", "pressures in the region for final demand elsewhere", ACCOUNT(D_exp), IN_STRESSOR},
    {"unallocated", "region stressor", "pressure on sectors without output: in D_pba, in no footprint",
     ACCOUNT(unallocated), IN_STRESSOR},
    {"direct", "region stressor", "direct pressures of final demand, F_Y", ACCOUNT(direct), IN_STRESSOR},
    {"outside", "stressor", "pressures for columns that are in no footprint: exports of a national table, discrepancies, excluded kinds",
     ACCOUNT(outside), IN_STRESSOR},
    {"imbalance", "stressor", "pressures for the imbalance of rows, x - A x - Y e: rounding where output is the row sum",
     ACCOUNT(imbalance), IN_STRESSOR},
    {"final_demand", "region category", "final demand", ACCOUNT(final_demand), IN_MONEY},
    {"footprint_product", "region stressor product", "D_cba by product bought", ACCOUNT(by_product), IN_STRESSOR},
    {"footprint", "region stressor sector", "D_cba by final product and the region that sold it", ACCOUNT(by_sector), IN_STRESSOR},
    {"footprint_category", "region category stressor", "D_cba by final-demand category", ACCOUNT(by_category), IN_STRESSOR},
    {"direct_category", "region category stressor", "direct pressures by final-demand category", ACCOUNT(direct_category), IN_STRESSOR},
    {"footprint_origin", "region origin stressor", "D_cba by region of extraction or emission", ACCOUNT(by_origin), IN_STRESSOR},
    {"footprint_origin_sector", "region stressor sector", "D_cba by region and industry of extraction or emission",
     ACCOUNT(by_origin_sector), IN_STRESSOR},
    {"footprint_supplier", "region supplier stressor", "D_cba by region that sold the final product", ACCOUNT(by_supplier), IN_STRESSOR},
    {"imports_product", "region stressor product", "D_imp by product bought", ACCOUNT(imp_by_product), IN_STRESSOR},
    {"exports_sector", "stressor sector", "D_exp by producing sector", ACCOUNT(exp_by_sector), IN_STRESSOR},
    {"trade", "exporter importer", "gross sales between regions, intermediate and final", ACCOUNT(trade), IN_MONEY},
    {"trade_embodied", "stressor exporter importer", "gross sales between regions valued with the multipliers of the seller",
     ACCOUNT(trade_embodied), IN_STRESSOR},
    {"trade_outside", "exporter stressor",
     "pressures of a region's sales out of the table: its columns in no footprint and its imbalances, valued with multipliers",
     ACCOUNT(trade_outside), IN_STRESSOR},
    {"multiplier", "stressor sector", "multiplier M = S L: pressure per unit of the sector's sales to final demand", ACCOUNT(M), IN_INTENSITY},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const double *account_array(const leie_accounts *a, const field *f)
{
    const double *array;
    memcpy(&array, (const char *)a + f->offset, sizeof array);
    return array;
}

static leie_status account_variable(leie_var **var, leie_dataset *ds, const field *f, const measures *m, leie_error *err)
{
    char dims[96];
    snprintf(dims, sizeof dims, "scenario year %s", f->dims);
    leie_status st = measured_variable(var, ds, f->name, dims, f->long_name, m, f->in, err);
    return st ? st : leie_dataset_text(ds, *var, "cell_methods", f->in == IN_INTENSITY ? "year: mean" : "year: sum", err);
}

// Copies the array of one year into its slab; the stressor dimension goes through map.
static void fill_slab(leie_var *var, const leie_dataset *ds, leie_size y, const double *from, leie_size stressors,
                      const leie_size *map)
{
    leie_size size[LEIE_RANK_MAX], step[LEIE_RANK_MAX], count = 1;
    int at = -1, rank = var->rank - 2; // behind scenario and year
    for (int d = rank - 1; d >= 0; d--) {
        const leie_dim *dim = &ds->dim[var->dim[d + 2]];
        step[d] = d == rank - 1 ? 1 : step[d + 1] * ds->dim[var->dim[d + 3]].n;
        size[d] = dim->n;
        if (strcmp(dim->name, "stressor") == 0) {
            at = d;
            size[d] = stressors;
        }
        count *= size[d];
    }
    leie_size slab = rank ? step[0] * ds->dim[var->dim[2]].n : 1;
    double *to = var->number + y * slab;
    for (leie_size i = 0; i < count; i++) {
        leie_size rest = i, target = 0;
        for (int d = rank - 1; d >= 0; d--) {
            leie_size index = rest % size[d];
            rest /= size[d];
            target += step[d] * (d == at ? map[index] : index);
        }
        to[target] = from[i];
    }
}

static leie_status fill_accounts(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *stressor,
                                 const measures *m, leie_error *err)
{
    leie_size *map = leie_new(stressor->n ? stressor->n : 1, sizeof *map);
    if (!map)
        return leie_fail_memory(err, "stressor positions", stressor->n, sizeof *map);
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < FIELDS; i++) {
        const field *f = &fields[i];
        bool present = false;
        for (leie_size y = 0; y < years; y++)
            present |= !year[y].reused && account_array(&year[y].accounts, f) != NULL;
        if (!present || (strstr(f->dims, "stressor") && stressor->n == 0))
            continue;
        leie_var *var;
        st = account_variable(&var, ds, f, m, err);
        for (leie_size y = 0; !st && y < years; y++) {
            if (year[y].reused || !account_array(&year[y].accounts, f))
                continue;
            const leie_labels *own = &year[y].table.stressor;
            for (leie_size k = 0; k < own->n; k++)
                map[k] = leie_labels_find(stressor, own->code[k]);
            fill_slab(var, ds, y, account_array(&year[y].accounts, f), own->n, map);
        }
    }
    leie_free(map);
    return st;
}

static leie_status fill_population(leie_dataset *ds, leie_size years, const leie_year *year, leie_size q,
                                   const leie_labels *stressor, const leie_year *sample, const measures *m, leie_error *err)
{
    if (!sample->population)
        return LEIE_OK;
    leie_var *population, *head = NULL;
    leie_status st = leie_dataset_var(&population, ds, "population", LEIE_VAR_DOUBLE, "year region", "1",
                                      "inhabitants", err);
    if (!st && stressor->n)
        st = measured_variable(&head, ds, "footprint_per_capita", "scenario year region stressor",
                               "footprint per inhabitant: D_cba and direct pressures", m, IN_STRESSOR, err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused)
            continue;
        const leie_accounts *a = &year[y].accounts;
        for (leie_size r = 0; r < q; r++) {
            double people = year[y].population[r];
            population->number[y * q + r] = people;
            for (leie_size k = 0; k < a->k; k++) {
                leie_size s = leie_labels_find(stressor, year[y].table.stressor.code[k]);
                if (people > 0)
                    head->number[(y * q + r) * stressor->n + s] = (a->D_cba[r * a->k + k] + a->direct[r * a->k + k]) / people;
            }
        }
    }
    return st;
}

// ---- what each year says about itself ----

static leie_status fill_years(leie_dataset *ds, leie_size years, const leie_year *year, leie_error *err)
{
    leie_var *hash = NULL, *solver = NULL, *residual = NULL, *prices = NULL, *source = NULL, *licence = NULL;
    leie_status st = leie_dataset_var(&hash, ds, "input_hash", LEIE_VAR_TEXT, "year", NULL,
                                      "SHA-256 over program, options and input files of the year", err);
    if (!st)
        st = leie_dataset_var(&solver, ds, "solver", LEIE_VAR_TEXT, "scenario year", NULL, "linear solver", err);
    if (!st)
        st = leie_dataset_var(&prices, ds, "prices", LEIE_VAR_TEXT, "year", NULL, "prices of the table", err);
    if (!st)
        st = leie_dataset_var(&source, ds, "table_source", LEIE_VAR_TEXT, "year", NULL, "who published the table", err);
    if (!st)
        st = leie_dataset_var(&licence, ds, "table_license", LEIE_VAR_TEXT, "year", NULL, "licence of the table", err);
    if (!st)
        st = leie_dataset_var(&residual, ds, "solver_residual", LEIE_VAR_DOUBLE, "scenario year", "1",
                              "largest relative residual of the linear systems", err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused)
            continue;
        const leie_linsys_info *info = &year[y].accounts.linsys;
        const leie_table *t = &year[y].table;
        residual->number[y] = info->residual;
        st = leie_var_set_text(hash, y, year[y].hash, err);
        if (!st)
            st = leie_var_set_text(solver, y, leie_solver_name(info->solver), err);
        if (!st)
            st = leie_var_set_text(prices, y, t->prices ? t->prices : "", err);
        if (!st)
            st = leie_var_set_text(source, y, t->source ? t->source : "", err);
        if (!st)
            st = leie_var_set_text(licence, y, t->licence ? t->licence : "", err);
    }
    return st;
}

// A global attribute that holds the different texts of a variable, once each, "; " between.
static leie_status join_texts(leie_dataset *ds, const char *attribute, const char *variable, leie_error *err)
{
    const leie_var *var = leie_dataset_find(ds, variable);
    leie_labels distinct = {0};
    leie_size size = 1;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < var->count; i++) {
        if (!var->text[i][0] || leie_labels_find(&distinct, var->text[i]) >= 0)
            continue;
        leie_size at = leie_labels_add(&distinct, var->text[i], NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
        size += (leie_size)strlen(var->text[i]) + 2;
    }
    char *joined = leie_new(size, 1);
    if (!st && !joined)
        st = leie_fail_memory(err, attribute, size, 1);
    for (leie_size i = 0; !st && i < distinct.n; i++) {
        strcat(joined, i ? "; " : "");
        strcat(joined, distinct.code[i]);
    }
    if (!st && joined[0])
        st = leie_dataset_text(ds, NULL, attribute, joined, err);
    leie_labels_clear(&distinct);
    leie_free(joined);
    return st;
}

// Rows of the lists of notes and sources, years in order; reused years bring theirs.
static leie_status fill_notes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_dataset *old,
                              leie_error *err)
{
    leie_size notes = 0, sources = 0;
    for (leie_size y = 0; y < years; y++) {
        notes += year[y].reused ? leie_reuse_rows(old, "note_year", year[y].year) : year[y].table.provenance.notes;
        sources += year[y].reused ? leie_reuse_rows(old, "source_year", year[y].year) : year[y].table.provenance.sources;
    }
    leie_record note = {.dim = "note"}, source = {.dim = "source"};
    leie_status st = leie_record_open(&note, ds, notes, "note_year note_kind note_count note_text",
                                      "year|kind of note|cells, rows or labels concerned|what was found or done", err);
    if (!st)
        st = leie_record_open(&source, ds, sources, "source_year source_role source_bytes source_path source_reader source_sha256",
                              "year|role of the file|size|path as the study writes it|reader|SHA-256 of the file", err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused) {
            st = leie_record_reuse(&note, old, year[y].year, err);
            if (!st)
                st = leie_record_reuse(&source, old, year[y].year, err);
            continue;
        }
        const leie_provenance *p = &year[y].table.provenance;
        for (leie_size i = 0; !st && i < p->notes; i++)
            st = leie_record_add(&note, year[y].year, leie_note_name(p->note[i].kind), p->note[i].count,
                                 (const char *const[]){p->note[i].text, NULL}, err);
        for (leie_size i = 0; !st && i < p->sources; i++)
            st = leie_record_add(&source, year[y].year, p->source[i].role, p->source[i].bytes,
                                 (const char *const[]){p->source[i].path, p->source[i].reader, p->source[i].sha256, NULL}, err);
    }
    return st;
}

static leie_status global_attributes(leie_dataset *ds, const leie_study *study, const leie_year *sample, leie_error *err)
{
    char version[128];
    snprintf(version, sizeof version, "%s (%s)", leie_version(), leie_commit());
    const leie_table *t = &sample->table;
    const char *const text[][2] = {
        {"Conventions", "CF-1.10, ACDD-1.3"},
        {"title", study->title ? study->title : study->name},
        {"summary", study->summary},
        {"keywords", "input-output analysis, material footprint, raw material consumption, circular economy"},
        {"study", study->name},
        {"edition", study->edition},
        {"label", study->label},
        {"method", "Leontief quantity model: A = Z diag(x)^-1, M = S (I - A)^-1, D_cba = M Y; route: io"},
        {"route", "io"},
        {"currency", t->currency},
        {"money_unit", t->unit},
        {"valuation", t->valuation},
        {"table_system", t->system},
        {"leie_version", version},
        {"options_sha256", study->options_sha256},
    };
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof text / sizeof text[0]; i++)
        if (text[i][1] && text[i][1][0])
            st = leie_dataset_text(ds, NULL, text[i][0], text[i][1], err);
    return st;
}

// ---- the whole ----

// Regions and sectors must be the same in every year.
static leie_status same_axes(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err)
{
    for (leie_size y = 0; y < years; y++) {
        if (year[y].reused || leie_axis_same(&year[y].table.sector, &sample->table.sector))
            continue;
        const leie_axis *a = &sample->table.sector, *b = &year[y].table.sector;
        leie_size i = 0;
        while (i < a->n && i < b->n && strcmp(a->code[i], b->code[i]) == 0 &&
               strcmp(a->region.code[a->of[i]], b->region.code[b->of[i]]) == 0)
            i++;
        return leie_fail(err, LEIE_ERR_DATA,
                         "%d and %d have different sectors: %lld and %lld, the first difference at position %lld (%s %s, %s %s); "
                         "aggregate both to one list",
                         sample->year, year[y].year, (long long)a->n, (long long)b->n, (long long)i,
                         i < a->n ? a->region.code[a->of[i]] : "-", i < a->n ? a->code[i] : "-",
                         i < b->n ? b->region.code[b->of[i]] : "-", i < b->n ? b->code[i] : "-");
    }
    return LEIE_OK;
}

// What the numbers of a table are: one of each for the whole file, as global attributes.
enum { MONEY_WORDS = 4 };
static const char *const money_word[MONEY_WORDS] = {"currency", "money_unit", "valuation", "table_system"};

static const char *money_text(const leie_table *t, int word)
{
    const char *const text[MONEY_WORDS] = {t->currency, t->unit, t->valuation, t->system};
    return text[word] ? text[word] : "";
}

static leie_status same_money(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err)
{
    for (leie_size y = 0; y < years; y++)
        for (int w = 0; !year[y].reused && w < MONEY_WORDS; w++)
            if (strcmp(money_text(&year[y].table, w), money_text(&sample->table, w)) != 0)
                return leie_fail(err, LEIE_ERR_UNIT,
                                 "%d and %d differ in %s: '%s' and '%s'; one result holds tables of one kind", sample->year,
                                 year[y].year, money_word[w], money_text(&sample->table, w), money_text(&year[y].table, w));
    return LEIE_OK;
}

// Years taken over must be in the same money, too.
static bool money_fits(const leie_dataset *old, const leie_table *t)
{
    for (int w = 0; w < MONEY_WORDS; w++) {
        const char *text = leie_dataset_get_text(old, NULL, money_word[w]);
        if (strcmp(text ? text : "", money_text(t, w)) != 0)
            return false;
    }
    return true;
}

leie_status leie_result_build(leie_dataset *ds, bool *fits, const leie_study *study, leie_size years, leie_year *year,
                              const leie_account_regions *q, const leie_dataset *old, leie_error *err)
{
    const leie_year *sample = NULL; // a computed year: labels and units come from it
    for (leie_size y = 0; y < years && !sample; y++)
        if (!year[y].reused)
            sample = &year[y];
    assert(sample);
    bool reuses = false;
    for (leie_size y = 0; y < years; y++)
        reuses |= year[y].reused;
    *fits = !reuses || money_fits(old, &sample->table);
    if (!*fits)
        return LEIE_OK;
    leie_labels stressor = {0};
    measures m;
    leie_status st = same_axes(years, year, sample, err);
    if (!st)
        st = same_money(years, year, sample, err);
    if (!st)
        st = union_of_stressors(&stressor, years, year, old, err);
    if (!st)
        st = global_attributes(ds, study, sample, err);
    if (!st)
        st = axes(ds, years, year, sample, q, &stressor, err);
    if (!st)
        st = measures_of(&m, &sample->table, &stressor, err);
    if (!st)
        st = fill_accounts(ds, years, year, &stressor, &m, err);
    if (!st)
        st = fill_population(ds, years, year, q->label.n, &stressor, sample, &m, err);
    if (!st)
        st = fill_years(ds, years, year, err);
    if (!st)
        st = fill_notes(ds, years, year, old, err);
    for (leie_size y = 0; !st && *fits && y < years; y++)
        if (year[y].reused)
            st = leie_reuse_year(ds, y, old, year[y].old_year, fits, err);
    if (!st)
        st = join_texts(ds, "source", "table_source", err);
    if (!st)
        st = join_texts(ds, "license", "table_license", err);
    if (st || !*fits)
        leie_dataset_clear(ds);
    leie_labels_clear(&stressor);
    return st;
}

void leie_year_clear(leie_year *year)
{
    leie_table_clear(&year->table);
    leie_accounts_clear(&year->accounts);
    leie_free(year->population);
    *year = (leie_year){0};
}
