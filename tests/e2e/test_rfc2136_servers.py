#!/usr/bin/python3
"""rfc2136 against BIND, Knot and PowerDNS: the round trip, keys of every algorithm, and each way in
which a server says no."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, servers, world, zones  # noqa: E402
from lab.world import both, v4, v6  # noqa: E402

VALUE = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
TK1 = servers.Key("tk1")
KEYS = [TK1] + servers.bind_algorithm_keys()
# kind: (zone, number of the primary's addresses)
PRIMARIES = {"BIND": ("bind.test", 10), "Knot": ("knot.test", 20), "PowerDNS": ("pdns.test", 30)}
BIND = v4(10)


def foreign(zone):
    """Values of somebody else's in every zone."""
    return [f'_acme-challenge.www.{zone}. 60 TXT "foreign one"',
            f'_acme-challenge.www.{zone}. 60 TXT "foreign two"']


FOREIGN = ["foreign one", "foreign two"]


def build(w):
    """The servers of this test."""
    bind_ns = {"ns1.bind.test": both(10), "ns2.bind.test": both(40), "ns3.bind.test": [v4(41)]}
    nameservers = {"bind.test": bind_ns, "knot.test": {"ns.knot.test": both(20)},
                   "pdns.test": {"ns.pdns.test": both(30)},
                   "open-bind.test": {"ns.open-bind.test": both(10)},
                   "open-knot.test": {"ns.open-knot.test": both(20)},
                   "open-pdns.test": {"ns.open-pdns.test": both(30)},
                   "late-bind.test": {"ns.late-bind.test": both(11)},
                   "early-bind.test": {"ns.early-bind.test": both(12)},
                   "late-knot.test": {"ns.late-knot.test": both(21)},
                   "late-pdns.test": {"ns.late-pdns.test": both(31)}}
    for zone, hosts in nameservers.items():
        w.delegate(zone, hosts)
    w.start()

    def text(zone):
        return zones.zone_text(zone, nameservers[zone], foreign(zone))

    bind = w.add(servers.Bind("bind", w.addresses(10), keys=KEYS, ports=(53, 5353)))
    bind.primary("bind.test", text("bind.test"))
    bind.primary("open-bind.test", text("open-bind.test"), "allow-update { any; };")
    bind.start()
    for name, number, kinds in (("nsd", 40, (v4, v6)), ("bind-secondary", 41, (v4,))):
        kind = servers.Nsd if name == "nsd" else servers.Bind
        secondary = w.add(kind(name, w.addresses(number, kinds=kinds)))
        secondary.secondary("bind.test", BIND)
        secondary.start()
    for kind, name, number in ((servers.Knot, "knot", 20), (servers.PowerDns, "pdns", 30)):
        server = w.add(kind(name, w.addresses(number), keys=KEYS))
        server.primary(f"{name}.test", text(f"{name}.test"))
        server.primary(f"open-{name}.test", text(f"open-{name}.test"), signed=False)
        server.start()
    build_clocks(w, text)


def build_clocks(w, text):
    """Servers whose clocks are wrong by ten minutes."""
    library = clock_library()
    for kind, name, number, offset in ((servers.Bind, "late-bind", 11, -600),
                                       (servers.Bind, "early-bind", 12, 600),
                                       (servers.Knot, "late-knot", 21, -600),
                                       (servers.PowerDns, "late-pdns", 31, -600)):
        server = w.add(kind(name, w.addresses(number), keys=[TK1]))
        server.primary(f"{name}.test", text(f"{name}.test"))
        server.start(env=lab.process.clean_environment(LD_PRELOAD=library, CLOCK_OFFSET=offset))


def clock_library():
    """A library that shifts the wall clock of a program by CLOCK_OFFSET seconds."""
    target = lab.namespace.HOME + "/clock.so"
    source = os.path.join(os.path.dirname(lab.__file__), "clock.c")
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run([*compiler, "-shared", "-fPIC", "-O1", "-o", target, source, "-ldl"],
                   check=True)
    return target


