import datetime
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vanban_core.tools import vietnam_time

# It travels in a header of each call.
_SYSTEM_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{2,59}")
HUB_PATH = "/vanban/hub/v1"


class HubMember(models.Model):
    """An agency that exchanges packets through this installation: its account, its limits, its queue."""

    _name = "vanban.hub.member"
    _description = "Member of the hub"
    _inherit = ["mail.thread", "mail.activity.mixin", "vanban.logged.settings"]
    _order = "name"
    _logged = frozenset(("partner_id", "other_partner_ids", "system_id", "active", "max_packet_mb", "max_per_hour"))

    partner_id = fields.Many2one("res.partner", "Agency", required=True, ondelete="restrict", index=True)
    other_partner_ids = fields.Many2many(
        "res.partner", "vanban_hub_member_partner_rel", string="Sends and receives for",
        help="Further agencies on the system of this member: one account, one queue.")
    name = fields.Char(related="partner_id.name", store=True)
    code = fields.Char(related="partner_id.vanban_code", string="Identification code")
    system_id = fields.Char(
        "System identifier", required=True, copy=False, compute="_compute_system_id", store=True, readonly=False, precompute=True,
        help="Name of the member's account here.")
    hub_address = fields.Char("Address of the hub", compute="_compute_hub_address", help="What the member enters as address of the axis.")
    has_secret = fields.Boolean("Shared secret set", compute="_compute_has_secret")
    active = fields.Boolean(default=True)
    blocked = fields.Boolean("Has been cut off", readonly=True, copy=False, tracking=True)
    blocked_reason = fields.Char("Reason", readonly=True, copy=False, tracking=True)
    max_packet_mb = fields.Integer("Largest packet (MB)", default=100, required=True)
    max_per_hour = fields.Integer("Packets an hour", default=2000, required=True)
    late_hours = fields.Integer("Late after (h)", default=8, required=True, help="A packet that nobody fetches for so long is late.")
    last_contact = fields.Datetime("Last contact", readonly=True, copy=False)
    late_since = fields.Datetime(readonly=True, copy=False)
    waiting_count = fields.Integer("Waiting", compute="_compute_queue")
    oldest_waiting = fields.Datetime("Oldest waiting", compute="_compute_queue")
    is_late = fields.Boolean("Late", compute="_compute_queue")
    sent_count = fields.Integer("Sent", compute="_compute_counts")
    received_count = fields.Integer("Received", compute="_compute_counts")

    _system_unique = models.Constraint("UNIQUE(system_id)", "Another member has this system identifier.")
    _once = models.UniqueIndex("(partner_id) WHERE active", "This agency is a member already.")
    _positive = models.Constraint(
        "CHECK(max_packet_mb > 0 AND max_per_hour > 0 AND late_hours > 0)", "Limits must be positive.")

    @api.depends("partner_id")
    def _compute_system_id(self):
        for member in self.filtered(lambda row: row.partner_id and not row.system_id):
            member.system_id = re.sub(r"[^0-9a-z._-]", "-", (member.partner_id.vanban_code or "").lower()) or False

    @api.depends_context("uid")
    def _compute_hub_address(self):
        self.hub_address = self.browse().get_base_url() + HUB_PATH

    @api.depends("system_id")
    def _compute_has_secret(self):
        for member in self:
            member.has_secret = bool(member._secret())

    def _compute_queue(self):
        rows = {
            member: (count, oldest) for member, count, oldest in self.env["vanban.hub.delivery"]._read_group(
                [("member_id", "in", self.ids), ("state", "in", ("initial", "processing"))], ["member_id"],
                ["__count", "create_date:min"])
        }
        now = fields.Datetime.now()
        for member in self:
            member.waiting_count, member.oldest_waiting = rows.get(member, (0, False))
            limit = datetime.timedelta(hours=member.late_hours)
            member.is_late = bool(member.oldest_waiting) and now - member.oldest_waiting > limit

    def _compute_counts(self):
        sent = dict(self.env["vanban.hub.packet"]._read_group([("member_id", "in", self.ids)], ["member_id"], ["__count"]))
        received = dict(self.env["vanban.hub.delivery"]._read_group(
            [("member_id", "in", self.ids), ("state", "=", "done")], ["member_id"], ["__count"]))
        for member in self:
            member.sent_count, member.received_count = sent.get(member, 0), received.get(member, 0)

    def _agencies(self):
        """Every agency for which the members send and receive."""
        return self.partner_id | self.other_partner_ids

    @api.constrains("partner_id", "other_partner_ids", "active")
    def _check_agencies(self):
        for member in self:
            if bare := member._agencies().filtered(lambda partner: not partner.vanban_code)[:1]:
                raise ValidationError(self.env._("“%(name)s” has no identification code: enter it first.", name=bare.name))
            if not member.active:
                continue
            others = self.search([("id", "!=", member.id), *self._serving(member._agencies())])
            if twice := others._agencies() & member._agencies():
                raise ValidationError(self.env._(
                    "“%(agency)s” takes part through the account of “%(member)s” already: a queue has one owner.",
                    agency=twice[0].name, member=others.filtered(lambda other: twice[0] in other._agencies())[0].name))

    @api.constrains("system_id")
    def _check_system_id(self):
        for member in self:
            if not _SYSTEM_ID.fullmatch(member.system_id or ""):
                raise ValidationError(self.env._(
                    "“%(name)s”: the system identifier has 3 to 60 letters without accents, digits, dots or dashes.", name=member.name))

    # ----------------------------------------------------------------- account

    def _key(self):
        return f"hub-{self._origin.id or self.id}"

    def _secret(self):
        return self.env["vanban.secret.store"]._read(self._key()) if self.id else ""

    def _codes(self):
        """Every code in force of its agencies, in upper case."""
        return {row.code for row in self._agencies().sudo().vanban_code_ids._in_force()}  # safe: codes are public

    @api.model
    def _serving(self, partners):
        """Domain of the members that send and receive for one of ``partners``."""
        return ["|", ("partner_id", "in", partners.ids), ("other_partner_ids", "in", partners.ids)]

    @api.model
    def _by_code(self, code):
        """The member that the code names; empty when there is none."""
        partner = self.env["res.partner"]._vanban_by_code(code)
        return self.search(self._serving(partner), limit=1) if partner else self.browse()

    def action_new_secret(self):
        """Make a new secret and return it once, to be carried to the member."""
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        self.check_access("write")
        secret = secrets.token_urlsafe(48)
        self.env["vanban.secret.store"]._write(self._key(), secret)
        self.invalidate_recordset(["has_secret"])
        self.env["vanban.log"]._log("set_secret", data={"hub_member": self.id})
        return secret

    def action_hand_over(self):
        """Make a new secret and show it with what else the member needs, once."""
        self.ensure_one()
        return self.env["vanban.peer.secret"].create({"member_id": self.id, "peer_id": False}).action_new()

    def action_cut_off(self):
        """One press: cut off at once; then a small form asks for the reason, and lets in again whoever was pressed by mistake."""
        self.ensure_one()
        self.action_block()
        form = self.env["vanban.hub.cut.off"].create({"member_id": self.id})
        return {
            "type": "ir.actions.act_window", "name": self.env._("Member is cut off"), "res_model": form._name, "res_id": form.id,
            "view_mode": "form", "target": "new",
        }

    def action_block(self, reason=None):
        """Cut the member off: it can neither send nor fetch, and nothing more is queued for it."""
        self.env["vanban.peer"]._require_admin()
        reason = (reason or self.env._("Cut off by %(user)s", user=self.env.user.name))[:200]
        for member in self:
            member.write({"blocked": True, "blocked_reason": reason})
            self.env["vanban.log"]._log("hub_block", comment=reason, data={"hub_member": member.id})
        return True

    def action_unblock(self):
        """Let the member take part again; its queue is as it was."""
        self.env["vanban.peer"]._require_admin()
        for member in self:
            member.write({"blocked": False, "blocked_reason": False})
            self.env["vanban.log"]._log("hub_unblock", data={"hub_member": member.id})
        return True

    def unlink(self):
        if self.env["vanban.hub.delivery"].sudo().search_count([("member_id", "in", self.ids)], limit=1):  # safe: existence only
            raise UserError(self.env._("Packets passed for this member: archive it instead of deleting it."))
        return super().unlink()

    def _note_contact(self):
        """Rarely written: a member asks every few seconds."""
        now = fields.Datetime.now()
        if not self.last_contact or self.last_contact < now - datetime.timedelta(minutes=1):
            self.sudo().last_contact = now  # safe: health only

    def _over_limit(self):
        """Whether the member has sent its share of this hour."""
        since = fields.Datetime.now() - datetime.timedelta(hours=1)
        return self.env["vanban.hub.packet"].search_count(
            [("member_id", "=", self.id), ("create_date", ">", since)], limit=self.max_per_hour) >= self.max_per_hour

    def _open_deliveries(self, name, domain, context=None):
        action = self.env["ir.actions.act_window"]._for_xml_id("vanban_lienthong.action_hub_delivery")
        return {**action, "display_name": name, "name": name, "domain": domain, "context": context or {}, "path": False}

    def action_open_queue(self):
        self.ensure_one()
        return self._open_deliveries(
            self.env._("Queue of %(name)s", name=self.name), [("member_id", "=", self.id)], {"search_default_open": 1})

    def action_open_sent(self):
        self.ensure_one()
        return self._open_deliveries(self.env._("Sent by %(name)s", name=self.name), [("packet_id.member_id", "=", self.id)])

    def action_open_received(self):
        self.ensure_one()
        return self._open_deliveries(
            self.env._("Received by %(name)s", name=self.name), [("member_id", "=", self.id), ("state", "=", "done")])

    @api.model
    def _watch_late(self):
        """One to-do for each administrator when packets of a member begin to lie."""
        for member in self.search([]):  # pylint: disable=no-search-all
            if not member.is_late:
                if member.late_since:
                    member.late_since = False
                continue
            if member.late_since:
                continue
            member.late_since = fields.Datetime.now()
            oldest = vietnam_time.to_local(member.oldest_waiting)
            note = self.env._(
                "“%(name)s” has not fetched %(count)s packets; the oldest waits since %(since)s.", name=member.name,
                count=member.waiting_count, since=oldest.strftime("%H:%M %d/%m/%Y"))
            for user in self.env.ref("vanban_core.group_admin").sudo().user_ids:  # safe: whom to tell
                member.activity_schedule(
                    "mail.mail_activity_data_todo", vietnam_time.today(), self.env._("Late member"), note, user_id=user.id, automated=True)
