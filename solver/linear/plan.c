// SPDX-License-Identifier: GPL-3.0-or-later
/* The choice of a back end by the seconds that each would take on one nominal core, from sizes alone:
 *
 *   lu      read + 2/3 n^3 FACTORED + n^2 FETCHED + substitutions + residuals from Z
 *   mixed   the same in f32, STEPS substitutions and residuals
 *   sparse  (2/3 n^3 fill^2 + 2 n^2 fill k) SPARSE              fill = min(1, 30 density)
 *   klu     the same summed over the diagonal blocks of the block triangular form
 *   block   read + nnz STORED + 8/3 sum n_r^3 INVERTED + sum n_r^2 FETCHED
 *             + groups (SWEEPS (nnz SWEPT + n regions BLOCK_ROW + n MIXED) + RESIDUALS (nnz JUDGED + n regions BLOCK_ROW))
 *
 * where groups are the blocks of 32 right-hand sides of each direction. The constants are of one core with AVX-512 by
 * perf/bench_plan.c and perf/bench_factored.c; they are fixed here, so threads and the speed of a machine change
 * nothing. Sweeps are what differs most between tables: 6 or 7 on the made-up ones, 13 on the World Input-Output Database.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/factored.h"
#include "kernels/machine.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/strong.h"
#include "solver/linear/linsys_impl.h"

enum { SAMPLED_FROM = 4000 }; // sectors of a dense Z from which its cells are estimated: a count takes 45 ms at 9,800
static const double READ = 1.2e-10;            // a byte of Z
static const double FETCHED = 9e-9;            // a cell of what is factored or inverted, beside its operations
static const double FACTORED = 1 / 52e9;       // an operation of a dense factorization
static const double FACTORED_F32 = 1 / 100e9;
static const double SUBSTITUTED = 1 / 18.7e9;  // an operation of a triangular solve
static const double SUBSTITUTED_F32 = 1 / 39e9;
static const double FACTOR_BYTE = 2e-10;       // a byte of factors, once for each direction
static const double JUDGED_Z = 4e-9;           // a non-zero in a residual from Z
static const double STEPS = 2;                 // solves in f32 for one in f64
static const double SPARSE = 1 / 2e9;          // an operation of UMFPACK or KLU, factor and solve
static const double FILL = 30;                 // factor density per density
static const double STORED = 4e-9;             // a non-zero of dense Z into the store with low parts
static const double STORED_SPARSE = 11e-9;     // of a sparse one
static const double INVERTED = 1 / 60e9;       // an operation on a domestic block
static const double SWEPT = 0.85e-9;           // a non-zero in a sweep of up to 32 columns, f32
static const double JUDGED = 1.6e-9;           // and in a residual from the store
static const double BLOCK_ROW = 1e-8;          // a row of a block in either
static const double MIXED = 2.5e-7;            // a row of right-hand sides in a sweep, beside sweep and residual
static const double SWEEPS = 10;               // expected
static const double RESIDUALS = 2;
// Of the factors of a supply-use table:
static const double FACTOR_READ = 6.5e-9;       // a number of them
static const double FACTOR_INVERTED = 1 / 60e9; // an operation on a matrix of a region
static const double FACTOR_SWEPT = 0.63e-9;     // a number of such a matrix in a sweep
static const double FACTOR_TRADED = 1.8e-9;     // a trade share in a sweep
static const double FACTOR_MIXED = 1.1e-7;      // a product in a sweep
static const double FACTOR_ROW = 1.6e-6;        // a row of right-hand sides in a solve
static const double FACTOR_SWEEPS = 10;         // expected
static const double SCALING = 0.85;             // time falls with threads to this power

/* The sizes that decide. */
typedef struct sizes {
    double n, regions, nonzeros, density, k, directions, groups;
    double blocks2, blocks3; // sum n_r^2, sum n_r^3
    double read;             // seconds to read Z once
    double judge;            // and for residuals of all right-hand sides from it
} sizes;

static sizes measure(const leie_plan *plan, const leie_shape *shape)
{
    const leie_axis *axis = shape->axis;
    const leie_matrix *Z = shape->Z;
    sizes s = {.n = (double)plan->n, .regions = (double)plan->regions, .nonzeros = (double)plan->nonzeros,
               .density = plan->density, .k = (double)(plan->plain + plan->transposed)};
    s.directions = (plan->plain > 0) + (plan->transposed > 0);
    s.groups = ceil((double)plan->plain / LEIE_WIDTH) + ceil((double)plan->transposed / LEIE_WIDTH);
    for (leie_size r = 0; r < axis->region.n; r++) {
        double n = (double)(axis->first[r + 1] - axis->first[r]);
        s.blocks2 += n * n;
        s.blocks3 += n * n * n;
    }
    s.read = READ * (Z->form == LEIE_DENSE ? 8 * s.n * s.n : 12 * s.nonzeros);
    s.judge = JUDGED_Z * s.nonzeros * s.groups;
    return s;
}

