// SPDX-License-Identifier: GPL-3.0-or-later
/* The choice of a back end from sizes alone, in seconds on a nominal core:
 *
 *   lu      (2/3 n^3) / FACTOR + (2 n^2 k) / SOLVE
 *   mixed   CAUTION ((2/3 n^3) / FACTOR32 + STEPS ((2 n^2 k) / SOLVE32 + nnz groups RESIDUAL))
 *   sparse  (2/3 n^3 fill^2 + 2 n^2 fill k) / SPARSE              fill = min(1, 30 density)
 *   klu     the same summed over the diagonal blocks of the block triangular form
 *   block   (8/3 sum n_r^3) / INVERT + nnz (STORE directions + groups (SWEEPS SWEEP + RESIDUALS RESIDUAL))
 *
 * where groups are the blocks of 32 right-hand sides of each direction. Constants from perf/bench_solve.c and
 * perf/bench_product.c on one core with AVX-512.
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
static const double FACTOR_RATE = 50e9;  // dense factorization, flop/s (measured: 45 to 60)
static const double SOLVE_RATE = 12e9;   // triangular solves
static const double FACTOR_F32 = 100e9;  // the same in f32
static const double SOLVE_F32 = 24e9;
static const double STEPS = 3;           // solves in f32 for one in f64
static const double CAUTION = 1.25;      // a table that f32 cannot factor is factored twice
static const double SPARSE_RATE = 2e9;   // UMFPACK, factor and solve
static const double INVERT_RATE = 20e9;  // inverses of domestic blocks
static const double STORE = 5e-9;        // a non-zero into the store
static const double SWEEP = 1e-9;        // a non-zero in a sweep of up to 32 columns, f32
static const double RESIDUAL = 5e-9;     // and in a residual from Z
static const double SWEEPS = 12;         // expected; the made-up tables need 6 or 7
static const double RESIDUALS = 2;
static const double FACTOR_SWEEPS = 10;  // over the factors of a supply-use table
static const double FACTORS_RATE = 15e9; // their products with few columns, flop/s
static const double RISK = 2;            // an iteration must promise half the time of a factorization: it may
                                         // meet a slow table, and its residuals end at the tolerance
static const double FILL = 30;           // factor density per density

/* The sizes that decide. */
typedef struct sizes {
    double n, nonzeros, density, k, directions, groups;
    double blocks2, blocks3; // sum n_r^2, sum n_r^3
} sizes;

static sizes measure(const leie_plan *plan, const leie_axis *axis)
{
    sizes s = {.n = (double)plan->n, .nonzeros = (double)plan->nonzeros, .density = plan->density,
               .k = (double)(plan->plain + plan->transposed)};
    s.directions = (plan->plain > 0) + (plan->transposed > 0);
    s.groups = ceil((double)plan->plain / LEIE_WIDTH) + ceil((double)plan->transposed / LEIE_WIDTH);
    for (leie_size r = 0; r < axis->region.n; r++) {
        double n = (double)(axis->first[r + 1] - axis->first[r]);
        s.blocks2 += n * n;
        s.blocks3 += n * n * n;
    }
    return s;
}

static void cost_lu(leie_candidate *c, const sizes *s)
{
    double factor = 2.0 / 3 * s->n * s->n * s->n, solve = 2 * s->n * s->n * s->k;
    c->flops = factor + solve;
    c->cost = factor / FACTOR_RATE + solve / SOLVE_RATE;
    snprintf(c->why, sizeof c->why, "factors all of I - A");
}

static void cost_mixed(leie_candidate *c, const sizes *s)
{
    double factor = 2.0 / 3 * s->n * s->n * s->n, solve = 2 * s->n * s->n * s->k;
    c->flops = factor + STEPS * (solve + 2 * s->nonzeros * s->k);
    c->cost = CAUTION * (factor / FACTOR_F32 + STEPS * (solve / SOLVE_F32 + s->nonzeros * s->groups * RESIDUAL));
    snprintf(c->why, sizeof c->why, "factors all of I - A in f32, refined in f64");
}

