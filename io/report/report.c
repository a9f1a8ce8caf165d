// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/report/report_impl.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "io/result/temporary.h"

// Variables that pictures, tables and the last chapter are made of; those over region are cut to the one shown.
static const char *const shown[] = {
    "mfa", "mfa_per_capita", "mfa_average", "mfa_average_per_capita", "mfa_status", "cmu", "population", "route_bridge",
    "D_cba", "D_pba", "direct", "unallocated", "left_out", "imports_rme", "exports_rme", "footprint_category", "footprint_origin",
    "footprint_product", "footprint_need", "footprint_agenda", "footprint_chain", "footprint_asset", "value_added",
    "final_demand", "target_year", "target_level", "target_base_year", "target_base", "target_indicator", "target_region",
    "target_material", "target_route", "target_per", "target_unit", "target_source", "target_last", "target_distance",
    "target_required_change", "target_year_reached", "note_year", "note_kind", "note_text", "source_role", "source_path",
    "source_sha256", "table_source", "table_license", "stressor_unit", "stressor_kind", "category_kind", "material_parent",
    "material_name_nl", "need_name_nl", "agenda_name_nl", "chain_name_nl", "asset_name_nl", "sector_region", "sector_code"};

static const char *const globals[] = {"title", "summary", "study", "edition", "label", "method", "leie_version",
                                      "money_unit", "currency"};

void leie_report_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (const unsigned char *c = (const unsigned char *)(text ? text : ""); *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(to, "\\%c", *c);
        else if (*c < 0x20 || *c == '<')
            fprintf(to, "\\u%04x", *c);
        else
            fputc(*c, to);
    }
    fputc('"', to);
}

void leie_report_number(FILE *to, double value)
{
    if (isfinite(value))
        fprintf(to, "%.9g", value);
    else
        fputs("null", to);
}

// Values of a variable with the region fixed (at < 0: all), slowest dimension first.
static void put_values(FILE *to, const leie_dataset *ds, const leie_var *v, leie_size region_dim, leie_size region)
{
    bool first = true;
    fputs(",\"v\":[", to);
    for (leie_size i = 0; i < v->count; i++) {
        leie_size rest = i;
        bool here = true;
        for (int d = v->rank - 1; d >= 0; d--) {
            leie_size n = ds->dim[v->dim[d]].n;
            if (v->dim[d] == region_dim)
                here = rest % n == region;
            rest /= n;
        }
        if (!here)
            continue;
        if (!first)
            fputc(',', to);
        first = false;
        if (v->type == LEIE_VAR_TEXT)
            leie_report_string(to, v->text[i]);
        else if (v->type == LEIE_VAR_INT)
            fprintf(to, "%" PRId64, v->integer[i]);
        else
            leie_report_number(to, v->number[i]);
    }
    fputc(']', to);
}

void leie_report_variable(FILE *to, const leie_dataset *ds, const leie_var *v, leie_size region_dim, leie_size region)
{
    const char *units = leie_dataset_get_text(ds, v, "units"), *name = leie_dataset_get_text(ds, v, "long_name");
    const char *additive = leie_dataset_get_text(ds, v, "additive");
    leie_report_string(to, v->name);
    fputs(":{\"d\":[", to);
    bool first = true;
    for (int d = 0; d < v->rank; d++) {
        if (v->dim[d] == region_dim)
            continue;
        if (!first)
            fputc(',', to);
        first = false;
        leie_report_string(to, ds->dim[v->dim[d]].name);
    }
    fputs("],\"u\":", to);
    leie_report_string(to, units);
    fputs(",\"n\":", to);
    leie_report_string(to, name);
    if (additive)
        fputs(",\"overlap\":true", to);
    put_values(to, ds, v, region_dim, region);
    fputc('}', to);
}

// Coordinates with their names.
static void put_axes(FILE *to, const leie_dataset *ds)
{
    fputs("\"axes\":{", to);
    for (leie_size d = 0, written = 0; d < ds->dims; d++) {
        char beside[80];
        const leie_var *axis = leie_dataset_find(ds, ds->dim[d].name);
        snprintf(beside, sizeof beside, "%s_name", ds->dim[d].name);
        const leie_var *name = leie_dataset_find(ds, beside);
        fprintf(to, "%s", written++ ? "," : "");
        leie_report_string(to, ds->dim[d].name);
        fprintf(to, ":{\"n\":%lld,\"code\":[", (long long)ds->dim[d].n);
        for (leie_size i = 0; axis && i < axis->count; i++) {
            fprintf(to, "%s", i ? "," : "");
            if (axis->type == LEIE_VAR_TEXT)
                leie_report_string(to, axis->text[i]);
            else if (axis->type == LEIE_VAR_INT)
                fprintf(to, "%" PRId64, axis->integer[i]);
            else
                leie_report_number(to, axis->number[i]);
        }
        fputs("],\"name\":[", to);
        for (leie_size i = 0; name && name->type == LEIE_VAR_TEXT && i < name->count; i++) {
            fprintf(to, "%s", i ? "," : "");
            leie_report_string(to, name->text[i]);
        }
        fputs("]}", to);
    }
    fputs("}", to);
}

