"""The certificate by which this computer is known in its network: made here, vouched for by nobody.

Whoever connects compares its fingerprint on two screens; that is what makes it worth anything. A
browser takes a server's certificate of at most 398 days (CA/Browser Forum ballot SC31, 2020), so
that is how long one holds at most.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError
from tissuesense.files.replace import make_folder

_HOLDS = timedelta(days=397)
_RENEWED_BEFORE = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(days=1)
_FILE = "network-certificate.pem"

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class LanCertificate:
    """A certificate and its key, in one file.

    Attributes
    ----------
    fingerprint
        SHA-256 of the certificate, as browsers show it.
    """

    path: Path
    fingerprint: str


def lan_certificate(folder: Path, names: Iterable[str], *, clock: Clock) -> LanCertificate:
    """Return the certificate for these names, made anew where the one that is kept does not do.

    Parameters
    ----------
    folder
        Where it is kept, readable by this user alone.
    names
        Addresses and host names by which this computer is called.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    wanted = frozenset(names)
    path = folder / _FILE
    kept = _kept(path)
    if kept is None or not _will_do(kept, wanted, clock.now()):
        kept = _made(path, wanted, clock.now())
    return LanCertificate(path=path, fingerprint=_fingerprint(kept))


def _kept(path: Path) -> x509.Certificate | None:
    """Return the certificate of a file that holds one with its own key; None for any other."""
    try:
        text = path.read_bytes()
        key = serialization.load_pem_private_key(text, password=None)
        certificate = x509.load_pem_x509_certificate(text)
    except (OSError, ValueError, TypeError):
        return None
    return certificate if key.public_key() == certificate.public_key() else None


def _will_do(certificate: x509.Certificate, wanted: frozenset[str], now: datetime) -> bool:
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(address) for address in held.get_values_for_type(x509.IPAddress)}
    lives = (
        certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - _RENEWED_BEFORE
    )
    return lives and wanted == addresses | set(held.get_values_for_type(x509.DNSName))


def _made(path: Path, names: frozenset[str], now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TissueSense on this network")])
    begins = now - _CLOCKS_DIFFER
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _HOLDS)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in sorted(names)]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_for_us_alone(
        path,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM),
    )
    return certificate


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _write_for_us_alone(path: Path, content: bytes) -> None:
    make_folder(path.parent)
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        # Readable by nobody else from its first byte on.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        part.replace(path)
    except OSError as err:
        raise FileWriteError(
            f"{path} cannot be written: {err.strerror or err}.",
            path=path,
            hint="Other devices are let in only with a certificate: make the folder writable.",
        ) from err


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
