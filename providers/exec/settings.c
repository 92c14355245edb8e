/*
 * What the user has set.
 *
 * SPDX-License-Identifier: MIT
 */
#include "settings.h"
#include "environment.h"

#include <string.h>

enum { TIMEOUT_DIGITS = 4 }; /* up to 9999 seconds */

#define PARAM(flags, name, env, initial, help)                                                     \
    {                                                                                              \
        sizeof(struct dnshook_param), flags, name, env, initial, help                              \
    }

const struct dnshook_param settings_params[] = {
    PARAM(DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_FILE, "program", "DNSHOOK_EXEC_PROGRAM", NULL,
          "The program that adds and removes values, as an absolute path; it is run as PROGRAM "
          "add|remove NAME VALUE ZONE"),
    PARAM(0, "pass-environment", "DNSHOOK_EXEC_PASS_ENVIRONMENT", NULL,
          "The names of the environment variables that the program is given, separated by blanks"),
    PARAM(0, "run-timeout", "DNSHOOK_EXEC_RUN_TIMEOUT", "60",
          "How many seconds one run of the program may take"),
    {0, 0, NULL, NULL, NULL, NULL}};

/* A number of seconds as milliseconds; 0: it is none. */
static int64_t read_seconds(const char *text)
{
    const size_t digits = strspn(text, "0123456789");
    int64_t seconds = 0;

    if (text[digits] != '\0' || digits > TIMEOUT_DIGITS)
        return 0;
    for (; *text != '\0'; text++)
        seconds = seconds * 10 + (*text - '0');
    return seconds * 1000;
}

int settings_read(const struct dnshook_host *host, struct settings *out)
{
    const char *const program = host->param(host, "program");
    const char *const names = host->param(host, "pass-environment");
    const char *const timeout = host->param(host, "run-timeout");

    out->program = program != NULL ? program : "";
    out->names = names != NULL ? names : "";
    out->timeout = read_seconds(timeout != NULL ? timeout : "60");
    if (out->program[0] != '/')
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "program \"%s\" is not an absolute path: set DNSHOOK_EXEC_PROGRAM to "
                            "one, as /usr/local/lib/dnshook/my-dns",
                            out->program);
    if (!environment_are_names(out->names)) /* what is behind "=" may be a secret */
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "pass-environment \"%.*s\" is not a list of names: set "
                            "DNSHOOK_EXEC_PASS_ENVIRONMENT to the names of variables, without "
                            "their values, separated by blanks",
                            (int)strcspn(out->names, "=") + 1, out->names);
    if (out->timeout <= 0)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "run-timeout \"%s\" is not a number of seconds: set "
                            "DNSHOOK_EXEC_RUN_TIMEOUT to 1 to 9999",
                            timeout);
    return DNSHOOK_OK;
}
