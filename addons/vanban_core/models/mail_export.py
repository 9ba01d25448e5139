from odoo import SUPERUSER_ID, api, models


class MailMessage(models.Model):
    """A document's file that goes out with a message leaves the system: only by who may read it, and the log says so (SEC-04)."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        carrying = messages.filtered("attachment_ids") if any(vals.get("attachment_ids") for vals in vals_list) else messages.browse()
        carrying._log_files_sent()
        return messages

    def write(self, vals):
        result = super().write(vals)
        if vals.get("attachment_ids"):
            self._log_files_sent()
        return result

    def _log_files_sent(self):
        for message in self.sudo():  # safe: what the message carries; the right to the files is checked below
            attached = message.attachment_ids.filtered(lambda attachment: attachment.res_model in ("vanban.file", "vanban.dossier.item"))
            for model, attachments in attached.grouped("res_model").items():
                records = self.env[model].browse(attachments.mapped("res_id")).exists()
                if self.env.uid != SUPERUSER_ID:
                    records.sudo(False).check_access("read")
                records._log("export", data={"by": "message", "to": message._receivers(), "about": f"{message.model},{message.res_id}"})

    def _receivers(self):
        """Names and addresses of those to whom the message goes."""
        return sorted(
            {partner.email_formatted or partner.name for partner in self.partner_ids}
            | {address for address in (self.incoming_email_to, self.outgoing_email_to) if address}
        )
