/*
 * profile_parse.h - the grammar of ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools
 * Reference Guide, "Format of the shared config and credentials files"; every rule of the SDKs'
 * common parser tests), as a function on text.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PROFILE_PARSE_H
#define PROFILE_PARSE_H

#include "profile.h"

/* A section that begins, or a property in it. The texts lead into the parsed text. */
struct profile_item {
    enum profile_kind kind;
    const char *section;
    bool prefixed;    /* [profile NAME], not [NAME] */
    const char *name; /* in lower case; NULL: a section begins */
    const char
        *value;    /* lines joined by "\n"; of a property with properties below it: "\nK = V..." */
    unsigned line; /* from 1 */
};

/* Where and why the text is none. */
struct profile_error {
    unsigned line;    /* from 1 */
    const char *what; /* a sentence's beginning */
};

/* Takes an item; false ends the parsing. */
typedef bool profile_item_fn(void *opaque, const struct profile_item *item);

/*
 * Parses a text that ends with a NUL, and changes it: names and values are cut out of it in place.
 * Sections and properties with names that are not allowed, or whose prefix does not fit the kind of
 * file, are passed over, as the rules have it. False: there is an error, or error->what is NULL
 * and `take` did not want more.
 */
bool profile_parse(char *text, enum profile_file file, profile_item_fn *take, void *opaque,
                   struct profile_error *error);

/*
 * Finds a property in a value of properties ("\nK = V\nK = V"); the name in any case, the last one
 * wins. *size is the value's. NULL: there is none.
 */
const char *profile_parse_nested(const char *value, const char *name, size_t *size);

#endif
