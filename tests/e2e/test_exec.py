#!/usr/bin/python3
"""The provider exec: scripts as providers, against BIND; what a script is given, each way in which
it can fail, and what becomes of it. The scripts of the manual page run as they stand there."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, manual, process, servers, zones  # noqa: E402
from lab.namespace import HOME  # noqa: E402
from lab.world import both, v4  # noqa: E402

PAGE = "providers/exec/dnshook-exec.7"
EXAMPLES = {"nsupdate": "docs/examples/exec-nsupdate.sh",
            "dnsapi": "docs/examples/exec-acme-sh.sh"}
ZONE = "exec.test"
NAMESERVERS = {"ns1.exec.test": both(10), "ns2.exec.test": both(40)}
BIND, SECOND = v4(10), v4(40)
TK1 = servers.Key("tk1")
FOREIGN = ["foreign"]
VALUE = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
PROGRAMS = HOME + "/programs"
KEY = PROGRAMS + "/acme.key"
START, STOP = "challenge-dns-start", "challenge-dns-stop"
# Far less than a script that hangs would take, and far more than anything else does.
SOON = 40


def build(w):
    """BIND with a secondary; the scripts of the page."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS, [
        f'_acme-challenge.{host}.{ZONE}. 60 TXT "{FOREIGN[0]}"' for host in ("www", "acme-sh")]))
    bind.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(40)))
    secondary.secondary(ZONE, BIND)
    secondary.start()
    os.makedirs(PROGRAMS, 0o755)
    write(KEY, TK1.bind_text(), 0o600)
    for word in EXAMPLES:
        write(f"{PROGRAMS}/{word}", manual.program(PAGE, word), 0o755)
    write(PROGRAMS + "/wrapper", WRAPPER, 0o755)


def write(path, text, mode):
    """A file with this mode."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def read(path):
    """What is in a file; "" if there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


# A program that notes its calls and does what LAB_ADD and LAB_REMOVE say before it goes on to the
# page's nsupdate.
WRAPPER = f"""#!/bin/sh
echo "$1 $3" >>"$LAB_LOG"
case $1 in
add) eval "$LAB_ADD" ;;
remove) eval "$LAB_REMOVE" ;;
esac
exec {PROGRAMS}/nsupdate "$@"
"""


class Script:
    """The noting program with a log of its own."""

    def __init__(self, w, host, add=":", remove=":", **more):
        self.w, self.host, self.name = w, f"{host}.{ZONE}", f"_acme-challenge.{host}.{ZONE}"
        self.log, self.folder = f"{HOME}/log-{host}", f"{HOME}/state-{host}"
        os.makedirs(self.folder, 0o700)
        names = ["NSUPDATE_SERVER", "NSUPDATE_KEY", "LAB_LOG", "LAB_ADD", "LAB_REMOVE", "LAB_DIR"]
        self.env = {"DNSHOOK_EXEC_PROGRAM": PROGRAMS + "/wrapper",
                    "DNSHOOK_EXEC_PASS_ENVIRONMENT": " ".join(names), "LAB_LOG": self.log,
                    "LAB_ADD": add, "LAB_REMOVE": remove, "LAB_DIR": self.folder,
                    "NSUPDATE_SERVER": BIND, "NSUPDATE_KEY": KEY,
                    "STATE_DIRECTORY": self.folder + "/dnshook", **more}
        os.makedirs(self.folder + "/dnshook", 0o700)

    def words(self, event, *options, value=VALUE):
        """The call of a hook."""
        return ["--provider", "exec", *options, event, self.host, "", value, ""]

    def start(self, *options, value=VALUE, **more):
        """challenge-dns-start."""
        return self.w.dnshook(*self.words(START, *options, value=value), env=self.env, **more)

    def stop(self, value=VALUE):
        """challenge-dns-stop."""
        return self.w.dnshook(*self.words(STOP, value=value), env=self.env)

    def texts(self, server=BIND):
        """The values at the name."""
        return dnsq.texts(server, self.name)

    def calls(self):
        """What was run."""
        return [line.split()[0] for line in read(self.log).splitlines()]

    def journal(self):
        """The entries of the journal."""
        return os.listdir(self.folder + "/dnshook")

    def pid_in(self, name):
        """The number that the script has left in a file."""
        path = f"{self.folder}/{name}"
        dnsq.wait_until(lambda: read(path).endswith("\n"), path)
        return int(read(path))


