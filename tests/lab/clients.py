"""ACME clients other than acmetool, as their users would set them up with dnshook for a hook."""
import glob
import os
import re
import shutil
import subprocess

from . import dnsq, process
from .acme import DIRECTORY
from .namespace import HOME

CA = HOME + "/pebble/cert.pem"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
MODULES = "/usr/lib/apache2/modules"


def trust_pebble():
    """Adds Pebble's certificate to the system's: uacme knows no other way."""
    with open(CA, encoding="utf-8") as source, open(BUNDLE, "a", encoding="utf-8") as target:
        target.write(source.read())


class Client:
    """A machine with one client: a directory of its own for the client, and one for the journal."""

    def __init__(self, name, settings, **more):
        self.name = name
        self.home = f"{HOME}/client-{name}"
        self.state = self.home + "/dnshook"
        os.makedirs(self.home)
        os.makedirs(self.state, mode=0o700)
        os.utime(self.state, (1, 1))
        os.symlink(os.environ["BINDIR"] + "/dnshook", self.home + "/rfc2136")
        self.hook = self.home + "/rfc2136"
        self.environment = {**settings, "STATE_DIRECTORY": self.state, **more}

    def write(self, name, text):
        """A file of the client's; returns its path."""
        path = f"{self.home}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def start(self, *words, timeout=180):
        """Starts a program of the client's."""
        return process.Running(words, env=process.clean_environment(**self.environment),
                               timeout=timeout)

    def run(self, *words, **options):
        """Runs a program of the client's to its end."""
        return self.start(*words, **options).wait()

    def journal(self):
        """The entries in the journal."""
        return sorted(os.path.basename(path) for path in glob.glob(self.state + "/*.json"))

    def had_entries(self):
        """Whether there ever were some."""
        return os.stat(self.state).st_mtime > 1

    def names(self, pattern):
        """The DNS names of the one certificate whose path matches; None: there is none."""
        paths = glob.glob(f"{self.home}/{pattern}")
        if not paths:
            return None
        if len(paths) > 1:
            raise RuntimeError(f"which of these is the certificate? {paths}")
        text = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", paths[0]], check=True,
                              capture_output=True, text=True).stdout
        return sorted(re.findall(r"DNS:([^\s,]+)", text))


class Dehydrated(Client):
    """dehydrated; `chain`: HOOK_CHAIN."""

    def __init__(self, name, settings, chain):
        super().__init__(name, settings)
        self.config = self.write("config", f"""CA={DIRECTORY}
CHALLENGETYPE=dns-01
BASEDIR={self.home}
HOOK={self.hook}
HOOK_CHAIN={'yes' if chain else 'no'}
KEY_ALGO=prime256v1
CURL_OPTS="--cacert {CA}"
""")

    def issue(self, names):
        """Registers, and makes a certificate."""
        self.write("domains.txt", " ".join(names) + f" > {self.name}\n")
        result = self.run("dehydrated", "--config", self.config, "--register", "--accept-terms")
        if result.code == 0:
            result = self.run("dehydrated", "--config", self.config, "--cron")
        return result

    def certificate(self):
        """The names in it."""
        return self.names(f"certs/{self.name}/cert.pem")


class Certbot(Client):
    """certbot, with the plug-in "manual"; `words`: whether the hooks are called with them."""

    def __init__(self, name, settings, words):
        super().__init__(name, settings, REQUESTS_CA_BUNDLE=CA)
        hook = os.environ["BINDIR"] + "/dnshook --provider rfc2136"
        self._hooks = ["--manual-auth-hook", hook + (" certbot-auth" if words else ""),
                       "--manual-cleanup-hook", hook + (" certbot-cleanup" if words else "")]

    def certbot(self, *words):
        """Runs certbot."""
        folders = [f"--{kind}-dir={self.home}/{kind}" for kind in ("config", "work", "logs")]
        return self.run("certbot", *words, "--non-interactive", *folders)

    def issue(self, names, *more):
        """Makes a certificate."""
        return self.certbot("certonly", "--agree-tos", "--register-unsafely-without-email",
                            "--server", DIRECTORY, "--manual", "--preferred-challenges", "dns",
                            *self._hooks, "--cert-name", names[0],
                            *[word for name in names for word in ("-d", name)], *more)

    def renew(self):
        """Renews all certificates in one run."""
        return self.certbot("renew", "--force-renewal", "--no-random-sleep-on-renew")

    def certificate(self, name):
        """The names in the live one."""
        return self.names(f"config/live/{name}/cert.pem")

    def serial_count(self, name):
        """How many certificates there were."""
        return len(glob.glob(f"{self.home}/config/archive/{name}/cert*.pem"))


