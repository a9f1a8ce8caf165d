// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/parameter.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/number.h"
#include "solver/table/labels.h"

static const char *const distributions[LEIE_DISTRIBUTIONS] = {"fixed", "uniform", "triangular", "normal", "lognormal"};

const char *leie_distribution_name(leie_distribution distribution)
{
    return distributions[distribution];
}

int leie_distribution_find(const char *name)
{
    for (int d = 0; d < LEIE_DISTRIBUTIONS; d++)
        if (strcmp(distributions[d], name) == 0)
            return d;
    return -1;
}

static double triangular_at(double low, double mode, double high, double u)
{
    double cut = (mode - low) / (high - low);
    return u < cut ? low + sqrt(u * (high - low) * (mode - low)) : high - sqrt((1 - u) * (high - low) * (high - mode));
}

double leie_distribution_at(leie_distribution distribution, double z, double middle, double spread, double low, double high)
{
    if (distribution == LEIE_FIXED)
        return middle;
    if (distribution == LEIE_NORMAL)
        return middle + spread * z;
    if (distribution == LEIE_LOGNORMAL) {
        double variance = log1p(spread * spread);
        return middle * exp(sqrt(variance) * z - variance / 2);
    }
    if (high == low)
        return middle;
    double u = 0.5 * erfc(-z / sqrt(2));
    return distribution == LEIE_UNIFORM ? low + (high - low) * u : triangular_at(low, middle, high, u);
}

double leie_distribution_width(leie_distribution distribution, double middle, double low, double high)
{
    double a = low, b = high, c = middle;
    return distribution == LEIE_UNIFORM ? (b - a) / sqrt(12) : sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18);
}

// ---- reading: one character of look-ahead ----

typedef struct reader {
    const char *text, *at;
    leie_size parameters;
    const leie_parameter *parameter;
    leie_size steps;
    leie_amount_step step[LEIE_AMOUNT_STEPS];
    int depth;
    leie_error *err;
} reader;

enum { DEPTH = 32 };

static leie_status read_sum(reader *r);

static char peek(reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
    return *r->at;
}

static leie_status emit(reader *r, char what, double number, leie_size parameter)
{
    if (r->steps == LEIE_AMOUNT_STEPS)
        return leie_fail(r->err, LEIE_ERR_DATA, "'%.100s' has more than %d numbers and operations", r->text, LEIE_AMOUNT_STEPS);
    r->step[r->steps++] = (leie_amount_step){what, number, parameter};
    return LEIE_OK;
}

// The number that begins here: digits, a point, an exponent.
static leie_status read_number(reader *r)
{
    const char *end = r->at;
    double number;
    while (isdigit((unsigned char)*end) || *end == '.')
        end++;
    if ((*end == 'e' || *end == 'E') && (isdigit((unsigned char)end[1]) || ((end[1] == '-' || end[1] == '+') && isdigit((unsigned char)end[2])))) {
        end += 2;
        while (isdigit((unsigned char)*end))
            end++;
    }
    leie_number_fault fault = leie_number_read(&number, r->at, end - r->at);
    if (fault)
        return leie_fail(r->err, LEIE_ERR_DATA, "'%.100s': %s at '%.40s'", r->text, leie_number_why(fault), r->at);
    r->at = end;
    return emit(r, '#', number, 0);
}

static leie_status unknown_name(reader *r, const char *name)
{
    leie_labels known = {0};
    for (leie_size p = 0; p < r->parameters; p++)
        leie_labels_add(&known, r->parameter[p].name, NULL, NULL, NULL, NULL); // without memory there is no hint
    const char *nearest = leie_labels_nearest(&known, name);
    leie_status st = nearest ? leie_fail(r->err, LEIE_ERR_DATA, "unknown parameter '%s', did you mean '%s'?", name, nearest)
                             : leie_fail(r->err, LEIE_ERR_DATA, "unknown parameter '%s'", name);
    leie_labels_clear(&known);
    return st;
}

static leie_status read_name(reader *r)
{
    const char *end = r->at;
    char name[128];
    while (isalnum((unsigned char)*end) || *end == '_')
        end++;
    size_t size = (size_t)(end - r->at);
    if (size >= sizeof name)
        return leie_fail(r->err, LEIE_ERR_DATA, "'%.100s': a name of more than %zu characters", r->text, sizeof name - 1);
    memcpy(name, r->at, size);
    name[size] = '\0';
    r->at = end;
    for (leie_size p = 0; p < r->parameters; p++)
        if (strcmp(r->parameter[p].name, name) == 0)
            return emit(r, '$', 0, p);
    return unknown_name(r, name);
}

