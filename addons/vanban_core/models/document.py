from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.sql import drop_index

from ..tools import number_format, text_fold

INCOMING_STATES = [
    ("received", "New arrival"),
    ("checking", "Being checked"),
    ("waiting_opinion", "Waiting for opinion on acceptance"),
    ("registered", "Registered"),
    ("paper_only", "Handled on paper"),
    ("submitted", "Submitted for distribution"),
    ("distributed", "Distributed"),
    ("in_progress", "In progress"),
    ("done", "Completed"),
    ("filed", "Filed in dossier"),
    ("refused", "Refused"),
    ("returned", "Returned to sender"),
    ("no_value", "Without value"),
]
OUTGOING_STATES = [
    ("draft", "Draft"),
    ("consulting", "Collecting opinions"),
    ("rework", "Returned for revision"),
    ("review_dept", "Department review"),
    ("review_unit", "Unit review"),
    ("legal", "Legal appraisal"),
    ("format_check", "Format check"),
    ("office_review", "Approval by the office leader"),
    ("leader", "Submitted to leader"),
    ("tl_agreed", "Leader agreed, unit signs"),
    ("signed", "Signed"),
    ("clerk_check", "Clerk's check"),
    ("numbered", "Numbered"),
    ("paper_done", "Printed and stamped"),
    ("sealed", "Sealed by the agency"),
    ("issued", "Issued"),
    ("delivered", "Delivered to all"),
    ("recall_requested", "Recall requested"),
    ("cancelled", "Draft cancelled"),
]
URGENCY = [
    ("0", "Normal"),
    ("1", "Urgent (Khẩn)"),
    ("2", "Very urgent (Thượng khẩn)"),
    ("3", "Express (Hỏa tốc)"),
    ("4", "Express at a set hour (Hỏa tốc hẹn giờ)"),
]
URGENT = tuple(level for level, _label in URGENCY if level != "0")
SECRECY = [("0", "None"), ("1", "Confidential"), ("2", "Secret"), ("3", "Top secret")]
# what makes the identity of a public record: fixed once it has a number
FIXED_AFTER_NUMBER = {
    "direction", "company_id", "code_number", "document_code", "arrival_number", "arrival_date", "arrival_register_id",
    "number_date", "register_id", "secrecy",
}  # fmt: skip
FIXED_AFTER_SIGNATURE = FIXED_AFTER_NUMBER | {
    "kind_id", "subject", "code_notation", "issue_date", "issuer_id", "issuer_name", "signer_name", "signer_position",
    "signer_capacity", "signer_id", "urgency",
}  # fmt: skip
# what handlers may still write on a registered incoming document: the rest is the clerk's
# decided once, when the document is created
FIXED_AT_CREATION = {"direction", "company_id"}
RECEPTION = (
    "vanban_core.group_clerk,vanban_core.group_unit_clerk,vanban_core.group_format_checker,vanban_core.group_office_staff"
)
FREE_AFTER_REGISTRATION = {"note", "activity_ids", "message_ids", "message_follower_ids", "upload", "upload_name"}
FIXED_TOKEN = object()
# set while the web client's own reading, logged as one opening, is under way
READING_TOKEN = object()


