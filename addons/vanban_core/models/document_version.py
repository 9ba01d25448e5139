import markupsafe

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import file_text, text_diff, vietnam_time


class DocumentVersion(models.Model):
    """Versions of a draft beside each other, and the version that was agreed to (NĐ 30/2020 Đ.11; OUT-07, OUT-08)."""

    _inherit = "vanban.document"

    def compare_versions(self, old_id, new_id):
        """Differences between the texts of two files of the document.

        :return: list of ``[kind, text]``, kinds as in ``tools.text_diff``
        :raise UserError: not two files of this document, or one without text
        """
        self.ensure_one()
        self.check_access("read")
        old, new = self.env["vanban.file"].browse([old_id]).exists(), self.env["vanban.file"].browse([new_id]).exists()
        if not old or not new or (old | new).document_id != self:
            raise UserError(self.env._("Choose two versions of this document."))
        if old.role != new.role:
            raise UserError(self.env._(
                "“%(old)s” and “%(new)s” are not versions of one file: compare the document with the document, an annex with the same annex.",
                old=old.name, new=new.name,
            ))
        texts = [file_text.extract(file._raw(), file.mimetype) for file in (old, new)]
        for file, text in zip((old, new), texts, strict=True):
            if not text.strip():
                raise UserError(self.env._("“%(file)s” holds no text that could be compared (a scan or a picture).", file=file.name))
        self._log("compare", data={"old": old.sha256, "new": new.sha256})
        # of a Word file every line is a paragraph, those of a PDF are lines of a page
        laid_out = tuple(file.mimetype == "application/pdf" for file in (old, new))
        return [list(piece) for piece in text_diff.compare(*texts, laid_out=laid_out)]

    def _versions(self):
        """Main files, oldest first."""
        return self.file_ids.filtered(lambda file: file.role == "main").sorted("version")

    def action_compare_versions(self):
        """Show what the present version changed against the one before it."""
        self.ensure_one()
        versions = self._versions()
        if len(versions) < 2:
            raise UserError(self.env._("There is only one version yet."))
        wizard = self.env["vanban.compare.wizard"].create({
            "document_id": self.id, "old_id": versions[-2].id, "new_id": versions[-1].id,
        })
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.compare.wizard", "res_id": wizard.id, "view_mode": "form",
            "target": "new", "name": self.env._("Compare versions"),
        }  # fmt: skip

    def _compared_html(self, old, new):
        pieces = text_diff.shortened(self.compare_versions(old.id, new.id))
        marks = {"same": "{}", "old": "<del>{}</del>", "new": "<ins>{}</ins>"}
        # every text is escaped: files come from anybody
        shown = markupsafe.Markup(" ").join(markupsafe.Markup(marks[kind]).format(text) for kind, text in pieces)
        return shown.replace("\n", markupsafe.Markup("<br/>"))

    def _check_transition(self, transition, comment):
        super()._check_transition(transition, comment)
        if transition.name in ("sign", "sign_paper"):
            for document in self:
                document._check_agreed_version()

    def _check_agreed_version(self):
        """A draft that was changed after the leader's approval goes before him again (NĐ 30/2020 Đ.11)."""
        agreed = self._round_reviews().filtered(lambda review: review.step == "leader" and review.decision == "approve")[-1:].file_id
        # scans and signed files come after the approval by their nature
        last = self.sudo()._versions().filtered(lambda file: file.stage == "draft")[-1:]  # safe: compares ids
        if agreed and agreed.stage == "draft" and agreed != last:
            raise UserError(self.env._(
                "“%(document)s” was changed after the leader agreed to version %(old)s: return it to the drafter, so that "
                "version %(new)s is submitted to the leader again.",
                document=self.display_name, old=agreed.version, new=last.version,
            ))


class FileVersion(models.Model):
    _inherit = "vanban.file"

    @api.depends("name", "version", "create_date")
    @api.depends_context("uid", "lang", "tz", "vanban_versions")
    def _compute_display_name(self):
        """Versions of one file mostly have one name: where they are chosen, number and time tell them apart."""
        super()._compute_display_name()
        if not self.env.context.get("vanban_versions"):
            return
        for file in self:
            day = vietnam_time.text(file.create_date)
            if file.role == "main":
                file.display_name = self.env._("Version %(number)s – %(name)s – %(day)s", number=file.version, name=file.name, day=day)
            else:
                file.display_name = f"{file.name} – {day}"
        self._hide_names()

    def _earlier_version(self):
        """What this file came after: the main file before it; of an annex what it was made from, or the one of the same name."""
        self.ensure_one()
        alike = self.document_id.file_ids.filtered(lambda file: file.role == self.role and file.id < self.id).sorted("id")
        if self.role == "main":
            return alike.sorted("version")[-1:]
        if self.source_id in alike:
            return self.source_id
        return alike.filtered(lambda file: file.name == self.name)[-1:]
