from odoo import api, models
from odoo.exceptions import AccessError

from .mailbox import ALIAS_MODEL, GATEWAY_TOKEN


class MailThread(models.AbstractModel):
    """The gateway works with full rights, and every account may call it: only real mail to a mailbox of the reception desk passes.

    Real mail is what the server itself fetches, or what the account of the mail server (a system administrator) hands over.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None):
        if self.env.su or self.env.user.has_group("base.group_system"):
            self = self.with_context(vanban_gateway=GATEWAY_TOKEN)
            if model == ALIAS_MODEL:
                custom_values = None  # the values of a mailbox come from its alias only
        return super().message_process(model, message, custom_values, save_original, strip_attachments, thread_id)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        if self._name == ALIAS_MODEL and self.env.context.get("vanban_gateway") is GATEWAY_TOKEN:
            box = self._vanban_mailbox(custom_values)
            if box:
                return box._receive(msg_dict)
        self._vanban_refuse_mail()
        return super().message_new(msg_dict, custom_values)

    @api.model
    def _vanban_mailbox(self, custom_values):
        found = (custom_values or {}).get("vanban_mailbox")
        # safe: the gateway works with full rights; only an existing, active mailbox counts
        return self.env["vanban.mailbox"].sudo().browse(found).exists().filtered("active") if isinstance(found, int) else None

    def message_update(self, msg_dict, update_vals=None):
        self._vanban_refuse_mail()
        return super().message_update(msg_dict, update_vals)

    def _vanban_refuse_mail(self):
        if self._name.startswith("vanban."):
            raise AccessError(self.env._("Records of the document system are not made or changed by e-mail."))
