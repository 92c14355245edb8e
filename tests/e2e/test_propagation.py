#!/usr/bin/python3
"""Waiting until every authoritative server serves the value: servers that lag, are dead, lame, or
talk nonsense; CNAMEs, DNAMEs and delegations on the way; deadlines and signals."""
import itertools
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import dns.rcode  # noqa: E402

import lab  # noqa: E402
from lab import dnsq, faults, servers, zones  # noqa: E402
from lab.world import RESOLVER, both, v4, v6  # noqa: E402

TK1 = servers.Key("tk1")
PRIMARY, OTHER, LIMITED = 10, 13, 12
NS1, NS1B = {"ns1.prime.test": both(PRIMARY)}, {"ns1b.prime.test": both(11)}
LAMENESS = 15  # seconds that lame and silent servers are waited for
MARK = "Q"     # begins every value, so that none begins with '-'


class Case:
    """One zone with its nameservers, and dnshook called for a host in it."""

    numbers = itertools.count(1)

    def __init__(self, w, zone, host=None, server=PRIMARY, **env):
        number = next(Case.numbers)
        self.w, self.zone, self.host = w, zone, host or "www." + zone
        self.record = "_acme-challenge." + self.host
        self.value = f"{MARK}{number}-{zone}-{os.urandom(8).hex()}"
        self.state = f"{lab.namespace.HOME}/state-{number}"
        os.makedirs(self.state, mode=0o700)
        self.env = {"RFC2136_NAMESERVER": v4(server), "STATE_DIRECTORY": self.state,
                    **TK1.environment(), **env}

    def begin(self, *options, **more):
        """Starts challenge-dns-start."""
        return self.w.start_dnshook("--provider", "rfc2136", *options, "challenge-dns-start",
                                    self.host, "", self.value, "", env=self.env, **more)

    def start(self, *options, **more):
        """challenge-dns-start."""
        return self.begin(*options, **more).wait()

    def stop(self):
        """challenge-dns-stop."""
        return self.w.dnshook("--provider", "rfc2136", "challenge-dns-stop", self.host, "",
                              self.value, "", env=self.env)

    def there(self, number=PRIMARY, record=None):
        """Whether a server has the value."""
        return self.value in dnsq.texts(v4(number), record or self.record)

    def journal(self):
        """Files in the state directory."""
        return [name for _, _, files in os.walk(self.state) for name in files
                if not name.startswith("lock")]

    def works(self, t, *options, warns=None):
        """Checks a start and a stop that should work, with or without a warning."""
        result = self.start(*options)
        t.exits(result, 0, "start: exit status 0")
        t.equal(result.out, "", "start: standard output is empty")
        if warns is None:
            t.no_match(r"warning", result.err, "start: no warning", result)
        else:
            t.match(r"warning:[^\n]*" + warns, result.err, "start: a warning names the server",
                    result)
        t.exits(self.stop(), 0, "stop: exit status 0")
        t.equal(self.journal(), [], "nothing in the journal")
        return result

    def fails(self, t, pattern, *options, number=PRIMARY, record=None):
        """Checks a start that should fail and leave nothing."""
        result = self.start(*options)
        t.exits(result, 1, "start: exit status 1")
        t.match(pattern, result.err, "start: says why", result)
        t.ok(not self.there(number, record), "the value is not there afterwards", result)
        t.equal(self.journal(), [], "nothing in the journal")
        return result


