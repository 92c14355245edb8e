#!/usr/bin/python3
"""dnshook conform with DNS: rfc2136 against BIND, Knot and PowerDNS and route53 against its stand-in
keep every rule; providers that break one are found out by what the nameservers show."""
import json
import os
import re
import signal
import sys
import time

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, faults, mock, route53, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

TK1 = servers.Key("tk1")
PRIMARIES = {"BIND": ("bind.test", 10), "Knot": ("knot.test", 20), "PowerDNS": ("pdns.test", 30)}
FILES = 60
# The names that are used before the faults.
LABELS = ["first", "back", "again", "many", "more", "second", "eight", "at-once", "long", "hyphen",
          "quotes", "blanks", "case", "signs", "denied", "short"]
# What the nameservers show of a provider that breaks a rule: (rule, a check of it, a note).
BROKEN = {
    "overwrite": ("keep", "a second value goes beside the first", 'should be "one" "two"'),
    "remove-all": ("keep", "some are removed, the others stay", 'should be "two"'),
    "quotes": ("value", "a value with quotes and backslashes", "was there already"),
    "silent-quotes": ("value", "a value with quotes and backslashes", 'shows "abc" where'),
    "silent-lower": ("value", "a value in capital and small letters", 'shows "ab-cd_0" where'),
    "silent-decode": ("value", "a value with signs that mean something elsewhere", "nobody has added"),
    "silent-truncate": ("value", "the longest value, 255 bytes", "nobody has added"),
    "half": ("apply", "many values are added in one call", 'should be "value 0"'),
    "no-add": ("add", "a value is added", 'should be "the first value"'),
    "no-remove": ("remove", "it is removed, and the set with it", 'should be nothing'),
    "leftover": ("interruption", "the user interrupts between any two steps of add()", "broken off"),
    "effect": ("effect", "effect says what was found", "it was there"),
}


class FileDns:
    """The nameserver of the mock's services: each zone is a file."""

    def __init__(self):
        self.paths = {}

    def texts(self, zone, name):
        """The values at a name, None where there is no such name."""
        try:
            with open(self.paths[zone], encoding="utf-8") as file:
                records = [line.rstrip("\n").split(" ", 1) for line in file]
        except FileNotFoundError:
            records = []
        found = [value for each, value in records if each == name]
        below = any(each.endswith("." + name) for each, _ in records)
        return found if found or below or name == zone else None

    def __call__(self, query, _transport):
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        zone = next((each for each in self.paths if zones.is_below(name, each) or name == each), None)
        answer = dns.message.make_response(query)
        if zone is None:
            answer.set_rcode(dns.rcode.REFUSED)
            return answer.to_wire()
        answer.flags |= dns.flags.AA
        soa = dns.rrset.from_text(zone + ".", 1, "IN", "SOA", f"ns.{zone}. x.{zone}. 1 1 1 1 1")
        if name == "ns." + zone:
            rrset = dns.rrset.from_text(question.name, 1, "IN", "A", v4(FILES))
            answer.answer += [rrset] if question.rdtype == dns.rdatatype.A else []
        elif name == zone and question.rdtype in (dns.rdatatype.SOA, dns.rdatatype.NS):
            answer.answer.append(soa if question.rdtype == dns.rdatatype.SOA else dns.rrset.from_text(
                zone + ".", 1, "IN", "NS", f"ns.{zone}."))
        else:
            self.answer_texts(answer, question, self.texts(zone, name))
        if not answer.answer:
            answer.authority.append(soa)
        return answer.to_wire()

    @staticmethod
    def answer_texts(answer, question, texts):
        """TXT records, or that there are none."""
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts and question.rdtype == dns.rdatatype.TXT:
            kind = (dns.rdataclass.IN, dns.rdatatype.TXT)
            answer.answer.append(dns.rrset.from_rdata_list(question.name, 60, [
                dns.rdtypes.ANY.TXT.TXT(*kind, [text.encode()]) for text in texts]))


