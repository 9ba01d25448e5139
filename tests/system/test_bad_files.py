"""Files that are not what they say: a clear Vietnamese message, and nothing of them is kept."""

import io

import pikepdf
import pytest

from demo import database, papers
from demo.client import RpcError, b64
from proves import proves


def _encrypted():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(papers.text_pdf("Tài liệu có mật khẩu"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="chủ", user="mở"))
    return out.getvalue()


def _broken():
    whole = papers.text_pdf("Tài liệu bị hỏng")
    return whole[: len(whole) // 3]


FILES = {
    "encrypted": ("co-mat-khau.pdf", _encrypted),
    "broken": ("bi-hong.pdf", _broken),
    "program": (
        "bao-cao.pdf",
        lambda: b"MZ\x90\x00" + b"\x00" * 58 + b"\x80\x00\x00\x00" + b"PE\x00\x00" + b"\x00" * 4000,
    ),
    "empty": ("rong.pdf", lambda: b""),
    "huge": ("qua-lon.pdf", lambda: b"%PDF-1.7\n" + b"0" * (200 * 1024 * 1024)),
}


def _stored(site):
    """What the database and the file store hold of documents' files."""
    rows = database.query(
        site.db,
        """SELECT (SELECT count(*) FROM vanban_file), (SELECT count(*) FROM vanban_document),
                  (SELECT count(*) FROM ir_attachment WHERE res_model LIKE 'vanban%%')""",
    )
    return rows[0]


@proves("DOC-05")
@pytest.mark.parametrize("case", FILES)
def test_refused_and_nothing_left(snv, case):
    name, make = FILES[case]
    clerk = snv.user("vanthu")
    before = _stored(snv)
    content = b64(make())
    with pytest.raises(RpcError) as refusal:
        clerk.call(
            "vanban.document",
            "action_receive_scan",
            None,
            vals={"subject": "Văn bản kèm tệp hỏng", "issuer_name": "UBND xã Mẫu Tân"},
            filename=name,
            content_b64=content,
        )
    message = refusal.value.message
    assert refusal.value.name == "odoo.exceptions.UserError", message
    assert any(letter in message for letter in "ạảãàáặệộợửữđăâêôơư"), message
    # beyond the limit of a request the server reads nothing at all, not even the name
    assert name in message or (case == "huge" and "128 MB" in message), message
    assert _stored(snv) == before

    document = clerk.create("vanban.document", {"direction": "in", "subject": "Văn bản giữ nguyên", "medium": "paper"})
    files = _stored(snv)
    with pytest.raises(RpcError):
        clerk.call("vanban.document", "upload_file", document, name=name, content_b64=content)
    assert _stored(snv) == files
    assert clerk.value("vanban.document", document, "main_file_id") is False
    assert clerk.count("vanban.document", [("id", "=", document)]) == 1  # the server goes on working
