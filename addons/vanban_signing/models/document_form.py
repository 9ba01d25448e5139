from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pades import LEADER, anchors, layout, prepare
from ..pades.content_check import require_signable
from ..pades.errors import PadesError

#: Files that accompany a matter and carry a signature of their own, not that of the document.
ROLES = ("paper", "annex")


class SigningSessionForm(models.Model):
    _inherit = "vanban.signing.session"

    purpose = fields.Selection(selection_add=[("form", "Person, on a form")], ondelete={"form": "cascade"})


class SigningJobForm(models.Model):
    _inherit = "vanban.signing.job"

    purpose = fields.Selection(selection_add=[("form", "Personal signature on a form")], ondelete={"form": "cascade"})


class FileForm(models.Model):
    """Submission slips, proposals, opinion slips: signed by the person whose name the template prints, at its box (SIGN-24)."""

    _inherit = "vanban.file"

    may_sign_form = fields.Boolean(compute="_compute_may_sign_form")

    @api.depends("role", "mimetype", "stage")
    def _compute_may_sign_form(self):
        followed = set(self.search([("source_id", "in", self.ids), ("stage", "=", "signed")]).source_id.ids)
        for file in self:
            fits = file.role in ROLES and file.mimetype == "application/pdf" and file.stage in ("draft", "rendition", "scan")
            file.may_sign_form = fits and file.document_id.direction != "in" and file.id not in followed

    def action_sign_form(self):
        """Open the signing window for this form."""
        self.ensure_one()
        self.check_access("read")
        if not self.may_sign_form:
            raise UserError(self.env._("“%(name)s” is not a form that can be signed, or it is signed already.", name=self.name))
        action = self.document_id._signing_window("form")
        params = {**action["params"], "file_id": self.id, "names": {self.document_id.id: self.name}}
        return {**action, "params": params}


class DocumentForm(models.Model):
    _inherit = "vanban.document"

    def _form_file(self):
        """The form of the present run: a file of this very document that the user may read."""
        file = self.env["vanban.file"].browse(self.env.context.get("vanban_form_file")).exists()
        if not file or file.document_id != self:
            raise UserError(self.env._("Choose the form that is to be signed."))
        file.check_access("read")
        return file

    def _shown_file(self, purpose):
        return self._form_file() if purpose == "form" else super()._shown_file(purpose)

    def _shown_placement(self, purpose, raw):
        return self._form_placement(raw) if purpose == "form" else super()._shown_placement(purpose, raw)

    def _form_placement(self, raw):
        """The box above the printed name of the current user; the template says where, nobody moves it (SIGN-33)."""
        leader = anchors.leader_box(anchors.words(raw), self.env.user.name)
        return layout.Placement(None, None, leader, layout.seal_over(leader, self._seal_diameter()))

    def _prepare_run(self, purpose, certificate, provider):
        if purpose != "form":
            return super()._prepare_run(purpose, certificate, provider)
        file = self._form_file()
        try:
            if not file.may_sign_form:
                raise UserError(self.env._("“%(name)s” is not a form that can be signed, or it is signed already.", name=file.name))
            raw = file._raw()
            require_signable(raw)
            placement = self._form_placement(raw)
            if self._is_file_tool(provider):
                placement = placement.without_leader()
            prepared = prepare.prepare(raw, placement, checked=True)
            look = self._leader_appearance(certificate)
            return [self._open_session(file, "form", certificate, provider, prepared, LEADER, look)]
        except (PadesError, UserError) as error:
            self._log_refused("sign", str(error))
            raise UserError(str(error)) from error

    def _check_completion(self, purpose):
        if purpose == "form":
            self.check_access("read")
        else:
            super()._check_completion(purpose)

    def _signable_now(self, session):
        if session.purpose != "form":
            return super()._signable_now(session)
        return session.file_id if session.file_id.may_sign_form else session.file_id.browse()

    def _store_signed(self, session, raw, token_serial=None):
        if session.sudo().purpose != "form":  # safe: own session
            return super()._store_signed(session, raw, token_serial)
        return self._verify_and_store(session, raw, token_serial)
