// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/balance_tables.h"

#include <math.h>

#include "kernels/memory.h"
#include "tests/check.h"

leie_csr table_of(const double *dense, leie_size rows, leie_size cols)
{
    leie_csr a;
    leie_size nnz = 0, at = 0;
    for (leie_size k = 0; k < rows * cols; k++)
        nnz += dense[k] != 0;
    check_ok(leie_csr_new(&a, rows, cols, nnz, NULL), NULL);
    for (leie_size k = 0; k < rows * cols; k++) {
        if (dense[k] != 0) {
            a.col[at] = (leie_index)(k % cols);
            a.val[at++] = dense[k];
        }
        a.row[k / cols + 1] = at;
    }
    return a;
}

leie_csr copy_of(const leie_csr *a)
{
    leie_csr b;
    check_ok(leie_csr_new(&b, a->rows, a->cols, a->nnz, NULL), NULL);
    for (leie_size i = 0; i <= a->rows; i++)
        b.row[i] = a->row[i];
    for (leie_size c = 0; c < a->nnz; c++) {
        b.col[c] = a->col[c];
        b.val[c] = a->val[c];
    }
    return b;
}

double cell_of(const leie_csr *a, leie_size i, leie_size j)
{
    for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
        if (a->col[c] == j)
            return a->val[c];
    return 0;
}

made_table make_table(leie_size rows, leie_size cols, double density, double negative, uint64_t seed)
{
    made_table t = {0};
    double *dense = leie_new(rows * cols, sizeof *dense);
    for (leie_size k = 0; k < rows * cols; k++) {
        bool kept = k / cols % cols == k % cols || k % cols % rows == k / cols || check_random(&seed) < density;
        double sign = check_random(&seed) < negative ? -1 : 1;
        dense[k] = kept ? sign * (.2385 + 10 * check_random(&seed)) : 0;
    }
    t.a = table_of(dense, rows, cols);
    leie_free(dense);
    t.goal = leie_new(t.a.nnz, sizeof *t.goal);
    t.u = leie_new(rows, sizeof *t.u);
    t.v = leie_new(cols, sizeof *t.v);
    for (leie_size i = 0; i < rows; i++)
        for (leie_size c = t.a.row[i]; c < t.a.row[i + 1]; c++) {
            t.goal[c] = t.a.val[c] * (.5 + check_random(&seed));
            t.u[i] += t.goal[c];
            t.v[t.a.col[c]] += t.goal[c];
        }
    return t;
}

void made_free(made_table *t)
{
    leie_csr_free(&t->a);
    leie_free(t->goal);
    leie_free(t->u);
    leie_free(t->v);
}

// Error of one total; cells are added one by one.
typedef struct line_sum {
    leie_acc sum, size;
} line_sum;

static void add(line_sum *s, double x)
{
    leie_acc_add(&s->sum, x);
    leie_acc_add(&s->size, fabs(x));
}

static double error_of(const line_sum *s, double target)
{
    double miss = fabs(leie_acc_value(&s->sum) - target);
    return isnan(target) || miss == 0 ? 0 : miss / fmax(fabs(target), leie_acc_value(&s->size));
}

double worst_total(const leie_csr *a, const leie_margins *m)
{
    double worst = 0;
    line_sum *col = leie_new(a->cols, sizeof *col);
    for (leie_size i = 0; i < a->rows; i++) {
        line_sum row = {0};
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
            add(&row, a->val[c]);
            add(&col[a->col[c]], a->val[c]);
        }
        worst = fmax(worst, m->row ? error_of(&row, m->row[i]) : 0);
    }
    for (leie_size j = 0; j < a->cols; j++)
        worst = fmax(worst, m->col ? error_of(&col[j], m->col[j]) : 0);
    for (leie_size b = 0; m->block && b < m->block->n; b++) {
        line_sum sum = {0};
        for (leie_size k = m->block->first[b]; k < m->block->first[b + 1]; k++)
            add(&sum, a->val[m->block->cell[k]]);
        worst = fmax(worst, error_of(&sum, m->block->total[b]));
    }
    leie_free(col);
    return worst;
}
