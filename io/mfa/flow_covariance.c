// SPDX-License-Identifier: GPL-3.0-or-later
/* Covariances of a reconciled system: of which quantities, and as part of its dataset. */
#include <math.h>
#include <string.h>

#include "io/mfa/flow_run.h"
#include "kernels/memory.h"

/* The variables that a name stands for: *first, and so many. A flow in all layers and years; a concentration (flow/substance) or a
 * transfer coefficient or a coefficient of a relation in all years. 0 for a name that is none of these. */
static leie_size find_named(leie_size *first, const leie_flow_system *sys, const char *name)
{
    leie_size years = sys->study->years, each = sys->study->layer.n * years, at = leie_labels_find(&sys->flow, name);
    *first = at * each;
    if (at >= 0)
        return each;
    at = leie_labels_find(&sys->concentration, name);
    *first = leie_flow_first_concentration(sys) + at * years;
    if (at >= 0)
        return years;
    at = leie_labels_find(&sys->transfer, name);
    *first = leie_flow_first_transfer(sys) + at * years;
    if (at >= 0)
        return years;
    at = leie_labels_find(&sys->coefficient, name);
    *first = leie_flow_first_coefficient(sys) + at * years;
    return at >= 0 ? years : 0;
}

static leie_status fail_unknown(const leie_flow_system *sys, const char *name, leie_error *err)
{
    const leie_labels *const lists[] = {&sys->flow, &sys->concentration, &sys->transfer, &sys->coefficient};
    const char *near = NULL;
    for (int k = 0; k < 4 && !near; k++)
        near = leie_labels_nearest(lists[k], name);
    return leie_fail(err, LEIE_ERR_DATA, "%s: 'covariance': unknown flow, concentration or transfer coefficient '%s'%s%s%s", sys->study->head.file,
                     name, near ? "; '" : "", near ? near : "", near ? "' is near" : "");
}

// How many variables are asked for; LEIE_ERR_DATA for a name that is not there or is there twice.
static leie_status count_named(leie_size *n, const leie_flow_system *sys, leie_error *err)
{
    const leie_flow_study *study = sys->study;
    leie_size first;
    *n = 0;
    for (leie_size k = 0; k < study->covariances; k++) {
        leie_size count = find_named(&first, sys, study->covariance[k]);
        if (!count)
            return fail_unknown(sys, study->covariance[k], err);
        for (leie_size before = 0; before < k; before++)
            if (strcmp(study->covariance[before], study->covariance[k]) == 0)
                return leie_fail(err, LEIE_ERR_DATA, "%s: 'covariance': '%s' is given twice", study->head.file, study->covariance[k]);
        *n += count;
    }
    return LEIE_OK;
}

leie_status leie_flow_choose(leie_index **choose, leie_size *n, const leie_flow_system *sys, leie_error *err)
{
    const leie_flow_study *study = sys->study;
    bool all = study->covariances == 1 && strcmp(study->covariance[0], "all") == 0;
    leie_size to = 0, first = 0;
    *choose = NULL;
    *n = sys->system.n;
    leie_status st = all ? LEIE_OK : count_named(n, sys, err);
    if (!st && *n > LEIE_COVARIANCES_MAX)
        st = leie_fail(err, LEIE_ERR_LIMIT, "%s: covariances of %lld quantities; at most %d are kept: name flows, concentrations (flow/substance) or transfer coefficients",
                       study->head.file, (long long)*n, LEIE_COVARIANCES_MAX);
    if (st || !*n)
        return st;
    *choose = leie_new(*n, sizeof **choose);
    if (!*choose)
        return leie_fail_memory(err, "covariances", *n, sizeof **choose);
    for (; all && to < *n; to++)
        (*choose)[to] = (leie_index)to;
    for (leie_size k = 0; k < study->covariances && !all; k++) {
        leie_size count = find_named(&first, sys, study->covariance[k]);
        for (leie_size i = 0; i < count; i++)
            (*choose)[to++] = (leie_index)(first + i);
    }
    return LEIE_OK;
}

leie_status leie_flow_add_covariance(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    static const char *const axis[] = {"quantity", "quantity_with"};
    leie_index *choose = NULL;
    leie_size n = 0;
    leie_var *cov = NULL, *cor = NULL;
    leie_status st = r->covariance ? leie_flow_choose(&choose, &n, sys, err) : LEIE_OK;
    if (st || !n)
        return st;
    for (int d = 0; d < 2 && !st; d++) {
        leie_var *var = NULL;
        leie_size dim = leie_dataset_dim(ds, axis[d], n, err);
        st = dim < 0 ? (leie_status)dim : leie_dataset_var(&var, ds, axis[d], LEIE_VAR_TEXT, axis[d], NULL, "flow, concentration or transfer coefficient", err);
        for (leie_size k = 0; k < n && !st; k++) {
            char name[256];
            leie_flow_name(sys, false, choose[k], name, sizeof name);
            st = leie_var_set_text(var, k, name, err);
        }
    }
    st = st ? st : leie_dataset_var(&cov, ds, "covariance", LEIE_VAR_DOUBLE, "quantity quantity_with", "1", "covariance of reconciled values, in the units of both", err);
    st = st ? st : leie_dataset_var(&cor, ds, "correlation", LEIE_VAR_DOUBLE, "quantity quantity_with", "1", "correlation of reconciled values", err);
    for (leie_size a = 0; a < n && !st; a++)
        for (leie_size b = 0; b < n; b++) {
            double size = sqrt(r->covariance[a * n + a]) * sqrt(r->covariance[b * n + b]);
            cov->number[a * n + b] = r->covariance[a * n + b];
            cor->number[a * n + b] = size > 0 ? r->covariance[a * n + b] / size : NAN;
        }
    leie_free(choose);
    return st;
}
