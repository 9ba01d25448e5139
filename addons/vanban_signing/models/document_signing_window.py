import base64

from odoo import models
from odoo.exceptions import UserError

from ..pades import thumbnail
from ..pades.errors import PadesError
from .provider import PERSONAL, WAYS

LIMIT = 200
OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/msword": "doc",
    "application/rtf": "rtf",
}


class DocumentSigningWindow(models.Model):
    """What the signing window asks: which ways there are, what is to be converted first, where the signature will be."""

    _inherit = "vanban.document"

    def action_sign(self):
        """Open the signing window of the web client for these documents."""
        return self._signing_window("sign")

    def _signing_window(self, purpose):
        if len(self) > LIMIT:
            raise UserError(
                self.env._("Choose at most %(limit)s documents at a time; %(count)s are chosen.", limit=LIMIT, count=len(self))
            )
        return {
            "type": "ir.actions.client",
            "tag": "vanban_signing.sign",
            "target": "new",
            "name": self.env._("Digital signature"),
            "params": {
                "document_ids": self.ids,
                "purpose": purpose,
                "names": {document.id: document.display_name for document in self},
            },
        }

    def signing_overview(self, purpose):
        """What the window shows first.

        :return: ``{"ways": [{"name", "where", …}], "missing": text, "convert": [{"id", "name", "file"}],
            "unfinished": job description or False}``
        """
        self.check_access("read")
        certificates, missing = self._usable_certificates(purpose)
        ways = []
        for name in WAYS:
            provider = self.env["vanban.signing.provider"]._by_name(name)
            reached = provider._certificates(certificates, self, purpose)
            if reached:
                ways.append(provider._way(reached))
        if certificates and not ways:
            missing = self.env._(
                "No way of signing is set up for the certificate of “%(name)s”. Ask the system administrator.",
                name=certificates[0].name,
            )
        return {
            "ways": ways,
            "missing": missing,
            "convert": [
                {"id": document.id, "name": document.display_name, "file": document.main_file_id.name}
                for document in self
                if purpose == "sign" and document.main_file_id and document.main_file_id.mimetype in OFFICE
            ],
            "unfinished": self.env["vanban.signing.job"]._unfinished(purpose, self),
        }

    def _usable_certificates(self, purpose):
        """(certificates that the current user can sign with for this purpose, else why there is none)."""
        registry = self.env["vanban.certificate"]
        try:
            if purpose not in PERSONAL:
                return self._agency_certificate(purpose), ""
            registry._personal_of(self.env.user)
        except UserError as error:
            return registry, str(error)
        # safe: own certificates, public data
        own = registry.sudo().search([("role", "=", "personal"), ("user_id", "=", self.env.uid)])
        return own.filtered(lambda one: one.state == "active"), ""

    def _agency_certificate(self, purpose):
        """The agency's certificate that the current user may use on these documents; other purposes extend.

        :raise UserError: he does not hold the device, or the certificate cannot be used
        """
        self._require_custody()
        return self[:1]._seal_certificate()

    def _prepare_run(self, purpose, certificate, provider):
        """First phase of one document in a run: [(session, ``Pending`` or None)]; other purposes extend."""
        if purpose == "sign":
            return self._prepare_leader(certificate, provider)
        self._require_custody()
        return self._prepare_seal(certificate, provider)

    def _run_with(self, purpose, provider, certificate):
        """Both phases of one document in a run with the device at the server.

        :return: whether the document is through; False when it waits for its timestamp
        """
        rows = self._prepare_run(purpose, certificate, provider._short_name())
        signatures, serial = provider._sign(certificate, [pending.attributes for _session, pending in rows])
        files = [
            self._finish_with(session, signature, serial) for (session, _pending), signature in zip(rows, signatures, strict=True)
        ]
        return all(files)

    def _finish_with(self, session, signature, serial):
        """Second phase with a signature made at the server: the stored file, empty when it waits for its timestamp."""
        raw = self._finish_file(session, session._take(), signature, "seal", serial)
        return self._store_signed(session, raw, serial) if raw else self.env["vanban.file"]

    # ----------------------------------------------------- before the signature

    def _shown_file(self, purpose):
        """The file whose page is shown before the signature; other purposes extend."""
        return self.main_file_id

    def _shown_placement(self, purpose, raw):
        return self._placement(raw)

    def signing_preview(self, purpose):
        """The page that will carry the signature, with the places of signature, seal, number and date.

        :return: ``{"file_id", "page": 1-based, "pages", "image": data URL, "boxes": [{"kind", "label", "left", "top", "width", "height"}],
            "problem": text}``; boxes in percent of the page
        """
        self.ensure_one()
        self.check_access("read")
        file = self._shown_file(purpose)
        if not file or file.mimetype != "application/pdf":
            return {"page": 0, "pages": 0, "image": "", "boxes": [], "problem": ""}
        raw = file._raw()
        labels = {
            "lanh_dao": self.env._("Signature"), "co_quan": self.env._("Seal"), "so": self.env._("Number"), "ngay": self.env._("Date"),
        }  # fmt: skip
        problem, places = "", {}
        try:
            places = thumbnail.places(raw) or thumbnail.of_placement(self._shown_placement(purpose, raw))
        except PadesError as error:
            problem = str(error)
        try:
            shown = thumbnail.page(raw, places, first="lanh_dao" if purpose in PERSONAL else "co_quan")
        except PadesError as error:
            return {"page": 0, "pages": 0, "image": "", "boxes": [], "problem": problem or str(error)}
        return {
            "file_id": file.id,
            "page": shown.number,
            "pages": shown.count,
            "image": "data:image/png;base64," + base64.b64encode(shown.png).decode(),
            "boxes": [{**box, "label": labels.get(box["kind"], "")} for box in shown.boxes],
            "problem": problem,
        }

    def action_sign_convert(self):
        """Make the PDF of a draft that is no PDF, so that it can be looked at and then signed; the source stays (SIGN-35).

        :return: id of the new ``vanban.file``
        """
        self.ensure_one()
        if not self._may("sign"):
            self._check_allowed_logged("sign")  # says why, and keeps the attempt
        source = self.main_file_id
        extension = OFFICE.get(source.mimetype)
        if not extension:
            raise UserError(self.env._("“%(name)s” cannot be converted to PDF. Have a PDF put in.", name=source.name or ""))
        pdf = self._to_pdf(source._raw(), extension)
        name = f"{source.name.rsplit('.', 1)[0]}.pdf"
        reason = self.env._("Converted for signing")
        return self._add_file(name, pdf, role="main", stage="draft", reason=reason, source=source).id
