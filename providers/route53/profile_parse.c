/*
 * The grammar of the shared files of the AWS tools.
 *
 * SPDX-License-Identifier: MIT
 */
#include "profile_parse.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\v\f"

/* What goes on while a text is parsed. */
struct parser {
    enum profile_file file;
    profile_item_fn *take;
    void *opaque;
    struct profile_error *error;
    unsigned line;
    bool in_section;           /* a section line has been seen */
    bool passed_over;          /* ... and its contents are to be ignored */
    struct profile_item item;  /* the section, and the property that may still be continued */
    bool in_property;          /* a continuation has something to continue */
    bool property_passed_over; /* ... that is to be ignored */
    bool has_parts;  /* the property's own line has no value: what follows are properties */
    char *value_end; /* where the value ends now */
};

static bool fail_at(struct parser *parser, const char *what)
{
    *parser->error = (struct profile_error){.line = parser->line, .what = what};
    return false;
}

static bool is_blank(char c)
{
    return c != '\0' && strchr(BLANKS, c) != NULL;
}

/* Takes blanks off both ends, in place. */
static char *trim(char *text)
{
    char *const begin = text + strspn(text, BLANKS);
    char *end = begin + strlen(begin);

    while (end > begin && is_blank(end[-1]))
        end--;
    *end = '\0';
    return begin;
}

/* Where the comment of a line begins, or where it ends. */
static size_t before_comment(const char *text, size_t size, bool after_blank)
{
    for (size_t i = 0; i < size; i++)
        if ((text[i] == '#' || text[i] == ';') &&
            (!after_blank || (i > 0 && is_blank(text[i - 1]))))
            return i;
    return size;
}

/* Names of sections and properties: [A-Za-z0-9_/.%@:+-]+. */
static bool is_name(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        const bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');

        if (!letter && !(*at >= '0' && *at <= '9') && strchr("_-/.%@:+", *at) == NULL)
            return false;
    }
    return text[0] != '\0';
}

