from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class HandoverLine(models.Model):
    """A dossier in a hand-over list, with the comparison of its paper and electronic parts (ARC-05)."""

    _name = "vanban.handover.line"
    _inherit = ["vanban.dossier.list.line"]
    _description = "Dossier handed over"
    _order = "handover_id, id"
    _list_field = "handover_id"
    _copied = ("code", "title", "retention_id", "document_count", "page_count", "sheet_count", "medium")

    handover_id = fields.Many2one("vanban.handover", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="handover_id.company_id", store=True)
    page_count = fields.Integer("Total pages", compute="_compute_from_dossier", store=True)
    sheet_count = fields.Integer("Paper sheets", compute="_compute_from_dossier", store=True)
    medium = fields.Selection(
        [("electronic", "Electronic"), ("paper", "Paper"), ("both", "Electronic and paper")],
        "Form", compute="_compute_from_dossier", store=True,
    )  # fmt: skip
    reconciled = fields.Boolean("Paper compared", help="Paper and electronic parts were compared.")
    difference = fields.Char("Difference found", help="What differs between the paper and the electronic part.")
    difference_note = fields.Char("How it is settled")

    _dossier_once = models.Constraint("UNIQUE(handover_id, dossier_id)", "The dossier is already in this list.")

    def _check_open(self):
        if any(line.handover_id.state not in ("announced", "prepared", "returned") for line in self):
            raise AccessError(self.env._("The hand-over was submitted: its list can no longer be changed."))

    def _check_ready(self, states):
        """Raise when the dossier cannot be handed over now."""
        dossier = self.dossier_id
        if dossier.user_id != self.handover_id.user_id:
            raise UserError(self.env._("“%(dossier)s” is not kept by the person who hands over.", dossier=dossier.display_name))
        if dossier.state not in states:
            raise UserError(self.env._("“%(dossier)s” is not closed yet: close it before handing it over.", dossier=dossier.display_name))
        if dossier.medium != "electronic" and not self.reconciled:
            raise UserError(
                self.env._("“%(dossier)s” has a paper part: compare it with the electronic part and record the result first.",
                           dossier=dossier.display_name)
            )  # fmt: skip
        if self.difference and not self.difference_note:
            raise UserError(
                self.env._("“%(dossier)s”: a difference between paper and electronic part is still open: %(difference)s.",
                           dossier=dossier.display_name, difference=self.difference)
            )  # fmt: skip
