// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_result_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_text.h"
#include "io/write/writer.h"

bool leie_result_is_shown(const leie_dataset *ds, const leie_var *v)
{
    return leie_dataset_find_dim(ds, v->name) < 0 && !(v->type == LEIE_VAR_TEXT && v->rank == 1);
}

static void put_text(void *ctx, const char *text, size_t size)
{
    leie_writer_bytes(ctx, text, size);
}

static void write_variables(leie_writer *w, const leie_dataset *ds)
{
    char units[LEIE_LABEL_ROOM];
    leie_writer_start(w, "variables.csv", false);
    leie_writer_text(w, "variable,dimensions,units,long_name\n");
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        const char *name = leie_dataset_get_text(ds, v, "long_name");
        if (!leie_result_is_shown(ds, v))
            continue;
        leie_writer_field(w, v->name, ',');
        for (int k = 0; k < v->rank; k++) {
            leie_writer_text(w, k ? " " : "");
            leie_writer_text(w, ds->dim[v->dim[k]].name);
        }
        leie_writer_text(w, ",");
        leie_writer_field(w, leie_dataset_units(units, ds, v), ',');
        leie_writer_field(w, name ? name : "", '\n');
    }
    leie_writer_finish(w);
}

static void write_attributes(leie_writer *w, const leie_dataset *ds)
{
    leie_writer_start(w, "attributes.csv", false);
    leie_writer_text(w, "attribute,value\n");
    for (leie_size i = 0; i < ds->attribute.n; i++) {
        const leie_attribute *a = &ds->attribute.item[i];
        char text[64];
        leie_writer_field(w, a->name, ',');
        if (a->type == LEIE_VAR_TEXT)
            leie_writer_field(w, a->text, '\0');
        for (leie_size k = 0; k < a->n; k++) {
            if (a->type == LEIE_VAR_INT)
                snprintf(text, sizeof text, "%s%" PRId64, k ? " " : "", a->integer[k]);
            else
                snprintf(text, sizeof text, "%s%.17g", k ? " " : "", a->number[k]);
            leie_writer_text(w, text);
        }
        leie_writer_text(w, "\n");
    }
    leie_writer_finish(w);
}

leie_status leie_write_result_csv(leie_size *files, const char *folder, const leie_dataset *ds, leie_error *err)
{
    leie_writer w;
    leie_writer_new(&w, folder, 0, err);
    leie_writer_folder(&w, "");
    write_variables(&w, ds);
    write_attributes(&w, ds);
    *files = 0;
    for (leie_size i = 0; !w.st && i < ds->vars; i++) {
        char name[LEIE_WRITER_NAME];
        if (!leie_result_is_shown(ds, ds->var[i]))
            continue;
        snprintf(name, sizeof name, "%.200s.csv", ds->var[i]->name);
        leie_writer_start(&w, name, false);
        leie_dataset_csv(ds, ds->var[i], NULL, put_text, &w);
        leie_writer_finish(&w);
        ++*files;
    }
    leie_writer_sync(&w);
    leie_writer_clear(&w);
    return w.st;
}
