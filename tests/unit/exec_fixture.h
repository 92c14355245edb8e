/*
 * What the tests of the provider exec share: a host, and scripts in a folder of their own.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXEC_FIXTURE_H
#define EXEC_FIXTURE_H

#include "fake_host.h"

#include <stdbool.h>
#include <sys/types.h>

#include "check.h"

#define NAME "_acme-challenge.www.example.test"
#define VALUE "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define ZONE "example.test"

/* The host of the present test, and what the host says of the time. */
extern struct fake_host *fake;
extern int64_t time_left;
extern long time_left_calls; /* after so many questions there is none left; 0: never */

/* The folder for all tests of a program, and the host for one. */
int begin_all(void **state);
int end_all(void **state);
int begin(void **state);
int end(void **state);

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

/* A path in the folder, and a file there, both valid for a while; see sandbox.h. */
const char *folder(const char *name);
const char *write_program(const char *name, const char *text, mode_t mode);

/* Makes the shell script the program of the host: what follows #!/bin/sh. */
void set_script(const char *text);

/* What a file in the folder holds. */
const char *contents(const char *name);

/* The provider's open(), its check() and a change, from open() to close(). */
int try_open(void);
int try_check(void);
int change(int action, const char *value, uint32_t *effect);

/* A change that comes to this status, with these words if it is a failure. */
void assert_comes_to(int status, const char *words);

#endif