class Net:
    """All zones and fault servers of this test."""

    def __init__(self, w):
        self.w = w
        self.primary_zones, self.other_zones, self.faults = [], [], {}
        self.limited_zone = None

    def zone(self, name, *extra, hosts=None, more=None, inside=None, where=None):
        """A zone on the primary; `hosts` are its nameservers, `more` those besides ns1; `inside`
        is its own NS set where that differs from the delegation."""
        hosts = hosts or {**NS1, **(more or {})}
        self.w.delegate(name, hosts)
        (self.primary_zones if where is None else where).append(
            (name, zones.zone_text(name, inside or hosts, extra)))
        # Addresses of servers below other zones of the TLD are found in those zones.

    def fault(self, number, behaviour, tcp=True, kinds=(v4,)):
        """A scripted server; returns its addresses."""
        addresses = self.w.addresses(number, kinds=kinds)
        self.faults[number] = (addresses, behaviour, tcp)
        return addresses

    def start(self):
        """Starts everything."""
        hosts = [f"ns{number}.fault.test" for number in self.faults]
        self.w.delegate("fault.test", NS1)
        lines = [line for host, (addresses, _, _) in zip(hosts, self.faults.values())
                 for line in zones.address_lines(host, addresses)]
        self.primary_zones.append(("fault.test", zones.zone_text("fault.test", NS1, lines)))
        self.w.delegate("prime.test", NS1)
        lines = zones.address_lines("ns1b.prime.test", both(11)) + zones.address_lines(
            "ns.other.test", both(OTHER))
        self.primary_zones.append(("prime.test", zones.zone_text("prime.test", NS1, lines[:2])))
        self.w.start()
        primary = servers.Bind("primary", self.w.addresses(PRIMARY, 11), keys=[TK1],
                               ports=(53, 5353))
        other = servers.Bind("other", self.w.addresses(OTHER), keys=[TK1])
        limited = servers.Bind("limited", self.w.addresses(LIMITED), keys=[TK1],
                               options="rate-limit { responses-per-second 5; slip 2; };")
        for server, content in ((primary, self.primary_zones), (other, self.other_zones),
                                (limited, [self.limited_zone])):
            for name, text in content:
                server.primary(name, text)
            self.w.add(server).start()
        self.faults = {number: self.w.add(faults.FaultServer(f"fault{number}", *what))
                       for number, what in self.faults.items()}


def ns(number, *addresses):
    """A nameserver name with these addresses, or those of a fault server."""
    return {f"ns{number}.fault.test": list(addresses) or [v4(number)]}


def build(w):
    """Declares what the scenarios need."""
    net, real = Net(w), v4(PRIMARY)
    net.fault(100, faults.Lagging(real, 3.0), kinds=(v4, v6))
    net.zone("lag.test", more=ns(100, *both(100)))
    net.fault(101, faults.silent)
    w.addresses(102)
    net.zone("dead.test", more={**NS1B, **ns(101)})
    net.zone("down.test", more={**NS1B, **ns(102)})
    net.zone("half.test", more={**ns(101), **ns(102)})
    net.fault(103, faults.rcode(dns.rcode.REFUSED))
    net.fault(104, faults.rcode(dns.rcode.SERVFAIL))
    net.fault(105, faults.not_authoritative(real))
    for number in (103, 104, 105):
        net.zone(f"lame{number}.test", more=ns(number))
    net.fault(106, faults.tcp_only(real))
    net.fault(107, faults.truncating(real))
    net.zone("tcp.test", more={**ns(106), **ns(107)})
    net.zone("six.test", hosts={"ns1.six.test": [v6(PRIMARY)]})
    net.zone("noroute.test", more={"ns9.fault.test": ["192.0.2.1", "2001:db8::1", v4(11)]})
    for number, behaviour in ((108, faults.garbage), (109, faults.garbage_with_id),
                              (110, faults.wrong_id(real)), (111, faults.wrong_question(real))):
        net.fault(number, behaviour)
        net.zone(f"noise{number}.test", more={**NS1B, **ns(number)})
    net.fault(112, faults.lossy(real, 0.4))
    net.zone("loss.test", more=ns(112))
    net.fault(113, faults.Lagging(v4(LIMITED), 8.0))
    limited_ns = {"ns1.rrl.test": [v4(LIMITED)], **ns(113)}
    w.delegate("rrl.test", limited_ns)
    net.limited_zone = ("rrl.test", zones.zone_text("rrl.test", limited_ns))
    for number, behaviour in ((120, faults.silent), (121, faults.rcode(dns.rcode.SERVFAIL)),
                              (122, faults.rcode(dns.rcode.NXDOMAIN))):
        net.fault(number, behaviour)
    net.zone("resolver.test")
    net.fault(114, faults.Lagging(real, 1000.0))
    net.zone("never.test", more=ns(114))
    net.zone("signal.test", more=ns(114))
    net.zone("differ.test", more=NS1B, inside=NS1)
    net.zone("big.test", *[f'_acme-challenge.www.big.test. 60 TXT "foreign {n} {"x" * 60}"'
                           for n in range(40)])
    net.zone("alone.test", more=NS1B)
    build_aliases(net)
    net.start()
    return net


