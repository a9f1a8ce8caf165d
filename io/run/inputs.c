// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/inputs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/read/container.h"
#include "io/read/read_scenario.h"
#include "io/read/read_table.h"
#include "io/read/text.h"
#include "io/result/seal.h"
#include "io/run/version.h"

// Text that grows: what is hashed.
typedef struct ledger {
    char *text;
    leie_size size, room;
} ledger;

static leie_status ledger_add(ledger *l, const char *role, const char *path, const char *hex, leie_error *err)
{
    leie_size need = (leie_size)(strlen(role) + strlen(path) + strlen(hex) + 4);
    if (l->size + need > l->room) {
        leie_size room = 2 * (l->size + need);
        char *grown = leie_resize(l->text, l->size, room, 1);
        if (!grown)
            return leie_fail_memory(err, "list of inputs", room, 1);
        l->text = grown;
        l->room = room;
    }
    l->size += snprintf(l->text + l->size, (size_t)(l->room - l->size), "%s %s %s\n", role, path, hex);
    return LEIE_OK;
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

// A file of the study for a year; readers also take path.gz, so that one counts when path is not there.
static leie_status ledger_file(ledger *l, const char *role, const leie_path *path, int year, leie_error *err)
{
    if (!path->real)
        return LEIE_OK;
    char *real = leie_path_for(path, year);
    char *packed = real ? leie_new((leie_size)strlen(real) + 4, 1) : NULL;
    leie_status st = LEIE_OK;
    char hex[65];
    leie_size bytes;
    if (!packed) {
        st = leie_fail_memory(err, "path", 1, 1);
        goto done;
    }
    sprintf(packed, "%s.gz", real);
    st = leie_hash_file(hex, &bytes, !exists(real) && exists(packed) ? packed : real, err);
    if (st)
        goto done;
    st = ledger_add(l, role, path->shown, hex, err);
done:
    leie_free(packed);
    leie_free(real);
    return st;
}

// A file in a folder; folders below it are none.
static leie_status ledger_inside(ledger *l, const char *folder, const char *name, leie_error *err)
{
    char hex[65];
    leie_size size = (leie_size)(strlen(folder) + strlen(name) + 2), bytes;
    char *file = leie_new(size, 1);
    struct stat info;
    if (!file)
        return leie_fail_memory(err, "path", size, 1);
    snprintf(file, (size_t)size, "%s/%s", folder, name);
    bool regular = stat(file, &info) == 0 && S_ISREG(info.st_mode);
    leie_status st = regular ? leie_hash_file(hex, &bytes, file, err) : LEIE_OK;
    if (!st && regular)
        st = ledger_add(l, "table", name, hex, err);
    leie_free(file);
    return st;
}

// Every file of a folder, by name; an archive that stands for a folder is one file.
static leie_status ledger_folder(ledger *l, const leie_path *path, int year, leie_error *err)
{
    char *real = leie_path_for(path, year);
    size_t length;
    leie_labels files = {0};
    if (!real)
        return leie_fail_memory(err, "path", 1, 1);
    bool folder = leie_is_folder(real), archive = !folder && leie_container_of(real, &length) == LEIE_CONTAINER_ZIP;
    leie_status st = folder    ? leie_container_list(&files, real, err)
                     : archive ? ledger_file(l, "table", path, year, err)
                               : leie_fail(err, LEIE_ERR_IO, "%s: folder of tables not found", real);
    for (leie_size i = 0; !st && i < files.n; i++)
        st = ledger_inside(l, real, files.code[i], err);
    leie_labels_clear(&files);
    leie_free(real);
    return st;
}

const leie_study_tables *leie_study_tables_of(const leie_study *study, int year)
{
    for (leie_size i = 0; i < study->tables; i++)
        for (leie_size j = 0; j < study->table[i].years; j++)
            if (study->table[i].year[j] == year)
                return &study->table[i];
    return NULL;
}

bool leie_study_extension_holds(const leie_study_extension *extension, int year)
{
    for (leie_size i = 0; i < extension->years; i++)
        if (extension->year[i] == year)
            return true;
    return extension->years == 0;
}

// A table file by the hash it ends with, which its reader holds against the bytes; one without by its bytes.
static leie_status ledger_sealed(ledger *l, const leie_path *path, int year, leie_error *err)
{
    char *real = leie_path_for(path, year), hex[65] = "";
    if (!real)
        return leie_fail_memory(err, "path", 1, 1);
    leie_status st = leie_seal_stated(hex, real, err);
    if (!st)
        st = hex[0] ? ledger_add(l, "table", path->shown, hex, err) : ledger_file(l, "table", path, year, err);
    leie_free(real);
    return st;
}

static leie_status ledger_database_file(void *l, const char *shown, const char *real, leie_error *err)
{
    char hex[65];
    leie_size bytes;
    leie_status st = leie_hash_file(hex, &bytes, real, err);
    return st ? st : ledger_add(l, "table", shown, hex, err);
}

static leie_status ledger_tables(ledger *l, const leie_study_tables *spec, int year, leie_error *err)
{
    if (spec->format == LEIE_FORMAT_CSV)
        return ledger_folder(l, &spec->path, year, err);
    if (spec->format == LEIE_FORMAT_NETCDF)
        return ledger_sealed(l, &spec->path, year, err);
    if (spec->format == LEIE_FORMAT_LAYOUT)
        return leie_layout_files(spec, year, ledger_database_file, l, err);
    const leie_path *file[] = {&spec->Z, &spec->Y,       &spec->x,
                               &spec->labels, &spec->demand_labels, &spec->imports,
                               &spec->import_multipliers};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof file / sizeof file[0]; i++)
        st = ledger_file(l, "table", file[i], year, err);
    return st;
}

