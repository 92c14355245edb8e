/* The hooks directories of acmetool: it runs every executable file in them for every event,
 * whatever its name, so whatever an editor leaves behind is run as well. */
#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

static const char about[] = "hooks";

static const char *const directories[] = {"/etc/acme/hooks", "/usr/lib/acme/hooks",
                                          "/usr/libexec/acme/hooks"};

/* Names of files that nobody means to be run. */
static const struct {
    const char *pattern;
    const char *what;
} strays[] = {
    {"*.so", "a shared object; providers belong into the provider directory"},
    {"*.so.*", "a shared object"},
    {"*~", "a backup of an editor"},
    {"#*#", "a leftover of an editor"},
    {"*.bak", "a backup"},
    {"*.old", "a backup"},
    {"*.orig", "a backup"},
    {"*.save", "a backup"},
    {"*.swp", "a leftover of an editor"},
    {"*.rej", "a leftover of patch"},
    {"*.dpkg-*", "a leftover of the package manager"},
    {"*.rpm*", "a leftover of the package manager"},
    {"*.ucf-*", "a leftover of the package manager"},
};

/* True when a file is this very program. */
static bool is_ourselves(const struct stat *file)
{
    struct stat own;

    return stat("/proc/self/exe", &own) == 0 && own.st_dev == file->st_dev &&
           own.st_ino == file->st_ino;
}

/* What a script begins with. acmetool runs a setuid one through sudo, and nothing else. */
static bool is_script(const char *path)
{
    FILE *const file = fopen(path, "re");
    char begin[2] = "";
    const bool is = file != NULL && fread(begin, 1, sizeof begin, file) == sizeof begin &&
                    begin[0] == '#' && begin[1] == '!';

    if (file != NULL)
        (void)fclose(file);
    return is;
}

/* False: nobody could run it, or a client would not; said. */
static bool check_modes(struct doctor *doctor, const char *client, const char *path,
                        const struct stat *file)
{
    struct findings *const findings = &doctor->findings;

    if ((file->st_mode & S_IWOTH) != 0) {
        findings_add(findings, FINDING_PROBLEM, about,
                     "%s may be written by everybody: whoever has an account here decides what %s "
                     "does",
                     path, client);
        findings_remedy(findings, "chmod o-w %s", path);
        return false;
    }
    if ((file->st_mode & (S_ISUID | S_ISGID)) != 0 && !is_script(path)) {
        findings_add(findings, FINDING_PROBLEM, about,
                     "%s has the set-user-ID or set-group-ID bit, with which %s", path,
                     is_ourselves(file) ? "dnshook refuses to run"
                                        : "anyone can run it with its owner's rights");
        findings_remedy(findings, "chmod u-s,g-s %s", path);
        return false;
    }
    return true;
}

/* Where this user may not look, nothing is known to be wrong. */
static void say_hidden(struct doctor *doctor, const char *client, const char *path)
{
    findings_add(&doctor->findings, FINDING_REMARK, about,
                 "%s runs %s, which this user may not look at: %s", client, path, strerror(EACCES));
    findings_remedy(&doctor->findings, "run this as the user who runs %s", client);
}

bool doctor_program(struct doctor *doctor, const char *client, const char *path)
{
    struct findings *const findings = &doctor->findings;
    struct stat file;

    if (stat(path, &file) != 0 && errno == EACCES && geteuid() != 0) {
        say_hidden(doctor, client, path);
        return false;
    }
    if (stat(path, &file) != 0) {
        findings_add(findings, FINDING_PROBLEM, about, "%s is to run %s: %s", client, path,
                     strerror(errno));
        findings_remedy(findings, "correct the path, or put the program there");
        return false;
    }
    if (!S_ISREG(file.st_mode) || (file.st_mode & 0111) == 0) {
        findings_add(findings, FINDING_PROBLEM, about, "%s is to run %s, which is not executable",
                     client, path);
        findings_remedy(findings, "chmod +x %s", path);
        return false;
    }
    return check_modes(doctor, client, path, &file);
}