static leie_status read_factor(reader *r)
{
    char c = peek(r);
    if (++r->depth > DEPTH)
        return leie_fail(r->err, LEIE_ERR_DATA, "'%.100s' is nested deeper than %d levels", r->text, DEPTH);
    leie_status st;
    if (c == '-' || c == '+') {
        r->at++;
        st = read_factor(r);
        if (!st && c == '-')
            st = emit(r, '~', 0, 0);
    } else if (c == '(') {
        r->at++;
        st = read_sum(r);
        if (!st && peek(r) != ')')
            st = leie_fail(r->err, LEIE_ERR_DATA, "'%.100s' lacks a closing parenthesis", r->text);
        r->at += !st;
    } else if (isdigit((unsigned char)c) || c == '.') {
        st = read_number(r);
    } else if (isalpha((unsigned char)c) || c == '_') {
        st = read_name(r);
    } else {
        st = leie_fail(r->err, LEIE_ERR_DATA, "'%.100s': a number or the name of a parameter is expected %s%.40s%s", r->text,
                       c ? "at '" : "at the end", r->at, c ? "'" : "");
    }
    r->depth--;
    return st;
}

static leie_status read_term(reader *r)
{
    leie_status st = read_factor(r);
    for (char c; !st && ((c = peek(r)) == '*' || c == '/');) {
        r->at++;
        st = read_factor(r);
        if (!st)
            st = emit(r, c, 0, 0);
    }
    return st;
}

static leie_status read_sum(reader *r)
{
    leie_status st = read_term(r);
    for (char c; !st && ((c = peek(r)) == '+' || c == '-');) {
        r->at++;
        st = read_term(r);
        if (!st)
            st = emit(r, c, 0, 0);
    }
    return st;
}

leie_status leie_amount_read(leie_amount *amount, const char *text, leie_size parameters, const leie_parameter *parameter,
                             leie_error *err)
{
    reader r = {.text = text, .at = text, .parameters = parameters, .parameter = parameter, .err = err};
    leie_status st = read_sum(&r);
    if (!st && peek(&r))
        st = leie_fail(err, LEIE_ERR_DATA, "'%.100s': nothing should follow '%.40s'", text, r.at);
    if (st)
        return st;
    leie_amount read = {.text = leie_strdup(text), .steps = r.steps, .step = leie_new(r.steps, sizeof *read.step)};
    if (!read.text || !read.step) {
        leie_amount_clear(&read);
        return leie_fail_memory(err, "an amount", r.steps, sizeof *read.step);
    }
    memcpy(read.step, r.step, (size_t)r.steps * sizeof *read.step);
    leie_amount_clear(amount);
    *amount = read;
    return LEIE_OK;
}

bool leie_amount_uses(const leie_amount *amount, leie_size parameter)
{
    for (leie_size i = 0; i < amount->steps; i++)
        if (amount->step[i].what == '$' && amount->step[i].parameter == parameter)
            return true;
    return false;
}

double leie_amount_value(const leie_amount *amount, const double *value, double otherwise)
{
    double stack[LEIE_AMOUNT_STEPS];
    leie_size top = 0;
    if (!amount->text)
        return otherwise;
    for (leie_size i = 0; i < amount->steps; i++) {
        const leie_amount_step *s = &amount->step[i];
        if (s->what == '#' || s->what == '$') {
            stack[top++] = s->what == '#' ? s->number : value[s->parameter];
            continue;
        }
        double right = stack[top - 1];
        if (s->what == '~') {
            stack[top - 1] = -right;
            continue;
        }
        double left = stack[--top - 1];
        stack[top - 1] = s->what == '+' ? left + right : s->what == '-' ? left - right : s->what == '*' ? left * right : left / right;
    }
    return stack[0];
}

void leie_amount_clear(leie_amount *amount)
{
    leie_free(amount->text);
    leie_free(amount->step);
    *amount = (leie_amount){0};
}

void leie_parameter_clear(leie_parameter *parameter)
{
    leie_free(parameter->name);
    leie_free(parameter->unit);
    leie_free(parameter->source);
    *parameter = (leie_parameter){0};
}
