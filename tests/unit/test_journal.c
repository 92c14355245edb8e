/* core/journal.c: where entries lie, what they hold, and which directories are trusted. The file
 * system's own directory /var/lib/dnshook is replaced by one of the sandbox. */
#include "caller.h"
#include "dnshook/provider.h"
#include "journal.h"
#include "journal_directory.h"
#include "log.h"
#include "sandbox.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, TEXT_SIZE = 8192, CHILD_OK = 77 };

#define SYSTEM_DIRECTORY "/var/lib/dnshook"

static const struct journal_entry entry = {.provider = "fake",
                                           .host = "www.example.org",
                                           .value = "a value",
                                           .record = "_acme-challenge.www.example.org",
                                           .zone = "example.org",
                                           .zone_id = "/zone/Z1",
                                           .primary = "ns1.example.org"};

static bool fsync_fails;
static bool rename_fails;

/* ---- the system, replaced ---- */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_faccessat(int fd, const char *path, int mode, int flags);
int __wrap_faccessat(int fd, const char *path, int mode, int flags);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);

static const char *moved(const char *path)
{
    if (strcmp(path, "/dnshook") == 0)
        return sandbox_path("root");
    return strcmp(path, SYSTEM_DIRECTORY) == 0 ? sandbox_path("system") : path;
}

int __wrap_open(const char *path, int flags, ...)
{
    return __real_open(moved(path), flags, 0600);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return __real_mkdir(moved(path), mode);
}

int __wrap_faccessat(int fd, const char *path, int mode, int flags)
{
    return __real_faccessat(fd, moved(path), mode, flags);
}

