"""Light element tree of a packet's header, with a mark on every element that was understood."""
from .model import Element
from .names import DSIG_NAMESPACE, LEGACY_NAMESPACE, NAMESPACE

# Elements of other namespaces are foreign: kept, never interpreted.
_KNOWN_NAMESPACES = frozenset({NAMESPACE, LEGACY_NAMESPACE, ""})
# Below these an element is not interpreted, so a foreign copy of the header hides nothing.
_OPAQUE = frozenset({"Signature", "DigitalSignature"})


class Node:
    __slots__ = ("namespace", "name", "attributes", "parts", "children", "taken", "payload")

    def __init__(self, namespace, name, attributes):
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        self.parts = []
        self.children = []
        self.taken = False
        self.payload = None  # index of the decoded attachment, for ContentTransferEncoded

    @property
    def known(self):
        return self.namespace in _KNOWN_NAMESPACES

    def text(self):
        return "".join(self.parts).strip()

    def all(self, *names):
        """Children of these names, marked as understood."""
        found = [c for c in self.children if c.name in names and c.known]
        for child in found:
            child.taken = True
        return found

    def first(self, *names):
        """First child of these names or None; further ones stay unknown and are reported."""
        for child in self.children:
            if child.name in names and child.known and not child.taken:
                child.taken = True
                return child
        return None

    def value(self, *names):
        child = self.first(*names)
        return child.text() if child is not None else ""

    def search(self, *names):
        """Every descendant of these names, marking the elements on the way as understood.

        Order and wrappers differ between dialects, so containers are found by name.
        """
        found = []
        for child in self.children:
            if child.name in names and (child.known or child.namespace == DSIG_NAMESPACE):
                found.append(child)
            elif child.name not in _OPAQUE:
                inner = child.search(*names)
                if inner:
                    child.taken = True
                    found += inner
        return found


def freeze(node, path):
    """The node and everything below it as an immutable :class:`Element`."""
    here = f"{path}/{node.name}"
    return Element(
        path=path, namespace=node.namespace, name=node.name, text=node.text(),
        attributes=tuple(sorted(node.attributes.items())),
        children=tuple(freeze(child, here) for child in node.children))


def unknown_elements(root):
    """Elements that nobody asked for, outermost only, in document order."""
    found = []

    def walk(node, path):
        for child in node.children:
            if child.taken:
                if child.name not in _OPAQUE:
                    walk(child, f"{path}/{child.name}")
            else:
                found.append(freeze(child, path))

    walk(root, root.name)
    return tuple(found)
