// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/regroup.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

static const double SHARES = 1e-9; // weights must sum to one this closely

// Position of a code in the new list, which grows when it is not there.
static leie_size place_of(leie_labels *list, const char *code, const char *name, leie_error *err)
{
    leie_size at = leie_labels_find(list, code);
    return at >= 0 ? at : leie_labels_add(list, code, name, NULL, NULL, err);
}

/* The new list, and weight [P, room] of old products in it: links of the concordance, or 1 for a product that
 * stays. */
static leie_status weights(double *weight, leie_size room, leie_labels *to, leie_size *stayed, const leie_accounts *a,
                           const leie_concordance *c, leie_error *err)
{
    *stayed = 0;
    for (leie_size p = 0; p < a->P; p++) {
        double sum = 0;
        leie_size links = 0;
        for (leie_size i = 0; i < c->n; i++) {
            const leie_link *link = &c->link[i];
            if (strcmp(link->from, a->product.code[p]) != 0)
                continue;
            leie_size named = leie_labels_find(&c->to, link->to);
            leie_size at = place_of(to, link->to, named < 0 ? NULL : c->to.name[named], err);
            if (at < 0)
                return (leie_status)at;
            weight[p * room + at] += link->weight;
            sum += link->weight;
            links++;
        }
        if (links && fabs(sum - 1) > SHARES)
            return leie_fail(err, LEIE_ERR_DATA, "%s: weights of product '%s' sum to %.12g: expected 1", c->path ? c->path : "report",
                             a->product.code[p], sum);
        leie_size at = links ? 0 : place_of(to, a->product.code[p], a->product.name[p], err);
        if (at < 0)
            return (leie_status)at;
        if (!links)
            weight[p * room + at] += 1;
        *stayed += links == 0;
    }
    if (*stayed == a->P)
        return leie_fail(err, LEIE_ERR_DATA, "%s: none of its products is in the table, which has '%s', ...",
                         c->path ? c->path : "report", a->P ? a->product.code[0] : "none");
    return LEIE_OK;
}

// to [q, k, B] of from [q, k, P].
static leie_status regroup(double **to, const double *from, const leie_accounts *a, const double *weight, leie_size room,
                           leie_size B, leie_error *err)
{
    *to = NULL;
    if (!from)
        return LEIE_OK;
    *to = leie_new(a->q * a->k * B, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, "accounts by product", a->q * a->k * B, sizeof **to);
    for (leie_size i = 0; i < a->q * a->k; i++)
        for (leie_size p = 0; p < a->P; p++)
            for (leie_size b = 0; b < B; b++)
                if (weight[p * room + b] != 0)
                    (*to)[i * B + b] += from[i * a->P + p] * weight[p * room + b];
    return LEIE_OK;
}

leie_status leie_accounts_regroup(leie_accounts *a, const leie_concordance *c, leie_size *stayed, leie_error *err)
{
    double **account[] = {&a->by_product, &a->imp_by_product, &a->imp_rme_product, &a->exp_rme_product};
    enum { LISTS = sizeof account / sizeof account[0] };
    double *regrouped[LISTS] = {0};
    leie_labels to = {0};
    leie_size room = a->P + c->to.n;
    double *weight = leie_new(a->P * room, sizeof *weight);
    leie_status st = weight ? LEIE_OK : leie_fail_memory(err, "weights of products", a->P * room, sizeof *weight);
    if (!st)
        st = weights(weight, room, &to, stayed, a, c, err);
    for (int i = 0; !st && i < LISTS; i++)
        st = regroup(&regrouped[i], *account[i], a, weight, room, to.n, err);
    if (!st) {
        leie_labels old = a->product;
        a->product = to;
        to = old;
        a->P = a->product.n;
    }
    for (int i = 0; i < LISTS; i++) {
        if (!st) {
            leie_free(*account[i]);
            *account[i] = regrouped[i];
        } else
            leie_free(regrouped[i]);
    }
    leie_free(weight);
    leie_labels_clear(&to);
    return st;
}
