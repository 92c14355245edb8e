/*
 * table.h - what is known of every server address, for people and as JSON, and the same drawn in
 * place on a terminal while it changes.
 */
#ifndef TABLE_H
#define TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "propagation.h"

/* Which columns are of interest. */
enum table_kind {
    TABLE_TIMES, /* when the value was there first, and when it was gone */
    TABLE_NOW    /* what the server says */
};

/* Prints the rows of a watch, with a head line. */
void table_print(FILE *out, const struct watch *watch, enum table_kind kind);

/* The rows as a JSON array; NULL when memory ran out. */
json_t *table_json(const struct watch *watch);

/* Prints a JSON object with its final line feed and gives it up. DNSHOOK_OK, or DNSHOOK_NO_MEMORY,
 * said; also for NULL. */
int table_print_json(json_t *object);

/* Draws the watch on standard error, in place, if that is a terminal; to be called whenever answers
 * have come. table_erase() takes it away. */
void table_draw(const struct watch *watch);
void table_erase(void);

#endif
