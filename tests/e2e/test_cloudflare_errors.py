#!/usr/bin/python3
"""Cloudflare, what goes wrong: credentials and permissions, the rate limit, and whatever may break
between here and the service. Each message says what to mend."""
import itertools
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare  # noqa: E402
from lab.cloudflare import errors  # noqa: E402
from lab.cloudflare.use import ADDRESSES, EDIT, READ, record, served, value  # noqa: E402

NOWHERE = "0123456789abcdef" * 2
WRITES = ("CreateRecord", "Batch")


class Cast:
    """The accounts and zones of this test."""

    def __init__(self, w, cloud):
        self.desk, self.cloud = cloudflare.Desk(w, cloud), cloud
        self.main, self.elsewhere = cloud.account("Main"), cloud.account("Elsewhere")
        self.day, self.other = self.main.zone("day.test"), self.main.zone("other.test")
        self.alien = self.elsewhere.zone("alien.test")
        self.late = self.main.zone("late.test")
        self.late.delays = [0, 100]
        self.full = self.main.zone("full.test")
        self.full.text("www.full.test", "all that fits")
        self.hosts = itertools.count(1)

    def host(self):
        """A host of its own."""
        return f"h{next(self.hosts)}.day.test"

    def token(self, *permissions, **options):
        """A token of the main account; returns it and its environment."""
        token = self.main.token(*(permissions or (READ, EDIT)), **options)
        return token, token.environment()


def refused(t, c, env, pattern, title, host=None, *more):
    """A start that fails with this message and writes nothing."""
    host = host or c.host()
    before = dict(c.day.records)
    result = c.desk.start(env, host, value(), *more, timeout=60)
    t.equal(result.code, 1, f"{title}: exit status 1", result)
    for each in [pattern] if isinstance(pattern, str) else pattern:
        t.match(each, result.err, f"{title}: says {each}", result)
    t.equal(result.out, "", f"{title}: nothing on standard output")
    t.equal({key: each for key, each in c.day.records.items() if each.name == record(host)},
            {key: each for key, each in before.items() if each.name == record(host)},
            f"{title}: nothing is left", result)
    return result


def works(t, c, env, title, *more, timeout=120):
    """A start and a stop that work; returns the result of the start."""
    host, word = c.host(), value()
    result = c.desk.start(env, host, word, *more, timeout=timeout)
    t.exits(result, 0, f"{title}: start works")
    t.equal(served(record(host)), dict.fromkeys(ADDRESSES, [word]), f"{title}: it is served")
    t.exits(c.desk.stop(env, host, word, timeout=timeout), 0, f"{title}: stop works")
    t.equal(c.day.texts(record(host)), [], f"{title}: nothing is left")
    return result


def no_credentials(t, c):
    """credentials that are none"""
    key = c.main.key()
    token, _ = c.token()
    mark = len(c.cloud.log)
    for title, env in (("nothing", {}), ("an email address alone", {"CLOUDFLARE_EMAIL": key.user.email}),
                       ("a key alone", {"CLOUDFLARE_API_KEY": key.value}),
                       ("a token for zones alone", {"CLOUDFLARE_ZONE_API_TOKEN": token.value})):
        refused(t, c, env, [r"CLOUDFLARE_DNS_API_TOKEN", r"CLOUDFLARE_(EMAIL|API_KEY)"], title)
    for title, bad in (("a line feed", token.value[:20] + "\nX-Evil: 1\n" + token.value[20:]),
                       ("a blank within", token.value[:20] + " " + token.value[20:]),
                       ("a carriage return", token.value[:20] + "\r" + token.value[20:])):
        refused(t, c, {"CLOUDFLARE_DNS_API_TOKEN": bad}, r"token", title)
    refused(t, c, token.environment(CLOUDFLARE_ZONE_ID="day.test"), r"ZONE_ID|zone.id", "a zone's name for its id")
    refused(t, c, token.environment(CLOUDFLARE_ZONE_ID="../../user"), r"ZONE_ID|zone.id", "a path for an id")
    # Only what these sent counts: nothing else runs beside this scenario.
    t.equal(c.cloud.log[mark:], [], "nothing of this was sent")


