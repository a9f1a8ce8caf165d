// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/unit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

#include "kernels/memory.h"
#include "solver/table/labels.h"

// Our own base units carry this prefix inside UDUNITS, whose names ignore case: "leie_CUP" is no "cup".
#define OWN "leie_"

// Longest spelling after expansion.
enum { SPELLING_MAX = 512 };

/* What our field writes, what UDUNITS is given, and what we write in files. A spelling that UDUNITS
 * reads as we do ("t", "Mt", "TJ", "m3", "ha") needs no row. */
static const struct alias {
    const char *name, *inside, *outside;
} alias[] = {
    // mass: kt is a knot and ton a short ton to UDUNITS
    {"kt", "1000 t", "1000 t"},
    {"kton", "1000 t", "1000 t"},
    {"ktons", "1000 t", "1000 t"},
    {"ktonne", "1000 t", "1000 t"},
    {"ktonnes", "1000 t", "1000 t"},
    {"THS_T", "1000 t", "1000 t"},
    {"ton", "t", "t"},
    {"tons", "t", "t"},
    {"tonne", "t", "t"},
    {"tonnes", "t", "t"},
    {"Mton", "Mt", "Mt"},
    {"Mtonnes", "Mt", "Mt"},
    // volume, transport, energy, time
    {"Mm3", "1e6 m3", "1e6 m3"},
    {"tkm", "t km", "t km"},
    {"pkm", OWN "person km", "person km"},
    {"toe", "41.868 GJ", "41.868 GJ"},
    {"ktoe", "41.868 TJ", "41.868 TJ"},
    {"Mtoe", "41.868 PJ", "41.868 PJ"},
    {"Wh", "W h", "W h"},
    {"kWh", "kW h", "kW h"},
    {"MWh", "MW h", "MW h"},
    {"GWh", "GW h", "GW h"},
    {"TWh", "TW h", "TW h"},
    {"a", "year", "year"},
    {"M.hr", "1e6 h", "1e6 h"},
    // people and work
    {"p", OWN "person", "person"},
    {"person", OWN "person", "person"},
    {"persons", OWN "person", "person"},
    {"people", OWN "person", "person"},
    {"inhabitant", OWN "person", "person"},
    {"inhabitants", OWN "person", "person"},
    {"capita", OWN "person", "person"},
    {"cap", OWN "person", "person"},
    {"T_HAB", "t/" OWN "person", "t/person"},
    {"job", OWN "job", "job"},
    {"jobs", OWN "job", "job"},
    {"FTE", OWN "full_time_equivalent", "FTE"},
    // substances: a tonne of one is no tonne of another. They belong to the word before them (t ore/t metal is
    // (t ore)/(t metal)) and are left out of files
    {"CO2", OWN "carbon_dioxide", NULL},
    {"CO2eq", OWN "carbon_dioxide_equivalent", NULL},
    {"CO2e", OWN "carbon_dioxide_equivalent", NULL},
    {"CO2-eq", OWN "carbon_dioxide_equivalent", NULL},
    {"CO2-eq.", OWN "carbon_dioxide_equivalent", NULL},
    {"CH4", OWN "methane", NULL},
    {"N2O", OWN "nitrous_oxide", NULL},
    {"carbon", OWN "carbon", NULL},
    {"ore", OWN "ore", NULL},
    {"metal", OWN "metal", NULL},
    // multiples written as words
    {"M", "1e6", "1e6"},
    {"mln", "1e6", "1e6"},
    {"mio", "1e6", "1e6"},
    {"Mio", "1e6", "1e6"},
    {"MIO", "1e6", "1e6"},
    {"million", "1e6", "1e6"},
    {"bn", "1e9", "1e9"},
    {"billion", "1e9", "1e9"},
    {"ths", "1000", "1000"},
    {"thousand", "1000", "1000"},
};
enum { ALIASES = sizeof alias / sizeof *alias };

static const char *const own_base[] = {"person",
                                       "job",
                                       "full_time_equivalent",
                                       "carbon_dioxide",
                                       "carbon_dioxide_equivalent",
                                       "methane",
                                       "nitrous_oxide",
                                       "carbon",
                                       "ore",
                                       "metal"};

