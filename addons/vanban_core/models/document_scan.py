from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import scan_check

PAPER = ("paper", "both")
UNDECIDED = ("received", "checking", "waiting_opinion")


class FileScan(models.Model):
    _inherit = "vanban.file"

    scan_report = fields.Text("Below the digitisation standard", readonly=True)


class DocumentScan(models.Model):
    """Paper and its scan: what must, may and must not be digitised, how well, and what stays on paper (IN-14 … IN-21)."""

    _inherit = "vanban.document"

    on_paper = fields.Boolean("Handled on paper", copy=False, help="Registered without a file; the paper goes from hand to hand.")
    on_paper_reason = fields.Char("Why on paper", copy=False)
    paper_annex_count = fields.Integer("Annexes on paper", help="Attached sheets or dossiers that are not digitised.")
    paper_annex_note = fields.Char("What the annexes are")
    paper_annex_asked = fields.Boolean(compute="_compute_paper_annex_asked")
    scan_report = fields.Text(related="main_file_id.scan_report", related_sudo=False)
    digitised = fields.Selection(
        [("unsigned", "Digitised from paper – not yet certified"), ("certified", "Digitised – certified")],
        "Digitised document", compute="_compute_digitised",
    )  # fmt: skip

    @api.depends("medium", "direction", "company_id")
    def _compute_paper_annex_asked(self):
        for document in self:
            profile = document.company_id._vanban_profile() if document.direction == "in" and document.company_id else None
            document.paper_annex_asked = bool(profile) and document.medium in PAPER and profile._value("scan_annexes") == "no"

    @api.depends("main_file_id", "direction")
    def _compute_digitised(self):
        for document in self:
            if document._is_digitised():
                document.digitised = "certified" if document._has_agency_mark() else "unsigned"
            else:
                document.digitised = False

    def _is_digitised(self):
        """Whether the main file was made from paper here (văn bản số hóa từ văn bản giấy)."""
        if self.direction != "in" or self.medium not in PAPER:
            return False
        file = self.main_file_id
        while file.source_id:  # a signature makes a new version of the scan
            file = file.source_id
        return file.stage == "scan"

    def _has_agency_mark(self):
        """Whether the file on show is already signed by the agency; cheap, for display. Routing asks the full verification."""
        return self.main_file_id.stage == "sealed"

    # ---------------------------------------------------------------- upload

    def _check_upload(self, role):
        super()._check_upload(role)
        if self.direction == "in" and role in ("main", "annex"):
            if self._scan_rule() == "forbidden":
                raise UserError(self._message_not_digitised())
            if self.on_paper and role == "main":
                raise UserError(self.env._("“%(document)s” is handled on paper: untick this before attaching a scan.", document=self.display_name))

    def _judge_file(self, info, raw, role, stage):
        """Size (P-10) and digitisation standard (P-09) of a scan, judged by its bytes before anything is stored.

        :raise UserError: larger than the agency digitises, or below a standard that the agency enforces
        """
        facts = super()._judge_file(info, raw, role, stage)
        if not self._judges_scans() or stage != "scan" or role not in ("main", "annex"):
            return facts
        if role == "annex" and info.extension not in ("pdf", "jpg"):
            return facts  # an editable file sent along is no scan
        profile = self.company_id._vanban_profile()
        limit = int(profile._value("scan_max_mb") or 0)
        if limit and info.size > limit * 1024 * 1024:
            self._refuse_scan(self.env._(
                "“%(file)s” has %(size)s MB. Scans over %(limit)s MB are not digitised here: choose “Handle on paper”, which keeps "
                "the registration without a file.",
                file=info.name, size=f"{info.size / 1024 / 1024:.1f}".replace(".", ","), limit=limit,
            ))
        report = scan_check.examine(raw) if info.extension == "pdf" else scan_check.not_a_pdf(info.extension)
        if report.problems and profile.scan_standard == "refuse":
            self._refuse_scan(self.env._(
                "“%(file)s” does not meet the digitisation standard:\n%(problems)s\nScan it again with these settings.",
                file=info.name, problems=report.text,
            ))
        return {**facts, "scan_report": report.text} if report.problems else facts

    def _judges_scans(self):
        """Whether what this document gets from the scanner must meet the standard."""
        return self.direction == "in"

    def _refuse_scan(self, message):
        self._log_refused("upload", message)
        raise UserError(message)

    # ---------------------------------------------------------- handled on paper

    def action_handle_on_paper(self, reason=None):
        """“Xử lý bản giấy”: the document is registered without a file and goes on as paper (IN-16, IN-18)."""
        for document in self:
            document.check_access("write")
            if document.direction != "in" or document.state not in UNDECIDED or document.main_file_id:
                message = self.env._(
                    "“%(document)s” already has a file or is registered: use “Handle on paper” before.", document=document.display_name
                )
                document._log_refused("handle_on_paper", message)
                raise UserError(message)
            document.write({"on_paper": True, "on_paper_reason": (reason or "").strip() or document.on_paper_reason, "medium": "paper"})
            document._log("handle_on_paper", comment=reason)
        return True

    @api.onchange("on_paper")
    def _onchange_on_paper(self):
        if self.on_paper:
            self.medium = "paper"

    def _guard_register(self):
        super()._guard_register()
        if self.on_paper and not (self.on_paper_reason or "").strip() and self._scan_rule() == "required":
            raise UserError(self.env._("Write why this document is handled on paper although its class is digitised."))

    def _needs_file(self):
        """Whether registration asks for the file: always electronic documents, paper by the catalogue (IN-14, IN-18…20)."""
        return super()._needs_file() and not self.on_paper and self._scan_rule() in ("required", "none")

    def _stays_on_paper(self):
        return self.on_paper or (self.medium == "paper" and not self.main_file_id)

    def _after_registration(self):
        """What has no file goes on as paper at once; its custody is followed from here (5.1: registered → paper_only)."""
        super()._after_registration()
        if self._stays_on_paper():
            self._flow("keep_on_paper", comment=self.on_paper_reason or self.env._("Not digitised by the catalogue"))

    # -------------------------------------------------------- agency's signature

    def _check_transition(self, transition, comment):
        super()._check_transition(transition, comment)
        if transition.name == "submit" and self._is_digitised():
            self._check_scan_signed()

    def _check_scan_signed(self):
        """A digitised document is complete only with the signature of the agency that digitised it (IN-21)."""
        policy = self.company_id._vanban_profile().scan_sign_policy
        if policy == "refuse" and not self._has_valid_agency_signature():
            raise UserError(self.env._(
                "“%(document)s” is digitised from paper and lacks the digital signature of the agency. "
                "Certify the scan before it is passed on.", document=self.display_name,
            ))
        if policy == "warn" and not self._has_agency_mark():
            self._log("scan_unsigned")

