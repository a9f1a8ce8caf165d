// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_lists.h"

#include <stdio.h>

#include "io/result/result_impl.h"

enum { FACTOR_LABEL = 1100, FACTOR_VALUE = 8 }; // bytes of four labels and what stands between; column of the number

// "2011: iron from ore, BE, mining": the label of a factor.
static void factor_label(char *label, size_t size, int year, const leie_used_factor *f)
{
    const char *region = f->text[LEIE_FACTOR_REGION], *sector = f->text[LEIE_FACTOR_SECTOR];
    snprintf(label, size, "%d: %s from %s%s%s%s%s", year, f->text[LEIE_FACTOR_GROUP], f->text[LEIE_FACTOR_STRESSOR],
             region[0] ? ", " : "", region, sector[0] ? ", " : "", sector);
}

leie_status leie_result_add_factors(leie_dataset *ds, leie_size years, const leie_year *year, const leie_dataset *old,
                                    leie_error *err)
{
    leie_size rows = 0;
    for (leie_size y = 0; y < years; y++)
        rows += year[y].reused ? leie_reuse_rows(old, "factor_year", year[y].year) : year[y].table.provenance.factors;
    leie_record record = {.dim = "factor"};
    leie_status st = leie_record_open(
        &record, ds, rows, "factor_year factor factor_row factor_group factor_stressor factor_region factor_sector factor_unit #characterisation",
        "year|factor of the characterisation|number of the factor in its year|group or impact|stressor|region, blank for all|"
        "sector, blank for all|unit of the factor|group or impact per unit of the stressor",
        err);
    for (leie_size y = 0; !st && y < years; y++) {
        const leie_provenance *p = &year[y].table.provenance;
        if (year[y].reused)
            st = leie_record_reuse(&record, old, year[y].year, err);
        for (leie_size i = 0; !st && !year[y].reused && i < p->factors; i++) {
            char label[FACTOR_LABEL];
            factor_label(label, sizeof label, year[y].year, &p->factor[i]);
            st = leie_record_add(&record, year[y].year, label, i + 1, (const char *const *)p->factor[i].text, err);
            record.column[FACTOR_VALUE]->number[record.used - 1] = p->factor[i].value;
        }
    }
    if (!st && rows > 0)
        st = leie_dataset_text(ds, record.column[FACTOR_VALUE], "units_by", "factor_unit", err);
    return st;
}

static leie_status add_provenance(leie_record *note, leie_record *source, int year, const leie_provenance *p,
                                  leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < p->notes; i++)
        st = leie_record_add(note, year, leie_note_name(p->note[i].kind), p->note[i].count,
                             (const char *const[]){p->note[i].text, NULL}, err);
    for (leie_size i = 0; !st && i < p->sources; i++)
        st = leie_record_add(source, year, p->source[i].role, p->source[i].bytes,
                             (const char *const[]){p->source[i].path, p->source[i].reader, p->source[i].sha256, NULL}, err);
    return st;
}

leie_status leie_result_add_notes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_flow_accounts *flows,
                                  const leie_dataset *old, leie_error *err)
{
    const leie_provenance *all_years[] = {&flows->flows.provenance, &flows->mfa.provenance};
    leie_size notes = all_years[0]->notes + all_years[1]->notes, sources = all_years[0]->sources + all_years[1]->sources;
    for (leie_size y = 0; y < years; y++) {
        notes += year[y].reused ? leie_reuse_rows(old, "note_year", year[y].year) : year[y].table.provenance.notes;
        sources += year[y].reused ? leie_reuse_rows(old, "source_year", year[y].year) : year[y].table.provenance.sources;
    }
    leie_record note = {.dim = "note"}, source = {.dim = "source"};
    leie_status st = leie_record_open(&note, ds, notes, "note_year note_kind note_count note_text",
                                      "year|kind of note|cells, rows or labels concerned|what was found or done", err);
    if (!st)
        st = leie_record_open(&source, ds, sources, "source_year source_role source_bytes source_path source_reader source_sha256",
                              "year|role of the file|size|path as the study writes it|reader|SHA-256 of the file", err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (!year[y].reused) {
            st = add_provenance(&note, &source, year[y].year, &year[y].table.provenance, err);
            continue;
        }
        st = leie_record_reuse(&note, old, year[y].year, err);
        if (!st)
            st = leie_record_reuse(&source, old, year[y].year, err);
    }
    for (int i = 0; !st && i < 2; i++)
        st = add_provenance(&note, &source, 0, all_years[i], err);
    return st;
}

leie_status leie_result_add_adjustments(leie_dataset *ds, leie_size years, const leie_year *year, const leie_dataset *old,
                                        leie_error *err)
{
    leie_size rows = 0;
    for (leie_size y = 0; y < years; y++)
        rows += year[y].reused ? leie_reuse_rows(old, "adjustment_year", year[y].year) : year[y].table.adjusted.n;
    leie_record record = {.dim = "adjustment"};
    leie_status st = leie_record_open(
        &record, ds, rows,
        "adjustment_year adjustment_step adjustment_number adjustment_region adjustment_code adjustment_unit adjustment_source "
        "#adjustment_before #adjustment_after",
        "year|step of the nest|place in the list of the year|region|product, industry or row|unit of both values|source|"
        "before, in adjustment_unit|after, in adjustment_unit",
        err);
    for (leie_size y = 0; !st && rows > 0 && y < years; y++) {
        if (year[y].reused)
            st = leie_record_reuse(&record, old, year[y].year, err);
        for (leie_size i = 0; !st && !year[y].reused && i < year[y].table.adjusted.n; i++) {
            const leie_adjustment *a = &year[y].table.adjusted.item[i];
            st = leie_record_add(&record, year[y].year, a->step, i + 1,
                                 (const char *const[]){a->region, a->code, a->unit, a->source, NULL}, err);
            record.column[7]->number[record.used - 1] = a->before;
            record.column[8]->number[record.used - 1] = a->after;
        }
    }
    return st;
}
