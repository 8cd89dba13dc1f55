"""Claim: the certificate is this user's alone, names just this computer, and is renewed in time."""

import ssl
import stat
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import FileWriteError
from tissuesense.services.lan_certificate import LanCertificate, lan_certificate

NAMES = ("192.0.2.7", "practice", "practice.local")
_DAY_S = 86_400.0


@pytest.fixture
def made(tmp_path: Path, clock: ManualClock) -> LanCertificate:
    return lan_certificate(tmp_path, NAMES, clock=clock)


def read(made: LanCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.path.read_bytes())


def test_nobody_else_can_read_its_key(made: LanCertificate) -> None:
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert list(made.path.parent.iterdir()) == [made.path]


def test_a_server_can_use_it(made: LanCertificate) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.path)


def test_it_names_this_computer_and_nothing_else(made: LanCertificate) -> None:
    certificate = read(made)
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert named.get_values_for_type(x509.IPAddress) == [ip_address("192.0.2.7")]
    assert set(named.get_values_for_type(x509.DNSName)) == {"practice", "practice.local"}
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca


def test_no_browser_finds_it_too_long(made: LanCertificate) -> None:
    certificate = read(made)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)


def test_its_fingerprint_is_as_browsers_show_it(made: LanCertificate) -> None:
    plain = made.fingerprint.replace(":", "")
    assert bytes.fromhex(plain) == read(made).fingerprint(hashes.SHA256())
    assert made.fingerprint == made.fingerprint.upper()
    assert len(made.fingerprint) == 95


def test_it_stays_while_it_will_do(
    made: LanCertificate, tmp_path: Path, clock: ManualClock
) -> None:
    clock.advance(300 * _DAY_S)
    assert lan_certificate(tmp_path, reversed(NAMES), clock=clock) == made


def test_it_is_made_anew_before_it_is_over(
    made: LanCertificate, tmp_path: Path, clock: ManualClock
) -> None:
    clock.advance(370 * _DAY_S)
    renewed = lan_certificate(tmp_path, NAMES, clock=clock)
    assert renewed.fingerprint != made.fingerprint
    assert read(renewed).not_valid_after_utc > clock.now() + timedelta(days=365)


@pytest.mark.parametrize("names", [("192.0.2.8", *NAMES[1:]), NAMES[:1], (*NAMES, "other")])
def test_it_is_made_anew_for_another_name(
    made: LanCertificate, tmp_path: Path, clock: ManualClock, names: tuple[str, ...]
) -> None:
    assert lan_certificate(tmp_path, names, clock=clock).fingerprint != made.fingerprint


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_holds_none_is_replaced(
    made: LanCertificate, tmp_path: Path, clock: ManualClock, content: bytes
) -> None:
    made.path.write_bytes(content)
    again = lan_certificate(tmp_path, NAMES, clock=clock)
    assert read(again).fingerprint(hashes.SHA256()).hex(":").upper() == again.fingerprint


def test_a_certificate_with_another_key_is_replaced(
    made: LanCertificate, tmp_path: Path, clock: ManualClock
) -> None:
    other = lan_certificate(tmp_path / "other", NAMES, clock=clock)
    key, _, _ = made.path.read_bytes().partition(b"-----BEGIN CERTIFICATE")
    certificate = (
        b"-----BEGIN CERTIFICATE" + other.path.read_bytes().partition(b"-----BEGIN CERTIFICATE")[2]
    )
    made.path.write_bytes(key + certificate)
    assert lan_certificate(tmp_path, NAMES, clock=clock).fingerprint != other.fingerprint


def test_where_it_cannot_be_kept_that_is_said(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FileWriteError):
        lan_certificate(tmp_path / "taken", NAMES, clock=clock)
