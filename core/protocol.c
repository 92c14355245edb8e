#include "protocol.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "nearest.h"
#include "protocol_call.h"

static const struct protocol *const table[] = {
    &protocol_acmetool, &protocol_certbot, &protocol_dehydrated, &protocol_getssl,
    &protocol_lego,     &protocol_mod_md,  &protocol_uacme,
};

enum { COUNT = sizeof table / sizeof *table };

static const struct protocol_event *find(const struct protocol *protocol, const char *word)
{
    for (const struct protocol_event *each = protocol->events; each->word != NULL; each++)
        if (strcmp(each->word, word) == 0)
            return each;
    return NULL;
}

int protocol_forced(const struct run *run, const struct protocol **protocol)
{
    const char *const variable = getenv("DNSHOOK_PROTOCOL");
    const char *const option = run->options.protocol;
    const char *const name = option != NULL ? option : variable;
    const char *names[COUNT];
    const char *near;

    *protocol = NULL;
    if (name == NULL || (option == NULL && *name == '\0'))
        return DNSHOOK_OK;
    for (size_t i = 0; i < COUNT; i++) {
        names[i] = table[i]->name;
        if (strcmp(names[i], name) == 0)
            *protocol = table[i];
    }
    if (*protocol != NULL)
        return DNSHOOK_OK;
    near = nearest_word(name, names, COUNT);
    log_error("%s: there is no protocol \"%s\"%s%s; dnshook --help lists them",
              option != NULL ? "--protocol" : "DNSHOOK_PROTOCOL", name,
              near != NULL ? ": did you mean " : "", near != NULL ? near : "");
    return DNSHOOK_BAD_CONFIG;
}

bool protocol_has(const struct protocol *protocol, const char *word)
{
    return find(protocol, word) != NULL;
}

const struct protocol *protocol_of_word(const char *word)
{
    for (size_t i = 0; i < COUNT; i++)
        if (!table[i]->only_forced && protocol_has(table[i], word))
            return table[i];
    return NULL;
}

const struct protocol *protocol_of_environment(const char *word)
{
    for (size_t i = 0; i < COUNT; i++)
        if (table[i]->called != NULL && table[i]->called(word))
            return table[i];
    return NULL;
}

/* The answer to a word that is no event, or to none. */
static int answer_unknown(const struct protocol *protocol, const char *word)
{
    if (protocol->unknown != EXIT_USAGE)
        return protocol->unknown;
    if (word == NULL)
        log_error("nothing to do: %s calls a hook with: %s", protocol->name, protocol->help);
    else
        log_error("\"%s\" is no event of %s; it calls a hook with: %s", word, protocol->name,
                  protocol->help);
    return EXIT_USAGE;
}

static bool has_its_arguments(const struct call *call)
{
    const struct protocol_event *const event = call->event;
    const int given = call->argc > 0 ? call->argc - 1 : 0;

    if (given >= event->least && (event->most < 0 || given <= event->most))
        return true;
    log_error("%s takes the arguments %s, and was given %d", event->word,
              event->usage[0] != '\0' ? event->usage : "none", given);
    return false;
}

/* What a status of run_start() and the like is to this client. */
static int outcome(const struct protocol *protocol, const struct call *call, int status)
{
    if (status != EXIT_NOBODY)
        return status;
    if (protocol->nobody != EXIT_NOT_OURS)
        log_error("%s: by the configuration this name goes to no account", call->set[0].host);
    return protocol->nobody;
}

int protocol_answer(const struct protocol *protocol, const struct run *run, int argc,
                    char *const *argv)
{
    struct call call = {.run = run, .argc = argc, .argv = argv};
    int status;

    if (argc > 0)
        call.event = find(protocol, argv[0]);
    else if (protocol->wordless != NULL)
        call.event = protocol->wordless();
    if (call.event == NULL)
        return answer_unknown(protocol, argc > 0 ? argv[0] : NULL);
    if (call.event->action == PROTOCOL_NOT_OURS)
        return protocol->not_ours;
    if (!has_its_arguments(&call))
        return EXIT_USAGE;
    status = protocol->read(protocol, &call);
    if (status == EXIT_DONE)
        status = protocol->answer != NULL ? protocol->answer(&call) : call_run(&call);
    status = outcome(protocol, &call, status);
    call_clear(&call);
    return status;
}

size_t protocol_words(const char **words, size_t count)
{
    size_t used = 0;

    for (size_t i = 0; i < COUNT; i++)
        for (const struct protocol_event *each = table[i]->events; each->word != NULL; each++)
            if (each->action != PROTOCOL_NOT_OURS && !table[i]->only_forced && used < count)
                words[used++] = each->word;
    return used;
}

void protocol_help(FILE *out)
{
    for (size_t i = 0; i < COUNT; i++)
        (void)fprintf(out, "  %-10s %s\n", table[i]->name, table[i]->help);
}