def wrong_credentials(t, c):
    """credentials that the service refuses"""
    token, env = c.token()
    key = c.main.key()
    unknown = "canary" + "x" * 34
    for title, env, patterns in (
            ("a key as a token", {"CLOUDFLARE_DNS_API_TOKEN": key.value},
             [r"6111|Invalid format for Authorization", r"Global API Key|CLOUDFLARE_API_KEY"]),
            ("a token as a key", {"CLOUDFLARE_EMAIL": key.user.email, "CLOUDFLARE_API_KEY": token.value},
             [r"6103|Invalid format for X-Auth-Key", r"CLOUDFLARE_DNS_API_TOKEN"]),
            ("half a token", {"CLOUDFLARE_DNS_API_TOKEN": token.value[:30]},
             [r"6111|Invalid format for Authorization"]),
            ("an unknown token", {"CLOUDFLARE_DNS_API_TOKEN": unknown},
             [r"9109|Invalid access token", r"token"]),
            ("an unknown key", {"CLOUDFLARE_EMAIL": key.user.email, "CLOUDFLARE_API_KEY": "0" * 37},
             [r"9103|Unknown X-Auth-Key", r"EMAIL"]),
            ("another email address", {"CLOUDFLARE_EMAIL": "a@b.test", "CLOUDFLARE_API_KEY": key.value},
             [r"9103|Unknown X-Auth-Key", r"EMAIL"]),
            ("no email address", {"CLOUDFLARE_EMAIL": "me", "CLOUDFLARE_API_KEY": key.value},
             [r"6102|X-Auth-Email"])):
        mark = len(c.cloud.log)
        refused(t, c, env, patterns, title)
        t.ok(len(c.cloud.log) - mark <= 8, f"{title}: not asked again and again", c.cloud.log[mark:])
        result = c.desk.run("test", "cloudflare", "www.day.test", env=env, timeout=60)
        t.exits(result, 1, f"{title}: dnshook test fails, too")
        t.match(patterns[0], result.err, f"{title}: and says so", result)
    for title, change in (("an expired token", {"expires": time.time() - 60}),
                          ("a disabled token", {"status": "disabled"})):
        token, env = c.token()
        vars(token).update(change)
        refused(t, c, env, [r"9109|10000|Invalid access token", r"expired|disabled"], title)
        result = c.desk.run("test", "cloudflare", "www.day.test", env=env, timeout=60)
        t.exits(result, 1, f"{title}: dnshook test fails, too")
    token, env = c.token()
    token.location = "192.0.2.1"
    refused(t, c, env, r"Cannot use the access token from location", "another address")
    wrong, env = c.token(EDIT)
    env["CLOUDFLARE_ZONE_API_TOKEN"] = unknown
    refused(t, c, env, r"CLOUDFLARE_ZONE_API_TOKEN|zone-api-token", "an unknown token for zones")
    t.ok(not wrong.user.operations(), "the other token was not tried in its place", wrong.user.calls)


