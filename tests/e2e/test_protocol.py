#!/usr/bin/python3
"""acmetool's protocol to the letter: events, arguments, names, values, files, and what must not
happen."""
import glob
import os
import re
import shutil
import signal
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, faults, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

TK1 = servers.Key("tk1")
ENV = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
START, STOP = "challenge-dns-start", "challenge-dns-stop"
HOME = lab.namespace.HOME
LINKS = HOME + "/links"
VALUE = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"


def build(w):
    """BIND, and a scripted server that never has the value."""
    nameservers = {"ns1.proto.test": both(10)}
    never = {**nameservers, "ns2.proto.test": [v4(100)]}
    silent = {**nameservers, "ns3.proto.test": [v4(101)]}
    for zone, hosts in (("proto.test", nameservers), ("never.test", never),
                        ("silent.test", silent)):
        w.delegate(zone, hosts)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary("proto.test", zones.zone_text("proto.test", nameservers, zones.address_lines(
        "ns2.proto.test", [v4(100)]) + zones.address_lines("ns3.proto.test", [v4(101)])))
    bind.primary("never.test", zones.zone_text("never.test", never))
    bind.primary("silent.test", zones.zone_text("silent.test", silent))
    bind.start()
    w.addresses(100, 101)
    w.add(faults.FaultServer("never", [v4(100)], faults.Lagging(v4(10), 1000)))
    w.add(faults.FaultServer("silent", [v4(101)], faults.silent))
    os.makedirs(LINKS)


def link(name):
    """A symlink to the program, as in a hooks directory."""
    path = f"{LINKS}/{name}"
    try:
        os.symlink(os.environ["BINDIR"] + "/dnshook", path)
    except FileExistsError:
        pass  # another scenario made it
    return path


def state(name):
    """A state directory of the scenario's own, with the environment that names it."""
    path = f"{HOME}/state-{name}"
    os.makedirs(path, mode=0o700, exist_ok=True)
    return path, {**ENV, "STATE_DIRECTORY": path}


def values(host):
    """What is at the challenge name."""
    return dnsq.texts(v4(10), "_acme-challenge." + host)


def entries(path):
    """Files below a state directory that are no locks."""
    return [name for name in glob.glob(path + "/**", recursive=True)
            if os.path.isfile(name) and "lock" not in os.path.basename(name)]


def one_line(t, result, name):
    """Checks that there is exactly one line on standard error, and it is dnshook's."""
    t.match(r"\Adnshook: [^\n]+\n\Z", result.err, f"{name}: one line on standard error", result)


# ---- events --------------------------------------------------------------------------------------


def other_events(t, w):
    """events that are not ours"""
    events = [("live-updated",), ("challenge-http-start", "h.proto.test", "t", "token"),
              ("challenge-http-stop", "h.proto.test", "t", "token"),
              ("challenge-tls-sni-start", "h.proto.test", "t", "a.invalid", "b.invalid"),
              ("challenge-tls-sni-stop", "h.proto.test", "t", "a.invalid", "b.invalid"),
              ("challenge-made-up", "x"), ("made-up",)]
    for words in events:
        for program in ("rfc2136", "dnshook", "no-such-provider"):
            result = w.dnshook(*words, name=link(program), env={"ACME_STATE_DIR": "/var/lib/acme"})
            silent = (result.code, result.out, result.err) == (42, "", "")
            t.ok(silent, f"{words[0]} as {program}: 42, silently", result)
    for words in events[:-2]:
        result = w.dnshook(*words, name=link("rfc2136"))
        t.exits(result, 42, f"{words[0]} without ACME_STATE_DIR: 42")
    with open("/proc/self/mounts", encoding="utf-8") as names:
        result = w.dnshook("live-updated", name=link("rfc2136"), stdin=names,
                           env={"ACME_STATE_DIR": "/var/lib/acme"})
    t.exits(result, 42, "live-updated with names on standard input: 42")


def unknown_word(t, w):
    """an unknown first word"""
    for word, near in (("chek", "check"), ("provider", "providers"), ("challenge-dns-strat", START)):
        result = w.dnshook(word)
        t.exits(result, 2, f"{word}: exit status 2")
        t.match(rf"\b{near}\b", result.err, f"{word}: {near} is suggested", result)
        t.equal(result.out, "", f"{word}: nothing on standard output")


