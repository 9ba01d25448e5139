from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import text_fold, vietnam_time

# a document that was sent away may come again
GONE = ("refused", "returned", "no_value", "attached")
_SHOWN = 5


class DocumentDuplicate(models.Model):
    """The same document arriving twice – on paper and through the network, or from two desks – is seen before it gets a second number."""

    _inherit = "vanban.document"

    duplicate_ids = fields.Many2many("vanban.document", string="Already received", compute="_compute_duplicate_ids")
    duplicate_reason = fields.Char("Registered although a duplicate", readonly=True, copy=False)

    _arrival_code_index = models.Index("(company_id, code, issue_date) WHERE direction = 'in'")

    @api.depends("direction", "company_id", "document_code", "code_number", "code_notation", "issue_date", "issuer_id", "issuer_name")
    def _compute_duplicate_ids(self):
        for document in self:
            document.duplicate_ids = document._duplicates() if document.direction == "in" else False

    def _duplicates(self, strict=False):
        """Earlier incoming documents that seem to be this one, readable to the user.

        By identifier, or by number, symbol and issuer; the date must agree where both have one (``strict``: must be there).
        """
        self.ensure_one()
        documents = self.browse()
        base = [
            ("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("state", "not in", GONE),
            ("id", "!=", self._origin.id or 0),
        ]  # fmt: skip
        if self.document_code:
            documents |= self.search([*base, ("document_code", "=", self.document_code)], limit=_SHOWN)
        if self.code and self.code_number and (self.issue_date or not strict):
            domain = [*base, ("code", "=", self.code)]
            if self.issue_date:
                domain.append(("issue_date", "in", [self.issue_date] if strict else [self.issue_date, False]))
            documents |= self.search(domain, limit=50).filtered(self._has_same_issuer)
        return documents[:_SHOWN]

    def _has_same_issuer(self, other):
        if self.issuer_id and other.issuer_id:
            return self.issuer_id == other.issuer_id
        mine, theirs = text_fold.fold(self.issuer_name), text_fold.fold(other.issuer_name)
        return bool(mine) and mine == theirs

    def _guard_register(self):
        super()._guard_register()
        if not self.duplicate_reason and (earlier := self._duplicates(strict=True)):
            raise UserError(self.env._(
                "Possible duplicate: “%(document)s” was received on %(date)s (arrival no. %(number)s). "
                "Compare them; to register anyway, press “Not a duplicate” and write the reason.",
                document=earlier[0].display_name, number=earlier[0].arrival_number or "–",
                date=vietnam_time.to_local(earlier[0].arrival_date).strftime("%d/%m/%Y"),
            ))

    def action_accept_duplicate(self, reason):
        """Register although the same document seems to be there; the reason is kept and both are linked."""
        for document in self:
            earlier = document._duplicates()
            document._note_reason("accept_duplicate", "duplicate_reason", reason)
            for other in earlier[:1]:
                document._link(other, "related")
        return True

    def action_open_duplicate(self):
        """The document already there, opened beside (a dialog over) the new one."""
        self.ensure_one()
        other = self.duplicate_ids[:1]
        if not other:
            raise UserError(self.env._("No other document with this number, symbol and issuer."))
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": other.id, "target": "new",
            "name": self.env._("Already received"), "views": [(self.env.ref("vanban_core.document_duplicate_view_form").id, "form")],
        }