def permissions(t, c):
    """permissions that are missing"""
    token, env = c.token(EDIT)
    refused(t, c, env, [r"Zone[ :>.,-]+(Zone[ :>.,-]+)?Read", r"CLOUDFLARE_ZONE_ID|zone.list"],
            "no Zone:Read, an error")
    token, env = c.token(EDIT)
    token.listing = "empty"
    refused(t, c, env, [r"no zone|none of|zone.*not", r"day\.test", r"Zone[ :>.,-]+Read"],
            "no Zone:Read, an empty list")
    token, env = c.token(zones=[c.other])
    refused(t, c, env, [r"day\.test", r"Zone Resources", r"Zone[ :>.,-]+Read"],
            "a token for another zone")
    for denial in (10000, 1009):
        token, env = c.token(READ, "DNS:Read")
        token.denial = denial
        refused(t, c, env, [r"DNS[ :>.,-]+Edit", str(denial)], f"DNS:Read alone, {denial}")
        refused(t, c, {**env, "CLOUDFLARE_ZONE_ID": c.day.id}, r"DNS[ :>.,-]+Edit",
                f"DNS:Read alone, {denial}, zone given")
        t.ok(len([call for call in token.user.calls if call.operation in WRITES]) <= 4,
             "not tried again and again", token.user.calls)
    token, env = c.token(READ)
    result = refused(t, c, env, r"DNS[ :>.,-]+Edit", "Zone:Read alone")
    result = c.desk.run("test", "cloudflare", "www.day.test", env=env, timeout=60)
    t.match(r"DNS[ :>.,-]+Edit", result.err, "dnshook test names it, too", result)
    token, env = c.token(EDIT)
    env = {**env, "CLOUDFLARE_ZONE_API_TOKEN": c.token("DNS:Read")[0].value}
    refused(t, c, env, [r"Zone[ :>.,-]+(Zone[ :>.,-]+)?Read"], "a token for zones without Zone:Read")
    result = c.desk.run("zones", "cloudflare", env=c.token(EDIT)[1], timeout=60)
    t.exits(result, 1, "zones without Zone:Read")
    t.match(r"Zone[ :>.,-]+(Zone[ :>.,-]+)?Read", result.err, "zones without Zone:Read: says so", result)
    token, env = c.token()
    host, word = c.host(), value()
    t.exits(c.desk.start(env, host, word), 0, "a token that loses its permission: start works")
    kept, token.policies = token.policies, [({READ, "DNS:Read"}, None)]
    result = c.desk.stop(env, host, word)
    t.exits(result, 1, "a token that loses its permission: stop fails")
    t.match(r"DNS[ :>.,-]+Edit", result.err, "a token that loses its permission: says so", result)
    token.policies = kept
    t.exits(c.desk.stop(env, host, word), 0, "and works later")
    t.equal(c.day.texts(record(host)), [], "nothing is left")


def zones(t, c):
    """zones that do not fit"""
    token, env = c.token()
    refused(t, c, env, [r"no zone|none of|no .*zone", r"alien\.test"], "somebody else's zone",
            "www.alien.test")
    refused(t, c, {**env, "CLOUDFLARE_ZONE_ID": c.other.id}, [r"other\.test|CLOUDFLARE_ZONE_ID"],
            "another zone's id")
    t.equal(c.other.records, {}, "another zone's id: nothing was written")
    refused(t, c, {**env, "CLOUDFLARE_ZONE_ID": NOWHERE}, [NOWHERE + "|CLOUDFLARE_ZONE_ID"], "no such zone")
    key = c.main.key()
    refused(t, c, key.environment(CLOUDFLARE_ZONE_ID=NOWHERE), [NOWHERE + "|CLOUDFLARE_ZONE_ID"],
            "no such zone, with a key")
    refused(t, c, {**env, "CLOUDFLARE_ACCOUNT_ID": c.elsewhere.id}, [r"no zone|none of|no .*zone|account"],
            "another account's id")


def limited(t, c):
    """the rate limit is waited for"""
    token, env = c.token()
    token.user.limit = cloudflare.Limit(1, 60, 3)
    result = works(t, c, env, "one call every three seconds")
    t.ok(token.user.limit.refused >= 1, "it was met", token.user.calls)
    t.equal(token.user.limit.early, 0, "nobody came before the time", token.user.calls, result)
    t.match("429|rate.?limit|too many", result.err, "at -v -v the wait is told", result)
    token, env = c.token()
    token.user.limit = cloudflare.Limit(1, 60, 3, dated=True)
    works(t, c, env, "told as a date")
    t.ok(token.user.limit.refused >= 1, "told as a date: it was met", token.user.calls)
    token, env = c.token()
    token.user.limit = cloudflare.Limit(2, 60, 3, told=False)
    works(t, c, env, "not told")
    t.ok(token.user.limit.refused <= 24, "not told: not asked all the time", token.user.limit.refused)
    for operation in ("ListZones", "GetZone", "CreateRecord", "ListRecords", "DeleteRecord"):
        token, env = c.token()
        page = cloudflare.edge(429, 1015, "You are being rate limited", retry_after=1)
        token.user.fault(page, operation, times=2)
        works(t, c, env, f"the edge's 429 at {operation}")


