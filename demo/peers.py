"""Making two agencies known to each other: directory entry, address, trusted certificates, shared secret."""

from __future__ import annotations

from pathlib import Path

from .site import Site


def _key_id(one: Site, other: Site) -> str:
    return ".".join(sorted((one.agency.key, other.agency.key)))


def _declare(site: Site, other: Site, ca_pem: str) -> int:
    """Enter the other agency and how to reach it; id of the connection."""
    admin = site.user("quantri")
    site.ids["partner"] = admin.create(
        "res.partner",
        {
            "name": other.agency.name,
            "is_company": True,
            "vanban_code": other.agency.code,
            "vanban_symbol": other.agency.symbol,
        },
    )
    transport = admin.create(
        "vanban.transport",
        {"name": "Kết nối trực tiếp HTTPS", "driver": "https", "ca_pem": ca_pem, "retry_base": 2, "retry_cap": 8},
    )
    site.ids["peer"] = admin.create(
        "vanban.peer",
        {
            "partner_id": site.ids["partner"],
            "transport_id": transport,
            "url": other.address,
            "key_id": _key_id(site, other),
            "company_id": site.ids["company"],
        },
    )
    return site.ids["peer"]


def connect(one: Site, other: Site, ca_file: Path) -> tuple[str, str]:
    """Connect both ways; each side then tries the connection, its TLS certificate and the shared secret.

    :return: name of the key and the secret
    """
    ca_pem = ca_file.read_text()
    for site, far in ((one, other), (other, one)):
        _declare(site, far, ca_pem)
    # One administrator makes the secret and carries it to the other, as with any password.
    secret = one.user("quantri").call("vanban.peer", "action_new_secret", one.ids["peer"])
    other.user("quantri").call("vanban.peer", "action_set_secret", other.ids["peer"], secret=secret)
    for site in (one, other):
        site.user("quantri").call("vanban.peer", "action_check_connection", site.ids["peer"])
    return _key_id(one, other), secret
