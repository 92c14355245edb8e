/*
 * report.h - findings for people and as JSON.
 */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "findings.h"

/* One line each, the remedy on a line of its own below. */
void report_print(FILE *out, const struct findings *findings);

/* The same as a JSON array of objects; NULL when memory ran out. */
json_t *report_json(const struct findings *findings);

#endif