def long_limit(t, c):
    """a rate limit that is longer than the call may take"""
    token, env = c.token()
    for told in (True, False):
        token.user.limit = cloudflare.Limit(0, 300, 300, told=told)
        begin = time.monotonic()
        result = refused(t, c, env, r"429|rate.?limit|too many|wait and consider",
                         f"five minutes, told: {told}", None, "--timeout", "25")
        t.no_match(r"no zone|no such zone|holds no|none of", result.err,
                   f"told: {told}: never taken for a zone that is not there", result)
        t.ok(time.monotonic() - begin < 35, f"told: {told}: within the time", result)
        if told:
            t.ok(token.user.limit.refused <= 3, "told: asked no more", token.user.limit.refused)
    token.user.limit = cloudflare.Limit()
    host, word = c.host(), value()
    t.exits(c.desk.start(env, host, word), 0, "start works again")
    token.user.limit = cloudflare.Limit(0, 300, 300)
    result = c.desk.stop(env, host, word, "--timeout", "10")
    t.exits(result, 1, "a stop that is limited fails")
    t.match(r"429|rate.?limit|too many|wait and consider", result.err, "and says why", result)
    token.user.limit = cloudflare.Limit()
    t.exits(c.desk.stop(env, host, word), 0, "and works later")
    t.equal(c.day.texts(record(host)), [], "nothing is left")


def unsure(t, c):
    """a record that is made, but nobody was told, and then the time is over"""
    for title, kind in (("reset", "reset"), ("502", 502), ("cut", "cut-http")):
        token, env = c.token()
        fault = token.user.fault(kind, "CreateRecord", after=True)
        host = f"{title}.late.test"
        result = c.desk.start(env, host, value(), "--timeout", "12")
        t.exits(result, 1, f"{title}: start fails")
        t.ok(fault.done, f"{title}: it was met", token.user.calls)
        t.equal(c.late.texts(record(host)), [], f"{title}: nothing is left", result)


TROUBLE = {"500": 500, "502": 502, "503": 503, "504": 504, "reset": "reset", "close": "close",
           "edge 520": errors.edge(520, 1020, "Web server is returning an unknown error"),
           "edge 502": errors.edge(502, 502, "Bad gateway"),
           "408": errors.ApiError(408, (10408, "Request timeout"))}
NONSENSE = {"html": "html", "cut-json": "cut-json", "cut-http": "cut-http", "empty": "empty",
            "null": "null", "huge": "huge",
            "not JSON": errors.Answer(200, b"{\"success\": true, ", "application/json"),
            "a list": errors.Answer(200, b"[]", "application/json"),
            "doubled": errors.Answer(200, b'{"success":true,"success":false,"errors":[],"result":{}}',
                                     "application/json"),
            "success: false": errors.Answer(200, b'{"success":false,"errors":[],"messages":[],'
                                            b'"result":null}', "application/json"),
            "no success": errors.Answer(200, b'{"result":{},"errors":[]}', "application/json"),
            "other types": errors.Answer(200, b'{"success":true,"errors":5,"result":{"id":[],"name":{}},'
                                         b'"result_info":[]}', "application/json"),
            "403 in HTML": errors.edge(403, 1020, "Access denied")}


def trouble(t, c):
    """trouble that goes away"""
    for title, kind in TROUBLE.items():
        for after in (False, True):
            token, env = c.token()
            faults = [token.user.fault(kind, operation, times=2, after=after)
                      for operation in ("ListZones", "CreateRecord", "DeleteRecord")]
            works(t, c, env, f"{title}, {'after' if after else 'before'}")
            t.ok(all(each.done for each in faults[1:]), f"{title}: it was met", token.user.calls)


