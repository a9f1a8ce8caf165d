// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/accelerate.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

enum { DEPTH = LEIE_ACCELERATE_DEPTH };

static const double NEGLIGIBLE = 1e-12; // of the largest pivot: differences that say nothing new are left out

leie_status leie_accelerate_new(leie_accelerate *a, leie_size n, leie_error *err)
{
    *a = (leie_accelerate){.n = n};
    bool good = (a->f = leie_new(n, sizeof(double))) && (a->move = leie_new(n, sizeof(double)));
    for (int k = 0; k < DEPTH && good; k++)
        good = (a->dx[k] = leie_new(n, sizeof(double))) && (a->df[k] = leie_new(n, sizeof(double)));
    if (good)
        return LEIE_OK;
    leie_accelerate_clear(a);
    return leie_fail_memory(err, "acceleration of an iteration", (2 * DEPTH + 2) * n, sizeof(double));
}

void leie_accelerate_clear(leie_accelerate *a)
{
    for (int k = 0; k < DEPTH; k++) {
        leie_free(a->dx[k]);
        leie_free(a->df[k]);
    }
    leie_free(a->f);
    leie_free(a->move);
    *a = (leie_accelerate){0};
}

void leie_accelerate_forget(leie_accelerate *a)
{
    a->used = a->next = 0;
    a->begun = false;
}

static double dot(const double *x, const double *y, leie_size n)
{
    double sum = 0;
    for (leie_size i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

// Solves the small normal equations by elimination on the diagonal; what has no pivot gets 0.
static void least_squares(double *g, double m[DEPTH][DEPTH + 1], int n)
{
    double largest = 0;
    bool used[DEPTH] = {false};
    for (int k = 0; k < n; k++)
        largest = fmax(largest, m[k][k]);
    for (int round = 0; round < n; round++) {
        int p = -1;
        for (int k = 0; k < n; k++)
            if (!used[k] && m[k][k] > NEGLIGIBLE * largest && (p < 0 || m[k][k] > m[p][p]))
                p = k;
        if (p < 0)
            break;
        used[p] = true;
        for (int i = 0; i < n; i++) {
            double f = i == p ? 0 : m[i][p] / m[p][p];
            for (int k = 0; k <= n; k++)
                m[i][k] -= f * m[p][k];
        }
    }
    for (int k = 0; k < n; k++)
        g[k] = used[k] ? m[k][n] / m[k][k] : 0;
}

// Notes the differences to the last iteration.
static void remember(leie_accelerate *a, const double *f)
{
    for (leie_size i = 0; i < a->n && a->begun; i++) {
        a->df[a->next][i] = f[i] - a->f[i];
        a->dx[a->next][i] = a->move[i];
    }
    if (a->begun) {
        a->next = (a->next + 1) % DEPTH;
        a->used += a->used < DEPTH;
    }
    memcpy(a->f, f, (size_t)a->n * sizeof *f);
    a->begun = true;
}

void leie_accelerate_step(leie_accelerate *a, double *step)
{
    double m[DEPTH][DEPTH + 1], g[DEPTH];
    remember(a, step);
    for (int j = 0; j < a->used; j++) {
        for (int k = 0; k < a->used; k++)
            m[j][k] = dot(a->df[j], a->df[k], a->n);
        m[j][a->used] = dot(a->df[j], step, a->n);
    }
    least_squares(g, m, a->used);
    for (int j = 0; j < a->used; j++)
        for (leie_size i = 0; i < a->n; i++)
            step[i] -= g[j] * (a->dx[j][i] + a->df[j][i]);
    memcpy(a->move, step, (size_t)a->n * sizeof *step);
}
