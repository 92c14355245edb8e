/* `dnshook new-provider`: writes a project for a provider, which builds and works as it is. */
#include "commands.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "build.h"
#include "log.h"
#include "new_provider.h"
#include "process.h"

enum { WORD_SIZE = 48, FILE_NAME_SIZE = 64 };

/* A mark of the templates, and what stands in its place. */
struct mark {
    const char *mark;
    char text[WORD_SIZE];
};

/* ---- marks ---- */

/* Copies the name in capitals. */
static void make_title(char out[WORD_SIZE], const char *name)
{
    (void)snprintf(out, WORD_SIZE, "%s", name);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
}

/* Copies a name with '_' for what is no letter or digit. */
static void make_word(char out[WORD_SIZE], const char *prefix, const char *name)
{
    (void)snprintf(out, WORD_SIZE, "%s%s", prefix, name);
    for (char *at = out; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at))
            *at = '_';
}

/* Today, as manual pages have it. */
static void make_date(char out[WORD_SIZE])
{
    const time_t now = time(NULL);
    char month[WORD_SIZE / 2] = "";
    struct tm today = {0};

    (void)localtime_r(&now, &today);
    (void)strftime(month, sizeof month, "%B", &today);
    (void)snprintf(out, WORD_SIZE, "%s %d, %d", month, today.tm_mday, today.tm_year + 1900);
}

enum { MARK_NAME, MARK_TITLE, MARK_LA, MARK_ENV, MARK_DATE, MARK_VERSION, MARKS };

/* A variable of the environment cannot begin with a digit. */
static void make_marks(struct mark marks[MARKS], const char *name)
{
    static const char *const words[MARKS] = {"@NAME@", "@TITLE@", "@LA@",
                                             "@ENV@",  "@DATE@",  "@VERSION@"};

    for (size_t i = 0; i < MARKS; i++)
        marks[i].mark = words[i];
    (void)snprintf(marks[MARK_NAME].text, WORD_SIZE, "%s", name);
    make_title(marks[MARK_TITLE].text, name);
    make_word(marks[MARK_LA].text, "", name);
    make_word(marks[MARK_ENV].text, isdigit((unsigned char)*name) ? "DNS_" : "",
              marks[MARK_TITLE].text);
    make_date(marks[MARK_DATE].text);
    (void)snprintf(marks[MARK_VERSION].text, WORD_SIZE, "%s", PACKAGE_VERSION);
}

static const struct mark *mark_at(const struct mark marks[MARKS], const char *text)
{
    for (size_t i = 0; *text == '@' && i < MARKS; i++)
        if (strncmp(text, marks[i].mark, strlen(marks[i].mark)) == 0)
            return &marks[i];
    return NULL;
}

/* Writes a template with its marks replaced. */
static void expand(FILE *out, const char *text, const struct mark marks[MARKS])
{
    while (*text != '\0') {
        const struct mark *const mark = mark_at(marks, text);

        if (mark != NULL) {
            (void)fputs(mark->text, out);
            text += strlen(mark->mark);
        } else {
            (void)fputc(*text++, out);
        }
    }
}

/* The name of a file of the project; "" when memory ran out. */
static void file_name(char out[FILE_NAME_SIZE], const char *path, const struct mark marks[MARKS])
{
    FILE *const stream = fmemopen(out, FILE_NAME_SIZE, "w");

    out[0] = '\0';
    if (stream == NULL)
        return;
    expand(stream, path, marks);
    (void)fclose(stream);
}

/* ---- the directory ---- */

