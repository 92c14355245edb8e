"""Services at real host names inside the namespace: a throw-away CA, certificates, trust, names."""
import datetime
import os
import ssl
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def certificates(hosts, authority_path, path):
    """Makes a CA and a certificate for the hosts; returns the TLS context with it."""
    # A name of its own: of two of one name, OpenSSL takes the wrong one for the issuer.
    key, authority = _certificate(f"Lab CA {authority_path}"[:64], None, None, [])
    leaf_key, leaf = _certificate("Lab", key, authority, hosts)
    _write(authority_path, authority.public_bytes(serialization.Encoding.PEM))
    _write(path, leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()) + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


def _certificate(title, issuer_key, issuer, names):
    """A certificate valid since yesterday, for clients whose clocks are wrong."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    now = datetime.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - DAY).not_valid_after(now + 2 * DAY)
               .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(
            [x509.DNSName(each) for each in names]), False)
    return key, builder.sign(issuer_key or key, hashes.SHA256())


def trust(path):
    """Puts a CA into the namespace's own trust store: the bundle and the hashed directory."""
    with open(path, encoding="utf-8") as file:
        content = file.read()
    with open("/etc/ssl/certs/ca-certificates.crt", "a", encoding="utf-8") as file:
        file.write(content)
    name = subprocess.run(["openssl", "x509", "-noout", "-subject_hash", "-in", path],
                          check=True, capture_output=True, text=True).stdout.strip()
    _write(f"/etc/ssl/certs/{name}.0", content.encode())


def name_hosts(hosts, addresses):
    """Gives hosts the addresses of a service."""
    with open("/etc/hosts", "a", encoding="utf-8") as file:
        for host in hosts:
            file.write("".join(f"{address} {host}\n" for address in addresses))


def _write(path, content):
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), "wb") as file:
        file.write(content)
