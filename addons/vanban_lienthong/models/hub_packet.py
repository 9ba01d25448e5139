import datetime
import tempfile
import uuid
from functools import partial
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import vietnam_time

from ..drivers import DRIVERS, DeliveryError
from ..edxml import PacketError, StatusPacket, read_packet
from ..edxml.relay import add_trace
from ..wire import delay
from .concurrency import commit_step, keep_apart
from .hub_refusal import HubRefusal
from .packet_in_process import is_secret

DAYS_PARAMETER = "vanban_lienthong.hub_days"
WAITING = ("initial", "processing")
_BATCH = 200
# The same bytes for somebody who has had them for longer than this are wanted once more, not repeated by a lost answer.
_REPEATED_WITHIN = datetime.timedelta(hours=1)
# More codes in one call are refused, never left out.
_MOST_RECIPIENTS = 1000


class HubPacket(models.Model):
    """A packet that passes through the hub: its bytes until everybody has them, its digests and facts for good."""

    _name = "vanban.hub.packet"
    _description = "Packet on the hub"
    _inherit = ["vanban.packet.content"]
    _order = "id desc"
    _rec_name = "doc_id"

    doc_id = fields.Char("Number", required=True, readonly=True, index=True, default=lambda self: uuid.uuid4().hex)
    member_id = fields.Many2one("vanban.hub.member", "Sent by", readonly=True, ondelete="restrict", index=True)
    axis_id = fields.Many2one("vanban.transport", "Came from", readonly=True, ondelete="restrict")
    sender_code = fields.Char("Code of the sender", readonly=True)
    type = fields.Selection([("document", "Document"), ("status", "Status")], required=True, readonly=True)
    document_code = fields.Char("Document identifier", readonly=True, index=True)
    urgency = fields.Integer(readonly=True)
    original_sha256 = fields.Char("SHA-256 as received", required=True, readonly=True, index=True)
    has_content = fields.Boolean("Bytes kept", readonly=True, default=True)
    delivery_ids = fields.One2many("vanban.hub.delivery", "packet_id", "Recipients")

    _of_member = models.Index("(member_id, create_date)")

    @api.model
    def _accept(self, stream, sender_code, kind, recipients, member=None, axis=None, signed=None):
        """Take one packet over and queue it for its recipients.

        :param stream: binary file     :param kind: ``document`` or ``status``
        :param recipients: codes; empty: those that the packet names
        :param member: the member that sends, or ``axis``: the parent axis it came from
        :param signed: when the member signed the call (UTC)
        :return: the packet; the earlier one when the same bytes came for the same recipients before
        :raise HubRefusal: nothing is stored
        """
        limit = member.max_packet_mb << 20 if member else self.env["vanban.packet.in"]._limits().packet_size
        try:
            path, _size, digest = self._spool(stream, limit)
        except OverflowError:
            raise HubRefusal("10", f"Gói tin lớn hơn {limit >> 20} MB.") from None
        try:
            return self._take(path, digest, sender_code, kind, recipients, member, axis, signed)
        finally:
            Path(path).unlink(missing_ok=True)

    @api.model
    def _take(self, path, digest, sender_code, kind, recipients, member, axis, signed):
        facts = self._facts(path, kind)
        claimed = facts["sender"].strip().upper()
        if member and not {claimed, (sender_code or claimed).strip().upper()} <= member._codes():
            raise HubRefusal("19", f"Gói tin mang mã bên gửi {claimed}, không phải mã của đơn vị đang gửi.")
        codes = list(dict.fromkeys(code.strip().upper() for code in (recipients or facts["recipients"]) if code.strip()))
        if not codes:
            raise HubRefusal("18", "Gói tin không có nơi nhận.")
        if len(codes) > _MOST_RECIPIENTS:
            raise HubRefusal("10", f"Gói tin có {len(codes)} nơi nhận, nhiều hơn {_MOST_RECIPIENTS} của một lần gửi: hãy chia thành nhiều lần.")
        if not self.env["vanban.packet.in"]._lock_message(claimed, digest):
            raise HubRefusal("21", "Chính gói tin này đang được nhận; sẽ có câu trả lời khi gửi lại.")
        known = self.search([("original_sha256", "=", digest), ("type", "=", kind), ("sender_code", "=", claimed)])
        reached = known._reached(signed)
        missing = [code for code in codes if code not in reached]
        if known and not missing:
            # The sender lost our answer, or somebody plays a recorded call: the same number again, nobody gets it twice.
            first = known.filtered(lambda packet: codes[0] in packet._reached(signed))[:1]
            self.env["vanban.log"]._log("hub_repeated", data={"packet": first.id})
            return first
        rows = [self._route(code) for code in missing]
        packet = known._held()[:1] or self._keep(path, digest, kind, claimed, facts, member, axis)
        packet.delivery_ids.create([{"packet_id": packet.id, **row} for row in rows])
        self.env["vanban.log"]._log("hub_accept", data={"packet": packet.id, "sha256": digest, "from": claimed, "to": missing})
        if any(row.get("axis_id") for row in rows):
            self.env.ref("vanban_lienthong.cron_hub")._trigger()
        return packet

    def _reached(self, signed=None):
        """Codes that these bytes wait for, or that got them a moment ago, or since shortly before the call was ``signed``: nobody asked
        then for what was delivered later, it is an old call that comes once more."""
        since = min(filter(None, (fields.Datetime.now(), signed))) - _REPEATED_WITHIN
        return set(self.delivery_ids.filtered(
            lambda row: row.state in (*WAITING, "forward") or (row.state in ("done", "forwarded") and row.state_date > since)
        ).mapped("recipient_code"))

    def _held(self):
        """Those whose bytes are here, and stay through this transaction."""
        if not self:
            return self
        self.flush_recordset(["has_content"])
        # Written, not only locked: whoever forgets bytes on an older view of the deliveries must fail at the row.
        rows = self.env.execute_query(SQL(
            "UPDATE vanban_hub_packet SET has_content = has_content WHERE id IN %s AND has_content RETURNING id", tuple(self.ids)))
        return self.browse(row_id for row_id, in rows)

    @api.model
    def _facts(self, path, kind):
        """What the packet says of itself; raises HubRefusal for bytes that no reader would take."""
        try:
            packet = read_packet(path, None, self.env["vanban.packet.in"]._limits())
        except PacketError as error:
            raise HubRefusal("22", error.message_vi) from None
        is_status = isinstance(packet, StatusPacket)
        if is_status != (kind == "status"):
            raise HubRefusal("22", "Loại gói tin khai báo khác với nội dung gói tin.")
        if is_status:
            return {"sender": packet.sender.organ_id, "recipients": [packet.response_for.organ_id],
                    "document_code": packet.response_for.document_id, "urgency": 1}
        if is_secret(packet):
            raise HubRefusal("22", "Văn bản mang bí mật nhà nước không được gửi qua mạng này.")
        return {"sender": packet.sender.organ_id, "recipients": [to.organ_id for to in packet.recipients],
                "document_code": packet.document_id, "urgency": packet.other.priority}

    @api.model
    def _route(self, code):
        """Values of the delivery to this code: a member here, or the parent axis that knows it."""
        member = self.env["vanban.hub.member"]._by_code(code)
        if member.blocked:
            raise HubRefusal("23", f"Cơ quan nhận {code} đang bị ngắt khỏi trục.")
        if member:
            return {"recipient_code": code, "member_id": member.id}
        partner = self.env["res.partner"]._vanban_by_code(code)
        axis = partner.sudo().vanban_transport_ids.filtered("active")[:1]  # safe: the public directory
        if axis:
            return {"recipient_code": code, "axis_id": axis.id, "state": "forward"}
        raise HubRefusal("18", f"Trục không biết cơ quan nhận {code}.")

    @api.model
    def _keep(self, path, digest, kind, claimed, facts, member, axis):
        own = self.env.ref("base.main_company").vanban_code or "-"
        with tempfile.TemporaryDirectory(prefix="vanban-hub-") as folder:
            relayed = Path(folder) / "packet.edxml"
            now = vietnam_time.now()
            written = add_trace(path, relayed, own, now)
            packet = self.create({
                "member_id": member.id if member else False, "axis_id": axis.id if axis else False, "sender_code": claimed,
                "type": kind, "document_code": facts["document_code"][:200], "urgency": facts["urgency"],
                "original_sha256": digest, "sha256": written.sha256, "size": written.size,
            })
            packet._store_content(relayed, "packet.edxml")
        return packet

    @api.autovacuum
    def _gc_content(self):
        """Nothing is stored longer than needed: bytes go when everybody has them, or when the time is over."""
        days = int(self.env["ir.config_parameter"].sudo().get_param(DAYS_PARAMETER, 30))  # safe: a technical limit
        old = fields.Datetime.now() - datetime.timedelta(days=days)
        late = self.env["vanban.hub.delivery"].search(
            [("state", "in", (*WAITING, "forward")), ("create_date", "<", old)], limit=_BATCH)
        late.write({"state": "expired", "state_date": fields.Datetime.now()})
        # what the parent axis refused can be tried again until its time is over
        open_ones = ["|", ("state", "in", (*WAITING, "forward")), "&", ("state", "=", "dead"), ("state_date", ">=", old)]
        done = self.search([("has_content", "=", True), ("delivery_ids", "not any", open_ones)], limit=_BATCH)
        # One that is just being sent again keeps its bytes: its row is locked, or was written since, which ends this round.
        free = done.try_lock_for_update()
        if free:
            free._forget_content("hub")
            free.write({"has_content": False})
        return len(free), len(done) == _BATCH and bool(free)


