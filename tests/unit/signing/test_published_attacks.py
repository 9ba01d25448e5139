"""The published attacks on signed PDFs, built from their descriptions; each is refused, before signing or when verifying.

Universal forgery, incremental saving, wrapping (Mladenov and others, 2019); shadow attacks (Mainka and others, 2021); evil annotation
and sneaky signature on certified documents (Rohlmann and others, 2021).
"""

import io
import re

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from foreign import document, identity
from pades import LEADER, NUMBER, SEAL, prepare, sign
from pades.content_check import check
from pades.errors import ContentError
from pades.verify import verify
from proves import proves
from signing_sample import chain, changed, draft, issued, leader, numbered, placement, signed, trust
from test_attacks import field, update


def overlay(writer, text=b"0 0 0 rg 0 0 400 200 re f"):
    return writer.add_object(
        generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 400, 200))),
            },
            stream_data=text,
        )
    )


# --- universal forgery: a signature object that cannot be checked must not count


FORGED = {
    "range-null": (rb"/ByteRange \[[^]]*\]", b"/ByteRange null"),
    "range-negative": (rb"/ByteRange \[0 ", b"/ByteRange [-1"),
    "range-empty": (rb"/ByteRange \[[^]]*\]", b"/ByteRange []"),
    "range-name": (rb"/ByteRange ", b"/ByteRangX "),
    "range-zero": (rb"/ByteRange \[[^]]*\]", b"/ByteRange [0 0 0 0]"),
    "range-text": (rb"/ByteRange \[[^]]*\]", b"/ByteRange (abcd)"),
    "contents-null": (rb"/Contents <[^>]*>", b"/Contents null"),
    "contents-empty": (rb"/Contents <[^>]*>", b"/Contents <>"),
    "contents-zero": (rb"/Contents <[^>]*>", b"/Contents <00>"),
    "contents-name": (rb"/Contents <", b"/ContentX <"),
    "contents-reference": (rb"/Contents <[^>]*>", b"/Contents 7 0 R"),
    "no-subfilter": (rb"/SubFilter/adbe.pkcs7.detached", b"/SubFiltxx/adbe.pkcs7.detached"),
}


@pytest.mark.parametrize("name", FORGED)
def test_universal_forgery(name):
    pattern, new = FORGED[name]
    raw = re.sub(pattern, lambda found: new.ljust(len(found[0])), document())
    report = verify(raw, trust())
    assert report.overall != "valid" and report.reason


# --- incremental saving


FALSE = b"4 0 obj\n<</Length 47>>stream\nBT /F1 14 Tf 72 700 Td (Something else here) Tj ET\nendstream\nendobj\n"


def _with_table(pdf, body=FALSE, number=4, copy=False):
    start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    at = len(pdf)
    raw = pdf + body
    if copy:  # a second, equal signature object, as careless validators look for the last one
        begin = pdf.index(b"7 0 obj")
        raw += pdf[begin : pdf.index(b"endobj", begin) + 7]
    table = len(raw)
    raw += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 8/Root 1 0 R/Prev %d>>\n" % (number, at, start)
    return raw + b"startxref\n%d\n%%%%EOF\n" % table


SAVED = {
    "whole-update": lambda pdf: _with_table(pdf),
    "with-copied-signature": lambda pdf: _with_table(pdf, copy=True),
    "body-only": lambda pdf: pdf + FALSE,
    "body-and-end": lambda pdf: pdf + FALSE + b"%%EOF\n",
    "no-table": lambda pdf: pdf + FALSE + b"trailer\n<</Size 8/Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
    "table-without-trailer": lambda pdf: pdf + FALSE + b"xref\n4 1\n%010d 00000 n \n" % len(pdf),
    "comment": lambda pdf: pdf + b"% appended\n",
    "before-the-header": lambda pdf: b"%PDF-1.7\n" + FALSE + pdf,
}


@pytest.mark.parametrize("name", SAVED)
def test_incremental_saving(name):
    report = verify(SAVED[name](document()), trust())
    assert report.overall == "invalid" and report.reason


# --- wrapping


