#!/usr/bin/python3
"""The benchmark (`make bench`, about six minutes; `make bench BENCH=--quick` leaves the longest wait
out): how soon start returns once the last nameserver serves the value, how often a server is asked,
what a call costs, and what providers cost that nobody asks for. Prints what was measured beside the
figure to reach."""
import concurrent.futures
import itertools
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import lab  # noqa: E402
from lab import faults, servers, zones  # noqa: E402
from lab.world import v4  # noqa: E402

RUNS = 20
DELAYS = {0.5: 4, 2.0: 4, 10.0: 10, 30.0: 20}  # seconds: runs at the same time
LONG = 300.0
JITTER = 0.1  # of the delay, so that the runs do not all meet the same moment between two questions
QUESTIONS = {30.0: 120, LONG: 300}
CALLS = 40
STARTS = 100
PROVIDERS = 30  # installed
TK1 = servers.Key("tk1")
NUMBERS = itertools.count(1)
# Runs a command given as arguments and prints its peak memory; small, so that its own does not show.
MEMORY = ("import os,resource,subprocess,sys; subprocess.run(sys.argv[1:], "
          "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True); "
          "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")


def zone_of(delay):
    """The zone whose second server lags so long."""
    return f"d{str(delay).replace('.', '-')}.test"


def build(w):
    """BIND with one zone a delay, each with a scripted server that lags."""
    lagging, hosts = {}, {}
    for number, delay in enumerate([*DELAYS, LONG, 0.3], 100):
        zone = zone_of(delay)
        hosts[delay] = {f"ns1.{zone}": [v4(10)], f"ns2.{zone}": [v4(number)]}
        w.delegate(zone, hosts[delay])
        w.addresses(number)
        lagging[delay] = (number, faults.Lagging(v4(10), delay, jitter=JITTER))
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    for delay, nameservers in hosts.items():
        bind.primary(zone_of(delay), zones.zone_text(zone_of(delay), nameservers))
    bind.start()
    return {delay: w.add(faults.FaultServer(f"lag{number}", [v4(number)], behaviour))
            for delay, (number, behaviour) in lagging.items()}


def environment():
    """What dnshook needs."""
    return {"RFC2136_NAMESERVER": v4(10), "DNSHOOK_PROVIDER": "rfc2136", **TK1.environment()}


def one_wait(w, fault, delay):
    """One start and stop; returns (latency in seconds, questions to the lagging server)."""
    host = f"n{next(NUMBERS)}.{zone_of(delay)}"
    value = "v" + os.urandom(16).hex()
    words = (host, "", value, "")
    result = w.dnshook("--timeout", str(int(delay + 60)), "challenge-dns-start", *words,
                       env=environment(), timeout=delay + 90)
    if result.code != 0:
        raise RuntimeError(str(result))
    asked = fault.asked("_acme-challenge." + host)
    w.dnshook("challenge-dns-stop", *words, env=environment())
    return result.ended - fault.behaviour.ready(value), asked


def waits(w, servers_by_delay, delay, runs, parallel):
    """Many of them."""
    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        futures = [pool.submit(one_wait, w, servers_by_delay[delay], delay) for _ in range(runs)]
        return [future.result() for future in futures]


class Table:
    """Rows of (what, figure to reach, measured, whether it was reached)."""

    def __init__(self):
        self.missed = 0

    def row(self, what, figure, measured, reached):
        """Prints one row."""
        self.missed += 0 if reached else 1
        print(f"{what:<52} {figure:>16} {measured:>16}  {'reached' if reached else 'MISSED'}",
              flush=True)


def show_waits(table, delay, results):
    """The rows of one delay."""
    latencies = [latency for latency, _ in results]
    wanted = max(0.1, 0.03 * delay)
    median, worst = statistics.median(latencies), max(latencies)
    what = f"ready after {delay:g} s: returns later by"
    table.row(f"{what} (median of {len(results)})", f"<= {wanted * 1000:.0f} ms",
              f"{median * 1000:.0f} ms", median <= wanted)
    table.row(f"{what} (worst)", "<= 2000 ms", f"{worst * 1000:.0f} ms", worst <= 2)
    table.row(f"ready after {delay:g} s: none returns too early", ">= 0 ms",
              f"{min(latencies) * 1000:.0f} ms", min(latencies) >= 0)
    if delay in QUESTIONS:
        most = max(asked for _, asked in results)
        table.row(f"ready after {delay:g} s: questions to one address (most)",
                  f"<= {QUESTIONS[delay]}", str(most), most <= QUESTIONS[delay])