int __wrap_fsync(int fd)
{
    errno = ENOSPC;
    return fsync_fails ? -1 : __real_fsync(fd);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    errno = EROFS;
    return rename_fails ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

/* ---- what lies in a directory ---- */

/* The journal's directory below one of the sandbox. */
static const char *below(const char *name)
{
    static char path[TEXT_SIZE / 2];

    (void)snprintf(path, sizeof path, "%s/dnshook", sandbox_path(name));
    return path;
}

/* Counts what is in the journal below a directory; `path` receives the last one found. */
static size_t files_in(const char *name, char path[TEXT_SIZE])
{
    DIR *const directory = opendir(below(name));
    size_t count = 0;

    if (directory == NULL)
        return 0;
    for (const struct dirent *each; (each = readdir(directory)) != NULL;) {
        if (strcmp(each->d_name, ".") == 0 || strcmp(each->d_name, "..") == 0)
            continue;
        (void)snprintf(path, TEXT_SIZE, "%s/%s", below(name), each->d_name);
        count++;
    }
    (void)closedir(directory);
    return count;
}

static mode_t mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static void read_text(const char *path, char text[TEXT_SIZE])
{
    FILE *const file = fopen(path, "re");
    size_t size;

    assert_non_null(file);
    size = fread(text, 1, TEXT_SIZE - 1, file);
    text[size] = '\0';
    (void)fclose(file);
}

static void write_text(const char *path, const char *text, size_t size)
{
    FILE *const file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* ---- fixtures ---- */

static int reset(void **state)
{
    (void)state;
    fsync_fails = rename_fails = false;
    log_set_level(LOG_WARNING);
    return unsetenv("STATE_DIRECTORY") + unsetenv("XDG_STATE_HOME");
}

/* A journal below a directory of the sandbox. */
static struct journal *journal_in(const char *name)
{
    struct journal *journal = NULL;

    (void)mkdir(sandbox_path(name), 0700);
    assert_int_equal(setenv("STATE_DIRECTORY", sandbox_path(name), 1), 0);
    assert_int_equal(journal_open(&journal), DNSHOOK_OK);
    assert_non_null(journal);
    return journal;
}

static bool begin(struct journal *journal, const struct journal_entry *each)
{
    bool claimed = true;

    assert_int_equal(journal_begin(journal, each, &claimed), DNSHOOK_OK);
    return claimed;
}

/* ---- tests ---- */

static void begin_find_end(void **state)
{
    struct journal *const journal = journal_in("whole");
    struct journal_place place;
    char path[TEXT_SIZE];

    (void)state;
    assert_false(journal_find(journal, &entry, &place));
    assert_false(begin(journal, &entry));
    assert_int_equal(files_in("whole", path), 1);
    assert_int_equal(mode_of(below("whole")), 0700);
    assert_int_equal(mode_of(path), 0600);
    assert_true(journal_find(journal, &entry, &place));
    assert_string_equal(place.record, entry.record);
    assert_string_equal(place.zone, entry.zone);
    assert_string_equal(place.zone_id, entry.zone_id);
    assert_string_equal(place.primary, entry.primary);
    journal_end(journal, &entry);
    assert_int_equal(files_in("whole", path), 0);
    assert_false(journal_find(journal, &entry, &place));
    journal_end(journal, &entry);
    journal_close(journal);
}

/* An entry that is there already is claimed, by the next process as well. */
static void claimed(void **state)
{
    struct journal *journal = journal_in("claimed");
    char path[TEXT_SIZE];

    (void)state;
    assert_false(begin(journal, &entry));
    assert_true(begin(journal, &entry));
    journal_close(journal);
    journal = journal_in("claimed");
    assert_true(begin(journal, &entry));
    assert_int_equal(files_in("claimed", path), 1);
    journal_end(journal, &entry);
    assert_false(begin(journal, &entry));
    journal_close(journal);
}

/* Provider, host and value make an entry; each alone makes another one. */
static void what_makes_an_entry(void **state)
{
    struct journal *const journal = journal_in("several");
    struct journal_entry others[] = {entry, entry, entry, entry, entry, entry};
    struct journal_place place;
    char path[TEXT_SIZE];

    (void)state;
    others[1].value = "another value";
    others[2].host = "example.org";
    others[3].provider = "other";
    others[4].provider = "fakewww.example.org"; /* the same bytes, cut elsewhere */
    others[4].host = "";
    others[5].at_name = true;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(begin(journal, &others[i]));
    assert_int_equal(files_in("several", path), COUNT(others));
    journal_end(journal, &others[0]);
    assert_false(journal_find(journal, &others[0], &place));
    for (size_t i = 1; i < COUNT(others); i++)
        assert_true(journal_find(journal, &others[i], &place));
    journal_close(journal);
}

/* Any value makes an entry that reads back. */
static void values_of_all_kinds(void **state)
{
    static const char *const values[] = {"\"quoted\"", "back\\slash", "-dash", "../../etc/passwd",
                                         "a/b",        " ",           "{}",    "'"};
    struct journal *const journal = journal_in("values");
    char path[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        struct journal_entry each = entry;
        struct journal_place place;

        each.value = values[i];
        each.record = values[i];
        assert_false(begin(journal, &each));
        assert_true(journal_find(journal, &each, &place));
        assert_string_equal(place.record, values[i]);
    }
    assert_int_equal(files_in("values", path), COUNT(values));
    journal_close(journal);
}

/* An entry's file is JSON that says what it is. */
static void the_file(void **state)
{
    struct journal *const journal = journal_in("file");
    char path[TEXT_SIZE];
    char text[TEXT_SIZE];

    (void)state;
    assert_false(begin(journal, &entry));
    assert_int_equal(files_in("file", path), 1);
    read_text(path, text);
    assert_has(text, "\"version\": 1");
    assert_has(text, "\"provider\": \"fake\"");
    assert_has(text, "\"value\": \"a value\"");
    assert_has(text, "\"time\": ");
    journal_close(journal);
}

/* A file that is not what was written is as good as none, and nothing crashes. */
static void corrupt_files(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"version\": 1}",
        "{\"provider\": 1, \"host\": \"www.example.org\", \"value\": \"a value\"}",
        "{\"provider\": \"fake\", \"host\": \"www.example.org\", \"value\": \"a value\"}",
        "{\"provider\": \"fake\", \"provider\": \"fake\"}",
    };
    struct journal *const journal = journal_in("corrupt");
    struct journal_place place;
    char path[TEXT_SIZE];

    (void)state;
    assert_false(begin(journal, &entry));
    assert_int_equal(files_in("corrupt", path), 1);
    for (size_t i = 0; i < COUNT(texts); i++) {
        write_text(path, texts[i], strlen(texts[i]));
        assert_false(journal_find(journal, &entry, &place));
    }
    assert_true(begin(journal, &entry));
    assert_true(journal_find(journal, &entry, &place));
    journal_close(journal);
}

/* Cut at any byte, or changed in some, an entry is found whole or not at all. */
static void mutations(void **state)
{
    struct journal *const journal = journal_in("mutations");
    struct journal_place place;
    char path[TEXT_SIZE];
    char good[TEXT_SIZE];
    unsigned seed = 815;
    size_t size;

    (void)state;
    assert_false(begin(journal, &entry));
    assert_int_equal(files_in("mutations", path), 1);
    read_text(path, good);
    size = strlen(good);
    assert_true(size > 100);
    for (size_t cut = 0; cut + 1 < size; cut++) {
        write_text(path, good, cut);
        assert_false(journal_find(journal, &entry, &place));
    }
    for (int round = 0; round < 2000; round++) {
        char text[TEXT_SIZE];

        memcpy(text, good, size);
        for (int i = 0; i < 3; i++)
            text[(unsigned)rand_r(&seed) % size] = (char)rand_r(&seed);
        write_text(path, text, size);
        if (journal_find(journal, &entry, &place))
            assert_true(strlen(place.record) < sizeof place.record &&
                        strlen(place.zone_id) < sizeof place.zone_id);
    }
    journal_close(journal);
}

/* A text that does not fit is not cut: the entry is not used. */
static void a_place_that_is_too_long(void **state)
{
    struct journal *const journal = journal_in("long");
    struct journal_entry each = entry;
    struct journal_place place;
    char id[JOURNAL_ID_SIZE + 1];

    (void)state;
    memset(id, 'x', sizeof id);
    id[JOURNAL_ID_SIZE] = '\0';
    each.zone_id = id;
    assert_false(begin(journal, &each));
    assert_false(journal_find(journal, &each, &place));
    id[JOURNAL_ID_SIZE - 1] = '\0';
    assert_true(begin(journal, &each));
    assert_true(journal_find(journal, &each, &place));
    assert_string_equal(place.zone_id, id);
    journal_close(journal);
}

/* A link that somebody put there is not followed. */
static void a_symbolic_link_is_not_read(void **state)
{
    struct journal *const journal = journal_in("link");
    struct journal_place place;
    char path[TEXT_SIZE];

    (void)state;
    assert_false(begin(journal, &entry));
    assert_int_equal(files_in("link", path), 1);
    assert_int_equal(rename(path, sandbox_path("elsewhere")), 0);
    assert_int_equal(symlink(sandbox_path("elsewhere"), path), 0);
    assert_false(journal_find(journal, &entry, &place));
    journal_close(journal);
}

/* A failing write is a warning, leaves nothing behind, and the run goes on. */
static void a_write_that_fails(void **state)
{
    struct journal *const journal = journal_in("failing");
    char path[TEXT_SIZE];
    bool is_claimed = true;

    (void)state;
    for (int i = 0; i < 2; i++) {
        fsync_fails = i == 0;
        rename_fails = i == 1;
        sandbox_capture();
        assert_int_equal(journal_begin(journal, &entry, &is_claimed), DNSHOOK_OK);
        assert_has(sandbox_release(),
                   i == 0 ? "(No space left on device)" : "(Read-only file system)");
        assert_false(is_claimed);
        assert_int_equal(files_in("failing", path), 0);
    }
    journal_close(journal);
}

/* The entry stays as it was, of a run that did not come to its end. */
static void an_end_that_cannot_be_noted(void **state)
{
    struct journal *const journal = journal_in("full");
    struct journal_item *items = NULL;
    size_t count = 0;

    (void)state;
    assert_false(begin(journal, &entry));
    rename_fails = true;
    sandbox_capture();
    assert_false(journal_placed(journal, &entry));
    assert_has(sandbox_release(), "(Read-only file system): dnshook clean will take the value");
    rename_fails = false;
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 1);
    assert_false(items[0].placed);
    free(items);
    assert_true(journal_placed(journal, &entry));
    journal_end(journal, &entry);
    sandbox_capture();
    assert_false(journal_placed(journal, &entry)); /* there is none any more */
    assert_string_equal(sandbox_release(), "");
    journal_close(journal);
}

