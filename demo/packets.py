"""The other side of the wire in our own hands: packets posted as a connected agency's system posts them."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import uuid
from pathlib import Path

from .network import Network
from .places import ADDONS
from .site import Site

sys.path.append(str(ADDONS / "vanban_lienthong"))

from wire.http_client import HttpClient


def post(net: Network, sender: Site, receiver: Site, raw: bytes, message: str | None = None, kind="document") -> dict:
    """Deliver bytes to `receiver` over TLS with the shared secret of the connection; its answer.

    :raises DeliveryError: the receiver refused
    """
    client = HttpClient(receiver.address, net.key_id, net.secret, ca_pem=net.ca_pem)
    with tempfile.NamedTemporaryFile(prefix="vanban-") as file:
        file.write(raw)
        file.flush()
        return client.send(
            file.name,
            message or str(uuid.uuid4()),
            sender.agency.code,
            receiver.agency.code,
            kind,
            len(raw),
            hashlib.sha256(raw).hexdigest(),
        )


def sent_bytes(site: Site, document: int) -> tuple[bytes, str]:
    """The bytes that `site` sent for an issued document, and the number of that packet."""
    clerk = site.user("vanthu")
    row = clerk.find("vanban.packet.out", [("document_id", "=", document)], ["packet_id", "message"], limit=1)[0]
    return clerk.download("vanban.packet", row["packet_id"][0], "content"), row["message"]


def save(site: Site, document: int, path: Path) -> None:
    path.write_bytes(sent_bytes(site, document)[0])
