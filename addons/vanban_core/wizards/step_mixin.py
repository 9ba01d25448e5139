from odoo import api, fields, models
from odoo.exceptions import UserError


class StepMixin(models.AbstractModel):
    """One small form for every step that takes a reason or a comment: a model lists its ``_steps`` and a ``step`` field.

    ``_steps``: step → (model, public method, comment mandatory). The method gets the comment and checks right and state
    itself, as when it is called through RPC.
    """

    _name = "vanban.step.mixin"
    _description = "Step with a comment"
    _steps = {}

    res_id = fields.Integer(required=True, readonly=True)
    record_name = fields.Char("Record", compute="_compute_record_name")
    comment = fields.Text()
    comment_required = fields.Boolean(compute="_compute_comment_required")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values.setdefault("res_id", self.env.context.get("active_id"))
        return values

    def _record(self):
        self.ensure_one()
        return self.env[self._steps[self.step][0]].browse(self.res_id)

    @api.depends("step", "res_id")
    def _compute_record_name(self):
        for wizard in self:
            wizard.record_name = wizard._record().display_name if wizard.step and wizard.res_id else False

    @api.depends("step")
    def _compute_comment_required(self):
        for wizard in self:
            wizard.comment_required = bool(wizard.step) and self._steps[wizard.step][2]

    def action_apply(self):
        self.ensure_one()
        comment = (self.comment or "").strip()
        if self.comment_required and not comment:
            raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
        return self._apply(self._record(), comment) or {"type": "ir.actions.act_window_close"}

    def _apply(self, record, comment):
        """Call the method of the step; a wizard with further fields extends, and may return an action to go on with."""
        getattr(record, self._steps[self.step][1])(comment)