def environment(number=10, key=TK1, **changes):
    """What dnshook needs for a server."""
    values = {"RFC2136_NAMESERVER": v4(number)}
    values.update(key.environment() if key else {})
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}


def start(w, host, env, value=VALUE, **options):
    """challenge-dns-start."""
    return w.dnshook("--provider", "rfc2136", "challenge-dns-start", host, "", value, "",
                     env=env, **options)


def stop(w, host, env, value=VALUE):
    """challenge-dns-stop."""
    return w.dnshook("--provider", "rfc2136", "challenge-dns-stop", host, "", value, "", env=env)


def record(host):
    """Where the value goes."""
    return "_acme-challenge." + host


def refused(t, w, host, env, pattern, server, name):
    """Checks that a start fails with this message and writes nothing."""
    result = start(w, host, env, timeout=40)
    t.equal(result.code, 1, f"{name}: exit status 1", result)
    t.match(pattern, result.err, f"{name}: says why", result)
    t.equal(result.out, "", f"{name}: standard output is empty")
    t.equal(dnsq.texts(server, record(host)), [], f"{name}: nothing was written")


def round_trip(kind):
    """Makes the scenario of `dnshook test` for one server."""
    zone, number = PRIMARIES[kind]

    def scenario(t, w):
        result = w.dnshook("test", "rfc2136", "www." + zone, env=environment(number))
        t.exits(result, 0)
        addresses = both(number) + (both(40) + [v4(41)] if kind == "BIND" else [])
        for address in addresses:
            t.match(re_word(address), result.out, f"the table names {address}", result)
        t.equal(dnsq.texts(v4(number), record("www." + zone)), FOREIGN,
                "only the foreign values are there afterwards")
        result = w.dnshook("--json", "test", "rfc2136", "www." + zone, env=environment(number))
        t.exits(result, 0, "--json: exit status 0")
        try:
            json.loads(result.out)
            t.ok(True, "--json: standard output is JSON")
        except ValueError as error:
            t.ok(False, "--json: standard output is JSON", error, result)
    scenario.__doc__ = f"dnshook test on {kind}"
    return scenario


def re_word(address):
    """An address, not as part of another one."""
    return r"(?<![0-9a-f:.])" + address.replace(".", r"\.") + r"(?![0-9a-f:.]\w)"


def hook(kind):
    """Makes the scenario of start and stop for one server."""
    zone, number = PRIMARIES[kind]

    def scenario(t, w):
        host, env = "www." + zone, environment(number)
        result = start(w, host, env)
        t.exits(result, 0, "start: exit status 0")
        t.equal(result.out, "", "start: standard output is empty")
        everywhere = both(number) + (both(40) + [v4(41)] if kind == "BIND" else [])
        for address in everywhere:
            t.equal(dnsq.texts(address, record(host)), sorted(FOREIGN + [VALUE]),
                    f"{address} serves the value at once")
        t.exits(start(w, host, env), 0, "start again: exit status 0")
        result = stop(w, host, env)
        t.exits(result, 0, "stop: exit status 0")
        t.equal(dnsq.texts(v4(number), record(host)), FOREIGN, "stop takes only ours away")
        t.exits(stop(w, host, env), 0, "stop again: exit status 0")
    scenario.__doc__ = f"start and stop on {kind}"
    return scenario


def algorithms(t, w):
    """six algorithms"""
    for key in KEYS:
        host = f"{key.name}.bind.test"
        env = environment(10, key)
        t.exits(start(w, host, env), 0, f"start with {key.algorithm}")
        t.equal(dnsq.texts(BIND, record(host)), [VALUE], f"{key.algorithm} wrote the value")
        t.exits(stop(w, host, env), 0, f"stop with {key.algorithm}")
        t.equal(dnsq.texts(BIND, record(host)), [], f"{key.algorithm} took it away")
    for spelling in ("hmac-sha256.", "HMAC-SHA256"):
        env = environment(10, RFC2136_TSIG_ALGORITHM=spelling)
        t.exits(start(w, "spelling.bind.test", env), 0, f"start with {spelling!r}")
        t.exits(stop(w, "spelling.bind.test", env), 0, f"stop with {spelling!r}")


