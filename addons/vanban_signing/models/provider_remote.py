import base64
import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..remote import RemoteError
from .provider import PERSONAL
from .signing_session import NO_ACCESS

SHOWN = 50


class SigningProviderRemote(models.AbstractModel):
    """A service that holds the signer's key and asks him on his phone; the answer is fetched later (SIGN-25)."""

    _name = "vanban.signing.provider.remote"
    _inherit = "vanban.signing.provider"
    _description = "Remote signing"
    _where = "remote"

    @api.model
    def _certificates(self, certificates, documents, purpose):
        if purpose not in PERSONAL:
            return certificates.browse()
        kind = self._short_name()
        # safe: which service; the secret is not in the database
        return certificates.filtered(lambda one: one.sudo().service_id.active and one.sudo().service_id.kind == kind)

    @api.model
    def _way(self, certificates):
        return {**super()._way(certificates), "service": certificates[:1].sudo().service_id.name}  # safe: a name


class SigningProviderCsc(models.AbstractModel):
    _name = "vanban.signing.provider.csc"
    _inherit = "vanban.signing.provider.remote"
    _description = "Remote signing (CSC API)"


class SigningProviderSmartca(models.AbstractModel):
    _name = "vanban.signing.provider.smartca"
    _inherit = "vanban.signing.provider.remote"
    _description = "Remote signing (SmartCA)"


class SigningJobRemote(models.Model):
    """The run waits for the signer's phone: asked by the open window, and by a job of the server when the window is closed."""

    _inherit = "vanban.signing.job"

    # opens nothing by itself: the service signs only after the confirmation on the phone
    reference = fields.Char("Request at the service", readonly=True, groups=NO_ACCESS)
    expires = fields.Datetime("Waits until", readonly=True)

    def describe(self):
        answer = super().describe()
        job = self._own()
        service = job.certificate_id.service_id
        left = (job.expires - fields.Datetime.now()).total_seconds() if job.state == "waiting" and job.expires else 0
        return {**answer, "service": service.name or "", "seconds": max(0, int(left))}

    def ask(self):
        """Send the digests of everything prepared to the service; the phone shows the request.

        :return: description; state ``waiting``
        :raise UserError: the service does not take the request; the documents stay to be signed
        """
        job = self._own()
        if job.state != "open" or self.env["vanban.signing.provider"]._by_name(job.provider)._where != "remote":
            raise UserError(self.env._("This run cannot be sent to the phone now. Press “Sign” again."))
        sessions = job._asked()
        if not sessions:
            return self.describe()
        names = [session.document_id.display_name for session in sessions[:SHOWN]]
        names += [self.env._("another document")] * (len(sessions) - len(names))
        text = self.env._("%(agency)s: %(count)s documents", agency=job.certificate_id.company_id.name, count=len(sessions))
        certificate = job.certificate_id
        try:
            client = certificate.service_id._client()
            reference = client.begin(certificate.credential, job._digests(sessions), names, text)
        except RemoteError as error:
            sessions.document_id.with_user(job.user_id)._log_refused("sign", str(error))
            raise UserError(str(error)) from error
        wait = datetime.timedelta(minutes=certificate.service_id.wait_minutes)
        job.write({"state": "waiting", "reference": reference, "expires": fields.Datetime.now() + wait, "message": False})
        return self.describe()

    def _asked(self):
        return self.line_ids.session_ids.filtered(lambda one: one.outcome == "open").sorted("id")

    @api.model
    def _digests(self, sessions):
        return [bytes.fromhex(session.digest) for session in sessions]

    def poll(self):
        """Ask the service once whether the signer has confirmed; completes the documents when he has.

        :return: description
        """
        self._own()._poll()
        return self.describe()

    def _poll(self):
        """The same for the server's own job. Only one of window and job does it at a time."""
        job = self.try_lock_for_update()
        if not job or job.state != "waiting":
            return
        sessions = job._asked()
        certificate = job.certificate_id
        try:
            client = certificate.service_id._client()
            signatures = client.fetch(certificate.credential, job.reference, job._digests(sessions))
        except RemoteError as error:
            if not error.passing:
                job._end_remote(str(error))
                return
            signatures = None
        if signatures is not None:
            job._complete_remote(sessions, signatures)
        elif job.expires < fields.Datetime.now():
            job._cancel_remote()
            job._end_remote(self.env._("Nobody confirmed on the phone in time. The documents are not signed; press “Sign” again."), "expired")

    def _complete_remote(self, sessions, signatures):
        own = self.with_user(self.user_id)
        for session, signature in zip(sessions, signatures, strict=True):
            result = {"id": session.id, "signature_b64": base64.b64encode(signature).decode()}
            own._complete_result(session.line_id, session.with_user(self.user_id), result, token_serial=self.certificate_id.credential)
        self.state = "open"
        self._settle()

    def _end_remote(self, message, state="done"):
        for document in self._asked().document_id.with_user(self.user_id):
            document._log_refused("sign", message)
        self._end(state, message)

    def _cancel_remote(self):
        super()._cancel_remote()
        job = self.sudo()  # safe: own run, checked by the caller; or the server's own job
        if job.state == "waiting" and job.reference:
            try:
                job.certificate_id.service_id._client().cancel(job.certificate_id.credential, job.reference)
            except (RemoteError, UserError):
                # the request dies at the service by itself; here its sessions are closed and no answer is taken any more
                job._log("remote_cancel_unreachable")

    @api.model
    def _cron_poll(self):
        """Go on with runs whose window is closed."""
        self = in_vietnamese(self)
        # safe: each run is completed as its own user, with his rights
        waiting = self.sudo().search([("state", "=", "waiting")], limit=200)
        for job in waiting:
            job._poll()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(waiting)):
                break
