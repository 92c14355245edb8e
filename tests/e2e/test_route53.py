#!/usr/bin/python3
"""Route 53, the user's day: the hook's own environment, zones given and found, values beside those
of others, and what is said when something does not fit. See tests/lab/route53."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, route53  # noqa: E402
from lab.route53 import policy, text  # noqa: E402
from lab.route53.use import ADDRESSES, record, served, value  # noqa: E402

ADD = ["GetHostedZone", "ChangeResourceRecordSets", "GetChange"]
CHANGE = "ChangeResourceRecordSets"
MULTI = {"multivalue": "true"}


class Cast:
    """The accounts and zones of this test."""

    def __init__(self, w, aws):
        self.desk = route53.Desk(w, aws)
        self.aws = aws
        account = self.account = aws.account()
        self.day = account.zone("day.test")
        self.other = account.zone("other.test")
        account.private_zone("deep.day.test")
        account.private_zone("day.test")
        self.own = account.zone("_acme-challenge.self.day.test", delegated=False)
        self.day.put(route53.RecordSet(self.own.name, "NS", 300,
                                       [each + "." for each in self.own.servers]))
        self.day.put(route53.RecordSet(record("alias.day.test"), "CNAME", 60,
                                       ["alias.validation.other.test."]))
        for host in ("ours", "pair"):
            self.day.text(record(host + ".day.test"), "foreign one", "foreign two", ttl=777)
        self.day.text(record("multi.day.test"), "theirs", ttl=33, identifier="cm-1", routing=MULTI)
        self.day.text(record("weighted.day.test"), "theirs", identifier="w", routing={"weight": "1"})
        self.shaped = aws.account(own_shape=True).zone("shaped.test")
        self.late = aws.account().zone("late.test")
        account.zone("0/25.2.0.192.in-addr.arpa", served=False, delegated=False)
        account.zone("x@y.day.test", served=False, delegated=False)
        self.doubles()
        self.crowds()

    def doubles(self):
        """Two public zones of one name, of which one is delegated, in either order."""
        self.twins = {}
        for name, real, fake in (("twin1.test", "ZB", "ZA"), ("twin2.test", "ZA", "ZB")):
            account = self.aws.account()
            self.twins[name] = (
                account.zone(name, identifier=real + "0TWIN"),
                account.zone(name, servers="b", delegated=False, identifier=fake + "0TWIN"))
        account = self.aws.account()
        self.short = account.zone("short.test")
        self.longer = account.zone("long.short.test", servers="b", delegated=False)

    def crowds(self):
        """An account with over 200 zones; one of them is served."""
        account = self.aws.account()
        for number in range(230):
            account.zone(f"n{number:03}.crowd.test", served=False, delegated=False)
        account.zone("test", served=False, delegated=False)
        self.crowd = account.zone("crowd.test")

    def user(self, zone=None, **more):
        """A user of the main account; returns it and its environment."""
        user = (zone or self.day).account.user(more.pop("policy", None))
        return user, user.environment(**more)


def round_trip(t, c, user, env, host, zone, name=None):
    """Start, look at every name server, stop; returns the two results and the calls of each."""
    name, word = name or record(host), value()
    before = zone.txt(name)
    first = c.desk.start(env, host, word)
    t.exits(first, 0, f"{host}: start works")
    wanted = sorted(zone.texts(name))
    t.ok(word in wanted, f"{host}: the value is in the zone", wanted, first)
    t.equal(served(name), dict.fromkeys(ADDRESSES, wanted), f"{host}: every address serves it", first)
    calls = user.operations()
    last = c.desk.stop(env, host, word)
    t.exits(last, 0, f"{host}: stop works")
    t.equal(zone.txt(name), before, f"{host}: all is as before", last)
    return first, last, calls, user.operations()[len(calls):]


def how_to(t, c):
    """the how-to: a symlink and three variables"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    link = lab.namespace.HOME + "/hooks/route53"
    os.makedirs(os.path.dirname(link))
    os.symlink(os.environ["BINDIR"] + "/dnshook", link)
    host, word = "my.day.test", value()
    result = c.desk.run("challenge-dns-start", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 0, "start works")
    t.equal((result.out, result.err), ("", ""), "and says nothing")
    t.equal(served(record(host)), dict.fromkeys(ADDRESSES, [word]), "every address serves it")
    t.equal(c.day.txt(record(host)), {None: (60, [word])}, "TTL 60")
    t.equal(user.operations(), ADD, "three calls", user.calls)
    t.equal(len({call.connection for call in user.calls}), 1, "over one connection")
    mark = len(user.calls)
    result = c.desk.run("challenge-dns-stop", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 0, "stop works")
    t.equal((result.out, result.err), ("", ""), "and says nothing")
    t.equal(user.operations()[mark:].count(CHANGE), 1, "one change to remove", user.calls[mark:])
    t.ok(len(user.calls) - mark <= 2, "at most two calls to remove", user.calls[mark:])
    t.equal(c.day.txt(record(host)), {}, "the set is gone")
    result = c.desk.run("challenge-dns-stop", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 0, "gone already is success")
    result = c.desk.run("challenge-http-start", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 42, "challenge-http-start is not our event")