static void cost_lu(leie_candidate *c, const sizes *s)
{
    double factor = 2.0 / 3 * s->n * s->n * s->n, solve = 2 * s->n * s->n * s->k, cells = s->n * s->n;
    c->flops = factor + solve;
    c->cost = s->read + FACTORED * factor + FETCHED * cells + SUBSTITUTED * solve + FACTOR_BYTE * 8 * cells * s->directions + s->judge;
    snprintf(c->why, sizeof c->why, "factors all of I - A");
}

static void cost_mixed(leie_candidate *c, const sizes *s)
{
    double factor = 2.0 / 3 * s->n * s->n * s->n, solve = 2 * s->n * s->n * s->k, cells = s->n * s->n;
    double step = SUBSTITUTED_F32 * solve + FACTOR_BYTE * 4 * cells * s->directions + s->judge;
    c->flops = factor + STEPS * (solve + 2 * s->nonzeros * s->k);
    c->cost = s->read + FACTORED_F32 * factor + FETCHED * cells + STEPS * step;
    snprintf(c->why, sizeof c->why, "factors all of I - A in f32, refined in f64");
}

/* The augmented system of a table in factors fills in where regions ask for products. */
static void cost_augmented(leie_candidate *c, const leie_factored *f, double k)
{
    double products = (double)f->product[f->parts];
    c->flops = 2.0 / 3 * products * products * products + 2 * products * products * k;
    c->cost = SPARSE * c->flops;
    snprintf(c->why, sizeof c->why, "the augmented system of supply, trade and use");
}

static void cost_sparse(leie_candidate *c, const sizes *s)
{
    double fill = fmin(1, FILL * s->density);
    c->flops = 2.0 / 3 * s->n * s->n * s->n * fill * fill + 2 * s->n * s->n * fill * s->k;
    c->cost = SPARSE * c->flops;
    if (s->density < LEIE_SPARSE_BELOW) {
        snprintf(c->why, sizeof c->why, "density %.2g %%, expected fill %.0f %%", 100 * s->density, 100 * fill);
        return;
    }
    c->possible = false;
    snprintf(c->why, sizeof c->why, "density %.2g %% is not under 1 %%: factors would fill in", 100 * s->density);
}

/* By the blocks of sectors that need each other. */
static void cost_klu(leie_candidate *c, const sizes *s, const leie_shape *shape)
{
    leie_strong blocks;
    c->flops = c->cost = 0;
    c->possible = false;
    if (shape->Z->form == LEIE_FACTORED)
        snprintf(c->why, sizeof c->why, "the table is in factors");
    else if (!(s->density < LEIE_SPARSE_BELOW) || shape->Z->form != LEIE_SPARSE)
        snprintf(c->why, sizeof c->why, "density %.2g %% is not under 1 %%: factors would fill in", 100 * s->density);
    else if (leie_strong_new(&blocks, &shape->Z->csr, NULL))
        snprintf(c->why, sizeof c->why, "no memory to look for blocks");
    else {
        leie_size most = 0;
        for (leie_size b = 0; b < blocks.blocks; b++) {
            double n = (double)blocks.size[b], fill = fmin(1, FILL * (double)blocks.inside[b] / (n * n));
            c->flops += 2.0 / 3 * n * n * n * fill * fill + 2 * n * n * fill * s->k;
            most = blocks.size[b] > most ? blocks.size[b] : most;
        }
        c->flops += 2 * s->nonzeros * s->k;
        c->cost = SPARSE * c->flops;
        c->possible = 2 * most <= shape->axis->n;
        snprintf(c->why, sizeof c->why, "%lld block%s of sectors that need each other, the largest of %lld",
                 (long long)blocks.blocks, blocks.blocks == 1 ? "" : "s", (long long)most);
        leie_strong_free(&blocks);
    }
}

