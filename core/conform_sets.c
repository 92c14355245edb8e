#include "conform.h"

#include <stdio.h>
#include <string.h>

enum { EIGHT = 8, SETTLINGS_MAX = 24, FILL_LABEL = 60, ALIKE_MAX = 6 };

/* Places with what they decide, phase after phase. */
struct phase {
    struct settling list[SETTLINGS_MAX];
    size_t count;
};

static void decide(struct phase *phase, enum check check, struct place *place, bool more)
{
    if (place != NULL && phase->count < SETTLINGS_MAX)
        phase->list[phase->count++] =
            (struct settling){.check = check, .place = place, .more = more};
}

/* A place with these values, added one after the other. */
static struct place *add_all(struct conform *conform, enum check check, const char *label,
                             const char *const *values, size_t count)
{
    struct place *const place = place_new(conform, label);

    for (size_t i = 0; place != NULL && i < count; i++)
        if (!change_add_new(conform, check, place, place_value(place, values[i])))
            break;
    return place;
}

/* What URLs, forms, XML, JSON, zone files, shells and printf() read into signs, after a beginning
 * that differs. */
#define SIGNS(beginning) beginning "#<$@(;%s*'`{|}=?"

/* Values that are easily mangled, each with those that it might be taken for; filled where they
 * are long. */
static const struct {
    enum check check;
    const char *label;
    const char *values[ALIKE_MAX];
} mangled[] = {
    {CHECK_LONGEST_VALUE, "long", {NULL, NULL}},
    {CHECK_HYPHEN, "hyphen", {"-rf", "rf", "--rf"}},
    {CHECK_QUOTES, "quotes", {"a\"b\\c\"", "abc", "a\\\"b\\\\c\\\"", "\"a\\\"b\\\\c\\\"\""}},
    {CHECK_BLANKS, "blanks", {" a  b ", "a  b", " a b ", "ab"}},
    {CHECK_CASE, "case", {"aB-cD_0", "ab-cd_0", "AB-CD_0"}},
    {CHECK_SIGNS,
     "signs",
     {SIGNS("%41+&amp;"), SIGNS("A+&amp;"), SIGNS("%41 &amp;"), SIGNS("%41+&"),
      SIGNS("%41+&amp;") "1", SIGNS("%41+&amp;") "2"}},
};

enum { MANGLED = sizeof mangled / sizeof *mangled };

/* Two values of 255 bytes that differ in the last one. */
static struct place *add_long(struct conform *conform)
{
    char one[DNSHOOK_VALUE_MAX + 1];
    char other[DNSHOOK_VALUE_MAX + 1];

    for (size_t i = 0; i < DNSHOOK_VALUE_MAX; i++)
        one[i] = other[i] = (char)('a' + i % 26);
    one[DNSHOOK_VALUE_MAX] = other[DNSHOOK_VALUE_MAX] = '\0';
    other[DNSHOOK_VALUE_MAX - 1] = '-';
    return add_all(conform, CHECK_LONGEST_VALUE, "long", (const char *const[]){one, other}, 2);
}

static struct place *add_mangled(struct conform *conform, size_t i)
{
    size_t count = 0;

    if (mangled[i].values[0] == NULL)
        return add_long(conform);
    while (count < ALIKE_MAX && mangled[i].values[count] != NULL)
        count++;
    return add_all(conform, mangled[i].check, mangled[i].label, mangled[i].values, count);
}

/* A name of 253 bytes. */
static struct place *add_longest_name(struct conform *conform)
{
    static const char value[] = "at the longest name";
    const size_t base =
        sizeof "_acme-challenge" + 1 + strlen(conform->label) + 1 + strlen(conform->domain);
    const size_t fill = NAME_MAX_TEXT > base ? NAME_MAX_TEXT - base : 0;
    char label[NAME_SIZE] = "";

    for (size_t i = 0; i < fill; i++)
        label[i] = i % (FILL_LABEL + 1) == FILL_LABEL && i + 1 < fill ? '.' : 'x';
    label[fill] = '\0';
    return add_all(conform, CHECK_LONGEST_NAME, label, (const char *const[]){value}, 1);
}

/* Many changes in one call, at two places. */
static void apply(struct conform *conform, enum check check, struct place *const *places,
                  int action)
{
    struct changes changes = {.together = true};
    enum child_end end;

    if (conform_over())
        return;
    for (size_t p = 0; p < 2; p++)
        for (size_t v = 0; v < places[p]->count; v++) {
            struct place_value *const value = &places[p]->values[v];

            if (action == DNSHOOK_REMOVE && v == 0)
                continue; /* stays */
            value->wanted = action == DNSHOOK_ADD;
            changes.list[changes.count++] =
                (struct child_change){.place = places[p], .value = value, .action = action};
        }
    end = changes_run(conform, &changes);
    if (end != CHILD_DONE)
        change_not_done(conform, check, end);
    for (size_t i = 0; end == CHILD_DONE && i < changes.count; i++)
        if (!change_worked(conform, check, i, &changes.list[i]))
            return;
}

