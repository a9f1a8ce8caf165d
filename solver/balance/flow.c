// SPDX-License-Identifier: GPL-3.0-or-later
/* Cuts: rows whose totals do not fit the columns that they have cells in, found by a maximal flow.
 *
 * Nodes are rows and columns. A positive cell carries any amount from its row to its column, a negative one
 * from its column to its row. Rows with positive totals and columns with negative ones put flow in, the
 * others take it out, and lines with a free total do either without limit. When some line keeps an excess
 * or a want, the lines that can be reached from it by arcs with room left are a set whose totals can not
 * be met (the minimal cut of Ford and Fulkerson 1956). The flow is found by phases of shortest paths
 * (Dinic 1970): for tables of some density a few phases, each one pass over the cells. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/feasibility_impl.h"

static const double NOTHING = 1e-13; // amounts below this share of all totals do not count

typedef struct net {
    const leie_reduced *p;
    leie_size R, C;
    leie_size *first; // [C + 1] cells of a column: place[first[j]] ..
    leie_size *place; // [nnz] their positions in val, rows ascending
    leie_index *row;  // [nnz] row of each position
    double *flow;     // [nnz] along the direction of the cell's sign
    double *rest;     // [R + C] still to be put in (> 0) or taken out (< 0)
    bool *open;       // [R + C] free total
    leie_size *level; // [R + C] distance from the sources, -1: not reached
    leie_size *arc;   // [R + C] next cell to try
    leie_size *queue; // [R + C] nodes in order, or the nodes of a path
    leie_size *step;  // [R + C] the cell (position) into each node of the path
    double nothing;
} net;

static leie_size cells_of(const net *g, leie_size node, leie_size *from)
{
    *from = node < g->R ? g->p->a->row[node] : g->first[node - g->R];
    return (node < g->R ? g->p->a->row[node + 1] : g->first[node - g->R + 1]) - *from;
}

// Room on cell c (the k-th of the node) leaving the node, and where it leads.
static double room_on(const net *g, leie_size node, leie_size k, leie_size *cell, leie_size *to)
{
    bool is_row = node < g->R;
    leie_size c = is_row ? k : g->place[k];
    double value = g->p->a->val[c];
    *cell = c;
    *to = is_row ? g->R + g->p->a->col[c] : g->row[c];
    if (value == 0)
        return 0;
    return (value > 0) == is_row ? INFINITY : g->flow[c];
}

static void push(net *g, leie_size node, leie_size cell, double amount)
{
    g->flow[cell] += (g->p->a->val[cell] > 0) == (node < g->R) ? amount : -amount;
}

static bool is_end(const net *g, leie_size node, bool to_open)
{
    return g->rest[node] < -g->nothing || (to_open && g->open[node]);
}

/* Distances from the nodes that have something left (from_open: from free ones); true when an end is reached. */
static bool find_levels(net *g, bool from_open, bool to_open)
{
    leie_size n = g->R + g->C, head = 0, tail = 0;
    bool reached = false;
    for (leie_size v = 0; v < n; v++) {
        bool start = from_open ? g->open[v] : g->rest[v] > g->nothing;
        g->level[v] = start ? 0 : -1;
        if (start)
            g->queue[tail++] = v;
        leie_size from;
        cells_of(g, v, &from);
        g->arc[v] = from;
    }
    while (head < tail) {
        leie_size v = g->queue[head++], from, count = cells_of(g, v, &from), cell, to;
        for (leie_size k = from; k < from + count; k++) {
            if (!(room_on(g, v, k, &cell, &to) > g->nothing) || g->level[to] >= 0)
                continue;
            g->level[to] = g->level[v] + 1;
            g->queue[tail++] = to;
            reached = reached || is_end(g, to, to_open);
        }
    }
    return reached;
}

