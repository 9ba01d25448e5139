import datetime
import logging
import re
import tempfile
import unicodedata

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vanban_core.models.document_duplicate import GONE
from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import copy_rules, vietnam_time

from ..edxml import HOLD, DocumentPacket, PacketError, StatusPacket, names, read_packet
from .concurrency import commit_step, keep_apart
from .packet_builder import CAPACITY
from .packet_held import TAKEN, PacketHeld, PacketTooEarly
from .packet_in_receive import LOCAL_CHANNEL
from .packet_out import WAITING

_logger = logging.getLogger(__name__)
_BATCH = 100
TOO_EARLY = object()
# Kinds of business that bring a document of their own.
NEW_DOCUMENT = (str(names.NEW), str(names.REPLACE))
# The mark alone, or with its name before it; nothing else stands in a sphere by chance.
_SECRET_WORDS = re.compile(r"(?:(?:độ|mức độ)\s*mật\s*:?\s*)?(?:tuyệt mật|tối mật|mật)", re.IGNORECASE)
_CAPACITY_OF = {label.rstrip("."): key for key, label in CAPACITY.items()}


def is_secret(packet):
    """Whether a document packet calls itself a state secret."""
    return bool(_SECRET_WORDS.fullmatch(unicodedata.normalize("NFC", packet.other.sphere).strip()))


