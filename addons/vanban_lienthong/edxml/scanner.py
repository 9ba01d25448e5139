"""XML of a packet to a bounded tree, attachments straight to disk.

Built on expat because it hands out text piece by piece: base64 of any size passes through
without being collected. Refuses document types, so there are no entities and nothing to fetch.
"""
from pathlib import Path
from xml.parsers import expat

from .base64_stream import Decoder
from .errors import NOTE, PacketError, Remark
from .tree import Node

_CHUNK = 256 * 1024
_LOOK_AHEAD = 4096
_CONTENT = "ContentTransferEncoded"
_UNBOUND_PREFIX = 27  # XML_ERROR_UNBOUND_PREFIX
_BOMS = (b"\xff\xfe", b"\xfe\xff")
# Encodings in which a tag surely begins with the byte "<".
_ASCII_LIKE = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "windows-1258"})


class Scan:
    """Result: ``root`` node, ``payloads`` [(path or None, size, sha256)], ``remarks``."""

    def __init__(self):
        self.root = None
        self.payloads = []
        self.remarks = []


def scan(open_source, workdir, limits):
    """Parse the packet that ``open_source()`` opens for binary reading.

    :param workdir: folder for decoded attachments, or None to decode without keeping
    Raises PacketError; files already written are removed then.
    """
    try:
        return _Scanner(workdir, limits, namespaces=True).run(open_source)
    except _UnboundPrefix:
        scanner = _Scanner(workdir, limits, namespaces=False)
        result = scanner.run(open_source)
        result.remarks.append(Remark(
            "NO_NAMESPACE", "Gói tin không khai báo không gian tên của tiền tố; vẫn đọc được theo tên phần tử.",
            NOTE, "edXML"))
        return result


class _UnboundPrefix(Exception):
    pass


