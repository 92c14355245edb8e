#!/usr/bin/python3
"""Promises that hold whatever a provider does: no call outlives its deadline by more than a second,
a signal ends it, and a zone that the Internet is not led to is never edited."""
import os
import shlex
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE = "promise.test"
HOST = "www." + ZONE
NAMESERVERS = {"ns1." + ZONE: both(10)}
OTHER = {"ns1.elsewhere.test": both(50)}
TK1 = servers.Key("tk1")
VALUE = "-a value that 'needs' quotes"
PROVIDER = lab.namespace.HOME + "/vendor/slow.so"
STATE = lab.namespace.HOME + "/state/dnshook"


def compile_provider():
    """Builds the vendor's provider with the public header alone."""
    os.makedirs(os.path.dirname(PROVIDER), mode=0o755)
    os.makedirs(STATE, mode=0o700)
    top = os.environ["TOP_SRCDIR"]
    sanitizers = shlex.split(os.environ.get("SANITIZERS", ""))
    subprocess.run(shlex.split(os.environ.get("CC", "cc")) +
                   ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
                    "-fvisibility=hidden", *sanitizers, f"-I{top}/include", "-o", PROVIDER,
                    f"{top}/tests/mocks/slow.c"], check=True)


def build(w):
    """The zone as the Internet sees it, and another one of the same name that it is not led to."""
    compile_provider()
    w.delegate(ZONE, NAMESERVERS)
    w.host("ns1.elsewhere.test", both(50))
    w.start()
    for name, number, nameservers in (("right", 10, NAMESERVERS), ("other", 50, OTHER)):
        bind = w.add(servers.Bind(name, w.addresses(number), keys=[TK1]))
        bind.primary(ZONE, zones.zone_text(ZONE, nameservers, []))
        bind.start()


def slow(call, **more):
    """The environment for the provider that hangs."""
    return {"DNSHOOK_SLOW": call, "STATE_DIRECTORY": STATE, **more}


def words(event, timeout):
    """The call of a hook."""
    return ["--provider", PROVIDER, "--timeout", str(timeout), event, HOST, "", VALUE, ""]


def deadline(event, call, timeout):
    """Makes the scenario of a provider that hangs in one call."""
    def scenario(t, w):
        result = w.dnshook(*words(event, timeout), env=slow(call), timeout=30)
        t.equal(result.code, 1, "exit status 1", result)
        t.ok(timeout - 0.1 <= result.wall <= timeout + 1, "ends at its deadline, at most a second "
             "late", result)
        if call == "add":
            t.match("challenge-dns-stop " + HOST, result.err,
                    "says the command that takes the value away", result)
            t.ok("'-a value that '\\''needs'\\'' quotes'" in result.err, "quoted for a shell",
                 result)
    scenario.__doc__ = f"a provider that hangs in {call}, {event}"
    return scenario


def hanging_after_success(t, w):
    """a provider that hangs in close when the value is served already"""
    bind_update("add")
    result = w.dnshook(*words("challenge-dns-start", 4), env=slow("close"), timeout=30)
    t.equal(result.code, 0, "exit status 0: the client calls stop later", result)
    t.ok(result.wall <= 5, "ends at its deadline, at most a second late", result)
    bind_update("delete")


def bind_update(verb):
    """Adds or deletes the value at the right server, as the vendor's service would."""
    quoted = VALUE.replace("\\", "\\\\").replace('"', '\\"')
    text = (f"server {v4(10)}\nkey {TK1.algorithm}:{TK1.name} {TK1.secret}\nzone {ZONE}\n"
            f'update {verb} _acme-challenge.{HOST}. 60 IN TXT "{quoted}"\nsend\n')
    subprocess.run(["nsupdate"], input=text.encode(), check=True)


def late_and_hanging(t, w):
    """nobody serves the value, and the provider hangs when it is to be taken away"""
    result = w.dnshook(*words("challenge-dns-start", 4), env=slow("remove"), timeout=30)
    t.equal(result.code, 1, "exit status 1", result)
    t.ok(result.wall <= 5, "ends at its deadline, at most a second late", result)
    t.match("not every nameserver.*serves the value", result.err, "the table is printed", result)
    t.match("challenge-dns-stop", result.err, "says the command for later", result)
    left = os.listdir(STATE)
    t.equal(len(left), 1, "the value is on record", left)