/* Two empty places with values for apply(); false if the provider has none. */
static bool apply_places(struct conform *conform, struct place *places[2])
{
    static const char *const labels[] = {"many", "more"};

    for (size_t p = 0; p < 2; p++) {
        places[p] = place_new(conform, labels[p]);
        for (size_t v = 0; v < EIGHT / 2; v++) {
            char text[16];

            (void)snprintf(text, sizeof text, "value %zu", v);
            (void)place_value(places[p], text);
        }
    }
    if (conform->provider->op.apply != NULL)
        return true;
    report_skip(&conform->report, CHECK_APPLY_ADD, "the provider has no apply()");
    report_skip(&conform->report, CHECK_APPLY_REMOVE, "the provider has no apply()");
    return false;
}

/* A process for each value of a place but the first `from`. */
static void at_once(struct conform *conform, struct place *place, size_t from, int action)
{
    struct child_change list[CHILDREN_MAX];
    size_t count = 0;

    for (size_t v = from; v < place->count && !conform_over(); v++)
        list[count++] =
            (struct child_change){.place = place, .value = &place->values[v], .action = action};
    if (count > 0)
        changes_at_once(conform, CHECK_AT_ONCE, list, count);
}

static struct place *add_at_once(struct conform *conform)
{
    struct place *const place = place_new(conform, "at-once");

    for (size_t v = 0; v < CHILDREN_MAX; v++) {
        char text[16];

        (void)snprintf(text, sizeof text, "process %zu", v);
        (void)place_value(place, text);
    }
    at_once(conform, place, 0, DNSHOOK_ADD);
    return place;
}

/* ---- all of them ---- */

struct sets {
    struct place *second;
    struct place *crowd;
    struct place *at_once;
    struct place *longest; /* NULL: the domain leaves no room for it */
    struct place *apart[MANGLED];
    struct place *many[2];
    bool together; /* there is an apply() */
};

static void add_sets(struct conform *conform, struct sets *sets)
{
    static const char *const two[] = {"one", "two"};
    static const char *const eight[EIGHT] = {"another's", "1", "2", "3", "4", "5", "6", "7"};

    sets->together = apply_places(conform, sets->many);
    sets->second = add_all(conform, CHECK_SECOND, "second", two, 2);
    sets->crowd = add_all(conform, CHECK_EIGHT, "eight", eight, EIGHT);
    sets->at_once = add_at_once(conform);
    sets->longest = add_longest_name(conform);
    if (sets->longest == NULL)
        report_skip(&conform->report, CHECK_LONGEST_NAME, "the domain leaves no room for it");
    for (size_t i = 0; i < MANGLED; i++)
        sets->apart[i] = add_mangled(conform, i);
    if (sets->together)
        apply(conform, CHECK_APPLY_ADD, sets->many, DNSHOOK_ADD);
}

/* Removes a part of each set. */
static void remove_parts(struct conform *conform, const struct sets *sets)
{
    (void)change_make(conform, CHECK_OTHERS_STAY, sets->second, 0, DNSHOOK_REMOVE);
    for (size_t v = 1; v < EIGHT; v += 2)
        (void)change_make(conform, CHECK_OTHERS_STAY, sets->crowd, v, DNSHOOK_REMOVE);
    at_once(conform, sets->at_once, 1, DNSHOOK_REMOVE);
    if (sets->longest != NULL)
        (void)change_make(conform, CHECK_LONGEST_NAME, sets->longest, 0, DNSHOOK_REMOVE);
    for (size_t i = 0; i < MANGLED; i++)
        (void)change_make(conform, mangled[i].check, sets->apart[i], 0, DNSHOOK_REMOVE);
    if (sets->together)
        apply(conform, CHECK_APPLY_REMOVE, sets->many, DNSHOOK_REMOVE);
}

/* The sets that look the same in both phases: `more` after the first. */
static void decide_rest(struct phase *phase, const struct sets *sets, enum check apply_check,
                        bool more)
{
    decide(phase, CHECK_LONGEST_NAME, sets->longest, more);
    for (size_t i = 0; i < MANGLED; i++)
        decide(phase, mangled[i].check, sets->apart[i], more);
    for (size_t p = 0; sets->together && p < 2; p++)
        decide(phase, apply_check, sets->many[p], p == 0);
}

void conform_sets(struct conform *conform)
{
    struct sets sets = {0};
    struct phase adding = {0};
    struct phase removing = {0};

    add_sets(conform, &sets);
    decide(&adding, CHECK_SECOND, sets.second, false);
    decide(&adding, CHECK_EIGHT, sets.crowd, false);
    decide(&adding, CHECK_AT_ONCE, sets.at_once, true);
    decide_rest(&adding, &sets, CHECK_APPLY_ADD, true);
    place_settle(conform, adding.list, adding.count);
    remove_parts(conform, &sets);
    decide(&removing, CHECK_OTHERS_STAY, sets.second, true);
    decide(&removing, CHECK_OTHERS_STAY, sets.crowd, false);
    decide(&removing, CHECK_AT_ONCE, sets.at_once, false);
    decide_rest(&removing, &sets, CHECK_APPLY_REMOVE, false);
    place_settle(conform, removing.list, removing.count);
}
