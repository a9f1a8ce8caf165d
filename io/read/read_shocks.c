// SPDX-License-Identifier: GPL-3.0-or-later
/* Interventions from the workbooks of other programs, or from their sheets saved as CSV:
 *
 *   pycirk  one sheet of scenarios.xlsx (its names are on the first or second line): matrix, reg_o, cat_o, reg_d,
 *           cat_d, kt1, kp1, kt2, kp2, at1, at2, Sub, Copy, sk1 .. sk4, swk, reg_o_sc, cat_o_sc, reg_d_sc, cat_d_sc.
 *           Percentages become fractions. Rows are taken in pycirk's order of matrices: A, Y, then coefficients.
 *   mario   the sheets z, Y, v, e of a shock workbook: Region_from, Sector_from (Factor of production_from in v, Satellite
 *           account_from in e), Region_to, Sector_to (Consumption category_to in Y), type, value; or, in older ones, row region, row
 *           sector, column region, column sector (demand category in Y). Percentage is a fraction there already; Absolute adds a
 *           flow, Update replaces. Names of clusters, which stand in MARIO's own session, are unknown codes here.
 *
 * A path that ends in .xlsx is the workbook: of pycirk's the sheet `sheet`, or the one that is called like the scenario; of
 * MARIO's all of the four sheets that are there. What cannot be said with our operators is refused by line, never left out.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/read/lookup.h"
#include "io/read/read_scenario_impl.h"
#include "io/read/workbook.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

enum { COLUMNS_MOST = 64 };

// A sheet with its names wherever they are.
typedef struct sheet {
    leie_csv csv;
    leie_size columns;
    char name[COLUMNS_MOST][LEIE_LABEL_SIZE];
    leie_scenario_reader *r;
    leie_size **position, *n; // the list of interventions that grows
} sheet;

static leie_size column(const sheet *s, const char *name)
{
    for (leie_size c = 0; c < s->columns; c++)
        if (strcmp(s->name[c], name) == 0)
            return c;
    return -1;
}

// Names are those of the header, or of the first record when the header does not have the one that must be there.
static leie_status open_sheet(sheet *s, const leie_path *path, const char *key, leie_error *err)
{
    bool more = false;
    leie_status st = leie_csv_open_wide(&s->csv, path->real, err);
    if (st)
        return st;
    s->columns = s->csv.columns;
    if (s->columns > COLUMNS_MOST)
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "more than %d columns", COLUMNS_MOST);
    for (leie_size c = 0; !st && c < s->columns; c++)
        st = leie_csv_header(&s->csv, c, s->name[c], sizeof s->name[c], err);
    if (st || column(s, key) >= 0)
        return st;
    st = leie_csv_next(&s->csv, &more, err);
    for (leie_size c = 0; !st && more && c < s->columns; c++)
        st = leie_csv_string(&s->csv, c, s->name[c], sizeof s->name[c], err);
    if (!st && column(s, key) < 0)
        st = leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "no column '%s' on the first two lines", key);
    return st;
}

static leie_status close_sheet(sheet *s, leie_status st, const leie_path *path, leie_error *err)
{
    if (!st)
        st = leie_provenance_source(s->r->p, "scenarios", path->shown, "sheet", s->csv.text.bytes, s->csv.text.sha256, err);
    leie_csv_close(&s->csv);
    return st;
}

// A field as text, "" when the sheet lacks the column.
static leie_status field(char text[LEIE_LABEL_SIZE], const sheet *s, const char *name, leie_error *err)
{
    text[0] = '\0';
    leie_size c = column(s, name);
    return c < 0 ? LEIE_OK : leie_csv_string(&s->csv, c, text, LEIE_LABEL_SIZE, err);
}

// A field by its name in newer or in older sheets.
static leie_status either_field(char text[LEIE_LABEL_SIZE], const sheet *s, const char *newer, const char *older, leie_error *err)
{
    return field(text, s, column(s, newer) >= 0 ? newer : older, err);
}

// A field as a number, NaN when it is empty.
static leie_status number(double *value, const sheet *s, const char *name, leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    *value = NAN;
    leie_status st = field(text, s, name, err);
    return st || !text[0] || strcmp(text, "nan") == 0 ? st : leie_csv_number(&s->csv, column(s, name), value, err);
}

// ---- interventions ----

static leie_status begin(leie_intervention **made, sheet *s, leie_operator op, leie_edited matrix, leie_error *err)
{
    leie_scenarios *set = s->r->set;
    char name[64];
    leie_status st = leie_scenario_grow((void **)&set->intervention, set->interventions, sizeof *set->intervention, err);
    st = st ? st : leie_scenario_grow((void **)s->position, *s->n, sizeof **s->position, err);
    if (st)
        return st;
    leie_intervention *v = &set->intervention[set->interventions];
    *v = (leie_intervention){.path = s->r->file, .line = s->csv.line, .op = op, .matrix = matrix};
    (*s->position)[(*s->n)++] = set->interventions++;
    snprintf(name, sizeof name, "row %lld", (long long)s->csv.line);
    *made = v;
    return leie_study_set_string(&v->name, name, err);
}

static leie_status put_amount(leie_intervention *v, leie_amount_role role, double value, leie_error *err)
{
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    return leie_amount_read(&v->amount[role], text, 0, NULL, err);
}

// A list of one text, none when it is empty or All.
static leie_status one_text(char ***list, leie_size *n, const char *text, leie_error *err)
{
    if (!text || !text[0] || strcasecmp(text, "all") == 0)
        return LEIE_OK;
    *list = leie_new(1, sizeof **list);
    if (!*list || !((*list)[0] = leie_strdup(text))) {
        *list = leie_free(*list);
        return leie_fail_memory(err, "a selection", 1, sizeof **list);
    }
    *n = 1;
    return LEIE_OK;
}

// A region or a group of the study, and a code, each empty or All for all.
static leie_status select_one(leie_selection *to, const sheet *s, const char *region, const char *item, leie_error *err)
{
    leie_status st = LEIE_OK;
    to->given = true;
    to->line = s->csv.line;
    if (region && region[0] && strcasecmp(region, "all") != 0)
        st = leie_scenario_add_region(to, s->r, region, err);
    return st ? st : one_text(&to->item, &to->items, item, err);
}

// ---- pycirk ----

// Matrices by their names there. Absolute extensions are coefficients times output: scaling them is the same.
static const struct {
    const char *name;
    leie_edited matrix;
    bool flows;
} pycirk_matrices[] = {{"A", LEIE_EDIT_A, false}, {"Y", LEIE_EDIT_Y, false},    {"w", LEIE_EDIT_S, false},    {"e", LEIE_EDIT_S, false},
                       {"r", LEIE_EDIT_S, false}, {"m", LEIE_EDIT_S, false},    {"W", LEIE_EDIT_S, true},     {"E", LEIE_EDIT_S, true},
                       {"R", LEIE_EDIT_S, true},  {"M", LEIE_EDIT_S, true},     {"eY", LEIE_EDIT_F_Y, false}, {"rY", LEIE_EDIT_F_Y, false},
                       {"mY", LEIE_EDIT_F_Y, false}, {"EY", LEIE_EDIT_F_Y, false}, {"RY", LEIE_EDIT_F_Y, false}, {"MY", LEIE_EDIT_F_Y, false},
                       // as sheets of before version 2 name them
                       {"Ye", LEIE_EDIT_F_Y, false}, {"Yr", LEIE_EDIT_F_Y, false}, {"Ym", LEIE_EDIT_F_Y, false}, {"YE", LEIE_EDIT_F_Y, false},
                       {"YR", LEIE_EDIT_F_Y, false}, {"YM", LEIE_EDIT_F_Y, false}};

// Matrices that are not read, and why.
static const struct {
    const char *name, *why;
} pycirk_others[] = {{"Z", "transactions: the same change per unit of output is one of 'A'"},
                     {"V", "the supply table: an input-output table has none"},
                     {"U", "the use table: an input-output table has none; recipes are 'A'"},
                     {"S", "coefficients of the use table: an input-output table has none; recipes are 'A', pressures 'e', 'r', 'm'"}};

typedef struct pycirk_row {
    leie_edited matrix;
    bool flows;
    char reg_o[LEIE_LABEL_SIZE], cat_o[LEIE_LABEL_SIZE], reg_d[LEIE_LABEL_SIZE], cat_d[LEIE_LABEL_SIZE];
    char reg_o_sc[LEIE_LABEL_SIZE], cat_o_sc[LEIE_LABEL_SIZE], reg_d_sc[LEIE_LABEL_SIZE], cat_d_sc[LEIE_LABEL_SIZE];
    char sub[LEIE_LABEL_SIZE], copy[LEIE_LABEL_SIZE], sk[4][LEIE_LABEL_SIZE];
    double kt1, kp1, kt2, kp2, at1, at2, swk;
} pycirk_row;

static leie_status read_pycirk_row(pycirk_row *row, const sheet *s, leie_error *err)
{
    struct {
        const char *name;
        char *to;
    } texts[] = {{"reg_o", row->reg_o},       {"cat_o", row->cat_o},       {"reg_d", row->reg_d},       {"cat_d", row->cat_d},
                 {"reg_o_sc", row->reg_o_sc}, {"cat_o_sc", row->cat_o_sc}, {"reg_d_sc", row->reg_d_sc}, {"cat_d_sc", row->cat_d_sc},
                 {"Sub", row->sub},           {"Copy", row->copy},         {"sk1", row->sk[0]},         {"sk2", row->sk[1]},
                 {"sk3", row->sk[2]},         {"sk4", row->sk[3]}};
    struct {
        const char *name;
        double *to;
    } numbers[] = {{"kt1", &row->kt1}, {"kp1", &row->kp1}, {"kt2", &row->kt2}, {"kp2", &row->kp2},
                   {"at1", &row->at1}, {"at2", &row->at2}, {"swk", &row->swk}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof texts / sizeof texts[0]; i++)
        st = field(texts[i].to, s, texts[i].name, err);
    for (size_t i = 0; !st && i < sizeof numbers / sizeof numbers[0]; i++)
        st = number(numbers[i].to, s, numbers[i].name, err);
    if (!st && ((!isnan(row->kt1) && isnan(row->kp1)) || (!isnan(row->kt2) && isnan(row->kp2))))
        st = leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "a technical change (kt) without its penetration (kp)");
    return st;
}

static leie_status select_cells(leie_intervention *v, const sheet *s, const pycirk_row *row, leie_error *err)
{
    bool stressors = v->matrix == LEIE_EDIT_S || v->matrix == LEIE_EDIT_F_Y;
    leie_status st = select_one(&v->row, s, stressors ? NULL : row->reg_o, row->cat_o, err);
    return st ? st : select_one(&v->col, s, row->reg_d, row->cat_d, err);
}

static leie_status select_targets(leie_intervention *v, const sheet *s, const pycirk_row *row, leie_error *err)
{
    v->spread = LEIE_SPREAD_PAIRS;
    leie_status st = select_one(&v->to, s, row->reg_o_sc, row->cat_o_sc, err);
    return st ? st : select_one(&v->to_col, s, row->reg_d_sc, row->cat_d_sc, err);
}

// One multiplicative step, and where its reduction goes.
static leie_status add_step(sheet *s, const pycirk_row *row, double kt, double kp, bool moved, leie_error *err)
{
    leie_intervention *v;
    if (isnan(kt))
        return LEIE_OK;
    double change = kt * kp * 1e-4;
    if (moved && change > 0)
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "a rise cannot be substituted: kt is %g", kt);
    leie_status st = begin(&v, s, moved ? LEIE_OP_SUBSTITUTE : LEIE_OP_SCALE, row->matrix, err);
    st = st ? st : select_cells(v, s, row, err);
    if (!moved) {
        st = st ? st : put_amount(v, LEIE_KT, kt * 1e-2, err);
        return st ? st : put_amount(v, LEIE_KP, kp * 1e-2, err);
    }
    st = st ? st : select_targets(v, s, row, err);
    st = st ? st : put_amount(v, LEIE_SHARE, -change, err);
    st = st ? st : put_amount(v, LEIE_QUANTITY, row->swk * 1e-2, err);
    return st ? st : put_amount(v, LEIE_PRICE, 1, err);
}

// The weight of the cells is added to others; the cells stay.
static leie_status add_copy(sheet *s, const pycirk_row *row, leie_error *err)
{
    leie_intervention *v;
    leie_status st = begin(&v, s, LEIE_OP_DISPLACE, row->matrix, err);
    st = st ? st : select_cells(v, s, row, err);
    st = st ? st : select_targets(v, s, row, err);
    st = st ? st : put_amount(v, LEIE_SHARE, 1, err);
    st = st ? st : put_amount(v, LEIE_RATE, 0, err);
    return st ? st : put_amount(v, LEIE_PRICE, row->swk * 1e-2, err);
}

static leie_status add_row(sheet *s, const pycirk_row *row, leie_error *err)
{
    bool sub = strcmp(row->sub, "x") == 0, copy = strcmp(row->copy, "x") == 0, moved[4];
    leie_intervention *v;
    leie_status st = LEIE_OK;
    for (int i = 0; i < 4; i++)
        moved[i] = sub && strcmp(row->sk[i], "x") == 0;
    if ((sub || copy) && isnan(row->swk))
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "a substitution or copy without its weight (swk)");
    if ((sub || copy) && row->matrix != LEIE_EDIT_A && row->matrix != LEIE_EDIT_Y)
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "substitution and copies are read for A and Y only");
    if (moved[2] || moved[3])
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "substitution of an additive change (sk3, sk4) is not read");
    if (copy)
        return add_copy(s, row, err);
    st = add_step(s, row, row->kt1, row->kp1, moved[0], err);
    st = st ? st : add_step(s, row, row->kt2, row->kp2, moved[1], err);
    const double at[] = {row->at1, row->at2};
    for (int i = 0; !st && i < 2; i++) {
        if (isnan(at[i]))
            continue;
        st = begin(&v, s, LEIE_OP_ADD, row->matrix, err);
        st = st ? st : select_cells(v, s, row, err);
        st = st ? st : put_amount(v, LEIE_VALUE, at[i], err);
        if (!st)
            v->flows = row->flows;
    }
    return st;
}

static leie_status refuse_matrix(const sheet *s, const char *name, leie_error *err)
{
    for (size_t i = 0; i < sizeof pycirk_others / sizeof pycirk_others[0]; i++)
        if (strcmp(pycirk_others[i].name, name) == 0)
            return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "matrix: changes of '%s' are not read (%s)", name, pycirk_others[i].why);
    return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "matrix: changes of '%s' are not read (A, Y and coefficients are)", name);
}

// Rows of one matrix after the other: the sheet is read once for each.
static leie_status read_pycirk(leie_scenario_reader *r, leie_size **position, leie_size *n, const leie_path *path, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int matrix = 0; !st && matrix < LEIE_EDITED; matrix++) {
        sheet *s = leie_new(1, sizeof *s);
        pycirk_row *row = leie_new(1, sizeof *row);
        bool more = true;
        if (!s || !row)
            st = leie_fail_memory(err, "a sheet", 1, sizeof *s);
        bool open = !st;
        if (s)
            *s = (sheet){.r = r, .position = position, .n = n};
        st = st ? st : open_sheet(s, path, "matrix", err);
        while (!st && more) {
            char name[LEIE_LABEL_SIZE];
            size_t known = 0;
            st = leie_csv_next(&s->csv, &more, err);
            st = st || !more ? st : field(name, s, "matrix", err);
            if (st || !more || !name[0])
                continue;
            while (known < sizeof pycirk_matrices / sizeof pycirk_matrices[0] && strcmp(pycirk_matrices[known].name, name) != 0)
                known++;
            if (known == sizeof pycirk_matrices / sizeof pycirk_matrices[0])
                st = refuse_matrix(s, name, err);
            if (st || (int)pycirk_matrices[known].matrix != matrix)
                continue;
            row->matrix = pycirk_matrices[known].matrix;
            row->flows = pycirk_matrices[known].flows;
            st = read_pycirk_row(row, s, err);
            st = st ? st : add_row(s, row, err);
        }
        if (open && s->csv.text.data) {
            if (matrix + 1 < LEIE_EDITED || st)
                leie_csv_close(&s->csv);
            else
                st = close_sheet(s, st, path, err);
        }
        leie_free(row);
        leie_free(s);
    }
    return st;
}

// ---- MARIO ----

static leie_status add_shock(sheet *s, leie_edited matrix, leie_error *err)
{
    char region[LEIE_LABEL_SIZE], item[LEIE_LABEL_SIZE], to_region[LEIE_LABEL_SIZE], to_item[LEIE_LABEL_SIZE], type[LEIE_LABEL_SIZE];
    double value = NAN;
    leie_intervention *v;
    bool stressors = matrix == LEIE_EDIT_S, factors = column(s, "Factor of production_from") >= 0;
    const char *row = !stressors ? "Sector_from" : factors ? "Factor of production_from" : "Satellite account_from";
    leie_status st = either_field(region, s, "Region_from", "row region", err);
    st = st ? st : either_field(item, s, row, "row sector", err);
    st = st ? st : either_field(to_region, s, "Region_to", "column region", err);
    st = st ? st : either_field(to_item, s, matrix == LEIE_EDIT_Y ? "Consumption category_to" : "Sector_to",
                                matrix == LEIE_EDIT_Y ? "demand category" : "column sector", err);
    st = st ? st : field(type, s, "type", err);
    st = st ? st : number(&value, s, "value", err);
    if (st)
        return st;
    if (!item[0] && !to_item[0] && !type[0] && isnan(value))
        return LEIE_OK; // rows that a template keeps free
    if (!item[0] || !to_item[0] || isnan(value))
        return leie_csv_fail(&s->csv, -1, LEIE_ERR_DATA, err, "a shock with an empty cell, or without a column of its own for it");
    leie_operator op = strcmp(type, "Percentage") == 0 ? LEIE_OP_SCALE : strcmp(type, "Absolute") == 0 ? LEIE_OP_ADD : LEIE_OP_SET;
    if (op == LEIE_OP_SET && strcmp(type, "Update") != 0)
        return leie_csv_fail(&s->csv, column(s, "type"), LEIE_ERR_DATA, err, "'%s' is not read: Percentage, Absolute or Update", type);
    st = begin(&v, s, op, matrix, err);
    st = st ? st : select_one(&v->row, s, stressors ? NULL : region, item, err);
    st = st ? st : select_one(&v->col, s, to_region, to_item, err);
    if (!st)
        v->flows = op == LEIE_OP_ADD;
    return st ? st : put_amount(v, op == LEIE_OP_SCALE ? LEIE_KT : LEIE_VALUE, value, err);
}

static leie_status read_mario_sheet(leie_scenario_reader *r, leie_size **position, leie_size *n, const leie_path *path, leie_edited matrix,
                                    leie_error *err)
{
    sheet *s = leie_new(1, sizeof *s);
    bool more = true;
    if (!s)
        return leie_fail_memory(err, "a sheet", 1, sizeof *s);
    *s = (sheet){.r = r, .position = position, .n = n};
    leie_status st = open_sheet(s, path, "type", err);
    while (!st && more) {
        st = leie_csv_next(&s->csv, &more, err);
        if (!st && more)
            st = add_shock(s, matrix, err);
    }
    if (s->csv.text.data)
        st = close_sheet(s, st, path, err);
    leie_free(s);
    return st;
}

// ---- workbooks ----

static bool is_workbook(const leie_path *path)
{
    size_t length = path->real ? strlen(path->real) : 0;
    return length > 5 && strcasecmp(path->real + length - 5, ".xlsx") == 0;
}

// book.xlsx#sheet
static leie_status name_sheet(leie_path *path, const char *name, leie_error *err)
{
    char **texts[] = {&path->real, &path->shown};
    for (int i = 0; i < 2; i++) {
        size_t room = strlen(*texts[i]) + strlen(name) + 2;
        char *named = leie_new((leie_size)room, 1);
        if (!named)
            return leie_fail_memory(err, "path", (leie_size)room, 1);
        snprintf(named, room, "%s#%s", *texts[i], name);
        leie_free(*texts[i]);
        *texts[i] = named;
    }
    return LEIE_OK;
}

// ---- the key `import` ----

static const char *const import_keys[] = {"format", "path", "sheet", "z", "Y", "v", "e", NULL};
static const struct {
    const char *key;
    leie_edited matrix;
} mario_sheets[] = {{"z", LEIE_EDIT_A}, {"Y", LEIE_EDIT_Y}, {"v", LEIE_EDIT_S}, {"e", LEIE_EDIT_S}};

enum { MARIO_SHEETS = sizeof mario_sheets / sizeof mario_sheets[0] };

static leie_status import_pycirk(leie_scenario_reader *r, leie_size **position, leie_size *n, const leie_yaml *map, const leie_yaml *node,
                                 leie_error *err)
{
    leie_path path = {0};
    const char *name = NULL;
    leie_status st = leie_study_path(&path, r->study, node, "path", &r->folder, err);
    if (!st && !path.real)
        st = leie_yaml_fail(node, err, "'import' from pycirk needs 'path', its workbook or a sheet saved as CSV");
    st = st ? st : leie_yaml_text(node, "sheet", &name, err);
    if (!st && name && !is_workbook(&path))
        st = leie_yaml_fail(leie_yaml_get(node, "sheet"), err, "'sheet' is a sheet of a workbook (.xlsx), %s is none", path.shown);
    st = st || name ? st : leie_yaml_text(map, "scenario", &name, err);
    if (!st && is_workbook(&path))
        st = name_sheet(&path, name, err);
    st = st ? st : read_pycirk(r, position, n, &path, err);
    leie_study_path_clear(&path);
    return st;
}

// Sheets of supply and use, which we have no operators for.
static bool is_supply_use(const char *name)
{
    static const char *const names[] = {"u", "s", "Yc", "Ya", "va", "vc", "ea", "ec"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

// The sheets of the four names that the workbook has.
static leie_status import_mario_workbook(leie_scenario_reader *r, leie_size **position, leie_size *n, const leie_path *book, leie_error *err)
{
    leie_workbook *wb = NULL;
    leie_size found = 0;
    leie_status st = leie_workbook_open(&wb, book->real, err);
    for (leie_size s = 0; !st && s < leie_workbook_sheets(wb); s++)
        if (is_supply_use(leie_workbook_sheet(wb, s)))
            st = leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s' holds shocks of supply and use, which are not read: z, Y, v, e are", book->shown,
                           leie_workbook_sheet(wb, s));
    for (int i = 0; !st && i < MARIO_SHEETS; i++)
        for (leie_size s = 0; !st && s < leie_workbook_sheets(wb); s++) {
            leie_path path = {0};
            if (strcmp(leie_workbook_sheet(wb, s), mario_sheets[i].key) != 0)
                continue;
            path.real = leie_strdup(book->real);
            path.shown = leie_strdup(book->shown);
            st = path.real && path.shown ? name_sheet(&path, mario_sheets[i].key, err) : leie_fail_memory(err, "path", 1, strlen(book->real));
            st = st ? st : read_mario_sheet(r, position, n, &path, mario_sheets[i].matrix, err);
            leie_study_path_clear(&path);
            found++;
        }
    leie_workbook_close(wb);
    if (!st && found == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: none of the sheets z, Y, v, e of a shock workbook is there", book->shown);
    return st;
}

static leie_status import_mario(leie_scenario_reader *r, leie_size **position, leie_size *n, const leie_yaml *node, leie_error *err)
{
    leie_path path = {0};
    leie_status st = leie_study_path(&path, r->study, node, "path", &r->folder, err);
    if (!st && path.real && !is_workbook(&path))
        st = leie_yaml_fail(leie_yaml_get(node, "path"), err, "'path' is MARIO's workbook (.xlsx); sheets saved as CSV are 'z', 'Y', 'v', 'e'");
    if (!st && leie_yaml_get(node, "sheet"))
        st = leie_yaml_fail(leie_yaml_get(node, "sheet"), err, "'sheet' belongs to pycirk: of MARIO's workbook z, Y, v, e are read");
    if (!st && path.real)
        st = import_mario_workbook(r, position, n, &path, err);
    for (int i = 0; !st && i < MARIO_SHEETS; i++) {
        leie_study_path_clear(&path);
        st = leie_study_path(&path, r->study, node, mario_sheets[i].key, &r->folder, err);
        if (!st && path.real)
            st = read_mario_sheet(r, position, n, &path, mario_sheets[i].matrix, err);
    }
    leie_study_path_clear(&path);
    return st;
}

leie_status leie_read_shocks(leie_size **position, leie_size *n, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    static const char *const formats[] = {"pycirk", "mario", NULL};
    const leie_yaml *node = leie_yaml_get(map, "import");
    int format = -1;
    leie_size before = *n;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, import_keys, err);
    st = st ? st : leie_study_choice(&format, node, "format", formats, err);
    if (!st && format < 0)
        st = leie_yaml_fail(node, err, "'import' needs 'format': pycirk or mario");
    if (!st)
        st = format == 0 ? import_pycirk(r, position, n, map, node, err) : import_mario(r, position, n, node, err);
    if (!st && *n == before)
        st = leie_yaml_fail(node, err, "'import' holds no change");
    return st;
}