class Document(models.Model):
    """Incoming, outgoing and internal documents in one table (NĐ 30/2020, Phụ lục VI, Phần II)."""

    _name = "vanban.document"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Document"
    _order = "urgency desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["code", "subject", "document_code"]

    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing"), ("internal", "Internal")], required=True, default="in"
    )
    state = fields.Selection(
        INCOMING_STATES + OUTGOING_STATES + [("recalled", "Recalled")],
        "Status", required=True, default="received", readonly=True, copy=False, index=True,
    )  # fmt: skip
    kind_id = fields.Many2one("vanban.document.kind", "Kind", ondelete="restrict")
    subject = fields.Char("Abstract", index="trigram")
    code_number = fields.Char("Number", copy=False)
    code_notation = fields.Char("Symbol", copy=False)
    code = fields.Char("Number and symbol", compute="_compute_code", store=True, index="trigram")
    issue_date = fields.Date("Document date", copy=False, index=True)
    issuer_id = fields.Many2one("res.partner", "Issuing agency", ondelete="restrict", index=True)
    issuer_name = fields.Char("Name of issuer", compute="_compute_issuer_name", store=True, readonly=False)
    signer_name = fields.Char("Signed by")
    signer_position = fields.Char("Position of signer")
    signer_capacity = fields.Selection(
        [("tm", "TM."), ("q", "Q."), ("kt", "KT."), ("tl", "TL."), ("tuq", "TUQ.")], "Signing capacity"
    )
    urgency = fields.Selection(URGENCY, required=True, default="0")
    secrecy = fields.Selection(SECRECY, "Secrecy", required=True, default="0")
    restricted = fields.Boolean("Restricted", help="Only those who handle it may read it, whatever the agency's visibility.")
    language = fields.Char(default="Tiếng Việt")
    page_count = fields.Integer("Pages", compute="_compute_page_count", store=True, readonly=False)
    note = fields.Text("Note")
    medium = fields.Selection(
        [("electronic", "Electronic"), ("paper", "Paper"), ("both", "Electronic and paper")], required=True, default="electronic"
    )
    document_code = fields.Char("Document identifier", copy=False, index=True)
    reply_required = fields.Boolean("Reply required")
    reply_due_date = fields.Date("Reply due")
    recall_reason = fields.Text("Reason of recall", readonly=True, copy=False)
    recall_date = fields.Datetime("Recalled on", readonly=True, copy=False)

    link_ids = fields.One2many("vanban.document.link", "document_id", "Related documents")
    back_link_ids = fields.One2many("vanban.document.link", "target_id", "Referred to by")
    log_count = fields.Integer("Log rows", compute="_compute_log_count")
    next_action = fields.Char("Next step", compute="_compute_next_action")

    _queue_index = models.Index("(company_id, direction, state)")
    # the order of every list, so that a page of a long queue needs no sorting
    _order_index = models.Index("(urgency DESC, id DESC)")

    def init(self):
        super().init()
        # three values: no list went by it, every registration paid for it
        drop_index(self.env.cr, "vanban_document__direction_index", self._table)

    # --------------------------------------------------------------- computes

    @api.depends("code_number", "code_notation")
    def _compute_code(self):
        for document in self:
            document.code = number_format.code(document.code_number or "", document.code_notation)

    @api.depends("issuer_id")
    def _compute_issuer_name(self):
        for document in self:
            document.issuer_name = document.issuer_id.name or document.issuer_name

    @api.depends("code", "subject")
    def _compute_display_name(self):
        for document in self:
            document.display_name = " – ".join(filter(None, (document.code, document.subject))) or self.env._("New document")
        self._hide_names()

    def _compute_log_count(self):
        log = self.env["vanban.log"].sudo()  # safe: a count only
        counts = dict(log._read_group([("document_id", "in", self.ids)], ["document_id"], ["__count"]))
        for document in self:
            document.log_count = counts.get(document.id, 0)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_next_action(self):
        """The transition that this user should do next (drives the one obvious button)."""
        for document in self:
            document.next_action = next((name for name in document._next_actions() if document._may(name)), False)

    def _next_actions(self):
        """Names of transitions in the order in which they are offered as the next step."""
        return ["check", "register", "submit", "distribute", "start", "done", "file"]

    # ------------------------------------------------------------------- CRUD

    @api.model
    def _initial_state(self, vals):
        direction = vals.get("direction") or self.default_get(["direction"]).get("direction")
        return "received" if direction == "in" else "draft"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalise(vals)
            self._check_may_create(vals)
        # the log is the trace of the document; the chatter is for people's words only
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        documents = super(Document, quiet).create(vals_list).with_env(self.env)
        documents._grant_at_creation()
        documents._log("create")
        return documents

    def write(self, vals):
        self._normalise(vals)
        self._check_fixed(vals)
        return super().write(vals)

    @api.model
    def _check_may_create(self, vals):
        """Incoming documents come in at the reception: clerks and those who scan for them."""
        direction = vals.get("direction") or self.default_get(["direction"]).get("direction")
        if direction == "in" and not self.env.su and not self.env.user.has_groups(RECEPTION):
            message = self.env._("Incoming documents are received by the clerk. Hand the document over to the clerk of your agency.")
            self._log_refused("create", message)
            raise AccessError(message)

    def copy_data(self, default=None):
        raise UserError(self.env._("A document cannot be duplicated: register or draft a new one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        message = self.env._(
            "A document cannot be deleted: it belongs to the public record. Cancel the draft, or recall the issued document instead."
        )
        self._log_refused("delete", message)
        raise AccessError(message)

    @api.model
    def _normalise(self, vals):
        """Unicode NFC at the boundary: files and other systems deliver decomposed Vietnamese (TCVN 6909:2001)."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if isinstance(value, str) and field is not None and field.type in ("char", "text"):
                vals[name] = text_fold.normalize(value)

    def _check_fixed(self, vals):
        if self.env.context.get("vanban_fixed") is FIXED_TOKEN:
            return
        if not self.env.su and vals.keys() - FREE_AFTER_REGISTRATION:
            self._check_registry_edits()
            self._check_fixed_at_creation(vals)
        numbered = self.filtered(lambda document: document.arrival_number or document.number_date)
        signed = self.filtered(lambda document: document.signed_date or document.issued_date)
        for documents, fixed in ((signed, FIXED_AFTER_SIGNATURE), (numbered, FIXED_AFTER_NUMBER)):
            touched = sorted(name for name in vals.keys() & fixed if any(
                document._fields[name].convert_to_write(document[name], document) != vals[name] for document in documents
            ))
            if touched:
                message = self.env._(
                    "“%(document)s” already has its number: %(fields)s can no longer be changed. "
                    "An error is put right by a correction or a replacing document.",
                    document=documents[0].display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in touched),
                )
                documents._log_refused("write_fixed", message)
                raise AccessError(message)

    def _changed_names(self, vals, names):
        """Those of ``names`` to which ``vals`` gives another value."""
        self.ensure_one()
        return [
            name for name in names
            if name in vals and self._fields[name].convert_to_write(self[name], self) != (vals[name] or False)
        ]

    def _check_fixed_at_creation(self, vals):
        for name in vals.keys() & FIXED_AT_CREATION:
            changed = self.filtered(lambda document, name=name: document._fields[name].convert_to_write(document[name], document) != vals[name])
            if changed:
                message = self.env._(
                    "“%(document)s”: direction and agency are decided when a document is created. Create another document.",
                    document=changed[0].display_name,
                )
                changed._log_refused("write_fixed", message)
                raise AccessError(message)

    def _check_registry_edits(self):
        for document in self:
            if document.direction == "in" and document.arrival_number and not document._is_registry():
                message = self.env._(
                    "“%(document)s” is registered: only the clerk may correct its data. Ask the clerk, or write a note.",
                    document=document.display_name,
                )
                document._log_refused("write_fixed", message)
                raise AccessError(message)

    def _write_fixed(self, vals):
        """Write what the flow itself fixes (numbers, dates); never reachable by RPC."""
        # safe: only the flow calls this, after its own checks of right and state
        return self.sudo().with_context(vanban_fixed=FIXED_TOKEN).write(vals)

    def _transition(self, name, target=None, comment=None, principal=None, values=None, data=None):
        flow = self.with_context(vanban_fixed=FIXED_TOKEN) if values else self
        return super(Document, flow)._transition(name, target, comment, principal, values, data)

    @api.constrains("secrecy")
    def _check_secrecy(self):
        for document in self:
            if document.secrecy != "0" and document.sudo().file_ids:  # safe: existence of files only
                raise ValidationError(self._message_secret())

    def _message_secret(self):
        return self.env._(
            "State secrets (Mật, Tối mật, Tuyệt mật) are not kept, sent or received in this system. "
            "Handle the document on paper by the rules on state secrets; no file may be attached."
        )

    # ------------------------------------------------------------------ links

    def _link(self, target, kind):
        """Link ``self`` → ``target`` (kind of ``vanban.document.link``), once."""
        link = self.env["vanban.document.link"].sudo()  # safe: both documents were readable to the caller's flow
        for document in self:
            if not link.search_count([("document_id", "=", document.id), ("target_id", "=", target.id), ("kind", "=", kind)], limit=1):
                link.create({"document_id": document.id, "target_id": target.id, "kind": kind})

    def _linked(self, kind, back=False):
        """Documents linked by ``kind`` (``back``: those that point here)."""
        self.ensure_one()
        if back:
            return self.sudo().back_link_ids.filtered(lambda link: link.kind == kind).document_id  # safe: flow decisions, not shown
        return self.sudo().link_ids.filtered(lambda link: link.kind == kind).target_id  # safe: as above

    def action_open_log(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log of the document"),
            "res_model": "vanban.log",
            "view_mode": "list",
            "domain": [("document_id", "=", self.id)],
        }

    def web_read(self, specification):
        listed = len(self) != 1 or not self.id
        result = super(Document, self.with_context(vanban_reading=READING_TOKEN)).web_read(specification)
        if not listed:
            self._log("open")
        return result

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load)
        # other clients than ours read single documents, too; long lists are searches, not openings
        if self.ids and len(self) <= 5 and not self.env.su and self.env.context.get("vanban_reading") is not READING_TOKEN:
            self._log("open", data={"by": "rpc"})
        return rows


class DocumentLink(models.Model):
    _name = "vanban.document.link"
    _description = "Relation of documents"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    target_id = fields.Many2one("vanban.document", "Related document", required=True, ondelete="restrict", index=True)
    kind = fields.Selection(
        [
            ("answers", "Answers"),
            ("replaces", "Replaces"),
            ("recalls", "Recalls"),
            ("transfers", "Transfers"),
            ("related", "Related to"),
        ],
        "Relation", required=True, default="related",
    )  # fmt: skip

    _once = models.Constraint("UNIQUE(document_id, target_id, kind)", "These documents are already linked in this way.")
    _not_itself = models.Constraint("CHECK(document_id <> target_id)", "A document cannot be linked to itself.")

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        if not self.env.su:
            # a relation says something about the document: only those who handle it say it, about what they may read
            links.document_id.check_access("write")
            links.target_id.check_access("read")
            if any(document.issued_date for document in links.document_id):
                raise AccessError(self.env._("The document is already issued: no relation can be added to it."))
        return links

    @api.ondelete(at_uninstall=False)
    def _unlink_before_issue(self):
        if not self.env.su:
            self.document_id.check_access("write")
        if any(link.sudo().document_id.issued_date for link in self):  # safe: a date only
            raise AccessError(self.env._("The relation cannot be removed: the document is already issued."))

    def write(self, vals):
        if vals.keys() & {"document_id", "target_id", "kind"}:
            raise AccessError(self.env._("A relation is not changed: remove it and make the right one."))
        return super().write(vals)
