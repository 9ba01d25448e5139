"""The older dialect: a MIME multipart message with a SOAP root and the files as parts.

Parsed line by line, so that no part is ever whole in memory.
"""
import hashlib
import re
import tempfile
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from .base64_stream import Decoder
from .errors import PacketError
from .scanner import scan

_LINE = 64 * 1024
_HEADERS = re.compile(rb"\s*(MIME-Version|Content-Type|Content-ID)\s*:", re.IGNORECASE)
# A stored request may have its other headers first: Token, SOAPAction.
_REQUEST = re.compile(
    rb"(?:[a-z][a-z0-9-]*[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?Content-Type[ \t]*:\s*multipart/", re.IGNORECASE)
_FILE_NAME = re.compile(r"""(?:^|[;\s])(?:file)?name\s*=\s*(?:"([^"]*)"|([^\s;"]+))""", re.IGNORECASE)
_BOUNDARY = re.compile(rb"\s*--[0-9A-Za-z'()+_,./:=?-]{1,200}[ \t]*\r?\n")
_MAX_HEADER = 16 * 1024
_CHUNK = 256 * 1024


def looks_like(head):
    """True when the first bytes are a MIME message instead of XML."""
    return bool(_HEADERS.match(head) or _BOUNDARY.match(head) or _REQUEST.match(head))


def measure(path):
    """(size, SHA-256) of a file."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def read(open_source, workdir, limits, read_scan):
    """Read the multipart message; the root part is parsed like any other packet."""
    parts, created = {}, []
    try:
        with open_source() as stream, tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as root:
            _split(stream, root, workdir, limits, parts, created)
            root.seek(0)
            result = scan(lambda: _Unclosed(root), workdir, limits)
            return read_scan(result, workdir, limits, parts)
    except BaseException:
        for path in created:
            path.unlink(missing_ok=True)
        raise


class _Unclosed:
    """Lets the scanner open the spooled root again and again."""

    def __init__(self, stream):
        self._stream = stream

    def __enter__(self):
        self._stream.seek(0)
        return self._stream

    def __exit__(self, *_exception):
        return False


def _split(stream, root, workdir, limits, parts, created):
    lines = _Lines(stream, limits.packet_size)
    boundary = _find_boundary(lines)
    count = 0
    while True:
        headers = _headers(lines)
        if count > limits.attachments:
            raise PacketError("TOO_MANY_ATTACHMENTS",
                              f"Gói tin có hơn {limits.attachments} tệp đính kèm, vượt quá số cho phép.")
        if count == 0:
            sink = _Sink(root.write, headers, limits.header_text)
        else:
            content_id = (headers.get("content-id") or f"part-{count}").strip("<>").removeprefix("cid:")
            if content_id in parts:
                raise PacketError("AMBIGUOUS", "Hai tệp đính kèm có cùng mã Content-ID; từ chối đọc.")
            path = file = None
            if workdir is not None:
                path = Path(workdir) / f"part-{count:04d}.bin"
                file = open(path, "xb")
                created.append(path)
            sink = _Sink(file.write if file else None, headers, limits.attachment_size, file)
        try:
            last = _body(lines, boundary, sink)
            size, digest = sink.close()
        finally:
            sink.release()
        if count:
            parts[content_id] = ((path, size, digest), *_claims(headers))
        count += 1
        if last:
            return


class _Lines:
    """Lines of bounded length; a longer line comes in pieces."""

    def __init__(self, stream, limit):
        self._stream = stream
        self._left = limit

    def next(self):
        line = self._stream.readline(_LINE)
        self._left -= len(line)
        if self._left < 0:
            raise PacketError("PACKET_TOO_LARGE", "Gói tin vượt quá dung lượng cho phép.")
        return line


def _find_boundary(lines):
    size = 0
    while line := lines.next():
        size += len(line)
        if size > _MAX_HEADER:
            break
        if line.startswith(b"--"):
            return line.strip()
    raise _broken()


def _headers(lines):
    raw, size = [], 0
    while True:
        line = lines.next()
        size += len(line)
        if not line or size > _MAX_HEADER:
            raise _broken()
        if not line.strip():
            parsed = BytesHeaderParser(_class=Message).parsebytes(b"".join(raw))
            # Names come as bare UTF-8, which the parser hands out as surrogates. Of doubles the first counts.
            return {key.lower(): value.encode("ascii", "surrogateescape").decode("utf-8", "replace").strip()
                    for key, value in reversed(list(parsed.raw_items()))}
        raw.append(line)


def _claims(headers):
    """(file name, content type) that a part gives itself; the manifest may have nothing but its link."""
    found = [_FILE_NAME.search(headers.get(key, "")) for key in ("content-disposition", "content-type")]
    name = next((match[1] or match[2] or "" for match in found if match), "")
    return name, headers.get("content-type", "").partition(";")[0].strip()


def _body(lines, boundary, sink):
    """Copy one part; True when the closing boundary followed. The last line break belongs to it."""
    pending = b""
    at_line_start = True
    while True:
        line = lines.next()
        if not line:
            raise PacketError("MALFORMED", "Gói tin bị cắt cụt (thiếu phần cuối). Đề nghị bên gửi gửi lại.")
        if at_line_start and line.startswith(boundary):
            tail = line[len(boundary):].strip()
            if tail in (b"", b"--"):
                return tail == b"--"
        sink.feed(pending)
        stripped = line.rstrip(b"\r\n") if line.endswith(b"\n") else line
        sink.feed(stripped)
        pending = line[len(stripped):]
        at_line_start = line.endswith(b"\n")


class _Sink:
    def __init__(self, write, headers, limit, file=None):
        self._write = write
        self._limit = limit
        self._file = file
        encoding = (headers.get("content-transfer-encoding") or "8bit").lower()
        if encoding not in ("base64", "7bit", "8bit", "binary"):
            raise PacketError("ENCODING", f"Cách mã hóa “{encoding[:30]}” của gói tin không được hỗ trợ.")
        self._decoder = Decoder(write, limit) if encoding == "base64" else None
        self._digest = hashlib.sha256()
        self._size = 0

    def feed(self, data):
        if self._decoder:
            self._decoder.feed(data.decode("latin-1"))
            return
        self._size += len(data)
        if self._size > self._limit:
            raise PacketError("ATTACHMENT_TOO_LARGE", "Một phần của gói tin vượt quá dung lượng cho phép.")
        self._digest.update(data)
        if self._write:
            self._write(data)

    def close(self):
        if self._decoder:
            digest = self._decoder.close()
            return self._decoder.size, digest
        return self._size, self._digest.hexdigest()

    def release(self):
        if self._file:
            self._file.close()


def _broken():
    return PacketError("MALFORMED", "Gói tin dạng MIME bị hỏng: không tìm thấy phần thông tin. Đề nghị bên gửi gửi lại.")
