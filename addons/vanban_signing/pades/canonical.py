"""Canonical XML 1.0 and Exclusive Canonical XML 1.0, without comments, piece by piece: a packet of any size in little memory.

Namespaces are tracked here because a parser that resolves them forgets the prefixes, and the prefixes are signed.
"""

from xml.parsers import expat

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_CHUNK = 256 * 1024
#: A packet nests a dozen levels; more is an attack on the stack of namespaces.
DEPTH = 64
#: One element with thousands of attributes or namespaces would make every level below it slow.
ATTRIBUTES = 64


class XmlRefused(ValueError):
    """No well-formed XML without document type."""


def prefix_of(name):
    return name.partition(":")[0] if ":" in name else ""


def local_of(name):
    return name.rpartition(":")[2]


def declared(attributes):
    """{prefix: namespace} of the declarations among ``attributes``."""
    return {name[6:]: value for name, value in attributes.items() if name == "xmlns" or name.startswith("xmlns:")}


class Scopes:
    """The namespaces in force at each open element of a document from outside: bounded in depth and in declarations."""

    def __init__(self):
        self._levels = [{}]

    @property
    def depth(self):
        return len(self._levels) - 1

    def open(self, attributes):
        """{prefix: namespace} in force inside an element with these attributes.

        :raise XmlRefused: too deep, or too many attributes
        """
        if len(attributes) > ATTRIBUTES:
            raise XmlRefused("too many attributes")
        if self.depth >= DEPTH:
            raise XmlRefused("too deep")
        own = declared(attributes)
        self._levels.append({**self._levels[-1], **own} if own else self._levels[-1])
        return self._levels[-1]

    def close(self):
        self._levels.pop()


class Canonical:
    """Takes the events of a parser and writes the canonical form (bytes) with ``write``.

    :param exclusive: Exclusive Canonical XML, else the inclusive one
    :param scope: {prefix: namespace} in force around the first element
    """

    def __init__(self, write, exclusive=True, scope=None):
        self._write, self._exclusive = write, exclusive
        self._levels = [(dict(scope or {}), {})]

    def start(self, name, attributes):
        scope, rendered = self._levels[-1]
        if len(self._levels) > DEPTH or len(attributes) > ATTRIBUTES:
            raise XmlRefused("too deep, or too many attributes")
        own = declared(attributes)
        if own:
            scope = {**scope, **own}
        plain = [key for key in attributes if key != "xmlns" and not key.startswith("xmlns:")]
        if self._exclusive:
            used = {prefix_of(name), *(prefix_of(key) for key in plain if ":" in key)}
        else:
            used = {"", *scope}
        used.discard("xml")
        new = {prefix: scope.get(prefix, "") for prefix in used if scope.get(prefix, "") != rendered.get(prefix, "")}
        missing = [prefix for prefix in {prefix_of(name), *map(prefix_of, plain)} - {"", "xml"} if not scope.get(prefix)]
        if missing:
            raise XmlRefused(f"prefix without namespace: {missing[0]}")
        order = sorted(plain, key=lambda key: (self._namespace(prefix_of(key), scope), local_of(key)))
        parts = [f"<{name}"]
        parts += [f' xmlns{":" * bool(prefix)}{prefix}="{_attribute(new[prefix])}"' for prefix in sorted(new)]
        parts += [f' {key}="{_attribute(attributes[key])}"' for key in order]
        self._write(("".join(parts) + ">").encode())
        self._levels.append((scope, {**rendered, **new} if new else rendered))

    @staticmethod
    def _namespace(prefix, scope):
        return XML_NAMESPACE if prefix == "xml" else scope.get(prefix, "") if prefix else ""

    def end(self, name):
        self._levels.pop()
        self._write(f"</{name}>".encode())

    def text(self, data):
        self._write(_text(data).encode())

    def instruction(self, target, data):
        """A processing instruction; outside the root on a line of its own."""
        line = f"<?{target}{' ' * bool(data)}{data}?>"
        self._write(line.encode())


def _text(data):
    return data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _attribute(value):
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), ("\t", "&#x9;"), ("\n", "&#xA;"), ("\r", "&#xD;")):
        value = value.replace(char, entity)
    return value


def parse(stream, start, end, text=None, instruction=None):
    """Drive the callbacks over the XML in the binary ``stream``; ``end`` gets the byte where the closing tag begins.

    :raise XmlRefused: not well-formed, or with a document type
    """
    parser = expat.ParserCreate()
    parser.ordered_attributes = False
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.StartElementHandler = start
    skipped = 0
    parser.EndElementHandler = lambda name: end(name, parser.CurrentByteIndex + skipped)
    if text:
        parser.CharacterDataHandler = text
    if instruction:
        parser.ProcessingInstructionHandler = instruction
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    try:
        chunk = stream.read(_CHUNK)
        skipped = _leading(chunk)
        chunk = chunk[skipped:]
        while chunk:
            parser.Parse(chunk, False)
            chunk = stream.read(_CHUNK)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:
        raise XmlRefused(str(error)) from None


def _leading(chunk):
    """Number of bytes before the declaration; some gateways put a line break or a banner there, no reader of packets minds."""
    if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:4]:
        return 0
    start = chunk.find(b"<?xml")
    return max(0, start if start >= 0 else chunk.find(b"<"))


def _refuse(*_args):
    raise XmlRefused("document type or entity")


class _Whole:
    """The canonical form of a document without the elements that ``left_out`` names."""

    def __init__(self, write, exclusive, left_out):
        self._canonical = Canonical(write, exclusive)
        self._write, self._left_out = write, left_out
        self._scopes, self._skip, self._over = Scopes(), 0, False

    def start(self, name, attributes):
        scope = self._scopes.open(attributes)
        if self._skip or (scope.get(prefix_of(name), ""), local_of(name)) == self._left_out:
            self._skip += 1
        else:
            self._canonical.start(name, attributes)

    def end(self, name, _place):
        self._scopes.close()
        if self._skip:
            self._skip -= 1
        else:
            self._canonical.end(name)
        self._over = not self._scopes.depth

    def text(self, data):
        if not self._skip:
            self._canonical.text(data)

    def instruction(self, target, data):
        if self._skip:
            return
        if not self._scopes.depth and self._over:
            self._write(b"\n")
        self._canonical.instruction(target, data)
        if not self._scopes.depth and not self._over:
            self._write(b"\n")


def write_canonical(stream, write, *, exclusive=True, left_out=None):
    """Write the canonical form of the document in ``stream``.

    :param left_out: (namespace, local name) of elements that do not count, with all below them
    """
    whole = _Whole(write, exclusive, left_out)
    parse(stream, whole.start, whole.end, whole.text, whole.instruction)
