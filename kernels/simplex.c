// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/simplex.h"

#include <glpk.h>
#include <math.h>

enum { ROWS = 256, MOST = 1000000 }; // rows, unknowns

static bool sound(leie_size m, leie_size n, const double *A, const double *b, const double *c, const double *low, const double *high)
{
    if (m < 1 || n < 1 || m > ROWS || n > MOST)
        return false;
    for (leie_size i = 0; i < m; i++)
        if (!isfinite(b[i]))
            return false;
    for (leie_size i = 0; i < m * n; i++)
        if (!isfinite(A[i]))
            return false;
    for (leie_size j = 0; j < n; j++)
        if (!isfinite(c[j]) || !(low[j] <= high[j]))
            return false;
    return true;
}

static void set_bounds(glp_prob *p, int j, double low, double high)
{
    if (low == high)
        glp_set_col_bnds(p, j, GLP_FX, low, high);
    else if (isfinite(low) && isfinite(high))
        glp_set_col_bnds(p, j, GLP_DB, low, high);
    else if (isfinite(low))
        glp_set_col_bnds(p, j, GLP_LO, low, 0);
    else
        glp_set_col_bnds(p, j, isfinite(high) ? GLP_UP : GLP_FR, 0, high);
}

static void fill(glp_prob *p, int m, int n, const double *A, const double *b, const double *c, const double *low, const double *high)
{
    glp_set_obj_dir(p, GLP_MIN);
    glp_add_rows(p, m);
    glp_add_cols(p, n);
    for (int j = 0; j < n; j++) {
        set_bounds(p, j + 1, low[j], high[j]);
        glp_set_obj_coef(p, j + 1, c[j]);
    }
    for (int i = 0; i < m; i++)
        glp_set_row_bnds(p, i + 1, GLP_UP, 0, b[i]);
    for (int j = 0; j < n; j++) {
        int row[ROWS + 1], count = 0; // GLPK counts from 1
        double value[ROWS + 1];
        for (int i = 0; i < m; i++)
            if (A[(leie_size)i * n + j] != 0) {
                row[++count] = i + 1;
                value[count] = A[(leie_size)i * n + j];
            }
        glp_set_mat_col(p, j + 1, count, row, value);
    }
}

leie_simplex_end leie_simplex(double *x, double *price, leie_size m, leie_size n, const double *A, const double *b, const double *c,
                              const double *low, const double *high)
{
    if (!sound(m, n, A, b, c, low, high))
        return LEIE_SIMPLEX_FAILED;
    glp_term_out(GLP_OFF);
    glp_prob *p = glp_create_prob();
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.presolve = GLP_ON;
    fill(p, (int)m, (int)n, A, b, c, low, high);
    int refused = glp_simplex(p, &how), status = glp_get_status(p);
    leie_simplex_end end = LEIE_SIMPLEX_FAILED;
    if (refused == GLP_ENOPFS || (!refused && (status == GLP_NOFEAS || status == GLP_INFEAS)))
        end = LEIE_SIMPLEX_INFEASIBLE;
    else if (refused == GLP_ENODFS || (!refused && status == GLP_UNBND))
        end = LEIE_SIMPLEX_UNBOUNDED;
    else if (!refused && status == GLP_OPT)
        end = LEIE_SIMPLEX_OPTIMAL;
    for (int j = 0; end == LEIE_SIMPLEX_OPTIMAL && j < n; j++)
        x[j] = glp_get_col_prim(p, j + 1);
    for (int i = 0; end == LEIE_SIMPLEX_OPTIMAL && price && i < m; i++)
        price[i] = glp_get_row_dual(p, i + 1);
    glp_delete_prob(p);
    glp_free_env();
    return end;
}
