from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from ..pades import LEADER, SEAL
from ..vgca import ADDRESS, FileRefused, frames, received
from .provider import PERSONAL, PERSONAL_SESSIONS


class SigningProviderVgca(models.AbstractModel):
    """VGCA Sign Service on the user's machine: takes the prepared file by URL, returns the signed one."""

    _name = "vanban.signing.provider.vgca"
    _inherit = "vanban.signing.provider"
    _description = "VGCA Sign Service"
    _capability = "file"
    _where = "client"

    @api.model
    def _certificates(self, certificates, documents, purpose):
        companies = documents.company_id.sudo()  # safe: settings
        keys = companies.mapped("vanban_seal_provider")
        wanted = all(companies.mapped("vanban_vgca")) if purpose in PERSONAL else set(keys) == {"vgca"}
        if not wanted:
            return certificates.browse()
        return certificates.filtered(lambda one: not one.service_id)

    @api.model
    def _way(self, certificates):
        return {**super()._way(certificates), "address": self._address()}

    @api.model
    def _address(self):
        # safe: an address on the user's own machine
        return self.env["ir.config_parameter"].sudo().get_param("vanban_signing.vgca_address", ADDRESS)


class SigningJobVgca(models.Model):
    _inherit = "vanban.signing.job"

    def tool_calls(self):
        """What the page asks of the tool, in order: ``[{"address", "frame", "sessions": ids}]``. Addresses in it serve once.

        Several documents of one person go in one call, so that the token is unlocked once; a document with annexes needs one
        call for each file, because each carries another kind of signature.
        """
        job = self._own()
        provider = self.env["vanban.signing.provider"]._by_name(job.provider)
        if provider._capability != "file":
            raise UserError(self.env._("This way of signing does not take whole files."))
        sessions = job.line_ids.session_ids.filtered(lambda one: one.outcome == "open").sorted("id")
        if job.purpose == "sign" and len(sessions) > 1:
            upload = self._tool_address("upload", sessions)
            files = [
                (session.id, f"{session.document_id.id}.pdf", self._tool_address("download", session)) for session in sessions
            ]
            calls = [(*frames.several(upload, files), sessions.ids)]
        else:
            calls = [(*self._tool_call(session), session.ids) for session in sessions]
        address = provider._address()
        return [{"address": f"{address}/{function}", "frame": frame, "sessions": ids} for function, frame, ids in calls]

    def _tool_call(self, session):
        document = session.document_id
        date = document.issue_date
        # paper that was digitised here, and copies: the agency certifies what it has copied (sao y điện tử)
        copied = session.purpose == "seal" and document._sealed_in_corner()
        return frames.single(
            "copy" if copied else session.purpose,
            self._tool_address("upload", session),
            self._tool_address("download", session),
            number=document.code_number or "",
            date=date.strftime("%d/%m/%Y") if date else "",
            metadata=None if session.purpose in PERSONAL_SESSIONS else {"SignatureField": SEAL},
        )

    def _tool_address(self, kind, sessions):
        secret = self.env["vanban.signing.ticket"]._issue(kind, self, sessions)
        base = request.httprequest.url_root.rstrip("/") if request else self.get_base_url()
        return f"{base}/vanban/signing/{'file' if kind == 'download' else 'upload'}/{secret}"

    def tool_returned(self, session_ids, message=None):
        """The tool has answered a call: documents whose file did not come back have failed with its words.

        :return: description
        """
        job = self._own()
        missing = job.line_ids.session_ids.filtered(lambda one: one.id in session_ids and one.outcome == "open")
        for line in missing.line_id:
            text = message or self.env._("The signing program did not return the signed file. Sign again.")
            line.write({"state": "failed", "message": text[:500]})
            line._drop_sessions(text)
        job._settle()
        return self.describe()

    # ------------------------------------------------------------- what comes back

    def _take_signed_file(self, ticket, raw):
        """A file that the tool returned, as its user, through the same boundary as every other signature.

        :return: (accepted, message)
        """
        session = ticket.session_ids.filtered(
            lambda one: one.outcome == "open" and received.continues(raw, one.base_length, one.base_sha256)
        )[:1]
        if not session:
            return self._refuse_file(ticket, self._file_problem(ticket.session_ids[:1], raw))
        line = session.line_id
        own = session.with_user(session.user_id).sudo(False).with_company(session.document_id.company_id)
        try:
            with self.env.cr.savepoint():
                own._take_file(raw)
        except UserError as error:
            return self._refuse_file(ticket, str(error), session)
        line._note(own, {"ok": True, "queued": False, "message": ""})
        ticket.job_id._settle()
        if not ticket.session_ids.filtered(lambda one: one.outcome == "open"):
            ticket.used_date = fields.Datetime.now()
        return True, ""

    @api.model
    def _file_problem(self, session, raw):
        try:
            received.new_field(raw, session.base_length, session.base_sha256)
        except FileRefused as error:
            return str(error)
        return self.env._("This file was already returned.")

    @api.model
    def _refuse_file(self, ticket, message, session=None):
        """Nothing is stored; the document of a single call fails with the reason, a call for many goes on."""
        ticket.tries += 1
        if not session and len(ticket.session_ids) == 1:
            session = ticket.session_ids
        if session:
            owner = session.with_user(session.user_id)
            owner.document_id._log_refused("sign" if session.purpose in PERSONAL_SESSIONS else "seal", message)
            session.line_id._note(session, {"ok": False, "queued": False, "message": message})
        if len(ticket.session_ids) == 1 or ticket.tries > 2 * len(ticket.session_ids):
            ticket.used_date = fields.Datetime.now()
        ticket.job_id._settle()
        return False, message


class SigningSessionFile(models.Model):
    _inherit = "vanban.signing.session"

    def _take_file(self, raw):
        """Accept the signed file of a tool for the current user: same checks, same storage as for every provider.

        :raise UserError: not acceptable
        """
        sent = self._take()
        details = self.sudo()  # safe: taken for the current user just above
        document = self.env["vanban.document"].browse(details.document_id.id)
        document._check_completion(details.purpose)
        details.certificate_id._require_usable()
        reserved = (SEAL,) if details.purpose in PERSONAL_SESSIONS else (LEADER,)
        try:
            field = received.new_field(raw, len(sent), details.base_sha256, reserved)
        except FileRefused as error:
            raise UserError(str(error)) from error
        self._set({"field_name": field})
        return document._store_signed(self, raw)


class CompanyVgca(models.Model):
    _inherit = "res.company"

    vanban_vgca = fields.Boolean(
        "VGCA Sign Service", help="The people of the agency sign with VGCA Sign Service on their own machines."
    )
    vanban_seal_provider = fields.Selection(
        selection_add=[("vgca", "VGCA Sign Service")], ondelete={"vgca": "set default"}
    )
    vanban_tsa_policy = fields.Selection(
        [("refuse", "Refuse to sign"), ("queue", "Sign now, go on when the timestamp is there")],
        "When the timestamp service fails",
        default="refuse",
        required=True,
        help="A document never goes on without its timestamp once a service is set (SIGN-23).",
    )