def build_aliases(net):
    """Zones whose challenge names lead elsewhere."""
    here = {"ns1.val.test": both(OTHER)}
    chain = [f"c{n}.chain.test. 60 CNAME c{n + 1}.chain.test." for n in range(1, 20)]
    chain += [f"_acme-challenge.n{length}.chain.test. 60 CNAME c{21 - length}.chain.test."
              for length in (16, 17)]
    net.zone("val.test", hosts=here, where=net.other_zones)
    net.zone("chain.test", *chain)
    net.zone("alias.test", "_acme-challenge.www.alias.test. 60 CNAME x.acme.val.test.",
             "_acme-challenge.deep.alias.test. 60 CNAME hop.alias.test.",
             "hop.alias.test. 60 CNAME y.acme.val.test.",
             "_acme-challenge.loop.alias.test. 60 CNAME loop1.alias.test.",
             "loop1.alias.test. 60 CNAME loop2.alias.test.",
             "loop2.alias.test. 60 CNAME loop1.alias.test.",
             "_acme-challenge.self.alias.test. 60 CNAME _acme-challenge.self.alias.test.",
             "_acme-challenge.gone.alias.test. 60 CNAME x.nowhere.test.",
             "sub.alias.test. 60 DNAME dn.val.test.",
             "_acme-challenge.own.alias.test. 60 NS ns1.val.test.")
    net.zone("lamealias.test", "_acme-challenge.www.lamealias.test. 60 CNAME x.broken.test.")
    net.w.delegate("broken.test", ns(104))
    net.other_zones.append(("_acme-challenge.own.alias.test",
                            zones.zone_text("_acme-challenge.own.alias.test", here)))


def in_time(t, result, least, most, name):
    """Checks how long a run took."""
    t.ok(least <= result.wall <= most, f"{name}: between {least} and {most} s",
         f"took {result.wall:.2f} s", result)


# ---- servers -------------------------------------------------------------------------------------


def lagging(t, net):
    """a secondary that lags"""
    case, lag = Case(net.w, "lag.test"), net.faults[100].behaviour
    result = case.works(t)
    late = result.ended - (lag.ready(case.value) or 1e9)
    t.ok(0 <= late < 2, "start returns when the last server serves it, and within 2 s",
         f"returned {late:.3f} s after that", result)
    result = net.w.dnshook("test", "rfc2136", "www.lag.test", env=case.env)
    t.exits(result, 0, "test: exit status 0")
    for address in both(PRIMARY) + both(100):
        t.match(address.replace(".", r"\."), result.out, f"test: the table names {address}", result)
    in_time(t, result, 3, 12, "test")


def dead(t, net):
    """a silent server among three"""
    result = Case(net.w, "dead.test").works(t, warns=r"10\.53\.0\.101")
    in_time(t, result, LAMENESS, LAMENESS + 6, "start")


def down(t, net):
    """a server that is down among three"""
    result = Case(net.w, "down.test").works(t, warns=r"10\.53\.0\.102")
    in_time(t, result, LAMENESS - 1, LAMENESS + 6, "start")


