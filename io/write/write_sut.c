// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_sut.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/write/csv_text.h"

enum { PATH_SIZE = 4096 };

// One file of the folder.
typedef struct file {
    const char *folder;
    leie_csv_text text;
    leie_error *err;
    leie_status st;
} file;

static void put(file *f, const char *text, char behind)
{
    leie_csv_text_field(&f->text, text ? text : "", behind);
}

static void put_number(file *f, double value, char behind)
{
    leie_csv_text_number(&f->text, value, behind);
}

static void put_place(file *f, const leie_axis *axis, leie_size i)
{
    put(f, axis->region.code[axis->of[i]], ',');
    put(f, axis->code[i], ',');
}

static void put_header(file *f, const char *const *name)
{
    for (int c = 0; name[c]; c++)
        put(f, name[c], name[c + 1] ? ',' : '\n');
}

static void save(file *f, const char *name)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", f->folder, name);
    if (!f->st && length >= PATH_SIZE)
        f->st = leie_fail(f->err, LEIE_ERR_OUTPUT, "%.200s...: the path is too long", f->folder);
    if (!f->st)
        f->st = leie_csv_text_save(&f->text, path, f->err);
    else
        leie_csv_text_clear(&f->text);
}

static leie_status make_folder(const char *folder, leie_error *err)
{
    struct stat info;
    if (mkdir(folder, 0777) == 0)
        return LEIE_OK;
    int why = errno;
    if (why == EEXIST && stat(folder, &info) == 0 && S_ISDIR(info.st_mode))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_OUTPUT, "%s: the folder cannot be created: %s", folder, strerror(why));
}

// ---- lists ----

static void write_items(file *f, const char *name, const char *column, const leie_axis *axis)
{
    put_header(f, (const char *const[]){"region", column, "name", "unit", NULL});
    for (leie_size i = 0; i < axis->n; i++) {
        put_place(f, axis, i);
        put(f, axis->name[i], ',');
        put(f, axis->unit[i], '\n');
    }
    save(f, name);
}

static void write_categories(file *f, const leie_axis *axis)
{
    leie_labels seen = {0};
    put_header(f, (const char *const[]){"category", "name", "kind", NULL});
    for (leie_size i = 0; !f->st && i < axis->n; i++) {
        if (leie_labels_find(&seen, axis->code[i]) >= 0)
            continue;
        leie_size at = leie_labels_add(&seen, axis->code[i], NULL, NULL, NULL, f->err);
        f->st = at < 0 ? (leie_status)at : LEIE_OK;
        put(f, axis->code[i], ',');
        put(f, axis->name[i], ',');
        put(f, leie_demand_name(axis->kind[i]), '\n');
    }
    leie_labels_clear(&seen);
    save(f, "categories.csv");
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

static void write_about(file *f, const leie_table *t)
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
    leie_csv_text_raw(&f->text, text);
    save(f, "table.yaml");
}

// ---- values ----

static void write_supply(file *f, const leie_sut *s)
{
    const leie_axis *p = &s->product, *k = &s->account.sector;
    put_header(f, (const char *const[]){"region", "product", "industry", "value", NULL});
    for (leie_size i = 0; i < p->n; i++)
        for (leie_size j = 0; j < k->n; j++)
            if (s->supply[i * k->n + j] != 0) {
                put_place(f, p, i);
                put(f, k->code[j], ',');
                put_number(f, s->supply[i * k->n + j], '\n');
            }
    save(f, "supply.csv");
}

// region is that of the user; origin the region that sells, or a word.
static void write_use(file *f, const leie_sut *s, bool final)
{
    const leie_axis *p = &s->product, *to = final ? &s->account.demand : &s->account.sector;
    bool regions = p->region.n > 1;
    put_header(f, (const char *const[]){"region", "product", "origin", final ? "category" : "industry", "valuation", "value", NULL});
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; v < LEIE_VALUATIONS; v++) {
            const double *cell = final ? s->layer[o][v].final : s->layer[o][v].use;
            for (leie_size i = 0; cell && i < p->n; i++)
                for (leie_size j = 0; j < to->n; j++) {
                    if (cell[i * to->n + j] == 0)
                        continue;
                    bool origin = regions && o == LEIE_DOMESTIC;
                    put(f, to->region.code[to->of[j]], ',');
                    put(f, p->code[i], ',');
                    put(f, origin ? p->region.code[p->of[i]] : leie_origin_name((leie_origin)o), ',');
                    put(f, to->code[j], ',');
                    put(f, leie_valuation_name((leie_valuation)v), ',');
                    put_number(f, cell[i * to->n + j], '\n');
                }
        }
    save(f, final ? "final.csv" : "use.csv");
}

static void write_inputs(file *f, const leie_sut *s, const double *W, const leie_axis *to, const char *column,
                         const char *name)
{
    const leie_labels *input = &s->account.input;
    if (!W)
        return;
    put_header(f, (const char *const[]){"region", "input", column, "value", "kind", NULL});
    for (leie_size v = 0; v < input->n; v++)
        for (leie_size j = 0; j < to->n; j++)
            if (W[v * to->n + j] != 0) {
                put(f, to->region.code[to->of[j]], ',');
                put(f, input->code[v], ',');
                put(f, to->code[j], ',');
                put_number(f, W[v * to->n + j], ',');
                put(f, input->kind[v], '\n');
            }
    save(f, name);
}

