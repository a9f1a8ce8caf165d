// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_balance.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/write/csv_text.h"

enum { PATH_SIZE = 4096 };

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

static leie_status save(leie_csv_text *t, const char *folder, const char *name, leie_error *err)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length >= PATH_SIZE) {
        leie_csv_text_clear(t);
        return leie_fail(err, LEIE_ERR_OUTPUT, "%.200s...: the path is too long", folder);
    }
    return leie_csv_text_save(t, path, err);
}

static void put_header(leie_csv_text *t, const char *const *name, int columns)
{
    for (int c = 0; c < columns; c++)
        leie_csv_text_field(t, name[c], c + 1 < columns ? ',' : '\n');
}

static void put_part(leie_csv_text *t, const leie_balanced_part *p)
{
    for (leie_size i = 0; i < p->a->rows; i++)
        for (leie_size c = p->a->row[i]; c < p->a->row[i + 1]; c++) {
            if (p->a->val[c] == 0)
                continue;
            if (p->table)
                leie_csv_text_field(t, p->table, ',');
            leie_csv_text_field(t, p->row->code[i], ',');
            leie_csv_text_field(t, p->col->code[p->a->col[c]], ',');
            leie_csv_text_number(t, p->a->val[c], '\n');
        }
}

/* ---- the report ---- */

static void put_item(leie_csv_text *t, const char *item, const char *row, const char *col, double target, double before,
                     double after, double error)
{
    leie_csv_text_field(t, item, ',');
    leie_csv_text_field(t, row, ',');
    leie_csv_text_field(t, col, ',');
    leie_csv_text_number(t, target, ',');
    leie_csv_text_number(t, before, ',');
    leie_csv_text_number(t, after, ',');
    leie_csv_text_number(t, error, '\n');
}

static void put_figure(leie_csv_text *t, const char *item, double value)
{
    put_item(t, item, "", "", NAN, NAN, value, NAN);
}

static const char *name_at(const leie_margins *m, leie_line kind, leie_size at)
{
    return kind == LEIE_LINE_ROW ? m->row_name[at] : kind == LEIE_LINE_COL ? m->col_name[at] : m->block->name[at];
}

static void put_line(leie_csv_text *t, const char *item, const leie_margins *m, leie_line kind, leie_size at,
                     const leie_balance_total *total)
{
    const char *name = name_at(m, kind, at);
    put_item(t, item, kind == LEIE_LINE_COL ? "" : name, kind == LEIE_LINE_COL ? name : "", total->target,
             total->before, total->after, total->error);
}

static void put_range(leie_csv_text *t, const char *letter, const leie_margins *m, leie_line kind,
                      const leie_range *range)
{
    char item[16];
    const leie_balance_total least = {.target = NAN, .before = NAN, .after = range->least, .error = NAN};
    const leie_balance_total most = {.target = NAN, .before = NAN, .after = range->most, .error = NAN};
    if (range->n == 0)
        return;
    snprintf(item, sizeof item, "%s_least", letter);
    put_line(t, item, m, kind, range->at_least, &least);
    snprintf(item, sizeof item, "%s_most", letter);
    put_line(t, item, m, kind, range->at_most, &most);
}

static void put_report(leie_csv_text *t, const leie_balance_report *r, const leie_margins *m)
{
    static const char *const item[] = {"row", "column", "block"};
    put_figure(t, "iterations", (double)r->info.iterations);
    put_figure(t, "converged", r->info.converged);
    put_figure(t, "error", r->error);
    put_item(t, "sum", "", "", NAN, r->before, r->after, NAN);
    put_figure(t, "wape", r->wape);
    put_figure(t, "emptied", (double)r->emptied);
    put_figure(t, "turned", (double)r->turned);
    put_figure(t, "at_bound", (double)r->info.at_bound);
    put_figure(t, "objective", r->info.objective);
    put_range(t, "r", m, LEIE_LINE_ROW, &r->info.r);
    put_range(t, "s", m, LEIE_LINE_COL, &r->info.s);
    put_range(t, "t", m, LEIE_LINE_BLOCK, &r->info.t);
    for (leie_size k = 0; k < r->totals; k++)
        put_line(t, item[r->total[k].kind], m, r->total[k].kind, r->total[k].at, &r->total[k]);
    for (leie_size k = 0; k < r->changes; k++)
        put_item(t, "change", m->row_name[r->change[k].row], m->col_name[r->change[k].col], NAN, r->change[k].before,
                 r->change[k].after, NAN);
}

leie_status leie_write_balance(const char *folder, const leie_balanced_part *part, int parts,
                               const leie_balance_report *report, const leie_margins *m, leie_error *err)
{
    static const char *const cell_columns[] = {"table", "row", "col", "value"};
    static const char *const report_columns[] = {"item", "row", "col", "target", "before", "after", "error"};
    leie_csv_text t = {0};
    leie_status st = make_folder(folder, err);
    if (st)
        return st;
    put_header(&t, part->table ? cell_columns : cell_columns + 1, part->table ? 4 : 3);
    for (int k = 0; k < parts; k++)
        put_part(&t, &part[k]);
    st = save(&t, folder, "balanced.csv", err);
    if (st)
        return st;
    put_header(&t, report_columns, 7);
    put_report(&t, report, m);
    return save(&t, folder, "report.csv", err);
}
