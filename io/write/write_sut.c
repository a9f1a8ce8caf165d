// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_sut.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/write/writer.h"

enum { PATH_SIZE = 4096 };

// Region and code.
static void put_place(leie_writer *w, const leie_axis *axis, leie_size i)
{
    leie_writer_field(w, axis->region.code[axis->of[i]], ',');
    leie_writer_field(w, axis->code[i], ',');
}

static void put(leie_writer *w, const char *text, char behind)
{
    leie_writer_field(w, text ? text : "", behind);
}

// An empty field for NaN.
static void put_number(leie_writer *w, double value, char behind)
{
    if (isnan(value))
        leie_writer_field(w, "", behind);
    else
        leie_writer_number(w, value, behind);
}

static void start(leie_writer *w, const char *file, bool gzip, const char *const *name)
{
    leie_writer_start(w, file, gzip);
    for (int c = 0; name[c]; c++)
        leie_writer_field(w, name[c], name[c + 1] ? ',' : '\n');
}

// ---- lists ----

static void write_items(leie_writer *w, const char *name, const char *column, const leie_axis *axis)
{
    start(w, name, false, (const char *const[]){"region", column, "name", "unit", NULL});
    for (leie_size i = 0; i < axis->n; i++) {
        put_place(w, axis, i);
        put(w, axis->name[i], ',');
        put(w, axis->unit[i], '\n');
    }
    leie_writer_finish(w);
}

static void write_categories(leie_writer *w, const leie_axis *axis)
{
    leie_labels seen = {0};
    start(w, "categories.csv", false, (const char *const[]){"category", "name", "kind", NULL});
    for (leie_size i = 0; !w->st && i < axis->n; i++) {
        if (leie_labels_find(&seen, axis->code[i]) >= 0)
            continue;
        leie_size at = leie_labels_add(&seen, axis->code[i], NULL, NULL, NULL, w->err);
        w->st = at < 0 ? (leie_status)at : w->st;
        put(w, axis->code[i], ',');
        put(w, axis->name[i], ',');
        put(w, leie_demand_name(axis->kind[i]), '\n');
    }
    leie_labels_clear(&seen);
    leie_writer_finish(w);
}

// A text in YAML between double quotes, "key: value" on a line.
static void put_yaml(char *to, size_t size, const char *key, const char *text)
{
    size_t used = strlen(to);
    if (!text || !text[0] || used >= size)
        return;
    used += (size_t)snprintf(to + used, size - used, "%s: \"", key);
    for (; *text && used + 4 < size; text++) {
        if (*text == '"' || *text == '\\')
            to[used++] = '\\';
        to[used++] = *text == '\n' ? ' ' : *text;
    }
    snprintf(to + used, size - used, "\"\n");
}

static void write_about(leie_writer *w, const leie_table *t)
{
    static char text[8192]; // table.yaml of one table
    snprintf(text, sizeof text, "year: %d\n", t->year);
    put_yaml(text, sizeof text, "currency", t->currency);
    put_yaml(text, sizeof text, "unit", t->unit);
    put_yaml(text, sizeof text, "valuation", t->valuation);
    put_yaml(text, sizeof text, "prices", t->prices);
    put_yaml(text, sizeof text, "system", "sut");
    put_yaml(text, sizeof text, "source", t->source);
    put_yaml(text, sizeof text, "licence", t->licence);
    leie_writer_start(w, "table.yaml", false);
    leie_writer_text(w, text);
    leie_writer_finish(w);
}

// ---- values ----

static void write_supply(leie_writer *w, const leie_sut *s)
{
    const leie_axis *p = &s->product, *k = &s->account.sector;
    start(w, "supply.csv", false, (const char *const[]){"region", "product", "industry", "value", NULL});
    for (leie_size i = 0; i < p->n; i++)
        for (leie_size j = 0; j < k->n; j++)
            if (s->supply[i * k->n + j] != 0) {
                put_place(w, p, i);
                put(w, k->code[j], ',');
                put_number(w, s->supply[i * k->n + j], '\n');
            }
    leie_writer_finish(w);
}

