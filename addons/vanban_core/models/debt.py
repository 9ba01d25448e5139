from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import vietnam_time

MODES = [
    ("answered", "Answered by a document"),
    ("handled", "Handled without a document"),
    ("reference", "Kept for reference"),
    ("transferred", "Transferred to another agency"),
    ("returned", "Returned to the sender"),
    ("recalled", "Recalled by the sender"),
]
_BY_OUTCOME = {"reference": "reference", "transfer": "transferred", "return": "returned"}
# a registered document in one of these states owes nothing any more
SETTLED = ("done", "filed", "returned", "recalled")


class DebtEntry(models.Model):
    """One line of the debt ledger (sổ nợ văn bản): how, when, by whom and by which document a document was written off.

    A reopened document gets a further line; no line is ever changed.
    """

    _name = "vanban.debt.entry"
    _inherit = ["vanban.append.only"]
    _description = "Line of the debt ledger"
    _order = "id desc"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True, index=True)
    kind = fields.Selection([("written_off", "Written off"), ("reopened", "Reopened")], required=True, readonly=True)
    mode = fields.Selection(MODES, "How", readonly=True)
    date = fields.Datetime("On", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict")
    reply_id = fields.Many2one("vanban.document", "Answering document", readonly=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Unit", readonly=True, ondelete="restrict", index=True)
    handler_id = fields.Many2one("res.users", "Responsible", readonly=True, ondelete="restrict")
    due_date = fields.Date("Due", readonly=True)
    days_late = fields.Integer("Working days late", readonly=True)
    note = fields.Text(readonly=True)

    _complete = models.Constraint("CHECK(kind = 'reopened' OR mode IS NOT NULL)", "A line says how the document was written off.")

    @api.depends("kind", "mode")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        modes = dict(self._fields["mode"]._description_selection(self.env))
        for entry in self:
            entry.display_name = modes.get(entry.mode) or kinds.get(entry.kind)


class DocumentDebt(models.Model):
    """Every registered incoming document is owed by its unit until a line of the ledger writes it off."""

    _inherit = "vanban.document"

    unit_id = fields.Many2one("hr.department", "Responsible unit", compute="_compute_unit_id", store=True, index="btree_not_null")
    debt_entry_id = fields.Many2one("vanban.debt.entry", "Written off by", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    debt_entry_ids = fields.One2many("vanban.debt.entry", "document_id", "Debt ledger")
    debt_state = fields.Selection(
        [("open", "Owed"), ("overdue", "Owed, overdue"), ("written_off", "Written off")],
        "Debt", compute="_compute_debt_state", search="_search_debt_state",
    )  # fmt: skip
    debt_mode = fields.Selection(related="debt_entry_id.mode", string="Written off as")

    _debt_index = models.Index("(company_id, deadline) WHERE direction = 'in' AND arrival_number > 0 AND debt_entry_id IS NULL")
    _debt_unit_index = models.Index("(unit_id, deadline) WHERE direction = 'in' AND arrival_number > 0 AND debt_entry_id IS NULL")

    @api.depends("lead_department_id", "lead_user_id")
    def _compute_unit_id(self):
        units = self.filtered(lambda document: not document.lead_department_id).lead_user_id._vanban_units()
        for document in self:
            own = units.get((document.lead_user_id, document.company_id), document.lead_department_id)
            document.unit_id = document.lead_department_id or own[:1]

    @api.depends("arrival_number", "debt_entry_id", "deadline")
    def _compute_debt_state(self):
        today = vietnam_time.today()
        for document in self:
            if document.direction != "in" or not document.arrival_number:
                document.debt_state = False
            elif document.debt_entry_id:
                document.debt_state = "written_off"
            else:
                document.debt_state = "overdue" if document.deadline and document.deadline < today else "open"

    @api.model
    def _debt_domains(self):
        today = vietnam_time.today()
        registered = Domain("direction", "=", "in") & Domain("arrival_number", ">", 0)
        owed = registered & Domain("debt_entry_id", "=", False)
        return {
            "open": owed & (Domain("deadline", "=", False) | Domain("deadline", ">=", today)),
            "overdue": owed & Domain("deadline", "<", today),
            "written_off": registered & Domain("debt_entry_id", "!=", False),
        }

    @api.model
    def _search_debt_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._debt_domains()
        return Domain.OR([domains[state] for state in value if state in domains] or [Domain.FALSE])

    # ------------------------------------------------------------------ ledger

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name not in ("done", "return", "recall_execute", "restore"):
            return
        # an emergency may be completed before it has its number: its line waits in the ledger
        owed = self.filtered(lambda document: document.direction == "in" and (document.arrival_number or transition.name == "done"))
        for document in owed:
            if transition.name == "restore":
                document._debt_reopen(comment)
            elif not document.debt_entry_id:
                document._write_off(comment)

    def _write_off(self, comment):
        mode = {"returned": "returned", "recalled": "recalled"}.get(self.state) or _BY_OUTCOME.get(self.outcome)
        replies = self._linked("answers", back=True).filtered("issued_date").sorted("issued_date")
        if not mode:
            mode = "answered" if replies else "handled"
        by = {"answered": replies, "transferred": self._transfer_slips().filtered("issued_date")}.get(mode)
        self._debt_line("written_off", mode, comment or self.outcome_note, by[:1] if by else None)

    def _debt_reopen(self, comment):
        if self.debt_entry_id:
            self._debt_line("reopened", False, comment)

    def _debt_line(self, kind, mode, note, reply=None):
        today = vietnam_time.today()
        late = self.deadline and self.deadline < today
        # safe: lines follow from steps whose right was checked; nobody else writes them
        entry = self.env["vanban.debt.entry"].sudo().create({
            "document_id": self.id, "company_id": self.company_id.id, "kind": kind, "mode": mode, "user_id": self.env.uid,
            "reply_id": reply.id if reply else False, "department_id": self.unit_id.id, "handler_id": self.lead_user_id.id,
            "due_date": self.deadline, "note": note or False,
            "days_late": self.company_id._vanban_working_days(self.deadline, today) if late and kind == "written_off" else 0,
        })
        self._write_fixed({"debt_entry_id": entry.id if kind == "written_off" else False})

    @api.model
    def _check_ledger(self, company):
        """Add the ledger up, each figure counted for itself.

        :return: {"registered", "open", "overdue", "written_off", "faults": [text]}; sound when ``faults`` is empty
        """
        mine = Domain("company_id", "=", company.id)
        sudo = self.sudo()  # safe: counts and numbers only
        found = {name: sudo.search_count(mine & domain) for name, domain in self._debt_domains().items()}
        found["registered"] = sudo.search_count(mine & Domain("direction", "=", "in") & Domain("arrival_number", ">", 0))
        faults = []
        if found["open"] + found["overdue"] + found["written_off"] != found["registered"]:
            faults.append(self.env._("The ledger does not add up: %(figures)s", figures=found))
        wrong = sudo.search(
            mine & Domain("direction", "=", "in") & Domain("arrival_number", ">", 0) & (
                (Domain("state", "in", SETTLED) & Domain("debt_entry_id", "=", False))
                | (Domain("state", "not in", SETTLED) & Domain("debt_entry_id", "!=", False))
            ), limit=100,
        )
        faults += [self.env._("No. %(number)s: status and ledger differ.", number=document.arrival_number) for document in wrong]
        self.env.flush_all()
        # the line that counts is the last one of its document
        self.env.cr.execute(SQL(
            """
            SELECT d.arrival_number FROM vanban_document d
            JOIN (SELECT DISTINCT ON (document_id) document_id, id, kind FROM vanban_debt_entry
                  WHERE company_id = %s ORDER BY document_id, id DESC) last ON last.document_id = d.id
            WHERE d.debt_entry_id IS DISTINCT FROM CASE WHEN last.kind = 'written_off' THEN last.id END LIMIT 100
            """, company.id,
        ))
        faults += [
            self.env._("No. %(number)s: the last line of the ledger is not the one that counts.", number=row[0])
            for row in self.env.cr.fetchall()
        ]
        return {**found, "faults": faults}
