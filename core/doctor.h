/*
 * doctor.h - what is wrong with this machine's installation of dnshook, before a renewal finds out:
 * the configuration, the providers, the hooks of ACME clients, the state directory, the accounts,
 * the resolvers, the clock. Changes nothing.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "findings.h"
#include "run.h"

enum { DOCTOR_MAX_USED = 64, DOCTOR_TEXT_SIZE = 2048, DOCTOR_PATH_SIZE = 4096 };

struct doctor {
    const struct run *run;
    struct road road;
    bool open;          /* the road is */
    bool misconfigured; /* the configuration cannot be read: it is not known which accounts there
                           are */
    struct findings findings;
    char used[DOCTOR_MAX_USED][RUN_CALLED_SIZE]; /* accounts and providers that are to be tried */
    size_t used_count;
};

/* Each adds what it finds. DNSHOOK_OK, or as dns_run(). */
int doctor_configuration(struct doctor *doctor); /* opens the road; first of all */
int doctor_providers(struct doctor *doctor);
int doctor_hooks(struct doctor *doctor);
int doctor_programs(struct doctor *doctor); /* the hooks that other clients' settings name */
int doctor_state(struct doctor *doctor);
int doctor_accounts(struct doctor *doctor); /* after the hooks, which say who is used */
int doctor_resolvers(struct doctor *doctor);

/* Notes an account or a provider that is to be tried. */
void doctor_use(struct doctor *doctor, const char *name);

/* True for the name of an account of the configuration or of a provider that can be loaded. */
bool doctor_knows(const struct doctor *doctor, const char *name);

/* Judges a file that a client would run as its hook, by the path that the client has; `client`
 * names it for people. False: it is missing or cannot be run, which has been said. */
bool doctor_program(struct doctor *doctor, const char *client, const char *path);

#endif
