import difflib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import letter_fields, text_fold
from .reception_check import CHECK_TOKEN

PDF = "application/pdf"
# roles in which a file of a message arrives; a signature beside a file is one, too
DELIVERED = ("main", "annex", "signature")
COMPARED = ("code_number", "code_notation", "issue_date", "issuer_name", "subject", "signer_name")
OPEN = ("received", "checking", "waiting_opinion", "no_value")


class DocumentReception(models.Model):
    """The clerk's checks before acceptance, stored with their results, and the ways out of them (IN-07 … IN-10, IN-12)."""

    _inherit = "vanban.document"

    check_ids = fields.One2many("vanban.reception.check", "document_id", "Checks before acceptance", domain=[("latest", "=", True)])
    checked_date = fields.Datetime("Checked on", readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", "Checked by", readonly=True, copy=False)
    mismatch_fields = fields.Char(compute="_compute_mismatch_fields", help="Data that disagree with content or signature, as “,signer_name,”.")
    declared_file_count = fields.Integer("Files declared", readonly=True, copy=False, help="Files that the sender's message lists.")
    missing_file_count = fields.Integer(compute="_compute_missing_file_count")
    incomplete_reason = fields.Char("Accepted although incomplete", readonly=True, copy=False)
    addressee_codes = fields.Char("Addressed to", readonly=True, copy=False, help="Codes of the agencies that the message names as recipients.")
    wrong_addressee = fields.Boolean("Wrong addressee", compute="_compute_wrong_addressee")

    @api.depends("check_ids")
    def _compute_mismatch_fields(self):
        for document in self:
            names = {row.field_name for row in document.check_ids if row.result != "ok" and row.field_name}
            document.mismatch_fields = f",{','.join(sorted(names))}," if names else ""

    @api.depends("declared_file_count", "file_ids")
    def _compute_missing_file_count(self):
        for document in self:
            if not document.declared_file_count:  # most come without a list of their files
                document.missing_file_count = 0
                continue
            delivered = len(document.file_ids.filtered(lambda file: file.stage == "received" and file.role in DELIVERED))
            document.missing_file_count = max(0, document.declared_file_count - delivered)

    @api.depends("addressee_codes", "company_id")
    def _compute_wrong_addressee(self):
        for document in self:
            named = {code.strip().upper() for code in (document.addressee_codes or "").split(",") if code.strip()}
            own = {row.code for row in document.company_id.sudo().partner_id.vanban_code_ids}  # safe: own public codes
            own.add(document.company_id.sudo().vanban_code)  # safe: as above
            document.wrong_addressee = bool(named) and not named & {(code or "").upper() for code in own}

    # ----------------------------------------------------------------- checks

    def _after_transition(self, transition, comment):
        """Once every addon has verified what it verifies, the results are put together."""
        super()._after_transition(transition, comment)
        for document in self if transition.name == "check" else ():
            if document.medium != "paper" or document.declared_file_count or document.addressee_codes:
                document._run_checks()

    def action_run_checks(self):
        """Check again, after a file was added or data were corrected."""
        for document in self:
            document.check_access("write")
            if document.direction != "in" or document.state not in OPEN:
                raise UserError(self.env._("“%(document)s” is no longer at the reception desk.", document=document.display_name))
            document._verify_origin()
            document._run_checks()
        return True

    def _verify_origin(self):
        """Verify signatures anew; the signing addon extends."""

    def _verify_before_numbering(self):
        """What was reported before its check comes back from the answer unchecked: nothing is accepted like that (IN-07)."""
        unchecked = self.state == "checking" and self.medium != "paper" and not self._was_checked()
        super()._verify_before_numbering()
        if unchecked:
            with self._own_transaction() as fresh:
                fresh._verify_origin()
                fresh._run_checks()

    def _was_checked(self):
        """Whether somebody let it be checked; what is compared at the arrival of a message does not verify its origin."""
        return bool(self.env["vanban.log"].sudo().search_count([  # safe: existence only
            ("document_id", "=", self.id), ("model", "=", self._name), ("action", "=", "check"), ("outcome", "=", "done"),
        ], limit=1))

    def _run_checks(self):
        """Store one row for each result; rows of an earlier run stay as history."""
        self.ensure_one()
        rows = [*self._check_authenticity(), *self._check_completeness(), *self._check_addressee(), *self._check_consistency()]
        model = self.env["vanban.reception.check"].sudo().with_context(vanban_check=CHECK_TOKEN)  # safe: results of the check just made
        model.search([("document_id", "=", self.id), ("latest", "=", True)]).write({"latest": False})
        model.create([{"document_id": self.id, "user_id": self.env.uid, **row} for row in rows])
        self._write_fixed({"checked_date": fields.Datetime.now(), "checked_by_id": self.env.uid})
        self.invalidate_recordset(["check_ids", "mismatch_fields"])
        self._log("check_reception", data={"not_passed": [row["group"] for row in rows if row["result"] != "ok"]})

    def _check_authenticity(self):
        """Result of the verification of signatures, as the signing addon stored it; without it, nothing could be judged."""
        state, words = self._authenticity()
        results = {"valid": "ok", "invalid": "bad"}
        yield {
            "group": "authenticity", "label": self.env._("Digital signatures"), "found": (words or "")[:250],
            "result": results.get(state, "warning"),
        }

    def _authenticity(self):
        """(``valid`` | ``invalid`` | ``unknown``, words) of the main file; the signing addon answers."""
        return "unknown", self.env._("No verification of digital signatures is installed.")

    def _check_completeness(self):
        if self.declared_file_count:
            missing = self.missing_file_count
            yield {
                "group": "completeness", "label": self.env._("Attached files"), "declared": str(self.declared_file_count),
                "found": str(self.declared_file_count - missing), "result": "bad" if missing else "ok",
            }

    def _check_addressee(self):
        if self.addressee_codes:
            yield {
                "group": "addressee", "label": self.env._("Recipient named in the message"), "declared": self.addressee_codes[:250],
                "found": self.company_id.sudo().vanban_code,  # safe: own public code
                "result": "bad" if self.wrong_addressee else "ok",
            }

    def _check_consistency(self):
        """Field by field: what was declared against the text of the file and the names in its signatures (IN-09)."""
        found = self._fields_in_content()
        signers = [one["name"] for one in self._signature_signers() if one["kind"] == "personal" and one["name"]]
        rows = []
        for name in COMPARED:
            declared = self[name]
            if not declared:
                continue
            shown = declared.strftime("%d/%m/%Y") if name == "issue_date" else str(declared)
            other = found.get(name)
            if name == "signer_name" and signers:
                other = ", ".join(signers)
                agrees = any(_same_words(declared, signer) for signer in signers)
            elif not other:
                continue
            else:
                agrees = _agrees(name, declared, other)
                if name == "issue_date":
                    other = fields.Date.to_date(other).strftime("%d/%m/%Y")
            rows.append({
                "group": "consistency", "field_name": name, "label": self._fields[name]._description_string(self.env),
                "declared": shown[:250], "found": other[:250], "result": "ok" if agrees else "bad",
            })
        return rows

    def _fields_in_content(self):
        """Suggestions of ``letter_fields`` from the main file; {} when it holds no readable text."""
        file = self.main_file_id
        if file.mimetype != PDF:
            return {}
        try:
            return letter_fields.fields_of_pdf(file._raw())
        except Exception:  # noqa: BLE001 - a text layer may be odd in many ways; the check then has nothing to compare
            return {}

    def _signature_signers(self):
        """Signers by the last stored verification: list of ``{"kind": "personal"|"agency", "name", "organisation"}``; signing fills."""
        return []

    # ------------------------------------------------------------------ ways out

    def _guard_register(self):
        super()._guard_register()
        if self.missing_file_count and not self.incomplete_reason:
            raise UserError(self.env._(
                "%(count)s file(s) declared by the sender are missing. Refuse the document, or accept it as it is with a reason.",
                count=self.missing_file_count,
            ))

    def action_accept_incomplete(self, reason):
        """Accept although declared files are missing; the reason stays on record (IN-08)."""
        return self._note_reason("accept_incomplete", "incomplete_reason", reason)

    def _note_reason(self, action, field, reason):
        """Keep the clerk's reason for going on in spite of a defect, once, logged."""
        reason = (reason or "").strip()
        for document in self:
            if not document._is_registry() or document.state not in OPEN:
                message = self.env._("Only the clerk decides this, before the document is registered.")
                document._log_refused(action, message)
                raise UserError(message)
            if not reason:
                raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
            document._write_fixed({field: reason})
            document._log(action, comment=reason)
        return True

    def action_return_wrong_address(self):
        """One click: return a misaddressed document to its sender with that reason (IN-12)."""
        for document in self:
            if not document.wrong_addressee:
                raise UserError(self.env._("“%(document)s” names this agency as its recipient.", document=document.display_name))
            # read by the sender, whatever the clerk's language
            document.action_return(f"Sai nơi nhận: văn bản được gửi tới {document.addressee_codes}.")
        return True


def _same_words(one, other):
    return text_fold.fold(one) == text_fold.fold(other)


def _agrees(name, declared, found):
    """Whether a declared value and the one in the content mean the same, allowing for capitals, accents and line ends."""
    if name == "issue_date":
        return declared.isoformat() == found
    one, other = text_fold.fold(str(declared)), text_fold.fold(found)
    if name == "code_number":
        return one.lstrip("0") == other.lstrip("0")
    if name == "subject":
        one, other = (text.removeprefix("v/v ").removeprefix("ve viec ") for text in (one, other))
        return one in other or other in one or difflib.SequenceMatcher(None, one, other).ratio() > 0.75
    if name == "issuer_name":
        one, other = (text.replace("uy ban nhan dan", "ubnd") for text in (one, other))
        return one in other or other in one
    return one == other
