from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import vietnam_time
from .debt import MODES
from .document import URGENCY


class DebtReport(models.Model):
    """Registered documents by unit and person: owed, overdue, written off in time or late (sổ nợ; RPT)."""

    _name = "vanban.debt.report"
    _description = "Debt ledger by unit and person"
    _auto = False
    _order = "registered_date desc, id desc"
    _rec_name = "document_id"

    # what has to be written before the report is read
    _depends = {
        "vanban.document": [
            "unit_id", "lead_user_id", "kind_id", "arrival_number", "registered_date", "arrival_date", "deadline", "chase_count",
            "debt_entry_id", "direction", "company_id", "urgency",
        ],
        "vanban.debt.entry": ["date", "mode", "days_late"],
    }

    document_id = fields.Many2one("vanban.document", readonly=True)
    company_id = fields.Many2one("res.company", "Agency", readonly=True)
    unit_id = fields.Many2one("hr.department", "Unit", readonly=True)
    handler_id = fields.Many2one("res.users", "Responsible", readonly=True)
    kind_id = fields.Many2one("vanban.document.kind", "Kind", readonly=True)
    arrival_number = fields.Integer("Arrival no.", readonly=True, aggregator=None)
    registered_date = fields.Date("Registered on", readonly=True)
    urgency = fields.Selection(URGENCY, readonly=True)
    deadline = fields.Date(readonly=True)
    written_off_date = fields.Datetime("Written off on", readonly=True)
    mode = fields.Selection(MODES, "How", readonly=True)
    status = fields.Selection(
        [("open", "Owed"), ("overdue", "Owed, overdue"), ("in_time", "Written off in time"), ("late", "Written off late")], readonly=True
    )
    registered = fields.Integer(readonly=True)
    open = fields.Integer("Owed", readonly=True)
    overdue = fields.Integer(readonly=True)
    written_off = fields.Integer("Written off", readonly=True)
    written_off_late = fields.Integer("Of these late", readonly=True)
    chase_count = fields.Integer("Chase-ups", readonly=True)
    days_late = fields.Integer("Working days late", readonly=True)

    @property
    def _table_query(self):
        today = vietnam_time.today()
        return SQL(
            """
            SELECT d.id, d.id AS document_id, d.company_id, d.unit_id, d.lead_user_id AS handler_id, d.kind_id, d.arrival_number,
                   (COALESCE(d.registered_date, d.arrival_date) + interval '7 hours')::date AS registered_date, d.deadline, d.urgency,
                   e.date AS written_off_date, e.mode, d.chase_count, COALESCE(e.days_late, 0) AS days_late, 1 AS registered,
                   (e.id IS NULL AND NOT late.is)::int AS open,
                   (e.id IS NULL AND late.is)::int AS overdue,
                   (e.id IS NOT NULL)::int AS written_off,
                   (e.days_late > 0)::int AS written_off_late,
                   CASE WHEN e.id IS NULL THEN CASE WHEN late.is THEN 'overdue' ELSE 'open' END
                        WHEN e.days_late > 0 THEN 'late' ELSE 'in_time' END AS status
            FROM vanban_document d
            LEFT JOIN vanban_debt_entry e ON e.id = d.debt_entry_id
            CROSS JOIN LATERAL (SELECT COALESCE(d.deadline < %s, FALSE) AS is) late
            WHERE d.direction = 'in' AND d.arrival_number > 0
            """, today,
        )

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": self.document_id.id,
            "views": [(self.document_id.get_formview_id(), "form")],
        }

    @api.model
    def _rows_of(self, domain):
        """Rows for the printed ledger, by unit and number."""
        return self.search(domain, order="unit_id, arrival_number")
