"""tests/mocks/service.c: a provider whose service is a file, right or with one fault."""
import os
import shlex
import subprocess

from .namespace import HOME

PROVIDER = HOME + "/vendor/service.so"


def compile_provider():
    """Builds it with the public header alone."""
    os.makedirs(os.path.dirname(PROVIDER), mode=0o755)
    top = os.environ["TOP_SRCDIR"]
    sanitizers = shlex.split(os.environ.get("SANITIZERS", ""))
    subprocess.run(shlex.split(os.environ.get("CC", "cc")) +
                   ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fPIC",
                    "-shared", "-fvisibility=hidden", *sanitizers, f"-I{top}/include", "-o",
                    PROVIDER, f"{top}/tests/mocks/service.c"], check=True)


def environment(fault="good", zone="example.org", path=None, **more):
    """The environment of one provider, with a service of its own."""
    return {"MOCK_FILE": path or f"{HOME}/service-{fault}", "MOCK_TOKEN": "the-good-token",
            "MOCK_FAULT": fault, "MOCK_ZONE": zone, **more}


def records(env):
    """What its service holds."""
    try:
        with open(env["MOCK_FILE"], encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []
