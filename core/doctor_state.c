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
                     "%zu of %d values on record in %s are older than an hour: runs that were "
                     "killed have left them behind",
                     old, count, path);
        findings_remedy(&doctor->findings, "dnshook clean takes them out of the DNS");
    } else if (count > 0)
        findings_add(&doctor->findings, FINDING_OK, about,
                     "%d values are on record in %s, none older than an hour", count, path);
}

/* True when the journal would be kept there: the directory is fine, or can be made. */
static bool judge_directory(struct doctor *doctor, const char *path)
{
    struct stat info;
    const char *fault;

    if (stat(path, &info) != 0) {
        char above[DOCTOR_PATH_SIZE];

        (void)snprintf(above, sizeof above, "%s", path);
        *strrchr(above, '/') = '\0';
        if (errno != ENOENT || above[0] == '\0' ||
            faccessat(AT_FDCWD, above, W_OK | X_OK, AT_EACCESS) != 0)
            return false;
        findings_add(&doctor->findings, FINDING_OK, about, "%s will be made by the first run",
                     path);
        return true;
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

    for (size_t i = 0; journal_directory_candidate(i, path); i++)
        if (path[0] == '/' && judge_directory(doctor, path))
            return DNSHOOK_OK;
    findings_add(&doctor->findings, FINDING_PROBLEM, about,
                 "there is no directory to keep a journal in: what a killed run leaves behind is "
                 "not on record");
    findings_remedy(&doctor->findings,
                    "make /var/lib/dnshook with mode 0700, or set StateDirectory=dnshook in the "
                    "service");
    return DNSHOOK_OK;
}