/* The augmented system of a table in factors fills in where regions ask for products. */
static void cost_augmented(leie_candidate *c, const leie_factored *f, double k)
{
    double products = (double)f->product[f->parts];
    c->flops = 2.0 / 3 * products * products * products + 2 * products * products * k;
    c->cost = c->flops / SPARSE_RATE;
    snprintf(c->why, sizeof c->why, "the augmented system of supply, trade and use");
}

static void cost_sparse(leie_candidate *c, const sizes *s)
{
    double fill = fmin(1, FILL * s->density);
    double factor = 2.0 / 3 * s->n * s->n * s->n * fill * fill, solve = 2 * s->n * s->n * fill * s->k;
    c->flops = factor + solve;
    c->cost = (factor + solve) / SPARSE_RATE;
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
        c->cost = c->flops / SPARSE_RATE;
        c->possible = 2 * most <= shape->axis->n;
        snprintf(c->why, sizeof c->why, "%lld block%s of sectors that need each other, the largest of %lld",
                 (long long)blocks.blocks, blocks.blocks == 1 ? "" : "s", (long long)most);
        leie_strong_free(&blocks);
    }
}

static void cost_block(leie_candidate *c, const sizes *s, leie_size regions, bool stored)
{
    double invert = 8.0 / 3 * s->blocks3, each = SWEEPS * SWEEP + RESIDUALS * RESIDUAL;
    c->flops = invert + (SWEEPS + RESIDUALS) * 2 * (s->nonzeros + s->blocks2) * s->k;
    c->cost = RISK * (invert / INVERT_RATE + s->nonzeros * (STORE * (stored ? 0 : s->directions) + s->groups * each));
    snprintf(c->why, sizeof c->why, "%lld domestic blocks, about %.0f sweeps%s", (long long)regions, SWEEPS,
             stored ? " over the blocks of the file" : "");
    if (regions > 1)
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
    double factors = 2 * (double)Z->factors->use_at[Z->factors->parts] + (double)Z->factors->share_at[Z->factors->parts];
    double squares = 0, cubes = 0;
    for (leie_size r = 0; r < Z->factors->parts; r++) {
        double P = (double)leie_factored_products(Z->factors, r);
        squares += P * P;
        cubes += P * P * (2 * P + 8.0 / 3 * P);
    }
    c->flops = cubes + 2 * s->k * (FACTOR_SWEEPS * (squares + factors / 3) + (RESIDUALS + 1) * factors);
    c->cost = cubes / INVERT_RATE + 2 * s->k * (FACTOR_SWEEPS * (squares + factors / 3) + 3 * factors) / FACTORS_RATE;
    snprintf(c->why, sizeof c->why, "use, trade shares and supply, about %.0f sweeps", FACTOR_SWEEPS);
}

/* ---- seconds, for information ---- */

// Seconds of one core with AVX-512, fitted to perf/bench_solve.c; they decide nothing.
static const double BYTE = 1.2e-10;        // of Z read once
static const double STORED = 4e-9;         // a non-zero of dense Z into the store with low parts
static const double STORED_SPARSE = 22e-9; // of a sparse one
static const double SWEPT = 0.92e-9;       // a non-zero in a sweep
static const double JUDGED = 1.7e-9;       // and in a residual from the store
static const double JUDGED_Z = 4.5e-9;     // from Z
static const double INVERTED = 1 / 60e9;   // an operation on a domestic block
static const double USUAL_SWEEPS = 6;
static const double FACTORED = 1 / 48e9;   // an operation of a dense factorization
static const double SUBSTITUTED = 1 / 12e9;
static const double FACTORED_F32 = 1 / 100e9;
static const double SUBSTITUTED_F32 = 1 / 24e9;
static const double MIXED = 4e-7;          // a row of right-hand sides in a sweep, beside sweep and residual
// Of the factors of a supply-use table (perf/bench_factored.c):
static const double FACTOR_READ = 6.5e-9;      // a number of them
static const double FACTOR_INVERTED = 1 / 60e9; // an operation on a matrix of a region
static const double FACTOR_SWEPT = 0.63e-9;    // a number of such a matrix in a sweep
static const double FACTOR_TRADED = 1.8e-9;    // a trade share in a sweep
static const double FACTOR_MIXED = 1.1e-7;     // a product in a sweep
static const double FACTOR_ROW = 1.6e-6;       // a row of right-hand sides in a solve
static const double SCALING = 0.85;        // time falls with threads to this power

