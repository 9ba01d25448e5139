"""The fields in braces that a template may use, and which of a file are none of them."""

import io

import jinja2
import jinja2.meta
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

# name → names that may follow after a dot
FIELDS = {
    "parent_name": None, "agency_name": None, "issuer_title": None, "notation": None, "place": None, "kind_name": None,
    "kind_title": None, "subject": None, "authority": None, "to_list": None, "addressed": None, "receiver_lines": None,
    "capacity_lines": None, "signer_name": None, "drafter_name": None, "unit_name": None, "urgency_mark": None,
    "drafter_mark": None, "contact_line": None, "annex_kind": None, "annex_title": None,
    "paragraphs": None, "annex_paragraphs": None, "extract_paragraphs": None,
    "document": {"subject", "summary", "round"},
    # of a copied document, for its extract
    "original": {"agency", "code", "place_date", "kind", "subject", "position", "signer"},
}  # fmt: skip
PARAGRAPH = {"heading", "rich", "text"}


def environment():
    """Jinja that cannot reach Python objects: templates are edited by people."""
    return SandboxedEnvironment(autoescape=True, undefined=jinja2.ChainableUndefined)


def unknown(raw):
    """Names in the braces of a ``.docx`` that the system does not fill, sorted.

    :param bytes raw: a sound Word file
    :raises jinja2.TemplateSyntaxError: braces that cannot be read
    """
    environment_, template = environment(), DocxTemplate(io.BytesIO(raw))
    tree = environment_.parse(_source(template))
    found = {name for name in jinja2.meta.find_undeclared_variables(tree) if name not in FIELDS}
    rows = {
        loop.target.name for loop in tree.find_all(nodes.For)
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name) and loop.iter.name.endswith("paragraphs")
    }  # fmt: skip
    for part in tree.find_all(nodes.Getattr):
        owner = part.node.name if isinstance(part.node, nodes.Name) else ""
        known = PARAGRAPH if owner in rows else FIELDS.get(owner) or set()
        if owner != "loop" and owner not in found and part.attr not in known:
            found.add(f"{owner}.{part.attr}")
    return sorted(found)


def _source(template):
    template.init_docx()
    source = template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _key, part in template.get_headers_footers(uri):
            source += template.patch_xml(template.get_part_xml(part))
    return source
