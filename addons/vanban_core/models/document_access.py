from odoo import api, fields, models


class Access(models.Model):
    """Who may read (and act on) a document, and why; one row per document, principal and source."""

    _name = "vanban.access"
    _description = "Access to a document"
    _log_access = False

    document_id = fields.Many2one("vanban.document", required=True, ondelete="cascade")
    principal_id = fields.Many2one("vanban.principal", required=True, ondelete="cascade")
    act = fields.Boolean("May act")
    source = fields.Char(required=True)

    _once = models.Constraint("UNIQUE(document_id, principal_id, source)", "This access is already given.")
    # the record rule asks "which documents has this principal": this order makes it an index-only scan
    _by_principal = models.Index("(principal_id, document_id, act)")


class DocumentAccess(models.Model):
    _inherit = "vanban.document"

    access_ids = fields.One2many("vanban.access", "document_id", "Access", groups="vanban_core.group_auditor")

    def _grant_at_creation(self):
        """Incoming: the registry acts. Outgoing: the drafter acts."""
        for (company, direction, user), documents in self.grouped(
            lambda document: (document.company_id, document.direction, document.create_uid)
        ).items():
            if direction == "in":
                documents.with_company(company)._grant(registry=True, act=True, source="registry", fresh=True)
            else:
                documents._grant(users=user, act=True, source="drafter", fresh=True)

    @api.private
    def _principals(self, users=None, departments=None, registry=False, agency=False, distributors=None, members=None):
        principal = self.env["vanban.principal"]
        found = principal._for("user", users or self.env["res.users"])
        found |= principal._for("unit", departments or self.env["hr.department"])
        if members:
            found |= principal._for("members", members)
        if distributors:
            found |= principal._for("distributor", distributors)
        if registry:
            found |= principal._for("registry", self.company_id)
        if agency:
            found |= principal._for("agency", self.company_id)
        return found

    def _grant(self, users=None, departments=None, registry=False, agency=False, act=False, source="assignment", distributors=None, fresh=False,
               members=None):
        """Let principals read (``act``: also handle) these documents; idempotent, logged, one insert for all.

        :param fresh: the documents were just made, nobody has access to them yet
        """
        principals = self._principals(users, departments, registry, agency, distributors, members)
        access = self.env["vanban.access"].sudo()  # safe: flows decide who is given access; users cannot call this
        existing = {} if fresh else {
            (row.document_id.id, row.principal_id.id): row
            for row in access.search([
                ("document_id", "in", self.ids), ("principal_id", "in", principals.ids), ("source", "=", source),
            ])
        }
        new, upgrade = [], access
        for document in self:
            for principal in principals:
                row = existing.get((document.id, principal.id))
                if row is None:
                    new.append({"document_id": document.id, "principal_id": principal.id, "act": act, "source": source})
                elif act and not row.act:
                    upgrade |= row
        access.create(new)
        upgrade.act = True
        if new:
            self._log("grant", data={"to": [principal._label() for principal in principals], "act": act, "source": source})

    def _revoke(self, source, users=None, departments=None):
        """Take back what ``source`` gave; with neither users nor departments, all of it."""
        domain = [("document_id", "in", self.ids), ("source", "=", source)]
        if users is not None or departments is not None:
            domain.append(("principal_id", "in", self._principals(users, departments).ids))
        rows = self.env["vanban.access"].sudo().search(domain)  # safe: only takes away
        if rows:
            names = rows.principal_id.mapped("display_name")
            rows.unlink()
            self._log("revoke", data={"from": names, "source": source})

    def _stop_acting(self, source, users=None, departments=None):
        """Keep reading but end handling (an assignment is over)."""
        rows = self.env["vanban.access"].sudo().search([  # safe: only takes away
            ("document_id", "in", self.ids), ("source", "=", source),
            ("principal_id", "in", self._principals(users, departments).ids),
        ])
        rows.act = False

    def message_post(self, **kwargs):
        """Whoever only reads does not speak as a handler (HCM Đ16.2a); the chatter belongs to those who act."""
        if not self.env.su:
            self.check_access("write")
        return super().message_post(**kwargs)

    def _acted_on(self):
        """Those of ``self`` that the current user handles."""
        rows = self.env["vanban.access"].sudo()._read_group([  # safe: answers only for the current user
            ("document_id", "in", self.ids), ("act", "=", True), ("principal_id", "in", self.env.user.vanban_principal_ids.ids),
        ], ["document_id"])
        return self.browse([document.id for (document,) in rows])

    def _can_act(self):
        """Whether the current user is among those who handle the document."""
        self.ensure_one()
        return bool(self.env["vanban.access"].sudo().search_count([  # safe: answers only for the current user
            ("document_id", "=", self.id), ("act", "=", True), ("principal_id", "in", self.env.user.vanban_principal_ids.ids),
        ], limit=1))
