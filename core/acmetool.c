#include "acmetool.h"

#include <string.h>

#include "deadline.h"
#include "log.h"

enum { ARGUMENTS = 4 /* event, host, target file, value */ };

struct event {
    const char *word;
    int (*handle)(struct road *road, struct challenge *set, size_t count); /* NULL: not ours */
    bool keeps_time; /* part of the time is kept for rolling back */
};

static const struct event events[] = {
    {"challenge-dns-start", challenge_start, true},
    {"challenge-dns-stop", challenge_stop, false},
    {"challenge-http-start", NULL, false},
    {"challenge-http-stop", NULL, false},
    {"challenge-tls-sni-start", NULL, false},
    {"challenge-tls-sni-stop", NULL, false},
    {"live-updated", NULL, false},
};

static const struct event *find(const char *word)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (strcmp(events[i].word, word) == 0)
            return &events[i];
    return NULL;
}

bool acmetool_is_event(const char *word)
{
    return find(word) != NULL;
}

/* Checks the arguments and puts them into the challenge; false, said, if they are no challenge. */
static bool read_arguments(int argc, char *const *argv, char host[NAME_SIZE],
                           struct challenge *challenge)
{
    const char *why;

    if (argc < ARGUMENTS) {
        log_error("%s needs three arguments: HOST TARGETFILE VALUE", argv[0]);
        return false;
    }
    why = name_check_host(argv[1], host);
    if (why != NULL) {
        log_error("the host name \"%s\" %s", argv[1], why);
        return false;
    }
    why = challenge_check_value(argv[3]);
    if (why != NULL) {
        log_error("the value %s", why);
        return false;
    }
    challenge->host = host;
    challenge->value = argv[3];
    return true;
}

int acmetool_run(const struct run *run, int argc, char *const *argv)
{
    const struct event *const event = find(argv[0]);
    struct challenge challenge = {0};
    char host[NAME_SIZE];
    struct road road = {0};
    int status;

    if (event == NULL || event->handle == NULL)
        return EXIT_NOT_OURS;
    if (!read_arguments(argc, argv, host, &challenge))
        return EXIT_USAGE;
    status = run_start_clock(run, event->keeps_time);
    if (status == DNSHOOK_OK)
        status = run_open(run, NULL, &road);
    if (status == DNSHOOK_OK)
        status = event->handle(&road, &challenge, 1);
    deadline_outcome(run_exit(status));
    road_close(&road);
    return run_exit(status);
}
