"""Pebble (the CA) and acmetool (the client)."""
import json
import os
import re
import subprocess

from . import dnsq, process
from .namespace import HOME
from .world import v4

CA_RESOLVER, PEBBLE = 4, 5
DIRECTORY = f"https://{v4(PEBBLE)}:14000/dir"
AGREEMENT = "data:text/plain,Do%20what%20thou%20wilt"
UNIT = "/lib/systemd/system/acmetool.service"


def start_pebble(world):
    """Starts a CA whose resolver keeps no answers; its certificate is HOME/pebble/cert.pem."""
    world.start_resolver("ca-resolver", CA_RESOLVER, "max-cache-ttl 0; max-ncache-ttl 0;")
    home = HOME + "/pebble"
    os.makedirs(home)
    world.addresses(PEBBLE)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=pebble",
                    "-addext", f"subjectAltName=IP:{v4(PEBBLE)}", "-keyout", home + "/key.pem",
                    "-out", home + "/cert.pem"], check=True, stderr=subprocess.DEVNULL)
    with open(home + "/config.json", "w", encoding="utf-8") as file:
        json.dump({"pebble": {
            "listenAddress": f"{v4(PEBBLE)}:14000", "managementListenAddress": f"{v4(PEBBLE)}:15000",
            "certificate": home + "/cert.pem", "privateKey": home + "/key.pem", "httpPort": 80,
            "tlsPort": 443, "ocspResponderURL": "", "externalAccountBindingRequired": False}}, file)
    environment = process.clean_environment(PEBBLE_VA_NOSLEEP=1, PEBBLE_WFE_NONCEREJECT=0,
                                            PEBBLE_AUTHZREUSE=0)
    pebble = world.add(process.Server("pebble", ["pebble", "-config", home + "/config.json",
                                                 "-dnsserver", f"{v4(CA_RESOLVER)}:53"], environment))
    dnsq.wait_until(_directory_answers, "Pebble", server=pebble)
    return pebble


def _directory_answers():
    return subprocess.run(["curl", "-s", "-o", "/dev/null", "--cacert", HOME + "/pebble/cert.pem",
                           DIRECTORY]).returncode == 0


def hooks_directory():
    """Where acmetool looks for hooks, read as a user would: from its --help."""
    text = subprocess.run(["acmetool", "--help"], capture_output=True, text=True).stderr
    found = re.search(r"--hooks=(\S+)", text)
    if found is None:
        raise RuntimeError("acmetool --help names no hooks directory:\n" + text)
    return found.group(1)


