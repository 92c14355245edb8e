/* main.c - picks what was asked for: the call of an ACME client, or a command. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "commands.h"
#include "log.h"
#include "process.h"
#include "protocol.h"

/* Results that could not be written are a failure. */
static int finish_output(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    log_error("cannot write to standard output: %s", strerror(errno));
    return status == EXIT_DONE ? EXIT_FAILED : status;
}

static int print_help(void)
{
    (void)printf(
        "usage: dnshook [OPTION ...] COMMAND [ARGUMENT ...]\n"
        "       as a hook of an ACME client: what it calls is below\n\n"
        "Proves control of a domain to a certificate authority by DNS (ACME dns-01), as a\n"
        "hook of an ACME client. The provider or account is that of --provider, else the\n"
        "name it was called by (a symbolic link, as rfc2136 -> dnshook), else that of\n"
        "DNSHOOK_PROVIDER, else what the configuration file has for the name.\n\nCommands:\n");
    commands_help(stdout);
    (void)printf("\nClients:\n");
    protocol_help(stdout);
    (void)printf("\nOptions:\n");
    options_help(stdout);
    (void)printf("\nManual: dnshook(1), dnshook-clients(7)\n");
    return finish_output(EXIT_DONE);
}

static int print_version(void)
{
    (void)printf("dnshook %s (provider interface %u)\n", PACKAGE_VERSION, DNSHOOK_ABI);
    return finish_output(EXIT_DONE);
}

/* A first word that is neither a client's nor a command. */
static int unknown_word(const char *word)
{
    const char *const near = commands_nearest(word);

    if (near != NULL)
        log_error("unknown command \"%s\": did you mean %s? See dnshook --help", word, near);
    else
        log_error("unknown command \"%s\"; see dnshook --help", word);
    return EXIT_USAGE;
}

static int run_command(const struct run *run, const struct command *command, int argc,
                       char *const *argv)
{
    const char *const blank = command->usage[0] != '\0' ? " " : "";

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)printf("usage: dnshook [OPTION ...] %s%s%s\n    %s\n", command->word, blank,
                     command->usage, command->help);
        return finish_output(EXIT_DONE);
    }
    if (argc - 1 < command->least || argc - 1 > command->most) {
        log_error("usage: dnshook [OPTION ...] %s%s%s", command->word, blank, command->usage);
        return EXIT_USAGE;
    }
    if (run->options.no_dns && strcmp(command->word, "conform") != 0) {
        log_error("--no-dns is for dnshook conform alone");
        return EXIT_USAGE;
    }
    return finish_output(command->run(run, argc, argv));
}

static int nothing_to_do(void)
{
    log_error("nothing to do: usage: dnshook [OPTION ...] COMMAND [ARGUMENT ...]; see dnshook "
              "--help");
    return EXIT_USAGE;
}

/* A client's call, or a command: what is known first. The words of a client that is named are its
 * own, then come commands, and what is left is for that client to answer. */
static int run_words(const struct run *run, int argc, char *const *argv)
{
    const char *const word = argc > 0 ? argv[0] : NULL;
    const struct protocol *forced = NULL;
    const struct protocol *protocol;

    if (protocol_forced(run, &forced) != DNSHOOK_OK)
        return EXIT_USAGE;
    if (word != NULL && (forced == NULL || !protocol_has(forced, word))) {
        const struct command *const command = commands_find(word);

        if (command != NULL)
            return run_command(run, command, argc, argv);
    }
    protocol = forced;
    if (protocol == NULL && word != NULL)
        protocol = protocol_of_word(word);
    if (protocol == NULL)
        protocol = protocol_of_environment(word);
    if (protocol != NULL)
        return protocol_answer(protocol, run, argc, argv);
    return word != NULL ? unknown_word(word) : nothing_to_do();
}

static int run_options(struct run *run, int argc, char *const *argv)
{
    int first = argc;

    if (options_read(&run->options, argc, argv, &first) != DNSHOOK_OK)
        return EXIT_USAGE;
    log_set_level(run->options.verbose < 0 ? LOG_ERROR : LOG_WARNING + run->options.verbose);
    if (run->options.help)
        return print_help();
    if (run->options.version)
        return print_version();
    return run_words(run, argc - first, argv + first);
}

int main(int argc, char **argv)
{
    char name[RUN_CALLED_SIZE];
    struct run run = {0};

    if (process_secure(argc > 0 ? argv[0] : "dnshook") != DNSHOOK_OK || argc < 1)
        return EXIT_FAILED;
    run.called = run_called(argv[0], name);
    return run_options(&run, argc, argv);
}