// region is that of the user; origin the region that sells, or a word.
static void write_use(leie_writer *w, const leie_sut *s, bool final, bool gzip)
{
    const leie_axis *p = &s->product, *to = final ? &s->account.demand : &s->account.sector;
    bool regions = p->region.n > 1;
    start(w, final ? "final.csv" : "use.csv", gzip,
          (const char *const[]){"region", "product", "origin", final ? "category" : "industry", "valuation", "value", NULL});
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; v < LEIE_VALUATIONS; v++) {
            const double *cell = final ? s->layer[o][v].final : s->layer[o][v].use;
            for (leie_size i = 0; cell && i < p->n; i++)
                for (leie_size j = 0; j < to->n; j++) {
                    if (cell[i * to->n + j] == 0)
                        continue;
                    bool origin = regions && o == LEIE_DOMESTIC;
                    put(w, to->region.code[to->of[j]], ',');
                    put(w, p->code[i], ',');
                    put(w, origin ? p->region.code[p->of[i]] : leie_origin_name((leie_origin)o), ',');
                    put(w, to->code[j], ',');
                    put(w, leie_valuation_name((leie_valuation)v), ',');
                    put_number(w, cell[i * to->n + j], '\n');
                }
        }
    leie_writer_finish(w);
}

static void write_inputs(leie_writer *w, const leie_sut *s, const double *W, const leie_axis *to, const char *column,
                         const char *name)
{
    const leie_labels *input = &s->account.input;
    if (!W)
        return;
    start(w, name, false, (const char *const[]){"region", "input", column, "value", "kind", NULL});
    for (leie_size v = 0; v < input->n; v++)
        for (leie_size j = 0; j < to->n; j++)
            if (W[v * to->n + j] != 0) {
                put(w, to->region.code[to->of[j]], ',');
                put(w, input->code[v], ',');
                put(w, to->code[j], ',');
                put_number(w, W[v * to->n + j], ',');
                put(w, input->kind[v], '\n');
            }
    leie_writer_finish(w);
}

static void write_partners(leie_writer *w, const leie_sut *s)
{
    if (!s->imports)
        return;
    start(w, "imports.csv", false, (const char *const[]){"region", "product", "partner", "valuation", "value", NULL});
    for (leie_size i = 0; i < s->product.n; i++)
        for (leie_size b = 0; b < s->partner.n; b++)
            if (s->imports[i * s->partner.n + b] != 0) {
                put_place(w, &s->product, i);
                put(w, s->partner.code[b], ',');
                put(w, "cif", ',');
                put_number(w, s->imports[i * s->partner.n + b], '\n');
            }
    leie_writer_finish(w);
}

static void write_output(leie_writer *w, const leie_sut *s)
{
    if (!s->account.x)
        return;
    start(w, "output.csv", false, (const char *const[]){"region", "industry", "value", NULL});
    for (leie_size j = 0; j < s->account.sector.n; j++) {
        put_place(w, &s->account.sector, j);
        put_number(w, s->account.x[j], '\n');
    }
    leie_writer_finish(w);
}

static void write_pressures(leie_writer *w, const leie_table *a, const char *extension, const double *F, const leie_axis *to,
                            bool final)
{
    char name[LEIE_WRITER_NAME];
    snprintf(name, sizeof name, "F_%s%s.csv", final ? "Y_" : "", extension);
    start(w, name, false, (const char *const[]){"stressor", "region", final ? "category" : "sector", "value", "unit", NULL});
    for (leie_size s = 0; s < a->stressor.n; s++)
        for (leie_size j = 0; strcmp(a->extension[s], extension) == 0 && j < to->n; j++)
            if (F[s * to->n + j] != 0) {
                put(w, a->stressor.code[s], ',');
                put_place(w, to, j);
                put_number(w, F[s * to->n + j], ',');
                put(w, a->stressor.unit[s], '\n');
            }
    leie_writer_finish(w);
}

static void write_extensions(leie_writer *w, const leie_table *a)
{
    leie_labels extension = {0};
    w->st = w->st ? w->st : leie_writer_extensions(&extension, a, w->err);
    for (leie_size e = 0; !w->st && e < extension.n; e++) {
        if (a->F)
            write_pressures(w, a, extension.code[e], a->F, &a->sector, false);
        if (a->F_Y)
            write_pressures(w, a, extension.code[e], a->F_Y, &a->demand, true);
    }
    leie_labels_clear(&extension);
}

