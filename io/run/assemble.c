// SPDX-License-Identifier: GPL-3.0-or-later
/* One year's table as the study says: read, extend, close imports, aggregate, remove, nest, cut sectors, inspect. */
#include <string.h>

#include "io/read/read_table.h"
#include "io/run/inputs.h"
#include "io/run/nest_sut.h"
#include "io/run/run.h"
#include "kernels/blocked.h"
#include "kernels/machine.h"
#include "kernels/memory.h"

// One file for several years is what the study says; the result says it too.
static leie_status note_years(leie_table *t, const leie_study_extension *e, int year, leie_error *err)
{
    if (e->years < 2 || !e->F.real || strstr(e->F.real, "{year}"))
        return LEIE_OK;
    return leie_provenance_note(&t->provenance, LEIE_NOTE_ASSUMED, e->years, err,
                                "extension '%s': one file for %lld years, so the pressures of %d are those of another year too", e->name,
                                (long long)e->years, year);
}

static leie_status add_extension(leie_table *t, const leie_study_extension *e, int year, leie_error *err)
{
    if (e->derive)
        return leie_table_derive(t, e->derive, e->name, err);
    leie_status st = leie_read_extension(t, e, year, err);
    st = st ? st : note_years(t, e, year, err);
    if (st || !e->factors.real)
        return st;
    leie_characterisation c = {0};
    st = leie_read_characterisation(&c, e, &t->provenance, err);
    if (!st)
        st = leie_table_characterise(t, e->name, &c, err);
    leie_characterisation_clear(&c);
    return st;
}

static leie_status aggregate(leie_table *t, const leie_study *study, leie_error *err)
{
    if (!study->aggregate_regions.real && !study->aggregate_sectors.real)
        return LEIE_OK;
    leie_concordance regions = {0}, sectors = {0};
    leie_status st = LEIE_OK;
    if (study->aggregate_regions.real)
        st = leie_read_concordance(&regions, &study->aggregate_regions, "regions", &t->provenance, err);
    if (!st && study->aggregate_sectors.real)
        st = leie_read_concordance(&sectors, &study->aggregate_sectors, "sectors", &t->provenance, err);
    if (!st)
        st = leie_table_aggregate(t, regions.n ? &regions : NULL, sectors.n ? &sectors : NULL, err);
    leie_concordance_clear(&regions);
    leie_concordance_clear(&sectors);
    return st;
}

static leie_status remove_rest(leie_table *t, const leie_study *study, leie_error *err)
{
    leie_error why = {0};
    if (!study->remove.regions && !study->remove.sectors)
        return LEIE_OK;
    leie_status st = leie_table_remove(t, &study->remove, &why);
    return st ? leie_fail(err, st, "%s: remove: %s", study->file, why.text) : LEIE_OK;
}

static leie_status nest(leie_table *t, const leie_study *study, leie_size which, leie_error *err)
{
    const leie_study_nest *spec = &study->nest[which];
    leie_nest shares = {0};
    leie_error why = {0};
    leie_status st = LEIE_OK;
    if (spec->sut.path.real) {
        st = leie_nest_embed(t, study, which, &why);
    } else {
        st = leie_read_keys(&shares, spec, t, &t->provenance, &why);
        if (!st)
            st = leie_table_nest(t, &shares, &why);
        leie_nest_shares_free(&shares);
    }
    return st ? leie_fail(err, st, "%s:%lld: %s", study->file, (long long)spec->line, why.text) : LEIE_OK;
}

leie_status leie_assemble_split(leie_table *t, const leie_study *study, leie_size split, int year, leie_error *err)
{
    const leie_study_split *spec = &study->split[split];
    leie_disaggregation d = {.normalise = spec->normalise};
    leie_error why = {0};
    leie_status st = leie_labels_copy(&d.part, &spec->part, &why);
    d.sector = leie_strdup(spec->sector);
    d.region = leie_new(spec->regions, sizeof *d.region);
    if (!st && (!d.sector || !d.region))
        st = leie_fail_memory(&why, "a disaggregation", spec->regions + 1, sizeof *d.region);
    for (; !st && d.regions < spec->regions; d.regions++)
        if (!(d.region[d.regions] = leie_strdup(spec->region[d.regions])))
            st = leie_fail_memory(&why, "a region", 1, 1);
    if (!st)
        st = leie_read_part_weights(&d, &spec->weights, year, &t->provenance, &why);
    if (!st)
        st = leie_table_disaggregate(t, &d, &why);
    leie_disaggregation_clear(&d);
    return st ? leie_fail(err, st, "%s:%lld: %s", study->file, (long long)spec->line, why.text) : LEIE_OK;
}

// Endogenous capital, with the line of the study in its error where the study is at fault.
static leie_status capital(leie_table *t, const leie_study *study, leie_error *err)
{
    leie_error why = {0};
    leie_status st = study->capital.line ? leie_read_capital(t, &study->capital, &why) : LEIE_OK;
    return st ? leie_fail(err, st, "%s:%lld: %s", study->file, (long long)study->capital.line, why.text) : LEIE_OK;
}

