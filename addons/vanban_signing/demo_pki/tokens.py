"""SoftHSM tokens whose keys are generated inside; one store (SOFTHSM2_CONF) per machine that the demonstration plays."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

MODULE = next(
    (
        path
        for path in (
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib64/softhsm/libsofthsm2.so",
            "/usr/lib64/pkcs11/libsofthsm2.so",
        )
        if os.path.exists(path)
    ),
    "/usr/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class Holder:
    """Who a token belongs to. ``label`` is the token's label (ASCII, at most 32 characters)."""

    label: str
    kind: str
    name: str
    organisation: str = ""
    unit: str = ""
    title: str = ""
    uid: str = ""

    @classmethod
    def person(cls, name, organisation, *, label, unit="", title="", uid=""):
        return cls(label, "personal", name, organisation, unit, title, uid or f"CCCD:{_fictional(label)}")

    @classmethod
    def agency(cls, name, *, label="seal", uid=""):
        return cls(label, "agency", name, name, uid=uid or f"MST:{_fictional(label + name)}")

    @property
    def attributes(self):
        return {
            "common_name": self.name,
            "organization_name": self.organisation,
            "organizational_unit_name": self.unit,
            "title": self.title,
            "user_id": self.uid,
            "country_name": "VN",
        }


@dataclass(frozen=True)
class Token:
    """A token in a store: ``certificate`` is a PEM file, ``pin_file`` holds the PIN (0600)."""

    label: str
    kind: str
    name: str
    certificate: Path
    pin_file: Path

    @property
    def pin(self):
        return self.pin_file.read_text().strip()


@dataclass(frozen=True)
class Store:
    """A SoftHSM store with its tokens; ``environment`` is what a process using it needs."""

    folder: Path
    tokens: tuple

    @property
    def environment(self):
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def token(self, label):
        return next(token for token in self.tokens if token.label == label)


def create_tokens(folder, authority, holders, *, module=MODULE, valid_from=None, valid_to=None):
    """Store with one token per holder; holders already in the store keep theirs. Times (aware) bound the certificates.

    Runs PKCS#11 in a process of its own: a library reads SOFTHSM2_CONF only once per process.
    """
    folder = Path(folder).resolve()
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    known = {token.label for token in _tokens(folder)}
    order = {
        "holders": [asdict(holder) for holder in holders if holder.label not in known],
        "authority": str(Path(authority.folder).resolve()),
        "module": module,
        "valid": [moment and moment.isoformat() for moment in (valid_from, valid_to)],
    }
    if order["holders"]:
        environment = dict(
            os.environ, SOFTHSM2_CONF=str(folder / "softhsm2.conf"), PYTHONPATH=str(Path(__file__).resolve().parents[1])
        )
        done = subprocess.run(
            [sys.executable, "-m", "demo_pki", "_fill", str(folder)],
            input=json.dumps(order),
            text=True,
            env=environment,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"cannot create tokens: {done.stderr.strip()[-2000:]}")
    return Store(folder, tuple(_tokens(folder)))


def fill(folder, order):
    """Work of the child process of ``create_tokens``: initialise tokens, generate keys, issue and store certificates."""
    import datetime

    import pkcs11
    from cryptography.hazmat.primitives import serialization
    from pkcs11.util.rsa import encode_rsa_public_key

    from .authority import open_authority

    authority = open_authority(order["authority"])
    valid_from, valid_to = (moment and datetime.datetime.fromisoformat(moment) for moment in order["valid"])
    pins = {}
    for holder in order["holders"]:
        # as long as the devices of agencies allow; found in a memory dump it is found for certain
        pins[holder["label"]] = secrets.token_hex(8)
        subprocess.run(
            [
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                holder["label"],
                "--so-pin",
                secrets.token_hex(8),
                "--pin",
                pins[holder["label"]],
            ],
            check=True,
            capture_output=True,
        )
    library = pkcs11.lib(order["module"])
    for data in order["holders"]:
        holder = Holder(**data)
        token = library.get_token(token_label=holder.label)
        with token.open(rw=True, user_pin=pins[holder.label]) as session:
            public, _private = session.generate_keypair(
                pkcs11.KeyType.RSA,
                2048,
                id=b"\x01",
                label=holder.label,
                store=True,
                private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )
            loaded = _public(encode_rsa_public_key(public))
            certificate = authority.issue(loaded, holder.attributes, valid_from=valid_from, valid_to=valid_to)
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.ID: b"\x01",
                    pkcs11.Attribute.LABEL: holder.label,
                    pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
                }
            )
        (folder / f"{holder.label}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        with os.fdopen(
            os.open(folder / f"{holder.label}.pin", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(pins[holder.label])
        index = folder / "tokens.json"
        known = json.loads(index.read_text()) if index.exists() else []
        index.write_text(
            json.dumps([*known, {"label": holder.label, "kind": holder.kind, "name": holder.name}], ensure_ascii=False)
        )


def _public(pkcs1):
    from asn1crypto import keys
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(keys.PublicKeyInfo.wrap(pkcs1, "rsa").dump())


def _tokens(folder):
    index = folder / "tokens.json"
    for item in json.loads(index.read_text()) if index.exists() else ():
        yield Token(
            item["label"], item["kind"], item["name"], folder / f"{item['label']}.pem", folder / f"{item['label']}.pin"
        )


def _fictional(seed):
    import hashlib

    return "000" + str(int(hashlib.sha256(seed.encode()).hexdigest(), 16))[:9]
