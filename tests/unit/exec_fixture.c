/*
 * What the tests of the provider exec share.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exec_fixture.h"
#include "sandbox.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

struct fake_host *fake;
int64_t time_left;
long time_left_calls;

static char texts[8][PATH_MAX];
static char *real_folder;
static long asked;

int begin_all(void **state)
{
    if (sandbox_setup(state) != 0)
        return -1;
    real_folder = realpath(sandbox_path("."), NULL); /* the provider wants no link on the way */
    return real_folder != NULL ? 0 : -1;
}

int end_all(void **state)
{
    free(real_folder);
    return sandbox_teardown(state);
}

static int64_t say_time_left(const struct dnshook_host *host)
{
    (void)host;
    asked++;
    return time_left_calls > 0 && asked > time_left_calls ? 0 : time_left;
}

static int say_interrupted(const struct dnshook_host *host, int64_t milliseconds)
{
    (void)host;
    (void)milliseconds;
    return DNSHOOK_INTERRUPTED;
}

int begin(void **state)
{
    (void)state;
    fake = fake_host_new();
    fake->host.time_left = say_time_left;
    fake->host.sleep = say_interrupted;
    time_left = 60000;
    time_left_calls = 0;
    asked = 0;
    return 0;
}

int end(void **state)
{
    (void)state;
    return fake_host_free(fake) == 0 ? 0 : -1;
}

const char *folder(const char *name)
{
    static unsigned next;
    char *const text = texts[next++ % 8];

    (void)snprintf(text, PATH_MAX, "%s/%s", real_folder, name);
    return text;
}

const char *write_program(const char *name, const char *text, mode_t mode)
{
    const char *const path = folder(name);

    (void)unlink(path);
    (void)sandbox_write(name, text);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

void set_script(const char *text)
{
    static char path[PATH_MAX];
    char script[4096];

    (void)snprintf(script, sizeof script, "#!/bin/sh\n%s\n", text);
    (void)snprintf(path, sizeof path, "%s", write_program("script", script, 0700));
    fake_host_set(fake, "program", path);
}

const char *contents(const char *name)
{
    static char text[8192];
    FILE *const file = fopen(folder(name), "re");

    if (file == NULL)
        return "";
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

int try_open(void)
{
    const struct dnshook_provider *const op = dnshook_provider_get();
    void *handle = NULL;
    const int status = op->open(&fake->host, &handle);

    if (status == DNSHOOK_OK)
        op->close(handle);
    return status;
}

int try_check(void)
{
    const struct dnshook_provider *const op = dnshook_provider_get();
    void *handle = NULL;
    int status = op->open(&fake->host, &handle);

    if (status != DNSHOOK_OK)
        return status;
    status = op->check(handle, NULL);
    op->close(handle);
    return status;
}

int change(int action, const char *value, uint32_t *effect)
{
    const struct dnshook_provider *const op = dnshook_provider_get();
    const struct dnshook_zone zone = {.size = sizeof zone, .name = ZONE};
    struct dnshook_change one = {.size = sizeof one,
                                 .action = (uint32_t)action,
                                 .name = NAME,
                                 .value = value,
                                 .zone = &zone,
                                 .ttl = 60};
    void *handle = NULL;
    int status = op->open(&fake->host, &handle);

    if (status != DNSHOOK_OK)
        return status;
    status = action == DNSHOOK_ADD ? op->add(handle, &one) : op->remove(handle, &one);
    op->close(handle);
    if (effect != NULL)
        *effect = one.effect;
    return status;
}

void assert_comes_to(int status, const char *words)
{
    int got;

    fake_host_forget(fake);
    got = change(DNSHOOK_ADD, VALUE, NULL);
    if (got != status)
        fail_msg("status %d in place of %d: %s", got, status, fake->failed);
    assert_int_equal(fake->fails, status == DNSHOOK_OK ? 0 : 1);
    assert_int_equal(fake->fail_status, status);
    assert_has(fake->failed, words);
}