def strict(t, net):
    """a silent server with DNSHOOK_QUORUM=all"""
    case = Case(net.w, "dead.test", "strict.dead.test", DNSHOOK_QUORUM="all")
    result = case.fails(t, r"10\.53\.0\.101", "--timeout", "20")
    in_time(t, result, 14, 21, "start")


def quorum(t, net):
    """one of three names serves: less than half"""
    case = Case(net.w, "half.test")
    result = case.fails(t, r"10\.53\.0\.101", "--timeout", "24")
    t.match(r"10\.53\.0\.102", result.err, "the table names the other one", result)
    in_time(t, result, 5, 25, "start")


def lame(number, what):
    """Makes the scenario of a lame server."""
    def scenario(t, net):
        result = Case(net.w, f"lame{number}.test").works(t, warns=rf"10\.53\.0\.{number}")
        t.match(what, result.err, "the warning says what it answers", result)
        in_time(t, result, LAMENESS - 1, LAMENESS + 6, "start")
    scenario.__doc__ = f"a lame server: {what}"
    return scenario


def over_tcp(t, net):
    """servers that answer over TCP only, or truncate"""
    result = Case(net.w, "tcp.test").works(t)
    in_time(t, result, 0, 12, "start")


def ipv6_only(t, net):
    """IPv6 only"""
    case = Case(net.w, "six.test", RFC2136_NAMESERVER=v6(PRIMARY))
    result = case.works(t)
    in_time(t, result, 0, 4, "start")


def no_route(t, net):
    """addresses without a route are passed over at once"""
    case = Case(net.w, "noroute.test")
    result = case.start()
    t.exits(result, 0)
    in_time(t, result, 0, 4, "start")
    t.exits(case.stop(), 0, "stop: exit status 0")


def rate_limit(t, net):
    """BIND with rate-limit 5 a second, and a server that lags 8 s"""
    case = Case(net.w, "rrl.test", server=LIMITED)
    result = case.works(t)
    in_time(t, result, 8, 12, "start")


def loss(t, net):
    """a server that loses 40 % of the questions"""
    result = Case(net.w, "loss.test").works(t)
    in_time(t, result, 0, 12, "start")


def noise(number, what):
    """Makes the scenario of a server that talks nonsense."""
    def scenario(t, net):
        Case(net.w, f"noise{number}.test").works(t, warns=rf"10\.53\.0\.{number}")
    scenario.__doc__ = f"a server that sends {what}"
    return scenario


def difference(t, net):
    """delegation and NS set differ"""
    case = Case(net.w, "differ.test")
    result = case.start()
    t.exits(result, 0)
    t.match(r"warning:[^\n]*ns1b\.prime\.test", result.err, "a warning names the server", result)
    t.exits(case.stop(), 0, "stop: exit status 0")


def big_set(t, net):
    """a TXT set larger than a UDP answer"""
    case = Case(net.w, "big.test")
    case.works(t)
    t.equal(len(dnsq.texts(v4(PRIMARY), case.record, tcp=True)), 40, "all foreign values are there")


# ---- resolvers -----------------------------------------------------------------------------------


def resolvers(number, what, pattern):
    """Makes the scenario of a resolver that does not work."""
    def scenario(t, net):
        case = Case(net.w, "resolver.test", DNSHOOK_RESOLVERS=v4(number))
        result = case.fails(t, pattern, "--timeout", "12")
        in_time(t, result, 0, 13, "start")
    scenario.__doc__ = f"a resolver that {what}"
    return scenario


def second_resolver(t, net):
    """a dead resolver and one that works"""
    text = f"{v4(120)}, {v4(RESOLVER)}:53,[{v6(RESOLVER)}]:53"
    case = Case(net.w, "resolver.test", "second.resolver.test", DNSHOOK_RESOLVERS=text)
    result = case.start()
    t.exits(result, 0)
    in_time(t, result, 0, 15, "start")
    t.exits(case.stop(), 0, "stop: exit status 0")


# ---- names that lead elsewhere -------------------------------------------------------------------


def alias(host, target, what, server=OTHER):
    """Makes the scenario of a challenge name that leads to another zone."""
    def scenario(t, net):
        case = Case(net.w, "alias.test", host, server)
        t.exits(case.start(), 0, "start: exit status 0")
        t.ok(case.there(server, target), f"the value is at {target}")
        t.equal([each for each in dnsq.texts(v4(PRIMARY), case.record) if each == case.value], [],
                "it is not in the first zone")
        t.exits(case.stop(), 0, "stop: exit status 0")
        t.ok(not case.there(server, target), "stop takes it away there")
        t.equal(case.journal(), [], "nothing in the journal")
    scenario.__doc__ = what
    return scenario


def alias_by_primary(t, net):
    """CNAME to a zone whose server is found from its SOA"""
    case = Case(net.w, "alias.test", "www.alias.test")
    del case.env["RFC2136_NAMESERVER"]
    t.exits(case.start(), 0, "start: exit status 0")
    t.ok(case.there(OTHER, "x.acme.val.test"), "the value is at the target")
    t.exits(case.stop(), 0, "stop: exit status 0")


def alias_fails(host, pattern, what, zone="alias.test"):
    """Makes the scenario of an alias that leads nowhere."""
    def scenario(t, net):
        case = Case(net.w, zone, host, OTHER)
        result = case.start("--timeout", "16")
        t.exits(result, 1)
        t.match(pattern, result.err, "says why", result)
        t.equal(case.journal(), [], "nothing in the journal")
        in_time(t, result, 0, 17, "start")
    scenario.__doc__ = what
    return scenario


def chain_of_16(t, net):
    """a chain of 16 CNAMEs"""
    case = Case(net.w, "chain.test", "n16.chain.test")
    t.exits(case.start(), 0, "start: exit status 0")
    t.ok(case.there(PRIMARY, "c20.chain.test"), "the value is at the end of the chain")
    t.exits(case.stop(), 0, "stop: exit status 0")


# ---- deadlines and signals -----------------------------------------------------------------------


def deadline(t, net):
    """the deadline passes"""
    case = Case(net.w, "never.test")
    result = case.fails(t, r"10\.53\.0\.114", "--timeout", "6")
    in_time(t, result, 4, 7, "start")
    for address in both(PRIMARY):
        t.match(address.replace(".", r"\."), result.err, f"the table names {address}", result)
    t.equal(result.out, "", "standard output is empty")


def deadline_of_hook(t, net):
    """the deadline of acmetool's dns.hook, DNS_SYNC_TIMEOUT"""
    case = Case(net.w, "never.test", "sync.never.test", DNS_SYNC_TIMEOUT="6")
    result = case.fails(t, r"10\.53\.0\.114")
    in_time(t, result, 4, 10, "start")


def interrupted(number, name):
    """Makes the scenario of a signal in the middle."""
    def scenario(t, net):
        case = Case(net.w, "signal.test", f"{name}.signal.test".lower())
        running = case.begin()
        dnsq.wait_until(case.there, "the value")
        time.sleep(0.5)
        t.ok(case.journal(), "a journal entry while it waits")
        sent = time.monotonic()
        running.signal(number)
        result = running.wait()
        t.ok(result.code in (128 + number, -number), f"exit status {128 + number}", result)
        t.ok(result.ended - sent < 3, "it ends at once", result)
        t.ok(not case.there(), "the value is gone")
        t.equal(case.journal(), [], "nothing in the journal")
    scenario.__doc__ = f"{name} in the middle"
    return scenario


def check_changes_nothing(t, net):
    """check asks every server and changes nothing"""
    result = net.w.dnshook("check", "www.dead.test", env=Case(net.w, "dead.test").env, timeout=40)
    t.match(r"10\.53\.0\.101", result.out, "names the silent server", result)
    t.match(r"10\.53\.0\.10\b", result.out, "names the working server", result)


