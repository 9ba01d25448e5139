import json

from odoo import api, fields, models
from odoo.exceptions import UserError

FINAL_STATES = {"filed", "refused", "returned", "no_value", "attached", "recalled", "delivered", "cancelled"}
# the identity of a document is typed while these states last; later it is part of the register
INCOMING_OPEN = ("received", "checking", "waiting_opinion")
OUTGOING_OPEN = ("draft", "consulting", "rework")


class DocumentInterface(models.Model):
    """What the web client asks of a document: which buttons, which file beside the form, which course so far."""

    _inherit = "vanban.document"

    allowed_actions = fields.Char(
        compute="_compute_allowed_actions",
        help="Transitions open to the current user, as “,check,register,”; drives the buttons of the form.",
    )
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_upload = fields.Boolean(compute="_compute_can_edit")
    main_stage = fields.Selection(related="main_file_id.stage", string="Stage of the main file")
    main_mimetype = fields.Char(related="main_file_id.mimetype", string="Type of the main file", related_sudo=False)
    upload = fields.Binary("File to attach", compute="_compute_upload", inverse="_inverse_upload", attachment=False)
    upload_name = fields.Char("Name of the file to attach", compute="_compute_upload", inverse="_inverse_upload")

    last_return_comment = fields.Text("Reason of the return", compute="_compute_last_return_comment")

    @api.depends_context("uid")
    @api.depends("review_ids", "round")
    def _compute_last_return_comment(self):
        last = {review.document_id.id: review for review in self.filtered("drafting_shown")._given_reviews()}
        for document in self:
            review = last.get(document._origin.id)
            document.last_return_comment = review.comment if review and review.decision == "return" else False

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        names = list(self._transition_table())
        for document in self:
            allowed = [name for name in names if document.id and document._may(name)]
            document.allowed_actions = f",{','.join(allowed)}," if allowed else ""

    @api.depends_context("uid")
    @api.depends("state", "direction", "main_file_id")
    def _compute_can_edit(self):
        for document in self:
            editable = INCOMING_OPEN if document.direction == "in" else OUTGOING_OPEN
            mine = not document.id or document._can_act()
            document.can_edit = document.state in editable and mine
            document.can_upload = mine and document._accepts_main_file()

    def _accepts_main_file(self):
        """Whether the upload button is of any use now."""
        try:
            self._check_upload("main")
        except UserError:
            return False
        return True

    def _compute_upload(self):
        self.upload = False
        self.upload_name = False

    @api.model_create_multi
    def create(self, vals_list):
        uploads = [(vals.pop("upload", None), vals.pop("upload_name", None)) for vals in vals_list]
        documents = super().create(vals_list)
        # only now does the creator have the right to the new document; still the same transaction
        for document, (content, name) in zip(documents, uploads, strict=True):
            document._take_upload(content, name)
        return documents

    def _inverse_upload(self):
        """Store the file chosen beside the form in the same transaction as the data of the form."""
        for document in self:
            document._take_upload(document.upload, document.upload_name)

    def _take_upload(self, content, name):
        if content:
            electronic = self.direction == "in" and self.medium == "electronic"
            self.upload_file(name or self.env._("document.pdf"), content, stage="received" if electronic else None)

    def get_reader_files(self):
        """Files to read beside the form, the current main file first.

        :return: list of ``{id, name, label, mimetype, size}`` (size in bytes)
        """
        self.ensure_one()
        self.check_access("read")
        roles = dict(self.file_ids._fields["role"]._description_selection(self.env))
        stages = dict(self.file_ids._fields["stage"]._description_selection(self.env))
        shown = self.file_ids.filtered(lambda file: file.role != "packet").sorted(
            lambda file: (file != self.main_file_id, file.role != "main", -file.id)
        )
        return [
            {
                "id": file.id,
                "name": file.name,
                "label": " · ".join(
                    filter(None, (roles.get(file.role), stages.get(file.stage), file.name))
                ),
                "mimetype": file.mimetype,
                "size": file.size,
            }
            for file in shown
        ]

    def get_course(self):
        """Steps taken so far, oldest first.

        :return: list of ``{id, label, user, principal, date, comment, seconds, final}``; ``seconds`` is how long the
            document then stayed (for the last step: until now), ``date`` is UTC
        """
        self.ensure_one()
        self.check_access("read")
        shown = self._shown_steps()
        labels = dict(self._fields["state"]._description_selection(self.env))
        initial = "received" if self.direction == "in" else "draft"
        steps = []
        for row, comment in shown:
            state = json.loads(row.data or "{}").get("to") or initial
            steps.append({
                "id": row.id,
                "label": labels.get(state, state),
                "user": row.user_name,
                "principal": row.principal_name,
                "date": fields.Datetime.to_string(row.date),
                "comment": comment,
                "seconds": 0,
                "final": state in FINAL_STATES,
            })
        ends = [row.date for row, _comment in shown[1:]] + [fields.Datetime.now()]
        for step, (row, _comment), end in zip(steps, shown, ends, strict=True):
            step["seconds"] = max(0, int((end - row.date).total_seconds()))
        return steps

    def get_formview_id(self, access_uid=None):
        view = "document_incoming_view_form" if self[:1].direction == "in" else "document_outgoing_view_form"
        return self.env.ref(f"vanban_core.{view}").id
