// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_impl.h"

#include <string.h>

#include "kernels/memory.h"
#include "solver/table/unit.h"

leie_status leie_read_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    switch (spec->format) {
    case LEIE_FORMAT_CSV:
        return leie_read_csv_table(t, spec, year, err);
    case LEIE_FORMAT_TRIPLETS:
        return leie_read_triplets(t, spec, year, err);
    case LEIE_FORMAT_MATRIX:
        return leie_read_matrix(t, spec, year, err);
    case LEIE_FORMAT_NETCDF:
        return leie_read_netcdf_table(t, spec, year, err);
    case LEIE_FORMAT_LAYOUT:
        return leie_read_layout(t, spec, year, err);
    }
    return leie_fail(err, LEIE_ERR_USAGE, "unknown table format %d", (int)spec->format);
}

static leie_status set_string(char **to, const char *study, const leie_yaml *own, const char *key, leie_error *err)
{
    const char *text = study;
    leie_status st = LEIE_OK;
    if (!text && own)
        st = leie_yaml_text(own, key, &text, err);
    if (st)
        return st;
    *to = leie_strdup(text ? text : "");
    return *to ? LEIE_OK : leie_fail_memory(err, key, 1, strlen(text ? text : ""));
}

// A unit that the result file could not spell is refused before anything is computed.
static leie_status check_money(const leie_table *t, const leie_yaml *own, leie_error *err)
{
    char spelling[128];
    leie_error why = {0};
    leie_status st = leie_unit_spelling(spelling, sizeof spelling, t->unit, &why);
    return st ? leie_fail(err, st, "%s: unit of money: %s", own ? own->path : "tables of the study", why.text) : LEIE_OK;
}

leie_status leie_read_strings(leie_table *t, const leie_study_tables *spec, int year, const leie_yaml *own,
                              leie_error *err)
{
    const struct {
        char **to;
        const char *study, *key;
    } strings[] = {{&t->currency, spec->currency, "currency"},    {&t->unit, spec->unit, "unit"},
                   {&t->valuation, spec->valuation, "valuation"}, {&t->prices, spec->prices, "prices"},
                   {&t->system, spec->system, "system"},          {&t->source, spec->source, "source"},
                   {&t->licence, spec->licence, "licence"}};
    leie_size own_year = year;
    leie_status st = own ? leie_yaml_integer(own, "year", &own_year, err) : LEIE_OK;
    if (!st && own_year != year)
        st =
            leie_yaml_fail(own, err, "the table is of year %lld where the study expects %d", (long long)own_year, year);
    for (size_t i = 0; !st && i < sizeof strings / sizeof strings[0]; i++)
        st = set_string(strings[i].to, strings[i].study, own, strings[i].key, err);
    if (!st && !t->unit[0])
        st = leie_fail(err, LEIE_ERR_UNIT, "the table of %d has no unit of money: write 'unit: MEUR' or the like %s%s",
                       year, own ? "in " : "at the tables of the study", own ? own->path : "");
    if (!st)
        st = check_money(t, own, err);
    t->year = year;
    return st;
}

leie_status leie_read_array(double **array, leie_size count, const char *what, leie_error *err)
{
    *array = leie_new(count, sizeof **array);
    return *array ? LEIE_OK : leie_fail_memory(err, what, count, sizeof **array);
}
