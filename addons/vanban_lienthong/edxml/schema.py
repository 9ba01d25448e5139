"""Whether a packet has the prescribed structure, by the schema ``qcvn102.xsd`` beside this file (LT-20)."""
from pathlib import Path

PATH = Path(__file__).with_name("qcvn102.xsd")
_LIMIT = 50


def schema_problems(source):
    """[text with line] of what differs from the prescribed structure; empty when nothing does.

    :param source: path of a packet; it is held in memory as a whole, so this is for examining, not for reception
    """
    from lxml import etree  # only here: the codec itself needs nothing but Python

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    schema = etree.XMLSchema(etree.parse(str(PATH)))
    try:
        tree = etree.parse(str(source), parser)
    except etree.XMLSyntaxError as error:
        return [f"1: {error.msg}"]
    if schema.validate(tree):
        return []
    return [f"{entry.line}: {entry.message}"[:500] for entry in schema.error_log][:_LIMIT]
