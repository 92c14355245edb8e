#!/usr/bin/python3
"""dnshook doctor: every fault of an installation is named, with its remedy, and a sound one is
called so."""
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnssec, process, servers, zones  # noqa: E402
from lab.world import RESOLVER, both, v4  # noqa: E402

TK1 = servers.Key("tk1")
ENV = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
HOME = lab.namespace.HOME
HOOKS = "/etc/acme/hooks"
CONFIG = "/etc/dnshook/dnshook.conf"
PROGRAM = os.environ.get("BINDIR", "") + "/dnshook"
DAY = 86400
SCRIPT = "#!/bin/sh\nexit 42\n"


def build(w):
    """A signed root, BIND with one zone."""
    w.signer = dnssec.Signer()
    nameservers = {"ns1.doctor.test": both(10)}
    w.delegate("doctor.test", nameservers)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary("doctor.test", zones.zone_text("doctor.test", nameservers))
    bind.start()
    w.addresses(102)


def doctor(w, *options, env=None, **more):
    """dnshook doctor."""
    return w.dnshook(*options, "doctor", env={**ENV, **(env or {})}, timeout=90, **more)


def write(path, text, mode=0o644):
    """A file, and the directories above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def named(t, result, kind, pattern, remedy=None):
    """One line of a kind, and what to do."""
    t.match(rf"(?m)^{kind} +[^\n]*{pattern}", result.out, f"{kind}: {pattern}", result)
    if remedy is not None:
        t.match(rf"{pattern}[^\n]*\n +to do: [^\n]*{remedy}", result.out, f"to do: {remedy}",
                result)


def sound(t, w):
    """a sound installation"""
    result = doctor(w)
    t.exits(result, 0)
    t.no_match(r"(?m)^(remark|problem) ", result.out, "no remark and no problem", result)
    t.equal(result.err, "", "nothing on standard error")
    for pattern in (r"program: dnshook \d",
                    r"configuration: there is no /etc/dnshook/dnshook\.conf",
                    r"providers: rfc2136 \S+, /\S+/rfc2136\.so", r"state: /var/lib/dnshook ",
                    r"accounts: rfc2136: [^\n]*10\.53\.0\.10 from RFC2136_NAMESERVER",
                    r"accounts: rfc2136: [^\n]*\[hidden\] from RFC2136_TSIG_SECRET",
                    r"accounts: rfc2136: the service takes the credentials",
                    r"resolvers: 10\.53\.0\.3 answers", r"clock: it is within the signatures"):
        named(t, result, "ok", pattern)
    t.no_match(TK1.secret.replace("+", r"\+"), result.out + result.err, "no secret")
    t.no_match(r"accounts: route53", result.out, "a provider without settings is not tried", result)
    t.ok(not os.path.exists("/var/lib/dnshook"), "nothing was made")
    said = json.loads(doctor(w, "--json").out)
    t.ok(said["ok"] is True and {each["kind"] for each in said["findings"]} == {"ok"}, "as JSON",
         said)
    t.no_match(TK1.secret.replace("+", r"\+"), json.dumps(said), "no secret in it")


def hooks(t, w):
    """hooks of acmetool"""
    os.makedirs(HOOKS)
    os.symlink(PROGRAM, HOOKS + "/rfc2136")
    write(HOOKS + "/other", SCRIPT, 0o755)
    write(HOOKS + "/.hidden.so", SCRIPT, 0o755)
    result = doctor(w)
    t.exits(result, 0, "good ones: exit status 0")
    named(t, result, "ok", "hooks: /etc/acme/hooks/rfc2136 is dnshook, with rfc2136")
    named(t, result, "ok", "hooks: /etc/acme/hooks/other is another program's")
    os.symlink("/nowhere/dnshook", HOOKS + "/gone")
    os.symlink(PROGRAM, HOOKS + "/typo")
    os.symlink(PROGRAM, HOOKS + "/50-dnshook")
    write(HOOKS + "/route53.so", SCRIPT, 0o755)
    write(HOOKS + "/rfc2136~", SCRIPT, 0o755)
    write(HOOKS + "/dns.hook.dpkg-dist", SCRIPT, 0o755)
    write(HOOKS + "/open", SCRIPT, 0o757)
    write(HOOKS + "/idle", SCRIPT, 0o644)
    shutil.copy("/bin/true", HOOKS + "/privileged")
    os.chmod(HOOKS + "/privileged", 0o4755)
    write(HOOKS + "/sudo-script", SCRIPT, 0o4755)
    result = doctor(w)
    t.exits(result, 1, "bad ones: exit status 1")
    for name, text, remedy in (("gone", "leads nowhere", "take it away"),
                               ("typo", "is dnshook, and its name is that of no account",
                                "the name"),
                               ("50-dnshook", "is dnshook, and neither its name",
                                "name of a provider"),
                               ("route53\\.so", "is executable[^\\n]*shared object",
                                "take it away"),
                               ("rfc2136~", "is executable[^\\n]*backup of an editor",
                                "take it away"),
                               ("dns\\.hook\\.dpkg-dist", "is executable[^\\n]*package manager",
                                "take it away"),
                               ("open", "may be written by everybody", "chmod o-w"),
                               ("privileged", "has the set-user-ID", "chmod u-s")):
        named(t, result, "problem", f"hooks: /etc/acme/hooks/{name} {text}", remedy)
    named(t, result, "remark", "hooks: /etc/acme/hooks/idle is not executable", r"chmod \+x")
    named(t, result, "ok", "hooks: /etc/acme/hooks/sudo-script is another program's")
    t.no_match(r"\.hidden", result.out, "what acmetool passes over is not named", result)
    shutil.rmtree(HOOKS)
    os.makedirs(HOOKS)
    os.chmod(HOOKS, 0o777)
    result = doctor(w)
    t.exits(result, 1, "a directory that everybody may write: exit status 1")
    named(t, result, "problem", "hooks: /etc/acme/hooks may be written by everybody", "chmod o-w")
    shutil.rmtree(HOOKS)


def programs(t, w):
    """hooks of other clients"""
    write("/etc/dehydrated/config", f'CA="x"\n# HOOK=/no\nHOOK="{PROGRAM}"\n')
    write("/etc/letsencrypt/renewal/a.test.conf",
          f"[renewalparams]\nmanual_auth_hook = {PROGRAM}\nmanual_cleanup_hook = {PROGRAM} x\n")
    result = doctor(w)
    t.exits(result, 0, "good ones: exit status 0")
    named(t, result, "ok", rf"dehydrated \(/etc/dehydrated/config\) runs {PROGRAM}")
    named(t, result, "ok", rf"certbot \(/etc/letsencrypt/renewal/a\.test\.conf\) runs {PROGRAM} x")
    write("/etc/dehydrated/config", "HOOK=/etc/dehydrated/hook.sh\n")
    write("/etc/dehydrated/conf.d/x.sh", "HOOK=${BASEDIR}/hook\n")
    write("/etc/letsencrypt/renewal/a.test.conf", f"manual_auth_hook = {PROGRAM}\n")
    write("/etc/letsencrypt/cli.ini", "manual-auth-hook = /etc/plain.sh\n")
    write("/etc/plain.sh", SCRIPT)
    result = doctor(w)
    t.exits(result, 1, "bad ones: exit status 1")
    named(t, result, "problem",
          r"dehydrated[^\n]* is to run /etc/dehydrated/hook\.sh: No such file",
          "correct the path")
    named(t, result, "problem", r"a\.test\.conf has manual_auth_hook, but no manual_cleanup_hook",
          "give the same")
    named(t, result, "problem", r"is to run /etc/plain\.sh, which is not executable", r"chmod \+x")
    for path in ("/etc/dehydrated", "/etc/letsencrypt", "/etc/plain.sh"):
        (shutil.rmtree if os.path.isdir(path) else os.remove)(path)


def providers(t, w):
    """the provider directory"""
    good = os.path.dirname([line.split()[-1] for line in w.dnshook("providers").out.splitlines()
                            if line.startswith("rfc2136")][0])
    folder = HOME + "/providers"
    shutil.copytree(good, folder)
    write(folder + "/broken.so", "no library", 0o644)
    os.chmod(folder + "/route53.so", 0o646)
    os.remove(folder + "/_http.so")
    result = doctor(w, "--provider-dir", folder)
    t.exits(result, 1)
    named(t, result, "problem", rf"providers: {folder}/broken\.so: ")
    named(t, result, "problem", r"route53\.so: refused: [^\n]*written by everybody[^\n]*chmod o-w")
    named(t, result, "problem", "the part that carries HTTP cannot be loaded",
          "install dnshook anew")
    named(t, result, "ok", rf"providers: rfc2136 \S+, {folder}/rfc2136\.so")
    result = doctor(w, "--provider-dir", HOME + "/nothing")
    t.exits(result, 1, "no directory: exit status 1")
    named(t, result, "problem", "cannot read the provider directory")
    os.makedirs(HOME + "/empty")
    named(t, doctor(w, "--provider-dir", HOME + "/empty"), "problem", "providers: there is none in",
          "install one")


def state(t, w):
    """the state directory"""
    path = HOME + "/state/dnshook"
    env = {"STATE_DIRECTORY": path}
    os.makedirs(path, mode=0o700)
    write(path + "/00.json", "{}")
    result = doctor(w, env=env)
    t.exits(result, 0, "a fresh entry: exit status 0")
    named(t, result, "ok", f"state: {path} can hold the journal")
    named(t, result, "ok", r"state: 1 value is on record")
    os.utime(path + "/00.json", (time.time() - 7200,) * 2)
    result = doctor(w, env=env)
    t.exits(result, 0, "an old entry: exit status 0")
    named(t, result, "remark", r"state: 1 of 1 on record in [^\n]* is older than an hour",
          "dnshook clean")
    for change, text in ((lambda: os.chmod(path, 0o770), "may be written by others"),
                         (lambda: os.chown(path, 65534, 0), "belongs to another user")):
        change()
        result = doctor(w, env=env)
        t.exits(result, 1, f"{text}: exit status 1")
        named(t, result, "problem", f"state: {path} {text}", "chown it")
    write(HOME + "/state/file", "")
    result = doctor(w, env={"STATE_DIRECTORY": HOME + "/state/file/x"})
    named(t, result, "ok", "state: /var/lib/dnshook ")


def another_user(t, w):
    """a user who is not root, beside root's directory"""
    home = HOME + "/user"
    os.makedirs("/var/lib/dnshook", mode=0o700, exist_ok=True)
    os.makedirs(home)
    os.chown(home, 65534, -1)
    command = ["setpriv", "--reuid=65534", "--clear-groups", PROGRAM, "doctor"]
    for directory, status, kind in ((home, 0, "ok"), ("/nowhere", 1, "problem")):
        env = process.clean_environment(**ENV, HOME=directory)
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=90,
                              check=False)
        said = done.stdout + done.stderr
        t.equal(done.returncode, status, f"{directory}: exit status {status}", said)
        t.match(r"(?m)^ok +state: /var/lib/dnshook belongs to another user", said,
                "root's is no fault")
        t.no_match(r"chown it", said, "and is not to be given away")
        t.match(rf"(?m)^{kind} +state: "
                + (home + r"/\.local/state/dnshook will be made" if status == 0
                   else r"there is no directory[^\n]*\n +to do: run this as the user"), said,
                f"{directory}: {kind}")


