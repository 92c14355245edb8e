/*
 * The shared files of the AWS tools.
 *
 * SPDX-License-Identifier: MIT
 */
#include "profile.h"
#include "profile_parse.h"
#include "textfile.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    FILES = 2,
    FILE_MAX = 1048576, /* bytes; generated files of large companies have some 400 KiB */
    HOME_SIZE = 4096,
    FIRST_ENTRIES = 32
};

/* A section that is there, or one property of it, in the order of the files. */
struct entry {
    enum profile_kind kind;
    enum profile_file file;
    bool prefixed;
    bool hidden; /* overruled: [default] beside [profile default] */
    const char *section;
    const char *name; /* NULL: the section itself */
    const char *value;
};

struct profiles {
    char *paths[FILES];
    struct textfile files[FILES]; /* what the entries point into */
    struct entry *entries;
    size_t count;
    size_t room;
};

/* What profile_parse() hands back: everything that `take` needs. */
struct reading {
    struct aws *aws;
    struct profiles *profiles;
    enum profile_file file;
};

/* ---- where the files are --------------------------------------------------------------------- */

/* The user's home directory, in `entry` or the environment; NULL: there is none. */
static const char *find_home(char entry[HOME_SIZE])
{
    const char *const home = getenv("HOME");
    struct passwd user;
    struct passwd *found = NULL;

    if (home != NULL && home[0] != '\0')
        return home;
    if (getpwuid_r(geteuid(), &user, entry, HOME_SIZE, &found) != 0 || found == NULL ||
        found->pw_dir[0] == '\0')
        return NULL;
    return found->pw_dir;
}

char *profiles_home_path(const struct aws *aws, const char *below)
{
    char entry[HOME_SIZE];
    const char *const home = find_home(entry);
    const size_t size = home == NULL ? 0 : strlen(home) + strlen(below) + 2;
    char *const path = aws->host->alloc(aws->host, size);

    if (path != NULL)
        (void)snprintf(path, size, "%s/%s", home, below);
    return path;
}

char *profiles_path(const struct aws *aws, enum profile_file file)
{
    static const struct {
        const char *param;
        const char *below;
    } files[FILES] = {
        [PROFILE_CONFIG] = {"config-file", ".aws/config"},
        [PROFILE_CREDENTIALS] = {"shared-credentials-file", ".aws/credentials"},
    };
    const char *const given = aws->host->param(aws->host, files[file].param);

    if (given == NULL)
        return profiles_home_path(aws, files[file].below);
    if (strncmp(given, "~/", 2) == 0)
        return profiles_home_path(aws, given + 2);
    return aws_copy(aws, given);
}

const char *profiles_chosen(const struct aws *aws)
{
    const char *const given = aws->host->param(aws->host, "profile");

    return given == NULL ? "default" : given;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool take_item(void *opaque, const struct profile_item *item)
{
    const struct reading *const reading = opaque;
    const struct dnshook_host *const host = reading->aws->host;
    struct profiles *const profiles = reading->profiles;

    if (profiles->count == profiles->room) {
        const size_t room = profiles->room == 0 ? FIRST_ENTRIES : profiles->room * 2;
        struct entry *const more = host->realloc(host, profiles->entries, room * sizeof *more);

        if (more == NULL)
            return false;
        profiles->entries = more;
        profiles->room = room;
    }
    profiles->entries[profiles->count++] = (struct entry){
        .kind = item->kind,
        .file = reading->file,
        .prefixed = item->prefixed,
        .section = item->section,
        .name = item->name,
        .value = item->value,
    };
    return true;
}

static bool is_default_of_config(const struct entry *entry, bool prefixed)
{
    return entry->kind == PROFILE && entry->file == PROFILE_CONFIG && entry->prefixed == prefixed &&
           strcmp(entry->section, "default") == 0;
}

/* [profile default] makes [default] of the same file invisible, wherever it stands. */
static void hide_default(struct profiles *profiles)
{
    bool hide = false;

    for (size_t i = 0; i < profiles->count; i++)
        hide = hide || is_default_of_config(&profiles->entries[i], true);
    for (size_t i = 0; hide && i < profiles->count; i++)
        profiles->entries[i].hidden = is_default_of_config(&profiles->entries[i], false);
}

static bool holds_secret(const struct profiles *profiles, enum profile_file file)
{
    for (size_t i = 0; i < profiles->count; i++) {
        const struct entry *const entry = &profiles->entries[i];

        if (entry->file == file && entry->name != NULL && entry->value[0] != '\0' &&
            (strcmp(entry->name, "aws_secret_access_key") == 0 ||
             strcmp(entry->name, "aws_session_token") == 0))
            return true;
    }
    return false;
}

static int parse_file(struct aws *aws, struct profiles *profiles, enum profile_file file)
{
    struct reading reading = {.aws = aws, .profiles = profiles, .file = file};
    struct profile_error error;

    if (profile_parse(profiles->files[file].text, file, take_item, &reading, &error))
        return DNSHOOK_OK;
    if (error.what == NULL)
        return aws_no_memory(aws);
    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s, line %u: %s", profiles->paths[file],
                        error.line, error.what);
}