/* ---- directories ---- */

/* The name of the directory that journal_open() says it took, "" for none. */
static void assert_opens(const char *directory)
{
    struct journal *journal = NULL;
    char wanted[TEXT_SIZE];
    const char *said;

    log_set_level(LOG_DEBUG);
    sandbox_capture();
    assert_int_equal(journal_open(&journal), DNSHOOK_OK);
    said = sandbox_release();
    log_set_level(LOG_WARNING);
    (void)snprintf(wanted, sizeof wanted, "journal in %s\n", directory);
    if (strcmp(directory, SYSTEM_DIRECTORY) == 0 && strlen(getenv("STATE_DIRECTORY")) > 1)
        assert_has(said, "warning: STATE_DIRECTORY: ");
    if (directory[0] == '\0')
        assert_null(journal);
    else if (strstr(said, wanted) == NULL || journal == NULL)
        fail_msg("not %s but: %s", directory, said);
    journal_close(journal);
}

/* The entry of the list that is ours, or a directory below the first one. */
static void lists(void **state)
{
    static const struct {
        const char *list; /* each in the sandbox */
        const char *directory;
    } rows[] = {
        {"l1", "l1/dnshook"},
        {"l1:l2", "l1/dnshook"},
        {"l1/dnshook", "l1/dnshook"},
        {"l1:l2/dnshook:l3", "l2/dnshook"},
        {"l1/dnshook2:l3", "l1/dnshook2/dnshook"},
    };

    (void)state;
    (void)sandbox_mkdir("l1", 0700);
    (void)sandbox_mkdir("l2", 0700);
    (void)sandbox_mkdir("l1/dnshook2", 0700);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char list[TEXT_SIZE] = "";
        char copy[64];
        char *rest = copy;

        (void)snprintf(copy, sizeof copy, "%s", rows[i].list);
        for (const char *each; (each = strtok_r(NULL, ":", &rest)) != NULL;) {
            const size_t used = strlen(list);

            (void)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ":" : "",
                           sandbox_path(each));
        }
        assert_int_equal(setenv("STATE_DIRECTORY", list, 1), 0);
        assert_opens(sandbox_path(rows[i].directory));
    }
}