def test_wrapping_inside_the_container():
    """What stands between the two covered parts may be nothing but the container."""
    raw = document()
    at = raw.rindex(b"/Contents <") + len(b"/Contents ")
    end = raw.index(b">", at)
    cut = len(raw[at:end].rstrip(b"0")) + 50
    for inside in (b"> /V 9 0 R <", b">>>\nendobj\n4 0 obj\n<</Length 0>>stream\n\nendstream\nendobj\n9 0 obj<</A<", b"  <", b"00\n"):
        forged = raw[: at + cut] + inside + raw[at + cut + len(inside) :]
        assert verify(forged, trust()).overall != "valid", inside


def test_wrapping_with_moved_second_part():
    raw = document()
    end = raw.index(b">", raw.rindex(b"/Contents <")) + 1
    rest = len(raw) - end
    forged = raw[:end] + b"/X 1>>\nendobj\n" + FALSE + raw[end:]
    numbers = [int(part) for part in re.search(rb"/ByteRange \[([^]]*)\]", raw)[1].split()]
    assert numbers[2] == end and numbers[3] == rest
    new = b"/ByteRange [0 %010d %010d %010d]" % (numbers[1], len(forged) - rest, rest)
    for candidate in (forged, re.sub(rb"/ByteRange \[[^]]*\]", new, forged)):
        report = verify(candidate, trust())
        assert report.overall == "invalid"


# --- shadow attacks: refused before signing, and found when they are played on a file signed elsewhere


def hide(document_):
    page = document_.pages[0]
    image = document_.make_stream(b"\xff" * 3, Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1,
                                  ColorSpace=Name.DeviceRGB, BitsPerComponent=8)  # fmt: skip
    page.Resources.XObject = Dictionary(Cover=image)
    page.contents_add(b"q 500 0 0 300 60 600 cm /Cover Do Q")


def replace(document_):
    widget = document_.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("tien"), V=String("1.000"),
                   Rect=Array([100, 600, 300, 620]), F=4)
    )  # fmt: skip
    document_.pages[0].Annots = Array([widget])
    document_.Root.AcroForm = Dictionary(Fields=Array([widget]))


