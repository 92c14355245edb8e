/* `dnshook add` and `dnshook remove`: one value at a record name. */
#include "commands.h"

#include "log.h"

/* Checks the words; false, said. */
static bool read_words(char *const *argv, char record[NAME_SIZE])
{
    const char *why = name_check_record(argv[1], record);

    if (why != NULL) {
        log_error("the record name \"%s\" %s", argv[1], why);
        return false;
    }
    why = challenge_check_value(argv[2]);
    if (why != NULL)
        log_error("the value %s", why);
    return why == NULL;
}

static int outcome(const char *record, int status)
{
    if (status != EXIT_NOBODY)
        return status;
    log_error("%s: by the configuration this name goes to no account", record);
    return EXIT_FAILED;
}

int command_add(const struct run *run, int argc, char *const *argv)
{
    char record[NAME_SIZE];
    struct challenge challenge = {.host = record, .value = argv[2], .at_name = true};

    (void)argc;
    if (!read_words(argv, record))
        return EXIT_USAGE;
    return outcome(record, run_start(run, &challenge, 1, RUN_WAIT));
}

int command_remove(const struct run *run, int argc, char *const *argv)
{
    char record[NAME_SIZE];
    struct challenge challenge = {.host = record, .value = argv[2], .at_name = true};

    (void)argc;
    if (!read_words(argv, record))
        return EXIT_USAGE;
    return outcome(record, run_stop(run, &challenge, 1));
}
