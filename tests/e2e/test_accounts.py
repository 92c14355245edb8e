#!/usr/bin/python3
"""Several accounts in one configuration: which name goes to which, what a domain says of its zone,
its alias, its time, and that nothing of the environment gets into an account."""
import os
import signal
import socket
import sys
import time

import dns.opcode

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, faults, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

K1, K2 = servers.Key("k1"), servers.Key("k2")
NS1, NS2 = {"ns.one.test": both(10)}, {"ns.two.test": both(11)}
SLOW = {"ns.one.test": both(10), "ns.slow.test": [v4(12)]}
START, STOP = "challenge-dns-start", "challenge-dns-stop"
HOME = lab.namespace.HOME
VALUE = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
ACCOUNTS = f"""
[account first]
provider = rfc2136
nameserver = {v4(10)}
tsig-key = k1
tsig-secret = {K1.secret}

[account second]
provider = rfc2136
nameserver = {v4(11)}
tsig-key = k2
tsig-secret-file = {HOME}/k2.secret
"""
DOMAINS = """
[domain one.test]
account = first

[domain two.test]
account = second

[domain sub.one.test]
account = second

[domain nobody.one.test]
account = none
"""


class Mute(faults.FaultServer):
    """Hands every message to the first BIND as it is, but answers no update."""

    def answer(self, wire, address, transport):
        if dns.opcode.from_flags(int.from_bytes(wire[2:4], "big")) == dns.opcode.UPDATE:
            return None
        with socket.create_connection((v4(10), 53), 5) as link, link.makefile("rb") as answer:
            link.sendall(len(wire).to_bytes(2, "big") + wire)
            return answer.read(int.from_bytes(answer.read(2), "big"))


def build(w):
    """Two BINDs, each with zones and a key that the other does not have."""
    w.delegate("one.test", NS1)
    w.delegate("two.test", NS2)
    w.delegate("third.test", NS1)
    w.delegate("slow.test", SLOW)
    w.start()
    one = w.add(servers.Bind("one", w.addresses(10), keys=[K1]))
    one.primary("one.test", zones.zone_text("one.test", NS1, zones.ns_lines(
        "sub.one.test", NS2, "one.test") + [
            "_acme-challenge.alias.one.test. 60 CNAME alias.two.test.",
            "_acme-challenge.wrong.one.test. 60 CNAME elsewhere.two.test."]))
    one.primary("third.test", zones.zone_text("third.test", NS1, [
        "_acme-challenge.www.third.test. 60 CNAME www.third.two.test."]))
    one.primary("slow.test", zones.zone_text("slow.test", SLOW, zones.address_lines(
        "ns.slow.test", [v4(12)])))
    one.start()
    two = w.add(servers.Bind("two", w.addresses(11), keys=[K2]))
    two.primary("two.test", zones.zone_text("two.test", NS2))
    two.primary("sub.one.test", zones.zone_text("sub.one.test", NS2))
    two.start()
    w.addresses(12)
    w.add(faults.FaultServer("slow", [v4(12)], faults.Lagging(v4(10), 1000)))
    w.addresses(13)
    w.add(Mute("mute", [v4(13)], None))
    write("k2.secret", K2.secret + "\n")


def write(name, text, mode=0o600):
    """A file of the lab's; returns its path."""
    path = f"{HOME}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def config(name, text):
    """The environment that names a configuration and a state directory of the scenario's own."""
    state = f"{HOME}/state-{name}/dnshook"
    os.makedirs(state, exist_ok=True)
    return {"DNSHOOK_CONFIG": write(name + ".conf", text), "STATE_DIRECTORY": state}


def journal(env):
    """What is left on record."""
    return [name for name in os.listdir(env["STATE_DIRECTORY"]) if name.endswith(".json")]


