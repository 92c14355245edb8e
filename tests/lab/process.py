"""Running programs: to their end with a time limit, or as servers until they are stopped."""
import base64
import os
import signal
import subprocess
import tempfile
import threading
import time

from .namespace import HOME, SEARCH_PATH

# A sanitizer's report goes to a file of its own, which World.close() looks for, and it ends the
# program with a status that no test expects.
REPORTS = HOME + "/reports"
SANITIZER = f"exitcode=99:log_path={REPORTS}/sanitizer"


def clean_environment(**extra):
    """The environment of a program under test: nothing of the caller's."""
    environment = {"PATH": SEARCH_PATH, "HOME": "/root", "LANG": "C.UTF-8", "TZ": "UTC",
                   "ASAN_OPTIONS": SANITIZER + ":detect_leaks=1",
                   "UBSAN_OPTIONS": SANITIZER + ":print_stacktrace=1"}
    environment.update({name: str(value) for name, value in extra.items()})
    return environment


def clock_shift(seconds):
    """The environment of a program whose wall clock is shifted."""
    target = HOME + "/shifted-clock.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
    if not os.path.exists(target):
        subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o",
                        target, source, "-ldl"], check=True)
    return {"LD_PRELOAD": target, "CLOCK_OFFSET": seconds,
            "ASAN_OPTIONS": SANITIZER + ":detect_leaks=1:verify_asan_link_order=0"}


class Result:
    """How a program ended. `code` is negative for the signal that ended it."""

    def __init__(self, args, code, out, err, wall, usage):
        self.args, self.code, self.out, self.err, self.wall = args, code, out, err, wall
        self.cpu = usage.ru_utime + usage.ru_stime
        self.maxrss = usage.ru_maxrss
        self.ended = time.monotonic()

    def __str__(self):
        words = " ".join(repr(word)[:120] for word in self.args)
        return (f"$ {words}\nexit status {self.code} after "
                f"{self.wall:.2f} s\n--- standard output\n{self.out}\n--- standard error\n"
                f"{self.err}")


class Running:
    """A program that has been started; wait() collects it."""

    def __init__(self, args, env=None, timeout=180, cwd="/", umask=0o022, stdin=None):
        self.args = [str(word) for word in args]
        self._out = tempfile.TemporaryFile(dir=HOME)
        self._err = tempfile.TemporaryFile(dir=HOME)
        self.begin = time.monotonic()
        self._process = subprocess.Popen(
            self.args, stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=self._out,
            stderr=self._err, cwd=cwd, umask=umask, start_new_session=True,
            env=clean_environment() if env is None else env)
        self.pid = self._process.pid
        self._alarm = threading.Timer(timeout, self.signal, [signal.SIGKILL])
        self._alarm.daemon = True
        self._alarm.start()

    def signal(self, number):
        """Sends a signal, unless the program has ended."""
        if self._process.returncode is None:
            os.kill(self.pid, number)

    def error_so_far(self):
        """What it has written to standard error until now."""
        return os.pread(self._err.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def wait(self):
        """Waits for the end."""
        _, status, usage = os.wait4(self.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - self.begin
        self._alarm.cancel()
        texts = [self._text(self._out), self._text(self._err)]
        return Result(self.args, self._process.returncode, *texts, wall, usage)

    @staticmethod
    def _text(file):
        file.seek(0)
        with file:
            return file.read().decode("utf-8", "replace")


def run(*args, **options):
    """Runs a program to its end."""
    return Running(args, **options).wait()


class Server:
    """A server in the foreground, with its own directory and log."""

    def __init__(self, name, args, env=None):
        self.name = name
        self.log = f"{HOME}/log/{name}"
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, env=env)

    def log_text(self):
        """Its log so far."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        """Ends it, by its process id."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def check_alive(self):
        """Raises with the log when the server has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended:\n{self.log_text()[-4000:]}")


def random_secret(size=32):
    """A TSIG secret."""
    return base64.b64encode(os.urandom(size)).decode()
