#include "commands.h"

#include <string.h>

#include "nearest.h"
#include "protocol.h"

static const struct command table[] = {
    {"test", "[PROVIDER] DOMAIN", "a full round trip with a random value", 1, 2, command_test},
    {"check", "DOMAIN [VALUE]", "why a CA would refuse it; changes nothing", 1, 2, command_check},
    {"doctor", "", "what is wrong here; changes nothing", 0, 0, command_doctor},
    {"providers", "", "the providers that are installed", 0, 0, command_providers},
    {"info", "PROVIDER [DOMAIN]", "its parameters, the permissions it needs", 1, 2, command_info},
    {"zones", "[PROVIDER]", "the zones that its credentials can see", 0, 1, command_zones},
    {"config", "[DOMAIN]", "what is configured, or a name's road", 0, 1, command_config},
    {"add", "NAME VALUE", "adds a value at NAME itself, and waits", 2, 2, command_add},
    {"remove", "NAME VALUE", "takes a value at NAME itself away", 2, 2, command_remove},
    {"clean", "[all]", "takes away what killed runs have left behind", 0, 1, command_clean},
    {"new-provider", "NAME DIR", "writes a project for a provider of your own", 2, 2,
     command_new_provider},
    {"conform", "PROVIDER DOMAIN", "tries a provider on a real account", 2, 2, command_conform},
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
