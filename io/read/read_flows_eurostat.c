// SPDX-License-Identifier: GPL-3.0-or-later
/* Flows from the material flow accounts that Eurostat publishes (env_ac_mfa, env_ac_rme), TSV or JSON-stat:
 * dimensions indic_env (the kind), material, unit, geo and time; any other must have one position. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/eurostat.h"
#include "io/read/read_flows_impl.h"
#include "kernels/memory.h"

enum axis { INDICATOR, MATERIAL, UNIT, GEO, TIME, AXES };
static const char *const axis_name[AXES] = {"indic_env", "material", "unit", "geo", "time"};

typedef struct publication {
    leie_cube cube;
    leie_size axis[AXES];     // positions of the dimensions
    const leie_materials *m;
    leie_flows *f;
    leie_size other_units, other_kinds, other_materials; // cells left out
} publication;

static leie_status find_axes(publication *p, const char *shown, leie_error *err)
{
    for (int a = 0; a < AXES; a++) {
        p->axis[a] = leie_labels_find(&p->cube.dim, axis_name[a]);
        if (p->axis[a] < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: no dimension '%s': not a material flow account of Eurostat", shown,
                             axis_name[a]);
    }
    for (leie_size d = 0; d < p->cube.dim.n; d++) {
        bool ours = false;
        for (int a = 0; a < AXES; a++)
            ours |= p->axis[a] == d;
        if (!ours && p->cube.label[d].n != 1)
            return leie_fail(err, LEIE_ERR_DATA, "%s: dimension '%s' has %lld positions, one is expected", shown,
                             p->cube.dim.code[d], (long long)p->cube.label[d].n);
    }
    return LEIE_OK;
}

static const char *code_of(const publication *p, enum axis a, const leie_size *at)
{
    return p->cube.label[p->axis[a]].code[at[p->axis[a]]];
}

// The worst thing that the letters of a flag say: e, s estimated; p provisional; i imputed.
static leie_flow_status status_of(const char *flag)
{
    return strchr(flag, 'i')   ? LEIE_FLOW_IMPUTED
           : strchr(flag, 'p') ? LEIE_FLOW_PROVISIONAL
           : strpbrk(flag, "es") ? LEIE_FLOW_ESTIMATED
                                 : LEIE_FLOW_GIVEN;
}

// t per unit of the file, 0 for one that is no mass (per head, index).
static double tonnes_per(const char *unit)
{
    return strcmp(unit, "THS_T") == 0 ? 1000 : strcmp(unit, "T") == 0 ? 1 : 0;
}

static leie_status take_cell(publication *p, const leie_size *at, leie_error *err)
{
    leie_size cell = leie_cube_cell(&p->cube, at);
    const char *geo = code_of(p, GEO, at);
    double factor = tonnes_per(code_of(p, UNIT, at));
    int kind = leie_flow_kind_find(code_of(p, INDICATOR, at));
    leie_size material = leie_labels_find(&p->m->label, code_of(p, MATERIAL, at));
    if (isnan(p->cube.value[cell]))
        return LEIE_OK;
    p->other_units += factor == 0;
    p->other_kinds += factor > 0 && kind < 0;
    p->other_materials += factor > 0 && kind >= 0 && material < 0;
    if (factor == 0 || kind < 0 || material < 0)
        return LEIE_OK;
    leie_size region = leie_labels_find(&p->f->region, geo);
    if (region < 0)
        region = leie_labels_add(&p->f->region, geo, p->cube.label[p->axis[GEO]].name[at[p->axis[GEO]]], NULL, NULL, err);
    if (region < 0)
        return (leie_status)region;
    const leie_flow row = {.year = atoi(code_of(p, TIME, at)), .region = (leie_index)region, .partner = -1,
                           .material = (leie_index)material, .tag = {-1, -1, -1, -1}, .kind = (leie_flow_kind)kind,
                           .status = status_of(p->cube.flag[cell]), .tonnes = factor * p->cube.value[cell],
                           .value_eur = NAN, .sd = NAN, .line = cell + 1};
    return leie_flows_add(p->f, &row, err);
}

static leie_status take_cells(publication *p, leie_error *err)
{
    leie_size at[LEIE_CUBE_DIMS] = {0};
    leie_status st = LEIE_OK;
    for (leie_size cell = 0; !st && cell < p->cube.cells; cell++) {
        leie_size rest = cell;
        for (leie_size d = p->cube.dim.n - 1; d >= 0; d--) {
            at[d] = rest % p->cube.label[d].n;
            rest /= p->cube.label[d].n;
        }
        st = take_cell(p, at, err);
    }
    return st;
}

static leie_status note_left_out(const publication *p, leie_error *err)
{
    leie_size all = p->other_units + p->other_kinds + p->other_materials;
    if (!all)
        return LEIE_OK;
    return leie_provenance_note(&p->f->provenance, LEIE_NOTE_DROPPED, all, err,
                                "published cells left out: %lld in units that are no mass, %lld of other indicators, "
                                "%lld of materials that the list does not have", (long long)p->other_units,
                                (long long)p->other_kinds, (long long)p->other_materials);
}

leie_status leie_read_flows_eurostat(leie_flows *f, const leie_place *place, const leie_materials *m, leie_error *err)
{
    publication p = {.m = m, .f = f};
    leie_status st = leie_eurostat_read(&p.cube, place, &f->provenance, err);
    st = st ? st : find_axes(&p, place->shown, err);
    st = st ? st : take_cells(&p, err);
    st = st ? st : note_left_out(&p, err);
    leie_cube_clear(&p.cube);
    return st;
}
