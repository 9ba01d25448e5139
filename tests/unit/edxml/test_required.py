"""Data that must be there before a packet may leave."""
from dataclasses import replace

import pytest

from edxml import Business, Organization, Signer, findings
from packet_samples import RECEIVER, document, status
from proves import proves


@proves("LT-04")
def test_missing_abstract_and_signer_are_listed(tmp_path):
    packet = replace(document(tmp_path), subject="", signer=Signer())
    assert {finding.path for finding in findings(packet)} == {"subject", "signer.full_name"}
    assert all(finding.message.startswith("Thiếu ") for finding in findings(packet))


@pytest.mark.parametrize(("changes", "path", "code"), [
    ({"recipients": ()}, "recipients", "MISSING"),
    ({"recipients": (RECEIVER, RECEIVER)}, "recipients[1]", "VALUE"),
    ({"sender": Organization("H56." + "1" * 40, "Sở")}, "sender.organ_id", "TOO_LONG"),
    ({"subject": "x" * 501}, "subject", "TOO_LONG"),
    ({"promulgation_date": None}, "promulgation_date", "MISSING"),
    ({"attachments": ()}, "attachments", "MISSING"),
    ({"business": Business(1, "", "x")}, "business.reason", "MISSING"),
    ({"business": Business(1, "nhầm")}, "business.document_id", "MISSING"),
    ({"business": Business(3, "nhầm")}, "business.replacements", "MISSING"),
    ({"business": Business(7)}, "business.doc_type", "VALUE"),
])
def test_each_rule(tmp_path, changes, path, code):
    assert [(f.path, f.code) for f in findings(replace(document(tmp_path), **changes))] == [(path, code)]


@pytest.mark.parametrize("code", ["02", "13", "16"])
def test_status_that_needs_a_reason(code):
    assert [f.path for f in findings(status(code, description=""))] == ["description"]