def is_gone(pid):
    """Whether a process has ended, within a while."""
    def ended():
        text = read(f"/proc/{pid}/stat")
        return not text or text.rsplit(")", 1)[1].split()[0] == "Z"
    try:
        dnsq.wait_until(ended, f"the end of process {pid}", seconds=15)
    except TimeoutError:
        return False
    return True


# ---- what works ----------------------------------------------------------------------------------


def examples(t, _w):
    """the programs of the page are those of docs/examples"""
    for word, path in EXAMPLES.items():
        t.equal(manual.program(PAGE, word),
                read(os.path.join(os.environ["TOP_SRCDIR"], path)), path)


def round_trip(t, w):
    """dnshook test with nsupdate"""
    env = {"DNSHOOK_EXEC_PROGRAM": PROGRAMS + "/nsupdate",
           "DNSHOOK_EXEC_PASS_ENVIRONMENT": "NSUPDATE_SERVER NSUPDATE_KEY",
           "NSUPDATE_SERVER": BIND, "NSUPDATE_KEY": KEY}
    result = w.dnshook("test", "exec", "www." + ZONE, env=env)
    t.exits(result, 0)
    for address in both(10) + both(40):
        t.ok(address in result.out, f"the table names {address}", result)
    t.match(r"program \S+/nsupdate may be run; it is given NSUPDATE_SERVER NSUPDATE_KEY",
            result.err, "says what is run and what it is given", result)
    t.equal(dnsq.texts(BIND, "_acme-challenge.www." + ZONE), FOREIGN,
            "only the foreign value is left")


def hook(t, w):
    """start and stop"""
    script = Script(w, "hook")
    for _ in range(2):
        t.exits(script.start(), 0, "start works, also twice")
        for address in both(10) + both(40):
            t.equal(script.texts(address), [VALUE], f"{address} serves the value at once")
    t.exits(script.start(value="second"), 0, "a second value")
    t.equal(script.texts(), sorted([VALUE, "second"]), "is beside the first")
    for _ in range(2):
        t.exits(script.stop(), 0, "stop works, also twice")
        t.equal(script.texts(), ["second"], "takes only its own away")
    t.exits(script.stop(value="second"), 0, "stop of the second")
    t.equal((script.texts(), script.journal()), ([], []), "nothing is left")


def values(t, w):
    """values that a shell would interpret"""
    script = Script(w, "values")
    for value in (f"$(touch {HOME}/pwned)", f"`touch {HOME}/pwned`", "-n", "--", "a  b",
                  'q"u\\o"te\\', f"; touch {HOME}/pwned", "it's", "*", "x;y", "x" * 255):
        t.exits(script.start(value=value), 0, f"start with {value[:30]!r}")
        t.equal(script.texts(), [value], f"{value[:30]!r} is served as it is")
        t.exits(script.stop(value=value), 0, f"stop with {value[:30]!r}")
        t.equal(script.texts(), [], f"{value[:30]!r} is gone")
    t.ok(not os.path.exists(HOME + "/pwned"), "nothing was run")


def surroundings(t, w):
    """what a script is given"""
    script = Script(w, "around", add="env >$LAB_DIR/env; : >$LAB_DIR/made; pwd >$LAB_DIR/pwd",
                    SECRET_TOKEN="canary", HOME="/root", LAB_EMPTY="")
    script.env["DNSHOOK_EXEC_PASS_ENVIRONMENT"] += " LAB_EMPTY LAB_NONE"
    t.exits(script.start(), 0, "start works")
    lines = dict(line.split("=", 1) for line in read(script.folder + "/env").splitlines())
    wanted = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
              "LC_ALL": "C", "NSUPDATE_SERVER": BIND, "NSUPDATE_KEY": KEY, "LAB_EMPTY": "",
              "LAB_LOG": script.log, "LAB_DIR": script.folder, "LAB_ADD": script.env["LAB_ADD"],
              "LAB_REMOVE": ":"}
    lines.pop("PWD", None)  # the shell's own
    t.equal(lines, wanted, "the environment has what was named, and no more")
    t.equal(os.stat(script.folder + "/made").st_mode & 0o777, 0o600, "the umask is 077")
    t.equal(read(script.folder + "/pwd"), "/\n", "the working directory is /")
    t.exits(script.stop(), 0, "stop works")