def arguments(t, w):
    """FLAG and TARGETFILE"""
    _, env = state("arguments")
    forms = {"no FLAG": ["", VALUE], "empty FLAG": ["", VALUE, ""],
             "wildcard": ["", VALUE, "wildcard"], "unknown FLAG": ["", VALUE, "later"],
             "one more": ["", VALUE, "", "more"], "TARGETFILE": ["proto.test", VALUE, ""],
             "odd TARGETFILE": ["/etc/../%s%n\n", VALUE, ""]}
    for name, words in forms.items():
        host = f"{name.replace(' ', '-').lower()}.proto.test"
        result = w.dnshook(START, host, *words, name=link("rfc2136"), env=env)
        t.exits(result, 0, f"{name}: start")
        t.equal(result.out, "", f"{name}: standard output is empty")
        t.equal(values(host), [VALUE], f"{name}: the value is there")
        t.exits(w.dnshook(STOP, host, *words, name=link("rfc2136"), env=env), 0, f"{name}: stop")
        t.equal(values(host), [], f"{name}: the value is gone")


def too_few(t, w):
    """too few arguments"""
    for event in (START, STOP):
        for words in ((), ("h.proto.test",), ("h.proto.test", "")):
            result = w.dnshook(event, *words, name=link("rfc2136"), env=ENV)
            t.exits(result, 2, f"{event} with {len(words)}: exit status 2")
            one_line(t, result, f"{event} with {len(words)}")
            t.equal(result.out, "", f"{event} with {len(words)}: nothing on standard output")
    for words in ((), ("test",), ("check",), ("info",), ("zones",), ("--timeout",),
                  ("--timeout", "soon", "providers"), ("--timeout", "-1", "providers"),
                  ("--no-such-option", "providers")):
        result = w.dnshook(*words, env=ENV)
        t.exits(result, 2, f"dnshook {' '.join(words)}: exit status 2")
        t.equal(result.out, "", f"dnshook {' '.join(words)}: nothing on standard output")
        t.match(r"^dnshook: ", result.err, f"dnshook {' '.join(words)}: says what is wrong", result)


# ---- names and values ----------------------------------------------------------------------------

BAD_HOSTS = {"empty": "", "a dot": ".", "line feed": "a\nb.proto.test", "control": "a\x01.proto.test",
             "blank": "a b.proto.test", "underscore": "a_b.proto.test", "empty label": "a..proto.test",
             "leading dot": ".proto.test", "64-byte label": "x" * 64 + ".proto.test",
             "254 bytes": ("x" * 49 + ".") * 4 + "y" * 43 + ".proto.test",
             "no room for _acme-challenge": ("x" * 49 + ".") * 4 + "y" * 38 + ".proto.test",
             "U-label": "m\u00fcnchen.proto.test", "star": "*.proto.test", "slash": "a/b.proto.test",
             "hyphen first": "-a.proto.test", "hyphen last": "a-.proto.test",
             "backslash": "a\\046b.proto.test", "percent": "%s%n.proto.test"}
BAD_VALUES = {"empty": "", "256 bytes": "v" * 256, "line feed": "a\nb", "DEL": "a\x7f",
              "UTF-8": "a\u00fc", "tab": "a\tb"}
GOOD_VALUES = {"255 bytes": "v" * 255, "hyphen": "-abc", "two hyphens": "--help",
               "option with value": "--timeout=1", "quote": 'a"b', "backslash": "a\\b",
               "semicolon": "a;b", "blank": "a b", "at": "@", "percent": "%s%n%x"}


def bad_hosts(t, w):
    """names that are refused"""
    for name, host in BAD_HOSTS.items():
        for event in (START, STOP):
            result = w.dnshook(event, host, "", VALUE, name=link("rfc2136"), env=ENV)
            t.exits(result, 2, f"{name}: {event}: exit status 2")
        one_line(t, result, name)
        t.no_match(r"[\x00-\x09\x0b-\x1f\x7f]", result.err, f"{name}: no control bytes are echoed")
    for host in ("-h", "a..b"):
        t.exits(w.dnshook("test", "rfc2136", host, env=ENV), 2, f"test {host!r}: exit status 2")


def good_hosts(t, w):
    """names that are taken"""
    _, env = state("hosts")
    for host in ("UPPER.Proto.TEST", "xn--mnchen-3ya.proto.test", "1.2.proto.test",
                 "x" * 63 + ".proto.test", "proto.test", "a--b.proto.test"):
        result = w.dnshook(START, host, "", VALUE, name=link("rfc2136"), env=env)
        t.exits(result, 0, f"{host}: start")
        t.equal(values(host), [VALUE], f"{host}: the value is there")
        t.exits(w.dnshook(STOP, host, "", VALUE, name=link("rfc2136"), env=env), 0,
                f"{host}: stop")
        t.equal(values(host), [], f"{host}: the value is gone")


