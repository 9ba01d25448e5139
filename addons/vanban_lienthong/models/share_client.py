import datetime
import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vanban_core.tools import vietnam_time

PAGE = 200
_KEY_BYTES = 32
_DAYS = 365


class ShareClient(models.Model):
    """A related system (directives follow-up, website, mobile) that reads the state of tasks (HCM Đ8.4, Đ17.1; LT-21).

    It gets no account: its key opens one read-only address, for one agency, in one scope. Only the key's digest is kept.
    """

    _name = "vanban.share.client"
    _description = "Related system"
    _inherit = ["vanban.log.mixin", "vanban.logged.settings"]
    _order = "company_id, name"
    _logged = frozenset(("name", "company_id", "active", "scope", "department_ids", "valid_to"))

    name = fields.Char("System", required=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    active = fields.Boolean(default=True)
    scope = fields.Selection(
        [("states", "Number, unit, deadline and status"), ("subjects", "Also the abstract of the document")],
        "May read", required=True, default="states")
    department_ids = fields.Many2many("hr.department", string="Tasks of these units", help="Empty: of every unit of the agency.")
    valid_to = fields.Date(
        "Valid to", required=True, default=lambda self: vietnam_time.today() + datetime.timedelta(days=_DAYS))
    key_digest = fields.Char(readonly=True, copy=False, groups="base.group_system")
    key_date = fields.Datetime("Key made on", readonly=True, copy=False)
    last_used = fields.Datetime("Last used", readonly=True, copy=False)

    _key_unique = models.UniqueIndex("(key_digest) WHERE key_digest IS NOT NULL")

    def action_new_secret(self):
        """Make a new key and return it once; the earlier one ends at once."""
        self.ensure_one()
        if not self.env.user.has_group("vanban_core.group_admin"):
            raise AccessError(self.env._("Connections are kept by the administrator of the document system."))
        self.check_access("write")
        key = secrets.token_urlsafe(_KEY_BYTES)
        self.sudo().write({"key_digest": self._digest(key), "key_date": fields.Datetime.now()})  # safe: right checked above
        self._log("set_secret", data={"client": self.name})
        return key

    @api.model
    def _digest(self, key):
        # the key is random and long: a plain digest cannot be guessed back
        return hashlib.sha256(key.encode()).hexdigest()

    @api.model
    def _of_key(self, key):
        """The system whose key this is, in force today; empty when there is none."""
        if not key or len(key) > 200:
            return self.browse()
        today = vietnam_time.today()
        return self.search([("key_digest", "=", self._digest(key)), ("valid_to", ">=", today)], limit=1)

    def _tasks(self, after=0, since=None):
        """One page of task states behind the id ``after``: (rows, id to go on behind, or None at the end).

        Restricted and secret documents and foreign units are never among them, whatever is asked for.
        """
        self.ensure_one()
        domain = [
            ("id", ">", after), ("company_id", "=", self.company_id.id), ("document_id.restricted", "=", False),
            ("document_id.secrecy", "=", "0"),
            "|", ("document_id.kind_id", "=", False), ("document_id.kind_id.restricted", "=", False),
        ]
        if self.department_ids:
            domain += self._of_units()
        if since:
            domain.append(("write_date", ">=", since))
        # in which unit somebody works depends on the agency
        rows = self.env["vanban.assignment"].with_company(self.company_id).search(domain, order="id", limit=PAGE)
        now = fields.Datetime.now()
        if not self.last_used or now - self.last_used > datetime.timedelta(minutes=1):
            self.last_used = now
        self._log("share_tasks", data={"client": self.name, "scope": self.scope, "after": after, "tasks": rows.ids})
        return [self._task(row) for row in rows], rows[-1:].id if len(rows) == PAGE else None

    def _of_units(self):
        """Tasks of the key's units, and those given to a person who works in one of them, as ``_task`` names the unit."""
        units = self.department_ids.ids
        people = [("company_id", "=", self.company_id.id), ("department_id", "in", units)]
        return ["|", ("department_id", "in", units), "&", ("department_id", "=", False), ("user_id.employee_ids", "any", people)]

    def _task(self, row):
        document = row.document_id
        found = {
            "id": row.id, "document": document.document_code or None, "code": document.code or None,
            "arrival_number": document.arrival_number or None, "role": row.role,
            "unit": row.department_id.name or row.user_id.employee_id.department_id.name or None,
            "deadline": row.deadline.isoformat() if row.deadline else None, "state": row.state,
            "done": self._moment(row.done_date), "changed": self._moment(row.write_date),
        }
        if self.scope == "subjects":
            found["subject"] = document.subject or None
        return found

    @staticmethod
    def _moment(value):
        return value.replace(microsecond=0).isoformat() + "Z" if value else None
