// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/sample.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

enum { STREAM_PARAMETERS = 512, STREAM_PARTS = 513 }; // beside those of uncertain.c

static const char *const designs[LEIE_DESIGNS] = {"random", "latin", "sobol"};

const char *leie_design_name(leie_design design)
{
    return designs[design];
}

int leie_design_find(const char *name)
{
    for (int d = 0; d < LEIE_DESIGNS; d++)
        if (strcmp(designs[d], name) == 0)
            return d;
    return -1;
}

void leie_design_words(uint32_t *w, leie_size n, leie_design design, const leie_random_stream *s, uint32_t item, leie_size draws,
                       const leie_sobol *sobol, leie_size dimension)
{
    if (design == LEIE_DESIGN_SOBOL)
        for (leie_size t = 0; t < n; t++)
            w[t] = leie_sobol_word(sobol, s->draw, dimension + t);
    else if (design == LEIE_DESIGN_LATIN)
        leie_latin_words(w, n, s, item, draws);
    else
        leie_random_words(w, n, s, item);
}

double leie_normal_of(uint32_t word)
{
    float z;
    leie_normals(&z, &word, 1);
    return (double)z;
}

double leie_parameter_sd(const leie_parameter *p)
{
    switch (p->distribution) {
    case LEIE_NORMAL:
        return p->spread;
    case LEIE_LOGNORMAL:
        return p->spread * p->value;
    case LEIE_UNIFORM:
    case LEIE_TRIANGULAR:
        return leie_distribution_width(p->distribution, p->value, p->low, p->high);
    default:
        return 0;
    }
}

// ---- which parameters ----

static bool uses(const leie_scenarios *set, const leie_scenario *s, leie_size parameter)
{
    for (leie_size i = 0; i < s->interventions; i++)
        if (leie_intervention_uses(&set->intervention[s->intervention[i]], parameter))
            return true;
    for (leie_size i = 0; i < set->drivers; i++)
        if (leie_intervention_uses(&set->intervention[set->driver[i]], parameter))
            return true;
    return false;
}

static leie_index group_of(const leie_scenarios *set, leie_size parameter)
{
    for (leie_size g = 0; g < set->groups; g++)
        for (leie_size i = 0; i < set->group[g].n; i++)
            if (set->group[g].parameter[i] == parameter)
                return (leie_index)g;
    return -1;
}

leie_status leie_sample_parameters(leie_size **parameter, leie_size *n, const leie_scenarios *set, const leie_scenario *scenario,
                                   leie_error *err)
{
    bool *in = leie_new(set->parameters + 1, sizeof *in);
    *n = 0;
    *parameter = leie_new(set->parameters + 1, sizeof **parameter);
    if (!in || !*parameter) {
        leie_free(in);
        return leie_fail_memory(err, "parameters that vary", set->parameters, sizeof **parameter);
    }
    for (leie_size p = 0; p < set->parameters; p++) {
        leie_index g = group_of(set, p);
        in[p] |= (set->parameter[p].distribution != LEIE_FIXED || g >= 0) && scenario->value[p] == set->parameter[p].value && uses(set, scenario, p);
        for (leie_size i = 0; in[p] && g >= 0 && i < set->group[g].n; i++) // shares are drawn together
            in[set->group[g].parameter[i]] = true;
    }
    for (leie_size p = 0; p < set->parameters; p++)
        if (in[p])
            (*parameter)[(*n)++] = p;
    leie_free(in);
    return LEIE_OK;
}

// ---- making ready ----

static leie_size place_of(const leie_sample *s, leie_size parameter)
{
    for (leie_size i = 0; i < s->n; i++)
        if (s->parameter[i] == parameter)
            return i;
    return -1;
}

