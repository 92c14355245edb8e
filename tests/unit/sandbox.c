#include "sandbox.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX / 2];
static int saved_stderr = -1;

int sandbox_setup(void **state)
{
    const char *const base = getenv("TMPDIR");

    (void)state;
    (void)umask(022);
    (void)snprintf(root, sizeof root, "%s/dnshook-test-XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int sandbox_teardown(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *sandbox_path(const char *name)
{
    static char paths[8][PATH_MAX];
    static unsigned next;
    char *const path = paths[next++ % 8];

    (void)snprintf(path, PATH_MAX, "%s/%s", root, name);
    return path;
}

const char *sandbox_mkdir(const char *name, mode_t mode)
{
    const char *const path = sandbox_path(name);

    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void write_file(const char *path, const void *data, size_t size)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    assert_int_equal(close(fd), 0);
}

const char *sandbox_write(const char *name, const char *text)
{
    const char *const path = sandbox_path(name);

    write_file(path, text, strlen(text));
    return path;
}

/* Reads a whole file, with a NUL at its end, to be freed. */
static char *read_file(const char *path, size_t *size)
{
    FILE *const file = fopen(path, "re");
    struct stat st;
    char *data;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &st), 0);
    data = calloc(1, (size_t)st.st_size + 1);
    assert_non_null(data);
    *size = fread(data, 1, (size_t)st.st_size, file);
    assert_int_equal(*size, st.st_size);
    (void)fclose(file);
    return data;
}

const char *sandbox_install(const char *module, const char *name)
{
    const char *const path = sandbox_path(name);
    char from[PATH_MAX];
    size_t size;
    char *data;

    (void)snprintf(from, sizeof from, "%s/%s", MODULES, module);
    data = read_file(from, &size);
    write_file(path, data, size);
    free(data);
    return path;
}

void sandbox_capture(void)
{
    const int fd = open(sandbox_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(fd), 0);
}

const char *sandbox_release(void)
{
    static char said[16384];
    size_t size;
    char *text;

    assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(saved_stderr), 0);
    text = read_file(sandbox_path("stderr"), &size);
    (void)snprintf(said, sizeof said, "%s", text);
    free(text);
    return said;
}
