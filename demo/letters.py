"""Outgoing letters, from the draft to the issue, each hand's work by its own account."""

from __future__ import annotations

from .network import Network
from .report import Record
from .site import Site

# who acts in which step of the review chain, in both agencies
REVIEWERS = {"review_dept": "truongphong", "review_unit": "truongphong", "format_check": "kiemtra", "office_review": "chanhvanphong"}


def draft(site: Site, subject: str, body: tuple[str, ...], recipients: list[dict], **vals) -> int:
    """The specialist drafts an official letter (công văn) for the leader's signature and renders it; its id."""
    specialist = site.user("chuyenvien")
    document = specialist.create(
        "vanban.document",
        {
            "direction": "out",
            "kind_id": specialist.one("vanban.document.kind", [("code", "=", "cong_van")]),
            "subject": subject,
            "signer_id": site.ids["user.lanhdao"],
            "body": _html(body),
            "recipient_ids": [(0, 0, vals) for vals in recipients or [{"department_id": site.ids["unit.VP"]}]],
            **vals,
        },
    )
    specialist.call("vanban.document", "action_render", document)
    return document


def _html(body: tuple[str, ...]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in body)


def complete_draft(site: Site, document: int, subject: str | None, body: tuple[str, ...]) -> None:
    """Fill in what the drafter still has to say of a draft that the system opened."""
    vals = {"body": _html(body), "signer_id": site.ids["user.lanhdao"]}
    if subject:
        vals["subject"] = subject
    site.user("chuyenvien").write("vanban.document", document, vals)


def pass_reviews(site: Site, document: int, comment: str = "Đồng ý.") -> None:
    """Submit, and have every step of the chain agree until the document waits for the leader's signature."""
    drafter = site.user("chuyenvien")
    drafter.call("vanban.document", "action_submit_review", document, comment=comment)
    for _step in REVIEWERS:
        state = drafter.value("vanban.document", document, "state")
        if state == "leader":
            break
        site.user(REVIEWERS[state]).call("vanban.document", "action_review_approve", document, comment=comment)
    state = drafter.value("vanban.document", document, "state")
    if state != "leader":
        raise AssertionError(f"the draft waits in {state}, not for the leader")


def to_leader(site: Site, subject: str, recipients: list[dict], **vals) -> int:
    """A letter that waits for the leader's signature; its id."""
    document = draft(site, subject, ("Nội dung văn bản trình bày tại đây.",), recipients, **vals)
    pass_reviews(site, document)
    return document


def sign(net: Network, site: Site, document: int) -> str:
    """The leader signs at his own workstation; returns the name on the certificate."""
    return net.desk(site).sign([document])


def clerk_steps(site: Site):
    """(name, what the clerk does) of everything between signature and issue, in order."""
    clerk = site.user("vanthu")

    def call(method):
        return lambda document: clerk.call("vanban.document", method, document)

    return (
        ("Văn thư kiểm tra thể thức, chữ ký", call("action_clerk_check")),
        ("Cấp số, ghi số và ngày vào tệp đã ký", call("action_allocate_number")),
        ("Ký số của cơ quan (đóng dấu) bằng HSM", call("action_seal")),
        ("Phát hành", call("action_issue")),
    )


def finish_steps(record: Record, net: Network, site: Site, document: int) -> None:
    """Play the clerk's part as steps of the story."""
    clerk = site.user("vanthu")
    for name, act in clerk_steps(site):
        with record.step(name) as row:
            act(document)
            found = clerk.read("vanban.document", document, ["code", "state"])
            row["note"] = found["code"]


def issue(net: Network, site: Site, subject: str, recipients: list[dict], **vals) -> int:
    """A letter drafted, signed, numbered, sealed and issued in one go; its id."""
    document = to_leader(site, subject, recipients, **vals)
    sign(net, site, document)
    for _name, act in clerk_steps(site):
        act(document)
    return document


def file_plan(site: Site, year: int) -> list[int]:
    """The year's file plan, prepared by the clerk and put in force by the leader; ids of its lines."""
    clerk, leader = site.user("vanthu"), site.user("lanhdao")
    retention = clerk.one("vanban.retention", [("kind", "=", "years"), ("years", "=", 20)])
    plan = clerk.create("vanban.file.plan", {"year": year, "decision": "01/QĐ-SNV"})
    lines = [
        ("I. Tổ chức, biên chế", "01.TCBC", f"Báo cáo tình hình sử dụng biên chế năm {year}", "chuyenvien"),
        ("I. Tổ chức, biên chế", "02.TCBC", f"Bổ nhiệm công chức lãnh đạo năm {year}", "chuyenvien"),
        ("II. Văn phòng", "03.VP", f"Văn bản đi, đến năm {year}", "vanthu"),
    ]
    ids = clerk.create(
        "vanban.file.plan.line",
        [
            {
                "plan_id": plan,
                "section": section,
                "symbol": symbol,
                "title": title,
                "retention_id": retention,
                "user_id": site.ids[f"user.{login}"],
            }
            for section, symbol, title, login in lines
        ],
    )
    clerk.call("vanban.file.plan", "action_submit", plan)
    leader.call("vanban.file.plan", "action_approve", plan)
    return ids
