"""Fictional signers with software keys, drafts, and one issued document, made once per run."""

import functools
import io
import tempfile
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from demo_pki import create_authority, pictures
from pades import LEADER, SEAL, anchors, fill, images, prepare, sign
from pades.appearance import Appearance
from pades.fonts import font_path
from pades.trust import TrustStore

SIGNER, AGENCY = "Trần Thị Mẫu", "Sở Nội vụ tỉnh Mẫu"
TEXTS = {"so": "05", "ngay": "ngày 05 tháng 01 năm 2026"}
ANCHORS = {"signer_name": SIGNER, "number_before": "Số:", "number_after": "/SNV-VP", "place": "Hà Nội,"}


@functools.cache
def authority():
    return create_authority(Path(tempfile.mkdtemp(prefix="vanban-unit-")) / "ca")


class SoftKey:
    """A key in memory with its certificate; what a token is to ``pades.sign``."""

    def __init__(self, attributes, ca=None, kind="rsa", **validity):
        self.key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        self.issued = (ca or authority()).issue(self.key.public_key(), attributes, **validity)
        self.certificate = self.issued.public_bytes(serialization.Encoding.DER)
        self.pem = self.issued.public_bytes(serialization.Encoding.PEM)

    def sign(self, data):
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@functools.cache
def leader():
    return SoftKey(
        {"common_name": SIGNER, "organization_name": AGENCY, "title": "Giám đốc", "user_id": "CCCD:000000000001"}
    )


@functools.cache
def agency():
    return SoftKey({"common_name": AGENCY, "organization_name": AGENCY, "user_id": "MST:0000000001"})


def chain():
    return (
        x509.load_pem_x509_certificate(authority().certificate.read_bytes()).public_bytes(serialization.Encoding.DER),
    )


def trust(crl=True):
    return TrustStore([authority().certificate.read_bytes()], crls=[authority().crl.read_bytes()] if crl else [])


@functools.cache
def draft(signer=SIGNER, number="Số:              /SNV-VP", place="Hà Nội,", room=110, pages=1):
    """A draft as the templates lay it out (bytes)."""
    if "UnitSerif" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("UnitSerif", str(font_path())))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for index in range(pages):
        page.setFont("UnitSerif", 13)
        if index == 0:
            page.drawString(85, 745, number)
            page.drawString(300, 745, place)
            page.drawString(85, 700, "Kính gửi: Sở Tài chính tỉnh Mẫu")
        if index == pages - 1:
            page.drawCentredString(420, 400, "GIÁM ĐỐC")
            page.drawCentredString(420, 400 - room, signer)
        page.showPage()
    page.save()
    return buffer.getvalue()


def placement(pdf=None):
    return anchors.locate(pdf or draft(), **ANCHORS)


@functools.cache
def prepared():
    return prepare.prepare(draft(), placement())


@functools.cache
def blue():
    return images.picture(pictures.signature("unit"), "blue")


@functools.cache
def red():
    return images.picture(pictures.seal("Sở Nội vụ", "Tỉnh Mẫu"), "red")


@functools.cache
def signed():
    return sign.sign(prepared(), LEADER, leader(), chain=chain(), appearance=Appearance(picture=blue()), name=SIGNER)


@functools.cache
def numbered():
    return fill.fill(signed(), TEXTS)


@functools.cache
def issued():
    return sign.sign(
        numbered(), SEAL, agency(), chain=chain(), appearance=Appearance(picture=red(), stretch=True), name=AGENCY
    )


def changed(pdf, work):
    """Bytes after ``work(pikepdf document)``, saved anew (for drafts only: it destroys signatures)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        work(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()
