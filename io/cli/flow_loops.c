// SPDX-License-Identifier: GPL-3.0-or-later
/* Loops of unknowns: flows that are not observable, between processes and the outside, that close a circle. What goes round in it
 * is in no balance, so each loop lacks one value. */
#include <stdio.h>

#include "io/cli/flow_view.h"

enum { LOOPS_SHOWN = 5, NAMES_SHOWN = 8 };

// A forest over processes and the outside (the last node); `edge` is the flow between a node and its parent.
typedef struct forest {
    const leie_flow_system *sys;
    leie_size *parent, *edge, *seen; // [nodes]; parent -1 for a root
    leie_size nodes, round;
} forest;

static leie_size node_of(const forest *x, leie_index process)
{
    return process >= 0 ? process : x->nodes - 1;
}

static leie_size root_of(const forest *x, leie_size node)
{
    while (x->parent[node] >= 0)
        node = x->parent[node];
    return node;
}

// Turns the tree of a so that a is its root, and hangs it below b.
static void hang(forest *x, leie_size a, leie_size b, leie_size flow)
{
    while (a >= 0) {
        leie_size next = x->parent[a], edge = x->edge[a];
        x->parent[a] = b;
        x->edge[a] = flow;
        b = a;
        a = next;
        flow = edge;
    }
}

static void print_name(const forest *x, leie_size flow, int *count)
{
    if (++*count <= NAMES_SHOWN)
        printf("%s%s", *count > 1 ? ", " : "", x->sys->flow.code[flow]);
}

// The flows on the way from a to b in their tree, and the flow that closes it.
static void print_loop(forest *x, leie_size a, leie_size b, leie_size flow, leie_size layer, leie_size t)
{
    int count = 0;
    leie_size meet = b;
    x->round++;
    for (leie_size k = a; k >= 0; k = x->parent[k])
        x->seen[k] = x->round;
    while (x->seen[meet] != x->round)
        meet = x->parent[meet];
    printf("  a loop of unknowns (%s, %d): ", x->sys->study->layer.code[layer], x->sys->study->year[t]);
    print_name(x, flow, &count);
    for (leie_size k = a; k != meet; k = x->parent[k])
        print_name(x, x->edge[k], &count);
    for (leie_size k = b; k != meet; k = x->parent[k])
        print_name(x, x->edge[k], &count);
    if (count > NAMES_SHOWN)
        printf(" and %d more", count - NAMES_SHOWN);
    printf("; no balance tells them apart: a value of one of these %d flows is missing\n", count);
}

// Loops among the flows of one layer in one year; the first few are printed.
static leie_size find_loops(forest *x, const leie_reconciled *r, leie_size layer, leie_size t, leie_size before)
{
    const leie_flow_system *sys = x->sys;
    leie_size loops = 0;
    for (leie_size k = 0; k < x->nodes; k++)
        x->parent[k] = x->edge[k] = -1;
    for (leie_size f = 0; f < sys->flow.n; f++) {
        if (r->state[(f * sys->study->layer.n + layer) * sys->study->years + t] != LEIE_MFA_NOT_OBSERVABLE)
            continue;
        leie_size a = node_of(x, sys->from[f]), b = node_of(x, sys->to[f]);
        if (root_of(x, a) != root_of(x, b))
            hang(x, a, b, f);
        else if (before + loops++ < LOOPS_SHOWN)
            print_loop(x, a, b, f, layer, t);
    }
    return loops;
}

leie_status leie_flow_print_loops(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    leie_size nodes = sys->process.n + 1, loops = 0;
    forest x = {.sys = sys, .parent = leie_new(nodes, sizeof *x.parent), .edge = leie_new(nodes, sizeof *x.edge), .seen = leie_new(nodes, sizeof *x.seen), .nodes = nodes};
    bool good = x.parent && x.edge && x.seen;
    for (leie_size layer = 0; layer < sys->study->layer.n && good; layer++)
        for (leie_size t = 0; t < sys->study->years; t++)
            loops += find_loops(&x, r, layer, t, loops);
    if (loops > LOOPS_SHOWN)
        printf("  a loop of unknowns: %lld more\n", (long long)loops - LOOPS_SHOWN);
    leie_free(x.parent);
    leie_free(x.edge);
    leie_free(x.seen);
    return good ? LEIE_OK : leie_fail_memory(err, "loops of unknowns", nodes, 3 * sizeof(leie_size));
}
