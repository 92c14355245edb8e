#include "challenge_command.h"

#include <stdio.h>
#include <string.h>

#include "deadline.h"

enum {
    VALUE_SIZE = 1100,
    PROVIDER_SIZE = 1024, /* its name, or its file, quoted */
    FILE_SIZE = 1056      /* the configuration's, quoted, with its option */
};

/* `text` for a POSIX shell. */
static void quote(char *out, size_t size, const char *text)
{
    size_t used = (size_t)snprintf(out, size, "'");

    for (; *text != '\0' && used + 6 < size; text++)
        used += (size_t)snprintf(out + used, size - used, *text == '\'' ? "'\\''" : "%c", *text);
    (void)snprintf(out + used, size - used, "'");
}

/* The account as a later call finds it: by its name where it is installed or configured, else by
 * the provider's file. */
static void quote_account(char out[PROVIDER_SIZE], const struct account *account)
{
    const struct provider *const provider = instance_provider(account->instance);
    const size_t directory = sizeof PROVIDERDIR - 1;

    if (account->configured)
        quote(out, PROVIDER_SIZE, account->name);
    else if (strncmp(provider->path, PROVIDERDIR "/", directory + 1) == 0 &&
             strchr(provider->path + directory + 1, '/') == NULL)
        (void)snprintf(out, PROVIDER_SIZE, "%s", provider->op.name);
    else
        quote(out, PROVIDER_SIZE, provider->path);
}

/* The option that names the account's configuration file; "" where that is the usual one. */
static void quote_file(char out[FILE_SIZE], const struct account *account)
{
    static const char option[] = " --config ";

    out[0] = '\0';
    if (account->file == NULL)
        return;
    memcpy(out, option, sizeof option);
    quote(out + sizeof option - 1, FILE_SIZE - sizeof option + 1, account->file);
}

void challenge_command(const struct challenge *challenge, char *out, size_t size)
{
    char file[FILE_SIZE];
    char account[PROVIDER_SIZE];
    char value[VALUE_SIZE];

    quote_file(file, challenge->account);
    quote_account(account, challenge->account);
    quote(value, sizeof value, challenge->value);
    if (challenge->at_name)
        (void)snprintf(out, size, "dnshook%s --provider %s remove %s %s", file, account,
                       challenge->host, value);
    else
        (void)snprintf(out, size, "dnshook%s --provider %s challenge-dns-stop %s '' %s", file,
                       account, challenge->host, value);
}

void challenge_last_words(const struct challenge *challenge)
{
    char command[CHALLENGE_COMMAND_SIZE];
    char text[CHALLENGE_COMMAND_SIZE + 128];

    challenge_command(challenge, command, sizeof command);
    (void)snprintf(text, sizeof text,
                   "dnshook: ended before the value could be taken away; later run: %s", command);
    deadline_last_words(text);
}
