// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/place.h"

#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

leie_status leie_place_of(leie_place *place, const leie_path *path, int year, leie_error *err)
{
    *place = (leie_place){0};
    if (!path->real)
        return LEIE_OK;
    leie_path shown = {.real = path->shown ? path->shown : path->real};
    place->real = leie_path_for(path, year);
    place->shown = leie_path_for(&shown, year);
    if (place->real && place->shown)
        return LEIE_OK;
    leie_place_clear(place);
    return leie_fail_memory(err, path->real, 1, strlen(path->real));
}

leie_status leie_place_at(leie_place *place, const char *path, leie_error *err)
{
    *place = (leie_place){.real = leie_strdup(path), .shown = leie_strdup(path)};
    if (place->real && place->shown)
        return LEIE_OK;
    leie_place_clear(place);
    return leie_fail_memory(err, path, 1, strlen(path) + 1);
}

static char *join(const char *folder, const char *file)
{
    size_t size = strlen(folder) + strlen(file) + 2;
    char *path = leie_new((leie_size)size, 1);
    if (path)
        snprintf(path, size, "%s/%s", folder, file);
    return path;
}

leie_status leie_place_in(leie_place *place, const leie_place *folder, const char *file, leie_error *err)
{
    *place = (leie_place){.real = join(folder->real, file), .shown = join(folder->shown, file)};
    if (place->real && place->shown)
        return LEIE_OK;
    leie_place_clear(place);
    return leie_fail_memory(err, file, 1, strlen(folder->real) + strlen(file) + 2);
}

void leie_place_clear(leie_place *place)
{
    leie_free(place->real);
    leie_free(place->shown);
    *place = (leie_place){0};
}

leie_status leie_place_source(const leie_place *place, const leie_csv *csv, leie_provenance *p, const char *role,
                              leie_error *err)
{
    return leie_text_source(&csv->text, p, role, place->shown, "csv", err);
}
