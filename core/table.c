#include "table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dnshook/provider.h"
#include "log.h"

enum { NAME_WIDTH = 22, ADDRESS_WIDTH = 18, TIME_SIZE = 24, NAMES_SIZE = 512, LINE_SIZE = 1024 };

static size_t drawn; /* lines on the terminal */

/* "1.234 s", or a dash for a time that has not come. */
static void time_text(char out[TIME_SIZE], int64_t milliseconds)
{
    if (milliseconds < 0)
        (void)snprintf(out, TIME_SIZE, "-");
    else
        (void)snprintf(out, TIME_SIZE, "%lld.%03lld s", (long long)(milliseconds / 1000),
                       (long long)(milliseconds % 1000));
}

/* The state; "gone" where the value has been and is no more. */
static const char *state_text(const struct sighting *sighting)
{
    if (sighting->sight == SIGHT_WITHOUT && sighting->gone_at >= 0)
        return "gone";
    return sight_text(sighting->sight);
}

/* One row, without its line feed. */
static void row_text(char out[LINE_SIZE], const struct sighting *sighting, enum table_kind kind)
{
    char names[NAMES_SIZE];
    char had[TIME_SIZE];
    char lost[TIME_SIZE];
    char said[sizeof sighting->said];
    const char *const address = dns_server_address(sighting->address->server)->text;

    sighting_names(sighting, names, sizeof names);
    log_sanitize(said, sizeof said, sighting->said);
    time_text(had, sighting->served_at);
    time_text(lost, sighting->gone_at);
    if (kind == TABLE_TIMES)
        (void)snprintf(out, LINE_SIZE, "%-*s %-*s %-17s %9s %9s", NAME_WIDTH, names, ADDRESS_WIDTH,
                       address, state_text(sighting), had, lost);
    else
        (void)snprintf(out, LINE_SIZE, "%-*s %-*s %-17s %s", NAME_WIDTH, names, ADDRESS_WIDTH,
                       address, sight_text(sighting->sight), said);
}

static void head_text(char out[LINE_SIZE], enum table_kind kind)
{
    if (kind == TABLE_TIMES)
        (void)snprintf(out, LINE_SIZE, "%-*s %-*s %-17s %9s %9s", NAME_WIDTH, "nameserver",
                       ADDRESS_WIDTH, "address", "now", "had it", "lost it");
    else
        (void)snprintf(out, LINE_SIZE, "%-*s %-*s %-17s %s", NAME_WIDTH, "nameserver",
                       ADDRESS_WIDTH, "address", "now", "said");
}

void table_print(FILE *out, const struct watch *watch, enum table_kind kind)
{
    char line[LINE_SIZE];

    head_text(line, kind);
    (void)fprintf(out, "%s\n", line);
    for (size_t i = 0; i < watch->count; i++) {
        row_text(line, &watch->sightings[i], kind);
        (void)fprintf(out, "%s\n", line);
    }
    for (size_t i = 0; i < watch->authority->name_count; i++)
        if (!authority_has_address(watch->authority, i))
            (void)fprintf(out, "%-*s %-*s cannot be asked\n", NAME_WIDTH,
                          watch->authority->names[i].name, ADDRESS_WIDTH, "no address");
}

/* ---- JSON ---- */

static json_t *names_json(const struct sighting *sighting)
{
    const struct authority *const authority = sighting->watch->authority;
    json_t *const array = json_array();

    for (size_t i = 0; i < authority->name_count; i++)
        if ((sighting->address->names & (UINT32_C(1) << i)) != 0 &&
            json_array_append_new(array, json_string(authority->names[i].name)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *time_json(int64_t milliseconds)
{
    return milliseconds < 0 ? json_null() : json_integer((json_int_t)milliseconds);
}

static json_t *row_json(const struct sighting *sighting)
{
    char said[sizeof sighting->said];

    log_sanitize(said, sizeof said, sighting->said);
    return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:i}", "nameservers", names_json(sighting),
                     "address", dns_server_address(sighting->address->server)->text, "state",
                     state_text(sighting), "said", said, "served-after-ms",
                     time_json(sighting->served_at), "gone-after-ms", time_json(sighting->gone_at),
                     "questions", (int)sighting->questions);
}

json_t *table_json(const struct watch *watch)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < watch->count; i++)
        if (json_array_append_new(array, row_json(&watch->sightings[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

int table_print_json(json_t *object)
{
    char *const text =
        object != NULL ? json_dumps(object, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;

    json_decref(object);
    if (text == NULL)
        return log_no_memory();
    (void)printf("%s\n", text);
    free(text);
    return DNSHOOK_OK;
}

/* ---- on a terminal ---- */

/* The width to which lines are cut, so that none wraps, and how many lines there is room for, so
 * that the first is still there to be erased. False: not a terminal. */
static bool terminal_size(size_t *width, size_t *height)
{
    struct winsize size = {0};

    if (!isatty(STDERR_FILENO))
        return false;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    *width = size.ws_col > 1 ? (size_t)size.ws_col - 1 : 79;
    *height = size.ws_row > 4 ? (size_t)size.ws_row - 2 : 22;
    return true;
}

void table_erase(void)
{
    if (drawn > 0)
        (void)fprintf(stderr, "\033[%zuA\033[J", drawn);
    drawn = 0;
    (void)fflush(stderr);
}

void table_draw(const struct watch *watch)
{
    size_t width = 0;
    size_t height = 0;
    size_t rows = watch->count;
    char line[LINE_SIZE];

    if (!terminal_size(&width, &height))
        return;
    if (rows + 1 > height)
        rows = height - 2;
    table_erase();
    head_text(line, TABLE_TIMES);
    (void)fprintf(stderr, "%.*s\n", (int)width, line);
    for (size_t i = 0; i < rows; i++) {
        row_text(line, &watch->sightings[i], TABLE_TIMES);
        (void)fprintf(stderr, "%.*s\n", (int)width, line);
    }
    if (rows < watch->count)
        (void)fprintf(stderr, "(and %zu more)\n", watch->count - rows);
    drawn = rows + (rows < watch->count ? 2 : 1);
    (void)fflush(stderr);
}
