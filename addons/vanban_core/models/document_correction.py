from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import number_format


class DocumentLink(models.Model):
    _inherit = "vanban.document.link"

    kind = fields.Selection(selection_add=[("corrects", "Corrects")], ondelete={"corrects": "set default"})


class DocumentCorrection(models.Model):
    """Errors of an issued document: of form or procedure by a correcting letter (đính chính), of content by a replacement.

    The issued document itself is never changed (NĐ 30/2020 Đ.18.3).
    """

    _inherit = "vanban.document"

    corrected_by = fields.Char("Corrected by", compute="_compute_corrected_by")

    @api.depends("back_link_ids.kind", "back_link_ids.document_id.issued_date", "back_link_ids.document_id.code")
    def _compute_corrected_by(self):
        for document in self:
            links = document.sudo().back_link_ids  # safe: numbers of issued documents that speak of this one
            letters = links.filtered(lambda link: link.kind == "corrects" and link.document_id.issued_date).document_id
            document.corrected_by = ", ".join(letters.mapped("code")) or False

    def action_correct(self, errors):
        """Open the draft of a correcting letter for an error of form or procedure; it goes the usual way to the same recipients.

        :param errors: what is wrong and what it should read
        :return: id of the draft
        """
        self.ensure_one()
        self.check_access("read")
        errors = (errors or "").strip()
        problem = None
        if self.direction == "in" or not self.issued_date or self.state == "recalled":
            problem = self.env._("Only an issued document that is in force can be corrected.")
        elif not errors:
            problem = self.env._("Write what is wrong and what it should read.")
        if problem:
            self._log_refused("create_correction", problem)
            raise UserError(problem)
        name = f"{self.kind_id.name} số {self.code} ngày {number_format.short_date(self.issue_date)}"
        paragraphs = "".join(f"<p>{line}</p>" for line in map(_escaped, errors.splitlines()) if line.strip())
        draft = self.create({
            "direction": self.direction,
            "company_id": self.company_id.id,
            "kind_id": self.env.ref("vanban_core.kind_cv").id,
            "department_id": self.department_id.id,
            "issuer_id": self.issuer_id.id,
            "subject": f"đính chính {name}",
            "signer_id": self.signer_id.id,
            "signer_capacity": self.signer_capacity,
            "authority_title": self.authority_title,
            "unit_deputy_of": self.unit_deputy_of,
            "urgency": self.urgency,
            "restricted": self.restricted,
            "body": f"<p>{_escaped(self.company_id.sudo().name)} đính chính {_escaped(name)} như sau:</p>{paragraphs}",  # safe: own name
            "recipient_ids": self._copied_recipients(),
        })
        draft._link(self, "corrects")
        self._log("create_correction", comment=errors, data={"draft": draft.id})
        return draft.id

    def _copied_recipients(self):
        """Commands that give a following document the same recipients, each in the way that fits today."""
        rows, seen = [], set()
        for row in self.recipient_ids.sorted("id"):
            target = (row.partner_id, row.department_id, row.user_id)
            if any(target) and target in seen:
                continue
            seen.add(target)
            rows.append(fields.Command.create({
                "sequence": row.sequence, "partner_id": row.partner_id.id, "department_id": row.department_id.id, "user_id": row.user_id.id,
                "name": row.name, "for_information": row.for_information,
            }))
        return rows


def _escaped(text):
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Register(models.Model):
    _inherit = "vanban.register"

    @api.model
    def _remark(self, entry):
        """What became of the document stands in the book (F-13): corrected, replaced."""
        document = entry.document_id
        remarks = [super()._remark(entry)]
        if document.direction != "in" and document.issued_date:
            links = document.back_link_ids.filtered(lambda link: link.document_id.issued_date and link.document_id.direction != "in")
            for kind, words in (("corrects", "Đính chính bởi số"), ("replaces", "Thay thế bởi số")):
                codes = links.filtered(lambda link, kind=kind: link.kind == kind).document_id.mapped("code")
                if codes:
                    remarks.append(f"{words} {', '.join(codes)}")
        return "; ".join(filter(None, remarks))