def effects(t, w):
    """what a script says it has done"""
    for word, pattern, entries in (("changed", "has been added", 1),
                                   ("unchanged", "was there already", 0),
                                   ("neither", "has been added", 1)):
        script = Script(w, word, add=f"{PROGRAMS}/nsupdate \"$@\"; echo {word}; exit 0")
        result = script.start("-v")
        t.exits(result, 0, f"{word}: start works")
        t.match(pattern, result.err, f"{word}: the log says so", result)
        t.equal(len(script.journal()), entries, f"{word}: the journal claims it, or not")
        t.exits(script.stop(), 0, f"{word}: stop works")
        t.equal((script.texts(), script.journal()), ([], []), f"{word}: nothing is left")


def configured(t, w):
    """two accounts of one configuration, each with a program"""
    script = Script(w, "config", TOKEN="canary")
    other = Script(w, "other.config")
    path = write(HOME + "/dnshook.conf", f"""
[account page]
provider = exec
program = {PROGRAMS}/nsupdate
pass-environment = NSUPDATE_SERVER NSUPDATE_KEY
[account noting]
provider = exec
program = {PROGRAMS}/wrapper
pass-environment = {script.env["DNSHOOK_EXEC_PASS_ENVIRONMENT"]}
[domain {script.host}]
account = page
[domain {other.host}]
account = noting
""", 0o600)
    for each, calls in ((script, []), (other, ["add", "remove"])):
        env = {name: text for name, text in each.env.items() if not name.startswith("DNSHOOK_EXEC")}
        env.update(DNSHOOK_CONFIG=path, DNSHOOK_EXEC_PROGRAM="/nowhere")
        for event, values_there in ((START, [VALUE]), (STOP, [])):
            result = w.dnshook(event, each.host, "", VALUE, "", env=env)
            t.exits(result, 0, f"{each.host}: {event} works")
            t.equal(each.texts(), values_there, f"{each.host}: the value is there, or gone")
        t.equal(each.calls(), calls, f"{each.host}: by its own program")


def busy(t, w):
    """exit status 75 is tried again"""
    script = Script(w, "busy", add="n=$(grep -c add $LAB_LOG); [ $n -gt 2 ] || "
                                   "{ echo the service is busy >&2; exit 75; }")
    result = script.start("-v")
    t.exits(result, 0, "start works")
    t.equal(script.calls(), ["add"] * 3, "at the third run", result)
    t.match(r"exit status 75, try again: the service is busy; trying again", result.err,
            "the log says why", result)
    t.equal(script.texts(), [VALUE], "the value is there")
    t.exits(script.stop(), 0, "stop works")


def background(t, w):
    """a process that a script leaves behind, which holds its output open"""
    script = Script(w, "background", add="sleep 1000 & echo $! >$LAB_DIR/pid")
    result = script.start()
    t.exits(result, 0, "start works")
    t.ok(result.wall < SOON, "nobody waits for it", result)
    t.ok(is_gone(script.pid_in("pid")), "it is ended")
    t.exits(script.stop(), 0, "stop works")


def flood(t, w):
    """a script that writes 50 MiB"""
    big = "head -c 25000000 /dev/zero; head -c 25000000 /dev/zero | tr '\\0' '\\n' >&2; "
    script = Script(w, "flood", add=big)
    result = script.start()
    t.exits(result, 0, "start works")
    t.ok(result.maxrss < 100000 or os.environ.get("SANITIZERS"), "and costs no memory",
         f"{result.maxrss} KiB")
    t.exits(script.stop(), 0, "stop works")
    script = Script(w, "flood2", add=big + "echo in the end it failed >&2; exit 1")
    result = script.start()
    t.exits(result, 1, "one that fails fails")
    t.match("exit status 1: in the end it failed", result.err, "with its last words", result)


