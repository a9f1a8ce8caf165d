/* The loops of a block for one type of number and one of positions. blockstore.c includes this file once for each
 * pair, with REAL, INDEX, LANES_OF, PIECE, LOAD, FETCH and NAME(function) defined: lanes is a vector of LANES_OF numbers, and
 * LOAD(value, b, at, n) gives n <= PIECE values of the store from entry `at`, made in value [VALUES] if need be; FETCH(b, at) has
 * those around an entry fetched from memory.
 *
 * full() does not look at positions: that of bytes serves both.
 *
 * groups is a constant after inlining, so that the sums live in registers.
 */
// SPDX-License-Identifier: GPL-3.0-or-later

/* sum[g] = sum over t of val[t] X[index[t], :]: even and odd cells apart, for shorter chains. */
INLINE void NAME(run)(NAME(lanes) * even, NAME(lanes) * odd, const REAL *val, const INDEX *index, leie_size n,
                      const REAL *x, int groups)
{
    leie_size t = 0, width = groups * LANES_OF;
    for (; t + 2 <= n; t += 2) {
        const NAME(lanes) *x0 = (const NAME(lanes) *)(x + index[t] * width);
        const NAME(lanes) *x1 = (const NAME(lanes) *)(x + index[t + 1] * width);
        for (int g = 0; g < groups; g++) {
            even[g] += val[t] * x0[g];
            odd[g] += val[t + 1] * x1[g];
        }
    }
    if (t == n)
        return;
    for (int g = 0; g < groups; g++)
        even[g] += val[t] * ((const NAME(lanes) *)(x + index[t] * width))[g];
}

/* Y[index[t], :] += val[t] x: the cells of one row of X spread over rows of Y. */
INLINE void NAME(spread)(REAL *y, const REAL *val, const INDEX *index, leie_size n, const REAL *x, int groups)
{
    NAME(lanes) here[LEIE_WIDTH / LANES_OF];
    for (int g = 0; g < groups; g++)
        here[g] = ((const NAME(lanes) *)x)[g];
    for (leie_size t = 0; t < n; t++) {
        NAME(lanes) *row = (NAME(lanes) *)(y + index[t] * groups * LANES_OF);
        for (int g = 0; g < groups; g++)
            row[g] += val[t] * here[g];
    }
}

/* All of a block. Along the store the cells of row i of Y stand together; across it, those of row i of X. Those of some
 * rows later are fetched meanwhile. */
INLINE void NAME(block)(REAL *y, const leie_blockstore *b, leie_size block, const uint16_t *count, leie_size rows,
                        const REAL *x, bool along, int groups)
{
    leie_size at = b->start[block], width = groups * LANES_OF;
    const INDEX *index = (const INDEX *)(const void *)(b->index + b->place[block]);
    for (leie_size i = 0; i < rows; i++) {
        _Alignas(LANES_OF * sizeof(REAL)) REAL value[VALUES];
        NAME(lanes) even[LEIE_WIDTH / LANES_OF], odd[LEIE_WIDTH / LANES_OF];
        for (int g = 0; g < groups; g++)
            even[g] = odd[g] = (NAME(lanes)){0};
        for (leie_size left = count[i], n; left > 0; left -= n, at += n, index += n) {
            n = left < PIECE ? left : PIECE;
            for (leie_size t = 0; along && t < n; t += FETCHED)
                FETCH(b, at + AHEAD + t);
            const REAL *val = LOAD(value, b, at, n);
            if (along)
                NAME(run)(even, odd, val, index, n, x, groups);
            else
                NAME(spread)(y, val, index, n, x + i * width, groups);
        }
        for (int g = 0; along && g < groups; g++)
            ((NAME(lanes) *)(y + i * width))[g] += even[g] + odd[g];
    }
}

#ifdef WITH_FULL
/* Outputs whose cells are all kept, zeros too: no positions are read, and rows of X are shared by `rows` outputs. The
 * cells of the next ones are fetched meanwhile: the processor does not see that so many short stretches go on. */
INLINE void NAME(full_rows)(REAL *y, const leie_blockstore *b, leie_size at, leie_size inputs, const REAL *x, int groups,
                            int rows)
{
    _Alignas(LANES_OF * sizeof(REAL)) REAL value[FULL_ROWS][VALUES];
    const REAL *val[FULL_ROWS];
    NAME(lanes) sum[FULL_ROWS][LEIE_WIDTH / LANES_OF];
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            sum[r][g] = (NAME(lanes)){0};
    for (leie_size first = 0, n; first < inputs; first += n) {
        n = inputs - first < PIECE ? inputs - first : PIECE;
        for (int r = 0; r < rows; r++)
            val[r] = LOAD(value[r], b, at + r * inputs + first, n);
        for (leie_size t = 0; t < n; t++) {
            const NAME(lanes) *xt = (const NAME(lanes) *)(x + (first + t) * groups * LANES_OF);
            if (t % FETCHED == 0)
                for (int r = 0; r < rows; r++)
                    FETCH(b, at + (r + rows) * inputs + first + t);
            for (int r = 0; r < rows; r++)
                for (int g = 0; g < groups; g++)
                    sum[r][g] += val[r][t] * xt[g];
        }
    }
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            ((NAME(lanes) *)y)[r * groups + g] += sum[r][g];
}

INLINE void NAME(full)(REAL *y, const leie_blockstore *b, leie_size block, leie_size rows, leie_size inputs, const REAL *x,
                       int groups)
{
    leie_size at = b->start[block], width = groups * LANES_OF, i = 0;
    for (; i + FULL_ROWS <= rows; i += FULL_ROWS)
        NAME(full_rows)(y + i * width, b, at + i * inputs, inputs, x, groups, FULL_ROWS);
    for (; i < rows; i++)
        NAME(full_rows)(y + i * width, b, at + i * inputs, inputs, x, groups, 1);
}
#endif