def round_trip(t, w, env, host, server, record=None, words=(), name="dnshook"):
    """A start, which has to put the value on that server, and a stop."""
    record = record or "_acme-challenge." + host
    result = w.dnshook(*words, START, host, "", VALUE, "", env=env, name=name)
    t.exits(result, 0, f"{host}: start works")
    t.equal(dnsq.texts(v4(server), record), [VALUE], f"{host}: the value is at {record}", result)
    t.equal(len(journal(env)), 1, f"{host}: it is on record")
    result = w.dnshook(*words, STOP, host, "", VALUE, "", env=env, name=name)
    t.exits(result, 0, f"{host}: stop works")
    t.equal(dnsq.texts(v4(server), record), [], f"{host}: the value is gone", result)
    t.equal(journal(env), [], f"{host}: nothing is on record")


def routes(t, w):
    """each name goes to its account"""
    env = config("routes", ACCOUNTS + DOMAINS)
    round_trip(t, w, env, "www.one.test", 10)
    round_trip(t, w, env, "two.test", 11)
    round_trip(t, w, env, "host.sub.one.test", 11)
    round_trip(t, w, env, "www.third.test", 11, record="www.third.two.test")


def environment(t, w):
    """what the environment says of a provider does not get into an account"""
    env = config("environment", ACCOUNTS + DOMAINS)
    env |= {"RFC2136_NAMESERVER": v4(99), "RFC2136_TSIG_KEY": "k9", "RFC2136_ZONE": "two.test",
            "RFC2136_TSIG_SECRET": servers.Key("k9").secret}
    round_trip(t, w, env, "env.one.test", 10)


def nobody(t, w):
    """a name routed to nobody, and one that no domain matches"""
    env = config("nobody", ACCOUNTS + DOMAINS)
    for host in ("nobody.one.test", "x.nobody.one.test", "slow.test"):
        result = w.dnshook(START, host, "", VALUE, "", env=env)
        t.exits(result, 42, f"{host}: 42")
        t.equal(result.err, "", f"{host}: in silence")
    env = config("nobody", ACCOUNTS + DOMAINS + "[default]\naccount = first\n")
    round_trip(t, w, env, "www.third.test", 11, record="www.third.two.test")
    t.exits(w.dnshook(START, "nobody.one.test", "", VALUE, env=env), 42, "none stays none")
    env = config("nobody", ACCOUNTS + "[default]\naccount = first\n")
    round_trip(t, w, env, "default.one.test", 10)


def by_name(t, w):
    """an account asked for by option, name of the call, or variable"""
    env = config("names", ACCOUNTS + DOMAINS)
    os.makedirs(HOME + "/links")
    link = HOME + "/links/50-second.hook"
    os.symlink(os.environ["BINDIR"] + "/dnshook", link)
    round_trip(t, w, env, "option.two.test", 11, words=("--provider", "second"))
    round_trip(t, w, env, "link.two.test", 11, name=link)
    round_trip(t, w, {**env, "DNSHOOK_PROVIDER": "second"}, "variable.two.test", 11)
    result = w.dnshook("--provider", "first", START, "x.two.test", "", VALUE, env=env)
    t.exits(result, 1, "the wrong account fails")
    t.match("rfc2136: ", result.err, "and the provider says why", result)
    result = w.dnshook("--config", env["DNSHOOK_CONFIG"], "test", "second", "test.two.test",
                       env={"STATE_DIRECTORY": env["STATE_DIRECTORY"]})
    t.exits(result, 0, "dnshook test ACCOUNT DOMAIN")
    t.match("second: provider rfc2136", result.err, "says the account", result)