static void cost_block(leie_candidate *c, const sizes *s, const leie_shape *shape)
{
    bool stored = leie_shape_is_blocked(shape);
    double invert = 8.0 / 3 * s->blocks3, rows = s->n * s->regions;
    double into = shape->Z->form == LEIE_DENSE ? STORED : STORED_SPARSE;
    double sweep = SWEPT * s->nonzeros + BLOCK_ROW * rows + MIXED * s->n;
    double judge = JUDGED * s->nonzeros + BLOCK_ROW * rows;
    c->flops = invert + (SWEEPS + RESIDUALS) * 2 * (s->nonzeros + s->blocks2) * s->k;
    c->cost = (stored ? 0 : s->read + into * s->nonzeros) + INVERTED * invert + FETCHED * s->blocks2 +
              s->groups * (SWEEPS * sweep + RESIDUALS * judge);
    snprintf(c->why, sizeof c->why, "%lld domestic blocks, about %.0f sweeps%s", (long long)shape->axis->region.n, SWEEPS,
             stored ? " over the blocks of the file" : "");
    if (s->regions > 1)
        return;
    c->possible = false;
    snprintf(c->why, sizeof c->why, "one region is one block: the same as lu");
}

/* Two halves of a product with the factors, and one matrix [P_r, P_r] for each region. */
static void cost_factored(leie_candidate *c, const sizes *s, const leie_matrix *Z)
{
    if (Z->form != LEIE_FACTORED) {
        c->possible = false;
        snprintf(c->why, sizeof c->why, "the table is not in factors");
        return;
    }
    const leie_factored *f = Z->factors;
    double shares = (double)f->share_at[f->parts], numbers = 2 * (double)f->use_at[f->parts] + shares;
    double squares = 0, cubes = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        double P = (double)leie_factored_products(f, r);
        squares += P * P;
        cubes += P * P * (2 * P + 8.0 / 3 * P);
    }
    double sweep = FACTOR_SWEPT * squares + FACTOR_TRADED * shares + FACTOR_MIXED * (double)f->product[f->parts];
    c->flops = cubes + 2 * s->k * (FACTOR_SWEEPS * (squares + numbers / 3) + (RESIDUALS + 1) * numbers);
    c->cost = FACTOR_READ * numbers + FACTOR_INVERTED * cubes + s->groups * (FACTOR_SWEEPS * sweep + FACTOR_ROW * s->n);
    snprintf(c->why, sizeof c->why, "use, trade shares and supply, about %.0f sweeps", FACTOR_SWEEPS);
}

static double threads_help(void)
{
    return pow(leie_threads(), SCALING);
}

static void fill_candidates(leie_plan *plan, const leie_shape *shape, leie_size limit)
{
    sizes s = measure(plan, shape);
    for (int i = 0; i < LEIE_SOLVERS - 1; i++) {
        leie_candidate *c = &plan->candidate[i];
        *c = (leie_candidate){.solver = (leie_solver)(i + 1), .possible = true};
        c->bytes = leie_backend_of(c->solver)->bytes(shape);
        c->fits = limit == 0 || c->bytes <= limit;
    }
    cost_lu(&plan->candidate[LEIE_SOLVER_LU - 1], &s);
    cost_mixed(&plan->candidate[LEIE_SOLVER_MIXED - 1], &s);
    cost_klu(&plan->candidate[LEIE_SOLVER_KLU - 1], &s, shape);
    if (shape->Z->form == LEIE_FACTORED)
        cost_augmented(&plan->candidate[LEIE_SOLVER_SPARSE - 1], shape->Z->factors, s.k);
    else
        cost_sparse(&plan->candidate[LEIE_SOLVER_SPARSE - 1], &s);
    cost_block(&plan->candidate[LEIE_SOLVER_BLOCK - 1], &s, shape);
    cost_factored(&plan->candidate[LEIE_SOLVER_FACTORED - 1], &s, shape->Z);
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        plan->candidate[i].seconds = plan->candidate[i].cost / threads_help();
}

static leie_status fail_impossible(const leie_candidate *c, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_USAGE, "solver '%s' cannot be used: %s", leie_solver_name(c->solver), c->why);
}

/* The fastest that can be used and fits, NULL for none; *least is the smallest need of those that can. */
static const leie_candidate *fastest(const leie_plan *plan, const leie_candidate **least)
{
    const leie_candidate *best = NULL;
    *least = &plan->candidate[0];
    for (int i = 0; i < LEIE_SOLVERS - 1; i++) {
        const leie_candidate *c = &plan->candidate[i];
        if (c->possible && c->bytes < (*least)->bytes)
            *least = c;
        if (c->possible && c->fits && (!best || c->cost < best->cost))
            best = c;
    }
    return best;
}

leie_size leie_memory_limit(const leie_linsys_opts *opts)
{
    return opts->memory_limit > 0 ? opts->memory_limit : leie_machine_allowed();
}

