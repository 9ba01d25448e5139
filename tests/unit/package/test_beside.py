"""A signature that lies beside an annex travels with it, and the offline check sees when they do not belong together."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from lxml import etree

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "signing")]

from package import PackageError, PackageFile, build_package, check_package  # noqa: E402
from package import beside as checked  # noqa: E402
from pades import detached  # noqa: E402
from proves import proves  # noqa: E402
from signing_sample import agency, chain  # noqa: E402

from package_sample import document, package  # noqa: E402  # isort: skip

TABLE = "STT;Đơn vị;Số liệu\n1;Phòng Một;12\n".encode()


def packed(folder, content=TABLE, signature=None):
    annex = PackageFile.from_bytes("bieu.csv", content, mimetype="text/plain")
    signature = detached.sign(TABLE, agency(), chain()) if signature is None else signature
    own = PackageFile.from_bytes("bieu.csv.p7s", signature, mimetype="application/pkcs7-signature", signs=annex)
    return build_package(package([document(1, extra=[annex, own])]), folder).path


@proves("ARC-07")
def test_signature_is_named_after_its_file_and_related_to_it(tmp_path):
    path = packed(tmp_path)
    assert check_package(path).findings == []
    data = path / "representations/rep1/data"
    assert sorted(one.name for one in data.iterdir()) == ["File1.pdf", "File1_2.csv", "File1_2.csv.p7s"]
    assert (data / "File1_2.csv").read_bytes() == TABLE
    premis = etree.parse(path / "representations/rep1/metadata/preservation/PREMIS_rep1.xml")
    related = premis.xpath("//p:relatedObjectIdentifierValue/text()", namespaces={"p": "http://www.loc.gov/premis/v3"})
    assert related == ["data/File1_2.csv"]


@pytest.mark.parametrize(
    ("content", "signature", "words"),
    [
        (TABLE + b"2;Hai;3\n", None, "bị thay đổi sau khi ký"),
        (TABLE, b"not a signature", "không đọc được"),
        (TABLE, b"", "rỗng hoặc quá lớn"),
        (TABLE, b"0" * (checked.MAX_SIGNATURE + 1), "rỗng hoặc quá lớn"),
    ],
)
def test_what_does_not_belong_together_is_found(tmp_path, content, signature, words):
    """The package is consistent in itself: every digest in METS fits, only the signature tells."""
    report = check_package(packed(tmp_path, content, signature))
    assert [finding.code for finding in report.findings] == ["signature"]
    assert words in report.findings[0].message


def test_signature_of_another_key(tmp_path):
    signed = cms.ContentInfo.load(detached.sign(TABLE, agency(), chain()))
    value = bytearray(signed["content"]["signer_infos"][0]["signature"].native)
    value[9] ^= 1
    signed["content"]["signer_infos"][0]["signature"] = bytes(value)
    report = check_package(packed(tmp_path, signature=signed.dump(force=True)))
    assert "không khớp với khóa" in report.findings[0].message


def test_signature_without_its_file_is_not_packed(tmp_path):
    lost = PackageFile.from_bytes("a.p7s", b"x", signs=PackageFile.from_bytes("a.csv", b"y"))
    with pytest.raises(PackageError):
        build_package(package([document(1, extra=[lost])]), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["rsa-sha512", "rsa-pss", "ecdsa-sha384"])
def test_signatures_made_by_others(tmp_path, kind):
    """The container is made by another library; SHA-384 and SHA-512, RSA-PSS and ECDSA are read too."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind.startswith("ecdsa") else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bên gửi Mẫu")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    digest = {"rsa-sha512": hashes.SHA512, "rsa-pss": hashes.SHA256, "ecdsa-sha384": hashes.SHA384}[kind]()
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size) if kind == "rsa-pss" else None
    builder = pkcs7.PKCS7SignatureBuilder().set_data(TABLE).add_signer(certificate, key, digest, rsa_padding=pss)
    signature = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    assert check_package(packed(tmp_path / "good", signature=signature)).findings == []
    changed = check_package(packed(tmp_path / "bad", content=TABLE + b"x", signature=signature))
    assert [finding.code for finding in changed.findings] == ["signature"]


@pytest.mark.parametrize("options", [("-keyid",), ("-noattr",), ("-noattr", "-keyid")])
def test_containers_of_other_shapes(tmp_path, options):
    """Named by the identifier of the key, or signed without attributes, as the ``openssl`` program of a sender may do."""
    key, certificate, table, made = (tmp_path / name for name in ("key.pem", "own.pem", "bieu.csv", "bieu.p7s"))
    table.write_bytes(TABLE)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Ben gui Mau", "-days", "2"],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        ["openssl", "cms", "-sign", "-binary", "-in", table, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", made, *options],
        check=True, capture_output=True,
    )  # fmt: skip
    assert check_package(packed(tmp_path / "good", signature=made.read_bytes())).findings == []
    changed = check_package(packed(tmp_path / "bad", content=TABLE + b"x", signature=made.read_bytes()))
    assert [finding.code for finding in changed.findings] == ["signature"]