def cleaned_up(t, w):
    """the command that was said works, and clears the record"""
    result = w.dnshook("--provider", PROVIDER, "challenge-dns-stop", HOST, "", VALUE,
                       env=slow(""), timeout=30)
    t.equal(result.code, 0, "exit status 0", result)
    t.equal(os.listdir(STATE), [], "the journal is empty")


def rolled_back(t, w):
    """nobody serves the value: taken away again within the deadline"""
    result = w.dnshook(*words("challenge-dns-start", 4), env=slow(""), timeout=30)
    t.equal(result.code, 1, "exit status 1", result)
    t.ok(2.5 <= result.wall <= 5, "waits three quarters of the time", result)
    t.equal(os.listdir(STATE), [], "the journal is empty")


def signals(number, twice):
    """Makes the scenario of a signal while the provider hangs while adding."""
    def scenario(t, w):
        running = w.start_dnshook(*words("challenge-dns-start", 40), env=slow("add"))
        dnsq.wait_until(lambda: os.listdir(STATE), "the record of what is to be added")
        time.sleep(0.7)
        sent = time.monotonic()
        running.signal(number)
        if twice:
            time.sleep(0.3)
            running.signal(number)
        result = running.wait()
        took = time.monotonic() - sent
        t.equal(result.code, 128 + number, "exit status 128 plus the signal", result)
        t.ok(took < (1.5 if twice else 12), f"ends in time ({took:.1f} s)", result)
        t.match("challenge-dns-stop", result.err, "says the command for later", result)
        for name in os.listdir(STATE):
            os.remove(f"{STATE}/{name}")
    scenario.__doc__ = f"signal {number} {'twice ' if twice else ''}while a provider hangs"
    return scenario


def led_elsewhere(t, w):
    """another zone of the same name: an error before anything is written"""
    for command in (["challenge-dns-start", HOST, "", "value"], ["test", HOST]):
        result = w.dnshook("--provider", "rfc2136", *command,
                           env={"RFC2136_NAMESERVER": v4(50), "STATE_DIRECTORY": STATE,
                                **TK1.environment()})
        t.equal(result.code, 1, f"{command[0]}: exit status 1", result)
        for pattern in ("ns1.elsewhere.test", "ns1." + ZONE, "DNSHOOK_RESOLVERS", v4(3)):
            t.match(pattern, result.err, f"{command[0]}: names {pattern}", result)
    t.equal(dnsq.texts(v4(50), "_acme-challenge." + HOST), [], "nothing was written")
    t.equal(os.listdir(STATE), [], "the journal is empty")


def vendor_led_elsewhere(t, w):
    """a vendor's nameservers are others by name and by address"""
    result = w.dnshook(*words("challenge-dns-start", 10),
                       env=slow("", DNSHOOK_SLOW_NAMESERVER="ns1.elsewhere.test"))
    t.equal(result.code, 1, "exit status 1", result)
    t.match("nobody would ever see", result.err, "says why", result)


def white_label(t, w):
    """nameservers of other names at the same addresses are the same"""
    result = w.dnshook(*words("challenge-dns-start", 2),
                       env=slow("", DNSHOOK_SLOW_NAMESERVER="white." + ZONE))
    t.no_match("nobody would ever see", result.err, "no complaint", result)


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    lab.namespace.need("cc", "nsupdate")
    with lab.World() as w:
        w.delegate("unused.test", NAMESERVERS)
        NAMESERVERS["white." + ZONE] = both(10)
        build(w)
        tap.run([deadline("challenge-dns-start", "open", 2),
                 deadline("challenge-dns-start", "add", 2),
                 deadline("challenge-dns-start", "close", 3),
                 deadline("challenge-dns-stop", "remove", 2), hanging_after_success], w)
        for name in os.listdir(STATE):
            os.remove(f"{STATE}/{name}")
        tap.run([late_and_hanging, cleaned_up, rolled_back, signals(signal.SIGTERM, True),
                 signals(signal.SIGINT, False), led_elsewhere, vendor_led_elsewhere, white_label],
                w)
        w.finish(tap)


if __name__ == "__main__":
    main()