WRONG = {"secret": ({"RFC2136_TSIG_SECRET": servers.Key("x").secret}, r"BADSIG.*secret"),
         "key": ({"RFC2136_TSIG_KEY": "nobody"}, r"BADKEY.*(key|name)"),
         "algorithm": ({"RFC2136_TSIG_ALGORITHM": "hmac-sha512"}, r"BADKEY.*algorithm")}


def wrong_key(kind, what):
    """Makes the scenario of a wrong key for one server."""
    zone, number = PRIMARIES[kind]
    change, pattern = WRONG[what]
    if kind == "PowerDNS":
        pattern = r"(REFUSED|NOTAUTH).*(not signed|without a signature).*PowerDNS"

    def scenario(t, w):
        host, env = f"wrong-{what}.{zone}", environment(number, **change)
        refused(t, w, host, env, pattern, v4(number), "start")
        result = w.dnshook("test", "rfc2136", host, env=env, timeout=40)
        t.exits(result, 1, "test: exit status 1")
        for text in (TK1.secret, WRONG["secret"][0]["RFC2136_TSIG_SECRET"]):
            t.ok(text[:20] not in result.out + result.err, "test: no secret is shown", result)
    scenario.__doc__ = f"a wrong {what} on {kind}"
    return scenario


def clocks(t, w):
    """clock off by ten minutes"""
    for name, number in (("late-bind", 11), ("early-bind", 12), ("late-knot", 21)):
        host, env = f"clock.{name}.test", environment(number)
        result = start(w, host, env)
        t.exits(result, 0, f"{name}: corrected once, start works")
        t.match(r"warning:.*(clock|time).*(600|599|601|10 min|9 min)", result.err,
                f"{name}: the offset is told", result)
        t.equal(dnsq.texts(v4(number), record(host)), [VALUE], f"{name}: the value is there")
        t.exits(stop(w, host, env), 0, f"{name}: stop works")
        t.equal(dnsq.texts(v4(number), record(host)), [], f"{name}: the value is gone")


def clock_of_powerdns(t, w):
    """clock off by ten minutes on PowerDNS, which does not tell"""
    host, env = "clock.late-pdns.test", environment(31)
    result = start(w, host, env, timeout=40)
    t.exits(result, 1)
    t.match(r"not signed|without a signature", result.err, "says that the answer is unsigned", result)
    t.match(r"clock|time", result.err, "names the clock as a possible cause", result)
    t.equal(dnsq.texts(v4(31), record(host)), [], "nothing was written")


def no_zone(t, w):
    """zones that do not exist"""
    result = start(w, "www.nosuch.test", environment(), timeout=40)
    t.exits(result, 1, "a name in no zone of this server: exit status 1")
    t.match(r"NOTAUTH|not.*(zone|authoritative)|no zone", result.err, "says so", result)
    env = environment(RFC2136_ZONE="nosuch.test")
    refused(t, w, "zone1.bind.test", env, r"nosuch\.test", BIND, "RFC2136_ZONE elsewhere")
    result = start(w, "zone2.bind.test", environment(RFC2136_ZONE="zone2.bind.test"), timeout=40)
    t.exits(result, 1, "RFC2136_ZONE that the server does not have: exit status 1")
    t.match(r"zone2\.bind\.test", result.err, "names the zone", result)
    env = environment(PRIMARIES["Knot"][1])
    refused(t, w, "zone4.bind.test", env, r"NOTAUTH.*bind\.test|bind\.test.*NOTAUTH", BIND,
            "a server that does not have the zone")
    for zone in ("bind.test", "bind.test.", "BIND.test"):
        env = environment(RFC2136_ZONE=zone)
        t.exits(start(w, "zone3.bind.test", env), 0, f"RFC2136_ZONE={zone} works")
        t.exits(stop(w, "zone3.bind.test", env), 0, f"RFC2136_ZONE={zone}: stop works")


