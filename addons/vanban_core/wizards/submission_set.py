from odoo import fields, models


class SubmissionSet(models.TransientModel):
    """A printed set on its way to the browser of whoever asked for it.

    It holds pages that not every reader of the draft may see (the incoming document), so it is no file of the draft.
    """

    _name = "vanban.submission.set"
    _description = "Printed submission set"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    content = fields.Binary(required=True, readonly=True, attachment=False)