def without_zone(t, c):
    """without ACME_HOSTED_ZONE"""
    user, env = c.user()
    _, _, adding, removing = round_trip(t, c, user, env, "found.day.test", c.day)
    t.equal((adding.count(CHANGE), adding.count("GetChange")), (1, 1), "one change, one GetChange",
            user.calls)
    t.ok(len(adding) <= 5, "at most two calls more than with the zone", user.calls)
    t.equal(removing.count(CHANGE), 1, "one change to remove", removing)
    user, env = c.user()
    round_trip(t, c, user, env, "day.test", c.day)
    user, env = c.user()
    round_trip(t, c, user, env, "a.b.c.day.test", c.day)
    user, env = c.user()
    round_trip(t, c, user, env, "Mixed.DAY.test.", c.day, name=record("mixed.day.test"))


def zone_notations(t, c):
    """ways to give the zone"""
    for number, env in enumerate((
            {"ACME_HOSTED_ZONE": "/hostedzone/" + c.day.id}, {"AWS_HOSTED_ZONE_ID": c.day.id},
            {"ACME_HOSTED_ZONE": f"{c.other.id},{c.day.id}"},
            {"ACME_HOSTED_ZONE": f"{c.day.id}, /hostedzone/{c.other.id}"},
            {"ACME_HOSTED_ZONE": c.day.id, "AWS_REGION": "eu-west-1",
             "AWS_DEFAULT_REGION": "ap-southeast-2"})):
        user, keys = c.user()
        round_trip(t, c, user, {**keys, **env}, f"notation{number}.day.test", c.day)


def refused(t, c, env, host, pattern, name, zone=None):
    """A start that fails with this message and writes nothing."""
    zone = zone or c.day
    before, changes = zone.txt(record(host)), len(zone.account.changes)
    result = c.desk.start(env, host, value(), timeout=40)
    t.equal(result.code, 1, f"{name}: exit status 1", result)
    t.match(pattern, result.err, f"{name}: says why", result)
    t.equal(result.out, "", f"{name}: nothing on standard output")
    t.equal(zone.txt(record(host)), before, f"{name}: nothing was written", result)
    return result, len(zone.account.changes) - changes


def wrong_zones(t, c):
    """zones that do not fit"""
    user, env = c.user(ACME_HOSTED_ZONE="Z0NOSUCHZONE")
    refused(t, c, env, "wrong1.day.test", r"Z0NOSUCHZONE", "no such zone")
    user, env = c.user(ACME_HOSTED_ZONE=c.other.id)
    refused(t, c, env, "wrong2.day.test", r"other\.test", "another zone's id")
    t.ok(CHANGE not in user.operations(), "another zone's id: no change was tried", user.calls)
    for bad in ("not an id", "Z1;Z2", "Z" * 40):
        user, env = c.user(ACME_HOSTED_ZONE=bad)
        refused(t, c, env, "wrong3.day.test", r"ACME_HOSTED_ZONE|zone id|hosted.zone",
                f"ACME_HOSTED_ZONE={bad}")
        t.equal(user.calls, [], f"ACME_HOSTED_ZONE={bad}: no call")
    user, env = c.user(zone=c.short)
    result, _ = refused(t, c, env, "elsewhere.day.test", r"none? .*zone", "no zone for the name")
    t.match(r"day\.test", result.err, "no zone for the name: names it", result)
    private = next(each for each in c.account.zones.values()
                   if each.private and each.name == "day.test.")
    user, env = c.user(ACME_HOSTED_ZONE=private.id)
    refused(t, c, env, "wrong4.day.test", r"private", "the id of a private zone")


