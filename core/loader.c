#include "loader.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <ltdl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "dnshook/provider.h"

/* A loaded file. The list keeps every one, so that a file is loaded only once. */
struct module {
    struct module *next;
    lt_dlhandle handle;
    dev_t device;
    ino_t inode;
};

static struct module *modules;
static char reason[512]; /* what the dynamic linker said last */

/* libltdl's own dlopen() binds lazily and drops the reason of a failure. */
static lt_module bind_now(lt_user_data data, const char *file, lt_dladvise advise)
{
    void *const module = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    (void)data;
    (void)advise;
    if (module == NULL) {
        const char *const said = dlerror();

        (void)snprintf(reason, sizeof reason, "%s", said != NULL ? said : "no reason given");
    }
    return module;
}

/* Nothing is ever unloaded. */
static int keep_loaded(lt_user_data data, lt_module module)
{
    (void)data;
    (void)module;
    return 0;
}

static void *find_symbol(lt_user_data data, lt_module module, const char *name)
{
    (void)data;
    return dlsym(module, name);
}

/* Makes libltdl load with bind_now() and in no other way. */
static int prepare(char *why)
{
    static const lt_dlvtable table = {.name = "dnshook",
                                      .module_open = bind_now,
                                      .module_close = keep_loaded,
                                      .find_sym = find_symbol,
                                      .priority = LT_DLLOADER_PREPEND};
    static bool ready;
    lt_dlvtable *stock = NULL; /* ours to free, as lt_dlexit() does */

    if (ready)
        return DNSHOOK_OK;
    (void)unsetenv("LTDL_LIBRARY_PATH");
    if (lt_dlinit() == 0 && lt_dlloader_add(&table) == 0)
        stock = lt_dlloader_remove("lt_dlopen");
    if (stock == NULL) {
        (void)snprintf(why, LOADER_WHY_SIZE, "libltdl cannot be set up: %s", lt_dlerror());
        return DNSHOOK_NO_MEMORY;
    }
    free(stock);
    ready = true;
    return DNSHOOK_OK;
}

static bool owned_by_stranger(const struct stat *st)
{
    return st->st_uid != 0 && st->st_uid != geteuid();
}

static bool writable_by_all(const struct stat *st)
{
    return (st->st_mode & S_IWOTH) != 0;
}

static bool writable_by_group(const struct stat *st)
{
    return (st->st_mode & S_IWGRP) != 0 && st->st_gid != 0 && st->st_gid != getegid();
}

/* In a sticky directory of root's, nobody can rename or replace what is another's. */
static bool protects_entries(const struct stat *st)
{
    return S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0 && st->st_uid == 0;
}

/* Refuses a file or directory that somebody else than root or we could change. `length` bytes of
 * `path` name it. */
static int check_writers(const struct stat *st, const char *kind, const char *path, size_t length,
                         char *why)
{
    static const struct {
        bool (*applies)(const struct stat *st);
        const char *what, *mend;
    } faults[] = {
        {owned_by_stranger, "belongs to neither root nor the user who runs dnshook", "chown root"},
        {writable_by_all, "may be written by everybody", "chmod o-w"},
        {writable_by_group, "may be written by a group that is neither root's nor our own",
         "chmod g-w"},
    };

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (!faults[i].applies(st) || protects_entries(st))
            continue;
        (void)snprintf(why, LOADER_WHY_SIZE,
                       "refused: the %s %.*s %s (owner %ju, group %ju, mode %04o); mend it with: "
                       "%s %.*s",
                       kind, (int)length, path, faults[i].what, (uintmax_t)st->st_uid,
                       (uintmax_t)st->st_gid, (unsigned)(st->st_mode & 07777), faults[i].mend,
                       (int)length, path);
        return DNSHOOK_DENIED;
    }
    return DNSHOOK_OK;
}

static int check_directory(int fd, const char *path, size_t length, char *why)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)snprintf(why, LOADER_WHY_SIZE, "refused: the directory %.*s cannot be checked: %s",
                       (int)length, path, strerror(errno));
        return DNSHOOK_DENIED;
    }
    return check_writers(&st, "directory", path, length, why);
}

/* True when `name` in the directory still is the file that was opened. */
static bool is_same_file(int directory, const char *name, const struct stat *file)
{
    struct stat st;

    return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == file->st_dev &&
           st.st_ino == file->st_ino;
}

/*
 * Checks every directory of the canonical path `real`, from the top, and that it leads to `file`.
 * Each one is reached from the one before, which nobody else can write: none can be swapped.
 */
static int check_way(const char *real, const struct stat *file, char *why)
{
    CLEANUP_CLOSE int directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    for (size_t at = 1;;) {
        const size_t length = strcspn(real + at, "/");
        char name[NAME_MAX + 1];
        const int status = check_directory(directory, real, at > 1 ? at - 1 : 1, why);

        if (status != DNSHOOK_OK)
            return status;
        (void)snprintf(name, sizeof name, "%.*s", (int)length, real + at);
        if (real[at + length] == '\0') {
            if (is_same_file(directory, name, file))
                return DNSHOOK_OK;
            (void)snprintf(why, LOADER_WHY_SIZE, "refused: %s was replaced while it was checked",
                           real);
            return DNSHOOK_DENIED;
        }
        const int next = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        (void)close(directory);
        directory = next;
        at += length + 1;
    }
}

/* Checks the opened file and all that lies above it. */
static int check_file(int fd, const char *path, struct stat *st, char *why)
{
    CLEANUP_FREE char *real = realpath(path, NULL);
    int status;

    if (real == NULL || fstat(fd, st) != 0) {
        (void)snprintf(why, LOADER_WHY_SIZE, "refused: %s cannot be checked: %s", path,
                       strerror(errno));
        return DNSHOOK_DENIED;
    }
    if (!S_ISREG(st->st_mode)) {
        (void)snprintf(why, LOADER_WHY_SIZE, "refused: %s is not a regular file", path);
        return DNSHOOK_DENIED;
    }
    status = check_writers(st, "file", path, strlen(path), why);
    return status != DNSHOOK_OK ? status : check_way(real, st, why);
}

