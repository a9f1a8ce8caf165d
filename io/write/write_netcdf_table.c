// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/table_writer.h"

#include <stdio.h>
#include <string.h>

#include "io/read/text.h"
#include "io/result/axes.h"
#include "io/result/netcdf.h"
#include "kernels/memory.h"

// No image in memory: the table is there already, and netCDF keeps to pages only in a file it creates.
static const leie_size IMAGE_MOST = 1;

static const char *const forms[LEIE_TABLE_FORMS] = {"auto", "dense", "single", "csr", "block"};

const char *leie_table_form_name(leie_table_form form)
{
    return form >= 0 && form < LEIE_TABLE_FORMS ? forms[form] : "unknown";
}

int leie_table_form_find(const char *name)
{
    for (int f = 0; name && f < LEIE_TABLE_FORMS; f++)
        if (strcmp(name, forms[f]) == 0)
            return f;
    return -1;
}

// ---- attributes and labels ----

// What the table does not say is left out.
static leie_status put_text(leie_table_writer *w, const char *name, const char *text, leie_error *err)
{
    return text && text[0] ? leie_dataset_text(&w->ds, NULL, name, text, err) : LEIE_OK;
}

static leie_status put_attributes(leie_table_writer *w, const char *inputs, leie_error *err)
{
    const leie_table *t = w->t;
    const struct {
        const char *name, *text;
    } texts[] = {{"currency", t->currency}, {"unit", t->unit},     {"valuation", t->valuation}, {"prices", t->prices},
                 {"system", t->system},     {"source", t->source}, {"licence", t->licence},     {"inputs_sha256", inputs}};
    char title[64];
    snprintf(title, sizeof title, "Multi-regional input-output table of %d", t->year);
    leie_status st = leie_dataset_text(&w->ds, NULL, "title", title, err);
    st = st ? st : leie_dataset_integer(&w->ds, NULL, "leie_table", w->form >= LEIE_TABLE_BLOCK || w->form == LEIE_TABLE_SINGLE ? 2 : 1, err);
    st = st ? st : leie_dataset_integer(&w->ds, NULL, "year", t->year, err);
    for (size_t i = 0; !st && i < sizeof texts / sizeof texts[0]; i++)
        st = put_text(w, texts[i].name, texts[i].text, err);
    return st;
}

/* The unit of money in a spelling that other programs read. */
static leie_status find_money(leie_table_writer *w, leie_error *err)
{
    const leie_table *t = w->t;
    const char *unit = t->unit ? t->unit : "";
    leie_error why = {0};
    bool mixed = !unit[0];
    for (leie_size i = 0; i < t->sector.n && !mixed; i++)
        mixed = t->sector.unit[i][0] && strcmp(t->sector.unit[i], unit) != 0;
    leie_status st = mixed ? LEIE_OK : leie_unit_spelling(w->money, sizeof w->money, unit, &why);
    if (mixed || st == LEIE_ERR_UNIT || !w->money[0])
        strcpy(w->money, "1");
    return st == LEIE_OK || st == LEIE_ERR_UNIT ? LEIE_OK : leie_fail(err, st, "%s", why.text);
}

// A list of labels: its coordinate and the texts beside it.
static leie_status put_labels(leie_table_writer *w, const char *dim, const char *noun, const leie_labels *labels, leie_error *err)
{
    const struct {
        const char *part;
        char *const *text;
    } parts[] = {{"name", labels->name}, {"unit", labels->unit}, {"kind", labels->kind}};
    if (labels->n == 0)
        return LEIE_OK;
    leie_status st = leie_dataset_coordinate(&w->ds, dim, labels->n, labels->code, NULL, noun, err);
    for (size_t p = 0; !st && p < sizeof parts / sizeof parts[0]; p++) {
        char name[64], meaning[128];
        snprintf(name, sizeof name, "%s_%s", dim, parts[p].part);
        snprintf(meaning, sizeof meaning, "%s of the %s", parts[p].part, noun);
        st = leie_dataset_texts(&w->ds, name, dim, labels->n, parts[p].text, meaning, err);
    }
    return st;
}

static leie_status put_kinds(leie_table_writer *w, leie_error *err)
{
    leie_var *kind = NULL;
    leie_status st =
        leie_dataset_var(&kind, &w->ds, "demand_kind", LEIE_VAR_TEXT, "demand", NULL, "kind of final demand", err);
    for (leie_size f = 0; !st && f < w->t->demand.n; f++)
        st = leie_var_set_text(kind, f, leie_demand_name(w->t->demand.kind[f]), err);
    return st;
}

