"""How the tests call dnshook for a service with a stand-in."""
import os
import threading

from . import dnsq


def record(host):
    """Where the value goes."""
    return "_acme-challenge." + host


def value():
    """A value like a certificate authority's."""
    return "v" + os.urandom(16).hex()


def served(name, addresses):
    """{address: values} of name server addresses."""
    return {each: dnsq.texts(each, name) for each in addresses}


class Desk:
    """Calls dnshook with one provider, loudly, and keeps all it says, to look for secrets in it;
    `secrets` returns them."""

    def __init__(self, world, provider, secrets):
        self.world, self.provider, self.secrets = world, provider, secrets
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
        return self.run(*more, "--provider", self.provider, "challenge-dns-start", host, "", text, "",
                        env=env, **options)

    def stop(self, env, host, text, *more, **options):
        """challenge-dns-stop."""
        return self.run(*more, "--provider", self.provider, "challenge-dns-stop", host, "", text, "",
                        env=env, **options)

    def finish(self, tap):
        """No secret is in any output."""
        secrets = self.secrets() + ["canary"]
        shown = [result for result, text in self.texts
                 if any(secret in text for secret in secrets)]
        tap.ok(not shown, f"no secret in the {len(self.texts)} outputs at -v -v", *shown[:2])
