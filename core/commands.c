#include "commands.h"

#include <string.h>

#include "nearest.h"
#include "protocol.h"

static const struct command table[] = {
    {"test", "[PROVIDER] DOMAIN", "a full round trip with a random value, shown as it goes", 1, 2,
     command_test},
    {"check", "DOMAIN [VALUE]", "what would make a CA refuse it; changes nothing", 1, 2,
     command_check},
    {"doctor", "", "what is wrong with this installation; changes nothing", 0, 0, command_doctor},
    {"providers", "", "the providers that are installed", 0, 0, command_providers},
    {"info", "PROVIDER [DOMAIN]", "a provider's parameters, and the permissions it needs", 1, 2,
     command_info},
    {"zones", "[PROVIDER]", "the zones that the provider's credentials can see", 0, 1,
     command_zones},
    {"config", "[DOMAIN]", "the configuration, or the road that a name takes; asks nobody", 0, 1,
     command_config},
    {"add", "NAME VALUE", "adds a value at NAME itself, and waits until it is served", 2, 2,
     command_add},
    {"remove", "NAME VALUE", "takes a value at NAME itself away", 2, 2, command_remove},
    {"clean", "[all]", "takes away what interrupted runs have left behind", 0, 1, command_clean},
    {"new-provider", "NAME DIR", "writes a project for a provider of your own", 2, 2,
     command_new_provider},
    {"conform", "PROVIDER DOMAIN", "tries the rules for providers on a real account", 2, 2,
     command_conform},
};

enum { COUNT = sizeof table / sizeof *table, EVENTS_MAX = 32 };

const struct command *commands_find(const char *word)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(table[i].word, word) == 0)
            return &table[i];
    return NULL;
}

const char *commands_nearest(const char *word)
{
    const char *words[COUNT + EVENTS_MAX];

    for (size_t i = 0; i < COUNT; i++)
        words[i] = table[i].word;
    return nearest_word(word, words, COUNT + protocol_words(words + COUNT, EVENTS_MAX));
}

void commands_help(FILE *out)
{
    for (size_t i = 0; i < COUNT; i++)
        (void)fprintf(out, "  %-12s %-18s %s\n", table[i].word, table[i].usage, table[i].help);
}
