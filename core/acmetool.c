#include "acmetool.h"

#include <string.h>

#include "log.h"

enum { ARGUMENTS = 4 /* event, host, target file, value */ };

struct event {
    const char *word;
    int (*handle)(const struct run *run, struct challenge *challenge); /* NULL: not ours */
};

static int start(const struct run *run, struct challenge *challenge)
{
    return run_start(run, challenge, 1, RUN_WAIT);
}

static int stop(const struct run *run, struct challenge *challenge)
{
    return run_stop(run, challenge, 1);
}

static const struct event events[] = {
    {"challenge-dns-start", start},
    {"challenge-dns-stop", stop},
    {"challenge-http-start", NULL},
    {"challenge-http-stop", NULL},
    {"challenge-tls-sni-start", NULL},
    {"challenge-tls-sni-stop", NULL},
    {"live-updated", NULL},
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

    if (event == NULL || event->handle == NULL)
        return EXIT_NOT_OURS;
    if (!read_arguments(argc, argv, host, &challenge))
        return EXIT_USAGE;
    return event->handle(run, &challenge);
}
