/*
 * many.c - starts or stops several challenges in one run, as other clients than acmetool do.
 *
 *     many [OPTION ...] start|stop HOST VALUE [HOST VALUE ...]
 *
 * Prints what each change found: its status, and whether the value was there, or gone, already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "log.h"
#include "name.h"
#include "process.h"
#include "run.h"

struct job {
    char host[NAME_SIZE];
};

static int run_set(const struct run *run, const char *event, struct challenge *set, size_t count)
{
    if (strcmp(event, "start") == 0)
        return run_start(run, set, count, RUN_WAIT);
    return strcmp(event, "stop") == 0 ? run_stop(run, set, count) : EXIT_USAGE;
}

static bool read_pairs(char *const *argv, struct challenge *set, struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (name_check_host(argv[2 * i], jobs[i].host) != NULL ||
            challenge_check_value(argv[2 * i + 1]) != NULL)
            return false;
        set[i].host = jobs[i].host;
        set[i].value = argv[2 * i + 1];
    }
    return true;
}

static int run_pairs(const struct run *run, int argc, char *const *argv)
{
    const size_t count = (size_t)(argc - 1) / 2;
    CLEANUP_FREE struct challenge *set = calloc(count, sizeof *set);
    CLEANUP_FREE struct job *jobs = calloc(count, sizeof *jobs);
    int status;

    if (set == NULL || jobs == NULL || !read_pairs(argv + 1, set, jobs, count))
        return EXIT_USAGE;
    status = run_set(run, argv[0], set, count);
    for (size_t i = 0; i < count; i++)
        (void)printf("%s %s %d %s\n", set[i].host, set[i].value, set[i].status,
                     set[i].change.effect == DNSHOOK_EFFECT_CHANGED     ? "changed"
                     : set[i].change.effect == DNSHOOK_EFFECT_NO_CHANGE ? "no-change"
                                                                        : "unknown");
    return fflush(stdout) == 0 ? status : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct run run = {0};
    int first = argc;

    if (process_secure("many") != DNSHOOK_OK ||
        options_read(&run.options, argc, argv, &first) != DNSHOOK_OK)
        return EXIT_FAILED;
    log_set_level(LOG_WARNING + run.options.verbose);
    if (argc - first < 3 || (argc - first) % 2 == 0)
        return EXIT_USAGE;
    return run_pairs(&run, argc - first, argv + first);
}
