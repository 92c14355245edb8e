#!/usr/bin/python3
"""Route 53, until the value is live: INSYNC and the name servers, port 53 blocked, throttling, and
whatever may break between here and the service."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import route53  # noqa: E402
from lab.route53 import policy  # noqa: E402
from lab.route53.fleet import SOURCE, Fleet  # noqa: E402
from lab.route53.use import ADDRESSES, clock_library, record, served, value  # noqa: E402
from lab.world import RESOLVER, both, v4, v6  # noqa: E402

CHANGE = "ChangeResourceRecordSets"
ZONES = ["early", "late", "same", "slow", "denied", "fault", "busy", "throttle", "clock", "once"]


class Cast:
    """One account and zone a scenario."""

    def __init__(self, w, aws):
        self.desk, self.aws = route53.Desk(w, aws), aws
        self.zones = {name: aws.account().zone(name + ".test") for name in ZONES}
        for name in ("blocked", "walled"):
            self.zones[name] = aws.account().zone(name + ".test", servers="b")

    def cast(self, name, **more):
        """(zone, user, environment) of a scenario."""
        zone = self.zones[name]
        user = zone.account.user(more.pop("policy", None))
        return zone, user, user.environment(ACME_HOSTED_ZONE=zone.id, **more)


def timed(t, c, zone, user, env, host, *more):
    """Starts, and returns (result, change, when the last name server had it), with the value there
    on every address by then."""
    word, known = value(), set(zone.account.changes)
    result = c.desk.start(env, host, word, *more, timeout=120)
    t.exits(result, 0, f"{host}: start works")
    made = [each for name, each in zone.account.changes.items() if name not in known]
    t.equal(len(made), 1, f"{host}: one change", user.calls)
    t.equal(sorted(made[0].served), sorted(zone.servers), f"{host}: every name server has it by now")
    t.equal(served(record(host)), dict.fromkeys(ADDRESSES, [word]), f"{host}: every address serves it")
    t.exits(c.desk.stop(env, host, word), 0, f"{host}: stop works")
    return result, made[0], max(made[0].served.values(), default=0)


def insync_first(t, c):
    """INSYNC before the name servers"""
    zone, user, env = c.cast("early")
    zone.delays, zone.insync = [0, 1, 2, 3], 0.5
    result, change, last = timed(t, c, zone, user, env, "a.early.test")
    late = result.ended - last
    t.ok(0 <= late < 0.5, "returns soon after the last name server", f"{late:.3f} s late", result)
    t.equal(user.operations().count("GetChange"), 1, "one GetChange is enough", user.calls)
    t.ok(change.insync_at < last, "INSYNC was first")


def insync_last(t, c):
    """INSYNC after the name servers"""
    zone, user, env = c.cast("late")
    zone.insync = 7
    result, change, last = timed(t, c, zone, user, env, "a.late.test")
    late = result.ended - change.insync_at
    t.ok(0 <= late < 2.3, "returns within 2 s of INSYNC", f"{late:.3f} s late", result)
    asked = [call.begun - change.begun for call in user.calls if call.operation == "GetChange"]
    t.ok(asked and asked[0] < 2, "first asked when the name servers agree", asked)
    gaps = [later - sooner for sooner, later in zip(asked, asked[1:])]
    t.ok(gaps and gaps[0] > 1.5 and all(gap < 11 for gap in gaps), "then every 2 s, growing", asked)
    ids = {call.id for call in user.calls if call.operation == "GetChange"}
    t.equal(ids, {change.id}, "about the same change", ids)
    t.ok(last < change.insync_at, "INSYNC was last")


def insync_much_later(t, c):
    """INSYNC after 20 s"""
    zone, user, env = c.cast("slow")
    zone.insync = 20
    result, change, _ = timed(t, c, zone, user, env, "a.slow.test")
    late = result.ended - change.insync_at
    t.ok(0 <= late < 10.3, "returns within 10 s of INSYNC", f"{late:.3f} s late")
    asked = user.operations().count("GetChange")
    t.ok(asked <= 12, f"asks GetChange {asked} times", user.calls)
    zone.insync = 3600
    host, word = "never.slow.test", value()
    begin = time.monotonic()
    result = c.desk.start(env, host, word, "--timeout", "12", timeout=60)
    t.exits(result, 1, "never INSYNC: fails")
    t.ok(time.monotonic() - begin < 13.5, "never INSYNC: in time", result)
    t.match(r"PENDING|INSYNC|GetChange|Route 53", result.err, "never INSYNC: says what was missing",
            result)
    t.equal(zone.texts(record(host)), [], "never INSYNC: nothing is left", result)


def get_change_denied(t, c):
    """GetChange is denied: the name servers decide"""
    zone, user, env = c.cast("denied", policy=policy.deny("route53:GetChange"))
    zone.delays, zone.insync = [0, 0.5, 1, 1.5], 60
    result, _, last = timed(t, c, zone, user, env, "a.denied.test")
    t.ok(0 <= result.ended - last < 1, "returns soon after the last name server", result)
    t.match(r"warning:.*GetChange", result.err, "a warning", result)


def late_server(t, c):
    """a server four seconds behind the others"""
    zone, user, env = c.cast("same")
    zone.delays = [0, 0, 0, 4]
    result, _, last = timed(t, c, zone, user, env, "a.same.test")
    t.ok(0 <= result.ended - last < 0.6, "waits for the one that is late", result)


def throttled(t, c):
    """throttling at 5 a second, ten at once"""
    zone, user, env = c.cast("throttle")
    zone.account.limit(5, 5)
    words = [(f"n{number}.throttle.test", value()) for number in range(10)]
    for event in ("challenge-dns-start", "challenge-dns-stop"):
        running = [c.desk.begin("--provider", "route53", event, host, "", word, "", env=env,
                                timeout=120) for host, word in words]
        results = [c.desk.collect(each) for each in running]
        failed = [each for each in results if each.code != 0]
        t.equal(len(failed), 0, f"{event}: all work", *failed[:2])
        there = sum(word in zone.texts(record(host)) for host, word in words)
        t.equal(there, 10 if event.endswith("start") else 0, f"{event}: all are in the zone, or none")
    t.ok(zone.account.bucket.refused > 0, "some calls were throttled", zone.account.bucket.refused)
    zone.account.limit(None, 0)
    user.fault(route53.ApiError(400, "Throttling", "Rate exceeded"), CHANGE, times=5)
    result = c.desk.start(env, "five.throttle.test", value(), timeout=120)
    t.exits(result, 0, "throttled five times in a row: works")
    user.fault(route53.ApiError(400, "ThrottlingException", "Rate exceeded"), times=1000)
    result = c.desk.start(env, "ever.throttle.test", value(), "--timeout", "10", timeout=60)
    t.exits(result, 1, "throttled for ever: fails")
    t.ok(result.wall < 11.5, "throttled for ever: in time", result)
    t.match(r"Rate exceeded|throttl", result.err, "throttled for ever: says so", result)


def busy(t, c):
    """PriorRequestNotComplete"""
    zone, user, env = c.cast("busy")
    zone.busy = 1.0
    running = [c.desk.begin("--provider", "route53", "challenge-dns-start", "one.busy.test", "",
                            value(), "", env=env, timeout=120) for _ in range(4)]
    results = [c.desk.collect(each) for each in running]
    t.equal([each.code for each in results], [0] * 4, "four at once: all work", *results[:2])
    t.equal(len(zone.texts(record("one.busy.test"))), 4, "all four are there")
    codes = [call.code for call in user.calls]
    t.ok("PriorRequestNotComplete" in codes, "some were told to wait", codes)


# kind: (after the change, it works all the same, what the error says if not)
MENDED = {500: False, 503: False, 502: False, "reset": False, "close": False, "cut-http": True}
MENDED_AFTER = {"reset": True, "close": True, 500: True}
BROKEN = {"cut-xml": r"xml|truncated|not .*understood|answer", "html": r"html|not xml|xml|answer",
          "empty": r"empty|no body|answer", "bomb": r"xml|doctype|entit|answer", "huge":
          r"large|big|limit|MiB|bytes"}


def mended(t, c):
    """faults that trying again mends"""
    zone, user, env = c.cast("fault")
    cases = [(kind, after) for kind, after in MENDED.items()]
    cases += list(MENDED_AFTER.items())
    for operation in ("GetHostedZone", CHANGE, "GetChange"):
        for kind, after in cases:
            fault = user.fault(kind, operation, after=after)
            name = f"{kind} {'after' if after else 'before'} {operation}"
            host, word = re.sub(r"[^a-z0-9]+", "-", name.lower()) + ".fault.test", value()
            result = c.desk.start(env, host, word, timeout=60)
            t.exits(result, 0, f"{name}: start works")
            t.equal(fault.left, 0, f"{name}: it was met")
            t.equal(zone.texts(record(host)), [word], f"{name}: the value is there once")
            user.fault(kind, operation if operation != "GetChange" else CHANGE, after=after)
            result = c.desk.stop(env, host, word, timeout=60)
            t.exits(result, 0, f"{name}: stop works")
            t.equal(zone.texts(record(host)), [], f"{name}: stop: the value is gone")
            user.faults.clear()


def broken(t, c):
    """faults that nothing mends end in one clear error"""
    zone, user, env = c.cast("once")
    for operation in ("GetHostedZone", CHANGE, "GetChange"):
        for kind, pattern in BROKEN.items():
            user.fault(kind, operation, times=100, after=operation == CHANGE)
            name = f"{kind} at {operation}"
            host, word = re.sub(r"[^a-z0-9]+", "-", name.lower()) + ".once.test", value()
            result = c.desk.start(env, host, word, "--timeout", "16", timeout=60)
            user.faults.clear()
            t.ok(result.code == 1 or (operation == "GetHostedZone" and result.code == 0) or
                 (operation == "GetChange" and result.code == 0 and "warning" in result.err),
                 f"{name}: exit status 1, or a warning where the call is not needed", result)
            t.ok(result.wall < 17.5, f"{name}: in time", result)
            t.match(pattern, result.err, f"{name}: says what came", result)
            t.ok(result.maxrss < 64 << 10, f"{name}: {result.maxrss >> 10} MiB of memory")
            errors = [line for line in result.err.splitlines()
                      if re.match(r"dnshook: (error: )?(?!warning|info|debug)", line)]
            t.ok(len(result.err) < 20000, f"{name}: not a flood", len(errors))
            if result.code == 0:
                c.desk.stop(env, host, word)
            t.equal(zone.texts(record(host)), [], f"{name}: nothing is left", result)


def slow_answers(t, c):
    """slow and silent answers keep to the time"""
    zone, user, env = c.cast("once")
    user.fault("slow", CHANGE, seconds=3)
    t.exits(c.desk.start(env, "slow.once.test", value(), timeout=60), 0, "3 s: works")
    user.fault("silent", "GetHostedZone", times=100, seconds=60)
    result = c.desk.start(env, "silent.once.test", value(), "--timeout", "8", timeout=60)
    t.ok(result.wall < 9.5, "silent: in time", result)
    user.faults.clear()


def clock(t, c):
    """a clock ten minutes off is corrected once, and told"""
    zone, user, env = c.cast("clock")
    shifted = {**env, "LD_PRELOAD": clock_library(),
               "ASAN_OPTIONS": lab.process.SANITIZER + ":detect_leaks=1:verify_asan_link_order=0"}
    for offset, code in ((600, "RequestTimeTooSkewed"), (-600, "RequestTimeTooSkewed"),
                         (600, "SignatureDoesNotMatch"), (-600, "SignatureDoesNotMatch")):
        user.skew_code = code
        c.aws.refused.clear()
        host, word = f"c{abs(offset)}.clock.test", value()
        result = c.desk.start({**shifted, "CLOCK_OFFSET": offset}, host, word)
        t.exits(result, 0, f"{offset} s, {code}: start works")
        t.match(r"warning:.*clock.*(600|599|601|10 min)", result.err, f"{offset} s, {code}: told",
                result)
        mine = [each for who, each in c.aws.refused if who is user]
        t.equal(mine, [code], f"{offset} s, {code}: refused once")
        t.exits(c.desk.stop({**shifted, "CLOCK_OFFSET": offset}, host, word), 0,
                f"{offset} s, {code}: stop works")
    t.equal(zone.texts(record("c600.clock.test")), [], "nothing is left")


def block(*addresses):
    """Drops questions to some addresses, but for those of the resolver and of the stand-in."""
    spared = {"ip": f"{v4(RESOLVER)}, {v4(SOURCE)}", "ip6": f"{v6(RESOLVER)}, {v6(SOURCE)}"}
    rules = ""
    for each in addresses:
        family = "ip6" if ":" in each else "ip"
        rules += "".join(f"{family} saddr != {{ {spared[family]} }} {family} daddr {each} "
                         f"{kind} dport 53 drop\n" for kind in ("udp", "tcp"))
    subprocess.run(["nft", "-f", "-"], input="table inet lab {\nchain out {\ntype filter hook output "
                   "priority 0; policy accept;\n" + rules + "}\n}\n", text=True, check=True)


def port_blocked(t, c):
    """port 53 of the name servers is blocked: INSYNC decides"""
    zone, user, env = c.cast("blocked")
    zone.insync = 17
    host, word = "a.blocked.test", value()
    result = c.desk.start(env, host, word, timeout=90)
    t.exits(result, 0, "start works")
    change = next(iter(zone.account.changes.values()))
    t.ok(result.ended >= change.insync_at, "not before INSYNC", result)
    t.ok(result.wall < 35, f"after {result.wall:.1f} s")
    t.match(r"warning:.*(53|nameserver|INSYNC)", result.err, "a warning", result)
    first = next(call.begun - change.begun for call in user.calls if call.operation == "GetChange")
    t.ok(10 < first < 20, f"GetChange is first asked after {first:.1f} s")
    t.exits(c.desk.stop(env, host, word), 0, "stop works")


def both_blocked(t, c):
    """port 53 of the name servers is blocked and GetChange is denied"""
    zone, _, env = c.cast("walled", policy=policy.deny("route53:GetChange"))
    host = "b.walled.test"
    result = c.desk.start(env, host, value(), "--timeout", "40", timeout=90)
    t.exits(result, 1, "fails")
    t.equal(zone.texts(record(host)), [], "nothing is left")
    t.match(r"GetChange|permission|AccessDenied|denied", result.err, "names GetChange", result)
    t.match(r"53|nameserver", result.err, "names the nameservers", result)


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("nft")
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        block(*(address for each in Fleet.NUMBERS["b"] for address in both(each)))
        tap.run([insync_much_later, both_blocked, port_blocked, mended, broken, throttled,
                 insync_last, insync_first, busy, get_change_denied, late_server, slow_answers,
                 clock], cast, parallel=13)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
