/* The hooks that the settings of dehydrated and certbot name. Their files are read, never run. */
#include "doctor.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"

static const char about[] = "hooks";

/* Where a client says what it runs. */
static const struct place {
    const char *client;
    const char *files; /* a pattern */
    const char *key;
    const char *partner; /* without which `key` is half; NULL: none */
} places[] = {
    {"dehydrated", "/etc/dehydrated/config", "HOOK", NULL},
    {"dehydrated", "/etc/dehydrated/conf.d/*.sh", "HOOK", NULL},
    {"dehydrated", "/usr/local/etc/dehydrated/config", "HOOK", NULL},
    {"certbot", "/etc/letsencrypt/cli.ini", "manual_auth_hook", "manual_cleanup_hook"},
    {"certbot", "/etc/letsencrypt/renewal/*.conf", "manual_auth_hook", "manual_cleanup_hook"},
};

/* What follows `key` and "=" at the beginning of a line; NULL: it is another line. certbot takes
 * hyphens for underscores. */
static const char *after_key(const char *line, const char *key)
{
    line += strspn(line, " \t");
    for (; *key != '\0'; key++, line++)
        if (*line != *key && !(*line == '-' && *key == '_'))
            return NULL;
    line += strspn(line, " \t");
    return *line == '=' ? line + 1 + strspn(line + 1, " \t\"'") : NULL;
}

/* The value of the last line `KEY=VALUE` of a text, without blanks and quotes around it; NULL if
 * there is none. */
static char *value_of(const char *text, const char *key)
{
    char *found = NULL;

    for (const char *line = text; *line != '\0'; line += *line == '\n') {
        const char *const value = after_key(line, key);

        line += strcspn(line, "\n");
        if (value == NULL || value > line)
            continue;
        free(found);
        found = strndup(value, strcspn(value, "\"'#\r\n"));
    }
    return found;
}

/* The program of a command: its first word. NULL where the shell would look for it. */
static char *program_of(const char *command)
{
    const size_t size = strcspn(command, " \t");

    return command[0] == '/' ? strndup(command, size) : NULL;
}

static void judge_command(struct doctor *doctor, const struct place *place, const char *file,
                          const char *command)
{
    CLEANUP_FREE char *program = program_of(command);
    CLEANUP_FREE char *client = NULL;

    if (asprintf(&client, "%s (%s)", place->client, file) < 0)
        client = NULL;
    if (program != NULL && client != NULL && doctor_program(doctor, client, program))
        findings_add(&doctor->findings, FINDING_OK, about, "%s runs %s", client, command);
}

static void judge_text(struct doctor *doctor, const struct place *place, const char *file,
                       const char *text)
{
    CLEANUP_FREE char *command = value_of(text, place->key);
    CLEANUP_FREE char *partner = place->partner != NULL ? value_of(text, place->partner) : NULL;

    if (command == NULL || *command == '\0' || strchr(command, '$') != NULL)
        return;
    judge_command(doctor, place, file, command);
    if (place->partner == NULL)
        return;
    if (partner != NULL && *partner != '\0') {
        judge_command(doctor, place, file, partner);
        return;
    }
    findings_add(&doctor->findings, FINDING_PROBLEM, about,
                 "%s has %s, but no %s: its values would stay in the DNS", file, place->key,
                 place->partner);
    findings_remedy(&doctor->findings, "give the same program as %s", place->partner);
}

static void judge_file(struct doctor *doctor, const struct place *place, const char *path)
{
    char why[FILE_WHY_SIZE] = "";
    CLEANUP_FREE char *text = NULL;
    bool readable = false;
    size_t size = 0;
    const int status = file_read(path, FILE_OPEN, &text, &size, &readable, why);

    if (status == DNSHOOK_NO_MEMORY)
        doctor->findings.lost = true;
    else if (status != DNSHOOK_OK)
        findings_add(&doctor->findings, status == DNSHOOK_DENIED ? FINDING_PROBLEM : FINDING_REMARK,
                     about, "the settings of %s: %s", place->client, why);
    else if (text != NULL)
        judge_text(doctor, place, path, text);
}

int doctor_programs(struct doctor *doctor)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        glob_t files = {0};

        if (glob(places[i].files, 0, NULL, &files) == 0)
            for (size_t f = 0; f < files.gl_pathc; f++)
                judge_file(doctor, &places[i], files.gl_pathv[f]);
        globfree(&files);
    }
    return DNSHOOK_OK;
}