/* A directory that cannot be trusted gives way to the system's. */
static void directories_that_are_refused(void **state)
{
    static const struct {
        mode_t mode;
        bool taken;
    } rows[] = {{0700, true},  {0755, true},  {0500, true},   {0720, false},
                {0702, false}, {0770, false}, {01777, false}, {0777, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char name[32];
        const char *path;

        if (rows[i].mode == 0500 && geteuid() != 0)
            continue; /* root writes everywhere */
        (void)snprintf(name, sizeof name, "mode-%04o", (unsigned)rows[i].mode);
        (void)sandbox_mkdir(name, 0700);
        path = below(name);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(chmod(path, rows[i].mode), 0);
        assert_int_equal(setenv("STATE_DIRECTORY", path, 1), 0);
        assert_opens(rows[i].taken ? path : SYSTEM_DIRECTORY);
        if (rows[i].taken && rows[i].mode != 0500)
            assert_int_equal(mode_of(path), 0700);
    }
}

static void no_directory_at_all(void **state)
{
    static const char *const values[] = {"relative", "", ":"};

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        assert_int_equal(setenv("STATE_DIRECTORY", values[i], 1), 0);
        assert_opens(SYSTEM_DIRECTORY);
    }
    assert_int_equal(setenv("STATE_DIRECTORY", sandbox_write("plain-file", "x"), 1), 0);
    assert_opens(SYSTEM_DIRECTORY);
}

