"""What a file really is, and the one-entry ZIP around attachments.

Senders put pdf, doc, docx and zip in raw and everything else into a ZIP with one entry, and
often label it wrongly. So only the bytes decide whether there is something to unwrap.
"""
import errno
import io
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

from .errors import HOLD, PacketError, Remark
from .values import extension

RAW_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/doc",
    "docx": "application/docx",
    "zip": "application/zip",
}
ZIP_TYPE = "application/zip"

_CHUNK = 256 * 1024
_EOCD = b"PK\x05\x06"
_EOCD_SIZE = 22
_MAX_DIRECTORY = 64 * 1024
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)

_OLE = "application/x-ole-storage"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", ZIP_TYPE),
    (b"PK\x05\x06", ZIP_TYPE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"{\\rtf", "application/rtf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!", "application/x-executable"),
)
EXECUTABLE_TYPES = frozenset({"application/x-msdownload", "application/x-executable"})
# Extension -> types that its content may have.
_EXPECTED = {
    "pdf": {"application/pdf"},
    "doc": {_OLE, "application/rtf"},
    "xls": {_OLE},
    "ppt": {_OLE},
    "docx": {ZIP_TYPE},
    "xlsx": {ZIP_TYPE},
    "pptx": {ZIP_TYPE},
    "odt": {ZIP_TYPE},
    "ods": {ZIP_TYPE},
    "zip": {ZIP_TYPE},
    "rtf": {"application/rtf"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "png": {"image/png"},
    "tif": {"image/tiff"},
    "tiff": {"image/tiff"},
}


def media_type(head):
    """Media type from the first bytes of a file; unknown content is an octet stream."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    # A PDF may have some bytes of junk before its header.
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head and b"\x00" not in head and not any(byte < 9 for byte in head):
        return "text/plain"
    return "application/octet-stream"


def examine(path, name):
    """(media type, remarks) of a received file."""
    path = Path(path)
    with path.open("rb") as stream:
        head = stream.read(4096)
    found = media_type(head)
    remarks = []
    expected = _EXPECTED.get(extension(name))
    if not head:
        remarks.append(Remark(
            "FILE_EMPTY", f"Tệp “{name}” rỗng (0 byte). Đề nghị bên gửi gửi lại.", HOLD))
    elif found in EXECUTABLE_TYPES:
        remarks.append(Remark(
            "FILE_EXECUTABLE", f"Tệp “{name}” là chương trình chạy được, không phải văn bản. "
            "Không mở tệp; báo lại bên gửi.", HOLD))
    elif expected and found not in expected:
        remarks.append(Remark(
            "FILE_TYPE", f"Nội dung tệp “{name}” không đúng với phần mở rộng của tên tệp. "
            "Đề nghị kiểm tra trước khi tiếp nhận.", HOLD))
    elif found == "application/pdf" and not _pdf_has_end(path):
        remarks.append(Remark(
            "FILE_CUT", f"Tệp PDF “{name}” thiếu phần cuối, có thể bị cắt khi gửi. "
            "Đề nghị bên gửi gửi lại.", HOLD))
    return found, tuple(remarks)


def _pdf_has_end(path):
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 4096))
        return b"%%EOF" in stream.read()


def wrap_type(name):
    """(content type, wrapped?) that the writer uses for a file of this name."""
    known = RAW_TYPES.get(extension(name))
    return (known, False) if known else (ZIP_TYPE, True)


def wrap(source, target, entry_name):
    """Write the bytes of ``source`` as the only entry of a ZIP to the binary file ``target``.

    The same input gives the same bytes: a packet that is written again must not differ.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(entry_name, _FIXED_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        size = Path(source).stat().st_size
        with archive.open(info, "w", force_zip64=size > 0x7FFFFFFF) as entry, open(source, "rb") as stream:
            shutil.copyfileobj(stream, entry, _CHUNK)


def unwrap(path, name, limits):
    """Take a file out of its one-entry ZIP when it is one; (unwrapped?, remarks).

    ``path`` is replaced in place. Raises PacketError for an archive bomb.
    """
    path = Path(path)
    wanted = extension(name)
    if wanted == "zip" or not _is_single_entry_zip(path):
        return False, ()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].is_dir() or extension(entries[0].filename) != wanted:
                return False, ()
            entry = entries[0]
            if entry.flag_bits & 0x1:
                return False, (Remark(
                    "ZIP_ENCRYPTED", f"Tệp “{name}” nằm trong tệp nén có mật khẩu nên không mở được. "
                    "Đề nghị bên gửi gửi lại không đặt mật khẩu.", HOLD),)
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return False, (_broken_zip(name),)
            target = path.with_name(path.name + ".unwrapped")
            try:
                _inflate(archive, entry, target, path.stat().st_size, name, limits)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, struct.error):
        return False, (_broken_zip(name),)
    except OSError as error:
        # A forged offset makes the library seek before the file; a full disk is another matter.
        if error.errno != errno.EINVAL:
            raise
        return False, (_broken_zip(name),)
    target.replace(path)
    return True, ()


def _broken_zip(name):
    return Remark(
        "ZIP_BROKEN", f"Tệp nén chứa “{name}” bị hỏng; giữ nguyên tệp như đã nhận. "
        "Đề nghị bên gửi gửi lại.", HOLD)


def _inflate(archive, entry, target, packed_size, name, limits):
    allowed = min(limits.attachment_size, max(limits.zip_free, packed_size * limits.zip_ratio))
    written = 0
    with archive.open(entry) as source, target.open("wb") as stream:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > allowed:
                raise PacketError(
                    "ZIP_BOMB", f"Tệp nén chứa “{name}” bung ra quá lớn so với dung lượng gửi "
                    "(dấu hiệu tấn công). Gói tin được giữ lại, không mở.")
            stream.write(chunk)


def _is_single_entry_zip(path):
    """Read only the end record: a listing of millions of entries must not reach memory."""
    size = path.stat().st_size
    if size < _EOCD_SIZE:
        return False
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return False
        tail_size = min(size, _EOCD_SIZE + 0xFFFF)
        stream.seek(size - tail_size, io.SEEK_SET)
        tail = stream.read(tail_size)
    position = tail.rfind(_EOCD)
    if position < 0 or len(tail) - position < _EOCD_SIZE:
        return False
    _disk, _start, _here, total, directory = struct.unpack_from("<4xHHHHL", tail, position)
    # 0xFFFF entries or 0xFFFFFFFF bytes announce ZIP64, which no sender uses for one entry.
    return total == 1 and directory <= _MAX_DIRECTORY
