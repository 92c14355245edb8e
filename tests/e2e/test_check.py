#!/usr/bin/python3
"""dnshook check: every fault of a domain that a certificate authority would stumble over is named
before it is asked, and a healthy domain is called so."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rdatatype  # noqa: E402

import lab  # noqa: E402
from lab import dnsq, dnssec, faults, process, servers, zones  # noqa: E402
from lab.world import RESOLVER, both, v4, v6  # noqa: E402

TK1 = servers.Key("tk1")
PRIMARY, SECOND, OTHER, VALIDATING = 10, 11, 13, 4
NS1, NS2 = {"ns1.prime.test": both(PRIMARY)}, {"ns2.prime.test": both(SECOND)}
HEALTHY = {**NS1, **NS2}
DAY = 86400
VALUES = [f"{number:02}-" + "v" * 200 for number in range(12)]


def refuses_caa(upstream):
    """Answers every question but those for CAA."""
    def behave(query, _transport):
        if query.question[0].rdtype != dns.rdatatype.CAA:
            return faults.forward(query, upstream).to_wire()
        answer = dns.message.make_response(query)
        answer.set_rcode(dns.rcode.NOTIMP)
        return answer.to_wire()
    return behave


class Net:
    """The zones and servers of this test."""

    def __init__(self, w):
        self.w, self.signer = w, dnssec.Signer()
        w.signer = self.signer
        self.zones, self.other, self.faults = [], [], []
        self.static = set()  # BIND takes expired signatures out of zones that may be changed

    def zone(self, name, *extra, hosts=None, inside=None, glue=None):
        """A zone on the primary, delegated to `hosts`; `inside`: what its own NS records say;
        `glue`: what the delegation says."""
        hosts = hosts or HEALTHY
        self.w.delegate(name, glue or hosts)
        self.zones.append((name, zones.zone_text(name, inside or hosts, extra)))

    def signed(self, name, *extra, ds=None, **times):
        """A signed zone; `ds`: whose DS records stand in the TLD."""
        text = self.signer.sign(name, zones.zone_text(name, HEALTHY, extra), **times)
        self.w.delegate(name, HEALTHY)
        lines = self.signer.ds(ds or name)
        self.w.tld(*(line.replace(f"{ds}. ", f"{name}. ") if ds else line for line in lines))
        self.zones.append((name, text))
        self.static.add(name)

    def doubled(self, name):
        """A signed zone that still has, beside each signature of its own records, an expired
        one."""
        old = self.signer.sign(name, zones.zone_text(name, HEALTHY), begin=-40, end=-10)
        self.signed(name)
        _, text = self.zones.pop()
        more = re.findall(r"RRSIG\s+(?:SOA|DNSKEY)\s[^)]*\)", old)
        self.zones.append((name, text + "".join(f"{name}. 3600 IN {each}\n" for each in more)))

    def fault(self, number, behaviour, tcp=True):
        """A scripted server."""
        self.faults.append((self.w.addresses(number, kinds=(v4,)), behaviour, tcp, number))
        return {f"ns{number}.fault.test": [v4(number)]}

    def start(self):
        """Starts everything."""
        lines = [line for addresses, _, _, number in self.faults
                 for line in zones.address_lines(f"ns{number}.fault.test", addresses)]
        lines += zones.address_lines("ns102.fault.test", [v4(102)])
        self.zone("fault.test", *lines, hosts=HEALTHY)
        self.zone("prime.test", *zones.address_lines("ns3.prime.test", both(OTHER)))
        self.w.start()
        primary = servers.Bind("primary", self.w.addresses(PRIMARY, SECOND), keys=[TK1])
        other = servers.Bind("other", self.w.addresses(OTHER))
        for server, content in ((primary, self.zones), (other, self.other)):
            for name, text in content:
                server.primary(name, text, policy="" if name in self.static else None)
            self.w.add(server).start()
        for addresses, behaviour, tcp, number in self.faults:
            self.w.add(faults.FaultServer(f"fault{number}", addresses, behaviour, tcp))
        self.w.start_resolver("validating", VALIDATING, more="dnssec-validation yes; ",
                              extra=self.signer.anchor())

    def check(self, *words, options=(), **env):
        """dnshook check."""
        return self.w.dnshook(*options, "check", *words, env=env, timeout=90)


def caa_zone(net):
    """A zone with CAA records of each kind."""
    net.zone("caa.test",
             'caa.test. CAA 0 issue "letsencrypt.org"', 'caa.test. CAA 0 issuewild ";"',
             'none.caa.test. CAA 0 issue ";"',
             'critical.caa.test. CAA 128 future "x"', 'critical.caa.test. CAA 0 issue "ca.test"',
             'method.caa.test. CAA 0 issue "letsencrypt.org; validationmethods=http-01"',
             'methods.caa.test. CAA 0 issue "ca.test; validationmethods=http-01,dns-01"',
             'account.caa.test. CAA 0 issue "ca.test; accounturi=https://ca.test/acct/7"',
             'two.caa.test. CAA 0 issue "ca.test; accounturi=https://ca.test/acct/7"',
             'two.caa.test. CAA 0 issue "ca.test; accounturi=https://ca.test/acct/8"',
             'iodef.caa.test. CAA 0 iodef "mailto:a@caa.test"',
             'malformed.caa.test. CAA 0 issue "letsencrypt.org validationmethods=dns-01"',
             "alias.caa.test. CNAME target.elsewhere.test.")
    net.zone("elsewhere.test", 'target.elsewhere.test. CAA 0 issue "elsewhere.test"')
    net.zone("refuses.test", hosts={**NS1, **net.fault(104, refuses_caa(v4(PRIMARY)))})
    net.zone("caafail.test", "www.caafail.test. CNAME x.broken.test.")
    net.w.delegate("broken.test", {"ns103.fault.test": [v4(103)]})


def build(w):
    """Declares what the scenarios need."""
    net, real = Net(w), v4(PRIMARY)
    net.zone("good.test", "_acme-challenge.left.good.test. TXT left-one",
             "_acme-challenge.left.good.test. TXT left-two",
             "_acme-challenge.alias.good.test. CNAME one.val.test.",
             "_acme-challenge.loop.good.test. CNAME back.good.test.",
             "back.good.test. CNAME _acme-challenge.loop.good.test.",
             *(f"_acme-challenge.many.good.test. TXT {value}" for value in VALUES))
    net.zone("val.test", "one.val.test. CNAME two.val.test.")
    net.zone("lame.test", hosts={**NS1, **net.fault(103, faults.rcode(dns.rcode.REFUSED))})
    net.zone("dead.test", hosts={**NS1, "ns102.fault.test": [v4(102)]})
    net.zone("notcp.test", hosts={**NS1, **net.fault(105, faults.honest(real), tcp=False)})
    net.zone("noudp.test", hosts={**NS1, **net.fault(106, faults.tcp_only(real))})
    net.zone("blocked.test", hosts={**NS1, **net.fault(107, faults.honest(real))})
    w.addresses(99, 102)
    net.zone("missing.test", inside=NS1)
    net.zone("extra.test", hosts=NS1, inside=HEALTHY)
    for name, old in (("glue.test", v4(99)), ("moved.test", v4(SECOND))):
        net.zone(name, hosts={**NS1, "ns." + name: [real]}, glue={**NS1, "ns." + name: [old]})
    net.zone("lag.test", hosts={**NS1, "ns3.prime.test": both(OTHER)})
    net.other.append(("lag.test", zones.zone_text("lag.test", NS1).replace(" 1 3600", " 7 3600")))
    caa_zone(net)
    net.signed("signed.test")
    net.signed("expired.test", begin=-40, end=-10)
    net.doubled("doubled.test")
    net.signed("stale.test", ds="signed.test")
    key, lines = net.signer.spare("spare.test")
    net.zone("spare.test")
    net.zones[-1] = ("spare.test", net.signer.sign("spare.test", net.zones[-1][1] + key))
    net.static.add("spare.test")
    w.tld(*lines)
    net.zone("nokeys.test")
    w.tld(*(line.replace("signed.test. ", "nokeys.test. ") for line in
            net.signer.ds("signed.test")))
    for name, words in (("newdigest.test", "13 200"), ("newkey.test", "200 2")):
        net.zone(name)
        w.tld(f"{name}. 60 IN DS 4711 {words} {'ab' * 32}")
    net.zone("plain.test")
    net.start()
    return net


# ---- scenarios -----------------------------------------------------------------------------------


def findings(result, kind):
    """The lines of a kind."""
    return [line for line in result.out.splitlines() if line.startswith(kind + " ")]


def fine(t, result, name="a healthy domain"):
    """Exit status 0, no remark, no problem."""
    t.exits(result, 0, f"{name}: exit status 0")
    t.equal(findings(result, "problem") + findings(result, "remark"), [],
            f"{name}: no problem and no remark", result)


def has(t, result, kind, pattern, remedy, exit_status=None):
    """One finding with its remedy, and the exit status that goes with it."""
    t.exits(result, (1 if kind == "problem" else 0) if exit_status is None else exit_status)
    t.match(rf"(?m)^{kind} +[^\n]*{pattern}", result.out, f"{kind}: {pattern}", result)
    t.match(rf"{pattern}[^\n]*\n +to do: [^\n]*{remedy}", result.out, f"to do: {remedy}", result)


def healthy(t, net):
    """a healthy domain"""
    result = net.check("www.good.test")
    fine(t, result)
    for about in ("delegation", "servers", "challenge", "caa", "clock", "dnssec"):
        t.match(rf"(?m)^ok +{about}: ", result.out, f"{about} is said to be fine", result)
    t.match(r"(?m)^good\.test +10\.53\.0\.10 +\d+ ms +\d+ ms$", result.out, "how long each took",
            result)
    t.equal(result.err, "", "nothing on standard error")
    fine(t, net.check("good.test"), "the zone itself")
    fine(t, net.check("*.good.test"), "a wildcard")


def healthy_json(t, net):
    """a healthy domain, as JSON"""
    result = net.check("www.good.test", options=["--json"])
    t.exits(result, 0)
    said = json.loads(result.out)
    t.ok(said["ok"] is True, "ok", said)
    t.equal({each["kind"] for each in said["findings"]}, {"ok"}, "nothing but ok")
    t.equal(len(said["servers"]), 4, "four addresses")
    t.equal({each["address"] for each in said["transports"] if each["udp"]["authoritative"]
             and each["tcp"]["ms"] >= 0}, set(both(PRIMARY) + both(SECOND)), "over both transports")
    broken = json.loads(net.check("www.dead.test", options=["--json"]).out)
    t.ok(broken["ok"] is False, "a broken one: not ok")
    problems = [each for each in broken["findings"] if each["kind"] == "problem"]
    t.ok(problems and all(each["remedy"] and each["about"] == "servers" for each in problems),
         "with about and remedy", broken)


def lame(t, net):
    """a lame server"""
    has(t, net.check("www.lame.test"), "problem",
        r"servers: 10\.53\.0\.103 \(ns103\.fault\.test\) is lame[^\n]*REFUSED",
        "take the nameserver")


def dead(t, net):
    """a dead address"""
    has(t, net.check("www.dead.test"), "problem",
        r"servers: 10\.53\.0\.102 \(ns102\.fault\.test\) is dead", "start it")


def no_tcp(t, net):
    """a server without TCP"""
    has(t, net.check("www.notcp.test"), "problem", r"10\.53\.0\.105[^\n]*does not answer over TCP",
        "let TCP")


def no_udp(t, net):
    """a server without UDP"""
    has(t, net.check("www.noudp.test"), "problem", r"10\.53\.0\.106[^\n]*does not answer over UDP",
        "let UDP")


def delegation(t, net):
    """parent and zone that differ"""
    result = net.check("www.missing.test")
    t.exits(result, 0)
    t.match(r"(?m)^remark [^\n]*parent zone delegates it to ns2\.prime\.test", result.out,
            "the zone does not name it", result)
    result = net.check("www.extra.test")
    t.exits(result, 0)
    t.match(r"(?m)^remark [^\n]*its NS records name ns2\.prime\.test", result.out,
            "the parent does not name it", result)


def glue(t, net):
    """glue that is wrong"""
    result = net.check("www.glue.test")
    has(t, result, "problem", r"glue 10\.53\.0\.99 for ns\.glue\.test[^\n]*not served there",
        "correct the address")
    has(t, net.check("www.moved.test"), "remark", r"glue 10\.53\.0\.11 for ns\.moved\.test",
        "correct the address")


def lag(t, net):
    """servers with another serial"""
    has(t, net.check("www.lag.test"), "remark", r"SOA serial[^\n]*7 at 10\.53\.0\.13", "NOTIFY")


def left_over(t, net):
    """values that were left over"""
    result = net.check("left.good.test")
    has(t, result, "remark", r'2 values are at[^\n]*"left-', "take them away")
    result = net.check("left.good.test", "left-one")
    t.exits(result, 0, "with one of them as VALUE: exit status 0")
    t.match(r'(?m)^remark [^\n]*1 other value is at [^\n]*: "left-two"$', result.out,
            "the other one is named, and counted alone", result)
    result = net.check("left.good.test", "not there")
    has(t, result, "problem", r'10\.53\.0\.10 [^\n]*does not serve the value "not there"', "wait")
    result = net.check("many.good.test")
    has(t, result, "remark", r"12 values are at[^\n]*too many", "take them away")
    t.match(r"(?m)^remark [^\n]*answer at \S+ has \d{4} bytes", result.out, "a big answer", result)


def chain(t, net):
    """a chain of CNAMEs"""
    result = net.check("alias.good.test")
    fine(t, result, "a chain")
    t.match(r"_acme-challenge\.alias\.good\.test -> one\.val\.test -> two\.val\.test in zone val",
            result.out, "hop by hop", result)
    t.match(r"(?m)^val\.test +10\.53\.0\.10 ", result.out, "both zones are looked at", result)
    t.match(r"(?m)^good\.test +10\.53\.0\.10 ", result.out, "the host's, too", result)
    said = json.loads(net.check("alias.good.test", options=["--json"]).out)
    t.equal(said["aliases"], ["_acme-challenge.alias.good.test", "one.val.test"], "as JSON")


def loop(t, net):
    """a loop of CNAMEs"""
    result = net.check("loop.good.test")
    t.exits(result, 1)
    has(t, result, "problem", "form a loop", "correct the CNAME records")
    t.match(r"_acme-challenge\.loop\.good\.test -> back\.good\.test -> ", result.out, "hop by hop",
            result)
    t.match(r"(?m)^ok +caa: ", result.out, "the rest is examined all the same", result)


def caa(t, net):
    """CAA: who may issue"""
    letsencrypt = ["--ca", "letsencrypt.org"]
    result = net.check("www.caa.test", options=letsencrypt)
    fine(t, result, "let in by name")
    t.match(r"do not let letsencrypt\.org issue for \*\.www\.caa\.test", result.out,
            "not for wildcards", result)
    fine(t, net.check("www.caa.test"), "without --ca")
    t.match(r"let letsencrypt\.org issue for www", net.check("www.caa.test").out,
            "who may, is shown")
    has(t, net.check("*.www.caa.test", options=letsencrypt), "problem",
        r"do not let letsencrypt\.org issue for \*\.www\.caa\.test", "CAA 0 issuewild")
    has(t, net.check("www.caa.test", options=["--ca", "other.test"]), "problem",
        r"do not let other\.test issue for www\.caa\.test",
        'caa\\.test\\. CAA 0 issue "other\\.test"')
    has(t, net.check("x.none.caa.test"), "problem", r"do not let any certificate authority issue",
        "add the record")
    has(t, net.check("critical.caa.test"), "problem", r'property "future", which is critical',
        "take that record away")
    has(t, net.check("method.caa.test"), "problem", r"by dns-01 \(validationmethods\)",
        "add dns-01")
    fine(t, net.check("methods.caa.test", options=["--ca", "ca.test"]), "dns-01 among the methods")
    for options in ([], letsencrypt):
        has(t, net.check("malformed.caa.test", options=options), "problem",
            r"do not let [^\n]* issue for malformed",
            'correct the value "letsencrypt\\.org validationmethods=dns-01"')
    has(t, net.check("account.caa.test"), "remark", r"https://ca\.test/acct/7", "see to it")
    has(t, net.check("two.caa.test"), "remark", r"these accounts alone[^\n]*acct/[78], https[^\n]*"
        r"acct/[78]", "see to it")
    fine(t, net.check("iodef.caa.test", options=letsencrypt), "nothing but iodef")
    has(t, net.check("alias.caa.test", options=letsencrypt), "problem",
        r'0 issue "elsewhere\.test"\) do not let letsencrypt', "add this record")
    fine(t, net.check("www.good.test", options=letsencrypt), "no CAA record at all")


def caa_fails(t, net):
    """CAA: questions that fail"""
    has(t, net.check("www.refuses.test"), "problem",
        r"10\.53\.0\.104[^\n]*does not answer the question "
        r"for the CAA[^\n]*NOTIMPL?", "must refuse")
    has(t, net.check("www.caafail.test"), "problem", r"CAA records of www\.caafail\.test fails",
        "must refuse")


def validating(net):
    """Options for the validating resolver."""
    return {"DNSHOOK_RESOLVERS": v4(VALIDATING)}


def signed(t, net):
    """DNSSEC that holds"""
    for env, seen in ((validating(net), r"validated by 10\.53\.0\.4"),
                      ({}, "no resolver here validates")):
        result = net.check("www.signed.test", **env)
        fine(t, result, seen)
        t.match(rf"(?m)^ok +dnssec: signed\.test is signed[^\n]*{seen}", result.out, "is said",
                result)
    t.match(r"(?m)^ok +dnssec: plain\.test is not signed", net.check("www.plain.test").out,
            "a zone without")
    t.match(r"(?m)^ok +clock: it is within the signatures of the zones \., test;", result.out,
            "the clock is right", result)


def expired(t, net):
    """DNSSEC: expired signatures"""
    result = net.check("www.expired.test", **validating(net))
    has(t, result, "problem",
        r"dnssec: expired\.test is bogus[^\n]*signatures that expired on \d{4}-\d\d-\d\d[^\n]*at "
        r"10\.53\.0\.1[01] ",
        "signed again")
    t.no_match(r"no signatures", result.out, "and nothing else", result)
    t.match(r"bogus to the resolver 10\.53\.0\.4: SERVFAIL", result.out, "SERVFAIL without CD",
            result)
    result = net.check("www.expired.test")
    has(t, result, "problem", r"expired\.test is bogus[^\n]*expired on", "signed again")


def doubled(t, net):
    """DNSSEC: an expired signature beside one that holds"""
    for number in range(3):  # the order of the answer is at random
        result = net.check("www.doubled.test")
        fine(t, result, f"run {number}")
        t.match(r"(?m)^ok +dnssec: doubled\.test is signed", result.out, "is said", result)


def wrong_keys(t, net):
    """DNSSEC: DS records without a key"""
    result = net.check("www.nokeys.test", **validating(net))
    has(t, result, "problem", r"nokeys\.test is bogus[^\n]*there is no DNSKEY at",
        "at the registrar")
    result = net.check("www.stale.test")
    has(t, result, "problem", r"stale\.test is bogus[^\n]*no DNSKEY that fits", "the present key")
    for env in ({}, validating(net)):
        result = net.check("www.spare.test", **env)
        has(t, result, "problem",
            r"spare\.test is bogus[^\n]*the key that fits one of them does not sign",
            "signed with that one")


def unsupported(t, net):
    """DNSSEC: algorithms and digests that nobody knows"""
    for name in ("newdigest.test", "newkey.test"):
        for env in ({}, validating(net)):
            has(t, net.check("www." + name, **env), "remark",
                rf"dnssec: {name} counts as not signed", "SHA-256", 0)


def clock(t, net):
    """a clock that is wrong"""
    for days, word in ((90, "fast"), (-90, "slow")):
        result = net.check("www.signed.test", **process.clock_shift(days * DAY))
        has(t, result, "problem", rf"clock: [^\n]*seems to be {word}", "set the clock")
        t.no_match(r"problem +dnssec", result.out, f"{word}: the signatures are not blamed", result)


def unreachable(t, net):
    """nothing can be asked"""
    result = net.check("www.good.test", DNSHOOK_RESOLVERS=v4(102))
    t.exits(result, 1)
    has(t, result, "problem", r"no resolver answered", "reaches its resolvers")
    t.exits(net.check("a..b"), 2, "no domain: exit status 2")
    t.exits(net.check("*.*.good.test"), 2, "two stars: exit status 2")
    t.exits(net.check("www.good.test", ""), 2, "an empty value: exit status 2")


def test_begins_with_it(t, net):
    """test begins with the problems"""
    env = {"RFC2136_NAMESERVER": v4(PRIMARY), **TK1.environment()}
    result = net.w.dnshook("test", "rfc2136", "none.caa.test", env=env, timeout=90)
    t.exits(result, 0, "they do not end it")
    t.match(r"warning: caa: [^\n]*do not let any certificate authority[\s\S]*has been added",
            result.err, "before anything is added", result)
    t.no_match(r"delegation: |dnssec: ", result.err, "nothing but problems", result)


def nothing_written(t, net):
    """nothing is written, no resolver is asked for a challenge name"""
    for number in (RESOLVER, VALIDATING):
        name = "resolver" if number == RESOLVER else "validating"
        with open(f"{lab.namespace.HOME}/log/{name}", encoding="utf-8") as file:
            asked = re.findall(r"query: (\S+) IN ", file.read())
        t.ok(asked, f"{name}: was asked")
        t.equal([each for each in asked if each.lower().startswith("_acme-challenge")], [],
                f"{name}: no question begins with _acme-challenge")
    t.equal(dnsq.texts(v4(PRIMARY), "_acme-challenge.left.good.test"), ["left-one", "left-two"],
            "the values are still there")


def firewall(t, rules, run):
    """Runs with rules of nftables."""
    subprocess.run(["nft", "-f", "-"], input=f"table inet lab {{ {rules}\n}}\n}}\n", text=True,
                   check=True)
    try:
        return run()
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "lab"], check=True)


def blocked(t, net):
    """TCP is dropped on the way"""
    result = firewall(t, f"chain out {{ type filter hook output priority 0; ip daddr {v4(107)} tcp "
                         "dport 53 drop", lambda: net.check("www.blocked.test"))
    has(t, result, "problem", r"10\.53\.0\.107[^\n]*does not answer over TCP", "let TCP")
    fine(t, net.check("www.blocked.test"), "without the rule")


def intercepted(t, net):
    """port 53 is intercepted"""
    rules = [f"ip saddr {v4(RESOLVER)} return", f"ip6 saddr {v6(RESOLVER)} return"]
    for kind in ("udp", "tcp"):
        rules.append(f"ip daddr != {v4(RESOLVER)} {kind} dport 53 dnat ip to {v4(RESOLVER)}")
        rules.append(f"ip6 daddr != {v6(RESOLVER)} {kind} dport 53 dnat ip6 to {v6(RESOLVER)}")
    result = firewall(t, "chain out { type nat hook output priority -100; " + "\n".join(rules),
                      lambda: net.check("www.good.test"))
    has(t, result, "problem", r"port 53 seems intercepted", "allow DNS")


SCENARIOS = [healthy, healthy_json, lame, dead, no_tcp, no_udp, delegation, glue, lag, left_over,
             chain, loop, caa, caa_fails, signed, expired, doubled, wrong_keys, unsupported, clock, unreachable,
             test_begins_with_it]


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("dnssec-keygen", "dnssec-signzone", "dnssec-dsfromkey")
    tap = lab.Tap()
    with lab.World() as w:
        net = build(w)
        tap.run(SCENARIOS, net, parallel=4)
        tap.run([nothing_written], net)
        if lab.namespace.has("nft"):
            tap.run([blocked, intercepted], net)
        else:
            tap.skip("TCP is dropped, port 53 is intercepted", "needs the program nft")
        w.finish(tap)


if __name__ == "__main__":
    main()
