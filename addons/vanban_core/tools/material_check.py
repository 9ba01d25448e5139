"""What may lie in a dossier beside documents: photos, sound, film (BHXH Đ12.2), judged by the bytes as all files are."""

import hashlib

from . import file_check
from .file_refused import FileRefused

_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "avi": "video/x-msvideo",
    "png": "image/png",
    "tif": "image/tiff",
}
_SAME = {"tiff": "tif"}


def check(name, raw, max_bytes=file_check.MAX_BYTES):
    """Like :func:`file_check.check`, with pictures, sound and film accepted as well."""
    safe = file_check.safe_name(name)
    claimed = safe.rpartition(".")[2].lower() if "." in safe else ""
    claimed = _SAME.get(claimed, claimed)
    if claimed not in _TYPES:
        return file_check.check(name, raw, max_bytes=max_bytes)
    if not raw:
        raise FileRefused(f"Tệp “{safe}” rỗng (0 byte). Hãy kiểm tra tệp gốc rồi tải lên lại.")
    if len(raw) > max_bytes:
        raise FileRefused(f"Tệp “{safe}” vượt giới hạn {max_bytes // 2**20} MB. Hãy giảm dung lượng hoặc tách tệp.")
    if not _matches(claimed, raw):
        raise FileRefused(
            f"Tệp “{safe}” mang phần mở rộng “.{claimed}” nhưng nội dung không phải định dạng đó. Hãy kiểm tra tệp gốc."
        )
    return file_check.FileInfo(safe, _TYPES[claimed], claimed, 0, len(raw), hashlib.sha256(raw).hexdigest())


def _matches(claimed, raw):
    if claimed == "mp3":
        # an ID3 tag, or an MPEG audio frame: 11 bits set, layer not reserved
        return raw.startswith(b"ID3") or (len(raw) > 2 and raw[0] == 0xFF and raw[1] & 0xE0 == 0xE0 and raw[1] & 0x06 != 0)
    if claimed in ("wav", "avi"):
        return raw.startswith(b"RIFF") and raw[8:12] == (b"WAVE" if claimed == "wav" else b"AVI ")
    if claimed in ("m4a", "mp4"):
        return raw[4:8] == b"ftyp"
    if claimed == "png":
        return raw.startswith(b"\x89PNG\r\n\x1a\n")
    return raw.startswith((b"II*\x00", b"MM\x00*"))