def acme_sh(t, w):
    """a script of acme.sh, run as the page shows"""
    home = HOME + "/acme.sh"
    os.makedirs(home + "/dnsapi")
    write(home + "/acme.sh", ACME_SH, 0o644)
    write(home + "/dnsapi/dns_lab.sh", DNS_LAB, 0o644)
    env = {"DNSHOOK_EXEC_PROGRAM": PROGRAMS + "/dnsapi",
           "DNSHOOK_EXEC_PASS_ENVIRONMENT": "DNSAPI LE_WORKING_DIR LAB_SERVER LAB_KEY",
           "DNSAPI": "dns_lab", "LE_WORKING_DIR": home, "LAB_SERVER": BIND, "LAB_KEY": KEY}

    def call(*words, **more):
        return w.dnshook("--provider", "exec", *words, env={**env, **more})
    host, name = "acme-sh." + ZONE, "_acme-challenge.acme-sh." + ZONE
    t.exits(call(START, host, "", VALUE, ""), 0, "start works")
    t.equal(dnsq.texts(SECOND, name), sorted(FOREIGN + [VALUE]), "the value is there")
    del env["LAB_SERVER"]  # saved in account.conf by then
    t.exits(call(STOP, host, "", VALUE, ""), 0, "stop works")
    t.equal(dnsq.texts(BIND, name), FOREIGN, "the value is gone")
    t.exits(call("test", host), 0, "dnshook test works")
    result = call(START, host, "", VALUE, "", LAB_KEY="/nowhere")
    t.exits(result, 1, "a failure is one")
    t.match(r"exit status 1: .*could not add", result.err, "with acme.sh's words", result)
    result = call(START, host, "", VALUE, "", DNSAPI="dns_none")
    t.exits(result, 1, "an API that is not there")
    t.match(r"dns_none\.sh", result.err, "is named", result)


# What the page's program needs of acme.sh, with acme.sh's contracts: the last line runs the
# function that the first argument names; settings are kept in account.conf.
ACME_SH = r"""
LE_WORKING_DIR=${LE_WORKING_DIR:-$HOME/.acme.sh}
_info() { printf '[%s] %s\n' "$(date)" "$1"; }
_err() { printf '[%s] %s\n' "$(date)" "$1" >&2; return 1; }
_initpath() { ACCOUNT_CONF_PATH=$LE_WORKING_DIR/account.conf; [ -z "$1" ] && return 0; }
_readaccountconf_mutable() {
  sed -n "s/^SAVED_$1='\(.*\)'$/\1/p" "$ACCOUNT_CONF_PATH" 2>/dev/null | tail -n 1
}
_saveaccountconf_mutable() { printf "SAVED_%s='%s'\n" "$1" "$2" >>"$ACCOUNT_CONF_PATH"; }
showhelp() { echo help; }
main() { [ -z "$1" ] && showhelp && return; "$@"; }
main "$@"
"""
DNS_LAB = r"""
dns_lab_add() {
  LAB_SERVER="${LAB_SERVER:-$(_readaccountconf_mutable LAB_SERVER)}"
  _saveaccountconf_mutable LAB_SERVER "$LAB_SERVER"
  _info "adding $2 to $1"
  _lab_update "add $1. 60 TXT \"$2\"" || { _err "could not add $1"; return 1; }
}
dns_lab_rm() {
  LAB_SERVER="${LAB_SERVER:-$(_readaccountconf_mutable LAB_SERVER)}"
  _lab_update "delete $1. TXT \"$2\""
}
_lab_update() {
  printf 'server %s\nupdate %s\nsend\n' "$LAB_SERVER" "$1" | nsupdate -k "$LAB_KEY" >/dev/null 2>&1
}
"""


