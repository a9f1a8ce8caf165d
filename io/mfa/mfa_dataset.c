// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/mfa_dataset.h"

#include <stdio.h>
#include <string.h>

#include "io/run/version.h"

leie_status leie_mfa_head(leie_dataset *ds, const leie_study *head, const char *method, leie_error *err)
{
    char version[128];
    snprintf(version, sizeof version, "%s (%s)", leie_version(), leie_commit());
    const char *const text[][2] = {
        {"Conventions", "CF-1.10, ACDD-1.3"},
        {"title", head->title},
        {"summary", head->summary},
        {"keywords", "material flow analysis, circular economy"},
        {"study", head->name},
        {"edition", head->edition},
        {"label", head->label},
        {"method", method},
        {"leie_version", version},
        {"study_sha256", head->sha256},
    };
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof text / sizeof text[0]; i++)
        if (text[i][1] && text[i][1][0])
            st = leie_dataset_text(ds, NULL, text[i][0], text[i][1], err);
    return st;
}

leie_status leie_mfa_numbers(leie_dataset *ds, const char *name, const char *dims, const char *unit, const char *what,
                             const char *method, const double *values, leie_error *err)
{
    leie_var *var = NULL;
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_DOUBLE, dims, unit, what, err);
    st = st ? st : leie_dataset_text(ds, var, "cell_methods", method, err);
    if (!st)
        memcpy(var->number, values, (size_t)var->count * sizeof *values);
    return st;
}

leie_status leie_mfa_sources(leie_dataset *ds, const leie_provenance *p, leie_error *err)
{
    leie_var *role = NULL, *path = NULL, *bytes = NULL, *hash = NULL;
    if (!p->sources)
        return LEIE_OK;
    leie_size dim = leie_dataset_dim(ds, "source", p->sources, err);
    leie_status st = dim < 0 ? (leie_status)dim : LEIE_OK;
    st = st ? st : leie_dataset_var(&role, ds, "source_role", LEIE_VAR_TEXT, "source", NULL, "what the file gives", err);
    st = st ? st : leie_dataset_var(&path, ds, "source_path", LEIE_VAR_TEXT, "source", NULL, "as the study writes it", err);
    st = st ? st : leie_dataset_var(&bytes, ds, "source_bytes", LEIE_VAR_INT, "source", "byte", "size of the file", err);
    st = st ? st : leie_dataset_var(&hash, ds, "source_sha256", LEIE_VAR_TEXT, "source", NULL, "hash of the file", err);
    for (leie_size i = 0; !st && i < p->sources; i++) {
        bytes->integer[i] = p->source[i].bytes;
        st = leie_var_set_text(role, i, p->source[i].role, err);
        st = st ? st : leie_var_set_text(path, i, p->source[i].path, err);
        st = st ? st : leie_var_set_text(hash, i, p->source[i].sha256, err);
    }
    return st;
}

leie_status leie_mfa_unit(double *factor, leie_unit_memory *memory, const leie_csv *csv, leie_size c, const char *to,
                          leie_error *err)
{
    char unit[sizeof memory->unit];
    leie_error why = {0};
    *factor = 1;
    leie_status st = leie_csv_string(csv, c, unit, sizeof unit, err);
    if (st || !unit[0])
        return st;
    if (strcmp(unit, memory->unit) != 0) {
        st = leie_unit_factor(&memory->factor, unit, to, &why);
        if (st)
            return leie_csv_fail(csv, c, st, err, "%.600s", why.text);
        memcpy(memory->unit, unit, sizeof unit);
    }
    *factor = memory->factor;
    return LEIE_OK;
}

leie_status leie_mfa_number(double *value, const leie_csv *csv, leie_size c, leie_error *err)
{
    return c < 0 || csv->field[c].size == 0 ? LEIE_OK : leie_csv_number(csv, c, value, err);
}