static leie_status check_parameters(leie_sample *s, leie_error *err)
{
    for (leie_size i = 0; i < s->n; i++) {
        const leie_parameter *p = &s->set->parameter[s->parameter[i]];
        s->group[i] = group_of(s->set, s->parameter[i]);
        if (p->distribution == LEIE_FIXED && s->group[i] < 0)
            return leie_fail(err, LEIE_ERR_DATA, "the parameter '%s' has no range or distribution to be drawn from", p->name);
        if (s->group[i] < 0)
            continue;
        if (s->design == LEIE_DESIGN_SOBOL)
            return leie_fail(err, LEIE_ERR_USAGE, "the parameter '%s' is a share: Dirichlet shares have no Sobol' points, use random or latin", p->name);
        const leie_share_group *g = &s->set->group[s->group[i]];
        for (leie_size x = 0; x < g->n; x++)
            if (place_of(s, g->parameter[x]) < 0)
                return leie_fail(err, LEIE_ERR_DATA, "the parameter '%s' is a share of a whole: '%s' must be drawn with it", p->name,
                                 s->set->parameter[g->parameter[x]].name);
    }
    return LEIE_OK;
}

// C C' = correlations, in place of them.
static leie_status factor_correlations(leie_sample *s, leie_error *err)
{
    leie_size n = s->n;
    double *C = s->mix;
    for (leie_size j = 0; j < n; j++) {
        double pivot = C[j * n + j];
        for (leie_size t = 0; t < j; t++)
            pivot -= C[j * n + t] * C[j * n + t];
        if (pivot < -1e-12)
            return leie_fail(err, LEIE_ERR_DATA, "the correlations of '%s' with the parameters before it contradict each other",
                             s->set->parameter[s->parameter[j]].name);
        C[j * n + j] = sqrt(fmax(0, pivot));
        for (leie_size i = j + 1; i < n; i++) {
            double sum = C[i * n + j];
            for (leie_size t = 0; t < j; t++)
                sum -= C[i * n + t] * C[j * n + t];
            if (C[j * n + j] == 0 && fabs(sum) > 1e-12)
                return leie_fail(err, LEIE_ERR_DATA, "the correlations of '%s' and '%s' contradict others", s->set->parameter[s->parameter[i]].name,
                                 s->set->parameter[s->parameter[j]].name);
            C[i * n + j] = C[j * n + j] > 0 ? sum / C[j * n + j] : 0;
            C[j * n + i] = 0;
        }
    }
    return LEIE_OK;
}

static leie_status mix_parameters(leie_sample *s, leie_error *err)
{
    leie_size n = s->n, pairs = 0;
    for (leie_size c = 0; c < s->set->correlations; c++)
        pairs += place_of(s, s->set->correlation[c].a) >= 0 && place_of(s, s->set->correlation[c].b) >= 0;
    if (pairs == 0)
        return LEIE_OK;
    s->mix = leie_new(n * n, sizeof *s->mix);
    if (!s->mix)
        return leie_fail_memory(err, "correlations", n * n, sizeof *s->mix);
    for (leie_size i = 0; i < n; i++)
        s->mix[i * n + i] = 1;
    for (leie_size c = 0; c < s->set->correlations; c++) {
        leie_size a = place_of(s, s->set->correlation[c].a), b = place_of(s, s->set->correlation[c].b);
        if (a >= 0 && b >= 0)
            s->mix[a * n + b] = s->mix[b * n + a] = s->set->correlation[c].rho;
    }
    return factor_correlations(s, err);
}

leie_status leie_sample_make(leie_sample *s, const leie_scenarios *set, leie_size n, const leie_size *parameter, leie_design design,
                             uint64_t seed, leie_size draws, leie_error *err)
{
    *s = (leie_sample){.set = set, .n = n, .design = design, .seed = seed, .draws = draws};
    s->parameter = leie_new(n + 1, sizeof *s->parameter);
    s->group = leie_new(n + 1, sizeof *s->group);
    leie_status st = LEIE_OK;
    if (!s->parameter || !s->group)
        st = leie_fail_memory(err, "a sample", n, sizeof *s->parameter);
    if (!st && n)
        memcpy(s->parameter, parameter, (size_t)n * sizeof *parameter);
    st = st ? st : check_parameters(s, err);
    st = st ? st : mix_parameters(s, err);
    if (!st && design == LEIE_DESIGN_SOBOL && n > LEIE_SOBOL_MAX)
        st = leie_fail(err, LEIE_ERR_USAGE, "%lld parameters are too many for Sobol' points (%d): use latin", (long long)n, LEIE_SOBOL_MAX);
    if (!st && design == LEIE_DESIGN_SOBOL)
        st = leie_sobol_new(&s->sobol, n ? n : 1, seed, err);
    if (st)
        leie_sample_clear(s);
    return st;
}