static void put_data(FILE *to, const leie_dataset *ds, const char *language, leie_size region)
{
    leie_size region_dim = leie_dataset_find_dim(ds, "region");
    const leie_var *regions = leie_dataset_find(ds, "region");
    fputs("{\"lang\":", to);
    leie_report_string(to, language);
    fputs(",\"region\":", to);
    leie_report_string(to, regions ? regions->text[region] : NULL);
    fputs(",\"regionIndex\":", to);
    fprintf(to, "%lld,\"about\":{", (long long)region);
    for (size_t i = 0; i < sizeof globals / sizeof globals[0]; i++) {
        fprintf(to, "%s", i ? "," : "");
        leie_report_string(to, globals[i]);
        fputc(':', to);
        leie_report_string(to, leie_dataset_get_text(ds, NULL, globals[i]));
    }
    fputs("},", to);
    put_axes(to, ds);
    fputc(',', to);
    leie_report_systems(to, ds);
    fputs(",\"vars\":{", to);
    bool first = true;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const leie_var *v = leie_dataset_find(ds, shown[i]);
        if (!v)
            continue;
        if (!first)
            fputs(",\n", to);
        first = false;
        leie_report_variable(to, ds, v, region_dim, region);
    }
    leie_report_system_variables(to, ds, &first);
    fputs("}}", to);
}

static void put_asset(FILE *to, leie_asset_name name)
{
    leie_asset a = leie_report_asset(name);
    fwrite(a.text, 1, a.size, to);
}

static void put_escaped(FILE *to, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '<')
            fputs("&lt;", to);
        else if (*c == '&')
            fputs("&amp;", to);
        else
            fputc(*c, to);
    }
}

static leie_status find_region(leie_size *at, const leie_dataset *ds, const char *code, leie_error *err)
{
    const leie_var *region = leie_dataset_find(ds, "region");
    *at = 0;
    if (!region && leie_report_has_systems(ds))
        return code ? leie_fail(err, LEIE_ERR_USAGE, "a reconciled system has no regions, and none '%s'", code) : LEIE_OK;
    if (!region || region->type != LEIE_VAR_TEXT)
        return leie_fail(err, LEIE_ERR_DATA, "the file has neither regions nor a reconciled system: is it a result of leie run or leie reconcile?");
    for (leie_size i = 0; code && i < region->count; i++)
        if (strcmp(region->text[i], code) == 0) {
            *at = i;
            return LEIE_OK;
        }
    return code ? leie_fail(err, LEIE_ERR_USAGE, "the result has no region '%s'; its first is '%s'", code, region->text[0])
                : LEIE_OK;
}

leie_status leie_report_write(FILE *to, const leie_dataset *ds, const leie_report_opts *opts, leie_error *err)
{
    const char *language = opts->language ? opts->language : "en";
    leie_size region;
    if (strcmp(language, "en") != 0 && strcmp(language, "nl") != 0)
        return leie_fail(err, LEIE_ERR_USAGE, "the language is en or nl, found '%s'", language);
    leie_status st = find_region(&region, ds, opts->region, err);
    if (st)
        return st;
    fprintf(to, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", language);
    put_escaped(to, leie_dataset_get_text(ds, NULL, "title"));
    fputs("</title>\n<style>\n", to);
    put_asset(to, LEIE_ASSET_STYLE);
    fputs("</style>\n</head>\n<body>\n<main id=\"page\"></main>\n<script>\n", to);
    put_asset(to, LEIE_ASSET_D3);
    fputs("\n</script>\n<script>\n", to);
    put_asset(to, LEIE_ASSET_SANKEY);
    fputs("\n</script>\n<script id=\"data\" type=\"application/json\">\n", to);
    put_data(to, ds, language, region);
    fputs("\n</script>\n<script>\n", to);
    put_asset(to, LEIE_ASSET_SYSTEMS);
    fputs("</script>\n<script>\n", to);
    put_asset(to, LEIE_ASSET_SCRIPT);
    fputs("</script>\n</body>\n</html>\n", to);
    return ferror(to) ? leie_fail(err, LEIE_ERR_OUTPUT, "the report cannot be written") : LEIE_OK;
}

leie_status leie_report_replace(const char *path, const char *text, size_t size, leie_error *err)
{
    leie_temporary t = {0};
    leie_status st = leie_temporary_open(&t, path, err);
    if (!st)
        st = leie_temporary_write(&t, text, size, err);
    if (!st)
        st = leie_temporary_commit(&t, err);
    leie_temporary_drop(&t);
    return st;
}
