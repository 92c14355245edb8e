#!/usr/bin/python3
"""Memory that cannot be had: every allocation of the program and its providers fails once, and a
sample of those of the libraries. Never a crash, never a success without the value, never a value
that is left behind and not on record.

TORTURE_EVERY=N tries every N-th allocation of the libraries; 1 tries all of them."""
import concurrent.futures
import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, servers, zones  # noqa: E402
from lab.namespace import HOME  # noqa: E402
from lab.world import both, v4  # noqa: E402

LIBRARY = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/.libs/failing_alloc.so")
EVERY = int(os.environ.get("TORTURE_EVERY", "101"))
MOST = 200000  # allocations of one run, more than any has
JOBS = 4
TK1 = servers.Key("tk1")
ENV = {"RFC2136_NAMESERVER": v4(10), "DNSHOOK_PROVIDER": "rfc2136", **TK1.environment()}
START, STOP = "challenge-dns-start", "challenge-dns-stop"

CONFIG = f"""
[account one]
provider = rfc2136
nameserver = env:SERVER
tsig-key = k
tsig-secret-file = {HOME}/secret
[default]
account = one
[domain torture.test]
zone = torture.test
resolvers = 192.0.2.1, 192.0.2.2
[propagation]
quorum = all
"""

# Libraries that crash when their own memory runs out: libcrypto while it makes its locks, ldns in
# its asserts.
FRAGILE = ("libcrypto", "libldns")

# How `providers` tells that it could not load one.
REFUSED = ("refused: ", '"ok": false')


def build(w):
    """One zone on BIND."""
    nameservers = {"ns1.torture.test": both(10)}
    w.delegate("torture.test", nameservers)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary("torture.test", zones.zone_text("torture.test", nameservers))
    bind.start()


class Trial:
    """One run in which the n-th allocation fails, if there is one."""

    def __init__(self, w, label, n, of, words, env=None):
        path = f"{HOME}/failed-{label}-{of}-{n}"
        self.n = n
        self.result = w.dnshook(*words, timeout=60, env={
            **(env or {}), "LD_PRELOAD": LIBRARY, "FAILING_ALLOC": n, "FAILING_ALLOC_OF": of,
            "FAILING_ALLOC_REPORT": path})
        self.hit = os.path.exists(path)
        self.where = ""
        if self.hit:
            with open(path, encoding="utf-8") as file:
                self.where = file.read().strip()
            os.remove(path)

    def complaint(self, good_output):
        """What is wrong with how it ended; None: nothing."""
        code = self.result.code
        if code < 0 or code >= 128:
            return None if any(name in self.where for name in FRAGILE) else "a crash"
        if code == 0:
            whole = self.result.out == good_output or any(
                word in self.result.out for word in REFUSED)
            return None if whole else "success without the whole result"
        if "dnshook: " not in self.result.err and "out of memory" not in self.result.err:
            return "a failure in silence"
        return None

    def __str__(self):
        return f"allocation {self.n} failed at {self.where}\n{self.result}"


def torture(trial, step=1):
    """Runs trial(n), which returns (Trial, complaint), for n = 1, 1 + step, ... until no allocation
    is hit any more; returns how many were, and the complaints."""
    hits, complaints = 0, []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for first in range(1, MOST, step * JOBS):
            tried = list(pool.map(trial, range(first, first + step * JOBS, step)))
            hits += sum(1 for each, _ in tried if each.hit)
            complaints += [f"{what}: {each}" for each, what in tried if each.hit and what]
            if not all(each.hit for each, _ in tried) or len(complaints) > 20:
                break
    return hits, complaints


def check(t, name, least, outcome):
    """Reports one torture: there were allocations, and nothing to complain about."""
    hits, complaints = outcome
    t.ok(hits >= least, f"{name}: {hits} allocations failed", f"at least {least} were expected")
    t.ok(not complaints, f"{name}: each ended well", *complaints[:5])


