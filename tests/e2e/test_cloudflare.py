#!/usr/bin/python3
"""Cloudflare, the user's day: credentials of every kind, zones given and found, values beside those of
others, in whatever form the service shows them. See tests/lab/cloudflare."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare, dnsq  # noqa: E402
from lab.cloudflare import text  # noqa: E402
from lab.cloudflare.use import ADDRESSES, EDIT, READ, record, served, value  # noqa: E402

TOKENS = ["CLOUDFLARE_DNS_API_TOKEN", "CF_DNS_API_TOKEN", "CF_Token"]
KEYS = [("CLOUDFLARE_EMAIL", "CLOUDFLARE_API_KEY"), ("CF_API_EMAIL", "CF_API_KEY"),
        ("CF_Email", "CF_Key")]
ZONE_IDS = ["CLOUDFLARE_ZONE_ID", "CF_ZONE_ID", "CF_Zone_ID"]


class Cast:
    """The accounts and zones of this test."""

    def __init__(self, w, cloud):
        self.desk, self.cloud = cloudflare.Desk(w, cloud), cloud
        main = self.main = cloud.account("Main")
        self.day = main.zone("day.test")
        self.sub = main.zone("sub.day.test", delegated=False)
        for host in self.sub.servers:
            self.day.put("sub.day.test", "NS", host)
        self.day.put(record("alias.day.test"), "CNAME", "alias.validation.other.test")
        self.other = main.zone("other.test")
        self.forms = {form: main.zone(form + ".test") for form in ("quoted", "plain", "sent")}
        for form, zone in self.forms.items():
            zone.form = form
        self.day.text(record("ours.day.test"), "foreign one", "foreign two", ttl=777)
        self.late = main.zone("late.test")
        self.crowd()
        self.twins()
        self.asleep = {}
        for status in ("pending", "moved", "initializing", "deactivated"):
            zone = main.zone(status + ".test", status=status, served=False, delegated=False)
            cloud.account().zone(status + ".test", pair="b")
            self.asleep[status] = zone

    def crowd(self):
        """An account with over 120 zones; one of them is served."""
        account = self.cloud.account("Crowd")
        for number in range(130):
            account.zone(f"n{number:03}.crowd.test", served=False, delegated=False)
        self.large = account.zone("crowd.test")

    def twins(self):
        """A zone of one name in two accounts of one user."""
        self.real, self.fake = self.cloud.account("Real"), self.cloud.account("Fake")
        self.twin = self.real.zone("twin.test")
        self.shadow = self.fake.zone("twin.test", pair="b", delegated=False)

    def token(self, *permissions, **options):
        """A token of the main account; returns it and its environment."""
        token = self.main.token(*(permissions or (READ, EDIT)), **options)
        return token, token.environment()


def round_trip(t, c, holder, env, host, zone, name=None):
    """Start, look at every name server, stop; returns the operations of start and those of stop, and
    what was said."""
    name, word = name or record(host), value()
    before, mark = zone.txt(name), len(holder.user.calls)
    first = c.desk.start(env, host, word)
    t.exits(first, 0, f"{host}: start works")
    t.ok(word in zone.texts(name), f"{host}: the value is in the zone", zone.texts(name), first)
    wanted = sorted(zone.texts(name))
    t.equal(served(name), dict.fromkeys(ADDRESSES, wanted), f"{host}: every address serves it", first)
    adding = [call.operation for call in holder.user.calls[mark:]]
    mark = len(holder.user.calls)
    last = c.desk.stop(env, host, word)
    t.exits(last, 0, f"{host}: stop works")
    t.equal(zone.txt(name), before, f"{host}: all is as before", last)
    return adding, [call.operation for call in holder.user.calls[mark:]], first.err + last.err


def symlink(t, c):
    """a symlink and one variable"""
    token, env = c.token()
    link = lab.namespace.HOME + "/hooks/cloudflare"
    os.makedirs(os.path.dirname(link))
    os.symlink(os.environ["BINDIR"] + "/dnshook", link)
    host, word = "my.day.test", value()
    for event, there in (("challenge-dns-start", [word]), ("challenge-dns-stop", [])):
        result = c.desk.run(event, host, "", word, "", env=env, name=link, loud=False)
        t.exits(result, 0, f"{event} works")
        t.equal((result.out, result.err), ("", ""), f"{event} says nothing")
        t.equal(c.day.texts(record(host)), there, f"{event} is done")
        if there:
            t.equal(served(record(host)), dict.fromkeys(ADDRESSES, there), "every address serves it")
            t.equal(c.day.ttls(record(host)), [60], "TTL 60")
            t.equal(c.day.txt(record(host))[0].content, text.quoted([word.encode()]), "in quotes")
    t.equal(token.user.operations().count("CreateRecord"), 1, "one record was made", token.user.calls)
    t.equal(token.user.operations().count("DeleteRecord"), 1, "and deleted", token.user.calls)
    t.ok(len(token.user.calls) <= 9, "at most nine calls in all", token.user.calls)
    result = c.desk.run("challenge-dns-stop", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 0, "gone already is success")
    result = c.desk.run("challenge-http-start", host, "", word, "", env=env, name=link, loud=False)
    t.exits(result, 42, "challenge-http-start is not our event")


def kinds(t, c):
    """every kind of credentials"""
    for number, name in enumerate(TOKENS):
        token, _ = c.token()
        round_trip(t, c, token, {name: token.value}, f"token{number}.day.test", c.day)
    for number, (email, name) in enumerate(KEYS):
        key = c.main.key()
        round_trip(t, c, key, {email: key.user.email, name: key.value}, f"key{number}.day.test", c.day)
    token = c.main.token(READ, EDIT, owned=True)
    round_trip(t, c, token, token.environment(), "owned.day.test", c.day)
    token, _ = c.token()
    path = lab.namespace.HOME + "/token"
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(token.value + "\n")
    round_trip(t, c, token, {"CLOUDFLARE_DNS_API_TOKEN_FILE": path}, "file.day.test", c.day)
    token, env = c.token()
    url = c.cloud.endpoint("gateway.lab.test", 8443)
    mark = len(c.cloud.log)
    round_trip(t, c, token, {**env, "CLOUDFLARE_BASE_URL": url}, "base.day.test", c.day)
    t.ok("gateway.lab.test:8443" in [entry[0] for entry in c.cloud.log[mark:]], "CLOUDFLARE_BASE_URL")


def both_kinds(t, c):
    """a token and a key at once"""
    token, env = c.token()
    key = c.main.key()
    env = {**env, **key.environment()}
    result = c.desk.start(env, "both.day.test", "word")
    t.ok(result.code in (0, 1), "works or is refused", result)
    if result.code == 0:
        t.match("warning", result.err, "with a warning", result)
        t.equal((len(key.user.calls), len(token.user.calls) > 0), (0, True), "the token is used")
        t.exits(c.desk.stop(env, "both.day.test", "word"), 0, "stop works")
    t.match("token.*key|key.*token|API_TOKEN.*API_KEY", result.err, "both are named", result)
    t.equal(c.day.texts(record("both.day.test")), [], "nothing is left")


def split(t, c):
    """two tokens"""
    edit, env = c.token(EDIT, zones=[c.day])
    for number, name in enumerate(("CLOUDFLARE_ZONE_API_TOKEN", "CF_ZONE_API_TOKEN")):
        read, _ = c.token(READ)
        round_trip(t, c, edit, {**env, name: read.value}, f"split{number}.day.test", c.day)
        t.ok(read.user.calls, f"{name}: it was used")
        t.equal({each for each in read.user.operations() if "Zone" not in each}, set(),
                f"{name}: for nothing but zones")
    t.equal({call.status for call in edit.user.calls if "Zone" in call.operation} - {200}, set(),
            "the other one was not asked for zones", edit.user.calls)


def zone_ids(t, c):
    """the zone's id"""
    for number, name in enumerate(ZONE_IDS):
        token, env = c.token(EDIT, zones=[c.day])
        adding, removing, said = round_trip(t, c, token, {**env, name: c.day.id},
                                            f"given{number}.day.test", c.day)
        t.ok("ListZones" not in adding + removing, f"{name}: no zone is looked for", adding)
        t.no_match(r"\berror\b", said, f"{name}: without Zone:Read")
    token, env = c.token()
    _, _, said = round_trip(t, c, token, {**env, "CLOUDFLARE_ZONE_ID": c.day.id}, "given.day.test", c.day)
    t.no_match("warning", said, "with Zone:Read: no warning")


