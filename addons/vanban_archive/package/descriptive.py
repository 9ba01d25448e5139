"""Descriptive records ("EAD" in the national profile: a flat list) and their XSDs, both from the profile's data."""

from lxml import etree

from .findings import PackageError
from .xmlio import XSI, serialise

XS = "http://www.w3.org/2001/XMLSchema"


def write_record(profile, list_name, metadata):
    """XML bytes of one record; refuses missing mandatory data."""
    root = etree.Element(profile.lists()[list_name]["root"], nsmap={"xsi": XSI})
    for element, text in profile.record(list_name, metadata):
        if text:
            etree.SubElement(root, element["name"]).text = text
    return serialise(root)


def read_record(profile, list_name, root):
    """({element name: text}, [Vietnamese defects]) of a parsed record: order, known names, mandatory, lengths, codes."""
    spec = profile.lists()[list_name]
    if root.tag != spec["root"]:
        raise PackageError(f"Phần tử gốc phải là “{spec['root']}”.")
    values, defects, last = {}, [], -1
    order = {element["name"]: position for position, element in enumerate(spec["elements"])}
    for child in root.iterchildren(tag=etree.Element):
        position = order.get(child.tag)
        if position is None:
            defects.append(f"Trường “{child.tag}” không có trong mẫu.")
            continue
        if position <= last:
            defects.append(f"Trường “{child.tag}” sai thứ tự hoặc lặp lại.")
        if len(child):
            defects.append(f"Trường “{child.tag}” không được chứa phần tử con.")
        last = max(last, position)
        values[child.tag] = child.text or ""
    for element in spec["elements"]:
        defect = profile.defect(element, values.get(element["name"], ""))
        if defect:
            defects.append(defect)
    return values, defects


def schema(profile, list_name):
    """XSD bytes of a list, so that an outside validator (``xmllint --schema``) can judge the records."""
    spec = profile.lists()[list_name]
    root = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS}, elementFormDefault="qualified")
    top = etree.SubElement(root, f"{{{XS}}}element", name=spec["root"])
    sequence = etree.SubElement(etree.SubElement(top, f"{{{XS}}}complexType"), f"{{{XS}}}sequence")
    for element in spec["elements"]:
        node = etree.SubElement(sequence, f"{{{XS}}}element", name=element["name"])
        if not element.get("required"):
            node.set("minOccurs", "0")
        note = etree.SubElement(etree.SubElement(node, f"{{{XS}}}annotation"), f"{{{XS}}}documentation")
        note.text = element["label"]
        restriction = etree.SubElement(
            etree.SubElement(node, f"{{{XS}}}simpleType"), f"{{{XS}}}restriction", base="xs:string"
        )
        _facets(profile, element, restriction)
    return serialise(root)


def _facets(profile, element, restriction):
    def facet(name, value):
        etree.SubElement(restriction, f"{{{XS}}}{name}", value=str(value))

    kind = element.get("type", "string")
    if kind == "code":
        for code in profile.codes(element):
            facet("enumeration", code)
    elif kind == "number":
        facet("pattern", "[0-9]{1,10}")
    elif kind == "date":
        facet("pattern", "[0-9]{2}/[0-9]{2}/[0-9]{4}")
    else:
        facet("minLength", 1)
        facet("maxLength", element.get("max", 10**6))


def schema_names(profile):
    """{list name: file name under schemas/}."""
    return {name: f"ead_{name}.xsd" for name in profile.lists()}