// Currency codes of ISO 4217, and the multiples that tables write before them.
static const char currencies[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL "
    "LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
    "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL BEF DEM FRF ITL "
    "NLG ";
static const struct multiple {
    const char *prefix, *inside, *outside;
} multiple[] = {{"", "", ""},        {"k", "1000 ", "k"}, {"M", "1e6 ", "M"},    {"G", "1e9 ", "G"},
                {"bn", "1e9 ", "G"}, {"M.", "1e6 ", "M"}, {"MIO_", "1e6 ", "M"}, {"THS_", "1000 ", "k"}};

// Units that UDUNITS knows by itself and people mistype: only for "nearest known".
static const char *const common[] = {"t",  "kg", "g",  "Mt", "Gt", "Gg", "m3", "m2",  "km2",
                                     "ha", "TJ", "GJ", "PJ", "MJ", "J",  "hr", "year"};

// The unit system, made at first use. One thread at a time, as the header says.
static struct {
    ut_system *system;
    leie_labels known;
} units;

void leie_unit_release(void)
{
    ut_free_system(units.system);
    leie_labels_clear(&units.known);
    units.system = NULL;
}

// ---- set-up ----

static bool add_base(const char *name)
{
    char own[64];
    snprintf(own, sizeof own, OWN "%s", name);
    ut_unit *base = ut_new_base_unit(units.system);
    bool good = base && ut_map_name_to_unit(own, UT_ASCII, base) == UT_SUCCESS;
    ut_free(base);
    return good;
}

static leie_status add_bases(leie_error *err)
{
    bool good = true;
    for (size_t i = 0; i < sizeof own_base / sizeof *own_base; i++)
        good &= add_base(own_base[i]);
    for (const char *code = currencies; *code; code += 4)
        good &= add_base((char[]){code[0], code[1], code[2], 0});
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_INTERNAL, "UDUNITS-2 refused a base unit of ours");
}

