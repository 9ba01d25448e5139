from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import layout_check

POINTS = [
    ("paper", "Paper A4"),
    ("margins", "Margins: left 30–35, right 15–20, top and bottom 20–25 mm"),
    ("font", "Font Times New Roman"),
    ("size", "Size of the text 13–14"),
    ("page_number", "Page number in the top margin from page 2"),
    ("motto", "National name and motto"),
    ("agency", "Name of the issuing agency"),
    ("number", "Number and symbol"),
    ("place", "Place and date"),
    ("subject", "Kind and abstract"),
    ("receivers", "Receivers"),
    ("signature", "Capacity, position and name of the signer"),
]


class LayoutPoint(models.Model):
    """One point of form on one version of a draft: what the machine found, and the tick of the checker (NĐ 30/2020 PL I; DOC-17)."""

    _name = "vanban.layout.point"
    _description = "Point of form of a draft"
    _order = "document_id, round desc, sequence, id"
    _inherit = ["vanban.log.mixin"]
    _rec_name = "code"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True, readonly=True)
    file_id = fields.Many2one("vanban.file", "Version", required=True, ondelete="restrict", readonly=True)
    round = fields.Integer(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Selection(POINTS, "Point", required=True, readonly=True)
    found = fields.Selection(
        [("ok", "As required"), ("missing", "Not as required"), ("unseen", "To be seen by eye")], "Machine's finding", required=True, readonly=True
    )
    detail = fields.Char("What was found", readonly=True)
    ticked = fields.Boolean("Checked", readonly=True)
    note = fields.Char("Checker's remark", readonly=True)
    user_id = fields.Many2one("res.users", "Checked by", readonly=True, ondelete="restrict")
    date = fields.Datetime("Checked on", readonly=True)

    _once = models.Constraint("UNIQUE(file_id, round, code)", "This point is already on the list.")

    def action_tick(self, note=None):
        """The checker has looked at these points; ``note`` says why a point is all right or what is to be corrected."""
        return self._set_tick(True, note)

    def action_untick(self):
        """Take the tick back, in the same step."""
        return self._set_tick(False, None)

    def _set_tick(self, ticked, note):
        for point in self:
            point.check_access("read")
            if point.document_id.state != "format_check" or not point.document_id._may_review():
                message = self.env._("The check-list is ticked by the format checker, while the draft is in this step.")
                point._log_refused("tick", message)
                raise AccessError(message)
            if point.file_id != point.document_id.main_file_id:
                raise UserError(self.env._("The draft has a newer version: press “Check the form” again."))
        self.sudo().write({  # safe: the step belongs to the current user
            "ticked": ticked, "note": note or False, "user_id": self.env.uid if ticked else False,
            "date": fields.Datetime.now() if ticked else False,
        })
        return True


class DocumentLayout(models.Model):
    _inherit = "vanban.document"

    layout_point_ids = fields.One2many("vanban.layout.point", "document_id", "Check-list of form")
    current_point_ids = fields.Many2many("vanban.layout.point", compute="_compute_current_point_ids", string="Form of this version")

    @api.depends_context("uid")
    @api.depends("layout_point_ids.ticked", "main_file_id", "round")
    def _compute_current_point_ids(self):
        for document in self:
            document.current_point_ids = document.layout_point_ids.filtered(
                lambda point, document=document: point.file_id == document.main_file_id and point.round == document.round
            )

    def action_check_layout(self):
        """List what the present version shows of the required form; what was ticked on it stays.

        :return: ids of the points, in the order of Phụ lục I
        """
        self.ensure_one()
        self.check_access("read")
        if not self.drafting_shown:
            message = self.env._("The form of a draft is checked by those who made or supervise it.")
            self._log_refused("check_layout", message)
            raise AccessError(message)
        if self.direction == "in" or self.main_file_id.mimetype != "application/pdf":
            raise UserError(self.env._("The main file is not a PDF: press “Create PDF” first, so that its form can be checked."))
        self._list_layout_points()
        return self.current_point_ids.ids

    def _list_layout_points(self):
        """Once for each version and round, whoever may see them."""
        listed = self.env["vanban.layout.point"].sudo().search_count([  # safe: existence only
            ("document_id", "=", self.id), ("file_id", "=", self.main_file_id.id), ("round", "=", self.round),
        ], limit=1)  # fmt: skip
        if not listed and self.main_file_id.mimetype == "application/pdf":
            place = self.company_id.sudo().vanban_place  # safe: printed on every document
            found = layout_check.check(self.main_file_id._raw(), place=place)
            self.env["vanban.layout.point"].sudo().create([  # safe: findings on a file that the user reads
                {
                    "document_id": self.id, "file_id": self.main_file_id.id, "round": self.round, "sequence": sequence, "code": point.code,
                    "found": {True: "ok", False: "missing", None: "unseen"}[point.ok], "detail": point.detail,
                }
                for sequence, point in enumerate(found)
            ])
            self.invalidate_recordset(["current_point_ids", "layout_point_ids"])

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in ("submit_review", "approve"):
            for document in self.filtered(lambda document: document.state == "format_check"):
                document._list_layout_points()