def hidden(t, w):
    """hooks where a user who is not root may not look"""
    os.makedirs(HOME + "/hidden", mode=0o700)
    shutil.copy("/bin/true", HOME + "/hidden/hook")
    os.makedirs(HOOKS, exist_ok=True)
    os.symlink(HOME + "/hidden/hook", HOOKS + "/hidden")
    write("/etc/dehydrated/config", f"HOOK={HOME}/hidden/hook\n")
    command = ["setpriv", "--reuid=65534", "--clear-groups", PROGRAM, "doctor"]
    result = subprocess.run(command, env=process.clean_environment(**ENV), capture_output=True,
                            text=True, timeout=90, check=False)
    os.remove(HOOKS + "/hidden")
    os.remove("/etc/dehydrated/config")
    t.no_match(r"(?m)^problem +hooks", result.stdout, "nothing is known to be wrong")
    for client, path in (("acmetool ", HOOKS + "/hidden"),
                         ("dehydrated ", HOME + "/hidden/hook")):
        t.match(rf"(?m)^remark +hooks: {client}[^\n]*runs {path}, which this user may not look at"
                r"[^\n]*\n +to do: run this as the user who", result.stdout, client)


def accounts(t, w):
    """accounts of the environment"""
    result = doctor(w, env={"RFC2136_TSIG_SECRET": servers.Key("x").secret})
    t.exits(result, 1, "a wrong secret: exit status 1")
    named(t, result, "problem", r"accounts: rfc2136: [^\n]*BADSIG")
    result = w.dnshook("doctor")
    t.exits(result, 0, "nothing is set: exit status 0")
    named(t, result, "remark", "accounts: no account: nothing is set",
          "environment of the ACME client")
    result = w.dnshook("--provider", "nosuch", "doctor")
    t.exits(result, 1, "no such provider: exit status 1")
    named(t, result, "problem", "there is no provider 'nosuch'")
    path = write(HOME + "/secret", TK1.secret + "\n")
    env = {**ENV, "RFC2136_TSIG_SECRET_FILE": path}
    del env["RFC2136_TSIG_SECRET"]
    result = w.dnshook("doctor", env=env)
    t.exits(result, 1, "a secret that everybody may read: exit status 1")
    named(t, result, "problem", rf"{path} holds a secret and everybody may read it[^\n]*chmod o=")
    os.chmod(path, 0o600)
    result = w.dnshook("doctor", env=env)
    t.exits(result, 0, "a secret in a file: exit status 0")
    named(t, result, "ok", rf"\[hidden\] from {path}")


