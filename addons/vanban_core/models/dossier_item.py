from collections import Counter

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time
from .document_files import FILE_TOKEN

# what the people of the dossier may put right while it is open
DESCRIPTION = {"name", "date", "author", "place", "event", "note", "page_count"}
# Only code that holds this object may create rows with a given ordinal or change what a row is.
ITEM_TOKEN = object()


class DossierItem(models.Model):
    """One thing in a dossier: a document, or other material (direction, opinion, photo, sound), with its ordinal.

    The ordinal is given by the system in time order (BHXH Đ13.3b; NĐ 30/2020 PL VI field DocOrdinal).
    """

    _name = "vanban.dossier.item"
    _inherit = ["vanban.log.mixin"]
    _description = "Item of a dossier"
    _order = "dossier_id, ordinal, id"

    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="dossier_id.company_id", store=True)
    dossier_state = fields.Selection(related="dossier_id.state", string="Status of the dossier")
    ordinal = fields.Integer("No.", required=True, readonly=True, default=0)
    code = fields.Char("Code in the dossier", compute="_compute_code", store=True)
    kind = fields.Selection(
        [
            ("document", "Document"),
            ("direction", "Instruction"),
            ("opinion", "Opinion"),
            ("explanation", "Explanatory report"),
            ("pic", "Photo"),
            ("media", "Sound or film"),
            ("other", "Other material"),
        ],
        required=True, default="document",
    )  # fmt: skip
    document_id = fields.Many2one("vanban.document", "Document", ondelete="restrict", index="btree_not_null")
    name = fields.Char("Name and abstract", compute="_compute_from_document", store=True, readonly=False, precompute=True)
    date = fields.Date(compute="_compute_from_document", store=True, readonly=False, precompute=True)
    author = fields.Char(compute="_compute_from_document", store=True, readonly=False, precompute=True)
    page_count = fields.Integer("Pages", compute="_compute_page_count", store=True, readonly=False, precompute=True)
    place = fields.Char()
    event = fields.Char()
    text = fields.Text("Text", help="Direction or opinion that has no file of its own.")
    note = fields.Char()
    content = fields.Binary("Content", attachment=True, copy=False)
    file_name = fields.Char("File name")
    mimetype = fields.Char("Type", readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True)
    size = fields.Integer("Size (bytes)", readonly=True)
    shared = fields.Boolean(
        "Shared in the dossier", default=True, readonly=True,
        help="Filed by somebody who handles the document; what a mere reader files stays visible only to those who may read the document.",
    )  # fmt: skip
    decision = fields.Selection([("keep", "Keep although it is a duplicate")], "Decision", readonly=True)
    decision_reason = fields.Char("Reason of the decision", readonly=True)
    destroyed_date = fields.Datetime("Destroyed on", readonly=True)

    _ordinal_unique = models.Constraint("UNIQUE(dossier_id, ordinal)", "This ordinal number is already used in the dossier.")
    _document_once = models.UniqueIndex(
        "(dossier_id, document_id) WHERE document_id IS NOT NULL", "The document is already in this dossier."
    )

    @api.depends("dossier_id.code", "ordinal")
    def _compute_code(self):
        for item in self:
            code = item.dossier_id.code
            item.code = f"{code}.{item.ordinal:07d}" if code and item.ordinal else False

    @api.depends("document_id.subject", "document_id.issue_date", "document_id.issuer_name", "document_id.code")
    def _compute_from_document(self):
        for item in self:
            document = item.document_id.sudo()  # safe: the item shows what its reader may read of the document in any case
            if document and not item.id and not document.sudo(False).has_access("read"):
                document = document.browse()  # a form in which somebody tries ids
            if document:
                item.name = document.subject
                item.date = document.issue_date or vietnam_time.day(document.create_date or fields.Datetime.now())
                item.author = document.issuer_name or document.company_id.name
            else:
                item.name, item.author = item.name, item.author or self.env.user.name
                item.date = item.date or vietnam_time.today()

    @api.depends("document_id.page_count")
    def _compute_page_count(self):
        for item in self:
            item.page_count = item.document_id.sudo().page_count if item.document_id else item.page_count  # safe: a number

    @api.depends("code", "name")
    def _compute_display_name(self):
        for item in self:
            item.display_name = " – ".join(filter(None, (item.code, item.name))) or str(item.id)
        self._hide_names()

    # -------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        trusted = self.env.context.get("vanban_item") is ITEM_TOKEN
        for vals in vals_list:
            vals.pop("ordinal", None)
            if not trusted and vals.keys() & {"content", "sha256", "decision", "destroyed_date"}:
                raise AccessError(self.env._("Material is added to a dossier with its upload button, not directly."))
            if not vals.get("dossier_id"):
                raise UserError(self.env._("Choose the dossier first."))
        dossiers = self.env["vanban.dossier"].browse({vals["dossier_id"] for vals in vals_list})
        dossiers._check_collecting()
        documents = self.env["vanban.document"].browse(filter(None, (vals.get("document_id") for vals in vals_list)))
        if not self.env.su:
            documents.check_access("read")
            for dossier in dossiers:
                dossier._check_may_file()
        counts = Counter(vals["dossier_id"] for vals in vals_list)
        ordinals = {dossier.id: dossier._take_ordinals(counts[dossier.id]) for dossier in dossiers}
        handled = set((documents if self.env.uid == SUPERUSER_ID else documents._acted_on()).ids)
        for vals in vals_list:
            vals["ordinal"] = next(ordinals[vals["dossier_id"]])
            vals["shared"] = not vals.get("document_id") or vals["document_id"] in handled
        items = super().create(vals_list)
        for dossier in dossiers:
            dossier._grant_documents(items.filtered(lambda item, dossier=dossier: item.dossier_id == dossier).document_id)
        items._log("file_in_dossier", data={"dossier": dossiers.mapped("code")})
        dossiers._start_by_filing()
        return items

    def write(self, vals):
        if self.env.context.get("vanban_item") is not ITEM_TOKEN:
            fixed = vals.keys() - DESCRIPTION
            if fixed:
                message = self.env._("The place of an item in a dossier cannot be changed; take it out with a reason and file it again.")
                self._log_refused("write_fixed", message)
                raise AccessError(message)
            if self.env.su:
                self.dossier_id._check_collecting()
            else:
                for dossier in self.dossier_id:
                    dossier._check_may_file()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_decision(self):
        if self.env.context.get("vanban_item") is not ITEM_TOKEN:
            message = self.env._("An item leaves a dossier only by a decision with its reason (button “Take out”).")
            self._log_refused("delete", message)
            raise AccessError(message)

    # ------------------------------------------------------------------ actions

    def action_take_out(self, reason):
        """Take surplus or duplicate items out of the dossier; documents stay in their register (BĐ Đ4.3-B2)."""
        self._check_decision(reason)
        for item in self:
            item.dossier_id._log(
                "take_out", comment=reason, data={"ordinal": item.ordinal, "name": item.name, "document": item.document_id.id}
            )
            item.dossier_id._revoke_documents(item.document_id)
        # safe: right and reason were just checked; content of other material goes with its row
        self.sudo().with_context(vanban_item=ITEM_TOKEN, vanban_file=FILE_TOKEN).unlink()
        return True

    def action_keep(self, reason):
        """Decide that a duplicate stays."""
        self._check_decision(reason)
        # safe: right and reason were just checked
        self.sudo().with_context(vanban_item=ITEM_TOKEN).write({"decision": "keep", "decision_reason": reason.strip()})
        for item in self:
            item.dossier_id._log("keep_duplicate", comment=reason, data={"ordinal": item.ordinal, "name": item.name})
        return True

    def _check_decision(self, reason):
        self.check_access("read")
        for dossier in self.dossier_id:
            if not dossier._may_handle():
                raise AccessError(self.env._("Only the person who keeps the dossier decides what stays in it."))
        self.dossier_id._check_collecting()
        if not (reason or "").strip():
            raise UserError(self.env._("Please write the reason of the decision."))

    def action_open_content(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": self.document_id.id,
            "views": [(False, "form")],
        }  # fmt: skip

    # ------------------------------------------------------------------ content

    def _attachment(self):
        # safe: only reached through records that the user may read, or by the server's own checks
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "in", self.ids)]
        )

    def _store_content(self, raw):
        self.ensure_one()
        # safe: the row was just made by the flow
        self.env["ir.attachment"].sudo().with_context(vanban_file=FILE_TOKEN).create({
            "name": self.file_name, "raw": raw, "res_model": self._name, "res_field": "content", "res_id": self.id,
            "mimetype": self.mimetype,
        })
        self.invalidate_recordset(["content"])

    def _refuse_content(self, action):
        message = self.env._("Material in a dossier is kept as it is: it can be neither replaced nor deleted. Take it out with a reason.")
        self._log_refused(action, message)
        raise AccessError(message)