static leie_status list_known(leie_error *err)
{
    leie_size at = 0;
    for (int i = 0; at >= 0 && i < ALIASES; i++)
        at = leie_labels_add(&units.known, alias[i].name, NULL, NULL, NULL, err);
    for (size_t i = 0; at >= 0 && i < sizeof common / sizeof *common; i++)
        at = leie_labels_add(&units.known, common[i], NULL, NULL, NULL, err);
    for (const char *code = currencies; at >= 0 && *code; code += 4)
        at = leie_labels_add(&units.known, (char[]){code[0], code[1], code[2], 0}, NULL, NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status setup(leie_error *err)
{
    if (units.system)
        return LEIE_OK;
    ut_set_error_message_handler(ut_ignore);
    units.system = ut_read_xml(NULL);
    if (!units.system)
        return leie_fail(err, LEIE_ERR_IO, "the unit database of UDUNITS-2 cannot be read");
    leie_status st = add_bases(err);
    if (!st)
        st = list_known(err);
    if (st)
        leie_unit_release();
    return st;
}

// ---- our spellings ----

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (letter(text[length]) || digit(text[length]))
        length++;
    return length;
}

// A number such as 1000, 0.5 or 1e6 is copied whole: its e is no word.
static size_t number_length(const char *text)
{
    size_t length = 0;
    while (digit(text[length]) || (text[length] == '.' && digit(text[length + 1])))
        length++;
    size_t exponent = length;
    if (length > 0 && (text[exponent] == 'e' || text[exponent] == 'E')) {
        exponent++;
        if (text[exponent] == '+' || text[exponent] == '-')
            exponent++;
        if (digit(text[exponent]))
            for (length = exponent; digit(text[length]);)
                length++;
    }
    return length;
}

// The longest alias that text begins with and that ends where a word ends; NULL when there is none.
static const struct alias *find_alias(const char *text)
{
    const struct alias *best = NULL;
    size_t longest = 0;
    for (int i = 0; i < ALIASES; i++) {
        size_t length = strlen(alias[i].name);
        if (length > longest && strncmp(text, alias[i].name, length) == 0 && !letter(text[length]) &&
            !digit(text[length])) {
            best = &alias[i];
            longest = length;
        }
    }
    return best;
}

// The code in "EUR", "MEUR", "M.EUR", "MIO_EUR" and the multiple before it; NULL when there is none.
static const char *find_currency(const char *text, const struct multiple **before)
{
    for (size_t m = 0; m < sizeof multiple / sizeof *multiple; m++) {
        size_t skip = strlen(multiple[m].prefix);
        if (strncmp(text, multiple[m].prefix, skip) != 0 || word_length(text + skip) != 3)
            continue;
        for (const char *code = currencies; *code; code += 4)
            if (strncmp(text + skip, code, 3) == 0) {
                *before = &multiple[m];
                return code;
            }
    }
    return NULL;
}

typedef struct spelling {
    char text[SPELLING_MAX];
    size_t used;
    size_t word; // where the last word begins
    bool full;
} spelling;

static void put(spelling *out, const char *text, size_t length)
{
    if (out->used + length >= sizeof out->text) {
        out->full = true;
        return;
    }
    memcpy(out->text + out->used, text, length);
    out->used += length;
    out->text[out->used] = 0;
}

// One expansion, in brackets unless it is the whole unit: t/kt is t/(1000 t).
static void put_expansion(spelling *out, const char *first, const char *second, size_t second_length, bool whole)
{
    if (!whole)
        put(out, "(", 1);
    put(out, first, strlen(first));
    put(out, second, second_length);
    if (!whole)
        put(out, ")", 1);
}

// A substance makes one thing of the word before it; in files it is left out.
static void put_substance(spelling *out, const char *own, bool inside)
{
    while (!inside && out->used > 0 && out->text[out->used - 1] == ' ')
        out->text[--out->used] = 0;
    if (out->used == 0 || out->text[out->used - 1] == '/') {
        put(out, inside ? own : "1", inside ? strlen(own) : 1);
    } else if (inside) {
        put(out, " ", 1);
        memmove(out->text + out->word + 1, out->text + out->word, out->used - out->word);
        out->text[out->word] = '(';
        put(out, own, strlen(own));
        put(out, ")", 1);
    }
}

// Writes the next word of unit and returns its length there.
static size_t put_word(spelling *out, const char *unit, bool alone, bool inside)
{
    const struct multiple *before;
    const char *code = find_currency(unit, &before);
    if (code) {
        size_t length = strlen(before->prefix) + 3;
        bool whole = alone && !unit[length];
        if (!inside) {
            put(out, before->outside, strlen(before->outside));
            put(out, code, 3);
        } else {
            char own[64];
            int n = snprintf(own, sizeof own, OWN "%.3s", code);
            put_expansion(out, before->inside, own, (size_t)n, whole);
        }
        return length;
    }
    const struct alias *known = find_alias(unit);
    if (known) {
        size_t length = strlen(known->name);
        const char *text = inside ? known->inside : known->outside;
        if (!known->outside) {
            put_substance(out, known->inside, inside);
            return length;
        }
        bool one_word = word_length(text) == strlen(text);
        put_expansion(out, text, "", 0, one_word || (alone && !unit[length]));
        return length;
    }
    size_t length = word_length(unit);
    put(out, unit, length);
    return length;
}

// Expands every word of ours in a unit, for UDUNITS (inside) or for files.
static void spell(spelling *out, const char *unit, bool inside)
{
    *out = (spelling){.used = 0};
    for (const char *at = unit; *at;) {
        size_t length = number_length(at);
        if (length > 0)
            put(out, at, length);
        else if (letter(*at)) {
            size_t word = out->used;
            length = put_word(out, at, at == unit, inside);
            out->word = word < out->used ? word : out->word;
        } else
            put(out, at, length = 1);
        at += length;
    }
}

static ut_unit *parse(const char *unit)
{
    spelling text;
    spell(&text, unit, true);
    return text.full ? NULL : ut_parse(units.system, text.text, UT_UTF8);
}

static bool blank(const char *unit)
{
    return !unit || unit[strspn(unit, " \t")] == 0;
}

// The first word of a unit that is not known by itself; false when the fault is elsewhere.
static bool unknown_word(char *word, size_t size, const char *unit)
{
    for (const char *at = unit; *at;) {
        size_t length = number_length(at);
        if (length == 0 && letter(*at)) {
            const struct multiple *before;
            const struct alias *known = find_alias(at);
            const char *code = find_currency(at, &before);
            length = code ? strlen(before->prefix) + 3 : known ? strlen(known->name) : word_length(at);
            snprintf(word, size, "%.*s", (int)length, at);
            ut_unit *part = parse(word);
            ut_free(part);
            if (!part)
                return true;
        }
        at += length > 0 ? length : 1;
    }
    return false;
}

static leie_status fail_unknown(const char *unit, leie_error *err)
{
    char word[64];
    if (!unknown_word(word, sizeof word, unit))
        return leie_fail(err, LEIE_ERR_UNIT, "unit '%s' cannot be read", unit);
    const char *nearest = leie_labels_nearest(&units.known, word);
    return leie_fail(err, LEIE_ERR_UNIT, "unit '%s': '%s' is not known%s%s%s", unit, word,
                     nearest ? ", the nearest unit is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

// ---- conversions ----

/* UDUNITS multiplies by rounded reciprocals (t to Mt gives 1.0000000000000002e-06). A factor within
 * four roundings of a decimal of 15 digits is that decimal. */
static double tidy(double factor)
{
    char text[40];
    snprintf(text, sizeof text, "%.14e", factor);
    double decimal = strtod(text, NULL);
    return fabs(decimal - factor) <= 4 * DBL_EPSILON * fabs(factor) ? decimal : factor;
}

// A factor exists when the conversion is a straight line through zero.
static bool factor_between(double *factor, ut_unit *from, ut_unit *to)
{
    cv_converter *converter = ut_are_convertible(from, to) ? ut_get_converter(from, to) : NULL;
    if (!converter)
        return false;
    double one = cv_convert_double(converter, 1), two = cv_convert_double(converter, 2);
    cv_free(converter);
    if (!isfinite(one) || fabs(two - 2 * one) > 4 * DBL_EPSILON * fabs(two))
        return false;
    *factor = tidy(one);
    return true;
}

leie_status leie_unit_factor(double *factor, const char *from, const char *to, leie_error *err)
{
    leie_status st = setup(err);
    if (st)
        return st;
    if (blank(from) || blank(to))
        return leie_fail(err, LEIE_ERR_UNIT, "unit missing: converting '%s' to '%s'", from ? from : "", to ? to : "");
    ut_unit *source = parse(from), *target = parse(to);
    if (!source || !target)
        st = fail_unknown(source ? to : from, err);
    else if (strcmp(from, to) == 0)
        *factor = 1;
    else if (!factor_between(factor, source, target))
        st = leie_fail(err, LEIE_ERR_UNIT, "unit '%s' does not convert to '%s'", from, to);
    ut_free(source);
    ut_free(target);
    return st;
}

bool leie_unit_known(const char *unit)
{
    if (blank(unit) || setup(NULL))
        return false;
    ut_unit *parsed = parse(unit);
    ut_free(parsed);
    return parsed != NULL;
}

leie_status leie_unit_spelling(char *out, size_t size, const char *unit, leie_error *err)
{
    leie_status st = setup(err);
    if (st)
        return st;
    if (blank(unit))
        return leie_fail(err, LEIE_ERR_UNIT, "unit missing");
    if (!leie_unit_known(unit))
        return fail_unknown(unit, err);
    spelling text;
    spell(&text, unit, false);
    if (text.full || strlen(text.text) >= size)
        return leie_fail(err, LEIE_ERR_UNIT, "unit '%s' is too long to be spelt out", unit);
    memcpy(out, text.text, strlen(text.text) + 1);
    return LEIE_OK;
}
