"""What the story has learnt so far: ids, codes, and the questions every chapter asks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from . import waiting
from .client import WebUser
from .site import Site

_ORDER = ("pending", "queued", "sent", "arrived", "accepted", "assigned", "processing", "completed")


@dataclass
class Facts:
    """Ids are of the database in which the thing lives; the name says which (``request`` lives at Sở Tài chính)."""

    request: int = 0
    request_code: str = ""
    arrival: int = 0
    arrival_number: int = 0
    paper: int = 0
    deadline: str = ""
    lead_assignment: int = 0
    plan_lines: list[int] = field(default_factory=list)
    dossier: int = 0
    reply: int = 0
    reply_code: str = ""
    old_dossier: int = 0
    old: int = 0
    shared: int = 0

    @staticmethod
    def today() -> datetime.date:
        return datetime.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()

    @staticmethod
    def wait_status(site: Site, document: int, state: str) -> None:
        """Wait until the only electronic recipient of an issued document is known to be at `state` or further."""
        clerk = site.user("vanthu")

        def reached():
            rows = clerk.find(
                "vanban.recipient", [("document_id", "=", document), ("channel", "=", "lienthong")], ["state"]
            )
            states = [row["state"] for row in rows]
            return states and all(
                row == state or (row in _ORDER and state in _ORDER and _ORDER.index(row) >= _ORDER.index(state))
                for row in states
            )

        waiting.until(reached, f"trạng thái {state} của văn bản {document}")

    @staticmethod
    def wait_arrival(site: Site, document_code: str, timeout: float = 60) -> int:
        """Wait for the incoming document with that identifier and return its id."""
        clerk = site.user("vanthu")
        domain = [("direction", "=", "in"), ("document_code", "=", document_code)]
        return waiting.until(
            lambda: clerk.search("vanban.document", domain, limit=1), f"văn bản {document_code}", timeout
        )[0]

    @staticmethod
    def assert_verified(user: WebUser, document: int, signatures: int) -> str:
        """The stored verification of the document's main file is good for that many signatures; return its words."""
        found = user.read(
            "vanban.document", document, ["verification_overall", "verification_reason", "verification_id"]
        )
        assert found["verification_overall"] == "valid", found
        rows = user.find(
            "vanban.verification.signature",
            [("verification_id", "=", found["verification_id"][0])],
            ["signer", "kind", "overall", "signature_state", "authentication_state"],
        )
        assert len(rows) == signatures and {row["overall"] for row in rows} == {"valid"}, rows
        return ", ".join(row["signer"] for row in rows)
