"""Base64 between text pieces of any length and files, in constant memory."""
import binascii
import hashlib

from .errors import PacketError

_BLANK = b" \t\r\n"
_CHUNK = 3 * 64 * 1024


def encode(source, write):
    """Read the binary file ``source`` to its end and ``write`` base64 bytes without line breaks."""
    rest = b""
    while chunk := source.read(_CHUNK):
        if rest:
            chunk = rest + chunk
        cut = len(chunk) - len(chunk) % 3
        rest = chunk[cut:]
        write(binascii.b2a_base64(chunk[:cut], newline=False))
    if rest:
        write(binascii.b2a_base64(rest, newline=False))


class Decoder:
    """Takes base64 text piece by piece, writes the bytes and their SHA-256.

    :param write: called with decoded bytes, or None to decode without keeping
    :param limit: most bytes that may come out
    Raises PacketError BASE64_BROKEN, BASE64_TRUNCATED or ATTACHMENT_TOO_LARGE.
    """

    def __init__(self, write, limit):
        self._write = write
        self._limit = limit
        self._rest = b""
        self._ended = False
        self._digest = hashlib.sha256()
        self.size = 0

    def feed(self, text):
        """Take the next piece, str or bytes."""
        if isinstance(text, str):
            try:
                text = text.encode("ascii")
            except UnicodeEncodeError:
                raise _broken() from None
        data = text.translate(None, _BLANK)
        if self._rest:
            data = self._rest + data
        cut = len(data) - len(data) % 4
        self._rest = data[cut:]
        if cut:
            self._decode(data[:cut])

    def _decode(self, block):
        if self._ended:
            raise _broken()
        try:
            decoded = binascii.a2b_base64(block, strict_mode=True)
        except binascii.Error:
            raise _broken() from None
        # strict_mode refuses padding in the middle; padding ends the data.
        self._ended = block.endswith(b"=")
        self.size += len(decoded)
        if self.size > self._limit:
            raise PacketError(
                "ATTACHMENT_TOO_LARGE",
                f"Tệp đính kèm vượt quá {self._limit // (1024 * 1024)} MB cho phép. "
                "Đề nghị bên gửi chia nhỏ hoặc gửi bằng cách khác.")
        self._digest.update(decoded)
        if self._write:
            self._write(decoded)

    def close(self):
        """Finish; returns the SHA-256 in hexadecimal."""
        if self._rest:
            raise PacketError(
                "BASE64_TRUNCATED",
                "Nội dung tệp đính kèm bị cắt cụt khi gửi (thiếu phần cuối). Đề nghị bên gửi gửi lại.")
        return self._digest.hexdigest()


def _broken():
    return PacketError(
        "BASE64_BROKEN",
        "Nội dung tệp đính kèm bị hỏng (mã hóa base64 không hợp lệ). Đề nghị bên gửi gửi lại.")