class HubDelivery(models.Model):
    """One recipient of a packet on the hub."""

    _name = "vanban.hub.delivery"
    _description = "Delivery of the hub"
    _order = "id desc"
    _rec_name = "doc_id"

    packet_id = fields.Many2one("vanban.hub.packet", "Packet", required=True, readonly=True, ondelete="restrict", index=True)
    doc_id = fields.Char("Number", required=True, readonly=True, default=lambda self: uuid.uuid4().hex)
    member_id = fields.Many2one("vanban.hub.member", "Recipient", readonly=True, ondelete="restrict", index=True)
    axis_id = fields.Many2one("vanban.transport", "Onward through", readonly=True, ondelete="restrict")
    recipient_code = fields.Char("Code of the recipient", required=True, readonly=True)
    sender_code = fields.Char(related="packet_id.sender_code")
    document_code = fields.Char(related="packet_id.document_code")
    type = fields.Selection(related="packet_id.type", store=True)
    state = fields.Selection(
        [("initial", "Waiting"), ("processing", "Fetched, not confirmed"), ("done", "Delivered"), ("fail", "Refused by the recipient"),
         ("forward", "To the parent axis"), ("forwarded", "Handed to the parent axis"), ("dead", "Could not be handed on"),
         ("expired", "Not fetched in time")],
        "Status", required=True, readonly=True, default="initial")
    state_date = fields.Datetime("Since", readonly=True, default=fields.Datetime.now)
    remote_id = fields.Char("Number at the parent axis", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime("Next attempt", readonly=True, default=fields.Datetime.now)
    error = fields.Char("Last error", readonly=True)
    has_content = fields.Boolean(related="packet_id.has_content")

    _doc_unique = models.Constraint("UNIQUE(doc_id)", "Every delivery has its own number.")
    _queue = models.Index("(member_id, type, id) WHERE state IN ('initial', 'processing')")
    _onward = models.Index("(next_attempt) WHERE state = 'forward'")

    def _set_state(self, state, **values):
        self.write({"state": state, "state_date": fields.Datetime.now(), **values})

    def action_retry(self):
        """Hand on once more what the parent axis refused, for instance after its directory was put right."""
        self.env["vanban.peer"]._require_admin()
        rows = self.sudo().try_lock_for_update()  # safe: administrator checked above; only the state changes
        if rows != self.sudo() or any(row.state != "dead" or not row.packet_id.has_content for row in rows):
            raise UserError(self.env._("Only a packet that could not be handed on and whose bytes are still here can be tried again."))
        for row in rows:
            row._set_state("forward", next_attempt=fields.Datetime.now(), error=False)
            self.env["vanban.log"]._log("hub_retry", data={"delivery": row.id, "packet": row.packet_id.id})
        self.env.ref("vanban_lienthong.cron_hub").sudo()._trigger()  # safe: wakes the job
        return True

    @api.model
    def _cron_forward(self):
        """Hand what goes beyond the members to the parent axis, fetching from it is the inbox's job."""
        self = in_vietnamese(self)
        progress = self.env["ir.cron"]._commit_progress
        tried = set()
        while ids := self._due(tried):
            kept = {}
            for row_id in ids:
                tried.add(row_id)
                row = self.browse(row_id)
                keep_apart(row, partial(row._forward, kept), row._note_unforeseen, "delivery %s of the hub could not be handed on")
                if not progress(1):
                    self.env.ref("vanban_lienthong.cron_hub")._trigger()
                    return
        commit_step(self.env, self.env["vanban.hub.member"]._watch_late)

    @api.model
    def _due(self, tried):
        """Ids of deliveries to hand on now; an axis that does not answer has its pause."""
        now = fields.Datetime.now()
        return self.search([
            ("state", "=", "forward"), ("next_attempt", "<=", now), ("id", "not in", list(tried)),
            "|", ("axis_id.retry_at", "=", False), ("axis_id.retry_at", "<=", now)], order="id", limit=_BATCH).ids

    def _forward(self, kept):
        """One attempt, and its outcome in a transaction of its own: a packet that has left must not leave again."""
        row = self.try_lock_for_update()
        row.invalidate_recordset()
        if row and row.state == "forward" and not (row.axis_id.retry_at and row.axis_id.retry_at > fields.Datetime.now()):
            error, axis = row._hand_on(kept), row.axis_id
            self.env.flush_all()
            self.env.cr.commit()  # pylint: disable=invalid-commit  # the packet has left: this must not be rolled back
            commit_step(self.env, lambda: self._note_axis(axis, error))
        else:
            self.env.cr.commit()  # pylint: disable=invalid-commit  # ends the snapshot in which the row was not free

    def _hand_on(self, kept):
        """Give the packet to the parent axis; the DeliveryError, or None."""
        row = self
        packet = row.packet_id
        try:
            with packet._content_path() as path:
                client = DRIVERS[row.axis_id.driver].kept_client(row.axis_id, kept)
                remote = client.send(path, packet.sender_code, [row._written_code()], packet.type)
        except DeliveryError as error:
            if error.retryable:
                row._try_later(str(error))
            else:
                row._set_state("dead", attempts=row.attempts + 1, error=str(error)[:500])
            return error
        row._set_state("forwarded", remote_id=remote, attempts=row.attempts + 1, error=False)
        return None

    def _written_code(self):
        """The recipient's code as the directory of the parent axis writes it."""
        partner = self.env["res.partner"]._vanban_by_code(self.recipient_code)
        rows = partner.vanban_code_ids.filtered(lambda row: row.code == self.recipient_code)
        return rows[:1].spelling or self.recipient_code

    def _try_later(self, message):
        attempts, axis = self.attempts + 1, self.axis_id
        pause = datetime.timedelta(seconds=delay(attempts, axis.retry_base, axis.retry_cap))
        self.write({"attempts": attempts, "error": message[:500], "next_attempt": fields.Datetime.now() + pause})

    @api.model
    def _note_axis(self, axis, error):
        """Whether the parent axis answers: the monitoring page and the alarm are those of every connection."""
        if error is None:
            axis._note_success()
        elif error.unreachable:
            pause = datetime.timedelta(seconds=delay(axis.failures + 1, axis.retry_base, axis.retry_cap))
            axis._note_failure(str(error), fields.Datetime.now() + pause)
        elif error.outage:
            axis._note_trouble(str(error))

    def _note_unforeseen(self):
        row = self.try_lock_for_update()
        row.invalidate_recordset()
        if row and row.state == "forward":
            row._try_later(self.env._(
                "The program failed while sending this packet; it is tried again. Ask the administrator to look into the server's log."))
