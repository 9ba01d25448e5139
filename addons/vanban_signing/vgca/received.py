"""The file that a tool sent back: is it the file we gave it with exactly one more signature?"""

import hashlib
import io

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from . import FileRefused

#: A signature with picture, certificates and timestamp adds far less than this, in bytes.
GROWTH = 4 * 1024 * 1024


def continues(raw, length, digest):
    """Whether ``raw`` begins with the ``length`` bytes whose SHA-256 (hex) is ``digest``, and adds something."""
    return len(raw) > length and hashlib.sha256(raw[:length]).hexdigest() == digest


def new_field(raw, length, digest, reserved=()):
    """Name of the signature field that the tool filled in ``raw``.

    :param length: bytes that were sent to the tool, :param digest: their SHA-256 in hex
    :param reserved: fields that belong to somebody else's signature
    :raise FileRefused: no PDF, not a continuation of what was sent, or not exactly one new signature
    """
    if not raw.startswith(b"%PDF-"):
        raise FileRefused("Phần mềm ký trả về tệp không phải PDF. Văn bản chưa được ký; hãy ký lại.")
    if not continues(raw, length, digest):
        raise FileRefused(
            "Tệp trả về không phải tệp đã gửi đi ký, hoặc nội dung đã bị thay đổi. Văn bản chưa được ký; hãy ký lại.",
        )
    before, after = _signed(raw[:length]), _signed(raw)
    added = after - before
    if len(added) != 1 or not before <= after:
        raise FileRefused("Tệp trả về không có đúng một chữ ký mới. Văn bản chưa được ký; hãy ký lại.")
    name = added.pop()
    if name in reserved:
        raise FileRefused("Phần mềm ký đã ký vào ô dành cho chữ ký khác. Văn bản chưa được ký; hãy ký lại.")
    return name


def _signed(raw):
    try:
        reader = PdfFileReader(io.BytesIO(raw), strict=False)
        return {str(name) for name, _value, _reference in enumerate_sig_fields(reader, filled_status=True)}
    except Exception as error:  # any exception of the parser on a hostile file is a refusal
        raise FileRefused("Tệp trả về không đọc được. Văn bản chưa được ký; hãy ký lại.") from error