/* One path from a node to an end along growing levels: its length, 0 when there is none (left). */
static leie_size find_path(net *g, leie_size start, bool to_open)
{
    leie_size length = 0, v = start;
    g->queue[0] = start;
    for (;;) {
        if (v != start && is_end(g, v, to_open))
            return length;
        leie_size from, cell = 0, to = -1, end = cells_of(g, v, &from) + from;
        for (; g->arc[v] < end; g->arc[v]++)
            if (room_on(g, v, g->arc[v], &cell, &to) > g->nothing && g->level[to] == g->level[v] + 1)
                break;
        if (g->arc[v] < end) {
            g->queue[++length] = v = to;
            g->step[length] = cell;
        } else if (length == 0) {
            return 0;
        } else {
            v = g->queue[--length];
            g->arc[v]++;
        }
    }
}

static void send_along(net *g, leie_size length, bool from_open, bool to_open)
{
    leie_size start = g->queue[0], end = g->queue[length];
    bool end_open = to_open && g->open[end];
    double amount = from_open ? INFINITY : g->rest[start];
    if (!end_open)
        amount = fmin(amount, -g->rest[end]);
    for (leie_size k = 0; k < length; k++) {
        leie_size cell = g->step[k + 1];
        if ((g->p->a->val[cell] > 0) != (g->queue[k] < g->R))
            amount = fmin(amount, g->flow[cell]);
    }
    for (leie_size k = 0; k < length; k++)
        push(g, g->queue[k], g->step[k + 1], amount);
    if (!from_open)
        g->rest[start] -= amount;
    if (!end_open)
        g->rest[end] += amount;
}

static void fill(net *g, bool from_open, bool to_open)
{
    while (find_levels(g, from_open, to_open))
        for (leie_size v = 0; v < g->R + g->C; v++)
            while (from_open ? g->open[v] : g->rest[v] > g->nothing) {
                leie_size length = find_path(g, v, to_open);
                if (length == 0)
                    break;
                send_along(g, length, from_open, to_open);
            }
}

/* ---- the network ---- */

static void net_free(net *g)
{
    leie_free(g->first);
    leie_free(g->place);
    leie_free(g->row);
    leie_free(g->flow);
    leie_free(g->rest);
    leie_free(g->open);
    leie_free(g->level);
    leie_free(g->arc);
    leie_free(g->queue);
    leie_free(g->step);
}

static leie_status net_new(net *g, const leie_reduced *p, leie_error *err)
{
    const leie_csr *a = p->a;
    leie_size n = a->rows + a->cols;
    *g = (net){.p = p, .R = a->rows, .C = a->cols};
    g->first = leie_new(a->cols + 1, sizeof *g->first);
    g->place = leie_new(a->nnz, sizeof *g->place);
    g->row = leie_new(a->nnz, sizeof *g->row);
    g->flow = leie_new(a->nnz, sizeof *g->flow);
    g->rest = leie_new(n, sizeof *g->rest);
    g->open = leie_new(n, sizeof *g->open);
    g->level = leie_new(n, sizeof *g->level);
    g->arc = leie_new(n, sizeof *g->arc);
    g->queue = leie_new(n + 1, sizeof *g->queue);
    g->step = leie_new(n + 1, sizeof *g->step);
    if (!g->first || !g->place || !g->row || !g->flow || !g->rest || !g->open || !g->level || !g->arc || !g->queue ||
        !g->step)
        return leie_fail_memory(err, "the network of a table", a->nnz + n, 4 * sizeof *g->flow);
    leie_row_of_cells(g->row, a);
    for (leie_size c = 0; c < a->nnz; c++)
        g->first[a->col[c] + 1]++;
    for (leie_size j = 0; j < a->cols; j++)
        g->first[j + 1] += g->first[j];
    for (leie_size c = 0; c < a->nnz; c++)
        g->place[g->first[a->col[c]]++] = c;
    memmove(g->first + 1, g->first, (size_t)a->cols * sizeof *g->first);
    g->first[0] = 0;
    leie_acc all = {0};
    for (leie_size v = 0; v < n; v++) {
        double total = v < g->R ? p->u[v] : -p->v[v - g->R];
        g->open[v] = isnan(total);
        g->rest[v] = g->open[v] ? 0 : total;
        leie_acc_add(&all, fabs(g->rest[v]));
    }
    g->nothing = NOTHING * leie_acc_value(&all);
    return LEIE_OK;
}