def conforms(t, w):
    """dnshook conform"""
    path = write(PROGRAMS + "/tell", TELL, 0o755)
    result = w.dnshook("conform", "exec", ZONE, timeout=600, env={
        "DNSHOOK_EXEC_PROGRAM": path, "NSUPDATE_SERVER": BIND, "NSUPDATE_KEY": KEY,
        "DNSHOOK_EXEC_PASS_ENVIRONMENT": "NSUPDATE_SERVER NSUPDATE_KEY"})
    t.exits(result, 0)
    t.no_match(r"^not ok", result.out, "no rule is broken", result)
    t.match(r"ok \d+ - add: a value is added\n", result.out, "changes are tried", result)


# The page's nsupdate, which says what it has done.
TELL = f"""#!/bin/sh
text=$(printf '%s' "$3" | sed 's/[\\\\"]/\\\\&/g')
there=no
dig +short +tcp "@$NSUPDATE_SERVER" "$2" TXT | grep -qxFe "\\"$text\\"" && there=yes
{PROGRAMS}/nsupdate "$@" || exit
case $1$there in
addno | removeyes) echo changed ;;
*) echo unchanged ;;
esac
"""


# ---- what fails ----------------------------------------------------------------------------------


def failures(t, w):
    """scripts that fail: what is taken back, and what is said"""
    rows = (("exit 1", r"exit status 1\b", True),
            ("echo no >&2; exit 9", "exit status 9: no", True),
            ("kill -9 $$", "ended by signal 9", True), ("exit 77", "permission denied", False),
            ("exit 65", "exit status 65, refused", False), ("exit 68", "no such zone", False),
            ("exit 78", "not configured", False), ("exit 69", "not reachable", True))
    for number, (add, pattern, taken_back) in enumerate(rows):
        done = f"{PROGRAMS}/nsupdate \"$@\"; " if taken_back else ""
        script = Script(w, f"fail{number}", add=done + add,
                        remove=f"{PROGRAMS}/nsupdate \"$@\" && echo changed; exit")
        result = script.start()
        t.exits(result, 1, f"{add}: start fails")
        t.match("exec: .*wrapper add " + script.name + ".*" + pattern, result.err,
                f"{add}: says why", result)
        t.equal(script.calls(), ["add", "remove"] if taken_back else ["add"],
                f"{add}: {'' if taken_back else 'not '}taken back")
        t.equal((script.texts(), script.journal()), ([], []), f"{add}: nothing is left", result)


def failing_remove(t, w):
    """a script that cannot remove"""
    script = Script(w, "stuck", remove="echo cannot >&2; exit 1")
    t.exits(script.start(), 0, "start works")
    result = script.stop()
    t.exits(result, 1, "stop fails")
    t.match("wrapper remove .*exit status 1: cannot", result.err, "says why", result)
    t.equal(len(script.journal()), 1, "it is still on record")
    script.env["LAB_REMOVE"] = ":"
    t.exits(script.stop(), 0, "a later stop works")
    t.equal((script.texts(), script.journal()), ([], []), "nothing is left")


def hanging(t, w):
    """a script that hangs"""
    script = Script(w, "hang", add="echo $$ >$LAB_DIR/pid; echo thinking >&2; sleep 1000; :",
                    remove=f"{PROGRAMS}/nsupdate \"$@\"; echo changed; exit 0",
                    DNSHOOK_EXEC_RUN_TIMEOUT="5")
    result = script.start(timeout=90)
    t.exits(result, 1, "start fails")
    t.ok(result.wall < SOON, "soon", result)
    t.match("DNSHOOK_EXEC_RUN_TIMEOUT.*was ended: thinking", result.err, "says why", result)
    t.ok(is_gone(script.pid_in("pid")), "the script is ended")
    t.equal(script.calls(), ["add", "remove"], "and taken back")
    t.equal(script.journal(), [], "nothing is on record")


def deadline(t, w):
    """a script that hangs until the call's time is over, adding and removing"""
    script = Script(w, "late", add="trap '' TERM; echo $$ >$LAB_DIR/pid; while :; do sleep 1; done",
                    remove="sleep 1000; :")
    result = script.start("--timeout", "8", timeout=90)
    t.exits(result, 1, "start fails")
    t.ok(result.wall < 9 + (5 if os.environ.get("SANITIZERS") else 0),
         "within a second of its time", result)
    t.ok(is_gone(script.pid_in("pid")), "the script is ended, though it ignores SIGTERM")
    t.match("challenge-dns-stop " + script.host, result.err, "the command for later", result)
    t.equal(len(script.journal()), 1, "the value is on record")


