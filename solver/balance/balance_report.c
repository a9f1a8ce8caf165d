// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/balance_report.h"

#include <math.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/balance_impl.h"

// Sums of one line.
typedef struct line_sums {
    leie_acc before, after, size;
} line_sums;

static void add_cell(line_sums *s, double before, double after)
{
    leie_acc_add(&s->before, before);
    leie_acc_add(&s->after, after);
    leie_acc_add(&s->size, fabs(after));
}

static void add_total(leie_balance_report *r, leie_line kind, leie_size at, double target, const line_sums *s)
{
    leie_balance_total *t = &r->total[r->totals++];
    *t = (leie_balance_total){kind, at, target, leie_acc_value(&s->before), leie_acc_value(&s->after), 0};
    if (t->after != target)
        t->error = fabs(t->after - target) / fmax(fabs(target), leie_acc_value(&s->size));
    r->error = t->error > r->error || isnan(t->error) ? t->error : r->error;
}

// Keeps the largest changes; of equal ones the first.
static void note_change(leie_balance_report *r, leie_balance_change change)
{
    double moved = fabs(change.after - change.before);
    leie_size at = r->changes;
    if (!(moved > 0))
        return;
    while (at > 0 && fabs(r->change[at - 1].after - r->change[at - 1].before) < moved)
        at--;
    if (at == LEIE_CHANGES_KEPT)
        return;
    r->changes += r->changes < LEIE_CHANGES_KEPT;
    for (leie_size k = r->changes - 1; k > at; k--)
        r->change[k] = r->change[k - 1];
    r->change[at] = change;
}

static void add_rows_and_cols(leie_balance_report *r, const leie_csr *a, const double *before, const leie_margins *m,
                              line_sums *col)
{
    line_sums all = {0};
    leie_acc moved = {0}, mass = {0};
    for (leie_size i = 0; i < a->rows; i++) {
        line_sums row = {0};
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
            add_cell(&row, before[c], a->val[c]);
            add_cell(&col[a->col[c]], before[c], a->val[c]);
            add_cell(&all, before[c], a->val[c]);
            leie_acc_add(&moved, fabs(a->val[c] - before[c]));
            leie_acc_add(&mass, fabs(before[c]));
            r->emptied += before[c] != 0 && a->val[c] == 0;
            r->turned += (before[c] < 0 && a->val[c] > 0) || (before[c] > 0 && a->val[c] < 0);
            note_change(r, (leie_balance_change){i, a->col[c], before[c], a->val[c]});
        }
        if (m->row && !isnan(m->row[i]))
            add_total(r, LEIE_LINE_ROW, i, m->row[i], &row);
    }
    for (leie_size j = 0; m->col && j < a->cols; j++)
        if (!isnan(m->col[j]))
            add_total(r, LEIE_LINE_COL, j, m->col[j], &col[j]);
    r->before = leie_acc_value(&all.before);
    r->after = leie_acc_value(&all.after);
    r->wape = leie_acc_value(&mass) > 0 ? 100 * leie_acc_value(&moved) / leie_acc_value(&mass) : 0;
}

leie_status leie_balance_report_make(leie_balance_report *report, const leie_csr *after, const double *before,
                                     const leie_margins *m, const leie_balance_info *info, leie_error *err)
{
    leie_size blocks = m->block ? m->block->n : 0, most = after->rows + after->cols + blocks;
    line_sums *col = leie_new(after->cols, sizeof *col);
    *report = (leie_balance_report){0};
    if (info)
        report->info = *info;
    report->total = leie_new(most, sizeof *report->total);
    if (!col || !report->total) {
        leie_free(col);
        leie_balance_report_clear(report);
        return leie_fail_memory(err, "the report on a balance", most, sizeof *report->total);
    }
    add_rows_and_cols(report, after, before, m, col);
    for (leie_size b = 0; b < blocks; b++) {
        line_sums sums = {0};
        for (leie_size k = m->block->first[b]; k < m->block->first[b + 1]; k++)
            add_cell(&sums, before[m->block->cell[k]], after->val[m->block->cell[k]]);
        add_total(report, LEIE_LINE_BLOCK, b, m->block->total[b], &sums);
    }
    leie_free(col);
    return LEIE_OK;
}

void leie_balance_report_clear(leie_balance_report *report)
{
    leie_free(report->total);
    *report = (leie_balance_report){0};
}