static leie_status put_axes(leie_table_writer *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_dataset *ds = &w->ds;
    leie_status st = put_labels(w, "region", "region", &t->sector.region, err);
    st = st ? st : leie_dataset_axis(ds, "sector", "sector", &t->sector, err);
    st = st ? st : leie_dataset_texts(ds, "sector_unit", "sector", t->sector.n, t->sector.unit,
                                      "unit of the sector, blank for that of the table", err);
    st = st ? st : leie_dataset_axis(ds, "demand", "final-demand column", &t->demand, err);
    st = st ? st : leie_dataset_texts(ds, "demand_unit", "demand", t->demand.n, t->demand.unit,
                                      "unit of the final-demand column, blank for that of the sector", err);
    st = st ? st : put_kinds(w, err);
    st = st ? st : put_labels(w, "input", "primary input", &t->input, err);
    st = st ? st : put_labels(w, "stressor", "stressor", &t->stressor, err);
    if (st || t->stressor.n == 0)
        return st;
    st = leie_dataset_texts(ds, "stressor_extension", "stressor", t->stressor.n, t->extension,
                            "extension that the stressor belongs to", err);
    return st ? st : leie_dataset_texts(ds, "stressor_basis", "stressor", t->stressor.n, t->basis,
                                        "residence or territory, blank when not stated", err);
}

// ---- numbers ----

// A variable that the dataset borrows, with the SHA-256 of its values.
leie_status leie_table_put_array(leie_table_writer *w, const char *name, const char *dims, const char *units, const char *long_name,
                             double *number, int32_t *narrow, leie_error *err)
{
    leie_var *v = NULL;
    char hex[65];
    leie_status st =
        leie_dataset_lend(&v, &w->ds, name, dims, units, long_name, number, narrow, w->compress, err);
    if (st)
        return st;
    if (narrow)
        leie_hash_bytes(hex, narrow, (size_t)v->count * sizeof *narrow);
    else
        leie_hash_bytes(hex, number, (size_t)v->count * sizeof *number);
    return leie_dataset_text(&w->ds, v, "sha256", hex, err);
}

// Numbers whose units are those of another variable's labels.
static leie_status put_by(leie_table_writer *w, const char *name, const char *dims, const char *long_name, const char *units_by,
                          double *number, leie_error *err)
{
    leie_status st = leie_table_put_array(w, name, dims, "1", long_name, number, NULL, err);
    return st ? st : leie_dataset_text(&w->ds, leie_dataset_find(&w->ds, name), "units_by", units_by, err);
}

leie_status leie_table_put_money(leie_table_writer *w, const char *name, const char *dims, const char *long_name, double *number,
                             leie_error *err)
{
    if (strcmp(w->money, "1") == 0)
        return put_by(w, name, dims, long_name, "sector_unit, else the table's unit", number, err);
    return leie_table_put_array(w, name, dims, w->money, long_name, number, NULL, err);
}