def domains(t, w):
    """what a domain says: alias, TTL, zone, time, quorum, resolvers"""
    def with_domain(name, lines):
        return config(name, ACCOUNTS + f"[domain {name}.one.test]\n" + lines)

    env = with_domain("alias", "account = second\nalias = alias.two.test\nttl = 77\n")
    round_trip(t, w, env, "alias.one.test", 11, record="alias.two.test")
    t.exits(w.dnshook(START, "alias.one.test", "", VALUE, env=env), 0, "start")
    ttl = dnsq.patient(v4(11), "alias.two.test").answer[0].ttl
    t.equal(ttl, 77, "the TTL is the configuration's")
    t.exits(w.dnshook(STOP, "alias.one.test", "", VALUE, env=env), 0, "stop")
    env = with_domain("wrong", "account = second\nalias = alias.two.test\n")
    result = w.dnshook(START, "wrong.one.test", "", VALUE, env=env)
    t.exits(result, 1, "an alias that does not lead there fails")
    t.match(r'"_acme-challenge.wrong.one.test. CNAME alias.two.test."', result.err,
            "with the record to write", result)
    t.equal(dnsq.texts(v4(11), "alias.two.test"), [], "before anything is written")
    env = with_domain("zone", "account = first\nzone = third.test\n")
    result = w.dnshook(START, "zone.one.test", "", VALUE, env=env)
    t.exits(result, 1, "a zone that does not hold the record name fails")
    t.match("third.test", result.err, "and is named", result)
    t.match(r"RFC2136_ZONE is the key zone of the configuration \(.*/zone\.conf:\d+\)", result.err,
            "with the line that it stands in", result)
    env = with_domain("resolvers", f"account = first\nresolvers = {v4(99)}\n")
    result = w.dnshook("--timeout", "4", START, "resolvers.one.test", "", VALUE, env=env)
    t.match(v4(99), result.err, "the domain's resolvers are asked", result)
    t.exits(w.dnshook("--timeout", "20", START, "resolvers.one.test", "", VALUE,
                      env={**env, "DNSHOOK_RESOLVERS": v4(3)}), 0, "DNSHOOK_RESOLVERS wins")
    t.exits(w.dnshook(STOP, "resolvers.one.test", "", VALUE,
                      env={**env, "DNSHOOK_RESOLVERS": v4(3)}), 0, "stop")


def times(t, w):
    """deadlines: the domain's, that of [propagation], --timeout before both"""
    lines = "[domain slow.test]\naccount = first\n"
    env = config("times", ACCOUNTS + lines + "deadline = 5\n[propagation]\ndeadline = 200\n")
    begin = time.monotonic()
    result = w.dnshook(START, "a.slow.test", "", VALUE, env=env, timeout=100)
    t.exits(result, 1, "the domain's deadline ends the wait")
    t.ok(time.monotonic() - begin < 60, "long before 200 s", result)
    env = config("times", ACCOUNTS + lines + "[propagation]\ndeadline = 5\n")
    begin = time.monotonic()
    result = w.dnshook(START, "b.slow.test", "", VALUE, env=env, timeout=100)
    t.exits(result, 1, "that of [propagation] does")
    t.ok(time.monotonic() - begin < 60, "long before 240 s", result)
    env = config("times", ACCOUNTS + lines + "deadline = 200\n")
    result = w.dnshook("--timeout", "4", START, "c.slow.test", "", VALUE, env=env, timeout=100)
    t.exits(result, 1, "--timeout wins")
    for host in "abc":
        t.equal(dnsq.texts(v4(10), f"_acme-challenge.{host}.slow.test"), [],
                f"{host}: the value was taken back")


def mixed_times(t, w):
    """a name of which nothing is said has its own time beside one that has less"""
    slow = "[domain slow.test]\naccount = third\n[domain one.test]\naccount = first\n"
    third = ACCOUNTS[:ACCOUNTS.index("\n[account second]")].replace("first", "third")
    for name, text in (("domain", ACCOUNTS + third + slow + "deadline = 4\n"),
                       ("account", ACCOUNTS.replace("\n[account second]",
                                                    "sync-timeout = 1\n[account second]")
                        + third + slow)):
        hosts = (f"{name}.slow.test", f"{name}.one.test")
        run = w.start_dnshook("deploy_challenge", *[word for host in hosts for word in
                                                    (host, "t", VALUE)],
                              env=config("mixed-" + name, text))
        time.sleep(6)
        run.signal(signal.SIGTERM)
        t.exits(run.wait(), 143, f"a short time of the other's {name}: the wait goes on")


def one_fails(t, w):
    """names of two accounts in one call: one service is silent, the other's value is taken back"""
    env = config("fails", ACCOUNTS.replace(v4(10), v4(13)) + DOMAINS)
    hosts = ("fails.one.test", "fails.two.test")
    triples = [word for host in hosts for word in (host, "t", VALUE)]
    result = w.dnshook("-v", "--timeout", "16", "deploy_challenge", *triples, env=env, timeout=100)
    t.exits(result, 1, "the call fails")
    t.match("_acme-challenge.fails.two.test: the value has been added", result.err,
            "the second account had its value", result)
    t.equal(dnsq.texts(v4(11), "_acme-challenge.fails.two.test"), [],
            "which is gone, though the time ends with the first account's", result)
    t.match("later run: dnshook --config '[^']*' --provider 'first' challenge-dns-stop fails.one",
            result.err, "what is unknown is said", result)
    t.equal(len(journal(env)), 1, "and on record")


def killed(t, w):
    """a killed run is on record under its account, and the stop finds it"""
    env = config("killed", ACCOUNTS + "[domain slow.test]\naccount = first\n")
    run = w.start_dnshook(START, "k.slow.test", "", VALUE, env=env)
    dnsq.wait_until(lambda: dnsq.texts(v4(10), "_acme-challenge.k.slow.test") == [VALUE], "start")
    run.signal(signal.SIGKILL)
    run.wait()
    names = journal(env)
    t.equal(len(names), 1, "one entry")
    with open(f"{env['STATE_DIRECTORY']}/{names[0]}", encoding="utf-8") as file:
        t.match('"provider": "first"', file.read(), "with the account's name")
    t.exits(w.dnshook(STOP, "k.slow.test", "", VALUE, env=env), 0, "the stop works")
    t.equal(dnsq.texts(v4(10), "_acme-challenge.k.slow.test"), [], "the value is gone")
    t.equal(journal(env), [], "and the entry")


def what_to_run_first(t, w):
    """a command that is named finds the account: it names the configuration, too"""
    env = config("it's moved", ACCOUNTS + "[domain slow.test]\naccount = first\n")
    run = w.start_dnshook(START, "m.slow.test", "", VALUE, env=env)
    dnsq.wait_until(lambda: dnsq.texts(v4(10), "_acme-challenge.m.slow.test") == [VALUE], "start")
    run.signal(signal.SIGKILL)
    run.wait()
    path = f"{env['STATE_DIRECTORY']}/{journal(env)[0]}"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("_acme-challenge.m.", "_acme-challenge.before."))
    result = w.dnshook(START, "m.slow.test", "", VALUE, env=env)
    t.exits(result, 1, "a value that the journal has at another place")
    command = result.err.partition("first run: dnshook ")[2].strip()
    t.ok(command, "a command is named", result)
    del env["DNSHOOK_CONFIG"]
    t.exits(lab.run("sh", "-c", f"{os.environ['BINDIR']}/dnshook {command}",
                    env=lab.process.clean_environment(**env)), 0, "which works")
    t.equal(journal(env), [], "and nothing is on record")


def rerouted(t, w):
    """a stop finds its value when the configuration routes the name elsewhere by then"""
    for lines in ("account = none\n", "account = first\n"):
        env = config("rerouted", ACCOUNTS + "[domain two.test]\naccount = second\n")
        t.exits(w.dnshook(START, "rerouted.two.test", "", VALUE, env=env), 0, "start")
        env = config("rerouted", ACCOUNTS + "[domain two.test]\n" + lines)
        result = w.dnshook(STOP, "rerouted.two.test", "", VALUE, env=env)
        t.exits(result, 0, f"{lines[:-1]}: stop")
        t.equal(dnsq.texts(v4(11), "_acme-challenge.rerouted.two.test"), [],
                f"{lines[:-1]}: the value is gone", result)
        t.equal(journal(env), [], f"{lines[:-1]}: nothing is on record")


