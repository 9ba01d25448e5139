"""For every kind of file that we make, three other programs come to the same result: pyHanko's own validator, poppler, MuPDF."""

import subprocess

import pytest

from demo_pki.services import Services
from pades import LEADER, SEAL, fill, prepare, sign
from pades.appearance import Appearance
from pades.layout import Placement, corner
from pades.longterm import renew
from pades.timestamp import http_timestamper
from pades.verify import verify
from proves import proves
from signing_sample import (
    TEXTS,
    agency,
    authority,
    chain,
    draft,
    issued,
    leader,
    numbered,
    prepared,
    red,
    signed,
    trust,
)


def annex():
    """A separate annex that only the agency signs, in the corner of its first page."""
    pdf = prepare.prepare(draft(), Placement(None, None, None, corner(595, 842)))
    return sign.sign(pdf, SEAL, agency(), chain=chain(), appearance=Appearance(lines=("05/SNV-VP",)))


def with_stamps():
    """A document that keeps places for the receivers' incoming stamps."""
    from dataclasses import replace

    from signing_sample import placement

    place = replace(placement(), stamps=(corner(595, 842, "top_left"), corner(595, 842, "top_left", order=1)))
    pdf = sign.sign(prepare.prepare(draft(), place), LEADER, leader(), chain=chain())
    return sign.sign(
        fill.fill(pdf, TEXTS), SEAL, agency(), chain=chain(), appearance=Appearance(picture=red(), stretch=True)
    )


def stamped(services):
    tsa = http_timestamper(services.url("tsa"), timeout=5)
    pdf = fill.fill(sign.sign(prepared(), LEADER, leader(), chain=chain(), timestamper=tsa), TEXTS)
    return sign.sign(pdf, SEAL, agency(), chain=chain(), timestamper=tsa)


CASES = {"signed": signed, "numbered": numbered, "issued": issued, "annex": annex, "with-stamps": with_stamps,
         "stamped": stamped}  # fmt: skip


@pytest.fixture(scope="module")
def services():
    """Alive during validation: the certificate of the timestamp service names its revocation list."""
    with Services(authority()) as running:
        yield running


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr


@proves("SIGN-27")
@pytest.mark.parametrize("name", CASES)
def test_all_agree(name, tmp_path, services):
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(CASES[name](services) if name == "stamped" else CASES[name]())
    report = verify(path, trust())
    count = len(report.signatures)
    assert report.overall == "valid" and count >= 1, list(report.lines())
    shown = run("pyhanko", "sign", "validate", "--pretty-print", "--trust", str(authority().certificate), str(path))
    assert shown.count("judged VALID") + shown.count("judged INVALID") == count and "INVALID" not in shown, shown
    poppler = run("pdfsig", str(path))
    assert poppler.count("Signature is Valid") == count, poppler
    # the fictional root is not among the certificates that MuPDF trusts; it judges digest and later changes
    mupdf = run("mutool", "sign", "-v", str(path))
    assert mupdf.count("The signature is valid") + mupdf.count("The document is unchanged") >= count, mupdf
    if count > 1 and name != "annex":
        first = report.signatures[0]
        assert (first.field, first.later_changes) == (LEADER, "FORM_FILLING") and "chỉ ghi số, ngày" in first.groups["signature"].reason


def test_archived_file_in_other_programs(tmp_path, services):
    """pyHanko's default policy takes any later form update for a change of locked text fields; with in-place changes of appearances
    forbidden, as we do, it agrees. Poppler and MuPDF judge each signature."""
    from asn1crypto import x509 as asn1x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    from pades.integrity import POLICY

    path = tmp_path / "archived.pdf"
    path.write_bytes(renew(issued(), trust(), http_timestamper(services.url("tsa"), timeout=5)))
    assert verify(path, trust()).overall == "valid"
    with path.open("rb") as stream:
        root = asn1x509.Certificate.load(chain()[0])
        for one in PdfFileReader(stream).embedded_regular_signatures:
            assert validate_pdf_signature(one, ValidationContext(trust_roots=[root]), diff_policy=POLICY).bottom_line
    assert run("pdfsig", str(path)).count("Signature is Valid") == 2  # it knows no timestamps over documents
    assert run("mutool", "sign", "-v", str(path)).count("The signature is valid") == 2