def found(t, c):
    """zones are found"""
    for host, zone in (("day.test", c.day), ("a.b.c.day.test", c.day), ("sub.day.test", c.sub),
                       ("www.sub.day.test", c.sub), ("a.b.sub.day.test", c.sub),
                       ("wwwsub.day.test", c.day)):
        token, env = c.token()
        adding, _, _ = round_trip(t, c, token, env, host, zone)
        t.ok(len(adding) <= 8, f"{host}: at most eight calls", adding)
    token, env = c.token()
    round_trip(t, c, token, env, "Mixed.DAY.test.", c.day, name=record("mixed.day.test"))
    token, env = c.token()
    round_trip(t, c, token, env, "alias.day.test", c.other, name="alias.validation.other.test")
    token, env = c.token(zones=[c.sub])
    round_trip(t, c, token, env, "own.sub.day.test", c.sub)


def strict_names(t, c):
    """a guess that is refused is not the end"""
    token, env = c.token()
    token.guesses = False
    round_trip(t, c, token, env, "deep.in.day.test", c.day)
    result = c.desk.start(env, "www.crowd.test", "word", timeout=40)
    t.exits(result, 1, "no zone")
    t.match(r"9109|Unauthorized to access", result.err, "what was refused is told at the end", result)
    t.match(r"crowd\.test", result.err, "and for which name", result)


def many_zones(t, c):
    """over 130 zones"""
    token = c.large.account.token(READ, EDIT)
    adding, _, _ = round_trip(t, c, token, token.environment(), "www.crowd.test", c.large)
    t.ok(len(adding) <= 8, "found with at most eight calls", adding)
    result = c.desk.run("zones", "cloudflare", env=token.environment(), loud=False)
    t.exits(result, 0, "zones works")
    rows = dict(line.split() for line in result.out.splitlines())
    t.equal(rows, {each.name: each.id for each in c.large.account.zones}, "zones shows them all")
    result = c.desk.run("--json", "zones", "cloudflare", env=token.environment(), loud=False)
    t.equal(len(json.loads(result.out or "[]")), 131, "zones in JSON", result)
    one = c.main.token(READ, zones=[c.day])
    result = c.desk.run("zones", "cloudflare", env=one.environment(), loud=False)
    t.equal(result.out.split(), ["day.test", c.day.id], "only those that the token may see", result)


def two_accounts(t, c):
    """one zone's name in two accounts"""
    token = c.real.token(READ, EDIT)
    token.user.accounts.append(c.fake)
    env, host = token.environment(), "www.twin.test"
    result = c.desk.start(env, host, "word", timeout=40)
    t.exits(result, 1, "refused")
    t.match(r"CLOUDFLARE_(ACCOUNT|ZONE)_ID", result.err, "asks for the account or the zone", result)
    t.match(r"twin\.test", result.err, "names the zone", result)
    t.equal(token.user.operations().count("CreateRecord"), 0, "nothing was written", token.user.calls)
    result = c.desk.run("zones", "cloudflare", env=env, loud=False)
    t.equal(sorted(result.out.split()[1::2]), sorted([c.twin.id, c.shadow.id]), "zones shows both", result)
    for name in ("CLOUDFLARE_ACCOUNT_ID", "CF_Account_ID"):
        round_trip(t, c, token, {**env, name: c.real.id}, host, c.twin)
        result = c.desk.run("zones", "cloudflare", env={**env, name: c.real.id}, loud=False)
        t.equal(result.out.split(), ["twin.test", c.twin.id], f"{name}: zones shows its own", result)
    round_trip(t, c, token, {**env, "CLOUDFLARE_ZONE_ID": c.twin.id}, host, c.twin)
    for name, wrong in (("CLOUDFLARE_ACCOUNT_ID", c.fake.id), ("CLOUDFLARE_ZONE_ID", c.shadow.id)):
        result = c.desk.start({**env, name: wrong}, host, "word", timeout=40)
        t.exits(result, 1, f"{name} of the other one: refused")
        t.match(r"(cleo|dan).*(ada|bob)|(ada|bob).*(cleo|dan)", result.err,
                f"{name} of the other one: both lists of nameservers", result)
    t.equal(c.shadow.texts(record(host)), [], "nothing was written there")


def not_active(t, c):
    """zones that are not active"""
    for status in c.asleep:
        token, env = c.token()
        for more in ({}, {"CLOUDFLARE_ZONE_ID": c.asleep[status].id}):
            result = c.desk.start({**env, **more}, f"www.{status}.test", "word", timeout=40)
            title = f"{status}{', by its id' if more else ''}"
            t.exits(result, 1, f"{title}: refused")
            t.match(rf"(is|status|zone)[^\n]*{status}|{status}[^\n.]*(zone|status)", result.err.replace(
                status + ".test", ""), f"{title}: named as such", result)
        t.equal(token.user.operations().count("CreateRecord"), 0, f"{status}: nothing was written")


def others_values(t, c):
    """values of others, and twice the same"""
    token, env = c.token()
    host, name, word = "ours.day.test", record("ours.day.test"), value()
    foreign = c.day.txt(name)
    for turn in ("first", "second"):
        t.exits(c.desk.start(env, host, word), 0, f"{turn} start works")
        t.equal(c.day.texts(name), sorted(["foreign one", "foreign two", word]), f"{turn}: one of each")
    t.exits(c.desk.stop(env, host, word), 0, "stop works")
    t.equal(c.day.txt(name), foreign, "theirs are as they were, with their TTL")
    for number, code in enumerate((81057, 81058)):
        host, word = f"double{number}.day.test", value()
        c.day.text(record(host), word, ttl=300)
        c.day.duplicate = code
        result = c.desk.start(env, host, word, "--timeout", "12")
        t.match(str(code), str(token.user.calls), f"{code} was met")
        t.exits(result, 1, f"{code}: what the servers do not serve is no success")
        t.equal(c.day.texts(record(host)), [word], f"{code}: what was there before is left", result)
    c.day.duplicate = None


def pair(t, c):
    """apex and wildcard at once: two values at one name"""
    token, env = c.token()
    words = [value(), value()]
    running = [c.desk.begin("--provider", "cloudflare", "challenge-dns-start", "pair.day.test", "", word,
                            flag, env=env) for word, flag in zip(words, ("", "wildcard"))]
    results = [c.desk.collect(each) for each in running]
    t.equal([each.code for each in results], [0, 0], "both work", *results)
    t.equal(served(record("pair.day.test")), dict.fromkeys(ADDRESSES, sorted(words)), "both are there")
    results = [c.desk.stop(env, "pair.day.test", word) for word in words]
    t.equal([each.code for each in results], [0, 0], "both stops work", *results)
    t.equal(c.day.texts(record("pair.day.test")), [], "nothing is left")
    t.ok(token.user.calls, "the calls were this user's")


def shapes(word):
    """A value in the forms in which it may be shown."""
    return [text.quoted([word.encode()]), word, text.quoted([word[:7].encode(), word[7:].encode()]),
            f'"\\{ord(word[0]):03d}{word[1:]}"', f'"{word[:5]}"  "{word[5:]}"']


def removal(t, c):
    """removal by another process, whatever the form, and of duplicates"""
    _, env = c.token()
    for form, zone in c.forms.items():
        word = value()
        kept = ["x" + word, word + "x", word.upper(), word[:-1]]
        for number, shape in enumerate([*shapes(word), None]):
            host = f"form{number}.{zone.name}"
            for content in [shape] if shape else [*shapes(word), shapes(word)[0]]:
                zone.put(record(host), "TXT", content, ttl=120)
            zone.text(record(host), *kept)
            result = c.desk.stop(env, host, word)
            title = f"{form}: {shape[:12] if shape else 'all of them'}"
            t.exits(result, 0, f"{title}: stop works")
            t.equal(zone.texts(record(host)), sorted(kept), f"{title}: gone, and nothing else", result)
            t.exits(c.desk.stop(env, host, word), 0, f"{title}: gone already is success")


def strings(t, c):
    """values and how they are written"""
    _, env = c.token()
    for form, zone in c.forms.items():
        for number, word in enumerate(('a "quoted" \\ value; <&>\' $(x)', "-begins-with-a-dash", "v" * 255,
                                       "two  spaces", "\\052 \\\"", '"whole"', "a&b=c+d%20e#f?g/h")):
            host = f"string{number}.{zone.name}"
            result = c.desk.start(env, host, word)
            t.exits(result, 0, f"{form}: {word[:30]!r}: start works")
            t.equal(zone.texts(record(host)), [word], f"{form}: {word[:30]!r}: is as given", result)
            t.exits(c.desk.stop(env, host, word), 0, f"{form}: {word[:30]!r}: stop works")
            t.equal(zone.texts(record(host)), [], f"{form}: {word[:30]!r}: is gone")


def crowded_name(t, c):
    """a name with many records, on many pages"""
    _, env = c.token()
    zone, host = c.forms["quoted"], "full.quoted.test"
    theirs = [f"{number:03}-{'v' * 20}" for number in range(90)]
    zone.text(record(host), *theirs)
    zone.most = 20
    word = value()
    zone.put(record(host), "TXT", f'"{word}"')
    result = c.desk.stop(env, host, word)
    t.exits(result, 0, "stop works")
    t.equal(zone.texts(record(host)), sorted(theirs), "gone from the last page, and nothing else", result)