def write(path, text):
    """A file of nobody else's."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def offline(t, w):
    """without a network"""
    write(HOME + "/secret", TK1.secret)
    configured = {"DNSHOOK_CONFIG": write(HOME + "/dnshook.conf", CONFIG), "SERVER": v4(10)}
    commands = {
        "config": (("config",), configured),
        "config-json": (("--json", "config"), configured),
        "config-road": (("config", "www.torture.test"), configured),
        "start-configured": ((START, "www.torture.test", "", "value", ""),
                             {**configured, "DNSHOOK_RESOLVERS": "127.0.0.1:1"}),
        "providers": (("providers",), {}),
        "providers-json": (("--json", "providers"), {}),
        "info": (("info", "rfc2136"), {}),
        "info-json": (("--json", "info", "rfc2136"), {}),
        "start": ((START, "www.torture.test", "", "value", ""),
                  {**ENV, "DNSHOOK_RESOLVERS": "127.0.0.1:1"}),
        "no-zone": (("--timeout", "4", "check", "www.torture.test"),
                    {"DNSHOOK_RESOLVERS": "127.0.0.1:1"}),
    }
    for name, (words, env) in commands.items():
        good = w.dnshook(*words, env=env)

        def trial(n, of, words=words, env=env, good=good, name=name):
            each = Trial(w, name, n, of, words, env)
            return each, each.complaint(good.out)
        check(t, f"{name}, ours", 1, torture(lambda n: trial(n, "ours")))
        check(t, f"{name}, a sample of all", 1, torture(lambda n: trial(n, "all"), EVERY))


def values(host):
    """The TXT values of a host's challenge."""
    return dnsq.texts(v4(10), f"_acme-challenge.{host}")


def on_record():
    """The texts of the journal, together; other runs add to it and take from it meanwhile."""
    texts = []
    for folder, _, files in os.walk("/var/lib/dnshook"):
        for each in files:
            with contextlib.suppress(FileNotFoundError):
                with open(os.path.join(folder, each), encoding="utf-8") as file:
                    texts.append(file.read())
    return "\n".join(texts)


def clean_up(w, host):
    """A stop without a failure; what is wrong after it."""
    stop = w.dnshook(STOP, host, "", "value", "", env=ENV)
    if stop.code != 0:
        return f"the stop after it failed: {stop}"
    return "the stop after it left the value there" if values(host) else None


def starting(t, w):
    """start"""
    def trial(n, of):
        host = f"s{n}-{of}.torture.test"
        each = Trial(w, "start", n, of, (START, host, "", "value", ""), ENV)
        there = values(host) == ["value"]
        what = each.complaint("")
        if each.result.code == 0 and not there:
            what = "success without the value"
        elif each.result.code != 0 and there and host not in on_record():
            what = "the value was left behind and is not on record"
        after = clean_up(w, host)
        return each, what or after
    check(t, "ours", 50, torture(lambda n: trial(n, "ours")))
    check(t, "a sample of all", 5, torture(lambda n: trial(n, "all"), EVERY))
    t.ok("torture.test" not in on_record(), "nothing is on record any more", on_record())


def stopping(t, w):
    """stop"""
    def trial(n, of):
        host = f"e{n}-{of}.torture.test"
        start = w.dnshook(START, host, "", "value", "", env=ENV)
        each = Trial(w, "stop", n, of, (STOP, host, "", "value", ""), ENV)
        there = values(host) == ["value"]
        what = each.complaint("") or (f"no start: {start}" if start.code != 0 else None)
        if each.result.code == 0 and there:
            what = "success with the value there"
        elif there and host not in on_record():
            what = "the value is there and not on record any more"
        after = clean_up(w, host)
        return each, what or after
    check(t, "ours", 20, torture(lambda n: trial(n, "ours")))
    check(t, "a sample of all", 5, torture(lambda n: trial(n, "all"), EVERY))


def main():
    """The test."""
    if os.environ.get("SANITIZERS"):
        lab.namespace.skip_all("the build has sanitizers, which own malloc()")
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([offline, starting, stopping], w)
        w.finish(tap)


if __name__ == "__main__":
    main()
