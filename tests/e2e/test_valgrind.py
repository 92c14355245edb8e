#!/usr/bin/python3
"""Whole runs of the program under valgrind: what works, what fails, and what is interrupted."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, faults, process, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

TK1 = servers.Key("tk1")
ENV = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
VALGRIND = ["valgrind", "-q", "--vgdb=no", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect", "--trace-children=no",
            f"--log-file={process.REPORTS}/valgrind.%p"]
START, STOP = "challenge-dns-start", "challenge-dns-stop"


def build(w):
    """BIND, a server that lags a second, one that never has the value."""
    nameservers = {"ns1.heap.test": both(10), "ns2.heap.test": [v4(100)]}
    never = {"ns1.heap.test": both(10), "ns3.heap.test": [v4(101)]}
    w.delegate("heap.test", nameservers)
    w.delegate("never.test", never)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary("heap.test", zones.zone_text(
        "heap.test", nameservers, zones.address_lines("ns3.heap.test", [v4(101)]) +
        ["_acme-challenge.alias.heap.test. 60 CNAME target.heap.test.",
         "_acme-challenge.loop.heap.test. 60 CNAME _acme-challenge.loop.heap.test."]))
    bind.primary("never.test", zones.zone_text("never.test", never))
    bind.start()
    w.addresses(100, 101)
    w.add(faults.FaultServer("lagging", [v4(100)], faults.Lagging(v4(10), 1.0)))
    w.add(faults.FaultServer("never", [v4(101)], faults.Lagging(v4(10), 1000)))
    w.wrapper = VALGRIND


def call(w, *words, env=None):
    """dnshook with rfc2136."""
    return w.dnshook(*words, env={**ENV, "DNSHOOK_PROVIDER": "rfc2136", **(env or {})}, timeout=90)


def works(t, w):
    """what works"""
    for host in ("www.heap.test", "alias.heap.test"):
        t.exits(call(w, START, host, "", "value", ""), 0, f"start {host}")
        t.exits(call(w, STOP, host, "", "value", ""), 0, f"stop {host}")
    for words in (("test", "rfc2136", "www.heap.test"), ("check", "www.heap.test"),
                  ("--json", "check", "www.heap.test"), ("providers",), ("info", "rfc2136"),
                  ("--help",), ("--version",)):
        t.exits(call(w, *words), 0, " ".join(words))


def fails(t, w):
    """what fails"""
    wrong = {"RFC2136_TSIG_SECRET": servers.Key("x").secret}
    t.exits(call(w, START, "no.heap.test", "", "value", "", env=wrong), 1, "a wrong secret")
    t.exits(call(w, START, "loop.heap.test", "", "value", ""), 1, "a loop of CNAMEs")
    t.exits(call(w, START, "no.nosuch.test", "", "value", ""), 1, "no zone")
    t.exits(call(w, START, "a..b", "", "value", ""), 2, "a bad name")
    t.exits(call(w, "--provider", "none", START, "a.heap.test", "", "value", ""), 1, "no provider")
    t.exits(call(w, "live-updated"), 42, "another event")
    t.exits(call(w, "--timeout", "8", START, "www.never.test", "", "value", ""), 1, "the deadline")
    t.equal(dnsq.texts(v4(10), "_acme-challenge.www.never.test"), [], "the value is gone")


def interrupted(t, w):
    """what is interrupted"""
    running = w.start_dnshook(START, "int.never.test", "", "value", "", timeout=90,
                              env={**ENV, "DNSHOOK_PROVIDER": "rfc2136"})
    dnsq.wait_until(lambda: dnsq.texts(v4(10), "_acme-challenge.int.never.test") == ["value"],
                    "the value", seconds=40)
    running.signal(signal.SIGTERM)
    result = running.wait()
    t.ok(result.code in (143, -15), "exit status 143", result)
    t.equal(dnsq.texts(v4(10), "_acme-challenge.int.never.test"), [], "the value is gone")


def main():
    """The test."""
    if os.environ.get("SANITIZERS"):
        lab.namespace.skip_all("the build has sanitizers")
    lab.enter()
    lab.namespace.need("valgrind")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([works, fails, interrupted], w, parallel=3)
        w.finish(tap)


if __name__ == "__main__":
    main()