/* The name of anything that is in the directory; false if it is empty. */
static bool is_occupied(int fd, char name[NAME_MAX + 1])
{
    DIR *const stream = fdopendir(dup(fd));
    const struct dirent *entry = stream != NULL ? readdir(stream) : NULL;
    bool found = false;

    while (entry != NULL && !found) {
        found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        if (found)
            (void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
        entry = readdir(stream);
    }
    if (stream != NULL)
        (void)closedir(stream);
    return found;
}

/* Makes the directory, or takes an empty one; the descriptor, or -1, said. */
static int open_directory(const char *path, bool *made)
{
    char name[NAME_MAX + 1];
    int fd;

    *made = mkdir(path, 0777) == 0;
    if (!*made && errno != EEXIST) {
        log_error("cannot make the directory %s: %s", path, strerror(errno));
        return -1;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        log_error("cannot open the directory %s: %s", path, strerror(errno));
        return -1;
    }
    if (is_occupied(fd, name)) {
        log_error("%s is there already, and %s is in it: name a directory that is new or empty",
                  path, name);
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* ---- the files ---- */

/* Fills a new file; false, with errno, when that failed. */
static bool fill_file(int fd, const char *text, const struct mark marks[MARKS])
{
    FILE *const stream = fdopen(fd, "w");
    bool done;

    if (stream == NULL) {
        (void)close(fd);
        return false;
    }
    expand(stream, text, marks);
    done = ferror(stream) == 0;
    return fclose(stream) == 0 && done;
}

/* Writes one file, which must be new; false, said, when that failed, and nothing is left of it. */
static bool write_file(int directory, const char *path, const char *name, const char *text,
                       const struct mark marks[MARKS])
{
    const char *const suffix = strrchr(name, '.');
    const mode_t mode = suffix != NULL && strcmp(suffix, ".sh") == 0 ? 0777 : 0666;
    const int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

    if (fd >= 0 && fill_file(fd, text, marks))
        return true;
    log_error("cannot write %s/%s: %s", path, name, strerror(errno));
    if (fd >= 0)
        (void)unlinkat(directory, name, 0);
    return false;
}

/* Takes away the first `count` files. */
static void remove_files(int directory, size_t count, const struct mark marks[MARKS])
{
    for (size_t i = 0; i < count; i++) {
        char name[FILE_NAME_SIZE];

        file_name(name, new_provider_files[i].path, marks);
        (void)unlinkat(directory, name, 0);
    }
}

/* Writes all files, or none. */
static bool write_files(int directory, const char *path, const struct mark marks[MARKS])
{
    for (size_t i = 0; new_provider_files[i].path != NULL; i++) {
        char name[FILE_NAME_SIZE];

        file_name(name, new_provider_files[i].path, marks);
        if (!write_file(directory, path, name, new_provider_files[i].text, marks)) {
            remove_files(directory, i, marks);
            return false;
        }
        (void)printf("%s/%s\n", path, name);
    }
    return true;
}

/* The files are the user's own, so the user's umask holds; but others may never write code that is
 * to become a provider. */
static bool write_project(const char *path, const struct mark marks[MARKS])
{
    bool made = false;
    CLEANUP_CLOSE int directory = -1;

    (void)umask(process_umask() | S_IWOTH);
    directory = open_directory(path, &made);
    if (directory >= 0 && write_files(directory, path, marks))
        return true;
    if (made)
        (void)rmdir(path);
    return false;
}

/* ---- the name ---- */

/* Why a name cannot be that of a new provider; NULL: it can. */
static const char *why_not(const char *name)
{
    if (!provider_name_ok(name))
        return "is no name of a provider: 1 to 32 of a-z, 0-9, _ and -, a letter or digit first";
    if (strncmp(name, "dnshook", 7) == 0)
        return "begins with dnshook: a link of that name chooses no provider";
    if (strncmp(name, "conftest", 8) == 0 || strncmp(name, "confdefs", 8) == 0)
        return "begins with conftest or confdefs: ./configure deletes files of that name";
    if (strcmp(name, "service") == 0)
        return "is the name of another file of the project";
    return NULL;
}

int command_new_provider(const struct run *run, int argc, char *const *argv)
{
    const char *const why = why_not(argv[1]);
    struct mark marks[MARKS];

    (void)run;
    (void)argc;
    if (why != NULL) {
        log_error("the name \"%s\" %s", argv[1], why);
        return EXIT_USAGE;
    }
    make_marks(marks, argv[1]);
    if (!write_project(argv[2], marks))
        return EXIT_FAILED;
    (void)printf("next: cd %s && ./autogen.sh && ./configure && make && make check\n", argv[2]);
    return EXIT_DONE;
}
