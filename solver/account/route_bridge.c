// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/route_bridge.h"

#include <string.h>

static const struct {
    const char *name, *long_name;
} steps[LEIE_BRIDGE_STEPS] = {{"extraction", "extraction account"},
                              {"coverage", "trade in one route only: without coefficient, without money, re-exports, transit"},
                              {"price", "actual price against the table's average unit value"},
                              {"origin", "coefficient as given against the multiplier of the exporter"},
                              {"product", "mix of products inside a product of the table"},
                              {"definition", "definition of the extension: ore or content, moisture"},
                              {"inventories", "inventories, valuables and other demand left out"},
                              {"averaging", "moving average against the year itself"}};

const char *leie_bridge_name(leie_bridge_step step)
{
    return steps[step].name;
}

const char *leie_bridge_long_name(leie_bridge_step step)
{
    return steps[step].long_name;
}

static double quantity(const leie_bridge_cell *c, const bool *io)
{
    if (c->rme == 0 || c->io == 0)
        return io[LEIE_BRIDGE_COVERAGE] ? c->io : c->rme;
    return io[LEIE_BRIDGE_PRICE] ? c->io : c->rme;
}

// The RMC with each element in the state that io says.
static double value_of(const bool *io, leie_size n, const leie_bridge_cell *cell, const leie_bridge_frame *f)
{
    double sum = io[LEIE_BRIDGE_EXTRACTION] ? f->de_io : f->de_rme;
    for (leie_size g = 0; g < n; g++) {
        const leie_bridge_cell *c = &cell[g];
        double coefficient = io[LEIE_BRIDGE_ORIGIN] ? c->table : c->coarse;
        if (!io[LEIE_BRIDGE_PRODUCT])
            coefficient += c->fine - c->coarse;
        sum += c->sign * quantity(c, io) * coefficient;
    }
    if (io[LEIE_BRIDGE_DEFINITION])
        sum /= f->definition;
    if (io[LEIE_BRIDGE_INVENTORIES])
        sum -= io[LEIE_BRIDGE_DEFINITION] ? f->left_out : f->left_out * f->definition;
    return io[LEIE_BRIDGE_AVERAGING] ? sum : sum + (f->average - f->year);
}

double leie_bridge_make(double *step, leie_size n, const leie_bridge_cell *cell, const leie_bridge_frame *frame)
{
    double end = 0;
    memset(step, 0, LEIE_BRIDGE_STEPS * sizeof *step);
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        bool io[LEIE_BRIDGE_STEPS] = {false};
        double before = value_of(io, n, cell, frame);
        for (int s = 0; s < LEIE_BRIDGE_STEPS; s++) {
            int at = mirrored ? LEIE_BRIDGE_STEPS - 1 - s : s;
            io[at] = true;
            end = value_of(io, n, cell, frame);
            step[at] += (end - before) / 2;
            before = end;
        }
    }
    return end;
}