def bad_values(t, w):
    """values that are refused"""
    for name, value in BAD_VALUES.items():
        for event in (START, STOP):
            result = w.dnshook(event, "h.proto.test", "", value, name=link("rfc2136"), env=ENV)
            t.exits(result, 2, f"{name}: {event}: exit status 2")
        one_line(t, result, name)
    t.equal(values("h.proto.test"), [], "nothing was written")


def good_values(t, w):
    """values that are taken"""
    _, env = state("values")
    for name, value in GOOD_VALUES.items():
        host = f"{name.replace(' ', '-')}.value.proto.test"
        result = w.dnshook(START, host, "", value, name=link("rfc2136"), env=env)
        t.exits(result, 0, f"{name}: start")
        t.equal(values(host), [value], f"{name}: exactly this value is there")
        t.exits(w.dnshook(STOP, host, "", value, name=link("rfc2136"), env=env), 0,
                f"{name}: stop")
        t.equal(values(host), [], f"{name}: the value is gone")


# ---- names of the program ------------------------------------------------------------------------


def called_by(t, w):
    """the name it is called by"""
    _, env = state("called")
    for name in ("rfc2136", "50-rfc2136.hook", "lt-rfc2136", "rfc2136.sh", "00-rfc2136"):
        host = f"{name.replace('.', '-')}.proto.test"
        t.exits(w.dnshook(START, host, "", VALUE, name=link(name), env=env), 0, f"{name}: start")
        t.equal(values(host), [VALUE], f"{name}: the value is there")
        t.exits(w.dnshook(STOP, host, "", VALUE, name=link(name), env=env), 0, f"{name}: stop")
    for name in ("dnshook", "dnshook.hook", "50-dnshook"):
        result = w.dnshook(START, "h.proto.test", "", VALUE, name=link(name), env=env)
        t.exits(result, 1, f"{name} names no provider: exit status 1")
        t.match(r"DNSHOOK_PROVIDER|--provider", result.err, f"{name}: says what to do", result)
        named = dict(env, DNSHOOK_PROVIDER="rfc2136")
        t.exits(w.dnshook(START, "h.proto.test", "", VALUE, name=link(name), env=named), 0,
                f"{name} with DNSHOOK_PROVIDER: start")
        t.exits(w.dnshook(STOP, "h.proto.test", "", VALUE, name=link(name), env=named), 0,
                f"{name} with DNSHOOK_PROVIDER: stop")
    path = os.environ["PROVIDERDIR"] + "/rfc2136.so"
    t.exits(w.dnshook("--provider", path, START, "h.proto.test", "", VALUE, env=env), 0,
            "--provider FILE: start")
    t.exits(w.dnshook("--provider", path, STOP, "h.proto.test", "", VALUE, env=env), 0,
            "--provider FILE: stop")
    t.equal(values("h.proto.test"), [], "nothing is left")


def no_provider(t, w):
    """providers that are not there, or may not be loaded"""
    for options, name in (((), "no-such"), (("--provider", "no-such"), "dnshook")):
        result = w.dnshook(*options, START, "h.proto.test", "", VALUE, name=link(name), env=ENV)
        t.exits(result, 1, f"{name} {options}: exit status 1")
        t.match(r"no-such", result.err, f"{name} {options}: is named", result)
        t.match(r"rfc2136", result.err, f"{name} {options}: those that exist are named", result)
    for word in ("../rfc2136", "rfc2136/../rfc2136", "a" * 300, "x\ny"):
        result = w.dnshook("--provider", word, START, "h.proto.test", "", VALUE, env=ENV)
        t.ok(result.code in (1, 2), f"--provider {word[:20]!r}: refused", result)
    folder = HOME + "/open-providers"
    shutil.copytree(os.environ["PROVIDERDIR"], folder)
    os.chmod(folder, 0o777)
    words = ("--provider-dir", folder, "--provider", "rfc2136", START, "h.proto.test", "", VALUE)
    result = w.dnshook(*words, env=ENV)
    t.exits(result, 1, "a directory that others may write: exit status 1")
    t.match(r"writ", result.err, "says why", result)
    os.chmod(folder, 0o755)
    os.chmod(folder + "/rfc2136.so", 0o666)
    result = w.dnshook(*words, env=ENV)
    t.exits(result, 1, "a file that others may write: exit status 1")
    t.match(r"writ", result.err, "says why", result)
    for variable in ("LTDL_LIBRARY_PATH", "DNSHOOK_PROVIDER_DIR"):
        result = w.dnshook("info", "no-such", env={variable: folder})
        t.ok(result.code not in (0, 42), f"{variable} leads to no code", result)
    t.equal(values("h.proto.test"), [], "nothing was written")


