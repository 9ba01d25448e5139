import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..package import PackageError, load_profile
from . import malware
from .dossier_archive import ARCHIVE_TOKEN

KINDS = [
    ("plan", "File plan and code"),
    ("metadata", "Complete description"),
    ("complete", "Contents in order, none missing"),
    ("readable", "Files open"),
    ("integrity", "Integrity (SHA-256)"),
    ("authenticity", "Authenticity (digital signatures)"),
    ("format", "Agreed formats"),
    ("malware", "No malware"),
    ("paper", "Paper counterpart"),
]
# formats agreed for preservation; what else comes is for the archivist to judge
AGREED = {
    "application/pdf", "image/jpeg", "image/png", "image/tiff", "audio/mpeg", "audio/wav", "video/mp4", "audio/mp4", "text/plain",
}  # fmt: skip


class HandoverCheck(models.Model):
    """One executed check of the receiving list (ARC-07; NĐ 01/2013 Đ.7.2; NĐ 30/2020 Đ.30.3b; TT 05/2025 Đ.23)."""

    _name = "vanban.handover.check"
    _inherit = ["vanban.log.mixin"]
    _description = "Check at the hand-over"
    _order = "handover_id, dossier_id, id"

    handover_id = fields.Many2one("vanban.handover", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="handover_id.company_id", store=True)
    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(KINDS, "Check", required=True)
    result = fields.Selection(
        [("passed", "Passed"), ("failed", "Failed"), ("manual", "To be judged"), ("not_applicable", "Not applicable")], required=True
    )
    detail = fields.Text("Finding")
    date = fields.Datetime("Checked at", default=fields.Datetime.now, required=True)
    user_id = fields.Many2one("res.users", "Checked by", default=lambda self: self.env.user, required=True, ondelete="restrict")
    judged_note = fields.Char("Judgement of the archivist", readonly=True)

    def _trusted(self):
        return self.env.context.get("vanban_archive") is ARCHIVE_TOKEN

    @api.model_create_multi
    def create(self, vals_list):
        if not self._trusted():
            raise AccessError(self.env._("Results of checks are written by the checks themselves."))
        return super().create(vals_list)

    def write(self, vals):
        if not self._trusted():
            raise AccessError(self.env._("Results of checks are written by the checks themselves."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_run(self):
        if not self._trusted():
            raise AccessError(self.env._("Results of checks cannot be deleted."))

    def kind_label(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def action_judge(self, passed, note):
        """The archivist judges what a machine cannot (``result`` = ``manual``), with a note."""
        for check in self:
            if check.result != "manual":
                raise UserError(self.env._("Only checks that wait for judgement can be judged."))
            if check.handover_id.state != "checking" or not check.handover_id._is_archivist():
                raise AccessError(self.env._("The archivist who checks the hand-over judges it."))
            if not (note or "").strip():
                raise UserError(self.env._("Please write how you checked it."))
            # safe: right and state were just checked
            check.sudo().with_context(vanban_archive=ARCHIVE_TOKEN).write({
                "result": "passed" if passed else "failed", "judged_note": note.strip(), "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            })
            check.handover_id._log("judge", comment=note, data={"check": check.kind, "passed": bool(passed)})
        return True

    @api.model
    def _run(self, handover):
        """Execute the whole list on every dossier of a handover; earlier results of it are replaced, the log keeps them."""
        # safe: results of the server's own checks; the right of the archivist was checked by the transition
        model = self.sudo().with_context(vanban_archive=ARCHIVE_TOKEN)
        if handover.check_ids:
            handover._log("recheck", data=[[check.dossier_id.code, check.kind, check.result] for check in handover.check_ids])
        model.browse(handover.check_ids.ids).unlink()
        rows = []
        for dossier in handover.line_ids.dossier_id:
            for kind, (result, detail) in dossier._handover_checks().items():
                rows.append({
                    "handover_id": handover.id, "dossier_id": dossier.id, "kind": kind, "result": result, "detail": detail,
                    "user_id": self.env.uid,
                })  # fmt: skip
        model.create(rows)
        handover._log("checks", data={row["kind"]: row["result"] for row in rows})


class DossierChecks(models.Model):
    """The checks themselves, each returning (result, finding in words)."""

    _inherit = "vanban.dossier"

    def _handover_checks(self):
        """{kind: (result, detail)} for one dossier."""
        self.ensure_one()
        # safe: the archivist checks everything that is handed over, also what only the archive principal may read
        dossier = self.sudo()
        files = dossier._preserved_files()
        checks = {
            "plan": dossier._check_plan(),
            "metadata": dossier._check_metadata(),
            "complete": dossier._check_complete(),
            "paper": dossier._check_paper(),
        }
        checks.update(dossier._check_files(files))
        checks["authenticity"] = self._check_authenticity(files)
        return checks

    def _preserved_files(self):
        """[(item, ``vanban.file`` or the item itself)] of everything that is preserved: main files, annexes with the signatures
        beside them, other material."""
        self.ensure_one()
        found = []
        for item in self.item_ids.sorted("ordinal"):
            for file in item._item_files():
                found += [(item, file), *((item, beside) for beside in file._beside())]
        return found

    def _check_plan(self):
        line = self.plan_line_id
        if not self.code or self.search_count([("code", "=", self.code)]) != 1:
            return "failed", self.env._("The dossier code is missing or not unique.")
        if line:
            if line.state != "approved":
                return "failed", self.env._("The entry of the file plan is not approved.")
            return "passed", self.env._("In the file plan of %(year)s.", year=line.year)
        if self.company_id.vanban_profile_id.adhoc_dossier == "approval":
            return "failed", self.env._("The dossier is in no approved file plan.")
        return "passed", self.env._("Opened outside the file plan, as the regulation of the agency allows.")

    def _check_metadata(self):
        profile, defects = load_profile("TT05-2025"), []
        try:
            profile.record("file", {**self._package_metadata(), "doc_count": len(self.item_ids)})
        except PackageError as error:
            defects.append(str(error))
        for item in self.item_ids.sorted("ordinal"):
            try:
                profile.record(item._package_kind(), item._package_metadata())
            except PackageError as error:
                defects.append(str(error))
        if defects:
            return "failed", "\n".join(defects[:20])
        return "passed", self.env._("All mandatory data of TT 05/2025 are present.")

    def _check_complete(self):
        items = self.item_ids.sorted("ordinal")
        if items.mapped("ordinal") != list(range(1, len(items) + 1)):
            return "failed", self.env._("The ordinal numbers of the contents have gaps.")
        bare = items.filtered(lambda item: item.document_id and not item.document_id.main_file_id and item.document_id.medium != "paper")
        if bare:
            return "failed", self.env._("Without a file: %(items)s.", items="; ".join(bare.mapped("display_name")))
        if not self._preserved_files():
            return "failed", self.env._("The dossier holds no file.")
        return "passed", self.env._("%(count)s items, in order, each with its file.", count=len(items))

    def _check_paper(self):
        if self.medium == "electronic":
            return "not_applicable", self.env._("Electronic dossier.")
        line = self.handover_line_ids[:1]
        if not (self.sheet_count and self.paper_location):
            return "failed", self.env._("Number of sheets or place of the paper is missing.")
        return "passed", self.env._("%(sheets)s sheets at %(place)s. %(note)s", sheets=self.sheet_count,
                                    place=self.paper_location, note=line.difference_note or "")  # fmt: skip

    def _check_files(self, files):
        """Readable, integrity, format, malware: every file is read once."""
        unreadable, doubtful, changed, odd, infected, unscanned = [], [], [], [], [], False
        scanner = malware.configured(self.env)
        for _item, file in files:
            name = file.file_name if file._name == "vanban.dossier.item" else file.name
            raw = file._attachment().raw or b""
            if file._stored_digest(raw) != file.sha256:
                changed.append(name)
            if not file._opens(raw):
                # what came in cannot be mended by whoever hands it over
                (doubtful if file._is_beside() and file.stage == "received" else unreadable).append(name)
            if file.mimetype not in AGREED and not file._is_beside():
                odd.append(name)
            verdict = scanner.scan(raw) if scanner else None
            if verdict:
                infected.append(f"{name} ({verdict})")
            unscanned = unscanned or not scanner
        return {
            "readable": ("manual", self.env._("Signatures that came in and cannot be opened: %(files)s", files="; ".join(doubtful)))
            if doubtful and not unreadable
            else self._outcome(unreadable, self.env._("Cannot be opened")),
            "integrity": self._outcome(changed, self.env._("Digest differs from the one stored")),
            "format": ("manual", self.env._("Not an agreed format: %(files)s", files="; ".join(odd))) if odd else self._outcome([], ""),
            "malware": ("manual", self.env._("No virus scanner is connected: check with the scanner of the agency and record it."))
            if unscanned
            else self._outcome(infected, self.env._("Infected")),
        }

    def _outcome(self, names, label):
        return ("failed", f"{label}: {'; '.join(names)}") if names else ("passed", self.env._("All files checked."))

    def _check_authenticity(self, files):
        """Verify every signed file now, also one with its signature beside it, and store the result.

        Without the signing addon the archivist judges.
        """
        invalid, unknown, valid = [], [], 0
        for item, file in files:
            if file._name != "vanban.file" or (file.mimetype != "application/pdf" and not file._beside()):
                continue
            result, reason = file._archive_verify()
            if result == "valid":
                valid += 1
            elif result == "invalid" and not (file.stage == "received" and file._beside()):
                invalid.append(f"{item.ordinal}. {file.name}: {reason}")
            elif result:
                unknown.append(f"{item.ordinal}. {file.name}: {reason}")
        if invalid:
            return "failed", "\n".join(invalid)
        if unknown:
            return "manual", "\n".join(unknown)
        if not valid:
            return "not_applicable", self.env._("No digitally signed file.")
        return "passed", self.env._("%(count)s signed files, all signatures valid.", count=valid)


class FileArchive(models.Model):
    _inherit = "vanban.file"

    def _archive_verify(self):
        """("valid" | "invalid" | "unknown" | "", reason); "" when the file claims no signature. Stored by the signing addon."""
        self.ensure_one()
        if "vanban.verification" not in self.env:
            signed = b"/ByteRange" in (self._attachment().raw or b"")
            return ("unknown", self.env._("Signatures cannot be verified here: the signing addon is not installed.")) if signed else ("", "")
        if not self._has_signature():
            return "", ""
        record = self._verify()
        return record.overall, record.reason

    def _verification_report(self):
        """The newest stored report as JSON bytes for a package, b"" when there is none."""
        self.ensure_one()
        if "vanban.verification" not in self.env:
            return b""
        # safe: the report goes into the package of the dossier, which the caller may build
        record = self.env["vanban.verification"].sudo().search([("file_id", "=", self.id)], limit=1)
        if not record:
            return b""
        return json.dumps(json.loads(record.report), ensure_ascii=False, indent=1, sort_keys=True).encode()