def neighbours(t, c):
    """a CNAME that the DNS does not show yet"""
    _, env = c.token()
    for code in (81053, 81054):
        c.day.conflict = code
        c.day.put(record(f"c{code}.day.test"), "CNAME", "elsewhere.test")
        result = c.desk.start(env, f"c{code}.day.test", "word", timeout=40)
        t.exits(result, 1, f"{code}: refused")
        t.match("CNAME", result.err, f"{code}: says why", result)
        t.equal(c.day.texts(record(f"c{code}.day.test")), [], f"{code}: nothing was written")
    c.day.conflict = 81053


def roll_back(t, c):
    """what fails or is interrupted leaves nothing"""
    _, env = c.token()
    c.late.delays = [0, 100]
    host = "slow.late.test"
    result = c.desk.start(env, host, value(), "--timeout", "12")
    t.exits(result, 1, "a server that lags: the time is over")
    t.match(r"bob\.ns\.cloudflare\.test", result.err, "the server is named", result)
    t.equal(c.late.texts(record(host)), [], "nothing is left", result)
    host, word = "signal.late.test", value()
    running = c.desk.begin("--provider", "cloudflare", "challenge-dns-start", host, "", word, "", env=env)
    dnsq.wait_until(lambda: c.late.texts(record(host)) == [word], "the value")
    time.sleep(0.5)
    running.signal(signal.SIGTERM)
    result = c.desk.collect(running)
    t.equal(result.code, 143, "a signal: exit status 143", result)
    t.equal(c.late.texts(record(host)), [], "a signal: the value was taken away again", result)


def information(t, c):
    """info"""
    result = c.desk.run("info", "cloudflare", env={}, loud=False)
    t.exits(result, 0, "works without credentials")
    for name in (*TOKENS, *sum(KEYS, ()), *ZONE_IDS, "CLOUDFLARE_ZONE_API_TOKEN", "CF_ZONE_API_TOKEN",
                 "CLOUDFLARE_ACCOUNT_ID", "CF_Account_ID", "CLOUDFLARE_BASE_URL"):
        t.match(rf"\b{name}\b", result.out, f"names {name}")
    token, env = c.token()
    for env in ({}, env):
        result = c.desk.run("info", "cloudflare", "www.day.test", env=env, loud=False)
        t.exits(result, 0, f"with a domain, {'with' if env else 'without'} credentials")
        for pattern in (r"DNS[: >,-]+Edit", r"Zone[: >,-]+Read", r"day\.test"):
            t.match(pattern, result.out, f"tells {pattern}", result)
    t.equal([call for call in token.user.calls if "Record" in call.operation and
             call.operation != "ListRecords"], [], "nothing is written")


def whole_test(t, c):
    """dnshook test"""
    token, env = c.token()
    result = c.desk.run("test", "cloudflare", "tested.day.test", env=env, loud=False)
    t.exits(result, 0, "works")
    for wanted in (token.id, c.day.id, r"day\.test", *ADDRESSES, *c.day.servers):
        t.match(wanted, result.out + result.err, f"names {wanted}", result)
    t.equal(c.day.texts(record("tested.day.test")), [], "nothing is left")
    key = c.main.key()
    result = c.desk.run("--json", "test", "cloudflare", "tested2.day.test", env=key.environment(),
                        loud=False)
    told = json.loads(result.out)
    t.equal((told["ok"], told["zone"], told["zone-id"]), (True, "day.test", c.day.id), "JSON", result)
    t.match(key.user.email, result.err, "with a key: whose it is", result)
    owned = c.main.token(READ, EDIT, owned=True)
    env = owned.environment(CLOUDFLARE_ACCOUNT_ID=c.main.id)
    t.exits(c.desk.run("test", "cloudflare", "tested3.day.test", env=env, loud=False), 0,
            "with an account's token")
    result = c.desk.run("test", "cloudflare", "tested3.day.test", env=owned.environment(), loud=False)
    t.ok(result.code == 0 or "CLOUDFLARE_ACCOUNT_ID" in result.err,
         "with an account's token and no account: works, or asks for it", result)
    edit, env = c.token(EDIT, zones=[c.day])
    result = c.desk.run("test", "cloudflare", "tested4.day.test",
                        env={**env, "CLOUDFLARE_ZONE_ID": c.day.id}, loud=False)
    t.exits(result, 0, "with the zone's id and no Zone:Read")
    for host in ("tested", "tested2", "tested3", "tested4"):
        t.equal(c.day.texts(record(host + ".day.test")), [], f"{host}: nothing is left")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        tap.run([symlink, kinds, both_kinds, split, zone_ids, found, strict_names, many_zones,
                 two_accounts, not_active, others_values, pair, removal, strings, crowded_name,
                 neighbours, roll_back, information, whole_test], cast, parallel=4)
        cast.desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