def lasting(t, c):
    """trouble that stays"""
    for title in ("503", "reset", "edge 520"):
        token, env = c.token()
        token.user.fault(TROUBLE[title], "ListZones", times=1000)
        result = refused(t, c, env, {"503": "503", "reset": r"reset|connection|broke|closed|reach",
                                     "edge 520": "520"}[title], title, None, "--timeout", "16")
        t.no_match(r"no zone|no such zone|holds no|none of", result.err,
                   f"{title}: never taken for a zone that is not there", result)
        t.ok(len(token.user.calls) < 60, f"{title}: not asked all the time", len(token.user.calls))


def nonsense(t, c):
    """answers that are none"""
    for title, kind in NONSENSE.items():
        for operation in ("ListZones", "GetZone", "CreateRecord"):
            for times in (1, 1000):
                token, env = c.token()
                host, word = c.host(), value()
                fault = token.user.fault(kind, operation, times=times, after=isinstance(kind, str))
                result = c.desk.start(env, host, word, "--timeout", "16", timeout=60)
                name = f"{title} at {operation}, {times}"
                t.ok(result.code in (0, 1), f"{name}: works or fails", result)
                if result.code == 0:
                    t.equal(served(record(host)), dict.fromkeys(ADDRESSES, [word]), f"{name}: it is served")
                else:
                    t.match("dnshook: cloudflare: [^\n]*(HTTP|answer|list|JSON|transfer|limit)|without the value",
                            result.err, f"{name}: says why", result)
                    t.equal(c.day.texts(record(host)), [], f"{name}: nothing is left", result)
                fault.left = 0
                t.exits(c.desk.stop(env, host, word), 0, f"{name}: stop works")
                t.equal(c.day.texts(record(host)), [], f"{name}: nothing is left at the end", result)


def stops(t, c):
    """a stop that meets nonsense"""
    for title, kind in {**NONSENSE, "81044": errors.NO_RECORD}.items():
        for operation in ("ListRecords", "DeleteRecord"):
            token, env = c.token()
            host, word = c.host(), value()
            c.day.text(record(host), word, "kept")
            fault = token.user.fault(kind, operation, times=1, after=isinstance(kind, str))
            result = c.desk.stop(env, host, word, "--timeout", "20", timeout=60)
            name = f"{title} at {operation}"
            t.ok(result.code in (0, 1), f"{name}: works or fails", result)
            if fault.done and operation == "ListRecords" and title != "81044":
                t.ok(result.code == 1 or c.day.texts(record(host)) == ["kept"],
                     f"{name}: never success with the value there", result)
            t.exits(c.desk.stop(env, host, word), 0, f"{name}: the next one works")
            t.equal(c.day.texts(record(host)) if title != "81044" else ["kept"], ["kept"],
                    f"{name}: gone, and nothing else")


def unknown_codes(t, c):
    """errors that nobody knows"""
    token, env = c.token()
    for operation in ("ListZones", "CreateRecord"):
        token.user.fault(errors.ApiError(400, (4711, "Something new.", [(4712, "Deeper."), (4713, "Down.")])),
                         operation, times=50)
        refused(t, c, env, ["4711", "Something new", "Deeper"], f"at {operation}")
        token.user.faults.clear()
    token.user.fault(errors.ApiError(400, (1004, "DNS Validation Error", [
        (9999, "The moon is full.")])), "CreateRecord", times=50)
    refused(t, c, env, "The moon is full", "the chain of a validation error")
    token.user.faults.clear()
    c.full.quota = 1
    result = c.desk.start(env, "www.full.test", value(), timeout=60)
    t.exits(result, 1, "a zone that is full")
    t.match("quota|as many records", result.err, "a zone that is full: says so", result)


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        tap.run([no_credentials, wrong_credentials], cast)
        tap.run([permissions, zones, unknown_codes, limited, long_limit, unsure, trouble,
                 lasting, nonsense, stops], cast, parallel=6)
        cast.desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