def server_notations(t, w):
    """the server's address"""
    for server in ("ns1.bind.test", "ns1.bind.test:53", v6(10), f"[{v6(10)}]", f"[{v6(10)}]:5353",
                   v4(10) + ":5353", None):
        env = environment(RFC2136_NAMESERVER=server)
        result = start(w, "notation.bind.test", env)
        t.exits(result, 0, f"RFC2136_NAMESERVER={server}: start")
        t.exits(stop(w, "notation.bind.test", env), 0, f"RFC2136_NAMESERVER={server}: stop")
        t.equal(dnsq.texts(BIND, record("notation.bind.test")), [], f"{server}: all gone")
    w.addresses(99)
    for server, pattern in (("nowhere.bind.test", r"nowhere\.bind\.test"),
                            (v4(99), r"10\.53\.0\.99.*(refused|connect)|refused.*10\.53\.0\.99"),
                            ("not a name", r"RFC2136_NAMESERVER|nameserver|not a name"),
                            (v4(10) + ":99999", r"port|99999")):
        refused(t, w, "notation2.bind.test", environment(RFC2136_NAMESERVER=server), pattern, BIND,
                f"RFC2136_NAMESERVER={server}")


def unsigned(t, w):
    """updates without a key"""
    for zone, number in (("open-bind.test", 10), ("open-knot.test", 20), ("open-pdns.test", 30)):
        host, env = "www." + zone, environment(number, None)
        t.exits(start(w, host, env), 0, f"{zone}: start")
        t.equal(dnsq.texts(v4(number), record(host)), sorted(FOREIGN + [VALUE]),
                f"{zone}: the value is there")
        t.exits(stop(w, host, env), 0, f"{zone}: stop")
        t.equal(dnsq.texts(v4(number), record(host)), FOREIGN, f"{zone}: the value is gone")
    for zone, number in PRIMARIES.values():
        refused(t, w, f"unsigned.{zone}", environment(number, None), r"REFUSED|NOTAUTH",
                v4(number), f"{zone} wants a key")


def key_files(t, w):
    """keys from files"""
    home = lab.namespace.HOME
    with open(home + "/tk1.key", "w", encoding="utf-8") as file:
        file.write("// made by tsig-keygen\n" + TK1.bind_text())
    with open(home + "/tk1.secret", "w", encoding="utf-8") as file:
        file.write(TK1.secret + "\n")
    os.chmod(home + "/tk1.key", 0o600)
    os.chmod(home + "/tk1.secret", 0o600)
    host = "files.bind.test"
    for env, name in (
            (environment(10, None, RFC2136_TSIG_FILE=home + "/tk1.key"), "RFC2136_TSIG_FILE"),
            (environment(RFC2136_TSIG_SECRET=None, RFC2136_TSIG_SECRET_FILE=home + "/tk1.secret"),
             "RFC2136_TSIG_SECRET_FILE"),
            (environment(10, None, TSIG_KEY_NAME="hmac-sha256:tk1", TSIG_KEY=TK1.secret),
             "TSIG_KEY_NAME and TSIG_KEY"),
            (environment(10, None, TKIP_KEY_NAME="hmac-sha256:tk1", TKIP_KEY=TK1.secret),
             "TKIP_KEY_NAME and TKIP_KEY")):
        t.exits(start(w, host, env), 0, f"{name}: start")
        t.equal(dnsq.texts(BIND, record(host)), [VALUE], f"{name}: the value is there")
        t.exits(stop(w, host, env), 0, f"{name}: stop")
    result = start(w, host, environment(RFC2136_TSIG_SECRET_FILE=home + "/tk1.secret"))
    t.exits(result, 1, "a secret and its file at once: exit status 1")
    t.match(r"RFC2136_TSIG_SECRET_FILE", result.err, "names both", result)
    for env, pattern, name in (
            (environment(10, None, RFC2136_TSIG_FILE=home + "/none.key"), r"none\.key",
             "a key file that is not there"),
            (environment(RFC2136_TSIG_SECRET="not base64!"), r"base64", "a secret not in base64"),
            (environment(RFC2136_TSIG_ALGORITHM="hmac-sha3"), r"hmac-sha3", "unknown algorithm"),
            (environment(RFC2136_TSIG_SECRET=None), r"SECRET", "a key without its secret")):
        refused(t, w, "files2.bind.test", env, pattern, BIND, name)