def build(w):
    """Servers with a foreign value in each zone, and the nameserver of the files."""
    nameservers = {"bind.test": {"ns1.bind.test": both(10), "ns2.bind.test": both(40)},
                   "knot.test": {"ns.knot.test": both(20)}, "pdns.test": {"ns.pdns.test": both(30)}}
    files = FileDns()
    for zone, hosts in nameservers.items():
        w.delegate(zone, hosts)
    for fault in ["good", "unknown", *BROKEN]:
        files.paths[fault + ".test"] = f"{lab.namespace.HOME}/service-{fault}"
        w.delegate(fault + ".test", {f"ns.{fault}.test": [v4(FILES)]})
    aws = route53.Aws(w)
    aws.zone = aws.account().zone("aws.test")
    aws.zone.delays = [0.0, 0.3, 1.0, 2.0]
    aws.zone.text("_acme-challenge.www.aws.test", "theirs", ttl=777)
    w.start()
    aws.start()

    def text(zone):
        return zones.zone_text(zone, nameservers[zone],
                               [f'_acme-challenge.www.{zone}. 777 TXT "theirs"',
                                f"*.alias.{zone}. 60 CNAME elsewhere.{zone}."])

    for kind, name, number in ((servers.Bind, "bind", 10), (servers.Knot, "knot", 20),
                               (servers.PowerDns, "pdns", 30)):
        server = w.add(kind(name, w.addresses(number), keys=[TK1]))
        server.primary(f"{name}.test", text(f"{name}.test"))
        server.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(40)))
    secondary.secondary("bind.test", v4(10))
    secondary.start()
    w.addresses(FILES)
    w.add(faults.FaultServer("files", [v4(FILES)], files))
    mock.compile_provider()
    return aws


def conform(w, provider, domain, env, *words, **options):
    """Runs it with DNS."""
    return w.dnshook(*words, "conform", provider, domain, env=env, **{"timeout": 600, **options})


def all_names(address, zone):
    """Every name of a zone, by transfer."""
    import dns.query  # pylint: disable=import-outside-toplevel
    import dns.zone  # pylint: disable=import-outside-toplevel
    got = dns.zone.from_xfr(dns.query.xfr(address, zone, timeout=10, lifetime=30))
    return sorted(name.to_text() for name in got.nodes)


def passes(kind):
    """Makes the scenario of a server that takes updates."""
    zone, number = PRIMARIES[kind]

    def scenario(t, w, _aws):
        env = {"RFC2136_NAMESERVER": v4(number), **TK1.environment()}
        result = conform(w, "rfc2136", zone, env)
        t.exits(result, 0)
        t.no_match("not ok|SKIP", result.out, "nothing fails, nothing is skipped", result)
        t.equal(result.err, "", "nothing is said")
        t.equal(dnsq.texts(v4(number), "_acme-challenge.www." + zone), ["theirs"],
                "the value of somebody else is there")
        if kind == "BIND":
            t.no_match("conform", " ".join(all_names(v4(number), zone)), "nothing is left in the zone")
    scenario.__doc__ = f"rfc2136 against {kind}"
    return scenario


def key_file(t, w, _aws):
    """rfc2136 with its key in a file: there is no secret to alter"""
    path = lab.namespace.HOME + "/tk1.key"
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(TK1.bind_text())
    result = conform(w, "rfc2136", "knot.test",
                     {"RFC2136_NAMESERVER": v4(20), "RFC2136_TSIG_FILE": path})
    t.exits(result, 0)
    t.match("# SKIP no parameter that is a secret is set", result.out, "skipped", result)


def refused(t, w, _aws):
    """a key that the server does not know"""
    env = {"RFC2136_NAMESERVER": v4(10), **servers.Key("nobody").environment()}
    result = conform(w, "rfc2136", "bind.test", env, timeout=120)
    t.exits(result, 1)
    t.match("not ok [^\n]*\n# breaks the rule \"(add|zone)\"[^\n]*\n# [^\n]*DNSHOOK_DENIED",
            result.out, "the first change says why", result)


