"""What a file really is, judged by its bytes: nothing is believed of its name or of a content type sent along.

``check(name, raw)`` returns a :class:`FileInfo` or raises :class:`FileRefused`, whose message (Vietnamese) says what is
wrong and what to do. The accepted formats are those of the list in DOC-05 and can be narrowed by ``allowed``.
"""

import dataclasses
import hashlib
import re
import unicodedata

from . import file_check_office, file_check_pdf
from .file_refused import FileRefused

__all__ = ["ALLOWED", "MAX_BYTES", "FileInfo", "FileRefused", "check", "safe_name"]

MAX_BYTES = 100 * 1024 * 1024
_MAX_PIXELS = 250_000_000

MIMETYPES = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    # of packets only, never in the default list
    "xml": "application/xml",
    "edxml": "application/xml",
    # a signature beside a file that is not PDF, made by the system itself
    "p7s": "application/pkcs7-signature",
}
ALLOWED = frozenset({"txt", "rtf", "doc", "docx", "odt", "csv", "xls", "xlsx", "ods", "pdf", "jpg", "jpeg"})
#: Further extensions that files of a role may have.
OF_ROLE = {"packet": frozenset({"xml", "edxml"}), "signature": frozenset({"p7s"})}

# signature → what it is, in words for the message
_FOREIGN = (
    (b"MZ", "chương trình Windows (.exe)"),
    (b"\x7fELF", "chương trình Linux"),
    (b"\xca\xfe\xba\xbe", "chương trình Java hoặc macOS"),
    (b"#!", "tệp lệnh (script)"),
    (b"Rar!\x1a\x07", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7-Zip"),
    (b"\x1f\x8b", "tệp nén GZIP"),
    (b"\x89PNG\r\n", "ảnh PNG"),
    (b"GIF8", "ảnh GIF"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"BM", "ảnh BMP"),
)


@dataclasses.dataclass(frozen=True)
class FileInfo:
    """A file found good: ``extension`` without dot as by its bytes, ``pages`` 0 where the format knows none."""

    name: str
    mimetype: str
    extension: str
    pages: int
    size: int
    sha256: str


def safe_name(name, fallback="tep"):
    """Base name without any folder, control or direction character, NFC, at most 150 characters.

    Made for names from outside: ``"../../etc/passwd"`` → ``"passwd"``.
    """
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    text = re.split(r"[/\\]", text)[-1]
    text = re.sub(r'[<>:"|?*]', "_", text).strip(" .")
    if not text:
        return fallback
    stem, dot, extension = text.rpartition(".")
    if not dot:
        return text[:150]
    extension = extension[:10]
    return f"{stem[: 149 - len(extension)]}.{extension}"


def check(name, raw, max_bytes=MAX_BYTES, allowed=ALLOWED):
    """Judge a file by its bytes.

    :param str name: name as given by the person or the other system; only its extension is compared
    :param bytes raw: content
    :param int max_bytes: refused above that size
    :param allowed: extensions accepted
    :rtype: FileInfo
    :raises FileRefused: with a Vietnamese message
    """
    name = safe_name(name)
    size = len(raw or b"")
    if not size:
        raise FileRefused(f"Tệp “{name}” rỗng (0 byte). Hãy kiểm tra tệp gốc rồi tải lên lại.")
    if size > max_bytes:
        raise FileRefused(
            f"Tệp “{name}” có dung lượng {_mib(size)} MB, vượt giới hạn {_mib(max_bytes)} MB. "
            "Hãy giảm dung lượng hoặc tách tệp rồi tải lên lại."
        )
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    foreign = next((label for magic, label in _FOREIGN if raw.startswith(magic)), None)
    # plain text may begin with the same two letters as a program or a picture
    if foreign and not (claimed in ("txt", "csv") and _is_text(raw)):
        raise FileRefused(f"Tệp “{name}” thực chất là {foreign}, không được nhận vào hệ thống. {_accepted(allowed)}")
    if claimed not in allowed:
        raise FileRefused(
            f"Tệp “{name}” có phần mở rộng “.{claimed}” không thuộc định dạng được phép. {_accepted(allowed)}"
            if claimed
            else f"Tệp “{name}” không có phần mở rộng nên không xác định được định dạng. {_accepted(allowed)}"
        )
    extension, pages = _inspect(name, raw, claimed)
    if {"jpeg": "jpg"}.get(claimed, claimed) != extension:
        raise FileRefused(
            f"Tệp “{name}” mang phần mở rộng “.{claimed}” nhưng nội dung là định dạng {extension.upper()}. "
            "Hãy lưu lại tệp đúng định dạng rồi tải lên."
        )
    return FileInfo(name, MIMETYPES[extension], extension, pages, size, hashlib.sha256(raw).hexdigest())


#: DER of the object identifier of signed data (RFC 5652), which a container names first.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")


def _inspect(name, raw, claimed):
    """(extension by content, pages)."""
    if b"%PDF-" in raw[:1024]:
        return "pdf", file_check_pdf.check(name, raw)
    if raw.startswith(b"PK\x03\x04"):
        return file_check_office.check_zip(name, raw), 0
    if raw.startswith(file_check_office.OLE_MAGIC):
        return file_check_office.check_ole(name, raw), 0
    if raw.startswith(b"\xff\xd8\xff"):
        _check_jpeg(name, raw)
        return "jpg", 1
    if raw.startswith(b"{\\rtf"):
        if not raw.rstrip(b"\x00\r\n ").endswith(b"}"):
            raise FileRefused(f"Tệp “{name}” bị thiếu phần cuối (RTF hỏng). Hãy lưu lại tệp rồi tải lên.")
        return "rtf", 0
    if claimed == "p7s" and raw.startswith(b"\x30") and _SIGNED_DATA in raw[:24]:
        return "p7s", 0
    if claimed in ("txt", "csv", "xml", "edxml") and _is_text(raw):
        return claimed, 0
    wanted = {"pdf": "PDF", "doc": "Word", "docx": "Word", "xls": "Excel", "xlsx": "Excel"}.get(claimed, claimed.upper())
    raise FileRefused(
        f"Tệp “{name}” không phải là tệp {wanted} hợp lệ: nội dung không đọc được. "
        "Hãy mở tệp gốc để kiểm tra rồi xuất hoặc quét lại."
    )


def _check_jpeg(name, raw):
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG",)) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise FileRefused(f"Ảnh “{name}” có kích thước quá lớn ({image.width} × {image.height}). Hãy quét lại.")
            image.verify()
    except FileRefused:
        raise
    except Exception as error:  # the library raises many kinds for hostile pictures
        raise FileRefused(f"Ảnh “{name}” bị hỏng, không đọc được. Hãy quét hoặc xuất lại.") from error


def _is_text(raw):
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    head = raw[: 1024 * 1024]
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        # a character cut at the end of the sample is no defect; Vietnamese Windows text is not UTF-8
        if error.start >= len(head) - 4 and len(raw) > len(head):
            return True
        text = head.decode("cp1258", errors="replace")
    controls = sum(1 for char in text if ord(char) < 32 and char not in "\r\n\t\f")
    return controls == 0


def _mib(size):
    return f"{size / (1024 * 1024):.1f}".rstrip("0").rstrip(".").replace(".", ",")


def _accepted(allowed):
    return "Định dạng được nhận: " + ", ".join(f".{extension}" for extension in sorted(allowed)) + "."
