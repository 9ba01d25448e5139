"""PDF: opens, is not encrypted, has pages, and does not blow up when it is unpacked."""

import io
import re
import zlib

from .file_refused import FileRefused

MAX_PAGES = 10_000
MAX_INFLATED = 512 * 1024 * 1024
MAX_OBJECT_STREAM = 64 * 1024 * 1024
_RATIO = 1032  # deflate cannot expand more than that
_PACKED = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/BrotliDecode"}
_STREAM = re.compile(rb"stream\r?\n")


def check(name, raw):
    """Number of pages.

    :raises FileRefused: encrypted, broken, without pages, or a decompression bomb
    """
    import pikepdf

    _check_object_streams(name, raw)
    try:
        pdf = pikepdf.open(io.BytesIO(raw))
    except pikepdf.PasswordError as error:
        raise _encrypted(name) from error
    except Exception as error:  # hostile files raise many kinds, RecursionError included
        raise _broken(name) from error
    with pdf:
        if pdf.is_encrypted:
            raise _encrypted(name)
        try:
            pages = len(pdf.pages)
            if pages:
                pdf.pages[0].obj.get("/Contents")
        except Exception as error:
            raise _broken(name) from error
        if b"%%EOF" not in raw[-4096:]:
            raise _broken(name, "tệp bị cắt mất phần cuối")
        if not pages:
            raise _broken(name, "tệp không có trang nào")
        if pages > MAX_PAGES:
            raise FileRefused(f"Tệp PDF “{name}” có {pages} trang, vượt giới hạn {MAX_PAGES} trang. Hãy tách tệp.")
        _check_inflation(name, pdf, len(raw))
    _check_viewer(name, raw, pages)
    return pages


def _check_viewer(name, raw, pages):
    """A second reader must agree: what people see is drawn by it."""
    import pypdfium2

    from .pdfium_lock import LOCK

    with LOCK:
        try:
            document = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            raise _broken(name) from error
        try:
            if len(document) != pages:
                raise _broken(name, "cấu trúc trang không nhất quán")
        finally:
            document.close()


def _check_object_streams(name, raw):
    """Object and cross-reference streams are unpacked while the file is opened, so they are measured before."""
    if b"/ObjStm" not in raw and b"/XRef" not in raw:
        return
    for match in _STREAM.finditer(raw):
        head = raw[max(0, match.start() - 1024) : match.start()]
        head = head[head.rfind(b" obj") + 1 :]
        if b"/ObjStm" in head or b"/XRef" in head:
            inflater = zlib.decompressobj()
            try:
                out = inflater.decompress(raw[match.end() :], MAX_OBJECT_STREAM + 1)
            except zlib.error:
                continue  # another filter, or broken: the reader will say so
            if len(out) > MAX_OBJECT_STREAM:
                raise _bomb(name)


def _check_inflation(name, pdf, size):
    """Sum of the unpacked streams, counted only as far as needed."""
    total = suspicious = 0
    for obj in pdf.objects:
        if not _is_stream(obj):
            continue
        filters = _filters(obj)
        packed = sum(item in _PACKED for item in filters)
        if packed == 0:
            continue
        raw = obj.read_raw_bytes()
        if packed == 1 and filters[0] in ("/FlateDecode", "/Fl") and size * _RATIO <= MAX_INFLATED:
            continue  # the whole file could not unpack to the limit
        if packed > 1:
            suspicious += 1
            total += _inflated(raw, MAX_INFLATED - total, layers=packed)
        elif filters[0] in ("/FlateDecode", "/Fl"):
            total += _inflated(raw, MAX_INFLATED - total)
        else:
            total += len(raw)
        if total > MAX_INFLATED or suspicious > 1000:
            raise _bomb(name)


def _is_stream(obj):
    import pikepdf

    return isinstance(obj, pikepdf.Stream)


def _filters(stream):
    import pikepdf

    value = stream.get("/Filter")
    if value is None:
        return []
    if isinstance(value, pikepdf.Array):
        return [str(item) for item in value]
    return [str(value)]


def _inflated(raw, limit, layers=1):
    """Size after unpacking, at most ``limit + 1``."""
    data = raw
    for _layer in range(layers):
        try:
            data = zlib.decompressobj().decompress(data, max(limit, 0) + 1)
        except zlib.error:
            break
        if len(data) > limit:
            break
    return len(data)


def _encrypted(name):
    return FileRefused(
        f"Tệp PDF “{name}” đang bị mã hóa hoặc đặt mật khẩu. Hãy bỏ mật khẩu (in lại ra PDF) rồi tải lên lại."
    )


def _broken(name, why="không mở được"):
    return FileRefused(f"Tệp PDF “{name}” bị hỏng: {why}. Hãy xuất hoặc quét lại tệp rồi tải lên.")


def _bomb(name):
    return FileRefused(
        f"Tệp PDF “{name}” phình to bất thường khi giải nén nên bị từ chối để bảo vệ hệ thống. Hãy xuất lại tệp PDF."
    )
