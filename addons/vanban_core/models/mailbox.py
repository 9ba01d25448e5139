from odoo import api, fields, models

from ..tools import file_check
from ..tools.file_refused import FileRefused

ALIAS_MODEL = "vanban.document"
# proves to ``message_new`` that the mail came in by the gateway, not by a call of some account
GATEWAY_TOKEN = object()


class Mailbox(models.Model):
    """An e-mail address of the reception desk: what is sent there becomes an incoming document that waits for the clerk."""

    _name = "vanban.mailbox"
    _inherit = ["mail.alias.mixin", "vanban.log.mixin"]
    _description = "Mailbox of the reception desk"

    name = fields.Char("Mailbox", required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id(ALIAS_MODEL)
        values["alias_contact"] = "everyone"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        boxes = super().create(vals_list)
        for box in boxes:
            box.sudo().alias_id.alias_defaults = str({"vanban_mailbox": box.id})  # safe: its own alias
        return boxes

    def _receive(self, message):
        """The incoming document of one mail; its sound attachments become files, the others are named in the note.

        :param dict message: as parsed by the gateway; attachments are taken out of it
        """
        self.ensure_one()
        documents = self.env["vanban.document"].with_company(self.company_id)
        attachments, message["attachments"] = message.get("attachments") or [], []
        sender = (message.get("email_from") or message.get("from") or "")[:200]
        good, refused = [], []
        for attachment in attachments:
            name, content = attachment[0] or "", attachment[1]
            raw = content.encode() if isinstance(content, str) else content or b""
            try:
                documents._check_mail_file(name, raw)
                good.append((name, raw))
            except FileRefused as error:
                refused.append(str(error))
        lines = [self.env._("Received by e-mail from %(sender)s. An e-mail proves nothing about its sender.", sender=sender or "?")]
        lines += [self.env._("Attachment not taken over: %(reason)s", reason=reason) for reason in refused]
        document = documents.create({
            "direction": "in", "company_id": self.company_id.id, "medium": "electronic", "subject": (message.get("subject") or "")[:500],
            "issuer_name": sender, "note": "\n".join(lines), "mailbox_id": self.id,
        })
        # the first PDF is the letter; without one, the first file
        order = sorted(range(len(good)), key=lambda index: not good[index][0].lower().endswith(".pdf"))
        for position, index in enumerate(order):
            name, raw = good[index]
            document._add_file(name, raw, role="annex" if position else "main", stage="received", original=True)
        return document


class DocumentMail(models.Model):
    _inherit = "vanban.document"

    mailbox_id = fields.Many2one("vanban.mailbox", "Received by mailbox", readonly=True, copy=False, ondelete="set null", index="btree_not_null")

    @api.model
    def _check_mail_file(self, name, raw):
        """Raise ``FileRefused`` for what a mail may not bring in."""
        return file_check.check(name, raw, max_bytes=self._max_file_bytes())