def others_values(t, c):
    """values of others, and their TTL, are kept"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    name, word = record("ours.day.test"), value()
    t.exits(c.desk.start(env, "ours.day.test", word), 0, "start works")
    t.equal(c.day.txt(name), {None: (777, sorted(["foreign one", "foreign two", word]))},
            "the value is beside the others, the TTL is theirs")
    t.exits(c.desk.start(env, "ours.day.test", word), 0, "start again works")
    t.equal(len(c.day.texts(name)), 3, "it is there once")
    t.exits(c.desk.stop(env, "ours.day.test", word), 0, "stop works")
    t.equal(c.day.txt(name), {None: (777, ["foreign one", "foreign two"])}, "theirs are left")
    t.ok("UPSERT" not in "".join(str(call.body) for call in user.calls), "never an UPSERT")


def pair(t, c):
    """apex and wildcard at once: two values at one name"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    for host in ("pair.day.test", "fresh.day.test"):
        before = c.day.txt(record(host))
        words = [value(), value()]
        running = [c.desk.begin("--provider", "route53", "challenge-dns-start", host, "", word, flag,
                                env=env) for word, flag in zip(words, ("", "wildcard"))]
        results = [c.desk.collect(each) for each in running]
        t.equal([each.code for each in results], [0, 0], f"{host}: both work", *results)
        t.ok(set(words) <= set(c.day.texts(record(host))), f"{host}: both are there", *results)
        results = [c.desk.stop(env, host, word) for word in words]
        t.equal([each.code for each in results], [0, 0], f"{host}: both stops work", *results)
        t.equal(c.day.txt(record(host)), before, f"{host}: all is as before")
    t.ok(user.calls, "the calls were this user's")


def other_shape(t, c):
    """errors as <InvalidChangeBatch>, with several messages"""
    user, env = c.user(zone=c.shaped, ACME_HOSTED_ZONE=c.shaped.id)
    host, words = "my.shaped.test", [value(), value()]
    for word in words:
        t.exits(c.desk.start(env, host, word), 0, "start works")
    t.equal(c.shaped.texts(record(host)), sorted(words), "both values are there")
    t.ok("InvalidChangeBatch" in [call.code for call in user.calls], "it was met", user.calls)
    for word in words:
        t.exits(c.desk.stop(env, host, word), 0, "stop works")
    t.exits(c.desk.stop(env, host, words[0]), 0, "gone already is success")
    t.equal(c.shaped.txt(record(host)), {}, "nothing is left")
    user.fault(route53.ApiError(400, "InvalidChangeBatch", "First thing.", "Second thing."), CHANGE)
    result, _ = refused(t, c, env, "two.shaped.test", r"First thing.*Second thing", "two messages",
                        c.shaped)


def limits(t, c):
    """limits of a set"""
    _, env = c.user(zone=c.shaped, ACME_HOSTED_ZONE=c.shaped.id)
    for host, count in (("full.shaped.test", 400), ("long.shaped.test", 360)):
        c.shaped.text(record(host), *(f"{number:03}-{'v' * 42}" for number in range(count)))
        refused(t, c, env, host, r"takes no more|32000", f"{count} values", c.shaped)
    c.shaped.text(record("many.shaped.test"), *(f"{number:03}-{'v' * 42}" for number in range(90)))
    word = value()
    t.exits(c.desk.start(env, "many.shaped.test", word, timeout=90), 0, "beside 90 values: works")
    t.equal(len(c.shaped.texts(record("many.shaped.test"))), 91, "all are there")
    t.exits(c.desk.stop(env, "many.shaped.test", word), 0, "beside 90 values: stop works")
    t.equal(len(c.shaped.texts(record("many.shaped.test"))), 90, "theirs are left")


