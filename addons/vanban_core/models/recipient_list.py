import logging

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..report import list_print
from ..tools import fonts

_logger = logging.getLogger(__name__)
# more lines than “Nơi nhận” has room for
LONG_LIST = 20
_COLUMNS = (("STT", 12), ("Tên cơ quan, đơn vị, cá nhân", 95), ("Mã định danh", 35), ("Hình thức gửi", 42), ("Số bản", 16), ("Kết quả", 62))


class DocumentRecipientList(models.Model):
    """The exact list of recipients on paper, kept with the document (F-25; BĐ Đ4.2-LY)."""

    _inherit = "vanban.document"

    def action_print_recipients(self):
        """Make “Danh sách nơi nhận” and open it; kept beside the document as a rendition.

        :return: an action that opens the PDF
        """
        self.ensure_one()
        self.check_access("read")
        if not (self._is_drafter() or self._may_clerk() or self._can_act()):
            message = self.env._("The list of recipients is printed by those who draft or issue the document.")
            self._log_refused("print", message)
            raise AccessError(message)
        if self.direction == "in" or not self.recipient_ids:
            raise UserError(self.env._("“%(document)s” has no recipients.", document=self.display_name))
        try:
            raw = list_print.render(self._recipient_list())
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        file = self._keep_recipient_list(raw)
        self._log("print", data={"form": "F-25", "recipients": len(self.recipient_ids)})
        return {
            "type": "ir.actions.act_url", "target": "new",
            "url": f"/web/content/vanban.file/{file.id}/content/danh-sach-noi-nhan.pdf",
        }

    def _keep_recipient_list(self, raw):
        return self._add_file("danh-sach-noi-nhan.pdf", raw, role="paper", stage="rendition", reason=self.env._("List of recipients"))

    def _needs_recipient_list(self):
        """Many recipients, or a group named in the document: the exact list belongs to the issue (BĐ Đ4.2-LY)."""
        return len(self.recipient_ids) > LONG_LIST or any(self.recipient_ids.mapped("origin"))

    def _effect_issue(self, comment):
        for document in self:
            if document._needs_recipient_list():
                document._attach_recipient_list()
        super()._effect_issue(comment)

    def _attach_recipient_list(self):
        """As it is at the issue; later results are on the lists that are printed by hand."""
        try:
            raw = list_print.render(self._recipient_list(results=False))
        except fonts.FontMissing as error:
            # the issue does not wait for a font: the list can be printed afterwards
            _logger.warning("the list of recipients of document %s was not attached: %s", self.id, error)
            self._log_refused("attach_recipients", str(error))
            return
        self._keep_recipient_list(raw)
        self._log("attach_recipients", data={"form": "F-25", "recipients": len(self.recipient_ids)})

    def _recipient_list(self, results=True):
        """:param results: not while it is being issued: nobody has it yet"""
        company = self.company_id.sudo()  # safe: printed at the head
        # what is printed is Vietnamese, whatever language the clerk works in
        rows = self.recipient_ids.with_context(lang="vi_VN")
        channels = dict(rows._fields["channel"]._description_selection(rows.env))
        states = dict(rows._fields["state"]._description_selection(rows.env))
        lines, origin = [], None
        for number, row in enumerate(rows.sorted(lambda row: (row.sequence, row.id)), start=1):
            if row.origin and row.origin != origin:
                lines.append(row.origin)
            origin = row.origin
            paper = row.channel == "paper"
            result = " – ".join(filter(None, (states[row.state] if results and self.issued_date else "", row.note)))
            code = row.partner_id.sudo().vanban_code or ""  # safe: public codes
            lines.append((number, row.name, code, channels[row.channel], row.copies if paper else "", result))
        subtitle = " ".join(filter(None, ("Kèm theo", self.kind_id.name, f"số {self.code}" if self.code_number else "", self.subject)))
        return list_print.PrintedList(
            parent=company.vanban_parent_name or "", agency=company.name, title="Danh sách nơi nhận", subtitle=subtitle,
            columns=_COLUMNS, rows=lines, summary=(f"Tổng số: {len(rows)} nơi nhận.",),
        )