/* A path that does not fit is not cut to another one. */
/* Root has no journal at home; nothing is made. */
static void candidates(void **state)
{
    char path[JOURNAL_PATH_SIZE];

    (void)state;
    assert_int_equal(setenv("STATE_DIRECTORY", "/one:/two", 1), 0);
    assert_true(journal_directory_candidate(0, path));
    assert_string_equal(path, "/one/dnshook");
    assert_true(journal_directory_candidate(1, path));
    assert_string_equal(path, SYSTEM_DIRECTORY);
    if (geteuid() == 0)
        assert_false(journal_directory_candidate(2, path));
    assert_int_equal(access("/one", F_OK), -1);
}

static void a_path_that_is_too_long(void **state)
{
    static char path[5000];

    (void)state;
    memset(path, 'x', sizeof path - 1);
    memcpy(path, sandbox_path(""), strlen(sandbox_path("")));
    for (size_t i = 200; i + 1 < sizeof path; i += 100)
        path[i] = '/';
    assert_int_equal(setenv("STATE_DIRECTORY", path, 1), 0);
    assert_opens(SYSTEM_DIRECTORY);
}

static void a_directory_of_another(void **state)
{
    const char *const path = below("foreign");

    (void)state;
    (void)sandbox_mkdir("foreign", 0700);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chown(path, NOBODY, NOBODY), 0);
    assert_int_equal(setenv("STATE_DIRECTORY", path, 1), 0);
    assert_opens(SYSTEM_DIRECTORY);
}

/* Without one: a warning, each time, and everything else works. */
static void no_journal(void **state)
{
    struct journal_place place;
    bool is_claimed = true;

    (void)state;
    sandbox_capture();
    assert_int_equal(journal_begin(NULL, &entry, &is_claimed), DNSHOOK_OK);
    assert_has(sandbox_release(), "no directory to keep a journal in");
    assert_false(is_claimed);
    assert_false(journal_find(NULL, &entry, &place));
    journal_end(NULL, &entry);
    journal_close(NULL);
}

/* ---- as a user who is not root ---- */

/* Runs `body` in a child as another user, if this one is root, with HOME in the sandbox and a
 * system's directory that it cannot use. */