class Lego(Client):
    """lego with its provider exec; `raw`: EXEC_MODE=RAW."""

    def __init__(self, name, settings, raw):
        super().__init__(name, settings, LEGO_CA_CERTIFICATES=CA, EXEC_SEQUENCE_INTERVAL=1,
                         EXEC_POLLING_INTERVAL=1, **({"EXEC_MODE": "RAW"} if raw else {}))
        self.environment["EXEC_PATH"] = self.hook
        self._file = ""

    def issue(self, names):
        """Makes a certificate."""
        self._file = f"lego/certificates/{names[0]}.crt"  # the CA's is beside it, NAME.issuer.crt
        return self.run("lego", "--server", DIRECTORY, "--accept-tos", "--email", "a@example.test",
                        "--dns", "exec", "--path", self.home + "/lego",
                        *[word for name in names for word in ("-d", name)], "run")

    def certificate(self):
        """The names in it."""
        return self.names(self._file)


class Uacme(Client):
    """uacme."""

    def issue(self, names):
        """Makes an account, and a certificate."""
        common = ["uacme", "-a", DIRECTORY, "-c", self.home + "/uacme", "-y"]
        os.makedirs(self.home + "/uacme")
        result = self.run(*common, "new")
        return self.run(*common, "-h", self.hook, "issue", *names) if result.code == 0 else result

    def certificate(self):
        """The names in it."""
        return self.names("uacme/*/cert.pem")


class Apache(Client):
    """Apache with mod_md."""

    def __init__(self, name, settings, version):
        super().__init__(name, settings)
        self.version = version
        self.command = self.hook if version == 1 else (
            os.environ["BINDIR"] + "/dnshook --provider rfc2136")

    def start_server(self, w, names, port):
        """Starts a server that wants a certificate; w takes charge of it."""
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so"
                            for name in ("mpm_event", "authz_core", "socache_shmcb", "ssl", "md"))
        shutil.chown(self.state, "www-data")
        os.chmod(self.home, 0o755)
        path = self.write("httpd.conf", f"""ServerRoot {self.home}
ServerName localhost
PidFile {self.home}/pid
DefaultRuntimeDir {self.home}
ErrorLog {self.home}/error.log
LogLevel warn md:debug
User www-data
Group www-data
Listen 127.0.0.1:{port}
{modules}
MDStoreDir {self.home}/md
MDCertificateAuthority {DIRECTORY}
MDCACertificateFile {CA}
MDCertificateAgreement accepted
MDContactEmail a@example.test
MDCAChallenges dns-01
MDChallengeDns01 {self.command}
MDChallengeDns01Version {self.version}
MDRenewMode always
MDPrivateKeys secp256r1
MDStapling off
MDomain {' '.join(names)} manual
""")
        environment = process.clean_environment(**self.environment)
        return w.add(process.Server("apache-" + self.name,
                                    ["apache2", "-f", path, "-DFOREGROUND"], environment))

    def issue(self, w, names, port):
        """Waits for the certificate."""
        server = self.start_server(w, names, port)
        dnsq.wait_until(self._is_written, "a certificate of mod_md", seconds=150, server=server)
        dnsq.wait_until(lambda: not self.journal(), "the tear-down", server=server)
        server.stop()

    def certificate(self):
        """The names in it."""
        return self.names("md/staging/*/pubcert*.pem")

    def _is_written(self):
        """Whether there is a certificate, and all of it: mod_md writes the file in its place."""
        try:
            return self.certificate() is not None
        except subprocess.CalledProcessError:
            return False

    def log(self):
        """Its log."""
        with open(self.home + "/error.log", encoding="utf-8", errors="replace") as file:
            return file.read()