def settings_files(t, w):
    """settings in /etc/default/acme-dns and /etc/conf.d/acme-dns"""
    host, other = "default.bind.test", servers.Key("tk1")
    os.makedirs("/etc/conf.d", exist_ok=True)

    def write(path, key, secret_name="TSIG_KEY"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"# comment\n\n{secret_name}_NAME=hmac-sha256:{key.name}\n"
                       f"{secret_name}='{key.secret}'\n")
        os.chmod(path, 0o600)

    def both_work(name, env):
        result = start(w, host, env)
        t.exits(result, 0, f"{name}: start")
        t.equal(dnsq.texts(BIND, record(host)), [VALUE], f"{name}: the value is there")
        t.exits(stop(w, host, env), 0, f"{name}: stop")

    write("/etc/default/acme-dns", TK1)
    both_work("/etc/default", {})
    write("/etc/default/acme-dns", other)
    refused(t, w, host, {}, r"BADSIG", BIND, "a wrong secret in /etc/default")
    both_work("the environment wins", environment())
    write("/etc/conf.d/acme-dns", TK1)
    both_work("/etc/conf.d wins over /etc/default", {})
    write("/etc/conf.d/acme-dns", TK1, "TKIP_KEY")
    os.remove("/etc/default/acme-dns")
    both_work("the older names", {})
    os.chmod("/etc/conf.d/acme-dns", 0o644)
    result = start(w, host, {})
    t.match(r"warning:.*/etc/conf\.d/acme-dns", result.err,
            "a warning when everybody may read the secret", result)
    t.exits(stop(w, host, {}), 0, "stop")
    os.remove("/etc/conf.d/acme-dns")


def concerning_zones(t, w):
    """providers, info, zones"""
    result = w.dnshook("providers")
    t.exits(result, 0, "providers: exit status 0")
    t.match(re_path(), result.out, "providers shows the path", result)
    result = w.dnshook("info", "rfc2136")
    t.exits(result, 0, "info: exit status 0")
    for name in ("RFC2136_NAMESERVER", "RFC2136_TSIG_KEY", "RFC2136_TSIG_SECRET",
                 "RFC2136_TSIG_ALGORITHM", "RFC2136_TSIG_FILE", "RFC2136_ZONE"):
        t.match(name, result.out, f"info names {name}")
    result = w.dnshook("zones", "rfc2136", env=environment())
    t.ok(result.code in (0, 1), "zones: ends with 0 or 1", result)
    t.ok(result.out or result.err, "zones: says something", result)
    for words in (("providers",), ("info", "rfc2136"), ("check", "www.bind.test")):
        result = w.dnshook("--json", *words, env=environment())
        try:
            json.loads(result.out)
            t.ok(True, f"--json {words[0]}: JSON")
        except ValueError as error:
            t.ok(False, f"--json {words[0]}: JSON", error, result)
    result = w.dnshook("check", "www.bind.test", "foreign one", env=environment())
    t.exits(result, 0, "check with a value that is there: exit status 0")
    result = w.dnshook("check", "www.bind.test", "not there", env=environment())
    t.exits(result, 1, "check with a value that is not there: exit status 1")


def re_path():
    """The provider's file."""
    return os.environ["PROVIDERDIR"].replace(".", r"\.") + r"/rfc2136\.so"


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("knotd", "nsd", "pdns_server", "pdnsutil")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        scenarios = [wrong_key(kind, what) for kind in reversed(PRIMARIES) for what in WRONG]
        scenarios += [clock_of_powerdns, algorithms, clocks, no_zone, server_notations, unsigned,
                      key_files, concerning_zones] + [round_trip(kind) for kind in PRIMARIES]
        tap.run(scenarios, w, parallel=8)
        tap.run([hook(kind) for kind in PRIMARIES], w, parallel=3)
        tap.run([settings_files], w)
        w.finish(tap)


if __name__ == "__main__":
    main()
