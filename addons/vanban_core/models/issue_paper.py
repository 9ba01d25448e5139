from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import agency_code
from .class_list import MEDIUM
from .recipient import RECIPIENT_TOKEN

# profiles whose clerk keeps a stamped paper copy of everything that is issued (P-32)
KEPT_ALWAYS = {"always", "one"}


class IssuePaper(models.Model):
    """Paper of an issued document: printed before the agency's signature, one stamped copy kept (OUT-24, 25, 41…43)."""

    _inherit = "vanban.document"

    printed_copies = fields.Integer("Copies printed", readonly=True, copy=False)
    kept_copy_date = fields.Datetime("Paper copy kept on", readonly=True, copy=False)
    kept_copy_user_id = fields.Many2one("res.users", "Paper copy kept by", readonly=True, copy=False, ondelete="restrict")
    kept_copy_place = fields.Char("Place of the kept copy", readonly=True, copy=False)
    needs_kept_copy = fields.Boolean(compute="_compute_needs_kept_copy")
    paper_beside = fields.Boolean(
        "Paper beside", readonly=True, copy=False,
        help="Numbered, and some of its electronic recipients get a paper line at the issue: it is printed before the agency signs.",
    )
    paper_filed_date = fields.Datetime("Paper copy put into the dossier on", readonly=True, copy=False)

    def _compute_needs_kept_copy(self):
        for document in self:
            document.needs_kept_copy = document._needs_kept_copy()

    # ------------------------------------------------------------------- print

    def _printable_file(self):
        """The numbered version with the personal signature, before the agency's; of ink-signed paper its scan."""
        files = self.sudo().file_ids.filtered(lambda file: file.role == "main")  # safe: the clerk's right was checked
        numbered = files.filtered(lambda file: file.stage == "numbered").sorted("version")[-1:]
        if not numbered and self.signed_on_paper:
            numbered = files.filtered(lambda file: file.stage == "scan").sorted("version")[-1:]
        return numbered.sudo(False)

    def action_print_copies(self, copies=None):
        """Open the version from which paper copies are printed, and note how many (NĐ 30/2020 Đ.16; TH Đ9.2c; BG Đ10.1b).

        :param int copies: number of copies; by default those of the paper recipients and the one that is kept
        :return: an action that opens the PDF
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_clerk():
            message = self.env._("Paper copies are printed by the clerk of the agency.")
            self._log_refused("print", message)
            raise AccessError(message)
        file = self._printable_file()
        if not self._is_printable() or not file:
            raise UserError(self.env._(
                "“%(document)s” has no numbered and signed version yet: allot the number first, then print.", document=self.display_name
            ))
        copies = self._copies_wanted() if copies is None else copies
        if not isinstance(copies, int) or not 1 <= copies <= 10_000:
            raise UserError(self.env._("Give the number of copies, from 1 to 10,000."))
        self._write_fixed({"printed_copies": self.printed_copies + copies})
        self._log("print", data={"copies": copies, "file": file.name, "stage": file.stage, "sha256": file.sha256})
        return {"type": "ir.actions.act_url", "target": "new", "url": f"/web/content/vanban.file/{file.id}/content/{file.name}"}

    def _is_printable(self):
        return bool(self.number_date)

    def _copies_wanted(self):
        """Copies for the recipients on paper, those who get it at the issue too, and the one that the clerk keeps."""
        rows = self.recipient_ids.filtered(lambda row: row.channel == "paper") | self._paper_to_come()
        return sum(max(row.copies, 1) for row in rows) + 1

    # --------------------------------------------------------------- kept copy

    def _is_signed_in_both_forms(self):
        """Regulations and project approvals: one paper copy and one electronic copy, each signed (BHXH PL03-B.II.1a, B.III)."""
        return self.class_id.use_form == "electronic" and self.class_id.submission_form == "both"

    def _needs_kept_copy(self):
        self.ensure_one()
        if self.direction == "in":
            return False
        policy = self.company_id._vanban_profile()._value("paper_retained")
        return policy in KEPT_ALWAYS or self.use_form == "both_single" or self._is_signed_in_both_forms()

    def action_keep_copy(self, place=None):
        """The clerk confirms that one stamped paper copy lies in the clerk's office, in the order of the register (OUT-25)."""
        for document in self:
            problem = None
            if not document._may_clerk():
                problem = AccessError(self.env._("The kept copy is confirmed by the clerk of the agency."))
            elif not document.number_date:
                problem = UserError(self.env._("“%(document)s” has no number yet.", document=document.display_name))
            if problem:
                document._log_refused("keep_copy", str(problem))
                raise problem
            document._keep_copy(place)
        return True

    def _keep_copy(self, place=None):
        self._write_fixed({
            "kept_copy_date": fields.Datetime.now(), "kept_copy_user_id": self.env.uid, "kept_copy_place": (place or "").strip() or False,
        })
        self._log("keep_copy", comment=place)

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "paper_done":
            # printed, stamped and one kept: the same step on the paper way
            for document in self:
                document._keep_copy(comment)
        elif transition.name == "number":
            self._note_paper_beside()

    def _guard_issue(self):
        super()._guard_issue()
        if self._needs_kept_copy() and not self.kept_copy_date:
            raise UserError(self.env._(
                "One stamped paper copy of “%(document)s” must lie in the clerk's office: confirm “One paper copy kept”, then issue.",
                document=self.display_name,
            ))
        if self._is_signed_in_both_forms() and not self._is_paper_only() and self.signed_on_paper:
            raise UserError(self.env._(
                "“%(rule)s” is signed on one paper copy and on one electronic copy: the electronic copy lacks the signer's digital signature.",
                rule=self.class_id.display_name,
            ))

    # ------------------------------------------------------------- paper lines

    def _guard_recipients(self):
        super()._guard_recipients()
        paper = self.recipient_ids.filtered(lambda row: row.channel == "paper")
        if self.use_form == "both_single" and paper:
            raise UserError(self.env._(
                "Of this class one paper copy is kept and none is sent (*): remove the paper of %(names)s, or choose the electronic way.",
                names=", ".join(paper.mapped("name")),
            ))

    def _is_used_in_both_forms(self):
        """Electronic and paper in parallel, by the head's decision, the class or else the kind; not where the paper is only kept."""
        if self.use_form_decided:
            return self.use_form_decided == "both"
        if self.class_id.use_form in MEDIUM:
            return self.class_id.use_form == "both" and not self.class_id.paper_kept_only
        return self.kind_id.use_form == "both"

    def _paper_beside(self):
        """Recipients who get paper beside the electronic document.

        All of a class issued in full on paper (BHXH PL03-B.II.2(**)). Of what is used in both forms all who have not agreed to do
        without it (PL03-B.III; TH Đ7.2; BG Đ6.2), by the catalogue those outside the sector whatever the class (BHXH Đ9.1a).
        """
        parallel = self._is_used_in_both_forms()
        by_catalogue = self.company_id._vanban_profile().paper_policy == "catalogue" and self.use_form != "both_single"
        if not parallel and not by_catalogue and self.use_form != "both_full":
            return self.env["vanban.recipient"]
        electronic = self.recipient_ids.filtered(lambda row: row.channel == "lienthong")
        if self.use_form == "both_full":
            return electronic
        wanted = electronic.filtered(lambda row: not row.partner_id.sudo().vanban_electronic_only)  # safe: a public mark
        if parallel:
            return wanted
        own = self.company_id.partner_id.sudo()  # safe: public codes and marks, here and below
        return wanted.filtered(lambda row: not row.partner_id.sudo()._vanban_in_sector_of(own))

    def _paper_to_come(self):
        """Electronic recipients whose paper line is made at the issue."""
        beside = self._paper_beside()
        have = self.recipient_ids.filtered(lambda row: row.channel == "paper").partner_id if beside else beside.partner_id
        return beside.filtered(lambda row: row.partner_id not in have)

    def _note_paper_beside(self):
        """For the queue of what is to be printed: from the number on, until the lines themselves are made."""
        for document in self.filtered(lambda one: one.number_date and not one.issued_date):
            coming = bool(document._paper_to_come())
            if document.paper_beside != coming:
                document._write_fixed({"paper_beside": coming})

    def _add_paper_lines(self):
        """Paper lines that the class demands for electronic recipients, at issue."""
        model = self.env["vanban.recipient"].sudo().with_context(vanban_recipient=RECIPIENT_TOKEN)  # safe: follows from the issue
        for document in self:
            model.create([
                {
                    "document_id": document.id, "sequence": row.sequence, "partner_id": row.partner_id.id, "name": row.name,
                    "channel": "paper", "paper_reason": "paper_class", "copies": row.copies, "for_information": row.for_information,
                }
                for row in document._paper_to_come()
            ])

    def _effect_issue(self, comment):
        self._add_paper_lines()
        super()._effect_issue(comment)

    # ---------------------------------------------------- paper of the drafter

    def action_file_paper_copy(self):
        """The drafter has the paper copy and has put it into the work dossier (BHXH Đ9.1d)."""
        for document in self:
            problem = None
            if not document._is_drafter():
                problem = AccessError(self.env._("The paper copy is put into the dossier by the drafter."))
            elif not document.issued_date or document.paper_filed_date:
                problem = UserError(self.env._(
                    "“%(document)s” is not issued yet, or its paper copy is already in the dossier.", document=document.display_name
                ))
            elif not document.dossier_item_ids:
                problem = UserError(self.env._(
                    "“%(document)s” is in no dossier yet: put it into its work dossier first.", document=document.display_name
                ))
            if problem:
                document._log_refused("file_paper_copy", str(problem))
                raise problem
            document._write_fixed({"paper_filed_date": fields.Datetime.now()})
            document._done_todos(document.drafter_id)
            for dossier in document.sudo().dossier_item_ids.dossier_id:  # safe: his own document's dossiers, a line in their log
                dossier.sudo(False)._log("file_paper_copy", data={"document": document.code})
            document._log("file_paper_copy")
        return True


class RecipientPaper(models.Model):
    """Recipients may change between the number and the issue."""

    _inherit = "vanban.recipient"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.document_id._note_paper_beside()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"partner_id", "channel"}:
            self.document_id._note_paper_beside()
        return result

    def unlink(self):
        documents = self.document_id
        result = super().unlink()
        documents._note_paper_beside()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    vanban_electronic_only = fields.Boolean(
        "Accepts electronic documents only", help="Has agreed to receive no paper beside the electronic document (BHXH Đ9.1a)."
    )
    vanban_in_sector = fields.Boolean(
        "Of our sector (trong ngành)", help="Gets its documents electronically only (BHXH Đ9.1a). Agencies below the same ministry "
        "or province by their identification code are of our sector without this mark.")

    def _vanban_in_sector_of(self, own):
        """Whether this agency belongs to the sector of ``own``: by its mark or by its code."""
        self.ensure_one()
        mine, theirs = (agency_code.root(partner.vanban_code) for partner in (own, self))
        return self.vanban_in_sector or bool(mine and mine == theirs)