static void write_partners(file *f, const leie_sut *s)
{
    if (!s->imports)
        return;
    put_header(f, (const char *const[]){"region", "product", "partner", "valuation", "value", NULL});
    for (leie_size i = 0; i < s->product.n; i++)
        for (leie_size b = 0; b < s->partner.n; b++)
            if (s->imports[i * s->partner.n + b] != 0) {
                put_place(f, &s->product, i);
                put(f, s->partner.code[b], ',');
                put(f, "cif", ',');
                put_number(f, s->imports[i * s->partner.n + b], '\n');
            }
    save(f, "imports.csv");
}

static void write_output(file *f, const leie_sut *s)
{
    if (!s->account.x)
        return;
    put_header(f, (const char *const[]){"region", "industry", "value", NULL});
    for (leie_size j = 0; j < s->account.sector.n; j++) {
        put_place(f, &s->account.sector, j);
        put_number(f, s->account.x[j], '\n');
    }
    save(f, "output.csv");
}

static void write_pressures(file *f, const leie_table *a, const char *extension, const double *F, const leie_axis *to,
                            bool final)
{
    char name[PATH_SIZE];
    put_header(f, (const char *const[]){"stressor", "region", final ? "category" : "sector", "value", "unit", NULL});
    for (leie_size s = 0; s < a->stressor.n; s++)
        for (leie_size j = 0; strcmp(a->extension[s], extension) == 0 && j < to->n; j++)
            if (F[s * to->n + j] != 0) {
                put(f, a->stressor.code[s], ',');
                put_place(f, to, j);
                put_number(f, F[s * to->n + j], ',');
                put(f, a->stressor.unit[s], '\n');
            }
    if (snprintf(name, sizeof name, "F_%s%s.csv", final ? "Y_" : "", extension) >= (int)sizeof name)
        f->st = leie_fail(f->err, LEIE_ERR_DATA, "the name of extension '%.60s...' is too long", extension);
    save(f, name);
}

static void write_extensions(file *f, const leie_table *a)
{
    for (leie_size s = 0; s < a->stressor.n; s++) {
        bool seen = false;
        for (leie_size q = 0; q < s; q++)
            seen |= strcmp(a->extension[q], a->extension[s]) == 0;
        if (!seen && a->F)
            write_pressures(f, a, a->extension[s], a->F, &a->sector, false);
        if (!seen && a->F_Y)
            write_pressures(f, a, a->extension[s], a->F_Y, &a->demand, true);
    }
}

leie_status leie_write_sut(const char *folder, const leie_sut *s, leie_error *err)
{
    file f = {.folder = folder, .err = err, .st = make_folder(folder, err)};
    write_about(&f, &s->account);
    write_items(&f, "products.csv", "product", &s->product);
    write_items(&f, "industries.csv", "industry", &s->account.sector);
    write_categories(&f, &s->account.demand);
    write_supply(&f, s);
    write_use(&f, s, false);
    write_use(&f, s, true);
    write_inputs(&f, s, s->account.W, &s->account.sector, "industry", "inputs.csv");
    write_inputs(&f, s, s->inputs_final, &s->account.demand, "category", "inputs_final.csv");
    write_partners(&f, s);
    write_output(&f, s);
    write_extensions(&f, &s->account);
    leie_csv_text_clear(&f.text);
    return f.st;
}

// ---- marks and adjustments ----

static const double *part_of(const leie_sut *s, leie_split_part part)
{
    const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *m = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    const double *const value[LEIE_PARTS] = {s->supply, d->use, d->final, m->use, m->final, s->account.W};
    return value[part];
}

static void put_marks(file *f, const leie_sut *s, const leie_split_info *info, leie_split_part part)
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
            put(f, leie_part_name(part), ',');
            put(f, to->region.code[from], ',');
            put(f, input ? s->account.input.code[i] : s->product.code[i], ',');
            put(f, to->region.code[to->of[j]], ',');
            put(f, to->code[j], ',');
            put(f, leie_mark_name((leie_mark)mark[at]), ',');
            put_number(f, estimate[at], ',');
            put_number(f, value[at], ',');
            put_number(f, value[at] - estimate[at], ',');
            put_number(f, leie_split_reliability(part, (leie_mark)mark[at], from == to->of[j]), '\n');
        }
}

leie_status leie_write_marks(const char *folder, const leie_sut *s, const leie_split_info *info, leie_error *err)
{
    file f = {.folder = folder, .err = err, .st = make_folder(folder, err)};
    put_header(&f, (const char *const[]){"part", "region", "code", "to_region", "to", "mark", "estimate", "value", "change",
                                         "reliability", NULL});
    for (int part = 0; part < LEIE_PARTS; part++)
        put_marks(&f, s, info, (leie_split_part)part);
    save(&f, "marks.csv");
    return f.st;
}

leie_status leie_write_adjustments(const char *folder, const leie_adjustments *list, leie_error *err)
{
    file f = {.folder = folder, .err = err, .st = make_folder(folder, err)};
    put_header(&f, (const char *const[]){"step", "region", "code", "before", "after", "unit", "source", NULL});
    for (leie_size i = 0; i < list->n; i++) {
        const leie_adjustment *a = &list->item[i];
        put(&f, a->step, ',');
        put(&f, a->region, ',');
        put(&f, a->code, ',');
        put_number(&f, a->before, ',');
        put_number(&f, a->after, ',');
        put(&f, a->unit, ',');
        put(&f, a->source, '\n');
    }
    save(&f, "adjustments.csv");
    return f.st;
}
