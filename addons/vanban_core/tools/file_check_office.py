"""Word, Excel and OpenDocument files: the zip kinds and the old OLE kinds."""

import io
import zipfile

from .file_refused import FileRefused

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_ENTRIES = 10_000
MAX_UNPACKED = 512 * 1024 * 1024

_ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def check_zip(name, raw):
    """Extension of a zip-based document.

    :raises FileRefused: no office document, broken, with macros, protected, or a decompression bomb
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _broken(name) from error
    with archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if len(entries) > MAX_ENTRIES:
            raise _bomb(name)
        if any(entry.flag_bits & 1 for entry in entries):
            raise _protected(name)
        extension = _kind(archive, names)
        if not extension:
            raise FileRefused(
                f"Tệp “{name}” là tệp nén ZIP, không phải tệp Word, Excel hay OpenDocument. "
                "Hãy giải nén và tải lên từng tệp."
            )
        if any(part.lower().endswith("vbaproject.bin") or part.lower().startswith("basic/") for part in names):
            raise FileRefused(f"Tệp “{name}” có chứa macro, không được nhận. Hãy lưu lại tệp không có macro.")
        _unpack(name, archive, entries)
    return extension


def _kind(archive, names):
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return "docx"
        if "xl/workbook.xml" in names:
            return "xlsx"
        return None
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            return _ODF.get(member.read(100).strip())
    return None


def _unpack(name, archive, entries):
    """Read every member in pieces: true sizes (the directory may lie), checksums, protection of OpenDocument."""
    total = 0
    for entry in entries:
        try:
            with archive.open(entry) as member:
                head = b""
                while piece := member.read(1024 * 1024):
                    head = head or piece
                    total += len(piece)
                    if total > MAX_UNPACKED:
                        raise _bomb(name)
        except FileRefused:
            raise
        except Exception as error:  # bad checksum, unknown method, cut data
            raise _broken(name) from error
        if entry.filename == "META-INF/manifest.xml" and b"encryption-data" in head:
            raise _protected(name)


def check_ole(name, raw):
    """``"doc"`` or ``"xls"`` of an OLE file, by the names in its directory.

    :raises FileRefused: protected, or another kind of OLE file
    """

    def has(text):
        return text.encode("utf-16-le") in raw

    if has("EncryptedPackage"):
        raise _protected(name)
    if has("WordDocument"):
        return "doc"
    if has("Workbook") or has("Book"):
        return "xls"
    raise FileRefused(f"Tệp “{name}” không phải tệp Word hay Excel. Hãy lưu lại tệp đúng định dạng rồi tải lên.")


def _protected(name):
    return FileRefused(f"Tệp “{name}” đang đặt mật khẩu hoặc bị mã hóa. Hãy bỏ mật khẩu rồi tải lên lại.")


def _broken(name):
    return FileRefused(f"Tệp “{name}” bị hỏng, không đọc được. Hãy mở tệp gốc để kiểm tra và lưu lại.")


def _bomb(name):
    return FileRefused(f"Tệp “{name}” phình to bất thường khi giải nén nên bị từ chối để bảo vệ hệ thống.")
