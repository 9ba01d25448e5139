"""Letters of other agencies that are simply dealt with: registered, distributed to one person, done, filed."""

from __future__ import annotations

from . import papers
from .client import b64
from .site import Site


def scanned(site: Site, subject: str, number: str, issue_date: str, issuer: str = "UBND huyện Mẫu Tân", **vals) -> int:
    """The clerk scans a paper letter and registers it; its id."""
    clerk = site.user("vanthu")
    document = clerk.call(
        "vanban.document",
        "action_receive_scan",
        None,
        filename=f"cong-van-{number}.pdf",
        content_b64=b64(papers.scan(issuer.upper(), f"Số: {number}/UBND-NV", subject)),
        vals={
            "kind_id": clerk.one("vanban.document.kind", [("code", "=", "cong_van")]),
            "subject": subject,
            "code_number": number,
            "code_notation": "UBND-NV",
            "issuer_name": issuer,
            "signer_name": "Nguyễn Thế Mẫu",
            "issue_date": issue_date,
            **vals,
        },
    )
    clerk.call("vanban.document", "action_register", document)
    return document


def settle(site: Site, document: int, *dossiers: int) -> None:
    """The leader gives a registered letter to the specialist, who takes note of it and files it in the dossiers."""
    clerk, leader, specialist = site.user("vanthu"), site.user("lanhdao"), site.user("chuyenvien")
    clerk.call("vanban.document", "action_submit", document, comment="Kính trình.")
    leader.call(
        "vanban.document",
        "action_distribute",
        document,
        direction_text="Nghiên cứu, lưu hồ sơ.",
        lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"], "deadline": None, "note": None}],
    )
    specialist.call("vanban.document", "action_start", document, dossier_id=dossiers[0])
    specialist.call("vanban.document", "action_done", document, outcome="reference", note="Để biết, lưu hồ sơ.")
    specialist.call("vanban.document", "action_file", document)
    for dossier in dossiers[1:]:
        specialist.call("vanban.dossier", "add_documents", dossier, document_ids=[document])
