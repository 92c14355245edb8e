"""Namespaces: a test runs as process 1 of its own, on its own loopback, over its own copies of
/etc, /var, /root and the installation prefix. Whatever it does ends with it."""
import os
import shutil
import subprocess
import sys

INSIDE = "DNSHOOK_LAB_INSIDE"
HOME = "/run/lab"
UNSHARE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts",
           "--mount-proc"]


def enter():
    """Returns inside the namespaces; outside, replaces this process by a run inside them."""
    if os.environ.get(INSIDE) == str(os.getpid()) == "1":
        _furnish()
        return
    if "TOP_BUILDDIR" not in os.environ:
        print("Bail out! run by `make check`, which says where the build is; see tests/local.mk")
        sys.exit(1)
    if os.geteuid() != 0:
        skip_all("needs root")
    if subprocess.run(UNSHARE + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        skip_all("namespaces cannot be made here")
    command = UNSHARE + ["env", INSIDE + "=1", sys.executable, "-u"]
    os.execvp(command[0], command + [os.path.abspath(sys.argv[0])] + sys.argv[1:])


def skip_all(reason):
    """Ends a test that cannot run here, in TAP's words."""
    print("1..0 # SKIP " + reason)
    sys.exit(0)


def has(program):
    """Whether a program is installed."""
    return shutil.which(program, path=SEARCH_PATH) is not None


def need(*programs):
    """Skips the whole test when a program is missing, and says which."""
    for program in programs:
        if not has(program):
            skip_all("needs the program " + program)


SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _command(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def _furnish():
    os.umask(0o022)
    os.environ["PATH"] = SEARCH_PATH
    os.environ["HOME"] = "/root"
    _command("hostname", "lab")
    _command("ip", "link", "set", "lo", "up")
    _command("mount", "-t", "tmpfs", "-o", "mode=0755", "lab", "/run")
    os.makedirs(HOME + "/bin")
    for name in ("etc", "var", "root"):
        overlay("/" + name)
    os.makedirs("/run/lock", exist_ok=True)
    for path in ("/var/lib/acme", "/var/lib/dnshook", "/etc/acme"):
        shutil.rmtree(path, ignore_errors=True)
    for path in ("/etc/default/acme-dns", "/etc/conf.d/acme-dns"):
        if os.path.lexists(path):
            os.remove(path)
    _install()


def overlay(path):
    """Lays a private, writable copy over a directory; what was there stays to be seen."""
    store = HOME + "/overlay/" + path.strip("/").replace("/", "-")
    os.makedirs(store + "/work")
    os.makedirs(store + "/upper")
    shutil.copystat(path, store + "/upper")
    _command("mount", "-t", "overlay", "lab", "-o",
             f"lowerdir={path},upperdir={store}/upper,workdir={store}/work", path)


def _install():
    """Puts the staged installation of the build under test where `make install` would."""
    stage = os.path.join(os.environ["TOP_BUILDDIR"], "tests", "stage")
    prefix = os.environ["PREFIX"]
    if not os.path.isdir(stage + prefix):
        print("Bail out! no staged installation: make tests/stage.stamp")
        sys.exit(1)
    top = "/" + prefix.strip("/").split("/")[0]
    if top not in ("/etc", "/var", "/root", "/run"):
        overlay(top)
    _own_path(prefix)
    for folder, _, files in os.walk(stage):
        target = folder[len(stage):] or "/"
        os.makedirs(target, exist_ok=True)
        if target.startswith(prefix):
            os.chown(target, 0, 0)
            os.chmod(target, 0o755)
        for name in files:
            _install_file(os.path.join(folder, name), os.path.join(target, name))


def _own_path(path):
    """Makes a directory, and every one above it, root's alone (in the private copy)."""
    os.makedirs(path, exist_ok=True)
    while path != "/":
        os.chown(path, 0, 0)
        os.chmod(path, os.stat(path).st_mode & 0o7755 | 0o755)
        path = os.path.dirname(path)


def _install_file(source, target):
    if os.path.lexists(target):
        os.remove(target)
    shutil.copy(source, target)
    os.chown(target, 0, 0)
    os.chmod(target, 0o755 if os.access(source, os.X_OK) else 0o644)