def wrong(t, w):
    """a wrong configuration never reaches the network"""
    cases = {
        "section": ("[acount x]\nprovider = rfc2136\n", r":\d+: .*account"),
        "account": (ACCOUNTS + "[domain one.test]\naccount = frist\n", r":\d+: .*first"),
        "key": (ACCOUNTS.replace("nameserver", "nameservr", 1) + DOMAINS, r":\d+: .*nameserver"),
        "another's key": (ACCOUNTS.replace("secret-file", "secret-fiel") + DOMAINS,
                          r":\d+: .*tsig-secret"),
        "twice": (ACCOUNTS + "[account first]\nprovider = rfc2136\n", r":\d+: "),
        "number": (ACCOUNTS + DOMAINS + "[propagation]\ndeadline = soon\n", r":\d+: "),
        "provider": ("[account x]\nprovider = rfc2137\n[domain one.test]\naccount = x\n",
                     r":2: there is no provider 'rfc2137' .*rfc2136"),
        "missing": ("[account x]\nprovider = rfc2136\ntsig-key = a\n[domain one.test]\n"
                    "account = x\n", "tsig"),
    }
    before = len(w.resolver_questions())
    for name, (text, pattern) in cases.items():
        result = w.dnshook(START, "quiet.one.test", "", VALUE, env=config("refused", text))
        t.exits(result, 1, f"{name}: exit status 1")
        t.match(pattern, result.err, f"{name}: says where and what", result)
    path = config("refused", ACCOUNTS + DOMAINS)["DNSHOOK_CONFIG"]
    other = config("other", ACCOUNTS + "[domain two.test]\naccount = second\n")["DNSHOOK_CONFIG"]
    os.chmod(other, 0o644)
    result = w.dnshook("--config", other, START, "quiet.two.test", "", VALUE)
    t.exits(result, 1, "another account's secret that everybody may read: refused")
    t.match("run chmod o= ", result.err, "with what to do", result)
    for mode, word in ((0o644, "chmod"), (0o666, "chmod"), (0o662, "chmod")):
        os.chmod(path, mode)
        result = w.dnshook("--config", path, START, "quiet.one.test", "", VALUE)
        t.exits(result, 1, f"{mode:o}: refused")
        t.match(word, result.err, f"{mode:o}: with what to do", result)
    text = (ACCOUNTS + DOMAINS).replace("/k2.secret", "/no.secret")
    for host, code in (("quiet.three.test", 1), ("early.one.test", 0)):
        env = config("refused-file", text)
        result = w.dnshook(START, host, "", VALUE, env=env)
        t.exits(result, code, f"{host}: another account's file is not there: exit status {code}")
    t.exits(w.dnshook(STOP, host, "", VALUE, env=env), 0, f"{host}: stop")
    result = w.dnshook(START, "quiet.three.test", "", VALUE, env=env)
    t.match(r":\d+: there is no file \S+/no.secret", result.err, "says where and what", result)
    result = w.dnshook("--config", HOME + "/none", START, "quiet.one.test", "", VALUE)
    t.exits(result, 1, "a file that is not there")
    asked = [name for name, _ in w.resolver_questions()[before:] if "quiet" in name]
    t.equal(asked, [], "no question about it reached the resolver")
    os.chmod(path, 0o640)
    t.exits(w.dnshook("--config", path, START, "quiet.one.test", "", VALUE), 0,
            "the group may read it")
    t.exits(w.dnshook("--config", path, STOP, "quiet.one.test", "", VALUE), 0, "stop")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([routes, environment, nobody, by_name, domains, times, mixed_times, one_fails,
                 killed, what_to_run_first, wrong], w, parallel=4)
        w.finish(tap)


if __name__ == "__main__":
    main()
