from odoo import models
from odoo.exceptions import UserError

from ..report import processing_slip
from ..tools import fonts, number_format, vietnam_time


def _day(value):
    return value.strftime("%d/%m/%Y") if value else ""


class DocumentProcessingSlip(models.Model):
    """Phiếu giải quyết văn bản đến, printed from the history (NĐ 30/2020 PL IV)."""

    _inherit = "vanban.document"

    def action_print_processing_slip(self):
        """Make the processing slip of a distributed document.

        :return: id of the PDF (``vanban.file``, a rendition beside the document)
        """
        self.ensure_one()
        self.check_access("read")
        if self.direction != "in" or not (self.proposal_ids or self.sudo().assignment_ids):  # safe: existence only
            raise UserError(self.env._("The document was not submitted yet: there is nothing to print on the slip."))
        try:
            raw = processing_slip.render(self._processing_slip())
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        number = self.arrival_number or self.id
        return self._add_file(
            f"phieu-giai-quyet-{number}.pdf", raw, role="paper", stage="rendition", reason=self.env._("Processing slip")
        ).id

    def _processing_slip(self):
        document = self.sudo()  # safe: the history of a document that the user may read
        company = document.company_id
        today = vietnam_time.today()
        items = document.assignment_ids.filtered(lambda item: not item.is_early).sorted("id")
        proposals = document.proposal_ids.sorted("id")
        entries = document.direction_ids
        kinds = dict(entries._fields["kind"]._description_selection(self.env))
        return processing_slip.ProcessingSlip(
            agency=company.name,
            place_date=f"{company.vanban_place or ''}, {number_format.date_text(today)}".lstrip(", "),
            head=[
                ("Số đến", f"{document.arrival_number or ''}; ngày đến: {vietnam_time.text(document.arrival_date)[:10]}"),
                ("Tên loại", document.kind_id.name or ""),
                ("Số, ký hiệu", f"{document.code or ''}; ngày {_day(document.issue_date)}"),
                ("Cơ quan ban hành", document.issuer_name or ""),
                ("Trích yếu", document.subject or ""),
                ("Hạn giải quyết", _day(document.deadline)),
                *([("Độ khẩn", urgency)] if (urgency := document._urgency_text()) else ()),
            ],
            proposals=[(row.proposer_id.name, vietnam_time.text(row.date), self._proposal_summary(row)) for row in proposals],
            leaders=[self._slip_row(item) for item in items if not item.parent_id],
            units=[self._slip_row(item) for item in items if item.parent_id],
            entries=[(kinds[row.kind], row._author_text(), vietnam_time.text(row.date), row.text) for row in entries],
            results=[(item.assignee_name, vietnam_time.text(item.done_date), item.contribution) for item in items if item.contribution],
        )

    def _slip_row(self, item):
        roles = {"lead": "Chủ trì", "coordinate": "Phối hợp", "inform": "Để biết"}
        states = dict(item._fields["state"]._description_selection(self.env(context={"lang": "vi_VN"})))
        return (
            f"{item.assigned_by}\n{vietnam_time.text(item.create_date)}", f"{roles[item.role]}: {item.assignee_name}",
            _day(item.deadline), item.note or "", states[item.state],
        )  # fmt: skip
