"""Shadow content and bad files are refused before any token is touched, in words that say what to do."""

import io

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen import canvas

from pades.content_check import check, require_signable
from pades.errors import ContentError
from signing_sample import changed, draft, issued


def script(document):
    document.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))]))
    )


def layer(document):
    group = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("lớp")))
    document.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group])))


def attachment(document):
    document.attachments["hop-dong.docx"] = b"PK"


def note(document):
    document.pages[0].Annots = Array(
        [document.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 500, 500])))]
    )


def hidden_widget(document):
    widget = document.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("x"), F=2, Rect=Array([0, 0, 9, 9]))
    )
    document.pages[0].Annots = Array([widget])
    document.Root.AcroForm = Dictionary(Fields=Array([widget]))


def xfa(document):
    document.Root.AcroForm = Dictionary(Fields=Array(), XFA=document.make_stream(b"<xdp/>"))


def launch(document):
    document.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))


def page_action(document):
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("x")))


def link_with_look(document):
    look = document.make_stream(b"0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 100]))
    document.pages[0].Annots = Array(
        [
            document.make_indirect(
                Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 500, 800]), AP=Dictionary(N=look))
            )
        ]
    )


def external(document):
    document.Root.Extra = document.make_stream(b"", F=String("other.pdf"))


BAD = {
    "javascript": script,
    "layers": layer,
    "embedded_file": attachment,
    "annotation": note,
    "fields": hidden_widget,
    "xfa": xfa,
    "open_action": launch,
    "page_action": page_action,
    "external": external,
}


@pytest.mark.parametrize("code", BAD)
def test_switchable_content(code):
    report = check(changed(draft(), BAD[code]))
    assert code in {problem.code for problem in report.problems}
    with pytest.raises(ContentError) as caught:
        require_signable(changed(draft(), BAD[code]))
    assert "Hãy" in str(caught.value)


def test_link_with_its_own_look():
    assert not check(changed(draft(), link_with_look)).ok


def test_clean_draft_with_plain_link_passes():
    def link(document):
        document.pages[0].Annots = Array(
            [
                document.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Link,
                        Rect=Array([0, 0, 50, 20]),
                        A=Dictionary(S=Name.URI, URI=String("https://example.vn")),
                    )
                )
            ]
        )

    assert require_signable(changed(draft(), link)) == 1


def test_covered_text():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(100, 700, "So tien: 1.000.000 dong")
    page.setFillColorRGB(1, 1, 1)
    page.rect(90, 690, 300, 30, stroke=0, fill=1)
    page.setFillColorRGB(0, 0, 0)
    page.drawString(100, 500, "So tien: 9 dong")
    page.save()
    assert [problem.code for problem in check(buffer.getvalue()).problems] == ["covered"]


def test_background_before_the_text_is_no_cover():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.setFillColorRGB(0.9, 0.9, 0.9)
    page.rect(90, 690, 300, 30, stroke=0, fill=1)
    page.setFillColorRGB(0, 0, 0)
    page.drawString(100, 700, "O mau trong bang")
    page.save()
    assert check(buffer.getvalue()).ok


def test_changed_after_export():
    assert "revisions" in {problem.code for problem in check(issued()).problems}
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(draft())) as document:
        document.save(out, linearize=True)
    assert check(out.getvalue()).ok


def encrypted():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(draft())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def encrypted_without_password():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(draft())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (b"", "empty", "0 byte"),
        (b"MZ\x90\0" + b"\0" * 500, "not_pdf", ".exe"),
        (b"PK\x03\x04" + b"\0" * 500, "not_pdf", "Word"),
        (b"\x89PNG\r\n", "not_pdf", "PNG"),
        (b"%PDF-1.7\n" + b"x" * 1000, "broken", "hỏng"),
        (draft()[:600], "broken", "hỏng"),
        (encrypted(), "encrypted", "mật khẩu"),
        (encrypted_without_password(), "encrypted", "mật khẩu"),
        (b"%PDF-1.7\n" + b"0" * (201 * 2**20), "too_big", "MB"),
    ],
    ids=["empty", "exe", "zip", "png", "junk", "cut", "encrypted", "encrypted-open", "big"],
)
def test_bad_files(raw, code, words):
    report = check(raw)
    assert [problem.code for problem in report.problems] == [code] and words in report.problems[0].message


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20))
def test_any_damage_gives_a_report(changes):
    raw = bytearray(draft())
    for position, value in changes:
        raw[position % len(raw)] = value
    check(bytes(raw))