def never_asked(t, net):
    """the resolver is not asked for challenge names"""
    asked = {name for name, _ in net.w.resolver_questions() if name.startswith("_acme-challenge.")}
    t.equal(sorted(asked), [], "no question begins with _acme-challenge")
    t.ok(net.w.resolver_questions(), "the resolver was asked at all")


def intercepted(t, net):
    """port 53 is intercepted"""
    rules = f"""
table inet lab {{ chain out {{ type nat hook output priority -100;
    ip saddr {v4(RESOLVER)} return
    ip6 saddr {v6(RESOLVER)} return
    ip daddr != {v4(RESOLVER)} udp dport 53 dnat ip to {v4(RESOLVER)}
    ip daddr != {v4(RESOLVER)} tcp dport 53 dnat ip to {v4(RESOLVER)}
    ip6 daddr != {v6(RESOLVER)} udp dport 53 dnat ip6 to {v6(RESOLVER)}
    ip6 daddr != {v6(RESOLVER)} tcp dport 53 dnat ip6 to {v6(RESOLVER)}
}}
}}"""
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    case = Case(net.w, "alone.test", RFC2136_NAMESERVER=v4(PRIMARY) + ":5353")
    result = case.start()
    subprocess.run(["nft", "delete", "table", "inet", "lab"], check=True)
    t.exits(result, 1)
    t.match(r"intercept", result.err, "says that port 53 seems intercepted", result)
    in_time(t, result, 0, 15, "start")
    t.ok(not case.there(), "the value is gone")
    t.equal(case.journal(), [], "nothing in the journal")


SCENARIOS = [
    lagging, dead, down, strict, quorum, lame(103, "REFUSED"), lame(104, "SERVFAIL"),
    lame(105, "authoritative"), over_tcp, ipv6_only, no_route, rate_limit, loss,
    noise(108, "noise"), noise(109, "noise behind a good header"), noise(110, "another id"),
    noise(111, "an answer to another question"), difference, big_set,
    resolvers(120, "is silent", r"10\.53\.0\.120"),
    resolvers(121, "says SERVFAIL", r"SERVFAIL"),
    resolvers(122, "says NXDOMAIN", r"NXDOMAIN|no (such )?zone|does not exist"),
    second_resolver,
    alias("www.alias.test", "x.acme.val.test", "CNAME to a zone on another server"),
    alias("deep.alias.test", "y.acme.val.test", "two CNAMEs to a zone on another server"),
    alias("www.sub.alias.test", "_acme-challenge.www.dn.val.test", "DNAME to another server"),
    alias("own.alias.test", "_acme-challenge.own.alias.test", "delegation of the challenge name"),
    alias_by_primary,
    alias_fails("loop.alias.test", r"loop", "a loop of CNAMEs"),
    alias_fails("self.alias.test", r"loop", "a CNAME to itself"),
    alias_fails("gone.alias.test", r"nowhere\.test|NOTAUTH", "a CNAME to a zone that is not there"),
    alias_fails("www.lamealias.test", r"broken\.test", "a CNAME to a zone that does not answer",
                "lamealias.test"),
    alias_fails("n17.chain.test", r"CNAME|chain|alias", "a chain of 17 CNAMEs", "chain.test"),
    chain_of_16, deadline, deadline_of_hook, interrupted(signal.SIGTERM, "SIGTERM"),
    interrupted(signal.SIGINT, "SIGINT"), interrupted(signal.SIGHUP, "SIGHUP"),
    check_changes_nothing]


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        net = build(w)
        tap.run(SCENARIOS, net, parallel=14)
        tap.run([never_asked], net)
        if lab.namespace.has("nft"):
            tap.run([intercepted], net)
        else:
            tap.skip("port 53 is intercepted", "needs the program nft")
        w.finish(tap)


if __name__ == "__main__":
    main()