static leie_status ledger_extension(ledger *l, const leie_study_extension *e, int year, leie_error *err)
{
    if (e->layout) {
        const leie_study_tables spec = {.layout = e->layout, .path = e->F};
        leie_status failed = leie_layout_files(&spec, year, ledger_database_file, l, err);
        const leie_path *more[] = {&e->factors, &e->totals, &e->allocate, &e->groups};
        for (size_t i = 0; !failed && i < sizeof more / sizeof more[0]; i++)
            failed = ledger_file(l, e->name, more[i], year, err);
        return failed;
    }
    const leie_path *file[] = {&e->F, &e->F_Y, &e->stressors, &e->factors, &e->totals, &e->allocate, &e->groups};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof file / sizeof file[0]; i++)
        st = ledger_file(l, e->name, file[i], year, err);
    return st;
}

// Scenario files, and what they refer to.
static leie_status ledger_scenarios(ledger *l, const leie_study *study, leie_error *err)
{
    leie_scenarios set = {0};
    leie_provenance p = {0};
    if (!study->scenario_files)
        return LEIE_OK;
    leie_status st = leie_read_scenarios(&set, study, &p, err);
    for (leie_size i = 0; !st && i < p.sources; i++)
        st = ledger_add(l, p.source[i].role, p.source[i].path, p.source[i].sha256, err);
    leie_provenance_clear(&p);
    leie_scenarios_clear(&set);
    return st;
}

static leie_status ledger_nest(ledger *l, const leie_study_nest *nest, int year, leie_error *err)
{
    const leie_study_sut *s = &nest->sut;
    const leie_path *file[] = {&nest->keys, &nest->sectors, &s->distances,   &s->trade, &s->known,     &s->prices,
                               &s->cif_fob, &s->vintage,    &s->concordance, &s->back,  &s->pressures, &s->update_totals};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof file / sizeof file[0]; i++)
        st = ledger_file(l, "keys", file[i], year, err);
    if (!st && s->path.real)
        st = ledger_folder(l, &s->path, year, err);
    if (!st && s->national.real)
        st = ledger_folder(l, &s->national, year, err);
    return st;
}