def setuid(t, w):
    """a setuid copy refuses to run"""
    copy = HOME + "/setuid-dnshook"
    shutil.copy(os.environ["BINDIR"] + "/dnshook", copy)
    os.chmod(copy, 0o4755)
    result = lab.run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy,
                     "--provider", "rfc2136", START, "h.proto.test", "", VALUE,
                     env=lab.process.clean_environment(**ENV))
    t.ok(result.code not in (0, 42) and result.code > 0, "it fails", result)
    t.match(r"setuid|set-user-id|privilege", result.err, "says why", result)
    t.equal(values("h.proto.test"), [], "nothing was written")


# ---- the journal ---------------------------------------------------------------------------------


def journal(t, w):
    """kill -9 in the middle, under umask 0"""
    path, env = state("kill")
    host = "kill.never.test"
    running = w.start_dnshook(START, host, "", VALUE, "", name=link("rfc2136"), env=env, umask=0)
    dnsq.wait_until(lambda: values(host) == [VALUE], "the value")
    running.signal(signal.SIGKILL)
    t.exits(running.wait(), -signal.SIGKILL, "it was killed")
    left = entries(path)
    t.equal(len(left), 1, "one file is left", left)
    texts = [open(name, encoding="utf-8").read() for name in left]
    t.match(re.escape(VALUE), "".join(texts), "it names the value")
    t.match(re.escape(host), "".join(texts), "it names the host")
    t.no_match(re.escape(TK1.secret), "".join(texts), "it does not hold the secret")
    check_modes(t, path)
    result = w.dnshook(STOP, host, "", VALUE, "", name=link("rfc2136"), env=env)
    t.exits(result, 0, "stop works")
    t.equal(entries(path), [], "the file is gone")
    t.equal(values(host), [], "the value is gone")


def check_modes(t, path):
    """Checks that all below the state directory is for root alone."""
    for name in [path] + glob.glob(path + "/**", recursive=True):
        info = os.lstat(name)
        wanted = 0o700 if stat.S_ISDIR(info.st_mode) else 0o600
        t.equal(oct(stat.S_IMODE(info.st_mode)), oct(wanted), f"mode of {name[len(path):] or '/'}")


def default_state(t, w):
    """the state directory is made when it is missing"""
    host = "default.never.test"
    shutil.rmtree("/var/lib/dnshook", ignore_errors=True)
    running = w.start_dnshook(START, host, "", VALUE, "", name=link("rfc2136"), env=ENV, umask=0)
    dnsq.wait_until(lambda: values(host) == [VALUE], "the value")
    t.equal(len(entries("/var/lib/dnshook")), 1, "one file in /var/lib/dnshook")
    if os.path.isdir("/var/lib/dnshook"):
        check_modes(t, "/var/lib/dnshook")
    running.signal(signal.SIGTERM)
    t.ok(running.wait().code in (143, -15), "SIGTERM ends it")
    t.equal(entries("/var/lib/dnshook"), [], "the file is gone")
    t.equal(values(host), [], "the value is gone")


def read_only(t, w):
    """no state directory can be written at all"""
    script = ("for each in /var /root /run; do mount -t tmpfs -o ro tmpfs $each; done; "
              'exec dnshook "$@"')
    environment = lab.process.clean_environment(**ENV, DNSHOOK_PROVIDER="rfc2136")
    environment["PATH"] += ":" + os.environ["BINDIR"]
    for event, left in ((START, [VALUE]), (STOP, [])):
        result = lab.run("unshare", "--mount", "sh", "-ec", script, "sh", event, "all-ro.proto.test",
                         "", VALUE, "", env=environment)
        t.exits(result, 0, f"{event} works")
        t.equal(values("all-ro.proto.test"), left, f"{event}: the values are right")
        if event == START:
            t.match(r"^dnshook: warning: [^\n]*(state|journal|record)", result.err, "a warning",
                    result)


