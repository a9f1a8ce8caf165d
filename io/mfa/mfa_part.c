// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/mfa_part.h"

#include <string.h>

#include "io/mfa/waste_study.h"
#include "io/study/yaml.h"

static bool has_waste(const leie_yaml *accounts)
{
    bool any = false;
    for (int side = 0; accounts && accounts->kind == LEIE_YAML_MAP && side < LEIE_WASTE_SIDES; side++)
        any |= leie_yaml_get(accounts, leie_waste_side_name((leie_waste_side)side)) != NULL;
    return any;
}

leie_mfa_part leie_mfa_part_of(const char *path)
{
    leie_yaml *root = NULL;
    leie_mfa_part part = LEIE_MFA_PART_NONE;
    const char *end = strrchr(path, '.');
    if (!end || (strcmp(end, ".yaml") != 0 && strcmp(end, ".yml") != 0) || leie_yaml_read(&root, path, NULL, NULL, NULL))
        return LEIE_MFA_PART_NONE;
    if (root->kind == LEIE_YAML_MAP && !leie_yaml_get(root, "tables")) {
        if (has_waste(leie_yaml_get(root, "accounts")))
            part = LEIE_MFA_PART_WASTE;
        else if (leie_yaml_get(root, "values"))
            part = LEIE_MFA_PART_SYSTEM;
        else if (leie_yaml_get(root, "lifetimes"))
            part = LEIE_MFA_PART_STOCKS;
    }
    leie_yaml_free(root);
    return part;
}