class PacketInProcess(models.Model):
    """From kept bytes to an incoming document or to a status of a sent one. One packet, one transaction."""

    _inherit = "vanban.packet.in"

    # --------------------------------------------------------------------- jobs

    @api.model
    def _cron_read(self):
        """Take over what has arrived, in the order of arrival; several workers may run this side by side."""
        self = in_vietnamese(self).with_context(vanban__cron_read=True)
        progress = self.env["ir.cron"]._commit_progress
        last, early = 0, False
        while ids := self.search([("state", "=", "received"), ("id", ">", last)], order="id", limit=_BATCH).ids:
            for last in ids:  # noqa: B007 - goes on behind the last id of the batch
                early |= self.browse(last)._read_one() is TOO_EARLY
                if not progress(1):
                    self._wake()
                    return
        if early:
            self._wake(fields.Datetime.now() + datetime.timedelta(seconds=1))
            progress(0)

    def _read_one(self):
        """One packet in one transaction; what nobody foresaw in it is held and logged, and keeps no other from being read."""
        return keep_apart(self, lambda: commit_step(self.env, self._process_locked), self._hold_unforeseen, "packet %s could not be read")

    def _hold_unforeseen(self):
        packet = self.try_lock_for_update(allow_referencing=True)
        packet.invalidate_recordset()
        if packet and packet.state == "received":
            packet._hold("UNFORESEEN", self.env._(
                "The program failed while reading this packet. Ask the administrator to look into the server's log; "
                "after that, read the packet again or return it to the sender."))

    def _process_locked(self):
        packet = self.try_lock_for_update(allow_referencing=True)
        packet.invalidate_recordset()
        return packet._process() if packet and packet.state == "received" else None

    # --------------------------------------------------------------- processing

    def _process(self):
        """Read the bytes and take over what they say; whatever happens, the packet ends in a visible state.

        :return: TOO_EARLY when it has to be read once more in a moment
        """
        self.ensure_one()
        try:
            with tempfile.TemporaryDirectory(prefix="vanban-read-") as folder, self._content_path() as path:
                packet = read_packet(path, folder, self._limits())
                self._note_facts(packet)
                with self.env.cr.savepoint():
                    self._take_over(packet)
        except PacketTooEarly:
            return TOO_EARLY
        except PacketHeld as held:
            self._hold(held.code, str(held), held.values)
        except PacketError as error:
            self._hold(error.code, error.message_vi)
        except (UserError, ValidationError) as error:
            # A file or value that the core refuses: its message says why.
            self._hold("CONTENT", str(error))
        return None

    def _take_over(self, packet):
        self._check_sender(packet)
        if isinstance(packet, StatusPacket):
            self._take_status(packet)
        else:
            self._take_document(packet)

    def _note_facts(self, packet):
        """What the list of the reception desk shows; kept even when the packet is held afterwards."""
        values = {
            "sender_name": packet.sender.name[:200],
            "remarks": "\n".join(f"– {remark.message}" for remark in packet.remarks) or False,
        }
        if isinstance(packet, StatusPacket):
            values.update({
                "type": "status", "status_code": packet.status_code, "document_code": packet.response_for.document_id[:200],
                "code": packet.response_for.code[:100], "request_reason": packet.description[:1000] or False,
            })
        else:
            doc_type = packet.business.doc_type
            values.update({
                "type": "document", "business_type": str(doc_type) if doc_type in names.BUSINESS_TYPES else False,
                "document_code": packet.target_id[:200] if doc_type in (names.REVOKE, names.UPDATE) else packet.document_id[:200],
                "code": packet.code[:100], "subject": unicodedata.normalize("NFC", packet.subject)[:500],
                "urgency": str(packet.other.priority), "request_reason": packet.business.reason[:1000] or False,
                "steering_type": False if packet.steering_type is None else str(packet.steering_type),
            })
        self.write(values)

    def _check_sender(self, packet):
        """The agency that signed the delivery must be the one that the packet names."""
        claimed = packet.sender.organ_id.strip().upper()
        axis = self._axis()
        if axis:
            self.env["vanban.peer"]._of_axis(self.company_id, claimed, axis)  # known since the directory was read again
        allowed = self._peers_of_channel()
        peer = self.env["vanban.peer"]._of_sender(self.company_id, claimed, peers=allowed)
        if not peer and not self.env["vanban.peer"]._of_sender(self.company_id, claimed):
            raise PacketHeld("SENDER_UNKNOWN", self.env._(
                "The sender %(code)s (%(name)s) is not among the connected agencies. Ask the administrator to add the "
                "connection, then read the packet again.", code=claimed, name=packet.sender.name[:100]))
        if not peer or (self.peer_id and peer != self.peer_id):
            raise PacketHeld("SENDER_DIFFERS", self.env._(
                "The packet names %(code)s as its sender but came by the connection of another agency (key “%(key)s”). "
                "Do not take it over before the sender has confirmed it.", code=claimed, key=self.channel_key or "–"))
        if not self.peer_id:
            self.peer_id = peer

    def _peers_of_channel(self):
        """Connections that may speak through the key by which the packet came."""
        if self.channel_key == LOCAL_CHANNEL:
            return self.env["vanban.peer"].search([("driver", "=", "local")])
        axis = self._axis()
        if axis:
            return self.env["vanban.peer"].search([("transport_id", "=", axis.id)])
        return self.env["vanban.peer"].search([("key_id", "=", self.channel_key), ("key_id", "!=", False)])

    def _axis(self):
        """The axis by which the packet came; empty for connections of their own."""
        number = (self.channel_key or "").removeprefix("axis-")
        if number == self.channel_key or not number.isdecimal():
            return self.env["vanban.transport"]
        return self.env["vanban.transport"].browse(int(number)).exists()

    def _check_holds(self, packet):
        """Defects that somebody has to look at, unless a clerk has done so."""
        holds = [remark for remark in packet.remarks if remark.severity == HOLD]
        if holds and not self.remarks_accepted:
            lines = [remark.message for remark in holds]
            if absent := sum(remark.code == "FILE_ABSENT" for remark in holds):
                lines.insert(0, self.env._("%(count)s file(s) missing (Thiếu %(count)s tệp).", count=absent))
            raise PacketHeld(holds[0].code, "\n".join(lines))

    # ----------------------------------------------------------------- document

    def _take_document(self, packet: DocumentPacket):
        self._check_addressee(packet)
        if is_secret(packet):
            raise PacketHeld("SECRET", self.env._(
                "The document is marked “%(mark)s”: state secrets are not received through the network. Return it to the "
                "sender and handle it on paper by the rules on state secrets.", mark=packet.other.sphere[:30]))
        if self._is_double(packet):
            return
        self._check_holds(packet)
        doc_type = packet.business.doc_type
        if doc_type in (names.REVOKE, names.UPDATE):
            target = self._find_target(packet)
            if target and doc_type == names.UPDATE:
                self._note_changes(packet, target)
            self._ask_decision(target)
            return
        replaced = self._find_replaced(packet) if doc_type == names.REPLACE else None
        document = self._make_document(packet)
        if replaced is not None:
            self._take_replacement(replaced, document)
        else:
            self._flow("finish", values={"document_id": document.id})
        # it arrived when its bytes did, however long it was held
        self.env["vanban.packet.status"]._report(document, self.peer_id, names.ARRIVED, moment=self.received_date)

    def _check_addressee(self, packet):
        own = {row.code for row in self.company_id.sudo().partner_id.vanban_code_ids}  # safe: own public codes
        if own and not own & {organization.organ_id.strip().upper() for organization in packet.recipients}:
            raise PacketHeld("ADDRESSEE", self.env._(
                "Wrong addressee (Sai nơi nhận): the packet is not addressed to this agency, it names %(codes)s. Return it to the sender.",
                codes=", ".join(organization.organ_id for organization in packet.recipients[:5]) or "–"))

    def _is_double(self, packet):
        """The same document again: with the same bytes it is set aside, with other bytes a clerk decides (LT-14)."""
        others = self.search([
            ("id", "!=", self.id), ("company_id", "=", self.company_id.id), ("type", "=", "document"),
            ("peer_id.partner_id", "=", self.peer_id.partner_id.id), ("document_code", "=", self.document_code),
            ("business_type", "in", (self.business_type, *NEW_DOCUMENT)), ("state", "in", ("done", "decision", "agreed", "disagreed")),
        ], order="id")
        same = others.filtered(lambda other: other.sha256 == self.sha256 and other.business_type == self.business_type)[:1]
        if same:
            self._flow("double", values={"duplicate_of_id": same.id, "document_id": same.document_id.id})
            same._log("duplicate", data={"packet": self.id, "message": self.message})
            if same.document_id:
                same.document_id._log("duplicate", data={"packet": self.id})
            return True
        # an update or a recall bears the identifier of the document that it is about, and so may a replacement
        doc_type = packet.business.doc_type
        replaced = [one.document_id.strip() for one in packet.business.replacements] if doc_type == names.REPLACE else []
        if self.double_accepted or doc_type in (names.REVOKE, names.UPDATE) or self.document_code in replaced:
            return False
        taken = others[:1].received_date or self._entered_by_hand().arrival_date
        if taken:
            raise PacketHeld(TAKEN, values={"duplicate_of_id": others[:1].id}, reason=self.env._(
                "Duplicate document identifier (Trùng mã định danh): %(code)s was received on %(date)s with other content. "
                "Ask the sender; then take it over with a reason, or set it aside.",
                code=self.document_code, date=vietnam_time.text(taken)))
        return False

    def _entered_by_hand(self):
        """The incoming document with this identifier that came another way: on paper, by mail."""
        documents = self.env["vanban.document"]
        if not self.document_code:
            return documents
        return documents.search([
            ("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("document_code", "=", self.document_code),
            ("packet_in_id", "=", False), ("state", "not in", GONE)], order="id", limit=1)

    def _make_document(self, packet):
        """The incoming document of the packet, in the state before the clerk's check."""
        if not packet.attachments:
            raise PacketHeld("NO_FILE", self.env._("The packet holds no file of the document. Ask the sender to send it again."))
        document = self.env["vanban.document"].with_company(self.company_id).create(self._document_values(packet))
        main, *others = packet.attachments
        document._add_file(main.name, main.path.read_bytes(), role="main", stage="received", original=True, reason=main.description[:200] or None)
        document._add_received(others, lambda attachment: attachment.description[:200] or None)
        for response in packet.responses:
            answered = self._find_outgoing(response)
            if answered:
                document._link(answered, "answers")
        self._check_at_once(document)
        return document

    def _check_at_once(self, document):
        """What does not agree is marked before the clerk opens it (HCM Đ5.1); a check that fails keeps nothing from arriving."""
        try:
            with self.env.cr.savepoint():
                document._run_checks()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise
        except Exception:
            _logger.info("checks of document %s at its arrival", document.id, exc_info=True)

    def _accepted_incomplete(self):
        """The reason with which a clerk took the packet over in spite of its defects, so that it is asked only once."""
        row = self.env["vanban.log"].sudo().search(  # safe: the reason given for this packet
            [("model", "=", self._name), ("res_id", "=", self.id), ("action", "=", "accept_remarks"), ("outcome", "=", "done")],
            order="id desc", limit=1,
        )
        return row.comment or False

    def _document_values(self, packet):
        partner = self.peer_id.partner_id
        kind = self._find_kind(packet.kind.name)
        capacity = re.split(r"[.\s]", packet.signer.competence.strip().upper(), maxsplit=1)[0]
        return {
            "direction": "in", "company_id": self.company_id.id, "packet_in_id": self.id,
            "arrival_date": self.received_date, "medium": "both" if packet.business.paper else "electronic",
            "kind_id": kind.id, "received_form": kind.code if kind.code in copy_rules.FORMS else "original", "subject": packet.subject,
            "code_number": packet.code_number, "code_notation": packet.code_notation,
            "issue_date": packet.promulgation_date or False, "document_code": packet.document_id,
            "issuer_id": partner.id, "issuer_name": partner.name or packet.sender.name,
            "signer_name": packet.signer.full_name, "signer_position": packet.signer.position,
            "signer_capacity": _CAPACITY_OF.get(capacity, False), "urgency": str(packet.other.priority),
            "reply_required": bool(packet.due_date), "reply_due_date": packet.due_date or False,
            "external_due_date": packet.due_date or False,
            "interchange_reference": packet.other.sphere == "Để biết, tham khảo",
            # what the clerk compares before acceptance (TH Đ8.1; HCM Đ4.3)
            "declared_file_count": len(packet.attachments) + sum(remark.code == "FILE_ABSENT" for remark in packet.remarks),
            "declared_annexes": "\n".join(name.strip() for name in packet.other.appendixes if name.strip())[:5000] or False,
            "incomplete_reason": self.remarks_accepted and self._accepted_incomplete(),
            "addressee_codes": ", ".join(organization.organ_id.strip().upper() for organization in packet.recipients)[:250] or False,
            "note": packet.content if packet.content and packet.content != packet.subject else False,
        }

    @api.model
    def _find_kind(self, name):
        """Kind by its name, whatever its case and composition; empty when unknown: the clerk chooses."""
        wanted = " ".join(unicodedata.normalize("NFC", name or "").split())
        pattern = re.sub(r"([%_\\])", r"\\\1", wanted)
        return self.env["vanban.document.kind"].search([("name", "=ilike", pattern)], limit=1) if wanted else (
            self.env["vanban.document.kind"])

    # ------------------------------------------------------------------- status

    def _take_status(self, packet):
        self._check_holds(packet)
        if packet.status_code == names.TAKE_BACK:
            self._ask_decision(self._find_incoming(packet.response_for))
            return
        document = self._find_outgoing(packet.response_for)
        if not document:
            raise PacketHeld("STATUS_TARGET", self.env._(
                "The status is about %(code)s, which this agency has not sent.",
                code=packet.response_for.code or packet.response_for.document_id))
        out = self.env["vanban.packet.out"].search([
            ("document_id", "=", document.id), ("type", "=", "document"), ("peer_id.partner_id", "in", self._sender_lineage().ids),
            ("business_type", "in", NEW_DOCUMENT),
        ], order="id desc", limit=1)
        if not out:
            raise PacketHeld("STATUS_STRANGER", self.env._(
                "“%(agency)s” reports a status of %(code)s, which was not sent to it.",
                agency=self.peer_id.name, code=document.code))
        if out.state in WAITING and not out.try_lock_for_update(allow_referencing=True):
            # A status that is faster than the answer to the sending: noted now, neither side would see the other.
            raise PacketTooEarly
        if self.env["vanban.packet.status"]._note_received(out, packet, self) and not out._take_answer_to_update(packet):
            out._apply_statuses()
        self._flow("finish", values={"document_id": document.id})