/* Without the locale's help. */
static void to_lower(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

/* Hands the property on that is complete now. */
static bool end_property(struct parser *parser)
{
    const bool wanted =
        parser->in_property && !parser->property_passed_over && !parser->passed_over;

    parser->in_property = false;
    return !wanted || parser->take(parser->opaque, &parser->item);
}

/* ---- sections -------------------------------------------------------------------------------- */

/* Splits "PREFIX NAME"; NULL: that is not how it begins. */
static char *after_prefix(char *text, const char *prefix)
{
    const size_t size = strlen(prefix);

    if (strncmp(text, prefix, size) != 0 || !is_blank(text[size]))
        return NULL;
    return text + size + strspn(text + size, BLANKS);
}

/* Finds kind and name; false: the section is to be passed over. */
static bool read_title(enum profile_file file, char *title, struct profile_item *item)
{
    static const struct {
        const char *prefix;
        enum profile_kind kind;
    } kinds[] = {
        {"profile", PROFILE},
        {"sso-session", PROFILE_SSO_SESSION},
        {"services", PROFILE_SERVICES},
    };
    char *name = file == PROFILE_CREDENTIALS || strcmp(title, "default") == 0 ? title : NULL;

    item->kind = PROFILE;
    item->prefixed = false;
    for (size_t i = 0; name == NULL && i < sizeof kinds / sizeof *kinds; i++) {
        name = after_prefix(title, kinds[i].prefix);
        item->kind = name == NULL ? PROFILE : kinds[i].kind;
        item->prefixed = name != NULL;
    }
    item->section = name;
    return name != NULL && is_name(name);
}

static bool read_section(struct parser *parser, char *text)
{
    text[before_comment(text, strlen(text), false)] = '\0';
    text = trim(text);

    const size_t size = strlen(text);

    if (text[size - 1] != ']')
        return fail_at(parser, "Profile definition must end with ']'");
    text[size - 1] = '\0';
    parser->in_section = true;
    parser->passed_over = !read_title(parser->file, trim(text + 1), &parser->item);
    parser->item.name = NULL;
    parser->item.value = NULL;
    parser->item.line = parser->line;
    return parser->passed_over || parser->take(parser->opaque, &parser->item);
}

/* ---- properties ------------------------------------------------------------------------------ */

static bool read_property(struct parser *parser, char *text)
{
    char *equals;

    if (!parser->in_section)
        return fail_at(parser, "Expected a profile definition");
    text[before_comment(text, strlen(text), true)] = '\0';
    equals = strchr(text, '=');
    if (equals == NULL)
        return fail_at(parser, "Expected an '=' sign defining a property");
    *equals = '\0';

    char *const name = trim(text);
    char *const value = trim(equals + 1);

    if (name[0] == '\0')
        return fail_at(parser, "Property did not have a name");
    to_lower(name);
    parser->item.name = name;
    parser->item.value = value;
    parser->item.line = parser->line;
    parser->in_property = true;
    parser->property_passed_over = !is_name(name);
    parser->has_parts = value[0] == '\0';
    parser->value_end = value + strlen(value);
    return true;
}

/* Moves a line down to the end of the value, for which there is always room: the line feed before
 * it and the blanks at its beginning. */
static bool read_continuation(struct parser *parser, char *text)
{
    const char *const line = trim(text);
    const size_t size = strlen(line);

    if (!parser->in_section)
        return fail_at(parser, "Expected a profile definition, found continuation");
    if (!parser->in_property)
        return fail_at(parser, "Expected a property definition, found continuation");
    if (parser->has_parts && strchr(line, '=') == NULL)
        return fail_at(parser, "Expected an '=' sign defining a sub-property");
    if (parser->has_parts && line[0] == '=')
        return fail_at(parser, "Sub-property did not have a name");
    *parser->value_end++ = '\n';
    memmove(parser->value_end, line, size);
    parser->value_end += size;
    *parser->value_end = '\0';
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Reads one line, without its line feed. */
static bool read_line(struct parser *parser, char *line)
{
    const char first = line[strspn(line, BLANKS)];

    if (first == '\0' || first == '#' || first == ';')
        return true;
    if (is_blank(line[0]))
        return read_continuation(parser, line);
    if (!end_property(parser))
        return false;
    return first == '[' ? read_section(parser, line) : read_property(parser, line);
}

bool profile_parse(char *text, enum profile_file file, profile_item_fn *take, void *opaque,
                   struct profile_error *error)
{
    struct parser parser = {.file = file, .take = take, .opaque = opaque, .error = error};
    char *line = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;

    *error = (struct profile_error){.what = NULL};
    while (line != NULL) {
        char *const feed = strchr(line, '\n');

        if (feed != NULL)
            *feed = '\0';
        parser.line++;
        if (!read_line(&parser, line))
            return false;
        line = feed == NULL ? NULL : feed + 1;
    }
    return end_property(&parser);
}

/* Takes blanks off both ends of a part of a text. */
static const char *trim_part(const char *text, size_t *size)
{
    while (*size > 0 && is_blank(text[*size - 1]))
        --*size;
    while (*size > 0 && is_blank(*text)) {
        text++;
        --*size;
    }
    return text;
}

const char *profile_parse_nested(const char *value, const char *name, size_t *size)
{
    const char *found = NULL;

    if (value[0] != '\n')
        return NULL;
    for (const char *line = value; *line == '\n'; line += strcspn(line, "\n")) {
        line++;

        const size_t all = before_comment(line, strcspn(line, "\n"), true);
        const char *const equals = memchr(line, '=', all);

        if (equals == NULL)
            continue;

        size_t name_size = (size_t)(equals - line);
        const char *const key = trim_part(line, &name_size);

        if (name_size != strlen(name) || strncasecmp(key, name, name_size) != 0)
            continue;
        *size = all - (size_t)(equals + 1 - line);
        found = trim_part(equals + 1, size);
    }
    return found;
}