leie_status leie_inputs_hash(char *hex, const leie_study *study, int year, leie_error *err)
{
    const leie_study_tables *spec = leie_study_tables_of(study, year);
    if (!spec)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no table for %d", study->file, year);
    ledger l = {0};
    char text[32];
    snprintf(text, sizeof text, "%d", year);
    leie_status st = ledger_add(&l, leie_version(), leie_commit(), text, err);
    char options[65];
    if (!st)
        st = leie_study_options_hash(options, study, year, err);
    if (!st)
        st = ledger_add(&l, "options", "", options, err);
    if (!st)
        st = ledger_tables(&l, spec, year, err);
    for (leie_size i = 0; !st && i < study->extensions; i++)
        if (leie_study_extension_holds(&study->extension[i], year))
            st = ledger_extension(&l, &study->extension[i], year, err);
    if (!st)
        st = ledger_file(&l, "aggregate", &study->aggregate_regions, year, err);
    if (!st)
        st = ledger_file(&l, "aggregate", &study->aggregate_sectors, year, err);
    for (leie_size i = 0; !st && i < study->nests; i++)
        st = ledger_nest(&l, &study->nest[i], year, err);
    for (leie_size i = 0; !st && i < study->splits; i++)
        st = ledger_file(&l, "weights of parts", &study->split[i].weights, year, err);
    const leie_study_local *local = &study->local;
    const leie_path *places[] = {&local->nest.keys, &local->nest.sectors, &local->places,
                                 &local->firms, &local->stocks, &local->ports};
    for (size_t i = 0; !st && i < sizeof places / sizeof places[0]; i++)
        st = ledger_file(&l, "local", places[i], year, err);
    if (!st)
        st = ledger_file(&l, "report", &study->report, year, err);
    if (!st)
        st = ledger_file(&l, "population", &study->population, year, err);
    for (leie_size i = 0; !st && i < study->needs; i++)
        st = ledger_file(&l, "needs", &study->need[i].path, year, err);
    if (!st)
        st = ledger_file(&l, "margins", &study->margins, year, err);
    if (!st)
        st = ledger_file(&l, "products of needs", &study->needs_concordance, year, err);
    if (!st)
        st = ledger_file(&l, "capital", &study->capital.consumption, year, err);
    if (!st)
        st = ledger_file(&l, "capital", &study->capital.matrix, year, err);
    if (!st)
        st = ledger_file(&l, "materials", &study->material_map, year, err);
    if (!st)
        st = ledger_file(&l, "materials", &study->flows.materials, year, err);
    const leie_path *beside[] = {&study->flows.products, &study->flows.unit_values, &study->flows.path,
                                &study->flows.rme, &study->flows.rme_prices, &study->flows.regions};
    for (int i = 0; !st && i < (leie_study_uses_flows(study) ? 6 : 2); i++)
        st = ledger_file(&l, "flows", beside[i], year, err);
    if (!st)
        st = ledger_scenarios(&l, study, err);
    if (!st)
        leie_hash_bytes(hex, l.text, (size_t)l.size);
    leie_free(l.text);
    return st;
}

leie_status leie_flows_hash(char *hex, const leie_study *study, leie_error *err)
{
    const leie_path *file[] = {&study->flows.path, &study->flows.materials, &study->flows.rme, &study->flows.rme_prices, &study->flows.gdp,
                               &study->population, &study->targets, &study->flows.regions, &study->flows.products,
                               &study->material_map};
    ledger l = {0};
    leie_status st = ledger_add(&l, leie_version(), leie_commit(), "flows", err);
    if (!st)
        st = ledger_add(&l, "options", "", study->options_sha256, err);
    for (size_t i = 0; !st && i < sizeof file / sizeof file[0]; i++)
        st = ledger_file(&l, "flows", file[i], 0, err);
    if (!st)
        leie_hash_bytes(hex, l.text, (size_t)l.size);
    leie_free(l.text);
    return st;
}