static void as_user(const char *home, void (*body)(void))
{
    const char *const path = sandbox_mkdir(home, 0700);
    int status = 0;
    pid_t child;

    if (geteuid() == 0) {
        assert_int_equal(chown(path, NOBODY, NOBODY), 0);
        assert_int_equal(chmod(sandbox_path(""), 0711), 0);
    }
    assert_int_equal(setenv("HOME", path, 1), 0);
    (void)mkdir(SYSTEM_DIRECTORY, 0700);
    assert_int_equal(chmod(sandbox_path("system"), 0500), 0);
    child = fork();
    if (child == 0) {
        if (geteuid() == 0 &&
            (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(1);
        body();
        _exit(CHILD_OK);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(sandbox_path("system"), 0700), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CHILD_OK);
}

static bool opens(const char *directory)
{
    struct journal *journal = NULL;
    struct stat info;
    bool is_claimed = false;
    bool ok;

    if (journal_open(&journal) != DNSHOOK_OK)
        return false;
    if (directory == NULL)
        return journal == NULL;
    ok = journal != NULL && journal_begin(journal, &entry, &is_claimed) == DNSHOOK_OK &&
         stat(directory, &info) == 0 && (info.st_mode & 07777) == 0700;
    if (ok)
        journal_end(journal, &entry);
    journal_close(journal);
    return ok;
}

/* The directories that are tried, in order, for who is not root. */
static bool tries(const char *first, const char *second, const char *third)
{
    const char *const wanted[] = {first, second, third};
    char path[JOURNAL_PATH_SIZE];
    size_t i = 0;

    while (i < COUNT(wanted) && wanted[i] != NULL) {
        if (!journal_directory_candidate(i, path) || strcmp(path, wanted[i]) != 0)
            return false;
        i++;
    }
    return !journal_directory_candidate(i, path);
}

static void home_body(void)
{
    char path[TEXT_SIZE];

    (void)snprintf(path, sizeof path, "%s/.local/state/dnshook", getenv("HOME"));
    if (!tries(SYSTEM_DIRECTORY, path, NULL))
        _exit(2);
    if (setenv("STATE_DIRECTORY", "/a:/b/dnshook", 1) != 0 ||
        !tries("/b/dnshook", SYSTEM_DIRECTORY, path) || unsetenv("STATE_DIRECTORY") != 0)
        _exit(2);
    if (!opens(path) || !opens(path))
        _exit(2);
}

static void in_the_home_directory(void **state)
{
    (void)state;
    as_user("home", home_body);
}

static void xdg_body(void)
{
    char path[TEXT_SIZE];
    char state[TEXT_SIZE];

    (void)snprintf(state, sizeof state, "%s/state", getenv("HOME"));
    (void)snprintf(path, sizeof path, "%s/state/dnshook", getenv("HOME"));
    if (setenv("XDG_STATE_HOME", state, 1) != 0 || !opens(path))
        _exit(2);
}

static void in_xdg_state_home(void **state)
{
    (void)state;
    as_user("xdg", xdg_body);
}

static void unwritable_body(void)
{
    if (chmod(getenv("HOME"), 0500) != 0 || !opens(NULL))
        _exit(2);
}

static void an_unwritable_home(void **state)
{
    (void)state;
    as_user("unwritable", unwritable_body);
}

static void homeless_body(void)
{
    if (unsetenv("HOME") != 0 || !opens(NULL) || setenv("HOME", "relative", 1) != 0 || !opens(NULL))
        _exit(2);
}

static void no_home(void **state)
{
    (void)state;
    as_user("homeless", homeless_body);
}

/* ---- all entries ---- */

/* The entries come back, the oldest first, with the client and the state that they were given. */
static void listed(void **state)
{
    struct journal *const journal = journal_in("listed");
    struct journal_entry each = entry;
    struct journal_item *items = NULL;
    size_t count = 9;
    char path[TEXT_SIZE];

    (void)state;
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 0);
    assert_false(begin(journal, &entry));
    each.at_name = true;
    each.client = "somebody";
    assert_false(begin(journal, &each));
    assert_true(journal_placed(journal, &each));
    (void)snprintf(path, sizeof path, "%s/.unfinished", below("listed"));
    write_text(path, "x", 1);
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        const bool second = items[i].at_name;

        assert_string_equal(items[i].provider, entry.provider);
        assert_string_equal(items[i].host, entry.host);
        assert_string_equal(items[i].value, entry.value);
        assert_string_equal(items[i].client, second ? "somebody" : "");
        assert_int_equal(items[i].placed, second);
        assert_string_equal(items[i].place.zone, entry.zone);
        assert_true(caller_may_live(items[i].process));
        assert_true(items[i].time > 0);
    }
    assert_true(items[0].at_name != items[1].at_name);
    free(items);
    journal_close(journal);
}