void leie_sample_clear(leie_sample *s)
{
    leie_free(s->parameter);
    leie_free(s->mix);
    leie_free(s->group);
    leie_sobol_free(s->sobol);
    *s = (leie_sample){0};
}

// ---- draws ----

// z of a normal that lies between two others: Phi(z) is spread over what is left between them.
static double cut(double z, double low, double high)
{
    double from = 0.5 * erfc(-low / sqrt(2)), to = 0.5 * erfc(-high / sqrt(2)), u = from + (to - from) * 0.5 * erfc(-z / sqrt(2));
    double word = floor(u * 4294967296.0);
    return fmin(fmax(leie_normal_of((uint32_t)fmin(word, 4294967295.0)), low), high);
}

static double value_at(const leie_parameter *p, double z)
{
    if (p->ranged && p->distribution == LEIE_NORMAL)
        z = cut(z, (p->low - p->value) / p->spread, (p->high - p->value) / p->spread);
    if (p->ranged && p->distribution == LEIE_LOGNORMAL) {
        double variance = log1p(p->spread * p->spread), s = sqrt(variance), m = log(p->value) - variance / 2;
        z = cut(z, p->low > 0 ? (log(p->low) - m) / s : -INFINITY, (log(p->high) - m) / s);
    }
    return leie_distribution_at(p->distribution, z, p->value, p->spread, p->low, p->high);
}

// Parts of every whole: gamma variates over their sum.
static void draw_groups(const leie_sample *s, leie_size draw, double *value)
{
    const leie_random_stream stream = {s->seed, STREAM_PARTS, (uint32_t)draw};
    for (leie_size i = 0; i < s->n; i++) {
        const leie_share_group *g = s->group[i] >= 0 ? &s->set->group[s->group[i]] : NULL;
        if (!g || g->parameter[0] != s->parameter[i])
            continue;
        double whole = 0, drawn = 0;
        for (leie_size x = 0; x < g->n; x++)
            whole += value[g->parameter[x]];
        for (leie_size x = 0; x < g->n; x++) {
            double part = value[g->parameter[x]];
            part = part > 0 ? leie_random_gamma(&stream, (uint32_t)g->parameter[x], g->concentration * part / whole) : 0;
            value[g->parameter[x]] = part;
            drawn += part;
        }
        for (leie_size x = 0; x < g->n && drawn > 0; x++)
            value[g->parameter[x]] *= whole / drawn;
    }
}

void leie_sample_draw(const leie_sample *s, leie_size draw, double *value, double *work)
{
    const leie_random_stream stream = {s->seed, STREAM_PARAMETERS, (uint32_t)draw};
    leie_size n = s->n;
    uint32_t word[64];
    for (leie_size i = 0; i < n; i++) {
        leie_design_words(word, 1, s->design, &stream, (uint32_t)s->parameter[i], s->draws, s->sobol, i);
        work[i] = leie_normal_of(word[0]);
    }
    for (leie_size i = n - 1; s->mix && i >= 0; i--) { // z = C w, from the end so that it can stay in place
        double z = 0;
        for (leie_size t = 0; t <= i; t++)
            z += s->mix[i * n + t] * work[t];
        work[i] = z;
    }
    for (leie_size i = 0; i < n; i++)
        if (s->group[i] < 0)
            value[s->parameter[i]] = value_at(&s->set->parameter[s->parameter[i]], work[i]);
    draw_groups(s, draw, value);
}
