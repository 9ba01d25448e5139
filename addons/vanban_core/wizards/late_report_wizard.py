import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..report import list_print
from ..tools import vietnam_time

PRINTERS = (
    "vanban_core.group_clerk,vanban_core.group_leader,vanban_core.group_office_chief,vanban_core.group_unit_head,"
    "vanban_core.group_department_head,vanban_core.group_auditor"
)
DEBT = (
    ("Số đến", 14), ("Ngày đăng ký", 22), ("Số, ký hiệu", 30), ("Cơ quan ban hành", 40), ("Trích yếu", 68), ("Người xử lý", 30),
    ("Hạn", 20), ("Tình trạng", 25), ("Đôn đốc", 15),
)  # fmt: skip
LATE = (
    ("Số, ký hiệu", 32), ("Trích yếu", 82), ("Đơn vị, người chịu trách nhiệm", 50), ("Hạn", 28), ("Hoàn thành", 28), ("Lý do, ghi chú", 45),
)  # fmt: skip
TITLES = {
    "debt": "Sổ theo dõi nợ văn bản đến",
    "processing": "Danh sách văn bản đến chậm xử lý",
    "issue": "Danh sách văn bản đi chậm phát hành",
    "reply": "Danh sách văn bản chậm phản hồi",
}


class LateReportWizard(models.TransientModel):
    """Printed: the debt ledger, and the lists of late processing, late issue and late reply (F-40)."""

    _name = "vanban.late.report.wizard"
    _description = "Printed lists of debts and delays"

    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [("debt", "Debt ledger"), ("processing", "Late processing"), ("issue", "Late issue"), ("reply", "Late reply")], required=True, default="debt"
    )
    date_from = fields.Date("From", required=True, default=lambda self: fields.Date.start_of(vietnam_time.today(), "year"))
    date_to = fields.Date("To", required=True, default=lambda self: vietnam_time.today())
    unit_id = fields.Many2one("hr.department", "Unit", domain="[('company_id', '=', company_id)]")
    owed_only = fields.Boolean("Only what is still owed", default=True)
    content = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    def action_print(self):
        """Make the PDF of what the current user may read, and download it."""
        self.ensure_one()
        if not self.env.user.has_groups(PRINTERS):
            raise AccessError(self.env._("These lists are printed by clerks, heads, leaders and auditors."))
        company = self.company_id.sudo()  # safe: name of the agency on its own list
        rows, summary, columns = getattr(self, f"_{self.kind}_rows")()
        raw = list_print.render(list_print.PrintedList(
            company.vanban_parent_name or "", company.name, TITLES[self.kind],
            f"Từ ngày {self.date_from:%d/%m/%Y} đến ngày {self.date_to:%d/%m/%Y}" + (f" – {self.unit_id.name}" if self.unit_id else ""),
            columns, rows, summary,
        ))
        self.write({"content": base64.b64encode(raw), "file_name": f"{TITLES[self.kind]}.pdf"})
        self.env["vanban.log"]._note(self.company_id, "print_list", {
            "kind": self.kind, "from": str(self.date_from), "to": str(self.date_to), "rows": len(rows),
        })
        url = f"/web/content/{self._name}/{self.id}/content/{self.file_name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _day(self, moment):
        return f"{vietnam_time.day(moment):%d/%m/%Y}" if moment else ""

    def _debt_rows(self):
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("registered_date", ">=", self.date_from) & Domain("registered_date", "<=", self.date_to)
        if self.unit_id:
            domain &= Domain("unit_id", "child_of", self.unit_id.id)
        report = self.env["vanban.debt.report"]
        totals = report._read_group(domain, [], ["registered:sum", "open:sum", "overdue:sum", "written_off:sum", "written_off_late:sum"])[0]
        registered, owed, overdue, settled, late = (total or 0 for total in totals)
        summary = (
            f"Đã đăng ký: {registered}. Còn nợ trong hạn: {owed}. Còn nợ quá hạn: {overdue}. Đã xóa nợ: {settled} (trễ hạn {late}).",
        )
        shown = domain & Domain("written_off", "=", 0) if self.owed_only else domain
        lines = report._rows_of(shown)
        labels = dict(report._fields["status"]._description_selection(self.with_context(lang="vi_VN").env))
        rows = []
        for unit, group in lines.grouped("unit_id").items():
            rows.append(f"{unit.sudo().name or 'Chưa phân phối'} ({len(group)})")  # safe: name of a unit
            for line in group:
                document = line.document_id
                rows.append((
                    line.arrival_number, f"{line.registered_date:%d/%m/%Y}", self._code(document), document.issuer_name, document.subject,
                    line.handler_id.sudo().name,  # safe: name of a colleague
                    f"{line.deadline:%d/%m/%Y}" if line.deadline else "", labels[line.status], line.chase_count or "",
                ))
        return rows, summary, DEBT

    def _documents(self, domain, date_field):
        start = vietnam_time.to_utc(fields.Datetime.to_datetime(self.date_from))
        end = vietnam_time.to_utc(fields.Datetime.add(fields.Datetime.to_datetime(self.date_to), days=1))
        base = Domain("company_id", "=", self.company_id.id) & Domain(date_field, ">=", start) & Domain(date_field, "<", end)
        if self.unit_id:
            base &= Domain("unit_id" if date_field == "registered_date" else "department_id", "child_of", self.unit_id.id)
        return self.env["vanban.document"].search(base & domain, order="id")

    def _late_rows(self, documents, cells):
        rows = [cells(document) for document in documents]
        return rows, (f"Tổng số: {len(rows)}.",), LATE

    def _processing_rows(self):
        late = Domain("debt_state", "in", ["overdue"]) | Domain("debt_entry_id.days_late", ">", 0)
        documents = self._documents(Domain("direction", "=", "in") & Domain("arrival_number", ">", 0) & late, "registered_date")
        return self._late_rows(documents, lambda document: (
            self._code(document), document.subject, self._responsible(document.unit_id, document.lead_user_id), f"{document.deadline:%d/%m/%Y}",
            self._day(document.debt_entry_id.date),
            document.debt_entry_id.note or (f"Đã đôn đốc {document.chase_count} lần" if document.chase_count else ""),
        ))

    def _issue_rows(self):
        documents = self._documents(Domain("direction", "!=", "in") & Domain("issue_deadline", "!=", False), "signed_date")
        late = documents.filtered(lambda document: document.issue_late or (document.issued_date and document.issued_date > document.issue_deadline))
        return self._late_rows(late, lambda document: (
            self._code(document), document.subject, self._responsible(document.department_id, document.clerk_id or document.drafter_id),
            self._day(document.issue_deadline), self._day(document.issued_date), document.note,
        ))

    def _reply_rows(self):
        documents = self._documents(Domain("direction", "=", "in") & Domain("reply_required", "=", True), "registered_date").filtered("reply_late")
        return self._late_rows(documents, lambda document: (
            self._code(document), document.subject, self._responsible(document.unit_id, document.lead_user_id), f"{document.reply_due_date:%d/%m/%Y}",
            self._day(document.reply_issued_date), document.outcome_note,
        ))

    @api.model
    def _code(self, document):
        """Number and symbol, with the urgency of what is urgent."""
        return " – ".join(filter(None, (document.code, document._urgency_text())))

    @api.model
    def _responsible(self, unit, user):
        return " – ".join(filter(None, (unit.sudo().name, user.sudo().name)))  # safe: names of unit and colleague