def interrupted(t, w, _aws):
    """a signal between the steps: everything is taken away"""
    env = {"RFC2136_NAMESERVER": v4(20), **TK1.environment()}
    running = w.start_dnshook("-v", "conform", "rfc2136", "knot.test", env=env, timeout=120)
    deadline = time.monotonic() + 60
    while "every value goes" not in running.error_so_far() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)  # of the five seconds and more that Knot, the slowest, takes
    running.signal(signal.SIGINT)
    result = running.wait()
    t.exits(result, 128 + signal.SIGINT)
    below = re.search(r"conform-[0-9a-f]{8}\.knot\.test", result.err).group()
    names = [f"_acme-challenge.{label}.{below}" for label in LABELS]
    t.equal({name: dnsq.texts(v4(20), name) for name in names}, {name: [] for name in names},
            "nothing is left", result)


def amazon(t, w, aws):
    """route53 against its stand-in, whose nameservers lag"""
    user = aws.zone.account.user()
    result = conform(w, "route53", "aws.test", user.environment(ACME_HOSTED_ZONE=aws.zone.id), "-v")
    t.exits(result, 0)
    lost = re.findall(r"\.(\S+?)\.conform-\S+: [^\n]* the answers of (\d+) of them lost", result.err)
    t.equal({label: int(count) >= 3 for label, count in lost},
            dict.fromkeys(["late-add", "late-remove", "broken-add", "broken-remove"], True),
            "the answer to each request is lost once", result)
    t.no_match("not ok|SKIP", result.out, "nothing fails, nothing is skipped", result)
    t.equal(aws.zone.txt("_acme-challenge.www.aws.test"), {None: (777, ["theirs"])},
            "the value of somebody else is there")
    left = [each.labels for each in aws.zone.sets.values() if "conform" in repr(each.labels)]
    t.equal(left, [], "nothing is left in the zone", result)


def good_file(t, w, _aws):
    """the mock that keeps every rule, and one that does not say what its changes find"""
    for fault in ("good", "unknown"):
        env = mock.environment(fault, zone=fault + ".test")
        result = conform(w, mock.PROVIDER, fault + ".test", env)
        t.exits(result, 0)
        t.no_match("not ok", result.out, "nothing fails", result)
        t.equal(result.out.count("SKIP"), fault == "unknown", "only the effect is skipped", result)
        t.equal(mock.records(env), [], "nothing is left", result)


def broken(fault):
    """Makes the scenario of one fault."""
    rule, check, note = BROKEN[fault]

    def scenario(t, w, _aws):
        env = mock.environment(fault, zone=fault + ".test")
        result = conform(w, mock.PROVIDER, fault + ".test", env, "--json", "--timeout", "80")
        t.exits(result, 1)
        failed = [each for each in json.loads(result.out)["results"] if each["result"] == "failed"]
        t.equal({each["rule"] for each in failed}, {rule}, f"breaks the rule {rule} alone", result)
        notes = "\n".join(line for each in failed if each["check"] == check
                          for line in each["notes"])
        t.match(note, notes, "by what is shown", result)
    scenario.__doc__ = f"the nameservers show the fault {fault}"
    return scenario


def alias(t, w, _aws):
    """a domain below which every name is an alias, and one that nobody has"""
    env = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
    result = conform(w, "rfc2136", "alias.bind.test", env)
    t.exits(result, 1, "aliases: exit status 1")
    t.match("names below alias.bind.test are aliases", result.err, "and it says so", result)
    result = conform(w, "rfc2136", "nowhere.test", env)
    t.exits(result, 1, "another zone: exit status 1")
    t.match('breaks the rule "add"[^\n]*\n[^\n]*DNSHOOK_NO_ZONE', result.out,
            "is no zone of the server", result)


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("knotd", "pdns_server", "pdnsutil")
    tap = lab.Tap()
    with lab.World() as w:
        aws = build(w)
        tap.run([amazon, *[passes(kind) for kind in PRIMARIES], key_file, refused, interrupted,
                 good_file, alias, *[broken(fault) for fault in BROKEN]], w, aws, parallel=4)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