def configuration(t, w):
    """the configuration"""
    good = f"""[account one]
provider = rfc2136
nameserver = {v4(10)}
key = tk1
secret = {TK1.secret}
algorithm = {TK1.algorithm}

[domain doctor.test]
account = one
"""
    info = w.dnshook("info", "rfc2136").out
    for name in ("nameserver", "key", "secret", "algorithm"):
        for line in info.splitlines():
            if line.split(" ")[0].endswith(name):
                good = good.replace(f"\n{name} = ", f"\n{line.split(' ')[0]} = ", 1)
    write(CONFIG, good, 0o600)
    result = w.dnshook("doctor")
    t.exits(result, 0, "a good one: exit status 0")
    named(t, result, "ok", rf"configuration: {CONFIG} can be read: 1 account, 1 domain\n")
    named(t, result, "ok", rf"accounts: one: [^\n]*{v4(10)} from {CONFIG}")
    named(t, result, "ok", "accounts: one: the service takes the credentials")
    t.no_match(TK1.secret.replace("+", r"\+"), result.out + result.err, "no secret")
    write(CONFIG, good.replace("[domain", "colour = red\n\n[domain"), 0o600)
    result = w.dnshook("doctor")
    t.exits(result, 1, "an unknown parameter: exit status 1")
    named(t, result, "problem", rf"configuration: {CONFIG}:\d+: [^\n]*colour")
    write(CONFIG, good.replace("[account", "[acount"), 0o600)
    result = doctor(w)
    t.exits(result, 1, "an unknown section: exit status 1")
    named(t, result, "problem", rf"configuration: {CONFIG}:1: ")
    named(t, result, "ok", "resolvers: ")
    t.no_match(r"accounts: ", result.out, "no account is guessed", result)
    write(CONFIG, good, 0o646)
    result = w.dnshook("doctor")
    t.exits(result, 1, "a file that others may write: exit status 1")
    named(t, result, "problem", r"configuration: [^\n]*may be written by others")
    os.remove(CONFIG)


