from odoo import models
from odoo.exceptions import AccessError, UserError

from ..pades import LEADER, SEAL, fill, layout, prepare
from ..pades.content_check import require_signable
from ..pades.errors import PadesError


class DocumentSeal(models.Model):
    """The agency signs: only the present custodian, only after the competent person, number and date in the file (SIGN-02, 07, 08, 10…17)."""

    _inherit = "vanban.document"

    # ----------------------------------------------------------------- who may

    def _sealer(self):
        """(unit, body) whose seal this document gets; both empty: the agency itself.

        The series tells (TH Đ7.3; BHXH PL02-4, PL02-6): a document of a body that the agency issues for takes that body's seal, one that
        is numbered in a unit's own register takes the unit's, when the unit has one.
        """
        self.ensure_one()
        unit, body = self.env["hr.department"], self.env["res.partner"]
        document = self.sudo()  # safe: choice of a certificate
        if document.direction == "in" or not document.kind_id:
            return unit, body
        if body := document.issuer_id - document.company_id.partner_id:
            return unit, body
        register = document.register_id or self._register_ahead()
        unit = register.department_id
        return (unit if unit and self.env["vanban.certificate"]._seals_of(document.company_id, unit) else unit.browse()), body

    def _register_ahead(self):
        """The register in which the document would be numbered now, or none."""
        registers = self.env["vanban.register"]
        try:
            return registers._find_for(self)
        except UserError:
            return registers  # the numbering itself will say so

    def _seal_certificate(self):
        return self.env["vanban.certificate"]._seal_of(self.company_id, *self._sealer())

    def _held_seal(self):
        """The key device of the seal that this document gets, when the current user holds it now."""
        return self._held_token(*(record.id for record in self._sealer()))

    def _fill_number(self):
        """Numbered: whoever keeps the unit's own seal is let in and told; the agency's clerks have the document already."""
        super()._fill_number()
        for document in self.filtered(lambda one: one.state == "numbered"):
            unit, _body = document._sealer()
            known = "seal" in document.sudo().access_ids.mapped("source")  # safe: the writing is being repeated, nobody is told twice
            if unit and not known:
                seals = self.env["vanban.certificate"]._seals_of(document.company_id, unit)
                holders = seals.token_ids.holder_id
                # a device that was lent is in the hands of somebody of another unit
                document._grant(users=holders, departments=unit, source="seal")
                holders -= self.env.user
                document._notify(holders, self.env._("The document has its number: seal it with the device of “%(unit)s”.", unit=unit.name))

    def _sealer_name(self):
        unit, body = self._sealer()
        return (unit or body or self.company_id).sudo().display_name  # safe: a name for a refusal

    def _may_seal(self):
        """Only the person who holds the key device now; no group, not even an administrator's, replaces custody."""
        return self._is_outgoing() and bool(self._held_seal())

    def _held_token(self, department_id=False, body_id=False):
        """The key device of the agency, of one of its units or of a body it issues for, that the current user holds now."""
        tokens = (
            self.env["vanban.token"]
            .sudo()
            .search(
                [  # safe: answers only for the current user
                    ("company_id", "=", self.company_id.id),
                    ("certificate_id.company_id", "=", self.company_id.id),
                    ("certificate_id.role", "=", "agency"),
                    ("certificate_id.department_id", "=", department_id),
                    ("certificate_id.body_id", "=", body_id),
                    ("state", "in", ("in_custody", "temp_handover")),
                ]
            )
        )
        return tokens.filtered(lambda token: token.holder_id == self.env.user)[:1]

    def _require_custody(self):
        """Clear and logged refusal before anything else is looked at, also for users who may not even read the document."""
        for document in self:
            known = document.sudo()  # safe: only the agency is read, to name it in the refusal
            if not known.with_user(self.env.user).sudo()._held_seal():
                message = self.env._(
                    "Only the clerk who holds the key device of “%(agency)s” may sign for the agency, in person (NĐ 30/2020 Đ.33). "
                    "%(user)s does not hold it; no administrator's right replaces this.",
                    agency=known._sealer_name(),
                    user=self.env.user.name,
                )
                known.with_user(self.env.user)._log_refused("seal", message)
                raise AccessError(message)

    def _guard_seal(self):
        super()._guard_seal()
        if not self._held_seal():
            raise AccessError(self.env._("Only the present custodian of the agency's key device may seal."))
        if not self._sealed_in_corner() and self.main_file_id.stage not in ("numbered", "sealed"):
            raise UserError(
                self.env._("Number and date are not in the file yet: press “Write number into file” first.")
            )

    def _annexes(self):
        """Annexes in separate files that the agency has not signed yet.

        Another agency's document that goes along with a slip is no annex of ours: it travels as it was received.
        """
        # safe: only whether the source came from outside
        annexes = self.file_ids.filtered(lambda file: file.role == "annex" and file.sudo().source_id.document_id.direction != "in")
        return annexes.filtered(lambda file: file.stage != "sealed" and file not in annexes.source_id)

    # ------------------------------------------------------------------ actions

    def action_seal(self):
        """Sign for the agency with its key device at the server; with the custodian's own device the signing window opens."""
        self._require_custody()
        for document in self:
            document._check_allowed_logged("seal")
        if len(self) > 1 or self.company_id.sudo().vanban_seal_provider != "hsm":  # safe: a setting
            return self._signing_window("seal")
        self._lock()  # the key is not used twice for one document
        provider = self.env["vanban.signing.provider"]._by_name("hsm")
        for document in self:
            if not document._run_with("seal", provider, document._seal_certificate()):
                return document._queued_notice()
        return True

    def action_seal_prepare(self):
        """First phase with the custodian's own device; same shape as ``action_sign_prepare``, completed by ``action_sign_complete…``."""
        self._require_custody()
        for document in self:
            document._check_allowed_logged("seal")
        certificate = self[:1]._seal_certificate()
        return self._prepare_batch(
            certificate,
            lambda document: [document._batch_row(*row) for row in document._prepare_seal(certificate, "agent")],
        )

    def _prepare_seal(self, certificate, provider):
        """[(session, pending)]: annexes first, the main document last, for it ends the flow."""
        self.ensure_one()
        self._check_allowed_logged("seal")
        self._check_not_queued("seal")
        certificate._require_usable()
        if (own := self._seal_certificate()) != certificate:
            message = self.env._(
                "“%(document)s” takes the seal of “%(own)s”, not of “%(other)s”: seal it apart.",
                document=self.display_name, own=own.name, other=certificate.name,
            )  # fmt: skip
            self._log_refused("seal", message)
            raise UserError(message)
        try:
            rows = [self._open_annex(file, certificate, provider) for file in self._annexes()]
            return [*rows, self._open_main(certificate, provider)]
        except PadesError as error:
            self._log_refused("seal", str(error))
            raise UserError(str(error)) from error

    def _complete_seal(self, session, raw, token_serial):
        """Store one signed file; the main one, after all annexes, moves the document to “sealed”."""
        main = session.sudo().purpose == "seal"  # safe: own session
        if main and self._annexes():
            raise UserError(
                self.env._(
                    "Annexes of “%(document)s” are not signed yet; sign them together.", document=self.display_name
                )
            )
        if main:
            self._check_allowed_logged("seal")
        file = self._verify_and_store(session, raw, token_serial)
        if main:
            self._transition(
                "seal", data={"certificate": session.sudo().certificate_id.serial, "token": token_serial}
            )  # safe: own session
        return file

    # -------------------------------------------------------------- place and look

    def _open_main(self, certificate, provider):
        file = self.main_file_id
        raw = file._raw()
        if self._sealed_in_corner():
            raw, look = self._prepared_corner(raw, self._paper_case()), self._appearance(self._paper_case(), certificate)
        else:
            self._check_filled(raw)
            look = self._appearance("seal", certificate)
        return self._open_session(file, "seal", certificate, provider, raw, SEAL, look)

    def _sealed_in_corner(self):
        """Whether the main file carries no personal signature and no places for number and date: paper that was digitised here."""
        self.ensure_one()
        return self.signed_on_paper

    def _paper_case(self):
        """A scan of what was signed with ink is a digitised document or a certified copy, by the profile (P-62)."""
        return "copy" if self._profile_value("paper_signed") == "certified_copy" or not self._look("scan")._is_signed() else "scan"

    def _open_annex(self, file, certificate, provider):
        """Separate annex, at the place of the profile (P-07)."""
        raw = self._prepared_corner(file._raw(), "annex")
        return self._open_session(file, "annex", certificate, provider, raw, SEAL, self._appearance("annex", certificate))

    def _profile_value(self, key):
        return self.company_id._vanban_profile()._value(key)

    def _prepared_corner(self, raw, case):
        """Bytes with a signature field in the corner that the agency's profile asks for; positions never come from the user (SIGN-33)."""
        require_signable(raw)
        return prepare.prepare(raw, layout.Placement(None, None, None, self._corner_box(raw, self._look(case))), checked=True)

    def _check_filled(self, raw):
        texts = {name: value for name, value in self._number_texts().items() if value}
        if fill.values(raw) != texts:
            raise UserError(
                self.env._(
                    "Number and date in the file are not those of the register; nothing was signed. Tell the administrator."
                )
            )
        if self._signature_state(self.main_file_id, LEADER) is None:
            raise UserError(self.env._("The personal signature is not valid any more; nothing was signed."))
