/*
 * process.h - what the process is made safe against before it does anything.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/* umask 077 (acmetool hands 0 down), no core dumps, nobody may attach, descriptors 0 to 2 open,
 * SIGCHLD not ignored, no library path for libltdl. DNSHOOK_OK; DNSHOOK_DENIED, said, when the
 * program was given privileges that its caller does not have (set-user-ID, file capabilities). */
int process_secure(const char *program);

/* The umask with which the program was called, for files that are the user's own. */
mode_t process_umask(void);

/* A variable of the environment; NULL where it is not set or empty. */
const char *process_variable(const char *name);

#endif
