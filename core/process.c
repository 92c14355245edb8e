#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dnshook/provider.h"
#include "log.h"

static mode_t umask_of_caller = 077;

/* So that no file that is opened later becomes standard error. */
static void fill_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        (void)close(fd);
}

static void forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(DNSHOOK_SANITIZED)
    /* LeakSanitizer has to attach to its own process. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* A caller that ignores SIGCHLD hands that on, and then no provider learns how its child ended. */
static void take_children(void)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};

    (void)sigaction(SIGCHLD, &action, NULL);
}

mode_t process_umask(void)
{
    return umask_of_caller;
}

const char *process_variable(const char *name)
{
    const char *const value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

int process_secure(const char *program)
{
    fill_standard_descriptors();
    umask_of_caller = umask(077);
    forbid_core_dumps();
    take_children();
    (void)unsetenv("LTDL_LIBRARY_PATH");
    if (getauxval(AT_SECURE) == 0)
        return DNSHOOK_OK;
    log_error("%s runs with privileges that its caller does not have, and refuses to: take them "
              "away with chmod u-s,g-s (and setcap -r) on the program",
              program);
    return DNSHOOK_DENIED;
}
