// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/balance_view.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { CHANGES_SHOWN = 10, TOTALS_SHOWN = 10, NAME_LIMIT = 40 };
static const double FAR_MOST = 10, FAR_LEAST = .1; // multipliers worth a second look
static const double SHARE_SHOWN = 1e-3;            // errors of totals, of the largest

static void add_figures(leie_texttable *t, const char *method, const leie_balance_report *r, const leie_csr *a)
{
    leie_texttable_add(t, "method");
    leie_texttable_add(t, "%s, %lld iterations, %s", method, (long long)r->info.iterations,
                       r->info.converged ? "converged" : "not converged");
    leie_texttable_add(t, "cells");
    leie_texttable_add(t, "%lld, of which %lld became zero and %lld changed sign", (long long)a->nnz,
                       (long long)r->emptied, (long long)r->turned);
    if (!isnan(r->before)) {
        leie_texttable_add(t, "sum");
        leie_texttable_add(t, "%.10g, before %.10g", r->after, r->before);
    }
    leie_texttable_add(t, "moved");
    leie_texttable_add(t, "%.3g %% of the prior (WAPE)", r->wape);
    leie_texttable_add(t, "totals");
    leie_texttable_add(t, "%lld, largest relative error %.2g", (long long)r->totals, r->error);
}

static void add_range(leie_texttable *t, const char *letter, const leie_range *range, char *const *name)
{
    if (range->n == 0)
        return;
    bool far = range->most > FAR_MOST || range->least < FAR_LEAST;
    leie_texttable_add(t, "%s", letter);
    leie_texttable_add(t, "%.4g (%.40s) to %.4g (%.40s)%s", range->least, name[range->at_least], range->most,
                       name[range->at_most], far ? ": far from 1" : "");
}

static leie_status print_figures(FILE *to, const char *method, const leie_balance_report *r, const leie_csr *a,
                                 const leie_margins *m, leie_error *err)
{
    leie_texttable t;
    leie_texttable_start(&t, "ll");
    add_figures(&t, method, r, a);
    add_range(&t, "multipliers of rows", &r->info.r, m->row_name);
    add_range(&t, "of columns", &r->info.s, m->col_name);
    add_range(&t, "of blocks", &r->info.t, m->block ? m->block->name : NULL);
    if (strcmp(method, "wls") == 0) {
        leie_texttable_add(&t, "least squares");
        leie_texttable_add(&t, "chi-square %.6g, %lld cells at a bound", r->info.objective,
                           (long long)r->info.at_bound);
    }
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// The total with the largest error below `error`, or at it behind `behind`; -1 at the end.
static leie_size next_worst(const leie_balance_report *r, double error, leie_size behind)
{
    leie_size best = -1;
    for (leie_size k = 0; k < r->totals; k++) {
        double e = r->total[k].error;
        bool after = e < error || (e == error && k > behind);
        if (after && e > SHARE_SHOWN * r->error && (best < 0 || e > r->total[best].error))
            best = k;
    }
    return best;
}

static leie_status print_missed(FILE *to, const leie_balance_report *r, const leie_margins *m, leie_error *err)
{
    static const char *const word[] = {"row", "column", "block"};
    leie_texttable t;
    leie_texttable_start(&t, "llrrr");
    for (const char *const *head = (const char *const[]){"total", "of", "target", "found", "missing", NULL}; *head;
         head++)
        leie_texttable_add(&t, "%s", *head);
    leie_size k = next_worst(r, INFINITY, -1);
    for (int shown = 0; k >= 0 && shown < TOTALS_SHOWN; shown++) {
        const leie_balance_total *l = &r->total[k];
        char *const *name = l->kind == LEIE_LINE_ROW   ? m->row_name
                            : l->kind == LEIE_LINE_COL ? m->col_name
                                                       : m->block->name;
        leie_texttable_add(&t, "%s", word[l->kind]);
        leie_texttable_add(&t, "%s", name[l->at]);
        leie_texttable_add(&t, "%.10g", l->target);
        leie_texttable_add(&t, "%.10g", l->after);
        leie_texttable_add(&t, "%.4g", l->target - l->after);
        k = next_worst(r, l->error, k);
    }
    fputs("\ntotals furthest off\n", to);
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st;
}

static leie_status print_changes(FILE *to, const leie_balance_report *r, const leie_margins *m, leie_error *err)
{
    leie_texttable t;
    leie_texttable_start(&t, "llrrr");
    t.limit[0] = t.limit[1] = NAME_LIMIT;
    for (const char *const *head = (const char *const[]){"row", "column", "before", "after", "change", NULL}; *head;
         head++)
        leie_texttable_add(&t, "%s", *head);
    for (leie_size k = 0; k < r->changes && k < CHANGES_SHOWN; k++) {
        const leie_balance_change *c = &r->change[k];
        leie_texttable_add(&t, "%s", m->row_name[c->row]);
        leie_texttable_add(&t, "%s", m->col_name[c->col]);
        leie_texttable_add(&t, "%.6g", c->before);
        leie_texttable_add(&t, "%.6g", c->after);
        leie_texttable_add(&t, "%+.4g", c->after - c->before);
    }
    fputs("\nlargest changes\n", to);
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st;
}

leie_status leie_balance_view(FILE *to, const char *method, const leie_balance_report *r, const leie_csr *a,
                              const leie_margins *m, leie_error *err)
{
    leie_status st = print_figures(to, method, r, a, m, err);
    if (!st && !r->info.converged)
        st = print_missed(to, r, m, err);
    if (!st && r->changes > 0)
        st = print_changes(to, r, m, err);
    return st;
}
