// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/eurostat.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/container.h"
#include "io/read/eurostat_impl.h"
#include "io/read/lookup.h"
#include "kernels/memory.h"
#include "kernels/number.h"

void leie_cube_clear(leie_cube *cube)
{
    for (int d = 0; d < LEIE_CUBE_DIMS; d++)
        leie_labels_clear(&cube->label[d]);
    leie_labels_clear(&cube->dim);
    leie_free(cube->value);
    leie_free(cube->flag);
    *cube = (leie_cube){0};
}

leie_size leie_cube_cell(const leie_cube *cube, const leie_size at[LEIE_CUBE_DIMS])
{
    leie_size cell = 0;
    for (leie_size d = 0; d < cube->dim.n; d++)
        cell = cell * cube->label[d].n + at[d];
    return cell;
}

leie_status leie_cube_new(leie_cube *cube, const char *path, leie_error *err)
{
    cube->cells = 1;
    for (leie_size d = 0; d < cube->dim.n; d++) {
        leie_size n = cube->label[d].n;
        if (n > 0 && cube->cells > LEIE_CUBE_CELLS / n)
            return leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %d cells", path, LEIE_CUBE_CELLS);
        cube->cells *= n;
    }
    cube->value = leie_new(cube->cells, sizeof *cube->value);
    cube->flag = leie_new(cube->cells, sizeof *cube->flag);
    if (!cube->value || !cube->flag)
        return leie_fail_memory(err, path, cube->cells, sizeof *cube->value);
    for (leie_size c = 0; c < cube->cells; c++)
        cube->value[c] = NAN;
    return LEIE_OK;
}

leie_status leie_cube_dim(leie_cube *cube, const char *name, const char *path, leie_error *err)
{
    char lower[LEIE_LABEL_SIZE];
    size_t i = 0;
    for (; name[i] && i + 1 < sizeof lower; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    lower[i] = '\0';
    if (cube->dim.n == LEIE_CUBE_DIMS)
        return leie_fail(err, LEIE_ERR_DATA, "%s: more than %d dimensions", path, LEIE_CUBE_DIMS);
    leie_size at =
        leie_labels_add(&cube->dim, strcmp(lower, "time_period") == 0 ? "time" : lower, NULL, NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

void leie_cube_set_flag(leie_cube *cube, leie_size cell, const char *text, size_t size)
{
    size_t length = size < LEIE_CUBE_FLAGS - 1 ? size : LEIE_CUBE_FLAGS - 1;
    memcpy(cube->flag[cell], text, length);
    cube->flag[cell][length] = '\0';
}

// ---- text formats: the labels of a file, then its values ----

static leie_slice trim(leie_slice s)
{
    while (s.size > 0 && isspace((unsigned char)s.at[0]))
        s = (leie_slice){s.at + 1, s.size - 1};
    while (s.size > 0 && isspace((unsigned char)s.at[s.size - 1]))
        s.size--;
    return s;
}

// Position of a code in a dimension, which is added while the labels are collected.
static leie_status find_code(leie_size *at, leie_cube *cube, leie_size d, leie_slice code, const leie_csv *csv,
                             leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    code = trim(code);
    if (code.size == 0 || (size_t)code.size >= sizeof text)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a code of '%s' that is empty or too long",
                             cube->dim.code[d]);
    memcpy(text, code.at, (size_t)code.size);
    text[code.size] = '\0';
    *at = leie_labels_find(&cube->label[d], text);
    if (*at < 0 && cube->value)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "code '%s' is new", text);
    if (*at < 0)
        *at = leie_labels_add(&cube->label[d], text, NULL, NULL, NULL, err);
    return *at < 0 ? (leie_status)*at : LEIE_OK;
}

// "463.1 p", ": c", ":": a number and flags.
static leie_status take_cell(leie_cube *cube, leie_size cell, leie_slice text, leie_slice flag, const leie_csv *csv,
                             leie_size c, leie_error *err)
{
    text = trim(text);
    leie_size number = 0;
    while (number < text.size && text.at[number] != ' ')
        number++;
    leie_slice rest = trim((leie_slice){text.at + number, text.size - number});
    if (rest.size > 0)
        flag = rest;
    if (!isnan(cube->value[cell]) || cube->flag[cell][0])
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "this cell was given before");
    flag = trim(flag);
    leie_cube_set_flag(cube, cell, flag.at, (size_t)flag.size);
    if (number == 0 || (number == 1 && text.at[0] == ':'))
        return LEIE_OK;
    leie_number_fault fault = leie_number_read(&cube->value[cell], text.at, number);
    if (fault == LEIE_NUMBER_OK)
        return LEIE_OK;
    return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s: '%.*s'", leie_number_why(fault),
                         (int)(number < 40 ? number : 40), text.at);
}

// ---- TSV:  freq,unit,geo\TIME_PERIOD <tab> 2014 <tab> 2015 ... ----

// The piece of a comma-separated list that begins at *from; *from moves behind it.
static leie_slice next_piece(leie_slice list, leie_size *from)
{
    leie_size start = *from;
    while (*from < list.size && list.at[*from] != ',' && list.at[*from] != '\\')
        ++*from;
    leie_slice piece = {list.at + start, *from - start};
    ++*from;
    return piece;
}

static leie_status add_dim(leie_cube *cube, leie_slice name, const leie_csv *csv, leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    name = trim(name);
    if (name.size == 0 || (size_t)name.size >= sizeof text)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a dimension without a name");
    memcpy(text, name.at, (size_t)name.size);
    text[name.size] = '\0';
    return leie_cube_dim(cube, text, csv->text.path, err);
}

