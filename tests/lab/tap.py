"""What a test prints: TAP. Scenarios may run at the same time; each one's lines stay together."""
import concurrent.futures
import re
import threading
import time
import traceback


class Tap:
    """Numbers and prints results; done() prints the plan."""

    def __init__(self):
        self.count = 0
        self.failed = 0
        self._lock = threading.Lock()

    def emit(self, results, last=None):
        """Prints (passed, name, diagnostics) of one scenario together."""
        with self._lock:
            for passed, name, notes in results:
                self.count += 1
                self.failed += 0 if passed else 1
                name = name.replace("#", "no.")
                print(f"{'ok' if passed else 'not ok'} {self.count} - {name}", flush=True)
                for note in notes:
                    print(_comment(note), flush=True)
            if last is not None:
                print(_comment(last), flush=True)

    def ok(self, passed, name, *notes):
        """One result by itself."""
        self.emit([(bool(passed), name, () if passed else notes)])
        return bool(passed)

    def skip(self, name, reason):
        """A result that could not be had here."""
        with self._lock:
            self.count += 1
            print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    def run(self, scenarios, *args, parallel=1):
        """Runs each function of `scenarios` as function(Checks, *args)."""
        with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
            for future in [pool.submit(self._one, each, args) for each in scenarios]:
                future.result()

    def _one(self, scenario, args):
        checks = Checks((scenario.__doc__ or scenario.__name__).strip().splitlines()[0])
        begin = time.monotonic()
        try:
            scenario(checks, *args)
            if not checks.results:
                checks.ok(False, "the scenario checked nothing")
        except Exception:  # a scenario that breaks is a failed scenario
            checks.ok(False, "ran to its end", traceback.format_exc())
        self.emit(checks.results, f"{checks.title}: {time.monotonic() - begin:.1f} s")

    def done(self):
        """Prints the plan."""
        if self.failed:
            print(f"# {self.failed} of {self.count} failed")
        print(f"1..{self.count}", flush=True)


class Checks:
    """The results of one scenario."""

    def __init__(self, title):
        self.title = title
        self.results = []

    def ok(self, passed, name, *notes):
        """Notes are printed only when the check failed."""
        full = f"{self.title}: {name}"
        self.results.append((bool(passed), full, () if passed else notes))
        return bool(passed)

    def equal(self, got, wanted, name, *notes):
        """Passes when both are equal."""
        return self.ok(got == wanted, name, f"got    {got!r}\nwanted {wanted!r}", *notes)

    def match(self, pattern, text, name, *notes):
        """Passes when the pattern occurs, in any case."""
        found = re.search(pattern, text, re.IGNORECASE | re.DOTALL)
        return self.ok(found, name, f"no match for {pattern!r} in:\n{text}", *notes)

    def no_match(self, pattern, text, name, *notes):
        """Passes when the pattern does not occur."""
        found = re.search(pattern, text, re.IGNORECASE | re.DOTALL)
        return self.ok(not found, name, f"{pattern!r} occurs in:\n{text}", *notes)

    def exits(self, result, code, name=None):
        """Passes when a program ended with this status."""
        return self.ok(result.code == code, name or f"exit status {code}", result)


def _comment(note, limit=60):
    lines = str(note).rstrip().splitlines()
    if len(lines) > limit:
        lines[limit // 2:-limit // 2] = [f"... {len(lines) - limit} lines more ..."]
    return "\n".join("# " + line[:400] for line in lines)