/* True when the user has said where the file is. */
static bool is_named(const struct aws *aws, enum profile_file file)
{
    return aws->host->param(aws->host, file == PROFILE_CONFIG ? "config-file"
                                                              : "shared-credentials-file") != NULL;
}

static int read_one(struct aws *aws, struct profiles *profiles, enum profile_file file)
{
    char why[TEXTFILE_WHY_SIZE] = "";
    char entry[HOME_SIZE];
    int status;

    profiles->paths[file] = profiles_path(aws, file);
    if (profiles->paths[file] == NULL && find_home(entry) == NULL)
        return DNSHOOK_OK; /* without a home there are no files in it */
    if (profiles->paths[file] == NULL)
        return aws_no_memory(aws);
    status = textfile_read(aws->host, profiles->paths[file], TEXTFILE_OPEN, FILE_MAX,
                           &profiles->files[file], why);
    if (status != DNSHOOK_OK && profiles->files[file].denied && !is_named(aws, file)) {
        /* acmetool.service hides /root (ProtectHome=yes): that is how it is, and no mistake */
        dnshook_log(aws->host, DNSHOOK_LOG_DEBUG, "%s; passed over, as nobody has named it", why);
        return DNSHOOK_OK;
    }
    if (status != DNSHOOK_OK)
        return dnshook_fail(aws->host, status, "%s", why);
    if (profiles->files[file].text == NULL)
        return DNSHOOK_OK;
    status = parse_file(aws, profiles, file);
    if (status != DNSHOOK_OK)
        return status;
    if (!profiles->files[file].readable || !holds_secret(profiles, file))
        return DNSHOOK_OK;
    status = textfile_exposed(profiles->paths[file], why);
    return dnshook_fail(aws->host, status, "%s", why);
}

static void discard(const struct aws *aws, struct profiles *profiles)
{
    const struct dnshook_host *const host = aws->host;

    for (size_t i = 0; i < FILES; i++) {
        textfile_free(host, &profiles->files[i]);
        host->free(host, profiles->paths[i]);
    }
    host->free(host, profiles->entries);
    host->free(host, profiles);
}

int profiles_read(struct aws *aws)
{
    struct profiles *profiles;
    int status = DNSHOOK_OK;

    if (aws->profiles != NULL)
        return DNSHOOK_OK;
    profiles = aws->host->alloc(aws->host, sizeof *profiles);
    if (profiles == NULL)
        return aws_no_memory(aws);
    status = read_one(aws, profiles, PROFILE_CONFIG);
    if (status == DNSHOOK_OK)
        status = read_one(aws, profiles, PROFILE_CREDENTIALS);
    if (status != DNSHOOK_OK) {
        discard(aws, profiles);
        return status;
    }
    hide_default(profiles);
    aws->profiles = profiles;
    return DNSHOOK_OK;
}

/* ---- looking up ------------------------------------------------------------------------------ */

/* The last entry that fits: a later line, and the credentials file, win. `section` NULL: any;
 * `property` NULL: the section itself. */
static const struct entry *find(const struct aws *aws, enum profile_kind kind, const char *section,
                                const char *property)
{
    const struct profiles *const profiles = aws->profiles;

    for (size_t i = profiles->count; i-- > 0;) {
        const struct entry *const entry = &profiles->entries[i];

        if (entry->hidden || entry->kind != kind || (entry->name == NULL) != (property == NULL))
            continue;
        if (section != NULL && strcmp(entry->section, section) != 0)
            continue;
        if (property == NULL || strcasecmp(entry->name, property) == 0)
            return entry;
    }
    return NULL;
}

bool profiles_any(const struct aws *aws, enum profile_kind kind)
{
    return find(aws, kind, NULL, NULL) != NULL;
}

bool profiles_has(const struct aws *aws, enum profile_kind kind, const char *name)
{
    return find(aws, kind, name, NULL) != NULL;
}

const char *profiles_get(const struct aws *aws, enum profile_kind kind, const char *name,
                         const char *property)
{
    const struct entry *const entry = find(aws, kind, name, property);

    return entry == NULL ? NULL : entry->value;
}

const char *profiles_get_nested(const struct aws *aws, enum profile_kind kind, const char *name,
                                const char *property, const char *nested)
{
    const char *const value = profiles_get(aws, kind, name, property);
    size_t size = 0;
    const char *const found = value == NULL ? NULL : profile_parse_nested(value, nested, &size);

    return found == NULL ? NULL : aws_copy_part(aws, found, size);
}

const char *profiles_file(const struct aws *aws, enum profile_kind kind, const char *name,
                          const char *property)
{
    const struct entry *const entry = find(aws, kind, name, property);

    return entry == NULL ? NULL : aws->profiles->paths[entry->file];
}
