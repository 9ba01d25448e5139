"""Delivery by files: for closed networks, gateways and programs of an axis that move files.

``<root>/<code of our agency>=<name of the key>/out`` receives ``<message>.edxml`` and then ``<message>.json``
(the marker that the packet is complete); ``in`` beside it is read the same way. The marker carries the signature
of the envelope, as over HTTPS. What is not taken over stays there, its marker renamed to ``<message>.rejected``:
named ``.json`` again, it is read again.
"""
import json
import os
import re
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

from odoo.tools import config

from ..wire import Envelope, SignatureError, verify
from .base import Delivery, DeliveryError, Driver, Unfetched, register

_NAME = re.compile(r"[0-9A-Za-z-]{8,80}")
_MARKER_LIMIT = 8 * 1024
_METHOD, _PATH = "DROP", "/"
_ASIDE = ".rejected"


def _earlier_name(peer):
    """The folder that earlier versions gave a connection: of its key alone, two of them could have one."""
    return re.sub(r"[^0-9A-Za-z_-]", "_", peer.key_id or "")


@register
class FileDropDriver(Driver):
    code = "file"
    label = "Files in a folder"
    needs_secret = True

    def _folder(self, direction):
        folder = self._home() / direction
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise DeliveryError(
                "folder", self.env._("The exchange folder cannot be written: %(folder)s", folder=folder), unreachable=True) from None
        return folder

    def _home(self):
        """The folder of this connection. Two agencies may use one name of a key for secrets of their own."""
        # It is fixed by the server's owner, never by a user: a path from a form could point anywhere.
        root = Path(os.environ.get("VANBAN_DROP_DIR") or os.path.join(config["data_dir"], "vanban_drop", self.env.cr.dbname))
        earlier = root / _earlier_name(self.peer)
        if earlier.is_dir() and self._is_oldest(earlier.name):
            return earlier
        company = self.peer.company_id
        # a code that has changed keeps its folder: whoever moves the files knows that one
        codes = (company.vanban_code or f"#{company.id}", *company.sudo().partner_id.vanban_code_ids.mapped("code"))  # safe: codes are public
        folders = [root / f"{quote(code, safe='')}={quote(self.peer.key_id or '', safe='')}" for code in codes]
        return next((folder for folder in folders if folder.is_dir()), folders[0])

    def _is_oldest(self, name):
        """Whether agency and key are those of the oldest connection that had this folder in earlier versions: the others get their own."""
        peers = self.env["vanban.peer"].sudo().search([("transport_id.driver", "=", self.code)], order="id")  # safe: which connections there are
        oldest = next((peer for peer in peers if _earlier_name(peer) == name), self.peer.browse())
        return (oldest.company_id, oldest.key_id) == (self.peer.company_id, self.peer.key_id)

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
            if marker.name.startswith("."):
                continue  # whoever moves the files is writing it
            packet = marker.with_suffix(".edxml")
            envelope = None if marker.is_symlink() or packet.is_symlink() or not _NAME.fullmatch(marker.stem) else self._read_marker(marker)
            if envelope and not packet.is_file():
                continue  # still on its way

            def acknowledge(done, packet=packet, marker=marker):
                self._done(packet, marker) if done else self._set_aside(marker)

            if envelope:
                yield Delivery(
                    path=str(packet), message=envelope.message, sender=envelope.sender, recipient=envelope.recipient,
                    type=envelope.type, size=envelope.length, sha256=envelope.digest), acknowledge
            else:
                yield Unfetched(marker.name, self.env._(
                    "the file does not bear a valid signature of this connection and was set aside as “%(file)s”; compare the shared secret "
                    "and the name of the key with the other side, then rename it to .json", file=marker.with_suffix(_ASIDE).name),
                    final=True), acknowledge

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

    @staticmethod
    def _set_aside(marker):
        """Kept for the administrator, out of the way of the next turn."""
        marker.replace(marker.with_suffix(_ASIDE))

    def check(self):
        return self.env._("Folder: %(folder)s", folder=self._folder("out").parent)
