// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/regional.h"

#include <math.h>
#include <string.h>

enum { SWEEPS = 500 };
static const double CLOSE = 1e-13;

static const char *const name[LEIE_TRADE_METHODS] = {"slq", "cilq", "flq", "aflq", "charm", "gravity", "given"};

int leie_trade_find(const char *text)
{
    for (int i = 0; i < LEIE_TRADE_METHODS; i++)
        if (strcmp(text, name[i]) == 0)
            return i;
    return -1;
}

const char *leie_trade_name(leie_trade_method method)
{
    return name[method];
}

double leie_flq_lambda(double size, double delta)
{
    return pow(log2(1 + size), delta);
}

double leie_own_share(leie_trade_method method, double slq_i, double slq_j, bool same, double lambda)
{
    bool size = method == LEIE_TRADE_FLQ || method == LEIE_TRADE_AFLQ;
    double q = slq_i;
    if (method != LEIE_TRADE_SLQ && !isnan(slq_j) && !same)
        q = slq_j > 0 ? slq_i / slq_j : slq_i > 0 ? 1 : 0;
    if (size)
        q *= lambda;
    if (method == LEIE_TRADE_AFLQ && slq_j > 1)
        q *= log2(1 + slq_j);
    return fmin(fmax(q, 0), 1);
}

double leie_charm_h(double output, double used, double exports, double imports)
{
    double size = output + used;
    return size > 0 ? 2 * fmax(fmin(exports, imports), 0) / size : 0;
}

void leie_charm(double *exports, double *imports, double made, double used, double h)
{
    double b = made - used, q = h * (made + used);
    q = fmin(q, 2 * fmax(fmin(made, used), 0));
    double v = fabs(b) + q;
    *exports = (v + b) / 2;
    *imports = (v - b) / 2;
}

// Rows or columns of the flows brought to their totals; returns the largest miss relative to all.
static double sweep(double *flow, leie_size N, const double *total, leie_size along, leie_size across)
{
    double worst = 0, all = 0;
    for (leie_size a = 0; a < N; a++) {
        double sum = 0;
        for (leie_size b = 0; b < N; b++)
            sum += flow[a * along + b * across];
        all += total[a];
        worst = fmax(worst, fabs(total[a] - sum));
        for (leie_size b = 0; sum > 0 && b < N; b++)
            flow[a * along + b * across] *= total[a] / sum;
    }
    return all > 0 ? worst / all : 0;
}

void leie_gravity(double *flow, leie_size N, const double *out, const double *in, const double *distance, double beta,
                  bool diagonal)
{
    for (leie_size s = 0; s < N; s++)
        for (leie_size r = 0; r < N; r++)
            flow[s * N + r] = s == r && !diagonal ? 0
                                                  : fmax(out[s], 0) * fmax(in[r], 0) *
                                                        (distance ? pow(distance[s * N + r], -beta) : 1);
    for (int k = 0; k < SWEEPS; k++) {
        double off = sweep(flow, N, out, N, 1);
        if (fmax(off, sweep(flow, N, in, 1, N)) < CLOSE)
            break;
    }
}
