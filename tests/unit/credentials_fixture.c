/*
 * What the tests of credentials share.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char dir[] = "/tmp/dnshook-credentials-XXXXXX";
struct fake_aws_host *fake;
const struct aws_credentials *got;

const char *path_of(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *const path = paths[next++ % COUNT(paths)];

    (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

const char *write_file(const char *name, const char *text, mode_t mode)
{
    const char *const path = path_of(name);

    (void)unlink(path);

    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

int begin(void **state)
{
    static char config[256];

    (void)state;
    fake = fake_aws_new();
    (void)snprintf(config, sizeof config, "%s/config", dir);
    fake_aws_set(fake, "AWS_CONFIG_FILE", config);
    fake_aws_set(fake, "AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
    got = NULL;
    return 0;
}

int end(void **state)
{
    (void)state;
    (void)unlink(path_of("config"));
    return fake_aws_free(fake) ? 0 : -1;
}

void again(void **state)
{
    assert_int_equal(end(state), 0);
    (void)begin(state);
}

/* Removes what is in a directory and the directory. */
int end_all(void **state)
{
    char command[300];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

int begin_all(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL || setenv("HOME", dir, 1) != 0 ? -1 : 0;
}

int ask(bool fresh)
{
    return aws_credentials(&fake->aws, fresh, &got);
}

void assert_gives(const char *id, bool has_token)
{
    if (ask(false) != DNSHOOK_OK)
        fail_msg("%s", fake->failed);
    assert_string_equal(got->access_key_id, id);
    assert_string_equal(got->secret_access_key, CANARY "Key");
    assert_true((got->session_token != NULL) == has_token);
    if (has_token)
        assert_string_equal(got->session_token, CANARY "Token");
    assert_int_equal(fake->fails, 0);
}

void assert_fails(int status, const char *what)
{
    const int result = ask(false);

    assert_has(fake->failed, what);
    assert_int_equal(result, status);
    assert_int_equal(fake->fails, 1);
    assert_false(fake->aws.has_credentials);
}

json_t *load_vectors(const char *name)
{
    const char *const path = fake_aws_vectors(name);
    json_t *const root = path == NULL ? NULL : json_load_file(path, 0, NULL);

    assert_non_null(root);
    return root;
}

void no_vectors(void **state)
{
    (void)state;
}