/* Refuses a candidate, and names what would do instead: the fastest other one within the limit, or the smallest need. */
static leie_status fail_limit(const leie_plan *plan, const leie_shape *shape, const leie_candidate *c,
                              const leie_linsys_opts *opts, leie_error *err)
{
    leie_size limit = leie_memory_limit(opts);
    const leie_candidate *other = NULL, *least = c;
    char instead[320];
    for (int i = 0; i < LEIE_SOLVERS - 1; i++) {
        const leie_candidate *k = &plan->candidate[i];
        if (!k->possible)
            continue;
        least = k->bytes < least->bytes ? k : least;
        if (k->bytes <= limit && (!other || k->cost < other->cost))
            other = k;
    }
    if (other)
        snprintf(instead, sizeof instead, "'%s' would take %lld and fits", leie_solver_name(other->solver),
                 (long long)other->bytes);
    else if (least != c)
        snprintf(instead, sizeof instead, "the smallest need is %lld bytes, of '%s'", (long long)least->bytes,
                 leie_solver_name(least->solver));
    else
        snprintf(instead, sizeof instead, "no other takes less");
    leie_shape file = *shape;
    file.as_blocks = true;
    leie_size small = leie_backend_block.bytes(&file);
    if (!other && !leie_shape_is_blocked(shape) && shape->Z->form != LEIE_FACTORED && plan->regions > 1 && small <= limit)
        snprintf(instead + strlen(instead), sizeof instead - strlen(instead),
                 "; from a table file by blocks (leie import --layout block) 'block' would take %lld and fits", (long long)small);
    return leie_fail(err, LEIE_ERR_LIMIT, "solver '%s' would take %lld bytes beside Z; %s %lld; %s",
                     leie_solver_name(c->solver), (long long)c->bytes,
                     opts->memory_limit > 0 ? "the memory limit is" : "this machine has", (long long)limit, instead);
}

leie_status leie_plan_choose(leie_plan *plan, const leie_shape *shape, leie_size plain, leie_size transposed,
                             const leie_linsys_opts *opts, leie_error *err)
{
    leie_linsys_opts o = opts ? *opts : (leie_linsys_opts){0};
    const leie_candidate *least, *chosen;
    *plan = (leie_plan){.n = shape->axis->n, .nonzeros = shape->nonzeros, .regions = shape->axis->region.n,
                        .plain = plain, .transposed = transposed};
    if (o.method < LEIE_SOLVER_AUTO || o.method >= LEIE_SOLVERS)
        return leie_fail(err, LEIE_ERR_USAGE, "solver method %d is not one of auto, lu, mixed, sparse, klu, block, factored", o.method);
    plan->density = plan->n > 0 ? (double)plan->nonzeros / ((double)plan->n * (double)plan->n) : 0;
    fill_candidates(plan, shape, o.memory_limit);
    chosen = fastest(plan, &least);
    if (o.method != LEIE_SOLVER_AUTO) {
        chosen = &plan->candidate[o.method - 1];
        if (o.method == LEIE_SOLVER_FACTORED && !chosen->possible)
            return fail_impossible(chosen, err);
        if (!chosen->fits)
            return fail_limit(plan, shape, chosen, &o, err);
    }
    if (!chosen)
        return fail_limit(plan, shape, least, &o, err);
    // the memory of the machine never changes the choice, so results do not depend on it
    if (leie_memory_limit(&o) > 0 && chosen->bytes > leie_memory_limit(&o))
        return fail_limit(plan, shape, chosen, &o, err);
    plan->solver = chosen->solver;
    char reason[80] = "as asked";
    if (!o.method)
        snprintf(reason, sizeof reason, "the fastest that fits by the model, %.2g s on one thread", chosen->cost);
    snprintf(plan->why, sizeof plan->why,
             "%s (%s), %s: n = %lld in %lld regions, density %.2g %%, %lld plain and %lld transposed right-hand sides, "
             "%lld bytes beside Z",
             leie_solver_name(chosen->solver), chosen->why, reason,
             (long long)plan->n, (long long)plan->regions, 100 * plan->density, (long long)plain, (long long)transposed,
             (long long)chosen->bytes);
    return LEIE_OK;
}

leie_status leie_plan_make(leie_plan *plan, const leie_matrix *Z, const leie_axis *axis, leie_size plain,
                           leie_size transposed, const leie_linsys_opts *opts, leie_error *err)
{
    bool sampled = Z->form == LEIE_DENSE && Z->rows >= SAMPLED_FROM;
    leie_size cells = sampled ? leie_survey_estimate(Z) : leie_matrix_nonzeros(Z);
    leie_shape shape = {Z, axis, cells, opts ? opts->memory_limit : 0, false};
    return leie_plan_choose(plan, &shape, plain, transposed, opts, err);
}