/* Whether the study changes cells of Z, or draws them. */
static bool changes_cells(const leie_study *study)
{
    return study->aggregate_regions.real || study->aggregate_sectors.real || study->remove.regions || study->remove.sectors ||
           study->nests || study->splits || study->capital.line || study->scenario_files || study->uncertainty.inputs.draws > 0 ||
           study->backcasts;
}

/* Blocks are for studies that only solve; others get them as rows. */
static leie_status open_blocks(leie_table *t, const leie_study *study, leie_error *err)
{
    leie_matrix rows;
    if (t->Z.form != LEIE_BLOCKED)
        return LEIE_OK;
    t->Z.blocked->streamed = study->linsys.memory_limit > 0
                                 ? leie_blocked_bytes(t->Z.blocked) > study->linsys.memory_limit
                                 : 2 * leie_blocked_bytes(t->Z.blocked) > leie_machine_allowed();
    if (!changes_cells(study))
        return LEIE_OK;
    double n = (double)t->sector.n, density = (double)leie_matrix_nonzeros(&t->Z) / (n * n);
    leie_status st = leie_matrix_copy(&rows, &t->Z, density >= LEIE_MATRIX_DENSE_FROM ? LEIE_DENSE : LEIE_SPARSE, err);
    if (st)
        return st;
    leie_matrix_free(&t->Z);
    t->Z = rows;
    return LEIE_OK;
}

static leie_status assemble(leie_table *t, const leie_study *study, int year, bool blocks, const leie_watch *watch, leie_error *err)
{
    const leie_study_tables *spec = leie_study_tables_of(study, year);
    if (!spec)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no table for %d", study->file, year);
    leie_study_tables own = *spec;
    own.blocks_from = blocks && !changes_cells(study) ? LEIE_BLOCKS_FROM : 0;
    leie_status st = leie_read_table(t, &own, year, err);
    if (!st)
        st = open_blocks(t, study, err);
    for (leie_size i = 0; !st && i < study->extensions; i++)
        if (leie_study_extension_holds(&study->extension[i], year))
            st = add_extension(t, &study->extension[i], year, err);
    if (!st)
        st = leie_read_imports(t, spec, year, err);
    bool factored = t->Z.form == LEIE_FACTORED;
    if (!st)
        st = aggregate(t, study, err);
    if (!st)
        st = remove_rest(t, study, err);
    for (leie_size i = 0; !st && i < study->nests; i++)
        st = nest(t, study, i, err);
    for (leie_size i = 0; !st && i < study->splits; i++)
        st = leie_assemble_split(t, study, i, year, err);
    if (!st && factored && t->Z.form != LEIE_FACTORED)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, 1, err,
                                  "the factors of use and trade were multiplied out to aggregate, cut or split the table");
    if (!st)
        st = capital(t, study, err);
    if (!st)
        st = leie_table_inspect(t, err);
    for (leie_size i = 0; !st && watch && watch->log && i < t->provenance.notes; i++)
        watch->log(watch->ctx, LEIE_LOG_NOTE, year, t->provenance.note[i].text);
    if (st)
        leie_table_clear(t);
    return st;
}

leie_status leie_assemble(leie_table *t, const leie_study *study, int year, const leie_watch *watch, leie_error *err)
{
    return assemble(t, study, year, false, watch, err);
}

leie_status leie_assemble_blocks(leie_table *t, const leie_study *study, int year, const leie_watch *watch, leie_error *err)
{
    return assemble(t, study, year, true, watch, err);
}

// One account region of the list, or a group, with the line of the study in its error.
static leie_status add_account_region(leie_account_regions *q, const leie_study *study, const leie_table *t,
                                      const char *code, const leie_study_group *group, leie_error *err)
{
    leie_error why = {0};
    leie_status st = leie_account_regions_add(q, &t->sector, code, group ? group->name : NULL, group ? group->members : 0,
                                              group ? group->member : NULL, &why);
    leie_size line = group ? group->line : study->accounts_line; // 0: from the command line
    if (st && line == 0)
        return leie_fail(err, st, "--set: %s", why.text);
    return st ? leie_fail(err, st, "%s:%lld: %s", study->file, (long long)line, why.text) : LEIE_OK;
}

leie_status leie_study_account_regions(leie_account_regions *q, const leie_study *study, const leie_table *t,
                                       leie_error *err)
{
    leie_status st = LEIE_OK;
    if (!study->account_regions) {
        st = leie_account_regions_all(q, &t->sector, err);
        for (leie_size g = 0; !st && g < study->groups; g++)
            st = add_account_region(q, study, t, study->group[g].code, &study->group[g], err);
    }
    for (leie_size i = 0; !st && i < study->account_regions; i++) {
        const char *code = study->account_region[i];
        const leie_study_group *group = NULL;
        for (leie_size g = 0; g < study->groups; g++)
            if (strcmp(study->group[g].code, code) == 0)
                group = &study->group[g];
        st = add_account_region(q, study, t, code, group, err);
    }
    if (st)
        leie_account_regions_clear(q);
    return st;
}