/* A hook that is dnshook: its name chooses the account. */
static void judge_ours(struct doctor *doctor, const char *path)
{
    struct findings *const findings = &doctor->findings;
    const char *const variable = getenv("DNSHOOK_PROVIDER");
    char text[RUN_CALLED_SIZE];
    const char *const name = run_called(path, text);

    if (name == NULL && doctor->road.config == NULL && (variable == NULL || *variable == '\0')) {
        findings_add(findings, FINDING_PROBLEM, about,
                     "%s is dnshook, and neither its name nor a configuration says which provider "
                     "is meant",
                     path);
        findings_remedy(findings, "give the link the name of a provider, or write %s", CONFIG_PATH);
        return;
    }
    if (name != NULL && !doctor_knows(doctor, name)) {
        findings_add(findings, FINDING_PROBLEM, about,
                     "%s is dnshook, and its name is that of no account and of no provider that "
                     "can be loaded",
                     path);
        findings_remedy(findings, "give the link the name of one; dnshook providers lists them");
        return;
    }
    if (name != NULL)
        doctor_use(doctor, name);
    findings_add(findings, FINDING_OK, about, "%s is dnshook%s%s", path,
                 name != NULL ? ", with " : "", name != NULL ? name : "");
}

/* The pattern that a name matches, as an index; the number of them: none. */
static size_t stray_of(const char *name)
{
    size_t i = 0;

    while (i < sizeof strays / sizeof *strays && fnmatch(strays[i].pattern, name, 0) != 0)
        i++;
    return i;
}

static void judge_executable(struct doctor *doctor, const char *path, const char *name,
                             const struct stat *file)
{
    const size_t stray = stray_of(name);

    if (!check_modes(doctor, "acmetool", path, file))
        return;
    if (stray < sizeof strays / sizeof *strays) {
        findings_add(&doctor->findings, FINDING_PROBLEM, about,
                     "%s is executable, so acmetool runs it for every event, and by its name it is "
                     "%s",
                     path, strays[stray].what);
        findings_remedy(&doctor->findings, "take it away from there, or chmod a-x %s", path);
    } else if (is_ourselves(file))
        judge_ours(doctor, path);
    else
        findings_add(&doctor->findings, FINDING_OK, about, "%s is another program's", path);
}

static void judge_entry(struct doctor *doctor, const char *directory, const char *name)
{
    CLEANUP_FREE char *path = NULL;
    struct stat file;

    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        path = NULL;
        doctor->findings.lost = true;
        return;
    }
    if (stat(path, &file) != 0 && errno == EACCES && geteuid() != 0) {
        say_hidden(doctor, "acmetool", path);
        return;
    }
    if (stat(path, &file) != 0) {
        findings_add(&doctor->findings, FINDING_PROBLEM, about, "%s leads nowhere: %s", path,
                     strerror(errno));
        findings_remedy(&doctor->findings, "take it away, or link it anew");
        return;
    }
    if (!S_ISREG(file.st_mode))
        return;
    if ((file.st_mode & 0111) != 0) {
        judge_executable(doctor, path, name, &file);
        return;
    }
    findings_add(&doctor->findings, FINDING_REMARK, about,
                 "%s is not executable, so acmetool passes over it", path);
    findings_remedy(&doctor->findings, "chmod +x %s, or take it away from there", path);
}

static int is_seen(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void judge_directory(struct doctor *doctor, const char *path)
{
    struct dirent **names = NULL;
    struct stat info;
    int count;

    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return;
    if ((info.st_mode & S_IWOTH) != 0) {
        findings_add(&doctor->findings, FINDING_PROBLEM, about,
                     "%s may be written by everybody, and acmetool then runs no hook at all", path);
        findings_remedy(&doctor->findings, "chmod o-w %s", path);
    }
    count = scandir(path, &names, is_seen, alphasort);
    if (count < 0)
        findings_add(&doctor->findings, FINDING_REMARK, about, "%s cannot be read: %s", path,
                     strerror(errno));
    for (int i = 0; i < count; i++) {
        judge_entry(doctor, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
}

int doctor_hooks(struct doctor *doctor)
{
    const char *const own = getenv("ACME_HOOKS_DIR");

    if (own != NULL && *own == '/')
        judge_directory(doctor, own);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        judge_directory(doctor, directories[i]);
    return DNSHOOK_OK;
}
