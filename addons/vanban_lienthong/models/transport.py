from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..drivers import DRIVERS, DeliveryError

LOCAL_DEFAULTS = {"retry_base": 30, "retry_cap": 1800, "give_up_hours": 72, "alarm_minutes": 10, "ask_seconds": 30}


class Transport(models.Model):
    """A way to other agencies with its driver and its patience."""

    _name = "vanban.transport"
    _description = "Transport"
    _inherit = ["vanban.connection.health", "vanban.logged.settings"]
    _order = "sequence, id"
    _logged = frozenset(("driver", "url", "system_id", "active", "company_ids", "ca_pem", "allow_plain", "max_packet_mb"))

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    driver = fields.Selection(selection="_selection_driver", required=True, default="https")
    url = fields.Char("Address of the axis", help="Base address of its interface, for instance https://truc.example.vn/api")
    system_id = fields.Char("System identifier", help="Name of our account on the axis.")
    has_secret = fields.Boolean("Shared secret set", compute="_compute_has_secret")
    of_transport = fields.Boolean("One account for all agencies", compute="_compute_of_transport")
    keeps_registrations = fields.Boolean(compute="_compute_of_transport")
    company_ids = fields.Many2many("res.company", string="Agencies served", help="Empty: every agency of this system.")
    directory_date = fields.Datetime("Directory of", readonly=True, copy=False)
    ca_pem = fields.Text("Trusted certificates (PEM)", help="Instead of those of the machine; for agencies with an authority of their own.")
    allow_plain = fields.Boolean("Permit http", help="Only inside a closed network of the agencies; packets are signed either way.")
    timeout = fields.Integer("Time limit (s)", default=60, required=True)
    retry_base = fields.Integer("First repetition after (s)", default=LOCAL_DEFAULTS["retry_base"], required=True)
    retry_cap = fields.Integer("Longest pause (s)", default=LOCAL_DEFAULTS["retry_cap"], required=True)
    give_up_hours = fields.Integer("Give up after (h)", default=LOCAL_DEFAULTS["give_up_hours"], required=True)
    max_packet_mb = fields.Integer(
        "Largest packet (MB)", help="What the other side takes: a larger document is refused when it is to be issued. 0: not known.")
    alarm_minutes = fields.Integer("Alarm after (min)", default=LOCAL_DEFAULTS["alarm_minutes"], required=True)
    ask_seconds = fields.Integer(
        "Look for packets every (s)", default=LOCAL_DEFAULTS["ask_seconds"], required=True,
        help="How often the other side is asked while nothing moves; while packets come or go it is asked after a few seconds.")
    peer_ids = fields.One2many("vanban.peer", "transport_id", "Connected agencies")
    peer_count = fields.Integer("Number of agencies", compute="_compute_peer_count")

    _positive = models.Constraint(
        "CHECK(timeout > 0 AND retry_base > 0 AND retry_cap >= retry_base AND give_up_hours > 0 AND alarm_minutes > 0 AND ask_seconds > 0)",
        "Times must be positive, and the longest pause not shorter than the first.",
    )

    @api.model
    def _selection_driver(self):
        labels = {
            "https": self.env._("Direct HTTPS between two installations"),
            "local": self.env._("Agency in the same database"),
            "file": self.env._("Files in a folder"),
            "vxp": self.env._("National axis (signed headers)"),
            "rest": self.env._("Provincial axis (REST)"),
        }
        return [(code, labels.get(code, driver.label)) for code, driver in sorted(DRIVERS.items())]

    def _compute_peer_count(self):
        counts = dict(self.env["vanban.peer"]._read_group([("transport_id", "in", self.ids)], ["transport_id"], ["__count"]))
        for transport in self:
            transport.peer_count = counts.get(transport, 0)

    @api.depends("driver")
    def _compute_of_transport(self):
        for transport in self:
            driver = DRIVERS.get(transport.driver)
            transport.of_transport = bool(driver) and driver.of_transport
            transport.keeps_registrations = bool(driver) and driver.keeps_registrations

    @api.depends("driver")
    def _compute_has_secret(self):
        for transport in self:
            transport.has_secret = bool(transport.id and transport.env["vanban.secret.store"]._read(transport._key()))

    def _key(self):
        """Name of the account's secret, and mark of the packets that came through it."""
        self.ensure_one()
        return f"axis-{self._origin.id or self.id}"

    def _secret(self):
        secret = self.env["vanban.secret.store"]._read(self._key())
        if not secret:
            raise DeliveryError(
                "secret", self.env._("No shared secret is set for “%(name)s”.", name=self.name), unreachable=True)
        return secret

    def action_set_secret(self, secret):
        """Store the account's secret; it cannot be read back."""
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        self.check_access("write")
        self.env["vanban.secret.store"]._write(self._key(), secret)
        self.invalidate_recordset(["has_secret"])
        self.env["vanban.log"]._log("set_secret", data={"transport": self.id})
        return True

    def _serves(self, company):
        return not self.sudo().company_ids or company in self.sudo().company_ids  # safe: which agencies use the axis

    @api.constrains("driver", "url", "system_id")
    def _check_account(self):
        for transport in self:
            if transport.of_transport and not (transport.url and transport.system_id):
                raise ValidationError(self.env._(
                    "“%(name)s”: enter the address of the axis and the identifier of our account there.", name=transport.name))

    def action_check_connection(self):
        """Try the account and say what came of it."""
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        try:
            message = self._check()
        except DeliveryError as error:
            raise UserError(str(error)) from error
        return self._connected_again(message)

    def _check(self):
        return DRIVERS[self.driver].check_account(self)

    def _health_bearer(self):
        return self if self.of_transport else self.browse()

    def _alarm_companies(self):
        return self.company_ids or self.env["res.company"].search([])  # pylint: disable=no-search-all

    def _alarm_minutes(self):
        return self.alarm_minutes

    def _waiting_domain(self):
        return [("peer_id.transport_id", "in", self.ids)]

    @api.constrains("ca_pem")
    def _check_ca_pem(self):
        self.env["vanban.peer"]._check_pem(self)

    @api.constrains("driver")
    def _check_driver(self):
        for transport in self:
            if transport.driver not in DRIVERS:
                raise ValidationError(self.env._("There is no driver “%(driver)s”.", driver=transport.driver))