class Document(models.Model):
    _inherit = "vanban.document"

    dossier_item_ids = fields.One2many("vanban.dossier.item", "document_id", "Dossiers")

    def _archive_forget(self, reason):
        """Called when the archive destroys these documents: an addon that keeps their bytes or text removes its copies here."""


class IrAttachment(models.Model):
    """The content of dossier material is guarded at the attachment, too, as that of documents is."""

    _inherit = "ir.attachment"

    def _guard_dossier_item(self, action):
        if self.env.context.get("vanban_file") is FILE_TOKEN:
            return
        guarded = self.filtered(lambda attachment: attachment.res_model == "vanban.dossier.item" and attachment.res_field)
        if guarded:
            # safe: only to log what was tried
            self.env["vanban.dossier.item"].sudo().browse(guarded.mapped("res_id")).exists()._refuse_content(action)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_file") is not FILE_TOKEN and any(
            vals.get("res_model") == "vanban.dossier.item" and vals.get("res_field") for vals in vals_list
        ):
            self.env["vanban.dossier.item"]._refuse_content("write")
        return super().create(vals_list)

    def write(self, vals):
        self.sudo()._guard_dossier_item("write")  # safe: reads only what the record belongs to
        if vals.get("res_model") == "vanban.dossier.item" and self.env.context.get("vanban_file") is not FILE_TOKEN:
            self.env["vanban.dossier.item"]._refuse_content("write")
        return super().write(vals)

    def unlink(self):
        self.sudo()._guard_dossier_item("delete")  # safe: reads only what the record belongs to
        return super().unlink()
