from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import number_format

# Only code that holds this very object changes a line; equal values sent by a client are not it.
ENTRY_TOKEN = object()
# states in which nobody works on an incoming document yet, so that its number can still be taken back
NOT_DISTRIBUTED = ("registered", "paper_only", "submitted")
NOT_ISSUED = ("numbered", "paper_done", "sealed")


class RegisterEntry(models.Model):
    """A line of the register: which document has which number. Never deleted; a void number keeps its line and reason."""

    _name = "vanban.register.entry"
    _inherit = ["vanban.log.mixin"]
    _description = "Register entry"
    _order = "year desc, number desc, suffix desc, id desc"

    register_id = fields.Many2one("vanban.register", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="register_id.company_id", store=True, precompute=True)
    department_id = fields.Many2one(related="register_id.department_id", store=True, index="btree_not_null", string="Unit of the register")
    year = fields.Integer(required=True)
    number = fields.Integer(required=True, aggregator=None)
    suffix = fields.Char(help="Letter of an inserted number, as in 15a.")
    number_text = fields.Char("Number as written", compute="_compute_number_text")
    date = fields.Date(required=True)
    document_id = fields.Many2one("vanban.document", ondelete="restrict", index=True)
    urgency = fields.Selection(related="document_id.urgency")
    state = fields.Selection(
        [("used", "Used"), ("void", "Void"), ("reserved", "Held for an emergency")], "Status of the number", required=True, default="used"
    )
    reason = fields.Char()
    origin = fields.Selection(
        [("series", "In order"), ("inserted", "Inserted"), ("sheet", "Sheet of emergency numbers"), ("gap", "Explanation of a gap")],
        default="series",
    )  # fmt: skip
    sheet_id = fields.Many2one("vanban.register.sheet", "Sheet of emergency numbers", ondelete="restrict", index="btree_not_null")
    real_time = fields.Datetime("Written on paper at")
    entered_date = fields.Datetime("Entered afterwards on")
    may_void = fields.Boolean(compute="_compute_may_void")

    _number_unique = models.UniqueIndex(
        "(register_id, year, number, COALESCE(suffix, ''))", "This number of the register is already taken."
    )
    _number_positive = models.Constraint("CHECK(number > 0)", "Numbers start at 1.")
    _date_index = models.Index("(register_id, date)")
    _reserved_index = models.Index("(company_id) WHERE state = 'reserved'")

    @api.depends("register_id", "year", "number")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry._text()}/{entry.year} – {entry.register_id.name}" if entry.number else False

    @api.depends("number", "suffix")
    def _compute_number_text(self):
        for entry in self:
            entry.number_text = entry._text() if entry.number else ""

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may_void(self):
        for entry in self:
            entry.may_void = entry.state != "void" and entry._may_void()

    def _text(self):
        """Number as printed: ``"05"``, inserted ``"05a"``."""
        self.ensure_one()
        return number_format.number_text(self.number) + (self.suffix or "")

    @api.constrains("state", "reason")
    def _check_reason(self):
        for entry in self:
            if entry.state == "void" and not (entry.reason or "").strip():
                raise ValidationError(self.env._("A void number needs its reason."))

    def write(self, vals):
        if self.env.context.get("vanban_entry") is not ENTRY_TOKEN:
            message = self.env._("A line of the register is fixed: number, date and document cannot be changed.")
            self._log_refused("write_number", message)
            raise AccessError(message)
        return super().write(vals)

    def _write_line(self, vals):
        """Change lines as the flow decided, never in a closed book."""
        self._check_not_closed()
        # safe: only the flow calls this, after its own checks of right and state
        return self.sudo().with_context(vanban_entry=ENTRY_TOKEN).write(vals)

    def _check_not_closed(self):
        for entry in self.sudo():  # safe: numbers of the books only
            entry.register_id._check_open(entry.year, entry.number)

    # ----------------------------------------------------------------- voiding

    def _may_void(self):
        """Unused numbers of a sheet: who keeps the book. Used ones: only with the exception right (REG-06)."""
        return self.register_id._may_keep() if self.state == "reserved" else self.register_id._may_except()

    def action_void(self, reason):
        """Give a number up: the line stays with its reason, the number is never used again.

        An incoming document goes back to the check and can be registered anew; an outgoing one is cancelled, because the
        number stands in its signed file.

        :raise UserError: without reason, in a closed book, or while the document is in force or being worked on
        """
        reason = (reason or "").strip()
        for entry in self:
            entry.check_access("read")
            try:
                entry._check_voiding(reason)
            except (AccessError, UserError) as error:
                entry._log_refused("void_number", str(error))
                raise
            used = entry.state == "used"
            entry._write_line({"state": "void", "reason": reason})
            entry._log("void_number", comment=reason)
            if used and entry.document_id:
                entry.document_id._lose_number(entry, reason)
        return True

    def _check_voiding(self, reason):
        if not self._may_void():
            raise AccessError(self.env._(
                "A number is given up only by a person with the right to exceptions of numbering. Tell the Chief of Office why."
            ))
        if self.state == "void":
            raise UserError(self.env._("The number %(number)s is already void; its line and reason stay as they are.", number=self._text()))
        if not reason:
            raise UserError(self.env._("A void number needs its reason."))
        self._check_not_closed()
        document = self.sudo().document_id  # safe: states only
        main = document.arrival_register_id == self.register_id or document.register_id == self.register_id
        possible = NOT_DISTRIBUTED if document.direction == "in" else NOT_ISSUED
        if document and main and document.state not in possible:
            raise UserError(self.env._(
                "The number %(number)s belongs to “%(document)s”, which is in force or being worked on: "
                "stop or recall the document first; its number then stays in the register as used.",
                number=self._text(), document=document.display_name,
            ))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        message = self.env._("A line of the register is never deleted; a number given by mistake is voided with its reason.")
        self._log_refused("delete", message)
        raise AccessError(message)