def interrupted(t, c):
    """a signal, while INSYNC is waited for"""
    c.late.insync = 60
    _, env = c.user(zone=c.late, ACME_HOSTED_ZONE=c.late.id)
    host, word = "signal.late.test", value()
    running = c.desk.begin("--provider", "route53", "challenge-dns-start", host, "", word, "", env=env)
    dnsq.wait_until(lambda: c.late.texts(record(host)) == [word], "the value")
    time.sleep(0.5)
    running.signal(signal.SIGTERM)
    begin = time.monotonic()
    result = c.desk.collect(running)
    t.equal(result.code, 143, "exit status 143", result)
    t.ok(time.monotonic() - begin < 3, "at once")
    t.equal(c.late.txt(record(host)), {}, "the value was taken away again", result)


def certbot(t, c):
    """certbot: the last call asks whether the changes of the calls before are live, too"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    env["STATE_DIRECTORY"] = lab.namespace.HOME + "/state-certbot/dnshook"
    os.makedirs(os.path.dirname(env["STATE_DIRECTORY"]))
    words = [value() for _ in range(3)]

    def call(word, i):
        more = {"CERTBOT_DOMAIN": f"cb{i}.day.test", "CERTBOT_VALIDATION": words[i],
                "CERTBOT_REMAINING_CHALLENGES": str(2 - i)}
        t.exits(c.desk.run("--provider", "route53", word, env={**env, **more}), 0, f"{word} {i}")

    for i in range(2):
        call("certbot-auth", i)
    t.equal(user.operations().count("GetChange"), 0, "those before only write", user.calls)
    call("certbot-auth", 2)
    asked = {each.id for each in user.calls if each.operation == "GetChange"}
    t.equal(len(asked), 3, "three changes are asked about", user.calls)
    for i in range(3):
        call("certbot-cleanup", i)
        t.equal(c.day.txt(record(f"cb{i}.day.test")), {}, "the value is gone")


def policies(t, c):
    """sets with a routing policy, and a CNAME"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    name, word = record("multi.day.test"), value()
    before = c.day.txt(name)
    result = c.desk.start(env, "multi.day.test", word)
    t.exits(result, 0, "beside a multivalue set: start works")
    t.equal(c.day.texts(name), sorted(["theirs", word]), "beside a multivalue set: both are there")
    t.equal(c.day.txt(name).get("cm-1"), before["cm-1"], "beside a multivalue set: theirs is as it was")
    policy_of = {each.identifier: each.policy() for each in c.day.sets.values() if each.name ==
                 text.show_name(text.parse_name(name))}
    t.equal(set(policy_of.values()), {"multivalue"}, "ours is a multivalue set, too", policy_of)
    t.exits(c.desk.stop(env, "multi.day.test", word), 0, "beside a multivalue set: stop works")
    t.equal(c.day.txt(name), before, "beside a multivalue set: only ours went")
    refused(t, c, env, "weighted.day.test", r"weight|routing policy|SetIdentifier",
            "a weighted set")
    c.day.put(route53.RecordSet(record("cname.day.test"), "CNAME", 60, ["elsewhere.test."]))
    refused(t, c, env, "cname.day.test", r"CNAME", "a CNAME that the DNS does not show yet")
    t.ok(user.calls, "the calls were this user's")


def strings(t, c):
    """values and how they are written"""
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    for number, word in enumerate(('a "quoted" \\ value; <&>\' $(x)', "-begins-with-a-dash",
                                   "v" * 255, "two  spaces", "\\052 \\\"")):
        host = f"string{number}.day.test"
        result = c.desk.start(env, host, word)
        t.exits(result, 0, f"{word[:30]!r}: start works")
        t.equal(c.day.texts(record(host)), [word], f"{word[:30]!r}: is there as given", result)
        t.exits(c.desk.stop(env, host, word), 0, f"{word[:30]!r}: stop works")
        t.equal(c.day.texts(record(host)), [], f"{word[:30]!r}: is gone")
    result = c.desk.start(env, "string9.day.test", "v" * 256)
    t.ok(result.code in (1, 2), "256 bytes are refused", result)
    name = record("glued.day.test")
    long = text.show_strings([b"x" * 255, b'y"\\\xc3\xa4'])
    c.day.put(route53.RecordSet(name, "TXT", 99, [long]))
    c.day.glued = True
    word = value()
    t.exits(c.desk.start(env, "glued.day.test", word), 0, "beside a value of two strings: start works")
    t.equal(len(c.day.texts(name)), 2, "beside a value of two strings: both are there")
    t.exits(c.desk.stop(env, "glued.day.test", word), 0, "beside a value of two strings: stop works")
    c.day.glued = False
    found = [each.values for each in c.day.sets.values() if each.name.startswith("_acme-challenge.gl")]
    t.equal([text.parse_strings(each[0]) for each in found], [text.parse_strings(long)],
            "the other value is as it was")
    t.ok(user.calls, "the calls were this user's")


