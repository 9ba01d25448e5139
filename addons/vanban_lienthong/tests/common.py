import base64
import hashlib
import io
import uuid
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import fields

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.outgoing_common import OutgoingCase
from odoo.addons.vanban_core.tools import vietnam_time

from ..drivers import Delivery
from ..edxml import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    Organization,
    OtherInfo,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
    write_packet,
)

KEY, SECRET = "test-snv-stc", "mot-bi-mat-dung-chung-cho-kiem-thu-0123456789"
SENDER = Organization("H97.03", "Sở Tài chính tỉnh Mẫu")


class LienthongCase(OutgoingCase):
    """Agency A (Sở Nội vụ, of the base class) and agency B (Sở Tài chính) in one database, connected to each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.vanban_code_ids.unlink()
        cls.company.vanban_code = "H96.02"
        cls.other = cls.env["res.company"].create({
            "name": "Sở Tài chính tỉnh Mẫu", "vanban_code": "H97.03", "vanban_symbol": "STC",
            "vanban_place": "Thành phố Mẫu", "vanban_parent_name": "UBND tỉnh Mẫu",
        })
        cls.other_clerk = cls._user_of(cls.other, "other_clerk", "vanban_core.group_clerk")
        cls.other_leader = cls._user_of(cls.other, "other_leader", "vanban_core.group_leader")
        cls.other_specialist = cls._user_of(cls.other, "other_specialist", "vanban_core.group_specialist")
        cls.env["vanban.register"].create({
            "name": "Sổ văn bản đến", "code": "DEN", "direction": "in", "company_id": cls.other.id})
        cls.issuer = cls.other.partner_id
        cls.transport = cls.env.ref("vanban_lienthong.transport_local")
        cls.peer = cls._connect(cls.company, cls.other)
        cls.peer_back = cls._connect(cls.other, cls.company)

    @classmethod
    def _user_of(cls, company, login, group):
        user = cls._make_user(login, group)
        user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        return user

    @classmethod
    def _connect(cls, company, to, **vals):
        return cls.env["vanban.peer"].create({
            "company_id": company.id, "partner_id": to.partner_id.id, "transport_id": cls.transport.id, **vals})

    # ----------------------------------------------------------------- sending

    def signatures_valid(self):
        """Both signatures count as valid: they are the business of another addon with tests of its own."""
        model = type(self.env["vanban.document"])
        return patch.multiple(
            model, _has_valid_personal_signature=lambda self: True, _has_valid_agency_signature=lambda self: True)

    def issued(self, **vals):
        """A document of agency A, numbered and issued to agency B."""
        document = self.numbered(**vals)
        with self.signatures_valid():
            document.action_issue()
        return document

    def numbered(self, **vals):
        document = self.signed_on_paper(**vals).with_user(self.clerk)
        document.action_allocate_number()
        return document

    def run_job(self, name):
        self.env.ref(f"vanban_lienthong.{name}").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def deliver(self):
        """Let the jobs run until everything has arrived and been answered."""
        for _turn in range(3):
            self.run_job("cron_send")
            self.run_job("cron_read")
        self.run_job("cron_send")

    # --------------------------------------------------------------- receiving

    def packet(self, business=None, pdf=None, **changes):
        """A packet of agency B to agency A, with its PDF on disk."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "van-ban.pdf"
        path.write_bytes(pdf or make_pdf("Cong van"))
        return DocumentPacket(**{
            "sender": SENDER, "recipients": (Organization("H96.02", "Sở Nội vụ tỉnh Mẫu"),),
            "document_id": "H97.03,2026/03/09,118/STC-VP", "code_number": "118", "code_notation": "STC-VP",
            "place": "Thành phố Mẫu", "promulgation_date": date(2026, 3, 9), "kind": Kind("Công văn", 2, 18),
            "subject": "V/v cung cấp số liệu quý I năm 2026", "content": "V/v cung cấp số liệu quý I năm 2026",
            "signer": Signer("Nguyễn Văn Mẫu", "PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC"), "due_date": date(2026, 12, 30),
            "other": OtherInfo(1), "traces": (Trace("H97.03", datetime(2026, 3, 9, 8, 15)),),
            "business": business or Business(0, "Văn bản điện tử mới"),
            "attachments": (Attachment("118_STC-VP.signed.pdf", path, "Văn bản chính"),), **changes})

    def status_packet(self, document, code, **changes):
        """A status of agency B about a document of agency A."""
        return replace(StatusPacket(
            sender=SENDER, response_for=ResponseFor("H96.02", document.code, document.document_code, document.issue_date),
            status_code=code, description="Lý do", timestamp=datetime(2026, 3, 9, 9, 2, 11),
            staff=Staff("Văn phòng", "Lê Thị Ví Dụ")), **changes)

    def raw(self, packet):
        stream = io.BytesIO()
        write_packet(packet, stream)
        return stream.getvalue()

    def receive(self, raw, message=None, read=True, **changes):
        """Hand bytes (or a packet) to agency A's reception; returns the row of the inbox."""
        kind = "document" if isinstance(raw, bytes) or isinstance(raw, DocumentPacket) else "status"
        raw = raw if isinstance(raw, bytes) else self.raw(raw)
        delivery = replace(Delivery(
            path="", message=message or str(uuid.uuid4()), sender="H97.03", recipient="H96.02", type=kind, size=len(raw),
            sha256=hashlib.sha256(raw).hexdigest()), **changes)
        packet = self.env["vanban.packet.in"]._receive(io.BytesIO(raw), self.company, self.peer, delivery, "-local-")
        if read:
            self.run_job("cron_read")
        return packet

    def received_document(self, **changes):
        """A document of agency B that agency A has taken over, still unregistered."""
        return self.receive(self.packet(**changes)).document_id.with_user(self.clerk)

    def b64(self, raw):
        return base64.b64encode(raw).decode()

    def reported(self, document):
        """Codes that were reported about an incoming document, in order."""
        return self.env["vanban.packet.status"].search(
            [("document_id", "=", document.id), ("direction", "=", "out")], order="id").mapped("code")

    def tomorrow(self):
        return fields.Date.add(vietnam_time.today(), days=30)
