// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/measure.h"

#include <stdio.h>
#include <string.h>

// ---- units ----

const char *leie_measure_sector(const leie_table *t, leie_size i)
{
    return t->sector.unit[i][0] ? t->sector.unit[i] : t->unit ? t->unit : "1";
}

// The one unit that all stressors have, "" when they differ; likewise of sectors.
static const char *common_stressor_unit(const leie_labels *stressor)
{
    for (leie_size k = 1; k < stressor->n; k++)
        if (strcmp(stressor->unit[k], stressor->unit[0]) != 0)
            return "";
    return stressor->n ? stressor->unit[0] : "";
}

static const char *common_sector_unit(const leie_table *t)
{
    for (leie_size i = 1; i < t->sector.n; i++)
        if (strcmp(leie_measure_sector(t, i), leie_measure_sector(t, 0)) != 0)
            return "";
    return t->sector.n ? leie_measure_sector(t, 0) : "";
}

leie_status leie_measures_of(leie_measures *m, const leie_table *t, const leie_labels *stressor, leie_error *err)
{
    const char *pressure = common_stressor_unit(stressor), *sold = common_sector_unit(t);
    char ratio[160] = "";
    if (pressure[0] && sold[0])
        snprintf(ratio, sizeof ratio, "%s/%s", pressure, sold);
    const char *const unit[LEIE_MEASURES] = {[LEIE_IN_MONEY] = t->unit ? t->unit : "1",
                                             [LEIE_IN_SECTOR] = sold,
                                             [LEIE_IN_STRESSOR] = pressure,
                                             [LEIE_IN_INTENSITY] = ratio};
    static const char *const by[LEIE_MEASURES] = {[LEIE_IN_SECTOR] = "sector_unit",
                                                  [LEIE_IN_STRESSOR] = "stressor_unit",
                                                  [LEIE_IN_INTENSITY] = "stressor_unit/sector_unit"};
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < LEIE_MEASURES; i++) {
        st = leie_unit_spelling(m->units[i], sizeof m->units[i], unit[i][0] ? unit[i] : "1", err);
        m->by[i] = unit[i][0] ? NULL : by[i];
    }
    return st;
}

// ---- money ----

// What the numbers of a table are: one of each for the whole file, as global attributes.
enum { MONEY_WORDS = 4 };
static const char *const money_word[MONEY_WORDS] = {"currency", "money_unit", "valuation", "table_system"};

static const char *money_text(const leie_table *t, int word)
{
    const char *const text[MONEY_WORDS] = {t->currency, t->unit, t->valuation, t->system};
    return text[word] ? text[word] : "";
}

leie_status leie_money_same(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err)
{
    for (leie_size y = 0; y < years; y++)
        for (int w = 0; year[y].has_table && !year[y].reused && w < MONEY_WORDS; w++)
            if (strcmp(money_text(&year[y].table, w), money_text(&sample->table, w)) != 0)
                return leie_fail(err, LEIE_ERR_UNIT,
                                 "%d and %d differ in %s: '%s' and '%s'; one result holds tables of one kind",
                                 sample->year, year[y].year, money_word[w], money_text(&sample->table, w),
                                 money_text(&year[y].table, w));
    return LEIE_OK;
}

bool leie_money_fits(const leie_dataset *old, const leie_table *t)
{
    for (int w = 0; w < MONEY_WORDS; w++) {
        const char *text = leie_dataset_get_text(old, NULL, money_word[w]);
        if (strcmp(text ? text : "", money_text(t, w)) != 0)
            return false;
    }
    return true;
}
