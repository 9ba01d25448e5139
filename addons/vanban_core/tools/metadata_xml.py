"""Metadata of a document or dossier as XML: seven groups, the fields of the standard with number and code."""

import re

from lxml import etree

NAMESPACE = "urn:vanban:metadata:1"


_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF]")


def _text(value):
    """Text without the characters that XML forbids."""
    return _FORBIDDEN.sub("", str(value))


def _child(node, tag, value=None, /, **attributes):
    node = etree.SubElement(node, f"{{{NAMESPACE}}}{tag}", {key: _text(one) for key, one in attributes.items() if one})
    if value is not None:
        node.text = _text(value)
    return node


def to_xml(metadata):
    """Bytes of the XML of what ``get_metadata()`` returns; several values of a field become several elements."""
    head = {"standard": metadata["standard"], "title": _text(metadata["title"])}
    root = etree.Element(f"{{{NAMESPACE}}}Metadata", head, nsmap={None: NAMESPACE})
    for group in metadata["groups"]:
        node = _child(root, "Group", key=group["key"], name=group["name"])
        for entry in group.get("entries", ()):
            values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
            for value in values:
                _child(node, "Field", value, number=entry.get("number"), code=entry["code"], parent=entry.get("parent"), name=entry["name"])
        for row in group.get("rows", ()):
            item = _child(node, "Row")
            for key, label in group["columns"]:
                if row.get(key) not in (None, False, ""):
                    _child(item, "Value", row[key], key=key, name=label)
    supplement = _child(root, "Supplement")
    for row in metadata["supplement"]:
        _child(supplement, "Note", row["value"], name=row["name"], author=row["author"], date=row["date"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
