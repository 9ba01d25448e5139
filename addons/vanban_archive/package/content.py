"""Check the records inside a package whose files are already proved: descriptions, events, counts."""

from lxml import etree

from . import beside
from .descriptive import read_record, schema, schema_names
from .findings import PackageError
from .premis import SIGNATURE_OF
from .xmlio import PREMIS, parse


def check_content(profile, views, found, report, root):
    """Add findings about descriptive lists, PREMIS, schemas and the counts between them."""
    parsed = {}
    for href, entry in found.items():
        if href in views or entry.content is None or not href.endswith((".xml", ".xsd")):
            continue
        try:
            parsed[href] = parse(entry.content)
        except PackageError as error:
            report.add("xml", href, str(error))
    _schemas(profile, found, report)
    file_values = _record(profile, "file", "metadata/descriptive/EAD.xml", parsed, report)
    documents = set()
    for href, view in views.items():
        if view.folder:
            documents |= _representation(profile, href, view, parsed, found, report)
            _signatures(view, parsed, found, report, root)
    report.documents = len(documents)
    counted = next((e["name"] for e in profile.lists()["file"]["elements"] if e["source"] == "doc_count"), None)
    if file_values and counted and file_values.get(counted) != str(len(documents)):
        message = f"Hồ sơ ghi {file_values.get(counted)} tài liệu, trong gói tin có {len(documents)}."
        report.add("count", "metadata/descriptive/EAD.xml", message)
    _premis("metadata/preservation/PREMIS.xml", parsed, report)


def _schemas(profile, found, report):
    for key, name in schema_names(profile).items():
        entry = found.get(f"schemas/{name}")
        if entry is None or entry.content != schema(profile, key):
            report.add("schema", f"schemas/{name}", "Lược đồ thiếu hoặc khác với mẫu gói tin.")


def _record(profile, list_name, href, parsed, report):
    root = parsed.get(href)
    if root is None:
        report.add("missing", href, "Thiếu bản mô tả.")
        return {}
    try:
        values, defects = read_record(profile, list_name, root)
    except PackageError as error:
        report.add("metadata", href, str(error))
        return {}
    for defect in defects:
        report.add("metadata", href, defect)
    return values


def _list_of(profile, href):
    """The list a description belongs to, by its file name: EAD_doc_File1.xml → doc."""
    name = href.rsplit("/", 1)[-1]
    for key, spec in profile.lists().items():
        head, _, tail = spec["file_name"].partition("{n}")
        if tail and name.startswith(head) and name.endswith(tail) and name[len(head) : -len(tail)].isdigit():
            return key
    return None


def _representation(profile, href, view, parsed, found, report):
    described = set()
    data = {reference.href for reference in view.references() if reference.use == "Data"}
    records = {reference.href for reference in view.references() if reference.use == "EAD"}
    linked = set()
    for record, files in view.described():
        linked.add(record)
        if record not in records or not files or not set(files) <= data:
            report.add("reference", href, "Bản mô tả không gắn với tệp nào của tài liệu.")
            continue
        list_name = _list_of(profile, record)
        if list_name is None:
            report.add("name", record, "Tên tệp mô tả không theo mẫu.")
            continue
        _record(profile, list_name, record, parsed, report)
        described.add(record.removeprefix(view.folder))
    for record in records - linked:
        report.add("reference", record, "Bản mô tả không gắn với tài liệu nào.")
    if not data:
        report.add("structure", href, "Bản thể hiện không có tệp dữ liệu.")
    name = view.folder.rstrip("/").rsplit("/", 1)[-1]
    digests = _premis(f"{view.folder}metadata/preservation/PREMIS_{name}.xml", parsed, report)
    for data_href in data:
        inner = data_href.removeprefix(view.folder)
        entry = found.get(data_href)
        if entry is not None and digests.get(inner) != entry.sha256:
            report.add("premis", data_href, "PREMIS không ghi tệp này hoặc ghi mã băm khác.")
    return described


def _signatures(view, parsed, found, report, root):
    """Every signature that lies beside a data file fits that file."""
    name = view.folder.rstrip("/").rsplit("/", 1)[-1]
    premis = parsed.get(f"{view.folder}metadata/preservation/PREMIS_{name}.xml")
    data = {reference.href for reference in view.references() if reference.use == "Data"}
    signed = {}
    for node in premis.xpath("p:object[p:relationship]", namespaces={"p": PREMIS}) if premis is not None else ():
        spaces = {"p": PREMIS}
        if node.findtext("p:relationship/p:relationshipSubType", "", spaces) == SIGNATURE_OF:
            own = node.findtext("p:objectIdentifier/p:objectIdentifierValue", "", spaces)
            target = node.findtext("p:relationship/p:relatedObjectIdentifier/p:relatedObjectIdentifierValue", "", spaces)
            signed[view.folder + own] = view.folder + target
    for href, target in signed.items():
        if href not in data or target not in data or href not in found or target not in found:
            report.add("signature", href, "Chữ ký kèm tệp thiếu tệp mà nó ký.")
            continue
        content = found[href].content
        if content and len(content) <= beside.MAX_SIGNATURE:
            wrong = beside.problem(content, root / target, found[target].sha256)
        else:
            wrong = "Tệp chữ ký (.p7s) rỗng hoặc quá lớn."
        if wrong:
            report.add("signature", target, wrong)


def _premis(href, parsed, report):
    """{object identifier: SHA-256} of the file objects."""
    root = parsed.get(href)
    if root is None:
        report.add("missing", href, "Thiếu tệp PREMIS.")
        return {}
    if root.tag != f"{{{PREMIS}}}premis" or root.get("version") != "3.0":
        report.add("premis", href, "Không phải PREMIS phiên bản 3.")
        return {}
    spaces = {"p": PREMIS}
    events = set(root.xpath("//p:eventIdentifierValue/text()", namespaces=spaces))
    for value in root.xpath("//p:linkingEventIdentifierValue/text()", namespaces=spaces):
        if value not in events:
            report.add("reference", href, f"Sự kiện “{value}” không có trong PREMIS.")
    if not events:
        report.add("premis", href, "PREMIS không có sự kiện nào.")
    digests = {}
    for node in root.iterchildren(tag=etree.Element):
        if etree.QName(node).localname == "object":
            identifier = node.findtext("p:objectIdentifier/p:objectIdentifierValue", "", spaces)
            digests[identifier] = node.findtext("p:objectCharacteristics/p:fixity/p:messageDigest", "", spaces)
    return digests