// A plain file beside the same one packed would be read twice.
static void check_twins(leie_writer *w, bool gzip)
{
    static const char *const file[] = {"use.csv", "final.csv"};
    for (int i = 0; !w->st && i < 2; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s%s", w->folder, file[i], gzip ? "" : ".gz");
        if (access(path, F_OK) == 0)
            w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s would be read as a part of this table: move it away first", path);
    }
}

leie_status leie_write_sut(const char *folder, const leie_sut *s, int digits, bool gzip, leie_error *err)
{
    leie_writer w;
    leie_writer_new(&w, folder, digits, err);
    leie_writer_folder(&w, "");
    check_twins(&w, gzip);
    write_about(&w, &s->account);
    write_items(&w, "products.csv", "product", &s->product);
    write_items(&w, "industries.csv", "industry", &s->account.sector);
    write_categories(&w, &s->account.demand);
    write_supply(&w, s);
    write_use(&w, s, false, gzip);
    write_use(&w, s, true, gzip);
    write_inputs(&w, s, s->account.W, &s->account.sector, "industry", "inputs.csv");
    write_inputs(&w, s, s->inputs_final, &s->account.demand, "category", "inputs_final.csv");
    write_partners(&w, s);
    write_output(&w, s);
    write_extensions(&w, &s->account);
    leie_writer_sync(&w);
    leie_writer_clear(&w);
    return w.st;
}

// ---- marks and adjustments ----

static const double *part_of(const leie_sut *s, leie_split_part part)
{
    const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *m = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    const double *const value[LEIE_PARTS] = {s->supply, d->use, d->final, m->use, m->final, s->account.W};
    return value[part];
}

static void put_marks(leie_writer *w, const leie_sut *s, const leie_split_info *info, leie_split_part part)
{
    bool final = part == LEIE_PART_FINAL || part == LEIE_PART_IMPORT_FINAL, input = part == LEIE_PART_INPUTS;
    const leie_axis *to = final ? &s->account.demand : &s->account.sector;
    const double *value = part_of(s, part), *estimate = info->estimate[part];
    const unsigned char *mark = info->mark[part];
    leie_size rows = input ? s->account.input.n : s->product.n;
    for (leie_size i = 0; value && estimate && mark && i < rows; i++)
        for (leie_size j = 0; j < to->n; j++) {
            leie_size at = i * to->n + j;
            if (mark[at] == LEIE_MARK_NONE)
                continue;
            leie_size from = input ? to->of[j] : s->product.of[i];
            put(w, leie_part_name(part), ',');
            put(w, to->region.code[from], ',');
            put(w, input ? s->account.input.code[i] : s->product.code[i], ',');
            put(w, to->region.code[to->of[j]], ',');
            put(w, to->code[j], ',');
            put(w, leie_mark_name((leie_mark)mark[at]), ',');
            put_number(w, estimate[at], ',');
            put_number(w, value[at], ',');
            put_number(w, value[at] - estimate[at], ',');
            put_number(w, leie_split_reliability(part, (leie_mark)mark[at], from == to->of[j]), '\n');
        }
}

leie_status leie_write_marks(const char *folder, const leie_sut *s, const leie_split_info *info, leie_error *err)
{
    leie_writer w;
    leie_writer_new(&w, folder, 0, err);
    leie_writer_folder(&w, "");
    start(&w, "marks.csv", false,
          (const char *const[]){"part", "region", "code", "to_region", "to", "mark", "estimate", "value", "change", "reliability", NULL});
    for (int part = 0; part < LEIE_PARTS; part++)
        put_marks(&w, s, info, (leie_split_part)part);
    leie_writer_finish(&w);
    leie_writer_clear(&w);
    return w.st;
}

leie_status leie_write_adjustments(const char *folder, const leie_adjustments *list, leie_error *err)
{
    leie_writer w;
    leie_writer_new(&w, folder, 0, err);
    leie_writer_folder(&w, "");
    start(&w, "adjustments.csv", false, (const char *const[]){"step", "region", "code", "before", "after", "unit", "source", NULL});
    for (leie_size i = 0; i < list->n; i++) {
        const leie_adjustment *a = &list->item[i];
        put(&w, a->step, ',');
        put(&w, a->region, ',');
        put(&w, a->code, ',');
        put_number(&w, a->before, ',');
        put_number(&w, a->after, ',');
        put(&w, a->unit, ',');
        put(&w, a->source, '\n');
    }
    leie_writer_finish(&w);
    leie_writer_clear(&w);
    return w.st;
}
