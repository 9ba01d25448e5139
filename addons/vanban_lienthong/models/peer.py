import re
import secrets
import ssl

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ..drivers import DRIVERS, DeliveryError

# Names that begin with "axis-" mark packets that came through an axis.
_KEY = re.compile(r"(?!axis-)[0-9A-Za-z._-]{3,60}")


class Peer(models.Model):
    """An outside agency that one of our agencies can reach, and by which transport.

    The shared secret lies in ``vanban.secret.store``, apart for each of our agencies; nobody reads it back.
    """

    _name = "vanban.peer"
    _description = "Connected agency"
    _inherit = ["vanban.connection.health", "vanban.logged.settings", "vanban.kept.in.memory"]
    _decisive = frozenset({"company_id", "partner_id", "active", "transport_id"})
    _order = "company_id, name"
    _check_company_auto = True
    _logged = frozenset((
        "company_id", "partner_id", "transport_id", "active", "url", "database", "key_id", "ca_pem", "packet_signature", "packet_signer"))

    company_id = fields.Many2one("res.company", "Our agency", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one("res.partner", "Agency", required=True, ondelete="restrict", index=True)
    name = fields.Char(related="partner_id.name", store=True)
    code = fields.Char(related="partner_id.vanban_code", string="Identification code")
    transport_id = fields.Many2one("vanban.transport", "Transport", required=True, ondelete="restrict", index=True)
    driver = fields.Selection(related="transport_id.driver")
    active = fields.Boolean(default=True)
    url = fields.Char("Address", help="Base address of the other installation, for instance https://vanban.example.vn")
    database = fields.Char("Database", help="Only when the other server has several databases.")
    key_id = fields.Char("Name of the shared key", index=True, help="The same on both sides.")
    has_secret = fields.Boolean("Shared secret set", compute="_compute_has_secret")
    ca_pem = fields.Text("Trusted certificates (PEM)")

    _once = models.UniqueIndex("(company_id, partner_id) WHERE active")

    @api.depends("key_id", "driver")
    def _compute_has_secret(self):
        for peer in self:
            peer.has_secret = bool(peer.key_id and peer._find_secret())

    @api.constrains("key_id", "transport_id", "url")
    def _check_complete(self):
        for peer in self:
            driver = DRIVERS[peer.transport_id.driver]
            if driver.needs_url and not peer.url:
                raise ValidationError(self.env._("“%(name)s”: enter the address of the other installation.", name=peer.name))
            if driver.needs_secret and not _KEY.fullmatch(peer.key_id or ""):
                raise ValidationError(self.env._(
                    "“%(name)s”: the name of the key has 3 to 60 letters, digits, dots or dashes.", name=peer.name))
            if peer.partner_id == peer.company_id.partner_id:
                raise ValidationError(self.env._("An agency does not exchange packets with itself."))

    @api.constrains("ca_pem")
    def _check_ca_pem(self):
        self._check_pem(self)

    @api.model
    def _check_pem(self, records):
        for record in records.filtered("ca_pem"):
            try:
                ssl.create_default_context(cadata=record.ca_pem)
            except (ssl.SSLError, ValueError, TypeError) as error:
                raise ValidationError(self.env._("The trusted certificates of “%(name)s” are not in PEM form.", name=record.name)) from error

    def unlink(self):
        used = self.env["vanban.packet.out"].sudo().search_count([("peer_id", "in", self.ids)], limit=1)  # safe: existence only
        if used:
            raise UserError(self.env._("Packets were exchanged with this agency: archive the connection instead of deleting it."))
        return super().unlink()

    # --------------------------------------------------------------- look-ups

    @api.model
    @tools.ormcache("company_id", "partner_id")
    def _id_of(self, company_id, partner_id):
        # safe: whether an agency is connected is shown to everybody who chooses recipients
        return self.sudo().search([("company_id", "=", company_id), ("partner_id", "=", partner_id)], limit=1).id

    @api.model
    def _of(self, company, partner):
        """The connection of ``company`` to ``partner``; empty when there is none."""
        return self.browse(self._id_of(company.id, partner.id) or [])

    @api.model
    def _of_many(self, company, partners):
        """{partner: connection} of those ``partners`` to which ``company`` has one, in one question."""
        # safe: whether an agency is connected is shown to everybody who chooses recipients
        found = self.sudo().search([("company_id", "=", company.id), ("partner_id", "in", partners.ids)], order="id desc")
        return {peer.partner_id.with_env(partners.env): peer.with_env(self.env) for peer in found}

    @api.model
    def _of_sender(self, company, code, peers=None):
        """The connection of ``company`` to the agency that has this code, now or once."""
        partner = self.env["res.partner"]._vanban_by_code(code) or self._partner_of_old_code(code)
        found = self._of(company, partner) if partner else self.browse()
        return found & peers if peers is not None else found

    @api.model
    def _partner_of_old_code(self, code):
        partners = {partner for partner, _first, _last in self.env["vanban.agency.code"]._holders((code or "").strip().upper())}
        return self.env["res.partner"].browse(partners if len(partners) == 1 else ())

    @api.model
    def _is_reachable(self, company, partner):
        """Whether ``company`` can send to ``partner``: by a connection of its own or through an axis that knows it."""
        return bool(self._id_of(company.id, partner.id) or self._axis_of(company, partner))

    @api.model
    def _axis_of(self, company, partner):
        """The first axis of ``company`` whose directory holds ``partner``."""
        axes = partner.sudo().vanban_transport_ids  # safe: whether an agency can be reached is shown to everybody
        return axes.filtered(lambda axis: axis.active and axis._serves(company)).sorted("sequence")[:1]

    @api.model
    def _ensure(self, company, partners):
        """Make the connections of ``company`` to those ``partners`` that an axis reaches and that have none yet."""
        missing = partners - partners.browse().union(*self._of_many(company, partners))
        # safe: what the directory of the axis says becomes a row; nobody chooses anything here
        self.sudo().create([
            {"company_id": company.id, "partner_id": partner.id, "transport_id": axis.id}
            for partner in missing if (axis := self._axis_of(company, partner))])

    @api.model
    def _of_axis(self, company, code, transport):
        """The connection of ``company`` to the agency with this code through this axis; made when the directory knows it."""
        partner = self.env["res.partner"]._vanban_by_code(code) or self._partner_of_old_code(code)
        if not partner or partner == company.partner_id:
            return self.browse()
        if transport in partner.sudo().vanban_transport_ids:  # safe: the public directory
            self._ensure(company, partner)
        return self._of(company, partner).filtered(lambda peer: peer.transport_id == transport)

    def _driver(self, kept=None):
        self.ensure_one()
        return DRIVERS[self.transport_id.driver](self, kept)

    # ----------------------------------------------------------------- secret

    def _find_secret(self):
        self.ensure_one()
        return self._secret_of(self.company_id, self.key_id)

    @api.model
    def _secret_of(self, company, key_id):
        """The secret that ``company`` shares under this key name, or an empty string. Never leaves the server."""
        return self.env["vanban.secret.store"]._read(f"peer-{company.id}-{key_id}") if _KEY.fullmatch(key_id or "") else ""

    def _secret(self):
        secret = self._find_secret()
        if not secret:
            raise DeliveryError("secret", self.env._("No shared secret is set for “%(name)s”.", name=self.name), unreachable=True)
        return secret

    def _require_admin(self):
        if not self.env.user.has_group("vanban_core.group_admin"):
            raise AccessError(self.env._("Connections are kept by the administrator of the document system."))

    def action_set_secret(self, secret):
        """Store the shared secret (at least 32 characters); it cannot be read back."""
        self.ensure_one()
        self._require_admin()
        self.check_access("write")
        if not self.key_id:
            raise UserError(self.env._("Give the key a name first."))
        self.env["vanban.secret.store"]._write(f"peer-{self.company_id.id}-{self.key_id}", secret)
        self.invalidate_recordset(["has_secret"])
        self.env["vanban.log"]._log("set_secret", data={"peer": self.id, "key": self.key_id})
        return True

    def action_new_secret(self):
        """Make a new secret and return it once, to be carried to the other side."""
        secret = secrets.token_urlsafe(48)
        self.action_set_secret(secret)
        return secret

    # ----------------------------------------------------------------- health

    def action_check_connection(self):
        """Try the connection and say what came of it."""
        self.ensure_one()
        self._require_admin()
        try:
            message = self._check()
        except DeliveryError as error:
            raise UserError(str(error)) from error
        return self._health_bearer()._connected_again(message)

    def _check(self):
        return self._driver().check()

    def _health_bearer(self):
        """Whose outage it is when the driver reaches nobody: the axis as a whole, or this connection."""
        self.ensure_one()
        return self.transport_id if DRIVERS[self.transport_id.driver].of_transport else self

    def _alarm_companies(self):
        return self.company_id

    def _alarm_minutes(self):
        return self.transport_id.alarm_minutes

    def _waiting_domain(self):
        return [("peer_id", "in", self.ids)]