def cost(w, table):
    """CPU and memory of a start and a stop, beside those of curl --version, in turns."""
    dnshook = os.environ["BINDIR"] + "/dnshook"
    calls = {"curl": [], "start": [], "stop": []}
    memory = {"start": 0, "stop": 0}
    env = lab.process.clean_environment(**environment())
    zone = zone_of(0.3)
    for number in range(CALLS):
        words = [f"c{number}.{zone}", "", "value", ""]
        commands = {"curl": ["curl", "--version"],
                    "start": [dnshook, "challenge-dns-start", *words],
                    "stop": [dnshook, "challenge-dns-stop", *words]}
        for name, command in commands.items():
            result = lab.run(*command, env=env)
            if result.code != 0:
                raise RuntimeError(str(result))
            calls[name].append(result.cpu)
    for name in memory:
        words = [f"m.{zone}", "", "value", ""]
        text = subprocess.run([sys.executable, "-I", "-S", "-c", MEMORY, dnshook,
                               "challenge-dns-" + name, *words], env=env, check=True,
                              capture_output=True, text=True).stdout
        memory[name] = int(text) / 1024
    base = statistics.mean(calls["curl"])
    for name in ("start", "stop"):
        used = statistics.mean(calls[name])
        table.row(f"CPU of a {name} / curl --version ({used * 1e3:.1f} / {base * 1e3:.1f} ms)",
                  "<= 1.5", f"{used / base:.2f}", used <= 1.5 * base)
        table.row(f"peak memory of a {name}", "< 14 MiB", f"{memory[name]:.1f} MiB",
                  memory[name] < 14)


def provider_directories():
    """{how many: a directory with that many providers}, the one that is used among them."""
    compiler = shlex.split(os.environ["CC"])
    source = os.path.join(os.environ["TOP_SRCDIR"], "tests/mocks/mock.c")
    include = os.path.join(os.environ["TOP_SRCDIR"], "include")
    directories = {}
    for count in (1, PROVIDERS):
        folder = directories[count] = f"{lab.namespace.HOME}/providers-{count}"
        shutil.copytree(os.environ["PROVIDERDIR"], folder,
                        ignore=lambda _, names: [each for each in names if each not in
                                                 ("_http.so", "rfc2136.so")])
        for number in range(1, count):
            subprocess.run([*compiler, "-shared", "-fPIC", "-I", include, f"-DMOCK_NAME=p{number}",
                            "-o", f"{folder}/p{number}.so", source], check=True)
    return directories


def startup(table):
    """What providers cost that are installed and not used: wall time, in turns."""
    dnshook = os.environ["BINDIR"] + "/dnshook"
    env = lab.process.clean_environment(**environment())
    words = {"--version": ["--version"], "info": ["info", "rfc2136"],
             "a stop": ["challenge-dns-stop", "s." + zone_of(0.3), "", "value", ""]}
    walls = {(name, count): [] for name in words for count in (1, PROVIDERS)}
    for _, (count, folder) in itertools.product(range(STARTS), provider_directories().items()):
        for name, command in words.items():
            result = lab.run(dnshook, "--provider-dir", folder, *command, env=env)
            if result.code != 0:
                raise RuntimeError(str(result))
            walls[name, count].append(result.wall)
    for name in words:
        one, many = (statistics.median(walls[name, count]) * 1e3 for count in (1, PROVIDERS))
        table.row(f"{name} with {PROVIDERS} providers, later than with 1 ({one:.1f} ms)", "< 3 ms",
                  f"{many - one:.2f} ms", many - one < 3)


def main():
    """The benchmark."""
    lab.enter()
    quick = "--quick" in sys.argv[1:]
    table = Table()
    begin = time.monotonic()
    with lab.World() as w:
        lagging = build(w)
        print(f"{'what':<52} {'figure to reach':>16} {'measured':>16}")
        cost(w, table)
        startup(table)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            long = None if quick else pool.submit(waits, w, lagging, LONG, 1, 1)
            for delay, parallel in DELAYS.items():
                show_waits(table, delay, waits(w, lagging, delay, RUNS, parallel))
            if long is not None:
                show_waits(table, LONG, long.result())
    print(f"{table.missed} figures missed; {time.monotonic() - begin:.0f} s")
    sys.exit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