/* Settling leaves the rest of an entry as it was; an entry that is gone stays so. */
static void an_entry_is_settled(void **state)
{
    struct journal *const journal = journal_in("settled");
    struct journal_entry each = entry;
    struct journal_item *items = NULL;
    struct journal_item *after = NULL;
    size_t count = 0;

    (void)state;
    each.client = "somebody";
    each.outstanding = true;
    each.token = "/change/C1";
    assert_false(begin(journal, &each));
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 1);
    assert_false(items[0].outstanding); /* the call is still under way */
    free(items);
    assert_true(journal_placed(journal, &each));
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 1);
    assert_true(items[0].outstanding);
    assert_string_equal(items[0].token, "/change/C1");
    journal_settle(journal, &items[0]);
    assert_int_equal(journal_list(journal, &after, &count), DNSHOOK_OK);
    assert_int_equal(count, 1);
    assert_false(after[0].outstanding);
    assert_string_equal(after[0].token, "");
    assert_true(after[0].placed);
    assert_string_equal(after[0].client, "somebody");
    assert_string_equal(after[0].place.zone_id, entry.zone_id);
    free(after);
    journal_end(journal, &entry);
    journal_settle(journal, &items[0]);
    assert_int_equal(journal_list(journal, &after, &count), DNSHOOK_OK);
    assert_int_equal(count, 0);
    free(items);
    free(after);
    journal_close(journal);
}

/* The entries of versions before had no client and no state; a file that is no entry is named. */
static void odd_entries(void **state)
{
    static const char old[] =
        "{\"version\": 1, \"provider\": \"fake\", \"host\": \"h\", \"value\": \"v\", "
        "\"record\": \"r\", \"zone\": \"z\", \"zone-id\": \"\", \"primary\": \"\", "
        "\"time\": 5, \"pid\": 3}";
    struct journal *const journal = journal_in("odd");
    struct journal_item *items = NULL;
    size_t count = 0;
    char path[TEXT_SIZE];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/0123456789abcdef0123456789abcdef.json", below("odd"));
    write_text(path, old, sizeof old - 1);
    (void)snprintf(path, sizeof path, "%s/1123456789abcdef0123456789abcdef.json", below("odd"));
    write_text(path, "{", 1);
    sandbox_capture();
    assert_int_equal(journal_list(journal, &items, &count), DNSHOOK_OK);
    assert_has(sandbox_release(), "no entry that can be read");
    assert_int_equal(count, 1);
    assert_int_equal(items[0].time, 5);
    assert_false(items[0].placed);
    assert_true(caller_may_live(items[0].process)); /* nobody knows */
    free(items);
    journal_close(journal);
    assert_int_equal(journal_list(NULL, &items, &count), DNSHOOK_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(begin_find_end, reset),
        cmocka_unit_test_setup(claimed, reset),
        cmocka_unit_test_setup(what_makes_an_entry, reset),
        cmocka_unit_test_setup(values_of_all_kinds, reset),
        cmocka_unit_test_setup(the_file, reset),
        cmocka_unit_test_setup(corrupt_files, reset),
        cmocka_unit_test_setup(mutations, reset),
        cmocka_unit_test_setup(a_place_that_is_too_long, reset),
        cmocka_unit_test_setup(a_symbolic_link_is_not_read, reset),
        cmocka_unit_test_setup(a_write_that_fails, reset),
        cmocka_unit_test_setup(an_end_that_cannot_be_noted, reset),
        cmocka_unit_test_setup(lists, reset),
        cmocka_unit_test_setup(directories_that_are_refused, reset),
        cmocka_unit_test_setup(no_directory_at_all, reset),
        cmocka_unit_test_setup(candidates, reset),
        cmocka_unit_test_setup(a_path_that_is_too_long, reset),
        ROOT_TEST(a_directory_of_another, reset),
        cmocka_unit_test_setup(no_journal, reset),
        cmocka_unit_test_setup(in_the_home_directory, reset),
        cmocka_unit_test_setup(in_xdg_state_home, reset),
        cmocka_unit_test_setup(an_unwritable_home, reset),
        cmocka_unit_test_setup(no_home, reset),
        cmocka_unit_test_setup(listed, reset),
        cmocka_unit_test_setup(an_entry_is_settled, reset),
        cmocka_unit_test_setup(odd_entries, reset),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
