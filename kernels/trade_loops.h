/* The loops of trade.c for one type of number, with REAL, LANES_OF, MOST (lane groups) and NAME(function) defined: lanes
 * is a vector of LANES_OF numbers, half one of half as many, loose one that may stand where a half may. rows, groups and odd
 * (half a group more) are constants after inlining, so that sums live in registers.
 */
// SPDX-License-Identifier: GPL-3.0-or-later

/* y[to[i], :] = c[to[i], :] + sum over t < n of m[i across + t along] x[t, :] for `rows` rows; c may be NULL. */
INLINE void NAME(tile)(REAL *y, const leie_index *to, const REAL *m, leie_size across, leie_size along, leie_size n,
                       const REAL *x, const REAL *c, int rows, int groups, bool odd)
{
    leie_size width = groups * LANES_OF + (odd ? LANES_OF / 2 : 0), whole = groups * LANES_OF;
    NAME(lanes) sum[TILE][MOST];
    NAME(half) last[TILE];
    for (int i = 0; i < rows; i++) {
        for (int g = 0; g < groups; g++)
            sum[i][g] = c ? ((const NAME(loose) *)(c + to[i] * width))[g] : (NAME(lanes)){0};
        last[i] = c && odd ? *(const NAME(half) *)(c + to[i] * width + whole) : (NAME(half)){0};
    }
    for (leie_size t = 0; t < n; t++) {
        const REAL *row = x + t * width;
        for (int i = 0; i < rows; i++) {
            REAL factor = m[i * across + t * along];
            for (int g = 0; g < groups; g++)
                sum[i][g] += factor * ((const NAME(loose) *)row)[g];
            if (odd)
                last[i] += factor * *(const NAME(half) *)(row + whole);
        }
    }
    for (int i = 0; i < rows; i++) {
        for (int g = 0; g < groups; g++)
            ((NAME(loose) *)(y + to[i] * width))[g] = sum[i][g];
        if (odd)
            *(NAME(half) *)(y + to[i] * width + whole) = last[i];
    }
}

INLINE void NAME(tiles)(REAL *y, const leie_index *to, leie_size count, const REAL *m, leie_size across,
                        leie_size along, leie_size n, const REAL *x, const REAL *c, int groups, bool odd)
{
    leie_size i = 0;
    for (; i + TILE <= count; i += TILE)
        NAME(tile)(y, to + i, m + i * across, across, along, n, x, c, TILE, groups, odd);
    for (; i < count; i++)
        NAME(tile)(y, to + i, m + i * across, across, along, n, x, c, 1, groups, odd);
}

/* Numbers p .. last - 1 of the job. */
INLINE void NAME(numbers)(const trade_job *j, const REAL *share, leie_size p, leie_size last, int groups, bool odd)
{
    const leie_trade *t = j->t;
    for (; p < last; p++) {
        const leie_index *row = t->row + t->first[p], *before = t->before + p * (t->parts + 1);
        leie_size m = t->first[p + 1] - t->first[p], begin = before[j->first], count = before[j->last] - begin;
        leie_size across = j->transposed ? 1 : m, along = j->transposed ? m : 1;
        const REAL *d = (const REAL *)j->d + t->first[p] * j->width;
        NAME(tiles)(j->y, row + begin, count, share + t->place[p] + begin * across, across, along, before[j->known], d,
                    j->c, groups, odd);
    }
}
