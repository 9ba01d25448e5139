from odoo import fields, models

from ..tools import vietnam_time
from .directive_task import TICKS
from .dossier import WORKING


class DocumentReplacement(models.Model):
    """What a replacement takes over from the document it replaces, beside its text and addressees (NĐ 30/2020 Đ.18.3).

    Decisions on the old document alone are not taken over: numbers, the head's decision on its form of use, opinions, files.
    """

    _inherit = "vanban.document"

    def _replacement_vals(self):
        """Values of the draft; terms that are over are left for its drafter to set anew."""
        self.ensure_one()
        today = vietnam_time.today()
        known = self.sudo()  # safe: who replaces it has just been let read it; its tasks were sent with it
        fitting = known.class_id._on(self.company_id, today) if known.class_id else known.class_id
        asked = known.asked_leader_id.filtered("active")
        return {
            "class_id": fitting.id,
            "language": self.language,
            "authority_title": self.authority_title,
            "unit_deputy_of": self.unit_deputy_of,
            "annex_title": self.annex_title,
            "annex_body": self.annex_body,
            "competence": self.competence,
            "prior_opinion": self.prior_opinion,
            "asked_leader_id": asked.id,
            "reply_due_date": self.reply_due_date if self.reply_due_date and self.reply_due_date >= today else False,
            **{name: self[name] for name in TICKS},
            "task_ids": [
                fields.Command.create({
                    "sequence": task.sequence, "name": task.name, "department_id": task.department_id.id,
                    "partner_id": task.partner_id.id, "due_date": task.due_date, "report": task.report,
                })
                for task in known.task_ids
            ],
        }

    def _follow_dossiers_of(self, original):
        """The draft lies where the replaced document lies, as far as its drafter may file there."""
        self.ensure_one()
        for dossier in original.sudo().dossier_item_ids.dossier_id.sudo(False):  # safe: each is asked below as the user
            if dossier.has_access("read") and dossier.state in WORKING and dossier._may_file():
                dossier._add_documents(self)
