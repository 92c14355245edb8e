"""How the tests call dnshook for Route 53."""
import os
import threading

from .. import dnsq, process
from ..namespace import HOME
from ..world import both
from .fleet import Fleet
from .stand import secrets_of

ADDRESSES = [address for number in Fleet.NUMBERS["a"] for address in both(number)]


def record(host):
    """Where the value goes."""
    return "_acme-challenge." + host


def value():
    """A value like a certificate authority's."""
    return "v" + os.urandom(16).hex()


def served(name, addresses=None):
    """{address: values} of every name server address."""
    return {each: dnsq.texts(each, name) for each in addresses or ADDRESSES}


class Desk:
    """Calls dnshook, loudly, and keeps all it says, to look for secrets in it."""

    def __init__(self, world, aws):
        self.world, self.aws = world, aws
        self.texts = []
        self._lock = threading.Lock()

    def run(self, *words, env=None, loud=True, **options):
        """Runs dnshook to its end."""
        return self.collect(self.begin(*words, env=env, loud=loud, **options))

    def begin(self, *words, env=None, loud=True, **options):
        """Starts dnshook."""
        return self.world.start_dnshook(*(["-v", "-v"] if loud else []), *words, env=env, **options)

    def collect(self, running):
        """Waits for what begin() returned."""
        result = running.wait()
        with self._lock:
            self.texts.append((result, result.out + result.err))
        return result

    def start(self, env, host, text, *more, **options):
        """challenge-dns-start."""
        return self.run(*more, "--provider", "route53", "challenge-dns-start", host, "", text, "",
                        env=env, **options)

    def stop(self, env, host, text, *more, **options):
        """challenge-dns-stop."""
        return self.run(*more, "--provider", "route53", "challenge-dns-stop", host, "", text, "",
                        env=env, **options)

    def finish(self, tap):
        """No secret is in any output."""
        secrets = secrets_of(self.aws) + ["canary"]
        shown = [result for result, text in self.texts
                 if any(secret in text for secret in secrets)]
        tap.ok(not shown, f"no secret in the {len(self.texts)} outputs at -v -v", *shown[:2])


def state_directory(name):
    """A state directory of a machine of its own."""
    path = f"{HOME}/state-{name}"
    os.makedirs(path, mode=0o700)
    return path


def clock_library():
    """A library that shifts the wall clock of a program by CLOCK_OFFSET seconds."""
    target = HOME + "/clock.so"
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "clock.c")
    if not os.path.exists(target):
        result = process.run(*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o",
                             target, source, "-ldl")
        if result.code != 0:
            raise RuntimeError(str(result))
    return target