static double seconds_of_factors(const sizes *s, const leie_factored *f)
{
    double shares = (double)f->share_at[f->parts], numbers = 2 * (double)f->use_at[f->parts] + shares;
    double products = (double)f->product[f->parts], squares = 0, cubes = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        double P = (double)leie_factored_products(f, r);
        squares += P * P;
        cubes += P * P * (2 * P + 8.0 / 3 * P);
    }
    double sweep = FACTOR_SWEPT * squares + FACTOR_TRADED * shares + FACTOR_MIXED * products;
    return FACTOR_READ * numbers + FACTOR_INVERTED * cubes + s->groups * (FACTOR_SWEEPS * sweep + FACTOR_ROW * s->n);
}

static double seconds_of(const leie_candidate *c, const sizes *s, const leie_matrix *Z)
{
    double n = s->n, read = BYTE * (Z->form == LEIE_DENSE ? 8 * n * n : 12 * s->nonzeros);
    double judged = JUDGED_Z * s->nonzeros * s->groups;
    if (Z->form == LEIE_FACTORED)
        read = judged = 0;
    switch (c->solver) {
    case LEIE_SOLVER_LU:
        return read + FACTORED * 2 / 3 * n * n * n + SUBSTITUTED * 2 * n * n * s->k + judged;
    case LEIE_SOLVER_MIXED:
        return read + FACTORED_F32 * 2 / 3 * n * n * n + STEPS * (SUBSTITUTED_F32 * 2 * n * n * s->k + judged);
    case LEIE_SOLVER_BLOCK:
        return (Z->form == LEIE_BLOCKED ? 0 : read + (Z->form == LEIE_DENSE ? STORED : STORED_SPARSE) * s->nonzeros) + INVERTED * 8 / 3 * s->blocks3 +
               s->groups * (USUAL_SWEEPS * (SWEPT * s->nonzeros + MIXED * n) + RESIDUALS * JUDGED * s->nonzeros);
    case LEIE_SOLVER_FACTORED:
        return Z->form == LEIE_FACTORED ? seconds_of_factors(s, Z->factors) : c->cost;
    default:
        return c->cost;
    }
}

static double threads_help(void)
{
    return pow(leie_threads(), SCALING);
}

static void fill_candidates(leie_plan *plan, const leie_shape *shape, leie_size limit)
{
    sizes s = measure(plan, shape->axis);
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
    cost_block(&plan->candidate[LEIE_SOLVER_BLOCK - 1], &s, plan->regions, leie_shape_is_blocked(shape));
    cost_factored(&plan->candidate[LEIE_SOLVER_FACTORED - 1], &s, shape->Z);
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        plan->candidate[i].seconds = seconds_of(&plan->candidate[i], &s, shape->Z) / threads_help();
}

static leie_status fail_impossible(const leie_candidate *c, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_USAGE, "solver '%s' cannot be used: %s", leie_solver_name(c->solver), c->why);
}

/* The cheapest that can be used and fits, NULL for none; *least is the smallest need of those that can. */
static const leie_candidate *cheapest(const leie_plan *plan, const leie_candidate **least)
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

/* Refuses a candidate, and names what would do instead: the cheapest other one within the limit, or the smallest need. */
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
    chosen = cheapest(plan, &least);
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
    snprintf(plan->why, sizeof plan->why,
             "%s (%s), %s: n = %lld in %lld regions, density %.2g %%, %lld plain and %lld transposed right-hand sides, "
             "%lld bytes beside Z",
             leie_solver_name(chosen->solver), chosen->why, o.method ? "as asked" : "the cheapest that fits",
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
