// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/special.h"

#include <assert.h>
#include <float.h>
#include <math.h>

enum { TERMS_MAX = 100000 }; // of a series or fraction; about 5 sqrt(a) are needed

static const double PI = 3.14159265358979323846;
static const double TINY = 1e-300; // in place of a zero denominator

// x^a e^-x / Gamma(a), the factor that the series and the fraction share.
static double gamma_factor(double a, double x)
{
    return exp(a * log(x) - x - lgamma(a));
}

// P(a, x) = x^a e^-x / Gamma(a)  sum x^k / (a (a + 1) .. (a + k)), for x < a + 1.
static double lower_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int k = 1; k < TERMS_MAX && term > sum * (DBL_EPSILON / 4); k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum * gamma_factor(a, x);
}

// Q(a, x) by its continued fraction, evaluated from the front (Lentz 1976), for x >= a + 1.
static double upper_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, value = d;
    for (int k = 1; k < TERMS_MAX; k++) {
        double numerator = -k * (k - a);
        b += 2;
        d = numerator * d + b;
        c = b + numerator / c;
        d = 1 / (d == 0 ? TINY : d);
        c = c == 0 ? TINY : c;
        value *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return value * gamma_factor(a, x);
}

double leie_gamma_tail(double a, double x)
{
    if (!(a > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    return x < a + 1 ? 1 - lower_series(a, x) : upper_fraction(a, x);
}

double leie_normal_tail(double z)
{
    return 0.5 * erfc(z * sqrt(0.5));
}

double leie_normal_tail_at(double p)
{
    double low = -40, high = 40; // the tail of 40 is below the smallest double
    if (!(p > 0 && p < 1))
        return NAN;
    for (int k = 0; k < 80 && low < high; k++) {
        double middle = 0.5 * (low + high);
        if (leie_normal_tail(middle) > p)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

// P_n(x) by its recurrence, and its derivative.
static double legendre_at(int n, double x, double *slope)
{
    double p = 1, before = 0;
    for (int k = 1; k <= n; k++) {
        double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
        before = p;
        p = next;
    }
    *slope = n * (x * p - before) / (x * x - 1);
    return p;
}

void leie_legendre(int n, double *node, double *weight)
{
    assert(n >= 1);
    for (int i = 0; i < n; i++) {
        double x = -cos(PI * (i + 0.75) / (n + 0.5)), slope = 1; // near the root, from the left
        for (int k = 0; k < 20; k++) {
            double step = legendre_at(n, x, &slope) / slope;
            x -= step;
            if (fabs(step) < 1e-15)
                break;
        }
        legendre_at(n, x, &slope);
        node[i] = 0.5 * (1 + x);
        weight[i] = 1 / ((1 - x * x) * slope * slope);
    }
}
