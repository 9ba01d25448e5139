from odoo import api, fields, models

LEGAL_VALUES = [
    ("equivalent", "Equivalent to paper"),
    ("paper", "The paper is the original"),
    ("reference", "For information and reference – does not replace the paper"),
]


class DocumentLegalValue(models.Model):
    """What the electronic document is worth in law, shown where people read it (BHXH Đ3.2, Đ13.1; TH Đ4; DOC-18)."""

    _inherit = "vanban.document"

    legal_value = fields.Selection(LEGAL_VALUES, "Legal value", compute="_compute_legal_value")

    @api.depends("state", "medium", "main_file_id")
    def _compute_legal_value(self):
        for document in self:
            document.legal_value = document._legal_value()

    def _legal_value(self):
        """``equivalent`` with the signatures that its kind needs, ``paper``, ``reference``, or False before there is a document.

        Judged by stored results only, so that a form opens quickly; the signing addon may refine.
        """
        self.ensure_one()
        if not self.main_file_id:
            return "paper" if self.medium == "paper" and self.arrival_number else False
        if self.direction != "in":
            if not self.issued_date:
                return False
            return "paper" if self._is_paper_only() else "equivalent" if self.main_file_id.stage == "sealed" else "reference"
        if self._is_digitised():
            return "equivalent" if self._has_agency_mark() else "reference"
        kinds = {one["kind"] for one in self._signature_signers()}
        return "equivalent" if self._authenticity()[0] == "valid" and {"personal", "agency"} <= kinds else "reference"