def unwritable_state(t, w):
    """a state directory that cannot be written"""
    folder = HOME + "/read-only"
    os.makedirs(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], check=True)
    for path in (folder, folder + "/none", "/proc/none", "/dev/null"):
        env = {**ENV, "STATE_DIRECTORY": path}
        result = w.dnshook(START, "ro.proto.test", "", VALUE, name=link("rfc2136"), env=env)
        t.exits(result, 0, f"{path}: start works")
        t.match(r"^dnshook: warning: STATE_DIRECTORY", result.err, f"{path}: a warning", result)
        t.equal(values("ro.proto.test"), [VALUE], f"{path}: the value is there")
        t.exits(w.dnshook(STOP, "ro.proto.test", "", VALUE, name=link("rfc2136"), env=env), 0,
                f"{path}: stop works")
        t.equal(values("ro.proto.test"), [], f"{path}: the value is gone")


def stop_does_not_wait(t, w):
    """stop does not wait for servers"""
    _, env = state("stop")
    for zone in ("never.test", "silent.test"):
        result = w.dnshook(STOP, "stop." + zone, "", VALUE, name=link("rfc2136"), env=env)
        t.exits(result, 0, f"{zone}: exit status 0")
        t.ok(result.wall < 3, f"{zone}: it ends at once", result)


# ---- the rest ------------------------------------------------------------------------------------


def closed_descriptors(t, w):
    """closed standard streams"""
    path, env = state("closed")
    script = f'exec {link("rfc2136")} "$@" <&- >&- 2>&-'
    for event, left in ((START, [VALUE]), (STOP, [])):
        result = lab.run("sh", "-c", script, "sh", event, "closed.proto.test", "", VALUE,
                         env=lab.process.clean_environment(**env))
        t.exits(result, 0, f"{event}: exit status 0")
        t.equal(values("closed.proto.test"), left, f"{event}: the values are right")
    t.equal(entries(path), [], "nothing is in the journal")
    result = lab.run("sh", "-c", f"exec {link('dnshook')} providers >/dev/full")
    t.ok(result.code == 1, "a full device is an error", result)


def pages(t, w):
    """--help and --version"""
    for words in (("--help",), ("--version",)):
        result = w.dnshook(*words)
        t.exits(result, 0, f"{words[0]}: exit status 0")
        t.ok(result.out, f"{words[0]}: prints on standard output")
        t.equal(result.err, "", f"{words[0]}: nothing on standard error")
    t.match(r"^dnshook \d+\.\d+", w.dnshook("--version").out, "the version")
    result = w.dnshook("--help")
    for word in ("test", "check", "providers", "info", "zones", "--provider", "--provider-dir",
                 "--timeout", "--json"):
        t.match(rf"(?<![\w-]){word}\b", result.out, f"--help names {word}")
    t.equal([line for line in result.out.splitlines() if len(line) > 80], [], "in 80 columns")
    result = w.dnshook("check", "--help")
    t.exits(result, 0, "check --help: exit status 0")
    t.match(r"^usage: dnshook \[OPTION \.\.\.\] check DOMAIN \[VALUE\]\n", result.out,
            "check --help: its arguments")
    result = w.dnshook("test", "route53")
    t.exits(result, 2, "test with a provider alone: exit status 2")
    t.match(r'"route53" is no domain: usage: ', result.err, "and says so")
    result = w.dnshook("--ca", "let's encrypt", "check", "one.test")
    t.exits(result, 2, "--ca with no domain: exit status 2")
    t.match(r"--ca: .*letsencrypt\.org", result.err, "and says what it takes")


def quiet_and_verbose(t, w):
    """-q and -v"""
    _, env = state("verbose")
    quiet = w.dnshook("-q", "--provider", "rfc2136", START, "q.proto.test", "", VALUE, env=env)
    t.equal((quiet.code, quiet.out, quiet.err), (0, "", ""), "-q: nothing is said", quiet)
    loud = w.dnshook("-v", "-v", "--provider", "rfc2136", STOP, "q.proto.test", "", VALUE, env=env)
    t.exits(loud, 0, "-v -v: exit status 0")
    t.ok(loud.err and not loud.out, "-v -v: speaks on standard error", loud)
    t.no_match(re.escape(TK1.secret), loud.err, "-v -v: not the secret")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([default_state], w)  # alone: others fall back to this directory
        tap.run([journal, other_events, unknown_word, arguments, too_few, bad_hosts,
                 good_hosts, bad_values, good_values, called_by, setuid, unwritable_state, read_only,
                 stop_does_not_wait, closed_descriptors, pages, quiet_and_verbose], w, parallel=6)
        tap.run([no_provider], w)
        w.finish(tap)


if __name__ == "__main__":
    main()
