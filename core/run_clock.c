#include "run_clock.h"

#include "deadline.h"

enum { RESERVE = 15000 /* ms kept for cleaning up, or a quarter of the time if that is less */ };

static int64_t reserve_of(int64_t total)
{
    return total / 4 < RESERVE ? total / 4 : RESERVE;
}

int run_start_clock(const struct run *run, bool keep)
{
    const int64_t total = run->options.timeout;

    return deadline_start(total, keep ? reserve_of(total) : 0);
}

int run_clock_extend(const struct run *run, struct road *road)
{
    int64_t wait = 0;
    bool all = true;

    for (const struct account *each = road->accounts; each != NULL; each = each->next) {
        const int64_t own = instance_timeout(each->instance);

        wait = own > wait ? own : wait;
        all = all && own != 0;
    }
    if (wait == 0 || run->options.timeout_given ||
        (!all && wait + RESERVE + RESERVE < run->options.timeout))
        return DNSHOOK_OK;
    road->wait_limit = wait;
    return deadline_start(wait + RESERVE + RESERVE, RESERVE);
}

/* The time that the configuration gives a name; 0: it says nothing. */
static int64_t configured_time(const struct road *road, const struct account_wanted *wanted)
{
    const struct config_domain *const domain = wanted->domain;

    if (domain != NULL && domain->deadline != 0)
        return domain->deadline;
    return road->config != NULL ? road->config->propagation.deadline : 0;
}

int run_clock_set(const struct run *run, struct road *road, const struct account_wanted *wanted,
                  const struct challenge *set, size_t count, bool keep)
{
    bool given = false;
    int64_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        const struct account *const account = set[i].account;
        const int64_t wait = account != NULL ? instance_timeout(account->instance) : 0;
        int64_t time = configured_time(road, &wanted[i]);

        given = given || time != 0;
        if (time == 0)
            time = wait != 0 ? wait + RESERVE + RESERVE : run->options.timeout;
        longest = time > longest ? time : longest;
    }
    if (!given || run->options.timeout_given)
        return run_clock_extend(run, road);
    return deadline_start(longest, keep ? reserve_of(longest) : 0);
}