class _Scanner:
    def __init__(self, workdir, limits, namespaces):
        self._workdir = Path(workdir) if workdir is not None else None
        self._limits = limits
        self._namespaces = namespaces
        self._result = Scan()
        self._stack = []
        self._elements = 0
        self._text = 0
        self._decoder = None
        self._direct = True
        self._open_markup = False
        self._file = None
        self._path = None

    def run(self, open_source):
        parser = self._parser = self._make_parser()
        try:
            with open_source() as stream:
                self._feed(parser, stream)
            if self._result.root is None:
                raise _malformed("không có phần tử nào")
        except expat.ExpatError as error:
            self._remove()
            if error.code == _UNBOUND_PREFIX and self._namespaces:
                raise _UnboundPrefix from None
            raise _malformed(f"dòng {error.lineno}: {expat.ErrorString(error.code)}") from None
        except (ValueError, LookupError):
            # Encodings that expat cannot decode.
            self._remove()
            raise _malformed("bảng mã ký tự không được hỗ trợ") from None
        except BaseException:
            self._remove()
            raise
        finally:
            if self._file:
                self._file.close()
            # The parser holds bound methods of this object.
            self._parser = None
        return self._result

    def _make_parser(self):
        parser = expat.ParserCreate(None, " " if self._namespaces else None)
        parser.buffer_text = True
        parser.buffer_size = 64 * 1024
        parser.XmlDeclHandler = self._declaration
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._doctype
        return parser

    def _feed(self, parser, stream):
        fed = 0
        chunk = self._without_junk(stream.read(_LOOK_AHEAD))
        read = len(chunk)
        while chunk:
            read_limit = self._limits.packet_size
            if read > read_limit:
                raise PacketError(
                    "PACKET_TOO_LARGE", f"Gói tin vượt quá {read_limit // (1024 * 1024)} MB cho phép.")
            chunk = self._take_content(chunk)
            if chunk:
                parser.Parse(chunk, False)
                self._note_open_markup(chunk)
            fed += len(chunk)
            # The position stays behind while one piece of markup does not end.
            if fed - max(parser.CurrentByteIndex, 0) > self._limits.markup + _CHUNK:
                raise PacketError("MARKUP_TOO_LONG", "Gói tin có một thẻ hoặc chú thích dài bất thường; từ chối đọc.")
            chunk = stream.read(_CHUNK)
            read += len(chunk)
        parser.Parse(b"", True)

    def _take_content(self, chunk):
        """Inside base64, hand the bytes up to the next tag to the decoder without the parser.

        The parser would only copy them. The decoder accepts nothing but the base64 alphabet, so
        no markup can hide here; references (``&``) go the ordinary way.
        """
        if not self._decoder or not self._direct or self._open_markup:
            return chunk
        end = chunk.find(b"<")
        piece = chunk if end < 0 else chunk[:end]
        if b"&" in piece:
            return chunk
        self._decoder.feed(piece)
        return chunk[len(piece):]

    def _note_open_markup(self, chunk):
        """Remember whether the parser still holds the beginning of a tag or reference."""
        begin = max(chunk.rfind(b"<"), chunk.rfind(b"&"))
        end = max(chunk.rfind(b">"), chunk.rfind(b";"))
        if begin != end:
            self._open_markup = begin > end

    def _without_junk(self, head):
        """Drop bytes before the XML declaration; some gateways put line breaks or a banner there."""
        if not head:
            raise PacketError("EMPTY", "Gói tin rỗng (0 byte).")
        if head.startswith(_BOMS) or b"\x00" in head[:4]:
            self._direct = False
            return head
        bom = b"\xef\xbb\xbf"
        clean = head.removeprefix(bom)
        start = clean.find(b"<?xml")
        if start < 0:
            start = clean.find(b"<")
        if start < 0:
            raise PacketError("NOT_XML", "Tệp nhận được không phải gói tin liên thông (không phải XML).")
        if start:
            self._result.remarks.append(Remark(
                "LEADING_BYTES", f"Có {start} byte thừa trước phần khai báo XML; đã bỏ qua.", NOTE))
        return clean[start:]

    # expat handlers

    def _declaration(self, _version, encoding, _standalone):
        if encoding and encoding.lower() not in _ASCII_LIKE:
            self._direct = False

    def _doctype(self, *_args):
        raise PacketError(
            "DTD", "Gói tin có khai báo DTD hoặc thực thể, có thể là tấn công. Không đọc gói tin này.")

    def _start(self, name, attributes):
        self._elements += 1
        if self._elements > self._limits.elements:
            raise PacketError(
                "TOO_MANY_ELEMENTS", f"Gói tin có quá nhiều phần tử (hơn {self._limits.elements}); từ chối đọc.")
        if len(self._stack) >= self._limits.depth:
            raise PacketError(
                "TOO_DEEP", f"Gói tin lồng nhau quá sâu (hơn {self._limits.depth} cấp); từ chối đọc.")
        if self._decoder:
            raise PacketError("CONTENT_BROKEN", "Nội dung tệp đính kèm lẫn thẻ XML; gói tin bị hỏng.")
        node = Node(*self._split(name), attributes)
        if self._stack:
            self._stack[-1].children.append(node)
        elif self._result.root is None:
            self._result.root = node
        self._stack.append(node)
        if node.name == _CONTENT:
            self._open_content(node)

    def _split(self, name):
        if self._namespaces:
            namespace, space, local = name.rpartition(" ")
            return namespace if space else "", local
        return "", name.rpartition(":")[2]

    def _end(self, _name):
        self._stack.pop()
        if self._decoder:
            self._close_content()

    def _characters(self, text):
        if self._decoder:
            self._decoder.feed(text)
            return
        self._text += len(text)
        if self._text > self._limits.header_text:
            raise PacketError("HEADER_TOO_LARGE", "Phần thông tin của gói tin lớn bất thường; từ chối đọc.")
        if self._stack:
            self._stack[-1].parts.append(text)

    # attachments

    def _open_content(self, node):
        index = len(self._result.payloads)
        if index >= self._limits.attachments:
            raise PacketError(
                "TOO_MANY_ATTACHMENTS",
                f"Gói tin có hơn {self._limits.attachments} tệp đính kèm, vượt quá số cho phép.")
        node.payload = index
        write = None
        if self._workdir is not None:
            # The name is ours: nothing of the packet takes part in it.
            self._path = self._workdir / f"attachment-{index + 1:04d}.bin"
            self._file = open(self._path, "xb")
            write = self._file.write
        self._decoder = Decoder(write, self._limits.attachment_size)
        # Text collected by the parser would come too late beside _take_content.
        self._parser.buffer_text = False
        # Placeholder, so that a failure half-way knows the file.
        self._result.payloads.append((self._path, 0, ""))

    def _close_content(self):
        decoder, self._decoder = self._decoder, None
        self._parser.buffer_text = True
        digest = decoder.close()
        if self._file:
            self._file.close()
            self._file = None
        self._result.payloads[-1] = (self._path, decoder.size, digest)
        self._path = None

    def _remove(self):
        if self._file:
            self._file.close()
            self._file = None
        for path, _size, _digest in self._result.payloads:
            if path is not None:
                path.unlink(missing_ok=True)


def _malformed(detail):
    return PacketError(
        "MALFORMED", f"Gói tin không phải XML hợp lệ hoặc bị cắt cụt ({detail}). Đề nghị bên gửi gửi lại.")
