/* The state directory, and what is on record there. */
#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "journal_directory.h"

static const char about[] = "state";

enum { OLD = 3600 /* s after which no challenge is under way any more */ };

/* What stands in the way of keeping the journal in a directory; NULL: nothing. */
static const char *fault_of(const char *path, const struct stat *info)
{
    if (!S_ISDIR(info->st_mode))
        return "is no directory";
    if (info->st_uid != geteuid())
        return "belongs to another user than the one who runs dnshook";
    if ((info->st_mode & 0022) != 0)
        return "may be written by others";
    return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0 ? "cannot be written" : NULL;
}

static int is_entry(const struct dirent *entry)
{
    return fnmatch("*.json", entry->d_name, FNM_PERIOD) == 0;
}

/* How many entries there are, and how many of them are old. */
static void judge_entries(struct doctor *doctor, const char *path)
{
    struct dirent **names = NULL;
    const int count = scandir(path, &names, is_entry, alphasort);
    const time_t now = time(NULL);
    size_t old = 0;

    for (int i = 0; i < count; i++) {
        CLEANUP_FREE char *file = NULL;
        struct stat info;

        if (asprintf(&file, "%s/%s", path, names[i]->d_name) < 0)
            file = NULL;
        old += file != NULL && stat(file, &info) == 0 && info.st_mtime + OLD < now;
        free(names[i]);
    }
    free(names);
    if (old > 0) {
        findings_add(&doctor->findings, FINDING_REMARK, about,
                     "%zu of %d on record in %s %s older than an hour: left behind by runs that "
                     "were killed",
                     old, count, path, old == 1 ? "is" : "are");
        findings_remedy(&doctor->findings, "dnshook clean takes it out of the DNS");
    } else if (count > 0)
        findings_add(&doctor->findings, FINDING_OK, about,
                     "%d value%s on record in %s, none older than an hour", count,
                     count == 1 ? " is" : "s are", path);
}

/* A directory of another user's journal, as root's is to anybody else, is no fault unless it was
 * named for this run. */
static bool is_anothers(const char *path, const struct stat *info)
{
    const char *const named = getenv("STATE_DIRECTORY");
    const size_t size = strlen(path);

    return S_ISDIR(info->st_mode) && geteuid() != 0 && info->st_uid != geteuid() &&
           (named == NULL || strncmp(named, path, size) != 0);
}

/* True when a directory that is not there can be made, with as many as `levels` above it. */
static bool can_be_made(const char *path, unsigned levels)
{
    char above[DOCTOR_PATH_SIZE];

    (void)snprintf(above, sizeof above, "%s", path);
    for (unsigned i = 0; i <= levels; i++) {
        *strrchr(above, '/') = '\0';
        if (above[0] == '\0')
            return false;
        if (faccessat(AT_FDCWD, above, W_OK | X_OK, AT_EACCESS) == 0)
            return true;
        if (errno != ENOENT)
            return false;
    }
    return false;
}

/* True when the journal would be kept there: the directory is fine, or can be made. */
static bool judge_directory(struct doctor *doctor, const char *path, unsigned levels)
{
    struct stat info;
    const char *fault;

    if (stat(path, &info) != 0) {
        if (errno != ENOENT || !can_be_made(path, levels))
            return false;
        findings_add(&doctor->findings, FINDING_OK, about, "%s will be made by the first run",
                     path);
        return true;
    }
    if (is_anothers(path, &info)) {
        findings_add(&doctor->findings, FINDING_OK, about,
                     "%s belongs to another user (%ju) and holds none of this one's", path,
                     (uintmax_t)info.st_uid);
        return false;
    }
    fault = fault_of(path, &info);
    if (fault == NULL) {
        findings_add(&doctor->findings, FINDING_OK, about, "%s can hold the journal", path);
        judge_entries(doctor, path);
        return true;
    }
    findings_add(&doctor->findings, FINDING_PROBLEM, about,
                 "%s %s (owner %ju, mode %04o): the journal is not kept there", path, fault,
                 (uintmax_t)info.st_uid, (unsigned)(info.st_mode & 07777));
    findings_remedy(&doctor->findings, "chown it to the user who runs dnshook, and chmod 0700 it");
    return false;
}

int doctor_state(struct doctor *doctor)
{
    char path[JOURNAL_PATH_SIZE];

    for (size_t i = 0; journal_directory_candidate(i, path); i++) {
        char next[JOURNAL_PATH_SIZE];
        /* The last is in the user's home, where what it lies in is made, too. */
        const bool at_home = geteuid() != 0 && !journal_directory_candidate(i + 1, next);
        const unsigned levels = !at_home ? 0 : getenv("XDG_STATE_HOME") != NULL ? 1 : 2;

        if (path[0] == '/' && judge_directory(doctor, path, levels))
            return DNSHOOK_OK;
    }
    findings_add(&doctor->findings, FINDING_PROBLEM, about,
                 "there is no directory to keep a journal in: what a killed run leaves behind is "
                 "not on record");
    findings_remedy(&doctor->findings,
                    "run this as the user who runs the ACME client; if that is this one, give it a "
                    "directory with mode 0700 in HOME/.local/state/dnshook, or set "
                    "StateDirectory=dnshook in the service");
    return DNSHOOK_OK;
}
