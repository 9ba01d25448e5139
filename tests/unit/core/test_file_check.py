import io
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from proves import proves
from tools import file_check, file_check_office, file_check_pdf
from tools.file_check import FileRefused


def pdf(pages=1, **save):
    out = io.BytesIO()
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=(595, 842))
    document.save(out, **save)
    return out.getvalue()


def zipped(members, **kwargs):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **kwargs) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
ODT = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"})


@proves("DOC-05")
class TestAccepted:
    def test_pdf(self):
        info = file_check.check("Công văn.PDF", pdf(3))
        assert (info.extension, info.pages, info.mimetype) == ("pdf", 3, "application/pdf")
        assert len(info.sha256) == 64

    @pytest.mark.parametrize(
        ("name", "raw"),
        [
            ("a.docx", DOCX),
            ("a.odt", ODT),
            ("a.txt", "Kính gửi: Ủy ban".encode()),
            ("a.txt", b"MZ la ky hieu"),
            ("a.csv", "số,ngày\n1,2".encode("utf-8-sig")),
            ("a.rtf", b"{\\rtf1 abc}"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "WordDocument".encode("utf-16-le")),
            ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "Workbook".encode("utf-16-le")),
        ],
    )
    def test_office_and_text(self, name, raw):
        assert file_check.check(name, raw).extension == name.rpartition(".")[2]

    def test_jpeg(self):
        out = io.BytesIO()
        Image.new("RGB", (10, 10)).save(out, "JPEG")
        assert file_check.check("scan.jpeg", out.getvalue()).mimetype == "image/jpeg"
        with pytest.raises(FileRefused, match="hỏng"):
            file_check.check("scan.jpg", b"\xff\xd8\xff" + out.getvalue()[40:90])


@proves("DOC-05")
class TestRefused:
    @pytest.mark.parametrize(
        ("name", "raw", "words"),
        [
            ("rong.pdf", b"", "rỗng"),
            ("virus.pdf", b"MZ\x90\x00" + bytes(300), "chương trình Windows"),
            ("virus.exe", b"MZ\x90\x00" + bytes(300), "chương trình Windows"),
            ("hong.pdf", b"%PDF-1.7\nkhong co gi", "hỏng"),
            ("gia.pdf", b"chi la chu", "không phải là tệp PDF"),
            ("gia.pdf", DOCX, "DOCX"),
            ("gia.docx", pdf(), "PDF"),
            ("goi.zip", DOCX, "không thuộc định dạng"),
            ("goi.docx", zipped({"a.txt": "x"}), "ZIP"),
            ("khongduoi", b"abc", "không có phần mở rộng"),
            ("anh.png", b"\x89PNG\r\n\x1a\n", "ảnh PNG"),
            ("nhi-phan.txt", b"abc\x00\x01", "không đọc được"),
            ("macro.docx", zipped({"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": "x"}), "macro"),
            ("khoa.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
            ("thieu.docx", DOCX[:-30], "hỏng"),
        ],
    )
    def test_says_what_is_wrong(self, name, raw, words):
        with pytest.raises(FileRefused, match=words):
            file_check.check(name, raw)

    def test_encrypted_pdf(self):
        for user in ("", "secret"):
            raw = pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
            with pytest.raises(FileRefused, match="mật khẩu"):
                file_check.check("khoa.pdf", raw)

    def test_cut_pdf(self):
        raw = pdf(20)
        with pytest.raises(FileRefused, match="hỏng"):
            file_check.check("cat.pdf", raw[: len(raw) * 2 // 3])

    def test_pdf_without_pages(self):
        with pytest.raises(FileRefused, match="không có trang"):
            file_check.check("trong.pdf", pdf(0))

    def test_too_big(self):
        with pytest.raises(FileRefused, match="vượt giới hạn 1 MB"):
            file_check.check("to.pdf", pdf() + bytes(1024 * 1024), max_bytes=1024 * 1024)

    def test_zip_bomb(self, monkeypatch):
        monkeypatch.setattr(file_check_office, "MAX_UNPACKED", 16 * 1024 * 1024)
        bomb = zipped({"[Content_Types].xml": "", "word/document.xml": bytes(20 * 1024 * 1024)})
        assert len(bomb) < 64 * 1024
        with pytest.raises(FileRefused, match="phình to"):
            file_check.check("bom.docx", bomb)

    def test_pdf_bomb_in_layers(self, monkeypatch):
        monkeypatch.setattr(file_check_pdf, "MAX_INFLATED", 16 * 1024 * 1024)
        document = pikepdf.new()
        document.add_blank_page()
        inner = zlib.compress(bytes(20 * 1024 * 1024), 9)
        stream = pikepdf.Stream(document, b"")
        stream.write(zlib.compress(inner, 9), filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
        document.pages[0].Contents = stream
        out = io.BytesIO()
        document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        assert len(out.getvalue()) < 100_000
        with pytest.raises(FileRefused, match="phình to"):
            file_check.check("bom.pdf", out.getvalue())

    def test_object_stream_bomb_is_stopped_before_it_is_opened(self):
        body = zlib.compress(bytes(65 * 1024 * 1024), 9)
        raw = b"%%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(body)
        raw += body + b"\nendstream\nendobj\n%%EOF"
        with pytest.raises(FileRefused, match="phình to"):
            file_check.check("bom.pdf", raw)


def test_safe_name():
    assert file_check.safe_name("../../etc/passwd") == "passwd"
    assert file_check.safe_name("C:\\tmp\\a:b.pdf") == "a_b.pdf"
    assert file_check.safe_name("hoa\u202efdp.exe") == "hoafdp.exe"
    assert file_check.safe_name("") == "tep"
    assert len(file_check.safe_name("ă" * 400 + ".pdf")) <= 150
    assert file_check.safe_name("ă" * 400 + ".pdf").endswith(".pdf")