/* Refuses a file that ends before its segments do, as a copy that was cut short: the dynamic linker
 * would map what is not there, and die of SIGBUS. What is wrong with it otherwise, it says. */
static int check_whole(int fd, const char *path, const struct stat *st, char *why)
{
    ElfW(Ehdr) head;
    ElfW(Phdr) segment;

    if (pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof segment)
        return DNSHOOK_OK;
    for (size_t i = 0; i < head.e_phnum; i++) {
        const uint64_t at = head.e_phoff + i * sizeof segment;
        const uint64_t size = (uint64_t)st->st_size;

        if (at < size &&
            pread(fd, &segment, sizeof segment, (off_t)at) == (ssize_t)sizeof segment &&
            (segment.p_type != PT_LOAD ||
             (segment.p_offset <= size && segment.p_filesz <= size - segment.p_offset)))
            continue;
        (void)snprintf(why, LOADER_WHY_SIZE,
                       "%s cannot be loaded: it was cut short (%ju bytes are there): install it "
                       "again",
                       path, (uintmax_t)st->st_size);
        return DNSHOOK_BAD_CONFIG;
    }
    return DNSHOOK_OK;
}

/* Opens the file for loading; says why not. O_NONBLOCK: a FIFO must not make us wait. */
static int open_file(const char *path, int *fd, char *why)
{
    struct stat st;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd >= 0)
        return DNSHOOK_OK;
    if (errno == ELOOP && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        (void)snprintf(why, LOADER_WHY_SIZE,
                       "refused: %s is a symbolic link; put the file itself there", path);
        return DNSHOOK_DENIED;
    }
    if (errno == ENXIO) {
        (void)snprintf(why, LOADER_WHY_SIZE, "refused: %s is not a regular file", path);
        return DNSHOOK_DENIED;
    }
    (void)snprintf(why, LOADER_WHY_SIZE, "%s cannot be opened: %s", path, strerror(errno));
    return DNSHOOK_BAD_CONFIG;
}

/* Writes the dynamic linker's reason with the file's own path in place of the one it was given. */
static void explain(const char *path, const char *loaded_as, char *why)
{
    const size_t prefix = strlen(loaded_as);
    const bool named =
        strncmp(reason, loaded_as, prefix) == 0 && strncmp(reason + prefix, ": ", 2) == 0;

    (void)snprintf(why, LOADER_WHY_SIZE, "%s cannot be loaded: %s", path,
                   named ? reason + prefix + 2 : reason);
}

/* Loads the descriptor itself, so that it is the file that was checked; by its path only where
 * /proc is not mounted. */
static int load(int fd, const char *path, lt_dlhandle *handle, char *why)
{
    char loaded_as[PATH_MAX];

    (void)snprintf(loaded_as, sizeof loaded_as, "/proc/self/fd/%d", fd);
    if (access(loaded_as, F_OK) != 0)
        (void)snprintf(loaded_as, sizeof loaded_as, "%s", path);
    (void)snprintf(reason, sizeof reason, "libltdl refused it");
    *handle = lt_dlopen(loaded_as);
    if (*handle != NULL)
        return DNSHOOK_OK;
    explain(path, loaded_as, why);
    return DNSHOOK_BAD_CONFIG;
}

static struct module *find_loaded(const struct stat *st)
{
    for (struct module *module = modules; module != NULL; module = module->next)
        if (module->device == st->st_dev && module->inode == st->st_ino)
            return module;
    return NULL;
}

/* Loads a checked file and notes it. From here on the descriptor stays open, also after a failure:
 * the dynamic linker may remember its number. */
static int load_new(int fd, const char *path, const struct stat *st, struct module **module,
                    char *why)
{
    struct module *const fresh = calloc(1, sizeof *fresh);
    int status;

    if (fresh == NULL) {
        (void)close(fd);
        (void)snprintf(why, LOADER_WHY_SIZE, "out of memory");
        return DNSHOOK_NO_MEMORY;
    }
    status = load(fd, path, &fresh->handle, why);
    if (status != DNSHOOK_OK) {
        free(fresh);
        return status;
    }
    fresh->device = st->st_dev;
    fresh->inode = st->st_ino;
    fresh->next = modules;
    modules = fresh;
    *module = fresh;
    return DNSHOOK_OK;
}

int loader_open(const char *path, struct module **module, char why[LOADER_WHY_SIZE])
{
    const size_t length = strlen(path);
    struct stat st;
    int fd, status = prepare(why);

    if (status != DNSHOOK_OK)
        return status;
    if (path[0] != '/' || length < 4 || strcmp(path + length - 3, ".so") != 0) {
        (void)snprintf(why, LOADER_WHY_SIZE, "%s is not an absolute path that ends in .so", path);
        return DNSHOOK_BAD_CONFIG;
    }
    status = open_file(path, &fd, why);
    if (status != DNSHOOK_OK)
        return status;
    status = check_file(fd, path, &st, why);
    if (status == DNSHOOK_OK)
        status = check_whole(fd, path, &st, why);
    *module = status == DNSHOOK_OK ? find_loaded(&st) : NULL;
    if (status == DNSHOOK_OK && *module == NULL)
        return load_new(fd, path, &st, module, why);
    (void)close(fd);
    return status;
}

void *loader_symbol(const struct module *module, const char *name)
{
    return lt_dlsym(module->handle, name);
}
