// SPDX-License-Identifier: GPL-3.0-or-later
/* Reconciled material flow systems on the page of a result: alone, or as parts of a run under a prefix. */
#include <math.h>
#include <string.h>

#include "io/report/report_impl.h"

enum { VALUES_MAX = 50000, NAME_SIZE = 256 }; // of one variable; a larger system is named and left out

static const char ending[] = "reconciled";

static const leie_var *find(const leie_dataset *ds, const char *prefix, const char *name)
{
    char full[NAME_SIZE + 64];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    return leie_dataset_find(ds, full);
}

// The prefix of the system that variable v holds the flows of; false when it is none.
static bool prefix_of(char prefix[NAME_SIZE], const leie_dataset *ds, const leie_var *v)
{
    size_t size = strlen(v->name), tail = sizeof ending - 1;
    if (v->type != LEIE_VAR_DOUBLE || v->rank != 3 || size < tail || size - tail >= NAME_SIZE || strcmp(v->name + size - tail, ending) != 0)
        return false;
    snprintf(prefix, NAME_SIZE, "%.*s", (int)(size - tail), v->name);
    return find(ds, prefix, "flow_from") && find(ds, prefix, "flow_to") && find(ds, prefix, "reconciled_sd") && find(ds, prefix, "state");
}

bool leie_report_has_systems(const leie_dataset *ds)
{
    char prefix[NAME_SIZE];
    for (leie_size k = 0; k < ds->vars; k++)
        if (prefix_of(prefix, ds, ds->var[k]))
            return true;
    return false;
}

static void put_attribute(FILE *to, const leie_dataset *ds, const char *prefix, const char *name)
{
    char full[NAME_SIZE + 64];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const leie_attribute *a = leie_dataset_get(ds, NULL, full);
    fprintf(to, ",\"%s\":", name);
    if (a && a->type == LEIE_VAR_TEXT)
        leie_report_string(to, a->text);
    else
        leie_report_number(to, !a ? NAN : a->type == LEIE_VAR_INT ? (double)a->integer[0] : a->number[0]);
}

void leie_report_systems(FILE *to, const leie_dataset *ds)
{
    static const char *const about[] = {"title", "study", "label", "objective", "degrees_of_freedom", "probability", "critical_test", "level_of_tests"};
    char prefix[NAME_SIZE];
    bool first = true;
    fputs("\"systems\":[", to);
    for (leie_size k = 0; k < ds->vars; k++) {
        const leie_var *v = ds->var[k];
        if (!prefix_of(prefix, ds, v))
            continue;
        fputs(first ? "{\"prefix\":" : ",{\"prefix\":", to);
        first = false;
        leie_report_string(to, prefix);
        fprintf(to, ",\"left\":%s", v->count > VALUES_MAX ? "true" : "false");
        for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
            put_attribute(to, ds, prefix, about[i]);
        fputc('}', to);
    }
    fputc(']', to);
}

void leie_report_system_variables(FILE *to, const leie_dataset *ds, bool *first)
{
    static const char *const shown[] = {"flow_from", "flow_to", "measured", "measured_sd", "reconciled", "reconciled_sd", "test", "state",
                                         "concentration_test", "transfer_test"};
    char prefix[NAME_SIZE];
    for (leie_size k = 0; k < ds->vars; k++) {
        if (!prefix_of(prefix, ds, ds->var[k]) || ds->var[k]->count > VALUES_MAX)
            continue;
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
            const leie_var *v = find(ds, prefix, shown[i]);
            if (!v)
                continue;
            fputs(*first ? "" : ",\n", to);
            *first = false;
            leie_report_variable(to, ds, v, -1, 0);
        }
    }
}
