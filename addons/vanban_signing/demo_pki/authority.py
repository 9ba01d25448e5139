"""The demonstration CA: its key is a software key in a file, everything it certifies is fictional."""

import datetime
import ipaddress
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NAME = "CA trình diễn Văn bản"
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Folder of a CA: ``certificate`` (ca.pem), ``crl`` (crl.pem), key beside them."""

    folder: Path

    @property
    def certificate(self):
        return self.folder / "ca.pem"

    @property
    def crl(self):
        return self.folder / "crl.pem"

    def _key(self):
        return serialization.load_pem_private_key((self.folder / "ca.key").read_bytes(), None)

    def _loaded(self):
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def issue(self, public_key, attributes, *, usage="sign", valid_from=None, valid_to=None, names=(), crl_url="", ocsp_url=""):
        """Certificate for a public key. ``attributes``: {common_name, organization_name, ...}; ``usage``: sign, tls, tsa or ocsp.

        ``crl_url``, ``ocsp_url``: where the certificate says that its revocation is published.
        """
        now = datetime.datetime.now(datetime.UTC)
        ca = self._loaded()
        builder = _builder(
            _name(attributes),
            public_key,
            ca.subject,
            ca.public_key(),
            valid_from or now - _DAY,
            valid_to or now + 730 * _DAY,
        )
        builder = builder.add_extension(x509.BasicConstraints(False, None), True)
        builder = builder.add_extension(
            _usage(digital_signature=True, content_commitment=usage == "sign", key_encipherment=usage == "tls"), True
        )
        if usage == "tls":
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            builder = builder.add_extension(x509.SubjectAlternativeName([_san(name) for name in names]), False)
        elif usage == "tsa":
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        elif usage == "ocsp":
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
            builder = builder.add_extension(x509.OCSPNoCheck(), False)
        if crl_url:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), False)
        if ocsp_url:
            place = x509.UniformResourceIdentifier(ocsp_url)
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), False)
        return builder.sign(self._key(), hashes.SHA256())

    def write_crl(self, *, valid_days=30):
        """Issue a new list (crl.pem, crl.der) from revoked.json."""
        now = datetime.datetime.now(datetime.UTC)
        state = json.loads((self.folder / "revoked.json").read_text())
        state["number"] += 1
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._loaded().subject)
            .last_update(now - datetime.timedelta(minutes=1))
            .next_update(now + valid_days * _DAY)
            .add_extension(x509.CRLNumber(state["number"]), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._loaded().public_key()), False)
        )
        for serial, when in state["revoked"].items():
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(int(serial, 16))
                .revocation_date(datetime.datetime.fromisoformat(when))
            )
            builder = builder.add_revoked_certificate(entry.build())
        crl = builder.sign(self._key(), hashes.SHA256())
        self.crl.write_bytes(crl.public_bytes(serialization.Encoding.PEM))
        (self.folder / "crl.der").write_bytes(crl.public_bytes(serialization.Encoding.DER))
        (self.folder / "revoked.json").write_text(json.dumps(state))


def create_authority(folder, name=NAME):
    """Make a CA in ``folder`` (or return the one that is there)."""
    authority = Authority(Path(folder))
    if authority.certificate.exists():
        return authority
    authority.folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC)
    key = rsa.generate_private_key(65537, 3072)
    subject = _name({"common_name": name, "organization_name": "Văn bản – chỉ dùng trình diễn", "country_name": "VN"})
    certificate = (
        _builder(subject, key.public_key(), subject, key.public_key(), now - 30 * _DAY, now + 3650 * _DAY)
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), True)
        .sign(key, hashes.SHA256())
    )
    _secret(authority.folder / "ca.key", _pem_key(key))
    (authority.folder / "revoked.json").write_text(json.dumps({"number": 0, "revoked": {}}))
    authority.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    authority.write_crl()
    return authority


def open_authority(folder):
    """The CA that lives in ``folder``; FileNotFoundError when there is none."""
    authority = Authority(Path(folder))
    if not authority.certificate.exists():
        raise FileNotFoundError(authority.certificate)
    return authority


def revoke(authority, certificate, when=None):
    """Put a certificate (path of a PEM) on the revocation list; ``when`` is an aware time, default now."""
    serial = x509.load_pem_x509_certificate(Path(certificate).read_bytes()).serial_number
    path = authority.folder / "revoked.json"
    state = json.loads(path.read_text())
    state["revoked"][f"{serial:x}"] = (when or datetime.datetime.now(datetime.UTC)).replace(microsecond=0).isoformat()
    path.write_text(json.dumps(state))
    authority.write_crl()


def issue_server_certificate(authority, names, folder, stem="tls"):
    """TLS key and certificate for host names or IP addresses: returns (certificate path, key path)."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    certificate = authority.issue(key.public_key(), {"common_name": names[0]}, usage="tls", names=names)
    paths = folder / f"{stem}.pem", folder / f"{stem}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _secret(paths[1], _pem_key(key))
    return paths


def _builder(subject, public, issuer, issuer_public, start, end):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), False)
    )


def _usage(**flags):
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: flags.get(name, False) for name in names})


def _name(attributes):
    return x509.Name(
        [x509.NameAttribute(getattr(NameOID, key.upper()), value) for key, value in attributes.items() if value]
    )


def _san(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem_key(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _secret(path, data):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
