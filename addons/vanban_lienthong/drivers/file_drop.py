"""Delivery by files: for closed networks, gateways and programs of an axis that move files.

``<root>/<peer key>/out`` receives ``<message>.edxml`` and then ``<message>.json`` (the marker that the
packet is complete); ``<root>/<peer key>/in`` is read the same way. The marker carries the signature
of the envelope, as over HTTPS.
"""
import json
import os
import re
import shutil
import time
from dataclasses import asdict
from pathlib import Path

from odoo.tools import config

from ..wire import Envelope, SignatureError, verify
from .base import Delivery, DeliveryError, Driver, register

_NAME = re.compile(r"[0-9A-Za-z-]{8,80}")
_MARKER_LIMIT = 8 * 1024
_METHOD, _PATH = "DROP", "/"


@register
class FileDropDriver(Driver):
    code = "file"
    label = "Files in a folder"
    needs_secret = True

    def _folder(self, direction):
        # The folder is fixed by the server's owner, never by a user: a path from a form could point anywhere.
        root = os.environ.get("VANBAN_DROP_DIR") or os.path.join(config["data_dir"], "vanban_drop", self.env.cr.dbname)
        key = re.sub(r"[^0-9A-Za-z_-]", "_", self.peer.key_id or "")
        folder = Path(root) / key / direction
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise DeliveryError(
                "folder", self.env._("The exchange folder cannot be written: %(folder)s", folder=folder), unreachable=True) from None
        return folder

    def send(self, delivery):
        folder = self._folder("out")
        envelope = Envelope(
            key=self.peer.key_id, message=delivery.message, sender=delivery.sender, recipient=delivery.recipient,
            type=delivery.type, length=delivery.size, digest=delivery.sha256, timestamp=int(time.time()),
            nonce=Envelope.new_nonce())
        marker = asdict(envelope)
        marker["signature"] = envelope.headers(_METHOD, _PATH, self.peer._secret())["X-Vanban-Signature"]
        try:
            self._put(folder, delivery.message + ".edxml", lambda target: shutil.copyfile(delivery.path, target))
            self._put(folder, delivery.message + ".json", lambda target: target.write_text(json.dumps(marker), "utf-8"))
        except OSError:
            raise DeliveryError(
                "folder", self.env._("The exchange folder cannot be written: %(folder)s", folder=folder), unreachable=True) from None
        return delivery.message

    @staticmethod
    def _put(folder, name, write):
        temporary = folder / f".{name}.part"
        write(temporary)
        with open(temporary, "rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(folder / name)

    def fetch(self):
        folder = self._folder("in")
        for marker in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
            if not _NAME.fullmatch(marker.stem) or marker.is_symlink():
                continue
            packet = marker.with_suffix(".edxml")
            if packet.is_symlink() or not packet.is_file():
                continue
            envelope = self._read_marker(marker)
            if envelope is None:
                # Kept for the administrator, out of the way of the next turn.
                marker.replace(marker.with_suffix(".rejected"))
                continue
            delivery = Delivery(
                path=str(packet), message=envelope.message, sender=envelope.sender, recipient=envelope.recipient,
                type=envelope.type, size=envelope.length, sha256=envelope.digest)
            yield delivery, lambda packet=packet, marker=marker: self._done(packet, marker)

    def _read_marker(self, marker):
        try:
            if marker.stat().st_size > _MARKER_LIMIT:
                return None
            values = json.loads(marker.read_text("utf-8"))
            signature = str(values.pop("signature"))
            envelope, _unused = Envelope.from_headers(lambda name: str(values.get(name.removeprefix("X-Vanban-").lower(), "")))
            # Files may lie for days: only the signature counts, doubles are found by the message id.
            verify(envelope, signature, _METHOD, _PATH, self.peer._secret(), envelope.timestamp)
        except (OSError, ValueError, KeyError, AttributeError, SignatureError):
            return None
        return envelope if envelope.message == marker.stem else None

    @staticmethod
    def _done(packet, marker):
        marker.unlink(missing_ok=True)
        packet.unlink(missing_ok=True)

    def check(self):
        return self.env._("Folder: %(folder)s", folder=self._folder("out").parent)
