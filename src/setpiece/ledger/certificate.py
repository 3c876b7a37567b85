"""The certificate that signs content credentials: one for development, made on first use, or a
real one named in the environment.

`SETPIECE_CERTIFICATE` is a PEM file with the chain (the signer's own first, without the root);
`SETPIECE_CERTIFICATE_KEY` its private key; `SETPIECE_TIMESTAMP` the URL of a time-stamp authority.
A certificate for C2PA has a key usage of digital signature alone and the extended key usage of
e-mail protection or of claim signing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from setpiece.errors import InputError
from setpiece.ledger.keys import key_folder, write_secret

NAME = "Setpiece development"
DAYS = 3650


@dataclass(frozen=True)
class Certificate:
    """Chain and key as PEM, the algorithm's C2PA name, and the signer's name."""

    chain: bytes
    key: bytes
    algorithm: str
    name: str
    timestamp: str | None
    development: bool


def open_certificate() -> Certificate:
    """The certificate in the environment, else this machine's own for development.

    Raises InputError (files that are no certificate and key, or do not belong together, or have
    run out) and StoreError (the development certificate cannot be kept).
    """
    chain_file = os.environ.get("SETPIECE_CERTIFICATE")
    key_file = os.environ.get("SETPIECE_CERTIFICATE_KEY")
    stamp = os.environ.get("SETPIECE_TIMESTAMP") or None
    if chain_file or key_file:
        if not (chain_file and key_file):
            raise InputError("Set both SETPIECE_CERTIFICATE and SETPIECE_CERTIFICATE_KEY.")
        return _load(Path(chain_file), Path(key_file), stamp, False)
    path = key_folder() / "development.pem"
    if not path.exists():
        write_secret(path, _make())
    return _load(path, path, None, True)


def _load(chain_file: Path, key_file: Path, stamp: str | None, development: bool) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization as forms

    try:
        chain = x509.load_pem_x509_certificates(_read(chain_file))
        key = forms.load_pem_private_key(_read(key_file), password=None)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{chain_file}, {key_file}: are not a certificate chain and an unencrypted private key "
            "in PEM form."
        ) from error
    own = chain[0]
    if own.public_key() != key.public_key():
        raise InputError(f"{key_file}: is not the key of the first certificate in {chain_file}.")
    if not own.not_valid_before_utc <= datetime.now(UTC) <= own.not_valid_after_utc:
        raise InputError(f"{chain_file}: the certificate is valid until {own.not_valid_after_utc}.")
    names = own.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    pem = forms.Encoding.PEM
    return Certificate(
        chain=b"".join(c.public_bytes(pem) for c in chain),
        key=key.private_bytes(pem, forms.PrivateFormat.PKCS8, forms.NoEncryption()),
        algorithm=_algorithm(key, key_file), name=str(names[0].value) if names else "unnamed",
        timestamp=stamp, development=development,
    )  # fmt: skip


def _algorithm(key: Any, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey):
        name = {256: "es256", 384: "es384", 521: "es512"}.get(key.curve.key_size)
        if name:
            return name
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise InputError(f"{path}: C2PA signs with P-256, P-384, P-521, RSA or ed25519 keys.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(1_000_000)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _make() -> bytes:
    """Key and chain of a development signer; the key of the authority above it is not kept."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec

    def name(common: str) -> x509.Name:
        return x509.Name([
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, NAME),
        ])  # fmt: skip

    def usage(*on: str) -> x509.KeyUsage:
        every = (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        )  # fmt: skip
        return x509.KeyUsage(**{use: use in on for use in every})

    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    start = datetime.now(UTC) - timedelta(hours=1)
    authority = name(f"{NAME} authority")

    def certificate(subject: x509.Name, public: Any, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=DAYS))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                usage("key_cert_sign", "crl_sign") if ca else usage("digital_signature"),
                critical=True,
            )
        )
        if not ca:
            above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
            protection = x509.ExtendedKeyUsageOID.EMAIL_PROTECTION
            builder = builder.add_extension(above, critical=False).add_extension(
                x509.ExtendedKeyUsage([protection]), critical=False
            )
        return builder.sign(authority_key, hashes.SHA256())

    pem = forms.Encoding.PEM
    return b"".join((
        key.private_bytes(pem, forms.PrivateFormat.PKCS8, forms.NoEncryption()),
        certificate(name(f"{NAME} signer"), key.public_key(), False).public_bytes(pem),
        certificate(authority, authority_key.public_key(), True).public_bytes(pem),
    ))  # fmt: skip