/* ---- naming ---- */

// Adds what can be reached from a node by room left (forward), or what can reach it.
static void reach(net *g, bool *member, leie_size start, bool forward)
{
    leie_size head = 0, tail = 0;
    member[start] = true;
    g->queue[tail++] = start;
    while (head < tail) {
        leie_size v = g->queue[head++], from, count = cells_of(g, v, &from), cell, to;
        for (leie_size k = from; k < from + count; k++) {
            double room = room_on(g, v, k, &cell, &to), value = g->p->a->val[cell];
            if (!forward) // room of the arc from `to` to v
                room = value == 0 ? 0 : (value > 0) == (to < g->R) ? INFINITY : g->flow[cell];
            if (room > g->nothing && !member[to]) {
                member[to] = true;
                g->queue[tail++] = to;
            }
        }
    }
}

static void name_cut(leie_faults *faults, const net *g, const bool *member, leie_size start, double tolerance)
{
    char rows[256], cols[256];
    const leie_margins *m = g->p->m;
    leie_acc sum[2] = {{0}}, size = {0};
    leie_size count[2] = {0};
    for (leie_size v = 0; v < g->R + g->C; v++) {
        if (!member[v])
            continue;
        if (g->open[v])
            return; // a free line takes any amount: what is left here is rounding
        double total = v < g->R ? g->p->u[v] : g->p->v[v - g->R];
        leie_acc_add(&sum[v >= g->R], total);
        leie_acc_add(&size, fabs(total));
        count[v >= g->R]++;
    }
    double U = leie_acc_value(&sum[0]), V = leie_acc_value(&sum[1]);
    if (!(fabs(U - V) > tolerance * leie_acc_value(&size)))
        return;
    leie_fault *f = leie_faults_add(faults, LEIE_FAULT_CUT, U - V);
    if (!f)
        return;
    f->row = start < g->R ? start : -1;
    f->col = start < g->R ? -1 : start - g->R;
    leie_set_text(rows, sizeof rows, m, LEIE_LINE_ROW, member, g->R);
    leie_set_text(cols, sizeof cols, m, LEIE_LINE_COL, member + g->R, g->C);
    snprintf(f->text, sizeof f->text,
             "%s (%.10g in all) against %s (%.10g in all): the %s are %.6g too %s for the cells there are",
             count[0] ? rows : "no row", U, count[1] ? cols : "no column", V, start < g->R ? "rows" : "columns",
             fabs(U - V), (start < g->R) == (U > V) ? "large" : "small");
}

/* The sets around lines that keep an excess, or a want. Where all lines have totals the two are the same
 * cuts seen from either side. member, seen: work of [R + C], seen zero. */
static void name_cuts(leie_faults *faults, net *g, bool *member, bool *seen, bool excess, double tolerance)
{
    leie_size n = g->R + g->C;
    for (leie_size v = 0; v < n; v++) {
        if (!((excess ? g->rest[v] : -g->rest[v]) > g->nothing) || seen[v])
            continue;
        memset(member, 0, (size_t)n * sizeof *member);
        reach(g, member, v, excess);
        for (leie_size k = 0; k < n; k++)
            seen[k] = seen[k] || member[k];
        name_cut(faults, g, member, v, tolerance);
    }
}

leie_status leie_feasible_cuts(leie_faults *faults, const leie_reduced *p, double tolerance, leie_error *err)
{
    net g;
    leie_size n = p->a->rows + p->a->cols;
    leie_status st = net_new(&g, p, err);
    bool *member = leie_new(2 * n, sizeof *member), *seen = member ? member + n : NULL;
    if (!st && !member)
        st = leie_fail_memory(err, "sets of rows and columns", 2 * n, sizeof *member);
    if (st)
        goto done;
    fill(&g, false, true);
    fill(&g, true, false);
    name_cuts(faults, &g, member, seen, true, tolerance);
    if (faults->n == 0)
        name_cuts(faults, &g, member, seen, false, tolerance);
done:
    leie_free(member);
    net_free(&g);
    return st;
}
