"""Certificates and the device of the seal: registered by the manager, assigned in writing, received by the clerk."""

from __future__ import annotations

from pathlib import Path

from . import papers
from .client import WebUser, b64
from .pki import AgencyKeys, demo_pki
from .site import Site


def enrol(site: Site, authority: demo_pki.Authority, keys: AgencyKeys) -> None:
    """Trust the demonstration CA, register the leader's and the agency's certificates, put the device in custody."""
    manager = site.user("quantri")
    _trust(manager, authority)
    agency, boss = site.agency, site.agency.leader
    manager.create(
        "vanban.certificate",
        {
            "role": "personal",
            "user_id": site.ids[f"user.{boss.login}"],
            "company_id": site.ids["company"],
            "content": b64(keys.leader_token.certificate),
            "picture": b64(demo_pki.pictures.signature(boss.name)),
        },
    )
    seal = manager.create(
        "vanban.certificate",
        {
            "role": "agency",
            "company_id": site.ids["company"],
            "content": b64(keys.seal.certificate),
            "picture": b64(demo_pki.pictures.seal(agency.name, agency.parent)),
        },
    )
    device = manager.create(
        "vanban.token", {"name": f"HSM {agency.name}", "company_id": site.ids["company"], "certificate_id": seal}
    )
    decision = papers.text_pdf(
        agency.name.upper(), "QUYẾT ĐỊNH", "Giao quản lý, sử dụng con dấu, chữ ký số của cơ quan"
    )
    site.user(boss.login).call(
        "vanban.token",
        "action_assign",
        device,
        user_id=site.ids["user.vanthu"],
        reference=f"02/QĐ-{agency.symbol}",
        filename="quyet-dinh.pdf",
        content_b64=b64(decision),
    )
    site.user("vanthu").call("vanban.token", "action_receive", device)


def _trust(manager: WebUser, authority: demo_pki.Authority) -> None:
    manager.create(
        "vanban.trust.anchor",
        {
            "name": "CA trình diễn",
            "kind": "root",
            "content": b64(Path(authority.certificate)),
            "crl": b64(Path(authority.crl)),
        },
    )
