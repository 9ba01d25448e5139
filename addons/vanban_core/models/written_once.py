from odoo import api, models
from odoo.exceptions import AccessError


class WrittenOnce(models.AbstractModel):
    """Rows that only the flow writes, once: every other try is refused with words and logged."""

    _name = "vanban.written.once"
    _inherit = ["vanban.log.mixin"]
    _description = "Written once"
    # columns that the flow may fill later, once
    _fill_once = ()

    @api.model
    def _flow_creates(self):
        return self.env.su

    def _flow_writes(self, vals):
        return self.env.su and vals.keys() <= set(self._fill_once)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._flow_creates():
            self._refuse("create")
        return super().create(vals_list)

    def write(self, vals):
        if not self._flow_writes(vals):
            self._refuse("write")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse("delete")

    def _refuse(self, action):
        message = self._message_kept()
        self._log_refused(action, message)
        raise AccessError(message)

    def _message_kept(self):
        # safe: a name in a refusal to whoever already has the record
        name = self[:1].sudo().display_name or self._description
        return self.env._("“%(record)s” is kept as it was written: nobody changes or deletes it.", record=name)