def resolvers(t, w):
    """resolvers"""
    result = doctor(w, env={"DNSHOOK_RESOLVERS": f"{v4(102)},{v4(RESOLVER)}"})
    t.exits(result, 0, "one of two is dead: exit status 0")
    named(t, result, "remark", r"resolvers: 10\.53\.0\.102 does not answer", "resolv.conf")
    named(t, result, "ok", r"resolvers: 10\.53\.0\.3 answers")
    result = doctor(w, env={"DNSHOOK_RESOLVERS": v4(102)})
    t.exits(result, 1, "all are dead: exit status 1")
    named(t, result, "problem", r"resolvers: 10\.53\.0\.102 does not answer", "resolv.conf")


def clock(t, w):
    """a clock that is wrong"""
    result = w.dnshook("doctor", env=process.clock_shift(90 * DAY))
    t.exits(result, 1)
    named(t, result, "problem", "clock: [^\\n]*seems to be fast", "set the clock")


def interrupted(t, w):
    """what cannot be"""
    t.exits(w.dnshook("doctor", "x"), 2, "an argument: exit status 2")
    with open("/dev/full", "w", encoding="utf-8") as full:
        code = subprocess.run([PROGRAM, "doctor"], stdout=full, stderr=subprocess.DEVNULL,
                              env=process.clean_environment(**ENV), check=False).returncode
    t.equal(code, 1, "a full disk: exit status 1")


SCENARIOS = [sound, hooks, programs, providers, state, another_user, hidden, accounts,
             configuration, resolvers, clock, interrupted]


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("dnssec-keygen", "dnssec-signzone", "dnssec-dsfromkey")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run(SCENARIOS, w)
        w.finish(tap)


if __name__ == "__main__":
    main()