static leie_status tsv_dims(leie_cube *cube, const leie_csv *csv, leie_error *err)
{
    leie_slice corner = csv->header[0];
    leie_status st = LEIE_OK;
    if (csv->columns < 2 || !memchr(corner.at, '\\', (size_t)corner.size))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err,
                             "no Eurostat TSV: the first field should be like 'freq,unit,geo\\TIME_PERIOD'");
    for (leie_size from = 0; !st && from < corner.size;)
        st = add_dim(cube, next_piece(corner, &from), csv, err);
    return st;
}

static leie_status tsv_record(leie_cube *cube, const leie_csv *csv, leie_error *err)
{
    leie_size at[LEIE_CUBE_DIMS] = {0}, last = cube->dim.n - 1, from = 0, d = 0;
    leie_slice key = csv->field[0];
    leie_status st = LEIE_OK;
    for (; !st && d < last && from < key.size; d++)
        st = find_code(&at[d], cube, d, next_piece(key, &from), csv, err);
    if (!st && (d < last || from < key.size))
        st =
            leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the key has not the %lld codes of the header", (long long)last);
    for (leie_size c = 1; !st && c < csv->columns; c++) {
        st = find_code(&at[last], cube, last, csv->header[c], csv, err);
        if (!st && cube->value)
            st = take_cell(cube, leie_cube_cell(cube, at), csv->field[c], (leie_slice){"", 0}, csv, c, err);
    }
    return st;
}

// ---- SDMX-CSV: one observation per record ----

static bool is_attribute(leie_slice name)
{
    static const char *const attribute[] = {"DATAFLOW",    "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME",
                                            "LAST UPDATE", "OBS_VALUE", "OBS_FLAG",     "OBS_STATUS",
                                            "CONF_STATUS", "ACTION",    "UNIT_MULT",    "DECIMALS"};
    for (size_t i = 0; i < sizeof attribute / sizeof attribute[0]; i++)
        if (strlen(attribute[i]) == (size_t)name.size && memcmp(attribute[i], name.at, (size_t)name.size) == 0)
            return true;
    return false;
}

static leie_status sdmx_dims(leie_cube *cube, const leie_csv *csv, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (leie_csv_column(csv, "OBS_VALUE") < 0)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "no SDMX-CSV: column 'OBS_VALUE' is missing");
    for (leie_size c = 0; !st && c < csv->columns; c++)
        if (!is_attribute(csv->header[c]))
            st = add_dim(cube, csv->header[c], csv, err);
    return st;
}

static leie_status sdmx_record(leie_cube *cube, const leie_csv *csv, leie_error *err)
{
    leie_size at[LEIE_CUBE_DIMS] = {0}, d = 0, value = leie_csv_column(csv, "OBS_VALUE"),
              flag = leie_csv_column(csv, "OBS_FLAG"), power = leie_csv_column(csv, "UNIT_MULT");
    double exponent = 0;
    leie_status st = LEIE_OK;
    if (flag < 0)
        flag = leie_csv_column(csv, "OBS_STATUS");
    for (leie_size c = 0; !st && c < csv->columns; c++)
        if (!is_attribute(csv->header[c])) {
            st = find_code(&at[d], cube, d, csv->field[c], csv, err);
            d++;
        }
    if (st || !cube->value)
        return st;
    leie_size cell = leie_cube_cell(cube, at);
    st = take_cell(cube, cell, csv->field[value], flag >= 0 ? csv->field[flag] : (leie_slice){"", 0}, csv, value, err);
    if (!st && power >= 0 && csv->field[power].size > 0)
        st = leie_csv_number(csv, power, &exponent, err);
    if (!st)
        cube->value[cell] *= pow(10, exponent);
    return st;
}

// ---- both ----

typedef leie_status (*dims_fn)(leie_cube *cube, const leie_csv *csv, leie_error *err);

static leie_status read_text(leie_cube *cube, const leie_place *place, char separator, dims_fn dims, dims_fn record,
                             leie_provenance *p, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int pass = 0; !st && pass < 2; pass++) { // labels, then values
        leie_csv csv = {.separator = separator};
        bool more = false;
        st = leie_csv_open_wide(&csv, place->real, err);
        if (!st && pass == 0)
            st = dims(cube, &csv, err);
        while (!st && !(st = leie_csv_next(&csv, &more, err)) && more)
            st = record(cube, &csv, err);
        if (!st)
            st = pass == 0 ? leie_cube_new(cube, place->real, err) : leie_place_source(place, &csv, p, "eurostat", err);
        leie_csv_close(&csv);
    }
    return st;
}

bool leie_eurostat_ending(const char *file, const char *ending)
{
    size_t length = strlen(file), size = strlen(ending);
    if (length > 4 && strcmp(file + length - 4, ".zip") == 0)
        length -= 4;
    if (length > 3 && strncmp(file + length - 3, ".gz", 3) == 0)
        length -= 3;
    return length > size && strncmp(file + length - size, ending, size) == 0;
}

leie_status leie_eurostat_read(leie_cube *cube, const leie_place *place, leie_provenance *p, leie_error *err)
{
    char file[4096];
    leie_status st = leie_container_name(file, sizeof file, place->real, err);
    *cube = (leie_cube){0};
    if (st)
        return st;
    if (leie_eurostat_ending(file, ".tsv"))
        st = read_text(cube, place, '\t', tsv_dims, tsv_record, p, err);
    else if (leie_eurostat_ending(file, ".csv"))
        st = read_text(cube, place, ',', sdmx_dims, sdmx_record, p, err);
    else if (leie_eurostat_ending(file, ".json"))
        st = leie_jsonstat_read(cube, place, p, err);
    else
        st = leie_fail(err, LEIE_ERR_DATA, "%s: expected a file that ends in .tsv, .json or .csv", file);
    if (st)
        leie_cube_clear(cube);
    return st;
}