def interrupted(number):
    """Makes the scenario of a signal while the script runs."""
    def scenario(t, w):
        script = Script(w, f"signal{number}",
                        add=f"{PROGRAMS}/nsupdate \"$@\"; "
                            "trap 'echo $$ >$LAB_DIR/ended; exit 3' TERM; "
                            "echo $$ >$LAB_DIR/pid; while :; do sleep 0.1; done",
                        remove=f"{PROGRAMS}/nsupdate \"$@\" && echo changed; exit")
        running = w.start_dnshook(*script.words(START), env=script.env, timeout=90)
        pid = script.pid_in("pid")
        t.equal(script.texts(), [VALUE], "the value is there")
        sent = time.monotonic()
        running.signal(number)
        result = running.wait()
        t.exits(result, 128 + number, f"exit status {128 + number}")
        t.ok(time.monotonic() - sent < 12, "in time", result)
        t.equal(script.pid_in("ended"), pid, "the script was asked to end")
        t.ok(is_gone(pid), "it is gone")
        t.equal(script.calls(), ["add", "remove"], "it is run to take the value back", result)
        t.equal((script.texts(), script.journal()), ([], []), "nothing is left")
    scenario.__doc__ = f"signal {number} while a script runs"
    return scenario


def refused(t, w):
    """programs that are not run"""
    script = Script(w, "refused")
    path = PROGRAMS + "/mine"
    rows = ((0o666, 0, 0, "may be written by others"), (0o777, 0, 0, "may be written by others"),
            (0o770, 0, 1234, "may be written by others"), (0o755, 1234, 0, "another user"),
            (0o644, 0, 0, "may not be executed"))
    for mode, user, group, pattern in rows:
        write(path, f"#!/bin/sh\ntouch {HOME}/ran\n", 0o700)
        os.chown(path, user, group)
        os.chmod(path, mode)
        script.env["DNSHOOK_EXEC_PROGRAM"] = path
        result = script.start()
        t.exits(result, 1, f"mode {mode:04o}, {user}:{group}: fails")
        t.match(f"program {path} .*{pattern}", result.err, f"{pattern}: says why", result)
    os.symlink("nsupdate", PROGRAMS + "/link")
    for path, pattern in ((PROGRAMS + "/none", "cannot be examined: No such file"),
                          (PROGRAMS + "/link", f"leads elsewhere.*{PROGRAMS}/nsupdate"),
                          (PROGRAMS, "no regular file"), ("nsupdate", "not an absolute path"),
                          (None, "DNSHOOK_EXEC_PROGRAM")):
        env = dict(script.env, DNSHOOK_EXEC_PROGRAM=path)
        env = {name: text for name, text in env.items() if text is not None}
        result = w.dnshook(*script.words(START), env=env)
        t.exits(result, 1, f"{path}: fails")
        t.match(pattern, result.err, f"{path}: says why", result)
    t.ok(not os.path.exists(HOME + "/ran"), "none was run")
    t.equal(script.journal(), [], "nothing is on record")


def no_children(t, w):
    """a caller that ignores SIGCHLD"""
    script = Script(w, "nochild", add="exit 1")
    program = os.path.join(os.environ["BINDIR"], "dnshook")
    result = process.run("env", "--ignore-signal=CHLD", program, *script.words(START),
                         env=process.clean_environment(**script.env))
    t.exits(result, 1, "a failure is one")
    t.match("wrapper add .*exit status 1", result.err, "with its exit status", result)


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("nsupdate", "dig", "flock", "env")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([examples, deadline, hanging, interrupted(signal.SIGTERM),
                 interrupted(signal.SIGINT), round_trip, hook, values, surroundings, effects,
                 configured, busy, background, flood, acme_sh, failures, failing_remove, refused,
                 no_children], w, parallel=4)
        tap.run([conforms], w)  # alone: a zone of many changes at once is slow to transfer
        w.finish(tap)


if __name__ == "__main__":
    main()
