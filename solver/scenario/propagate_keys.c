// SPDX-License-Identifier: GPL-3.0-or-later
/* First-order propagation of keys: what whole columns of final demand, and the industries of a nest, share. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/scenario/propagate_impl.h"

// Keys: E_j the footprint of a column, de/d(factor j) = E_j - w_j / W sum of E.
leie_status leie_propagate_keys(leie_propagation *p, leie_error *err)
{
    const leie_inputs *in = p->in;
    const leie_table *t = p->w->t;
    leie_size n = p->n, m = p->w->m, K = p->K, k = p->mc->k;
    if (!in->keys)
        return LEIE_OK;
    double *E = leie_new(m * K, sizeof *E), *sum = leie_new(K, sizeof *sum);
    if (!E || !sum) {
        leie_free(E);
        leie_free(sum);
        return leie_fail_memory(err, "keys", m * K, sizeof *E);
    }
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < m; j++)
            for (leie_size s = 0; in->key_rule[j] >= 0 && t->Y[i * m + j] != 0 && s < K; s++)
                E[j * K + s] += p->lambda[i * K + s] * t->Y[i * m + j];
    for (leie_size j = 0; j < m; j++)
        for (leie_size s = 0; s < k; s++) {
            E[j * K + s] += t->F_Y[s * m + j];
            E[j * K + k] += p->mc->has_total && p->w->material[s] ? t->F_Y[s * m + j] : 0;
        }
    for (leie_size g = 0; g < in->groups; g++)
        for (leie_size q = 0; q < p->mc->q; q++) {
            double W = 0;
            memset(sum, 0, (size_t)K * sizeof *sum);
            for (leie_size j = 0; j < m; j++) {
                if (in->share_group[j] != g || !(in->column[j] > 0))
                    continue;
                W += in->column[j];
                for (leie_size s = 0; leie_propagation_region(p, q, j) && s < K; s++)
                    sum[s] += E[j * K + s];
            }
            for (leie_size j = 0; j < m; j++) {
                if (in->share_group[j] != g || !(in->column[j] > 0))
                    continue;
                const leie_uncertain_rule *r = &in->u->rule[in->key_rule[j]];
                double share = in->column[j] / W;
                double sd = r->concentration > 0 ? sqrt(1 / (share * (r->concentration + 1))) : leie_rule_sd(r, in->column[j]);
                for (leie_size s = 0; s < K; s++) {
                    double own = leie_propagation_region(p, q, j) ? E[j * K + s] : 0, d = sd * (own - share * sum[s]);
                    leie_size o = q * K + s;
                    if (!p->ranking)
                        p->variance[o] += d * d;
                    else if (s == p->output && p->variance[o] > 0) {
                        leie_driver driver = {LEIE_EDIT_Y, true, 0, j, d * d / p->variance[o], sd};
                        leie_driver_offer(p->best + q * p->mc->ranked, p->mc->ranked, &driver);
                    }
                }
            }
        }
    leie_free(E);
    leie_free(sum);
    return LEIE_OK;
}

// The rows of A and Y of the sectors that share a key, side by side: [members, n + m].
static leie_size read_group(double *rows, leie_size *member, const leie_propagation *p, leie_size g)
{
    const leie_table *t = p->w->t;
    leie_size n = p->n, m = p->w->m, members = 0;
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        double *row = rows + members * (n + m);
        if (p->in->row_group[i] != g)
            continue;
        memset(row, 0, (size_t)n * sizeof *row);
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++)
            row[col ? (leie_size)col[c] : c] = val[c] * p->in->base.scale[col ? (leie_size)col[c] : c];
        memcpy(row + n, t->Y + i * m, (size_t)m * sizeof *row);
        member[members++] = i;
    }
    return members;
}

// de/dg of the members of a group for a region: buyers j with what they take, x_j or 1, less their mean over the group.
static void slopes_of(double *slope, const leie_propagation *p, const double *rows, const leie_size *member, leie_size members, leie_size q)
{
    leie_size n = p->n, m = p->w->m, K = p->K;
    memset(slope, 0, (size_t)(members * K) * sizeof *slope);
    for (leie_size j = 0; j < n + m; j++) {
        double x = j < n ? p->w->X[j * p->mc->q + q] : leie_propagation_region(p, q, j - n), bought = 0;
        for (leie_size r = 0; x != 0 && r < members; r++)
            bought += rows[r * (n + m) + j];
        for (leie_size s = 0; x != 0 && bought != 0 && s < K; s++) {
            double mean = 0;
            for (leie_size r = 0; r < members; r++)
                mean += rows[r * (n + m) + j] * p->lambda[member[r] * K + s] / bought;
            for (leie_size r = 0; r < members; r++)
                slope[r * K + s] += x * rows[r * (n + m) + j] * (p->lambda[member[r] * K + s] - mean);
        }
    }
}

static void add_industries(leie_propagation *p, const double *slope, const leie_size *member, leie_size members, leie_size q)
{
    const leie_inputs *in = p->in;
    double W = 0;
    for (leie_size r = 0; r < members; r++)
        W += in->t->x[member[r]] > 0 ? in->t->x[member[r]] : 0;
    for (leie_size r = 0; r < members; r++) {
        const leie_uncertain_rule *rule = &in->u->rule[in->row_rule[member[r]]];
        double x = in->t->x[member[r]], sd = leie_rule_sd(rule, x);
        if (!(x > 0))
            continue;
        sd = rule->concentration > 0 ? sqrt(W / (x * (rule->concentration + 1))) : sd;
        for (leie_size s = 0; s < p->K; s++) {
            double d = sd * slope[r * p->K + s];
            leie_size o = q * p->K + s;
            if (!p->ranking)
                p->variance[o] += d * d;
            else if (s == p->output && p->variance[o] > 0) {
                leie_driver driver = {LEIE_EDIT_A, true, member[r], 0, d * d / p->variance[o], sd};
                leie_driver_offer(p->best + q * p->mc->ranked, p->mc->ranked, &driver);
            }
        }
    }
}

// Keys of industries. What all members have in common moves nothing, so their factors count as if each were free.
leie_status leie_propagate_industries(leie_propagation *p, leie_error *err)
{
    const leie_inputs *in = p->in;
    leie_size n = p->n, most = 0;
    if (!in->industries)
        return LEIE_OK;
    for (leie_size g = 0; g < in->row_groups; g++) {
        leie_size members = 0;
        for (leie_size i = 0; i < n; i++)
            members += in->row_group[i] == g;
        most = members > most ? members : most;
    }
    double *rows = leie_new(most * (n + p->w->m), sizeof *rows), *slope = leie_new(most * p->K, sizeof *slope);
    leie_size *member = leie_new(most, sizeof *member);
    leie_status st = rows && slope && member ? LEIE_OK : leie_fail_memory(err, "keys of industries", most * (n + p->w->m), sizeof *rows);
    for (leie_size g = 0; !st && g < in->row_groups; g++) {
        leie_size members = read_group(rows, member, p, g);
        for (leie_size q = 0; q < p->mc->q; q++) {
            slopes_of(slope, p, rows, member, members, q);
            add_industries(p, slope, member, members, q);
        }
    }
    leie_free(rows);
    leie_free(slope);
    leie_free(member);
    return st;
}
