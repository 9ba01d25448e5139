from odoo import api, fields, models
from odoo.exceptions import AccessError

from .transition_mixin import Transition


class PaperMove(models.Model):
    """One step of the way of a paper original (đường đi văn bản giấy): from whom, to whom, and the receipt (IN-36).

    The receiver signs by confirming under his own account; who, when and from where stand in the log.
    """

    _name = "vanban.paper.move"
    _inherit = ["vanban.transition.mixin"]
    _description = "Hand-over of a paper original"
    _order = "id desc"
    _transitions = (
        Transition("receive", ("handed",), ("received",), who="_is_receiver", effect="_effect_receive"),
        Transition("refuse", ("handed",), ("refused",), who="_is_receiver", comment=True, effect="_effect_back"),
        Transition("take_back", ("handed",), ("taken_back",), who="_is_giver", effect="_effect_back"),
    )

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    urgency = fields.Selection(related="document_id.urgency")
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    kind = fields.Selection(
        [("arrival", "Arrival"), ("handover", "Hand-over"), ("dossier", "Put into the dossier")], "Step", required=True, default="handover"
    )
    from_user_id = fields.Many2one("res.users", "From", ondelete="restrict")
    to_user_id = fields.Many2one("res.users", "To", required=True, ondelete="restrict")
    handed_date = fields.Datetime("Handed over on", required=True)
    received_date = fields.Datetime("Received on")
    note = fields.Char()
    state = fields.Selection(
        [("handed", "Waiting for the receipt"), ("received", "Received"), ("refused", "Not received"), ("taken_back", "Taken back")],
        "Receipt", required=True, default="handed", readonly=True,
    )  # fmt: skip
    may_receive = fields.Boolean(compute="_compute_may_receive")
    code = fields.Char(related="document_id.code", string="Number and symbol")
    subject = fields.Char(related="document_id.subject")
    arrival_number = fields.Integer(related="document_id.arrival_number", string="Arrival number")

    # at any time a paper is on its way to one person only
    _one_way = models.UniqueIndex("(document_id) WHERE state = 'handed'", "The paper is already on its way to somebody.")
    _to_confirm = models.Index("(to_user_id) WHERE state = 'handed'")

    @api.depends("document_id", "to_user_id")
    def _compute_display_name(self):
        for move in self:
            move.display_name = self.env._("Paper of “%(document)s” to %(person)s",
                                           document=move.sudo().document_id.code or "", person=move.sudo().to_user_id.name)
        self._hide_names()

    @api.depends_context("uid")
    @api.depends("state", "to_user_id")
    def _compute_may_receive(self):
        for move in self:
            move.may_receive = move.state == "handed" and move._is_receiver()

    @api.model
    def _initial_state(self, vals):
        return "received" if vals.get("kind") in ("arrival", "dossier") else "handed"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("A paper is handed over with the button of its document."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            message = self.env._("What was handed over stays recorded as it was.")
            self._log_refused("write", message)
            raise AccessError(message)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("What was handed over stays recorded as it was."))

    def _is_receiver(self):
        return self.to_user_id == self.env.user

    def _is_giver(self):
        return self.from_user_id == self.env.user

    def action_receive(self):
        """Confirm that the paper is in one's hands: the signature in the delivery book."""
        return self._transition("receive", values={"received_date": fields.Datetime.now()})

    def action_refuse(self, reason):
        """It did not arrive, or it is another paper: back to who gave it."""
        return self._transition("refuse", comment=reason, values={"note": (reason or "").strip()})

    def action_take_back(self):
        return self._transition("take_back")

    def _effect_receive(self, comment):
        self.document_id._paper_reached(self.to_user_id)

    def _effect_back(self, comment):
        self.document_id._paper_came_back(self, comment)

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": self.document_id.id,
            "views": [(self.document_id.get_formview_id(), "form")],
        }
