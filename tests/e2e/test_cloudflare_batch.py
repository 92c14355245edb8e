#!/usr/bin/python3
"""Cloudflare, many changes in one call: batches, what is in the way of one of them, and what becomes of
the others. Driven by tests/e2e/many.c."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare  # noqa: E402
from lab.cloudflare import errors  # noqa: E402
from lab.cloudflare.use import ADDRESSES, EDIT, READ, record, served, value  # noqa: E402

MANY = os.environ["TOP_BUILDDIR"] + "/tests/e2e/many"
ZONES = ["plain", "there", "large", "refused", "unsure", "gone", "race"]


class Cast:
    """One zone a scenario."""

    def __init__(self, w, cloud):
        self.desk = cloudflare.Desk(w, cloud)
        self.account = cloud.account()
        self.zones = {name: self.account.zone(name + ".test") for name in ZONES}

    def cast(self, name):
        """(zone, token) of a scenario."""
        return self.zones[name], self.account.token(READ, EDIT)

    def run(self, token, event, pairs, *more, timeout=120):
        """Starts or stops pairs of host and value; returns the result, and {value: effect}."""
        words = [word for each in pairs for word in each]
        result = self.desk.run("--provider", "cloudflare", *more, event, *words, env=token.environment(),
                               name=MANY, timeout=timeout)
        rows = [line.split() for line in result.out.splitlines()]
        return result, {row[1]: row[3] for row in rows if len(row) == 4}


def made(zone):
    """[(name, value)] of the TXT records of a zone, sorted."""
    return sorted((each.name, each.value().decode()) for each in zone.records.values()
                  if each.kind == "TXT")


def wanted(pairs):
    """What a set of pairs comes to."""
    return sorted((record(host), word) for host, word in pairs)


def plain(t, c):
    """12 values at 6 names"""
    zone, token = c.cast("plain")
    zone.text(record("n0.plain.test"), "theirs", ttl=777)
    pairs = [(f"n{number // 2}.plain.test", value()) for number in range(12)]
    result, effects = c.run(token, "start", pairs)
    t.exits(result, 0, "start works")
    t.equal(effects, {word: "changed" for _, word in pairs}, "all are ours")
    t.equal(made(zone), sorted([*wanted(pairs), (record("n0.plain.test"), "theirs")]), "all are there")
    for host in ("n0.plain.test", "n5.plain.test"):
        there = sorted(word for name, word in made(zone) if name == record(host))
        t.equal(served(record(host)), dict.fromkeys(ADDRESSES, there), f"{host}: served")
    t.equal(token.user.operations().count("Batch"), 1, "in one batch", token.user.calls)
    t.equal(token.user.operations().count("CreateRecord"), 0, "and nothing else", token.user.calls)
    mark = len(token.user.calls)
    result, effects = c.run(token, "stop", pairs)
    t.exits(result, 0, "stop works")
    t.equal(made(zone), [(record("n0.plain.test"), "theirs")], "theirs is left")
    calls = [call.operation for call in token.user.calls[mark:]]
    t.equal((calls.count("Batch"), calls.count("DeleteRecord")), (1, 0), "in one batch", calls)


def there(t, c):
    """some are there already"""
    for code in (None, 81057, 81058):
        zone, token = c.cast("there")
        zone.duplicate = code
        pairs = [(f"n{number}.there.test", value()) for number in range(8)]
        result, _ = c.run(token, "start", [pairs[2], pairs[5]])
        t.exits(result, 0, f"{code}: two of them first")
        result, effects = c.run(token, "start", pairs)
        t.exits(result, 0, f"{code}: all of them")
        t.equal(made(zone), wanted(pairs), f"{code}: each is there once", result)
        t.equal({word for word, effect in effects.items() if effect == "no-change"},
                {pairs[2][1], pairs[5][1]}, f"{code}: two were there", result)
        t.equal({word for word, effect in effects.items() if effect == "changed"},
                {word for number, (_, word) in enumerate(pairs) if number not in (2, 5)},
                f"{code}: six are new", result)
        result, _ = c.run(token, "stop", pairs)
        t.exits(result, 0, f"{code}: stop works")
        t.equal(made(zone), [], f"{code}: nothing is left")
    zone.duplicate = None


def large(t, c):
    """230 values: more than a batch takes"""
    zone, token = c.cast("large")
    pairs = [(f"n{number % 5}.large.test", f"{number:03}-{value()}") for number in range(230)]
    result, _ = c.run(token, "start", pairs, timeout=240)
    t.exits(result, 0, "start works")
    t.equal(made(zone), wanted(pairs), "all are there")
    t.equal(token.user.operations().count("Batch"), 2, "in two batches", token.user.operations())
    mark = len(token.user.calls)
    result, _ = c.run(token, "stop", pairs, timeout=240)
    t.exits(result, 0, "stop works")
    t.equal(made(zone), [], "nothing is left")
    calls = [call.operation for call in token.user.calls[mark:]]
    t.ok(len(calls) <= 40, "stop takes no call for each value", calls)


def refused(t, c):
    """one that is refused"""
    zone, token = c.cast("refused")
    pairs = [(f"n{number}.refused.test", value()) for number in range(5)]
    zone.put(record("n3.refused.test"), "CNAME", "elsewhere.test")
    result, _ = c.run(token, "start", pairs)
    t.exits(result, 1, "a CNAME that the DNS does not show: start fails")
    t.match("CNAME", result.err, "says why", result)
    t.equal(made(zone), [], "and nothing is left", result)
    zone.records.clear()
    zone.quota = 3
    result, _ = c.run(token, "start", pairs)
    t.exits(result, 1, "a zone that is full: start fails")
    t.match("quota|as many records", result.err, "says why", result)
    t.equal(made(zone), [], "and nothing is left", result)
    zone.quota = 1000
    reader = c.account.token(READ, "DNS:Read")
    result, _ = c.run(reader, "start", pairs)
    t.exits(result, 1, "no DNS:Edit: start fails")
    t.match(r"DNS[ :>.,-]+Edit", result.err, "says why", result)
    result, _ = c.run(token, "start", pairs)
    t.exits(result, 0, "and then it works")
    result, _ = c.run(token, "stop", pairs)
    t.equal(made(zone), [], "nothing is left", result)


def unsure(t, c):
    """batches after which nobody knows"""
    zone, token = c.cast("unsure")
    for title, kind in (("reset", "reset"), ("502", 502), ("cut", "cut-json"), ("null", "null"),
                        ("429", errors.LIMITED)):
        for after in (False, True):
            pairs = [(f"n{number}.unsure.test", value()) for number in range(4)]
            fault = token.user.fault(kind, "Batch", after=after)
            name = f"{title}, {'after' if after else 'before'}"
            result, _ = c.run(token, "start", pairs, "--timeout", "24")
            t.ok(fault.done, f"{name}: it was met", token.user.calls)
            t.ok(result.code in (0, 1), f"{name}: works or fails", result)
            t.equal(made(zone), wanted(pairs) if result.code == 0 else [], f"{name}: all or nothing", result)
            if kind in ("reset", 502) or kind is errors.LIMITED and not after:
                t.exits(result, 0, f"{name}: it is tried again")
            fault = token.user.fault(kind, "Batch", after=after)
            result, _ = c.run(token, "stop", pairs)
            t.ok(result.code in (0, 1), f"{name}: stop works or fails", result)
            fault.left = 0
            t.exits(c.run(token, "stop", pairs)[0], 0, f"{name}: the next stop works")
            t.equal(made(zone), [], f"{name}: nothing is left", result)


def gone(t, c):
    """some are gone already, some are there twice"""
    zone, token = c.cast("gone")
    pairs = [(f"n{number // 2}.gone.test", value()) for number in range(8)]
    kept = [(record("n0.gone.test"), "theirs"), (record("n9.gone.test"), "theirs")]
    for name, word in kept:
        zone.text(name, word)
    for number, (host, word) in enumerate(pairs):
        for shape in ([], [f'"{word}"'], [word, f'"{word[:4]}" "{word[4:]}"'])[number % 3]:
            zone.put(record(host), "TXT", shape)
    result, effects = c.run(token, "stop", pairs)
    t.exits(result, 0, "stop works")
    t.equal(made(zone), sorted(kept), "theirs are left", result)
    t.equal([effects.get(word) for _, word in pairs],
            ["no-change" if number % 3 == 0 else "changed" for number in range(8)], "what was there is told")
    mark = len(token.user.calls)
    result, effects = c.run(token, "stop", pairs)
    t.exits(result, 0, "once more: stop works")
    t.equal(set(effects.values()), {"no-change"}, "once more: all are gone already")
    t.ok("Batch" not in [call.operation for call in token.user.calls[mark:]], "and no empty batch is sent")


def race(t, c):
    """batches at once that mean the same values"""
    zone, token = c.cast("race")
    zone.text(record("n0.race.test"), "theirs")
    pairs = [(f"n{number}.race.test", value()) for number in range(6)]
    words = [word for each in pairs for word in each]
    for event, left in (("start", sorted([*wanted(pairs), (record("n0.race.test"), "theirs")])),
                        ("stop", [(record("n0.race.test"), "theirs")])):
        running = [c.desk.begin("--provider", "cloudflare", event, *words, env=token.environment(),
                                name=MANY, timeout=120) for _ in range(6)]
        results = [c.desk.collect(each) for each in running]
        t.equal([each.code for each in results], [0] * 6, f"{event}: all work",
                *[each for each in results if each.code][:2])
        t.equal(made(zone), left, f"{event}: each once")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        tap.run([large, plain, there, refused, unsure, gone, race], cast, parallel=4)
        cast.desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