class Site:
    """A machine that runs acmetool: its own hooks, /etc/default, /var/lib/acme and
    /var/lib/dnshook, all in a mount namespace of its own."""

    MOUNTS = {"hooks": None, "default": "/etc/default", "acme": "/var/lib/acme",
              "dnshook": "/var/lib/dnshook", "run": "/run/acme"}

    def __init__(self, name, link="rfc2136"):
        self.home = f"{HOME}/site-{name}"
        for folder, target in self.MOUNTS.items():
            os.makedirs(f"{self.home}/{folder}")
            os.makedirs(target or hooks_directory(), exist_ok=True)
        os.chmod(self.home + "/dnshook", 0o700)
        os.symlink(os.environ["BINDIR"] + "/dnshook", f"{self.home}/hooks/{link}")
        os.makedirs(self.home + "/acme/conf")
        self.write("acme/conf/target", "request:\n  provider: " + DIRECTORY +
                   "\n  key:\n    type: ecdsa\n")
        self.write("acme/conf/responses", json.dumps({
            "acme-enter-email": "", "acme-agreement:" + AGREEMENT: True}))

    def write(self, name, text):
        """A file of the site."""
        with open(f"{self.home}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *words, env=None, sandbox=False, state=False, timeout=100):
        """Starts acmetool."""
        script = ["set -eu"]
        for folder, target in self.MOUNTS.items():
            script.append(f"mount --bind {self.home}/{folder} {target or hooks_directory()}")
        if sandbox:
            script += self._sandbox(state)
            script.append(CONFINED + ' acmetool "$@"')
        else:
            script.append('umask 022; exec acmetool "$@"')
        environment = process.clean_environment(
            SSL_CERT_FILE=HOME + "/pebble/cert.pem", **(env or {}))
        if sandbox:
            del environment["HOME"]  # a system service has none
            environment["ASAN_OPTIONS"] = process.SANITIZER + ":detect_leaks=0"
            if state:
                environment["STATE_DIRECTORY"] = "/var/lib/dnshook"
        return process.Running(
            ["unshare", "--mount", "sh", "-c", "\n".join(script), "sh", "--batch",
             "--xlog.severity=info", *words], env=environment, timeout=timeout)

    def _sandbox(self, state):
        """What Debian's acmetool.service does to the file system."""
        writable = ["/var/lib/acme", "/run/acme"] + (["/var/lib/dnshook"] if state else [])
        prefix = os.environ["PREFIX"]
        # A prefix below a directory that the unit hides, as in `make distcheck`, stays to be seen.
        lines = [f"mkdir -p {HOME}/prefix; mount --bind {prefix} {HOME}/prefix",
                 "hide()",
                 "{",
                 '    mount -t tmpfs -o "mode=$2" tmpfs "$1"',
                 f"    case {prefix} in",
                 '    "$1"/*)',
                 '        chmod a+x "$1"',
                 f"        mkdir -p {prefix}",
                 f"        mount --bind {HOME}/prefix {prefix}",
                 "        ;;",
                 "    esac",
                 "}",
                 "hide /root 0000; hide /home 0000; hide /tmp 1777; hide /var/tmp 1777",
                 f"mount --bind {process.REPORTS} {process.REPORTS}",
                 "while read -r _ _ _ _ point _; do",
                 "    case $point in",
                 f"    /proc*|/sys*|/dev*|/tmp|/var/tmp|{process.REPORTS}) ;;",
                 '    *) mount -o remount,bind,ro "$point" 2>/dev/null || : ;;',
                 "    esac",
                 "done </proc/self/mountinfo"]
        lines += [f"mount -o remount,bind,rw {each}" for each in writable]
        if not state:
            lines.append("! touch /var/lib/dnshook/x 2>/dev/null")
        return lines + ["! touch /etc/x 2>/dev/null"]

    def certificate(self, name):
        """The text of the live certificate for a name; None: there is none."""
        path = f"{self.home}/acme/live/{name}/cert"
        if not os.path.exists(path):
            return None
        return subprocess.run(["openssl", "x509", "-noout", "-text", "-in", path], check=True,
                              capture_output=True, text=True).stdout

    def certificate_names(self, name):
        """The DNS names of the live certificate for a name."""
        return sorted(re.findall(r"DNS:([^\s,]+)", self.certificate(name) or ""))

    def journal(self):
        """What is left in dnshook's state directory."""
        return [os.path.join(folder, each) for folder, _, files in os.walk(self.home + "/dnshook")
                for each in files]


# The capabilities and the no_new_privs of the unit.
CONFINED = ("exec setpriv --no-new-privs --bounding-set=-all,+chown,+net_bind_service "
            "--inh-caps=-all")


def unit_is_as_emulated():
    """Complaints about lines of the unit that Site's sandbox no longer follows."""
    if not os.path.exists(UNIT):
        return []
    with open(UNIT, encoding="utf-8") as file:
        lines = {line.strip() for line in file}
    wanted = {"CapabilityBoundingSet=CAP_CHOWN CAP_NET_BIND_SERVICE", "NoNewPrivileges=yes",
              "ProtectSystem=strict", "ReadWritePaths=/var/lib/acme /run/acme",
              "ProtectHome=yes", "PrivateTmp=yes"}
    return sorted(wanted - lines)

