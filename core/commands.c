#include "commands.h"

#include <string.h>

#include "nearest.h"

static const struct command table[] = {
    {"test", "[PROVIDER] DOMAIN", "a full round trip with a random value, shown as it goes", 1, 2,
     command_test},
    {"check", "DOMAIN [VALUE]", "what every authoritative server says now; changes nothing", 1, 2,
     command_check},
    {"providers", "", "the providers that are installed", 0, 0, command_providers},
    {"info", "PROVIDER [DOMAIN]", "a provider's parameters, and the permissions it needs", 1, 2,
     command_info},
    {"zones", "[PROVIDER]", "the zones that the provider's credentials can see", 0, 1,
     command_zones},
    {"config", "[DOMAIN]", "the configuration, or the road that a name takes; asks nobody", 0, 1,
     command_config},
};

enum { COUNT = sizeof table / sizeof *table };

const struct command *commands_find(const char *word)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(table[i].word, word) == 0)
            return &table[i];
    return NULL;
}

const char *commands_nearest(const char *word)
{
    const char *words[COUNT + 2] = {"challenge-dns-start", "challenge-dns-stop"};

    for (size_t i = 0; i < COUNT; i++)
        words[i + 2] = table[i].word;
    return nearest_word(word, words, COUNT + 2);
}

void commands_help(FILE *out)
{
    for (size_t i = 0; i < COUNT; i++)
        (void)fprintf(out, "  %-10s %-18s %s\n", table[i].word, table[i].usage, table[i].help);
}
