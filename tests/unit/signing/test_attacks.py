"""What must never come out as valid: changes after signing in every known manner."""

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pades import DATE, LEADER, NUMBER, SEAL
from pades.verify import verify
from proves import proves
from signing_sample import draft, issued, numbered, signed, trust


def update(pdf, work):
    """One more incremental update, as an attacker would append it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    work(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def field(writer, name):
    return next(item.get_object() for item in writer.root["/AcroForm"]["/Fields"] if item.get_object()["/T"] == name)


def number(value, flags=None):
    def work(writer):
        target = field(writer, NUMBER)
        target[pdf_name("/V")] = pdf_string(value)
        target[pdf_name("/AP")] = generic.DictionaryObject(
            {
                pdf_name("/N"): writer.add_object(
                    generic.StreamObject(
                        {
                            pdf_name("/Type"): pdf_name("/XObject"),
                            pdf_name("/Subtype"): pdf_name("/Form"),
                            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 40, 15))),
                        },
                        stream_data=b"BT ET",
                    )
                )
            }
        )
        if flags is not None:
            target[pdf_name("/Ff")] = generic.NumberObject(flags)
        writer.update_container(target)

    return work


@proves("SIGN-28")
def test_number_changed_after_the_seal():
    report = verify(update(issued(), number("999")), trust())
    assert report.overall == "invalid"
    assert next(one for one in report.signatures if one.field == SEAL).overall == "invalid"


def test_number_changed_twice_before_the_seal():
    report = verify(update(numbered(), number("999", flags=1)), trust())
    assert report.overall == "invalid" and "ghi lại" in report.reason


def test_appearance_changed_in_place():
    def work(writer):
        stream = field(writer, DATE)["/AP"].raw_get("/N")
        stream.get_object()._data = b"BT ET"
        stream.get_object()._encoded_data = None
        writer.update_container(stream.get_object())

    assert verify(update(issued(), work), trust()).overall == "invalid"


def annotation(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"].append(
        writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Annot"),
                    pdf_name("/Subtype"): pdf_name("/FreeText"),
                    pdf_name("/Contents"): pdf_string("Đã sửa"),
                    pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (80, 690, 300, 720))),
                    pdf_name("/DA"): pdf_string("/Helv 12 Tf 0 g"),
                }
            )
        )
    )
    writer.update_container(page["/Annots"])
    writer.update_container(page)


def content(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


def new_field(writer):
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(
        writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/FT"): pdf_name("/Tx"),
                    pdf_name("/T"): pdf_string("noi_dung"),
                    pdf_name("/V"): pdf_string("khác"),
                    pdf_name("/Subtype"): pdf_name("/Widget"),
                    pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 10, 10))),
                }
            )
        )
    )
    writer.update_container(fields)
    writer.update_root()


def moved(writer):
    target = field(writer, NUMBER)
    target[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 300)))
    writer.update_container(target)


def open_action(writer):
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    )
    writer.update_root()


def layers(writer):
    writer.root[pdf_name("/OCProperties")] = generic.DictionaryObject({pdf_name("/OCGs"): generic.ArrayObject()})
    writer.update_root()


def font_of_the_form(writer):
    fonts = writer.root["/AcroForm"]["/DR"]["/Font"]
    fonts["/VbRegular"][pdf_name("/BaseFont")] = pdf_name("/Other")
    writer.update_container(fonts["/VbRegular"])


@pytest.mark.parametrize(
    "work",
    [annotation, content, new_field, moved, open_action, layers, font_of_the_form],
    ids=lambda work: work.__name__,
)
@pytest.mark.parametrize("pdf", [signed, numbered, issued], ids=["signed", "numbered", "issued"])
def test_incremental_changes(pdf, work):
    assert verify(update(pdf(), work), trust()).overall != "valid"


@pytest.mark.parametrize("share", range(0, 100, 4))
def test_any_changed_byte(share):
    raw = bytearray(issued())
    position = 200 + (len(raw) - 400) * share // 100
    raw[position] ^= 1
    assert verify(bytes(raw), trust()).overall != "valid", position


def test_signature_moved_to_another_file():
    """Wrapping: the container of a valid document in a file with other content."""
    start = issued().index(b"/Contents <", len(signed()) - 20000)
    other = bytearray(signed().replace("Kính".encode(), b"Xinh", 1))
    assert verify(bytes(other) + issued()[start : start + 500], trust()).overall != "valid"
    assert verify(draft() + signed(), trust()).overall != "valid"
    assert verify(signed() + draft(), trust()).overall != "valid"


def test_byte_range_that_leaves_a_hole():
    raw = issued()
    at = raw.rindex(b"/ByteRange [")
    end = raw.index(b"]", at)
    numbers = raw[at + 12 : end].split()
    forged = b"/ByteRange [%s %s %s %s" % (numbers[0], numbers[1], numbers[2], str(int(numbers[3]) - 50).encode())
    assert verify(raw[:at] + forged.ljust(end - at) + raw[end:], trust()).overall != "valid"


def test_leader_alone_is_named_when_the_rest_was_cut_off():
    report = verify(issued()[: len(signed())], trust())
    assert [one.field for one in report.signatures] == [LEADER] and report.overall == "valid"