def led_elsewhere(t, c):
    """zones below and beside: which one is meant"""
    user, env = c.user()
    name = "_acme-challenge.self.day.test"
    first, _, calls, _ = round_trip(t, c, user, env, "self.day.test", c.own, name=name)
    t.equal(c.day.txt(name), {}, "the zone at _acme-challenge itself is used", first)
    t.ok(len(calls) <= 5, "the zone at _acme-challenge itself: at most five calls", calls)
    user, env = c.user()
    round_trip(t, c, user, env, "x.deep.day.test", c.day)
    user, env = c.user()
    round_trip(t, c, user, env, "alias.day.test", c.other, name="alias.validation.other.test")
    user, env = c.user(ACME_HOSTED_ZONE=c.day.id)
    refused(t, c, env, "alias.day.test", r"other\.test", "a CNAME out of the given zone", c.other)


def twins(t, c):
    """two public zones of one name"""
    for name, (real, fake) in c.twins.items():
        user, env = c.user(zone=real)
        round_trip(t, c, user, env, "www." + name, real)
        t.equal(fake.texts(record("www." + name)), [], f"{name}: nothing in the other one")
        user, env = c.user(zone=real, ACME_HOSTED_ZONE=fake.id)
        result, changes = refused(t, c, env, "given." + name, r"awsdns-1[1-4].*awsdns-0[1-4]|"
                                  r"awsdns-0[1-4].*awsdns-1[1-4]", f"{name}: the undelegated one's id",
                                  fake)
        t.equal(changes, 0, f"{name}: before anything was written", result)
        t.match(r"DNSHOOK_RESOLVERS", result.err, f"{name}: speaks of split DNS", result)
    user, env = c.user(zone=c.short)
    first, *_ = round_trip(t, c, user, env, "x.long.short.test", c.short)
    t.match(r"warning:.*long\.short\.test", first.err, "a longer, undelegated zone is named", first)


def crowd(t, c):
    """over 200 zones"""
    user, env = c.user(zone=c.crowd)
    _, _, adding, _ = round_trip(t, c, user, env, "www.crowd.test", c.crowd)
    t.ok(len(adding) <= 5, "found among 232 zones with at most five calls", adding)
    user, env = c.user(zone=c.crowd)
    result = c.desk.run("zones", "route53", env=env, loud=False)
    t.exits(result, 0, "zones works")
    rows = dict(line.split() for line in result.out.splitlines())
    t.equal(rows, {each.name.rstrip("."): each.id for each in c.crowd.account.zones.values()},
            "zones shows them all", result.err)
    user, env = c.user(zone=c.crowd)
    result = c.desk.run("--json", "zones", "route53", env=env, loud=False)
    t.equal(len(json.loads(result.out or "[]")), 232, "zones in JSON", result.err)
    user, env = c.user(zone=c.crowd)
    refused(t, c, env, "www.day.test", r"day\.test", "a name in none of 232 zones that are led to")


