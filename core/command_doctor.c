/* `dnshook doctor`: what is wrong with this installation. */
#include "commands.h"

#include <stdlib.h>

#include "doctor.h"
#include "log.h"
#include "report.h"
#include "table.h"

static int (*const parts[])(struct doctor *doctor) = {
    doctor_configuration, doctor_providers, doctor_hooks,     doctor_programs,
    doctor_state,         doctor_accounts,  doctor_resolvers,
};

static int print(const struct doctor *doctor)
{
    if (doctor->run->options.json)
        return table_print_json(json_pack("{s:b, s:o}", "ok", doctor->findings.problems == 0,
                                          "findings", report_json(&doctor->findings)));
    report_print(stdout, &doctor->findings);
    return DNSHOOK_OK;
}

/* Looks at everything; what was found is printed also where the time ran out. */
static int look(struct doctor *doctor)
{
    int status = DNSHOOK_OK;
    int printed;

    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == DNSHOOK_OK; i++)
        status = parts[i](doctor);
    if (doctor->findings.lost || status == DNSHOOK_NO_MEMORY)
        return log_no_memory();
    if (status == DNSHOOK_DEADLINE)
        log_error("the time was over before everything was looked at");
    printed = print(doctor);
    status = status == DNSHOOK_OK ? printed : status;
    if (status != DNSHOOK_OK || doctor->findings.problems == 0)
        return status;
    log_error("problems were found: %zu", doctor->findings.problems);
    return DNSHOOK_REJECTED;
}

int command_doctor(const struct run *run, int argc, char *const *argv)
{
    struct doctor *const doctor = calloc(1, sizeof *doctor);
    int status;

    (void)argc;
    (void)argv;
    if (doctor == NULL) {
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    doctor->run = run;
    status = look(doctor);
    findings_clear(&doctor->findings);
    road_close(&doctor->road);
    free(doctor);
    return run_exit(status);
}
