"""Sound files by other products verify; what is old, weak or unknown is said so and is never green."""

import hashlib
import io
import subprocess

import pytest
from asn1crypto import x509 as asn1x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator import ValidationContext

from demo_pki.services import Services
from foreign import document, identity, openssl_cms
from pades.fetch import Fetcher
from pades.longterm import extend
from pades.timestamp import http_timestamper
from pades.trust import TrustStore
from pades.verify import verify
from signing_sample import authority, chain, draft, prepared, trust

PSS = ("-keyopt", "rsa_padding_mode:pss")


@pytest.mark.parametrize(
    ("kind", "digest", "options"),
    [
        ("rsa", "sha256", ()),
        ("rsa", "sha512", ()),
        ("rsa", "sha384", PSS),
        ("rsa", "sha256", PSS),
        ("ec", "sha384", ()),
        ("rsa", "sha256", ("-cades",)),
    ],
    ids=["rsa-sha256", "rsa-sha512", "pss-sha384", "pss-sha256", "ecdsa-sha384", "cades"],
)
def test_containers_of_openssl(kind, digest, options):
    pdf = document(b"adbe.pkcs7.detached", openssl_cms(kind, digest, *options))
    report = verify(pdf, trust())
    assert report.overall == "valid", list(report.lines())
    at = pdf.index(b"another")
    changed = verify(pdf[:at] + b"Another" + pdf[at + 7 :], trust())
    assert changed.overall == "invalid" and "không toàn vẹn" in changed.reason


def test_edwards_curve_is_judged_and_never_an_exception():
    # OpenSSL 3.0 signs no CMS with Ed25519: the container comes from pyHanko with a key of ours
    from asn1crypto import keys

    folder = identity("ed25519")
    signer = signers.SimpleSigner.load(folder / "key.pem", folder / "cert.pem")
    assert isinstance(signer.signing_key, keys.PrivateKeyInfo)
    meta = signers.PdfSignatureMetadata(field_name="a", md_algorithm="sha512", subfilter=fields.SigSeedSubFilter.PADES)
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(draft())), meta, signer=signer)
    assert verify(out.getvalue(), trust()).overall == "valid"


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_weak_digest_is_never_green(digest):
    report = verify(document(b"adbe.pkcs7.detached", openssl_cms("rsa", digest)), trust())
    assert report.overall == "unknown" and "không còn an toàn" in report.reason and "Hãy" in report.reason


def test_old_format_with_the_digest_inside():
    def container(covered):
        return openssl_cms("rsa", "sha256", detached=False)(hashlib.sha1(covered, usedforsecurity=False).digest())

    pdf = document(b"adbe.pkcs7.sha1", container)
    report = verify(pdf, trust())
    assert report.overall == "unknown" and "adbe.pkcs7.sha1" in report.reason
    at = pdf.index(b"another")
    assert verify(pdf[:at] + b"Another" + pdf[at + 7 :], trust()).overall == "invalid"


@pytest.mark.parametrize("subfilter", [b"adbe.x509.rsa_sha1", b"Foo.bar", b"ETSI.RFC3161", b""])
def test_formats_that_are_not_judged(subfilter):
    report = verify(document(subfilter), trust())
    assert report.overall != "valid" and report.reason
    report = verify(document(subfilter, lambda covered: b"\x04\x03abc"), trust())
    assert report.overall != "valid" and report.reason


def test_unknown_algorithm_has_words():
    made = openssl_cms()

    def odd(covered):
        # another identifier in the place of SHA-256, the lengths unchanged
        return made(covered).replace(bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503047f7f"))

    report = verify(document(b"adbe.pkcs7.detached", odd), trust())
    assert report.overall != "valid" and report.reason


def test_pyhanko_with_its_own_defaults():
    with Services(authority()) as services:
        stamper = http_timestamper(services.url("tsa"), timeout=5)
        folder = identity()
        signer = signers.SimpleSigner.load(
            folder / "key.pem", folder / "cert.pem", ca_chain_files=[str(authority().certificate)]
        )
        root = asn1x509.Certificate.load(chain()[0])
        context = ValidationContext(
            trust_roots=[root], crls=[(authority().folder / "crl.der").read_bytes()], allow_fetching=False
        )
        for name, options, level in (
            ("B", {}, None),
            ("T", {"timestamper": stamper}, None),
            ("LT", {"timestamper": stamper}, {"embed_validation_info": True}),
            ("LTA", {"timestamper": stamper}, {"embed_validation_info": True, "use_pades_lta": True}),
        ):
            meta = signers.PdfSignatureMetadata(
                field_name="Signature1",
                subfilter=fields.SigSeedSubFilter.PADES,
                validation_context=context if level else None,
                **(level or {}),
            )
            out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(draft())), meta, signer=signer, **options)
            bare = TrustStore([authority().certificate.read_bytes()])
            report = verify(out.getvalue(), bare if level else trust())
            assert report.overall == "valid", (name, list(report.lines()))
            assert len(report.signatures) == (2 if name == "LTA" else 1)
            assert extend(out.getvalue(), trust(), Fetcher(allow_private=True, timeout=5), partial=True)


def test_signature_by_mupdf(tmp_path):
    """MuPDF still signs over SHA-1: its file opens and is compared, and is not green."""
    folder = identity()
    subprocess.run(
        ["openssl", "pkcs12", "-export", "-inkey", folder / "key.pem", "-in", folder / "cert.pem", "-out",
         tmp_path / "id.pfx", "-passout", "pass:thu"],
        check=True,
    )  # fmt: skip
    (tmp_path / "in.pdf").write_bytes(prepared())
    number = _field_number(prepared(), "lanh_dao")
    subprocess.run(
        ["mutool", "sign", "-s", tmp_path / "id.pfx", "-P", "thu", "-o", tmp_path / "out.pdf", tmp_path / "in.pdf",
         str(number)],
        check=True, capture_output=True,
    )  # fmt: skip
    report = verify(tmp_path / "out.pdf", trust())
    assert report.overall == "unknown" and "SHA1" in report.reason and report.signatures[0].format == "PDF/CMS"


def _field_number(pdf, name):
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return next(field.objgen[0] for field in opened.Root.AcroForm.Fields if str(field.T) == name)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning")
def test_twenty_five_signatures():
    folder = identity("ec")
    signer = signers.SimpleSigner.load(folder / "key.pem", folder / "cert.pem")
    pdf = draft()
    for index in range(25):
        meta = signers.PdfSignatureMetadata(field_name=f"Ky{index}", subfilter=fields.SigSeedSubFilter.PADES)
        out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer)
        pdf = out.getvalue()
    report = verify(pdf, trust())
    assert len(report.signatures) == 25 and report.overall == "valid", report.reason
    hurried = verify(pdf, trust(), seconds=0.2)
    assert hurried.overall == "unknown" and "chưa xong sau" in hurried.reason
