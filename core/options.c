#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dnshook/provider.h"
#include "log.h"
#include "name.h"

struct option {
    const char *name;
    const char *argument; /* what to call it; NULL: takes none */
    const char *help;
    int (*take)(struct options *options, const char *argument);
};

static int take_provider(struct options *options, const char *argument)
{
    options->provider = argument;
    return DNSHOOK_OK;
}

static int take_provider_dir(struct options *options, const char *argument)
{
    if (argument[0] != '/') {
        log_error("--provider-dir: \"%s\" is no absolute path", argument);
        return DNSHOOK_BAD_CONFIG;
    }
    options->provider_dir = argument;
    return DNSHOOK_OK;
}

static int take_config(struct options *options, const char *argument)
{
    options->config = argument;
    return DNSHOOK_OK;
}

static int take_protocol(struct options *options, const char *argument)
{
    options->protocol = argument;
    return DNSHOOK_OK;
}

static int take_timeout(struct options *options, const char *argument)
{
    char *end = NULL;
    const unsigned long seconds = strtoul(argument, &end, 10);

    if (!isdigit((unsigned char)*argument) || *end != '\0' || seconds == 0 ||
        seconds > OPTIONS_TIMEOUT_MAX) {
        log_error("--timeout: \"%s\" is no number of seconds from 1 to %d", argument,
                  OPTIONS_TIMEOUT_MAX);
        return DNSHOOK_BAD_CONFIG;
    }
    options->timeout = (int64_t)seconds * 1000;
    options->timeout_given = true;
    return DNSHOOK_OK;
}

static int take_ca(struct options *options, const char *argument)
{
    char domain[NAME_SIZE];
    const char *const why = name_check_host(argument, domain);

    if (why != NULL) {
        log_error("--ca: \"%s\" %s: give the domain of the certificate authority, as "
                  "letsencrypt.org",
                  argument, why);
        return DNSHOOK_BAD_CONFIG;
    }
    options->ca = argument;
    return DNSHOOK_OK;
}

static int take_json(struct options *options, const char *argument)
{
    (void)argument;
    options->json = true;
    return DNSHOOK_OK;
}

static int take_no_dns(struct options *options, const char *argument)
{
    (void)argument;
    options->no_dns = true;
    return DNSHOOK_OK;
}

static int take_verbose(struct options *options, const char *argument)
{
    (void)argument;
    options->verbose = options->verbose < 1 ? 1 : 2;
    return DNSHOOK_OK;
}

static int take_quiet(struct options *options, const char *argument)
{
    (void)argument;
    options->verbose = -1;
    return DNSHOOK_OK;
}

static int take_help(struct options *options, const char *argument)
{
    (void)argument;
    options->help = true;
    return DNSHOOK_OK;
}

static int take_version(struct options *options, const char *argument)
{
    (void)argument;
    options->version = true;
    return DNSHOOK_OK;
}

static const struct option table[] = {
    {"--provider", "NAME|FILE", "the provider, by name or by its file", take_provider},
    {"--provider-dir", "DIR", "where providers are looked for", take_provider_dir},
    {"--config", "FILE", "the configuration file", take_config},
    {"--protocol", "NAME", "which client calls, if its words do not tell", take_protocol},
    {"--timeout", "SECONDS", "how long a call may take in all (240)", take_timeout},
    {"--ca", "DOMAIN", "check, test: the authority, as CAA names it", take_ca},
    {"--json", NULL, "print results as JSON", take_json},
    {"--no-dns", NULL, "conform: ask the provider alone", take_no_dns},
    {"-v", NULL, "say more; twice: everything", take_verbose},
    {"-q", NULL, "say nothing but errors", take_quiet},
    {"--help", NULL, "this text", take_help},
    {"--version", NULL, "the version", take_version},
};

/* The option that a word names, up to a "=" in it. */
static const struct option *find(const char *word)
{
    const size_t size = strcspn(word, "=");

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strncmp(table[i].name, word, size) == 0 && table[i].name[size] == '\0')
            return &table[i];
    return NULL;
}

/* Reads one option at argv[*at] and moves on. */
static int read_one(struct options *options, int argc, char *const *argv, int *at)
{
    const char *const word = argv[(*at)++];
    const struct option *const option = find(strcmp(word, "-vv") == 0 ? "-v" : word);
    const char *const equals = strchr(word, '=');

    if (option == NULL) {
        log_error("unknown option %s; see dnshook --help", word);
        return DNSHOOK_BAD_CONFIG;
    }
    if (strcmp(word, "-vv") == 0)
        (void)option->take(options, NULL);
    if (option->argument == NULL && equals != NULL) {
        log_error("%s takes no value", option->name);
        return DNSHOOK_BAD_CONFIG;
    }
    if (option->argument == NULL)
        return option->take(options, NULL);
    if (equals != NULL && equals[1] != '\0')
        return option->take(options, equals + 1);
    if (equals != NULL || *at >= argc || argv[*at][0] == '\0') {
        log_error("%s needs a value: %s", option->name, option->argument);
        return DNSHOOK_BAD_CONFIG;
    }
    return option->take(options, argv[(*at)++]);
}

int options_read(struct options *options, int argc, char *const *argv, int *first)
{
    int at = 1;

    *options =
        (struct options){.provider_dir = PROVIDERDIR, .timeout = (int64_t)OPTIONS_TIMEOUT * 1000};
    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        const int status = read_one(options, argc, argv, &at);

        if (status != DNSHOOK_OK)
            return status;
    }
    *first = at;
    return DNSHOOK_OK;
}

void options_help(FILE *out)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        (void)fprintf(out, "  %-14s %-10s %s\n", table[i].name,
                      table[i].argument != NULL ? table[i].argument : "", table[i].help);
}
