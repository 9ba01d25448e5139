"""Signed PDFs by other means than our signer: bytes written by hand, containers by OpenSSL, signatures by MuPDF and poppler."""

import functools
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from signing_sample import AGENCY, SIGNER, authority

ROOM = 12000
SIGNED = b"""<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/%s/M(D:%s+07'00')
/ByteRange [0 %010d %010d %010d]
/Contents <%s>>>"""


@functools.cache
def identity(kind="rsa"):
    """(folder with key.pem and cert.pem) of a person of the demonstration CA whose key is of this kind."""
    key = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    certificate = authority().issue(key.public_key(), {"common_name": SIGNER, "organization_name": AGENCY})
    folder = Path(tempfile.mkdtemp(prefix="vanban-foreign-"))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder


def openssl_cms(kind="rsa", digest="sha256", *options, detached=True):
    """A function from the covered bytes to a CMS container (DER) that OpenSSL made."""

    def make(covered):
        folder = identity(kind)
        command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", digest, "-nosmimecap"]
        command += [] if detached else ["-nodetach"]
        command += ["-signer", folder / "cert.pem", "-inkey", folder / "key.pem", *options]
        return subprocess.run(command, input=covered, capture_output=True, check=True).stdout

    return make


def document(subfilter=b"adbe.pkcs7.detached", container=None, extra=b"", moment=b"20261101080000"):
    """A one-page PDF in one revision, all bytes written here, signed by ``container(covered bytes) -> DER``."""
    content = b"BT /F1 14 Tf 72 700 Td (Signed by another product) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>%s>>" % extra,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 7 0 R/F 132/Rect[0 0 0 0]/P 3 0 R>>",
        SIGNED % (subfilter, moment, 0, 0, 0, b"0" * ROOM),
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return sealed(bytes(out), container or openssl_cms())


def sealed(raw, container):
    """Fill in the ByteRange and the container of the last, still empty signature."""
    at = raw.rindex(b"/Contents <") + len(b"/Contents ")
    end = raw.index(b">", at) + 1
    old = raw.rindex(b"/ByteRange [", 0, at)
    numbers = b"/ByteRange [0 %010d %010d %010d]" % (at, end, len(raw) - end)
    raw = raw[:old] + numbers + raw[old + len(numbers) :]
    made = container(raw[:at] + raw[end:]).hex().encode()
    assert len(made) <= ROOM, len(made)
    return raw[:at] + b"<" + made.ljust(ROOM, b"0") + b">" + raw[end:]
