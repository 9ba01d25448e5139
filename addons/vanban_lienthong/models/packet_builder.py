import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    OtherInfo,
    PacketError,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
    findings,
    names,
    write_packet,
)

# The format carries local time without a zone; Vietnam has had no other zone since 1975.
CAPACITY = {"tm": "TM.", "q": "Q.", "kt": "KT.", "tl": "TL.", "tuq": "TUQ."}
REFERENCE_LABEL = "Để biết, tham khảo"
# Products read the number differently (0 or 1 for “no steering document”): an agency follows its axis.
STEERING_PARAMETER = "vanban_lienthong.steering_type"
_SENT_ROLES = ("main", "annex", "signature")


class PacketBuilder(models.AbstractModel):
    """From documents of the database to packets."""

    _name = "vanban.packet.builder"
    _description = "Builder of packets"

    @api.model
    def _local(self, moment):
        """Naive UTC → naive Vietnamese time, whole seconds."""
        return vietnam_time.to_local(moment).replace(microsecond=0)

    # ------------------------------------------------------------- documents

    @api.model
    def _document_packet(self, document, partners, business, attachments=(), moment=None, due=None):
        """The packet of an outgoing document for ``partners``.

        :param moment: of sending, that of the issue unless given     :param due: date by which they answer, if they are asked to
        """
        document = document.sudo()  # safe: the document is being issued by somebody who may
        company = document.company_id
        own = company._vanban_organization()
        return DocumentPacket(
            sender=own,
            recipients=tuple(partner._vanban_organization() for partner in partners),
            document_id=document.document_code or "",
            code_number=document.code_number or "",
            code_notation=document.code_notation or "",
            place=(company.vanban_place or "")[:50],
            promulgation_date=document.issue_date or None,
            kind=self._kind(document.kind_id),
            subject=document.subject or "",
            content=document.subject or "",
            signer=Signer(
                document.signer_name or "", document.signer_position or "", CAPACITY.get(document.signer_capacity, "")),
            due_date=due or None,
            other=OtherInfo(
                priority=int(document.urgency), sphere=REFERENCE_LABEL if document.interchange_reference else "",
                promulgation_amount=document.copy_count or None, page_amount=document.page_count or None,
                appendixes=self._appendixes(document)),
            responses=tuple(self._response(answered) for answered in document._linked("answers")),
            steering_type=self._steering_type(),
            to_places=tuple(dict.fromkeys(filter(None, document.recipient_ids.mapped("name"))))[:100],
            traces=(Trace(own.organ_id, self._local(moment or document.issued_date or document.write_date)),),
            business=business,
            attachments=attachments,
        )

    @api.model
    def _steering_type(self):
        # safe: a technical setting
        value = self.env["ir.config_parameter"].sudo().get_param(STEERING_PARAMETER) or "0"
        return int(value) if value.isdecimal() else 0

    @api.model
    def _appendixes(self, document):
        """Names of the annexes, as they stand on their files."""
        files = self._files(document).filtered(lambda file: file.role == "annex")
        return tuple(dict.fromkeys(Path(file.name).stem[:250] for file in files))

    @api.model
    def _kind(self, kind):
        # 1 legal normative act, 2 administrative; the index in the catalogue is that of NĐ 30.
        return Kind(kind.name or "", 1 if kind.group == "normative" else 2, kind.number or 0)

    @api.model
    def _response(self, answered):
        return ResponseFor(
            organ_id=answered.issuer_id.vanban_written_code or "", code=answered.code or "",
            document_id=answered.document_code or "", promulgation_date=answered.issue_date or None)

    @api.model
    def _staff(self, user, company):
        employee = user.sudo().with_company(company).employee_id  # safe: name of the clerk who sends
        return Staff(
            department=employee.department_id.name or "", staff=user.name or "", email=user.email or "",
            mobile=employee.mobile_phone or "")

    @api.model
    def _business(self, document, doc_type, reason="", target=None, partners=()):
        label = names.BUSINESS_TYPES[doc_type]
        staff = (self._staff(self.env.user, document.company_id),)
        if doc_type == names.REPLACE:
            codes = tuple(filter(None, (partner.sudo().vanban_written_code for partner in partners)))  # safe: public codes
            return Business(doc_type, reason or label, paper=False, staff=staff,
                            replacements=(Replacement(target.document_code or "", codes),))
        return Business(
            doc_type, reason or label, document_id=(target.document_code or "") if target else "",
            paper=document.medium == "both", staff=staff)

    @api.model
    def _files(self, document):
        """Files that travel: the main file and the annexes as they are now, each with the signature beside it."""
        files = document.sudo().file_ids.filtered(  # safe: the document is being issued by somebody who may
            lambda file: file.role in _SENT_ROLES and not file.destroyed_date and file.stage != "rendition")
        main = document.sudo().main_file_id  # safe: as above
        annexes = files.filtered(lambda file: file.role == "annex")
        # a sealed or newer annex takes the place of the one that it was made from
        sent = main | (annexes - annexes.source_id).sorted("id")
        beside = files.filtered(lambda file: file.role == "signature").grouped("source_id")
        return sent.browse([one for file in sent for one in (file | beside.get(file, file)).ids])

    @api.model
    @contextmanager
    def _attachments(self, document):
        """Attachments of the document as files on disk, valid inside the ``with`` block."""
        labels = {"main": "Văn bản chính", "annex": "Phụ lục", "signature": "Chữ ký số kèm tệp"}
        with tempfile.TemporaryDirectory(prefix="vanban-files-") as folder:
            found = []
            for index, file in enumerate(self._files(document)):
                path = Path(folder) / f"{index:03d}"
                path.write_bytes(file._raw())
                found.append(Attachment(name=file.name, path=path, description=labels[file.role]))
            yield tuple(found)

    @api.model
    def _findings(self, packet):
        """What the regulation still asks for (LT-04); an empty list when complete."""
        return findings(packet)

    @api.model
    def _store(self, company, document, packet, values, peers=None):
        """Write the packet's bytes once, signed when the connections ``peers`` ask for it; returns ``vanban.packet``."""
        return self._store_many([(company, document, packet, values, peers)])

    @api.model
    def _store_many(self, packets):
        """The same for several (company, document, packet, values, peers), in their order."""
        with tempfile.TemporaryDirectory(prefix="vanban-pack-") as folder:
            paths, vals_list = [], []
            for number, (company, document, packet, values, peers) in enumerate(packets):
                path, written = self._write_bytes(Path(folder) / str(number), company, packet, values, peers)
                paths.append(path)
                vals_list.append({
                    **values, "company_id": company.id, "document_id": document.id, "sha256": written.sha256, "size": written.size})
            # safe: the flow that sends has checked its own right
            stored = self.env["vanban.packet"].sudo().create(vals_list)
            stored._store_contents(paths, "packet.edxml")
        return stored

    @api.model
    def _write_bytes(self, folder, company, packet, values, peers):
        """(path, Written) of the packet in ``folder``, signed when the connections ask for it."""
        folder.mkdir()
        path = folder / "packet.edxml"
        try:
            written = write_packet(packet, path)
        except PacketError as error:
            raise UserError(error.message_vi) from error
        waits = values["type"] == "document" and values.get("business_type") != str(names.REVOKE)
        if peers and peers._signs_packets() and (signed := peers._sign_packet(company, path, waits)):
            return signed
        return path, written

    @api.model
    def _store_document(self, document, packet, peers=None):
        return self._store(document.company_id, document, packet, {
            "type": "document", "business_type": str(packet.business.doc_type), "document_code": packet.document_id,
        }, peers)

    # ---------------------------------------------------------------- statuses

    @api.model
    def _status_packet(self, row):
        """Status packet of a ``vanban.packet.status`` row about an incoming document."""
        document = row.document_id
        description = row.description or names.STATUS_CODES[row.code]
        return StatusPacket(
            sender=row.company_id._vanban_organization(),
            response_for=ResponseFor(
                organ_id=document.packet_in_id.partner_id.vanban_written_code or row.peer_id.code or "", code=document.code or "",
                document_id=document.document_code or "", promulgation_date=document.issue_date or None),
            status_code=row.code, description=description, timestamp=self._local(row.date),
            staff=Staff(department=row.company_id.name or "", staff=row.person or "Hệ thống"))

    @api.model
    def _store_status(self, company, document, packet, peers=None):
        return self._store_statuses([(company, document, packet, peers)])

    @api.model
    def _store_statuses(self, packets):
        """Store several (company, document, status packet, peers), in their order."""
        return self._store_many([
            (company, document, packet, {
                "type": "status", "status_code": packet.status_code, "document_code": packet.response_for.document_id,
            }, peers)
            for company, document, packet, peers in packets])