def hide_and_replace(pdf):
    """Two versions of the page in one file: the shown one was saved last."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("pdf", "code"),
    [(changed(draft(), hide), "covered"), (changed(draft(), replace), "fields"), (hide_and_replace(draft()), "revisions")],
    ids=["hide", "replace", "hide-and-replace"],
)
def test_prepared_shadow_file_is_refused_before_signing(pdf, code):
    assert code in {problem.code for problem in check(pdf).problems}
    with pytest.raises(ContentError, match="Hãy"):
        prepare.prepare(pdf, placement(draft()))


def test_unreferenced_twin_does_not_survive_preparation():
    def twin(document_):
        document_.Root.Twin = document_.make_stream(b"BT (unreferenced twin) Tj ET")

    raw = changed(draft(), twin)
    with pikepdf.open(io.BytesIO(raw)) as opened:
        twin_number = opened.Root.Twin.objgen[0]
    # the same file whose catalog does not name it: only the cross-reference table does
    hidden = raw.replace(b"/Twin %d 0 R" % twin_number, b"".ljust(len(b"/Twin %d 0 R" % twin_number)))
    done = prepare.prepare(hidden, placement(draft()))
    with pikepdf.open(io.BytesIO(done)) as opened:
        assert not any(
            isinstance(item, pikepdf.Stream) and b"unreferenced twin" in item.read_bytes() for item in opened.objects
        )


def test_switched_shadow_file_of_somebody_else():
    """Hidden page in the signed bytes, switched by nothing but a new cross-reference table."""
    extra = b"/Later 8 0 R"
    raw = document(extra=extra)
    number = raw.index(b"5 0 obj")
    start = int(raw[raw.rindex(b"startxref") + 9 :].split()[0])
    table = len(raw)
    switched = raw + b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 8/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        number, start, table)  # fmt: skip
    report = verify(switched, trust())
    assert report.overall == "invalid" and "thay đổi sau khi ký" in report.reason


# --- certification attacks


def sneaky(writer, signed_by=None, rect=(80, 600, 480, 800)):
    widget = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string("them"),
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, rect)),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): overlay(writer)}),
        }
    )
    reference = writer.add_object(widget)
    page_reference = writer.root["/Pages"]["/Kids"].raw_get(0)
    page = page_reference.get_object()
    widget[pdf_name("/P")] = page_reference
    if "/Annots" not in page:
        page[pdf_name("/Annots")] = generic.ArrayObject()
    page["/Annots"].append(reference)
    writer.update_container(page)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.update_container(form)


@pytest.mark.parametrize("pdf", [signed, numbered, issued, document], ids=["signed", "numbered", "issued", "foreign"])
def test_empty_signature_field_laid_over_the_text(pdf):
    report = verify(update(pdf(), sneaky), trust())
    assert report.overall == "invalid" and report.signatures[0].groups["signature"].state == "invalid"


@pytest.mark.parametrize("pdf", [signed, numbered, issued], ids=["signed", "numbered", "issued"])
def test_sneaky_signature_on_a_certified_document(pdf):
    folder = identity()
    signer = signers.SimpleSigner.load(folder / "key.pem", folder / "cert.pem")
    meta = signers.PdfSignatureMetadata(field_name="them", subfilter=fields.SigSeedSubFilter.PADES)
    spec = fields.SigFieldSpec("them", on_page=0, box=(80, 600, 480, 800))
    out = io.BytesIO()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf()))
        signers.PdfSigner(meta, signer=signer, new_field_spec=spec).sign_pdf(writer, output=out)
    except Exception as error:
        pytest.fail(f"the attack could not be built: {error}")
    report = verify(out.getvalue(), trust())
    assert report.overall == "invalid" and report.signatures[0].overall == "invalid"


# --- fields and appearances


def swapped(name):
    def work(writer):
        target = field(writer, name)
        target[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): overlay(writer)})
        writer.update_container(target)

    return work


@pytest.mark.parametrize(
    ("pdf", "name"),
    [(signed, LEADER), (signed, SEAL), (numbered, SEAL), (numbered, LEADER), (issued, SEAL), (issued, LEADER)],
)
def test_swapped_appearance(pdf, name):
    report = verify(update(pdf(), swapped(name)), trust())
    assert report.overall == "invalid", list(report.lines())


def forged_lock(writer):
    target = field(writer, SEAL)
    target[pdf_name("/Lock")] = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/SigFieldLock"),
                pdf_name("/Action"): pdf_name("/Include"),
                pdf_name("/Fields"): generic.ArrayObject([pdf_string(NUMBER)]),
            }
        )
    )
    writer.update_container(target)


@pytest.mark.parametrize("pdf", [signed, numbered, issued])
def test_forged_field_lock(pdf):
    assert verify(update(pdf(), forged_lock), trust()).overall == "invalid"


def unsigned(name):
    def work(writer):
        target = field(writer, name)
        del target[pdf_name("/V")]
        writer.update_container(target)

    return work


def no_form(writer):
    del writer.root[pdf_name("/AcroForm")]
    writer.update_root()


@pytest.mark.parametrize(
    ("pdf", "work"),
    [(issued, unsigned(SEAL)), (issued, unsigned(LEADER)), (signed, unsigned(LEADER)), (issued, no_form), (signed, no_form),
     (document, no_form)],
    ids=["seal", "leader", "only", "form-of-two", "form-of-one", "foreign"],
)  # fmt: skip
def test_signature_removed(pdf, work):
    report = verify(update(pdf(), work), trust())
    assert report.overall == "invalid" and "đã bị gỡ" in report.reason


@proves("SIGN-18")
def test_any_page_of_a_long_document_changed():
    """No page-joining seal is needed: a byte on any page is noticed."""
    long = draft(pages=3)
    pdf = sign.sign(prepare.prepare(long, placement(long)), LEADER, leader(), chain=chain())
    assert verify(pdf, trust()).overall == "valid"
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        numbers = [page.Contents.objgen[0] for page in opened.pages]
    assert len(numbers) == 3
    for number in numbers:
        at = pdf.index(b"stream", pdf.index(b"\n%d 0 obj" % number)) + 20
        report = verify(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :], trust())
        assert report.overall == "invalid" and "không toàn vẹn" in report.reason
