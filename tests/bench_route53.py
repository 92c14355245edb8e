#!/usr/bin/python3
"""The benchmark of Route 53 (part of `make bench`, two minutes and a half; `make bench BENCH=--quick`
leaves the longest waits out): dnshook and the hook on boto3 that people copy from the web, against
one stand-in in one run: CPU, memory, calls, and how soon start returns once the value is live.
Prints what was measured beside the figure to reach."""
import concurrent.futures
import itertools
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import lab  # noqa: E402
from bench import MEMORY, Table  # noqa: E402
from lab import route53  # noqa: E402
from lab.route53.use import record, value  # noqa: E402

HOOK = os.path.join(os.path.dirname(os.path.abspath(lab.__file__)), "boto3_hook.py")
CALLS = 15
JITTER = 0.1
# (seconds to the last name server, seconds to INSYNC): runs, all of them at once
LIVE = {(0.5, 0.4): 8, (2, 1.5): 8, (10, 8): 10, (30, 25): 10}
LATE = {(1, 5): 8, (1, 9): 8, (1, 20): 8, (1, 40): 8}
NUMBERS = itertools.count(1)


class Cast:
    """A zone for each pair of delays, and one for the costs."""

    def __init__(self, w, aws):
        self.world = w
        self.account = aws.account()
        self.user = self.account.user()
        self.cost = self.account.zone("cost.test")
        self.zones = {}
        for number, (last, insync) in enumerate([*LIVE, *LATE]):
            zone = self.zones[last, insync] = self.account.zone(f"d{number}.test")
            zone.delays = [0, last / 3, last / 2, last]
            zone.insync, zone.jitter = insync, JITTER

    def environment(self, zone):
        """What both hooks need."""
        return lab.process.clean_environment(
            **self.user.environment(ACME_HOSTED_ZONE=zone.id), HOOK_SLEEP=0,
            AWS_DEFAULT_REGION="us-east-1", DNSHOOK_PROVIDER="route53")


def call(command, event, host, word, env, timeout=120):
    """One call of a hook; raises when it fails."""
    result = lab.run(*command, event, host, "", word, env=env, timeout=timeout)
    if result.code != 0:
        raise RuntimeError(str(result))
    return result


def costs(c, table):
    """CPU and memory of a start and a stop of each, in turns; neither has to wait."""
    env = c.environment(c.cost)
    programs = {"dnshook": [os.environ["BINDIR"] + "/dnshook"], "hook": [HOOK]}
    used = {(program, event): [] for program in programs for event in ("start", "stop")}
    for number in range(CALLS):
        for name, command in programs.items():
            host, word = f"c{number}-{name}.cost.test", value()
            for event in ("start", "stop"):
                used[name, event].append(call(command, "challenge-dns-" + event, host, word, env).cpu)
    for event, limit in (("start", 0.2), ("stop", 0.2)):
        ours, theirs = (statistics.median(used[name, event]) for name in programs)
        table.row(f"CPU of a {event} ({ours * 1e3:.0f} ms, hook {theirs * 1e3:.0f} ms)",
                  f"<= {limit:.0%}", f"{ours / theirs:.0%}", ours <= limit * theirs)
    peak = {name: memory(command, "m-" + name + ".cost.test", env)
            for name, command in programs.items()}
    table.row(f"memory of a start ({peak['dnshook']:.1f} MiB, hook {peak['hook']:.1f} MiB)", "<= 40%",
              f"{peak['dnshook'] / peak['hook']:.0%}", peak["dnshook"] <= 0.4 * peak["hook"])


def memory(command, host, env):
    """The peak of one start, in MiB."""
    text = subprocess.run([sys.executable, "-I", "-S", "-c", MEMORY, *command, "challenge-dns-start",
                           host, "", value()], env=env, check=True, capture_output=True,
                          text=True).stdout
    return int(text) / 1024


def one_wait(c, zone, command, env):
    """One start and stop: (seconds from live everywhere to the end of start, calls of GetChange)."""
    host, word = f"n{next(NUMBERS)}." + zone.name.rstrip("."), value()
    result = call(command, "challenge-dns-start", host, word, env)
    change = next(each for each in c.account.changes.values() if each.zone is zone
                  and record(host) in each.names and each.added)
    live = max(change.insync_at, *change.served.values())
    asked = sum(each.operation == "GetChange" and each.id == change.id for each in c.user.calls)
    call(command, "challenge-dns-stop", host, word, env)
    return result.ended - live, asked


def waits(c, delays, count):
    """Many of them at once."""
    zone = c.zones[delays]
    command, env = [os.environ["BINDIR"] + "/dnshook"], c.environment(zone)
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(one_wait, c, zone, command, env) for _ in range(count)]
        return [future.result() for future in futures]


def show(table, delays, results, limit, worst):
    """The rows of one pair of delays."""
    late = [each for each, _ in results]
    what = f"live {delays[0]:g} s, INSYNC {delays[1]:g} s: later by"
    median = statistics.median(late)
    if limit is not None:
        table.row(f"{what} (median of {len(late)})", f"<= {limit * 1e3:.0f} ms",
                  f"{median * 1e3:.0f} ms", median <= limit)
    table.row(f"{what} (worst)", f"<= {worst * 1e3:.0f} ms", f"{max(late) * 1e3:.0f} ms",
              max(late) <= worst)
    table.row(f"{what} (earliest)", ">= 0 ms", f"{min(late) * 1e3:.0f} ms", min(late) >= 0)
    asked = [each for _, each in results]
    print(f"{'  calls of GetChange (median, most)':<52} {'':>16} "
          f"{statistics.median(asked):>11g}, {max(asked)}")


def the_hook(c):
    """What the hook does: it sleeps."""
    zone = c.zones[0.5, 0.4]
    env = {name: text for name, text in c.environment(zone).items() if name != "HOOK_SLEEP"}
    result = call([HOOK], "challenge-dns-start", "hook." + zone.name.rstrip("."), value(), env)
    return result.wall


def main():
    """The benchmark."""
    lab.enter()
    if "--quick" in sys.argv[1:]:
        for delays in [each for each in [*LIVE, *LATE] if max(each) >= 20]:
            LIVE.pop(delays, None)
            LATE.pop(delays, None)
    table = Table()
    begin = time.monotonic()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        print(f"{'Route 53, and the hook on boto3':<52} {'figure to reach':>16} {'measured':>16}")
        costs(cast, table)
        with concurrent.futures.ThreadPoolExecutor(len(LATE) + 1) as pool:
            hook = pool.submit(the_hook, cast)
            for delays, count in LIVE.items():
                show(table, delays, waits(cast, delays, count), max(0.1, 0.03 * delays[0]), 2)
            late = {delays: pool.submit(waits, cast, delays, count)
                    for delays, count in LATE.items()}
            for delays, future in late.items():
                show(table, delays, future.result(), None, 2 if delays[1] < 10 else 10)
            print(f"{'the hook, whatever the servers do, returns after':<52} {'':>16} "
                  f"{hook.result():>14.1f} s")
    print(f"{table.missed} figures missed; {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