leie_status leie_table_dim(leie_table_writer *w, const char *name, leie_size n, leie_error *err)
{
    leie_size at = leie_dataset_dim(&w->ds, name, n, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status put_dense(leie_table_writer *w, leie_error *err)
{
    const leie_matrix *Z = &w->t->Z;
    double *val = Z->val;
    leie_status st = leie_table_dim(w, "buyer", Z->cols, err);
    if (!st && Z->ld != Z->cols) {
        val = w->packed = leie_new(Z->rows * Z->cols, sizeof *val);
        if (!val)
            st = leie_fail_memory(err, "Z without the ends of its rows", Z->rows * Z->cols, sizeof *val);
        for (leie_size i = 0; !st && i < Z->rows; i++)
            memcpy(val + i * Z->cols, Z->val + i * Z->ld, (size_t)Z->cols * sizeof *val);
    }
    return st ? st : leie_table_put_money(w, "Z", "sector buyer", "sales of each sector to each sector; buyer j is sector j", val, err);
}

leie_status leie_table_put_rows(leie_table_writer *w, const leie_csr *Z, leie_error *err)
{
    leie_var *start = NULL;
    leie_status st = leie_table_dim(w, "row_end", Z->rows + 1, err);
    st = st ? st : leie_dataset_var(&start, &w->ds, "Z_start", LEIE_VAR_INT, "row_end", "1",
                                    "Z by rows: sector i has the values Z_start[i] to Z_start[i + 1] - 1", err);
    if (st)
        return st;
    memcpy(start->integer, Z->row, (size_t)start->count * sizeof *start->integer);
    if (Z->nnz == 0)
        return LEIE_OK;
    st = leie_table_dim(w, "nonzero", Z->nnz, err);
    st = st ? st : leie_table_put_array(w, "Z_column", "nonzero", "1", "position of the buying sector of each value, from 0", NULL,
                             Z->col, err);
    return st ? st : leie_table_put_money(w, "Z_value", "nonzero", "sales of each sector to each sector that are not zero", Z->val, err);
}

static leie_status put_numbers(leie_table_writer *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_status st = LEIE_OK;
    if (w->form == LEIE_TABLE_BLOCK)
        st = leie_table_put_blocks(w, err);
    else if (w->form == LEIE_TABLE_SINGLE)
        st = leie_table_put_single(w, err);
    else
        st = t->Z.form == LEIE_DENSE ? put_dense(w, err) : leie_table_put_rows(w, &t->Z.csr, err);
    st = st ? st : leie_table_put_money(w, "Y", "sector demand", "final demand", t->Y, err);
    st = st ? st : leie_table_put_money(w, "x", "sector", "total output", t->x, err);
    if (!st && t->W)
        st = leie_table_put_money(w, "W", "input sector", "primary inputs", t->W, err);
    if (!st && t->F)
        st = put_by(w, "F", "stressor sector", "pressures of sectors", "stressor_unit", t->F, err);
    if (!st && t->F_Y)
        st = put_by(w, "F_Y", "stressor demand", "direct pressures of final demand", "stressor_unit", t->F_Y, err);
    return st;
}

// ---- provenance ----

static leie_status put_sources(leie_table_writer *w, leie_error *err)
{
    static const char *const name[] = {"source_role", "source_path", "source_reader", "source_sha256"};
    static const char *const meaning[] = {"what the file was read for", "file as the study writes it",
                                          "which reader", "SHA-256 of the file"};
    const leie_provenance *p = &w->t->provenance;
    leie_var *text[4] = {NULL}, *bytes = NULL;
    if (p->sources == 0)
        return LEIE_OK;
    leie_status st = leie_table_dim(w, "source_file", p->sources, err);
    for (int c = 0; !st && c < 4; c++)
        st = leie_dataset_var(&text[c], &w->ds, name[c], LEIE_VAR_TEXT, "source_file", NULL, meaning[c], err);
    st = st ? st : leie_dataset_var(&bytes, &w->ds, "source_bytes", LEIE_VAR_INT, "source_file", "byte",
                                    "length of the file", err);
    for (leie_size i = 0; !st && i < p->sources; i++) {
        const leie_source *s = &p->source[i];
        const char *value[] = {s->role, s->path, s->reader, s->sha256};
        for (int c = 0; !st && c < 4; c++)
            st = leie_var_set_text(text[c], i, value[c] ? value[c] : "", err);
        bytes->integer[i] = s->bytes;
    }
    return st;
}

static leie_status put_notes(leie_table_writer *w, leie_error *err)
{
    const leie_provenance *p = &w->t->provenance;
    leie_var *kind = NULL, *text = NULL, *count = NULL;
    if (p->notes == 0)
        return LEIE_OK;
    leie_status st = leie_table_dim(w, "note", p->notes, err);
    st = st ? st : leie_dataset_var(&kind, &w->ds, "note_kind", LEIE_VAR_TEXT, "note", NULL,
                                    "repaired, dropped, assumed, found or done", err);
    st = st ? st : leie_dataset_var(&text, &w->ds, "note_text", LEIE_VAR_TEXT, "note", NULL, "what was done or found", err);
    st = st ? st : leie_dataset_var(&count, &w->ds, "note_count", LEIE_VAR_INT, "note", "1", "places concerned", err);
    for (leie_size i = 0; !st && i < p->notes; i++) {
        st = leie_var_set_text(kind, i, leie_note_name(p->note[i].kind), err);
        st = st ? st : leie_var_set_text(text, i, p->note[i].text, err);
        count->integer[i] = p->note[i].count;
    }
    return st;
}

// The characterisation as it was used.
static leie_status put_factors(leie_table_writer *w, leie_error *err)
{
    static const char *const name[] = {"factor_group", "factor_stressor", "factor_region", "factor_sector", "factor_unit"};
    static const char *const meaning[] = {"group or impact", "stressor", "region, blank for all", "sector, blank for all",
                                          "unit of the factor"};
    const leie_provenance *p = &w->t->provenance;
    leie_var *text[LEIE_FACTOR_TEXTS] = {NULL}, *value = NULL;
    if (p->factors == 0)
        return LEIE_OK;
    leie_status st = leie_table_dim(w, "factor", p->factors, err);
    for (int c = 0; !st && c < LEIE_FACTOR_TEXTS; c++)
        st = leie_dataset_var(&text[c], &w->ds, name[c], LEIE_VAR_TEXT, "factor", NULL, meaning[c], err);
    st = st ? st : leie_dataset_var(&value, &w->ds, "characterisation", LEIE_VAR_DOUBLE, "factor", "1",
                                    "group or impact per unit of the stressor", err);
    st = st ? st : leie_dataset_text(&w->ds, value, "units_by", "factor_unit", err);
    for (leie_size i = 0; !st && i < p->factors; i++) {
        for (int c = 0; !st && c < LEIE_FACTOR_TEXTS; c++)
            st = leie_var_set_text(text[c], i, p->factor[i].text[c], err);
        value->number[i] = p->factor[i].value;
    }
    return st;
}

static leie_status check(const leie_table *t, leie_error *err)
{
    if (t->sector.n == 0 || t->Z.rows != t->sector.n || t->Z.cols != t->sector.n || !t->x)
        return leie_fail(err, LEIE_ERR_SHAPE, "the table is not whole: %lld sectors, Z of %lld x %lld%s",
                         (long long)t->sector.n, (long long)t->Z.rows, (long long)t->Z.cols, t->x ? "" : ", no x");
    if (t->demand.n == 0 || !t->Y)
        return leie_fail(err, LEIE_ERR_SHAPE, "the table has no final demand");
    return LEIE_OK;
}

/* What the form asked for means for a table, and whether Z must be brought to another form first. */
static leie_table_form form_of(const leie_table *t, leie_table_form asked, leie_matrix_form *needed)
{
    leie_table_form form = asked;
    if (form == LEIE_TABLE_AS_IS)
        form = t->Z.form == LEIE_DENSE ? LEIE_TABLE_DENSE : t->Z.form == LEIE_BLOCKED ? LEIE_TABLE_BLOCK : LEIE_TABLE_CSR;
    *needed = form == LEIE_TABLE_DENSE ? LEIE_DENSE : form == LEIE_TABLE_CSR || t->Z.form == LEIE_FACTORED ? LEIE_SPARSE : t->Z.form;
    return form;
}

static leie_status write_whole(const char *path, const leie_table *t, leie_table_form form,
                               const leie_netcdf_table_opts *opts, leie_error *err)
{
    leie_table_writer w = {.t = t, .form = form, .compress = opts && opts->compress};
    leie_status st = check(t, err);
    st = st ? st : find_money(&w, err);
    st = st ? st : put_attributes(&w, opts ? opts->inputs : NULL, err);
    st = st ? st : put_axes(&w, err);
    st = st ? st : put_numbers(&w, err);
    st = st ? st : put_sources(&w, err);
    st = st ? st : put_notes(&w, err);
    st = st ? st : put_factors(&w, err);
    st = st ? st : leie_netcdf_write(path, &w.ds, IMAGE_MOST, err);
    leie_dataset_clear(&w.ds);
    leie_matrix_free(&w.blocks);
    leie_free(w.packed);
    leie_free(w.single);
    return st;
}

leie_status leie_write_netcdf_table(const char *path, const leie_table *t, const leie_netcdf_table_opts *opts,
                                    leie_error *err)
{
    leie_matrix_form needed;
    leie_table_form form = form_of(t, opts ? opts->form : LEIE_TABLE_AS_IS, &needed);
    if (needed == t->Z.form)
        return write_whole(path, t, form, opts, err);
    leie_table other = *t; // factors are multiplied out, and so on
    leie_status st = leie_matrix_copy(&other.Z, &t->Z, needed, err);
    if (st)
        return st;
    st = write_whole(path, &other, form, opts, err);
    leie_matrix_free(&other.Z);
    return st;
}