def permissions(t, c):
    """what the policy does not allow"""
    for denied, env, works, pattern in (
            ("route53:GetHostedZone", {"ACME_HOSTED_ZONE": c.day.id}, True, r"GetHostedZone"),
            ("route53:GetChange", {"ACME_HOSTED_ZONE": c.day.id}, True, r"GetChange"),
            ("route53:ListHostedZonesByName", {}, True, r""),
            ("route53:ListHostedZones*", {}, False, r"ListHostedZones.*ACME_HOSTED_ZONE|"
             r"ACME_HOSTED_ZONE.*ListHostedZones"),
            ("route53:" + CHANGE, {"ACME_HOSTED_ZONE": c.day.id}, False,
             r"ChangeResourceRecordSets")):
        user, keys = c.user(policy=policy.deny(denied))
        host, word = f"deny-{denied[8:].lower().rstrip('*')}.day.test", value()
        result = c.desk.start({**keys, **env}, host, word)
        t.equal(result.code, 0 if works else 1, f"without {denied}: exit status", result)
        t.match(("warning:.*" if works and pattern else "") + pattern, result.err, f"without {denied}: says so",
                result)
        if works:
            t.equal(served(record(host)), dict.fromkeys(ADDRESSES, [word]),
                    f"without {denied}: it is there")
            t.exits(c.desk.stop({**keys, **env}, host, word), 0, f"without {denied}: stop works")
        t.equal(c.day.texts(record(host)), [], f"without {denied}: nothing is left")


def policy_of(guide):
    """The policy in the text of info, and where it ended."""
    start = guide.index("{")
    return json.JSONDecoder().raw_decode(guide[start:])[0]


def smallest_policy(t, c):
    """info: parameters, and the smallest policy"""
    result = c.desk.run("info", "route53", env={}, loud=False)
    t.exits(result, 0, "info works without credentials")
    for name in ("ACME_HOSTED_ZONE", "AWS_HOSTED_ZONE_ID", "AWS_ACCESS_KEY_ID", "AWS_PROFILE",
                 "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "AWS_ROLE_ARN",
                 "AWS_ENDPOINT_URL_ROUTE_53", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONFIG_FILE",
                 "AWS_SHARED_CREDENTIALS_FILE"):
        t.match(name, result.out, f"info names {name}")
    general = policy_of(result.out)
    for host, given in (("policy1.day.test", True), ("policy2.day.test", False)):
        user, env = c.user(**({"ACME_HOSTED_ZONE": c.day.id} if given else {}))
        result = c.desk.run("info", "route53", host, env=env, loud=False)
        t.exits(result, 0, f"info with a domain works, zone given: {given}")
        user.policy = policy_of(result.out)
        first, last, *_ = round_trip(t, c, user, env, host, c.day)
        t.no_match(r"warning|denied", first.err + last.err, f"{host}: no warning with that policy")
        if given:
            t.no_match(c.other.id + r"|hostedzone/\*", json.dumps(user.policy),
                       f"{host}: for this zone alone")
        result = c.desk.start(env, "not-" + host, value())
        t.exits(result, 1, f"{host}: another name is refused by that policy")
        user, env = c.user(policy=general, **({"ACME_HOSTED_ZONE": c.day.id} if given else {}))
        round_trip(t, c, user, env, "general-" + host, c.day)


def whole_test(t, c):
    """dnshook test"""
    user, env = c.user()
    result = c.desk.run("test", "route53", "tested.day.test", env=env, loud=False)
    t.exits(result, 0, "works")
    said = result.out + result.err
    for wanted in (user.arn, "AWS_ACCESS_KEY_ID", c.day.id, r"day\.test", *ADDRESSES):
        t.match(wanted, said, f"names {wanted}", result)
    t.match(r"(found|longest|delegat|led to|zone cut)[^\n]*day\.test|"
            r"day\.test[^\n]*(found|longest|delegat|led to|zone cut)", said, "says why this zone",
            result)
    t.equal(c.day.txt(record("tested.day.test")), {}, "nothing is left")
    result = c.desk.run("--json", "test", "route53", "tested2.day.test", env=env, loud=False)
    found = json.loads(result.out)
    t.equal((found["ok"], found["zone"], found["zone-id"]), (True, "day.test", c.day.id), "JSON", result)
    dnsq.wait_until(lambda: not any(served(record("tested2.day.test")).values()), "the end of it")
    t.ok(True, "nothing is left on any server")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        tap.run([how_to, without_zone, zone_notations, wrong_zones, others_values, pair, certbot, policies,
                 other_shape, limits, interrupted,
                 strings, led_elsewhere, twins, crowd, permissions, smallest_policy, whole_test],
                cast, parallel=4)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
