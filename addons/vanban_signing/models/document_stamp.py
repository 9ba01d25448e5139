from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.tools import vietnam_time

from ..pades import STAMPS, stamp
from ..pades.errors import PadesError

PURPOSES = ("incoming", "unit_incoming", "scan")
OVER = ("received", "checking", "waiting_opinion", "refused", "returned", "no_value", "recalled")


class SigningSession(models.Model):
    _inherit = "vanban.signing.session"

    purpose = fields.Selection(
        selection_add=[
            ("incoming", "Agency, on an incoming document"),
            ("unit_incoming", "Unit, on an incoming document"),
            ("scan", "Agency, on a digitised document"),
        ],
        ondelete={"incoming": "cascade", "unit_incoming": "cascade", "scan": "cascade"},
    )  # fmt: skip


class DocumentStamp(models.Model):
    """The agency signs what it received or digitised (BHXH Đ7.4a, Đ8.1; TH Đ8.5c; IN-21, IN-22, SIGN-15, SIGN-16).

    The signature is one more incremental update of the file as received; the received bytes stay as a file of their own.
    """

    _inherit = "vanban.document"

    authentication = fields.Selection(
        [("none", "Not asked for"), ("waiting", "Not yet signed"), ("agency", "Signed by the agency"), ("both", "Signed by agency and unit")],
        "Signature of the receiving agency", compute="_compute_authentication",
    )  # fmt: skip
    authentication_problem = fields.Char("Why the agency has not signed", readonly=True, copy=False)
    may_authenticate = fields.Boolean(compute="_compute_authentication")
    is_digitised = fields.Boolean("Digitised from paper", compute="_compute_authentication")

    @api.depends("state", "main_file_id", "arrival_number", "entry_ids")
    @api.depends_context("uid")
    def _compute_authentication(self):
        signed = self._signed_purposes()
        for document in self:
            done, case = signed.get(document.id, set()), document._incoming_case()
            document.is_digitised = case == "scan"
            if document.direction != "in":
                document.authentication, document.may_authenticate = False, False
                continue
            if "unit_incoming" in done and done & {"incoming", "scan"}:
                document.authentication = "both"
            elif done & {"incoming", "scan"}:
                document.authentication = "agency"
            else:
                document.authentication = "waiting" if document._must_authenticate(case) else "none"
            document.may_authenticate = document.state not in OVER and bool(case) and bool(document._open_stamp(done))

    def _signed_purposes(self):
        """{document id: purposes for which the receiving agency has signed}."""
        sessions = self.env["vanban.signing.session"].sudo()  # safe: only which kinds of signature exist
        domain = [("document_id", "in", self.ids), ("purpose", "in", PURPOSES), ("outcome", "=", "done")]
        groups = sessions._read_group(domain, ["document_id"], ["purpose:array_agg"])
        return {document.id: set(purposes) for document, purposes in groups}

    def _incoming_case(self):
        """``scan`` for paper that we digitised, ``incoming`` for an electronic document, None without a PDF."""
        file = self.main_file_id
        while file.source_id and file.source_id.role == "main":
            file = file.source_id
        if self.direction != "in" or file.mimetype != "application/pdf":
            return None
        return "scan" if file.stage == "scan" else "incoming"

    def _must_authenticate(self, case):
        if case == "incoming":
            return self._authenticates_incoming() and self._look("incoming")._is_signed()
        return case == "scan" and self._look("scan")._is_signed()

    def _stamp_rows(self):
        """``[{"organisation", "number", "date", "department_id"}]``: the agency's stamp first, then those of units."""
        self.ensure_one()
        given = self._stamps() if hasattr(self, "_stamps") else []
        rows = [row for row in given if row.get("number")]
        if not any(not row.get("department_id") for row in rows) and self.arrival_number:
            day = vietnam_time.day(self.arrival_date) if self.arrival_date else vietnam_time.today()
            rows.insert(0, {"organisation": "", "number": self.arrival_number, "date": day, "department_id": False})
        return sorted(rows, key=lambda row: bool(row.get("department_id")))

    def _open_stamp(self, done):
        """The stamp that the current user can give now with a key device he holds, or None."""
        case = self._incoming_case()
        for row in self._stamp_rows():
            unit = row.get("department_id") or False
            purpose = "unit_incoming" if unit else case
            if purpose not in done and (unit or not done & {"incoming", "scan"}) and self._held_token(unit):
                return {**row, "purpose": purpose, "case": "incoming" if unit else case}
        return None

    # ------------------------------------------------------------------- actions

    def action_authenticate(self):
        """Sign the incoming document for the agency, or for the unit whose key device the user holds."""
        if any(document.company_id.sudo().vanban_seal_provider != "hsm" for document in self):  # safe: a setting
            for document in self:
                document._require_stamp()
            return self._signing_window("authenticate")
        self._lock()  # the key is not used twice for one document
        provider = self.env["vanban.signing.provider"]._by_name("hsm")
        for document in self:
            certificate = document._stamp_certificate(document._require_stamp())
            if not document._run_with("authenticate", provider, certificate):
                return document._queued_notice()
        return True

    def _agency_certificate(self, purpose):
        if purpose != "authenticate":
            return super()._agency_certificate(purpose)
        return self[:1]._stamp_certificate(self[:1]._require_stamp())

    def _prepare_run(self, purpose, certificate, provider):
        if purpose != "authenticate":
            return super()._prepare_run(purpose, certificate, provider)
        return [self._prepare_stamp(self._require_stamp(), certificate, provider)]

    def action_authenticate_prepare(self):
        """First phase with the custodian's own device; same shape as ``action_sign_prepare``."""
        certificate = self[:1]._stamp_certificate(self[:1]._require_stamp())

        def work(document):
            row = document._require_stamp()
            return [document._batch_row(*document._prepare_stamp(row, certificate, "agent"))]

        return self._prepare_batch(certificate, work)

    def _require_stamp(self):
        """The stamp to give now; UserError or AccessError, logged, when there is none for this user."""
        self.ensure_one()
        self.check_access("read")
        try:
            if self.direction != "in" or not self._incoming_case():
                raise UserError(
                    self.env._("“%(document)s” has no PDF that the agency could sign.", document=self.display_name)
                )
            if self.state in OVER or not self._stamp_rows():
                raise UserError(
                    self.env._("The agency signs an incoming document after its registration: press “Register” first.")
                )
            if not self._look(self._incoming_case())._is_signed():
                raise UserError(
                    self.env._(
                        "By the regulation of “%(agency)s” this document is not signed on arrival.",
                        agency=self.company_id.name,
                    )
                )
            if row := self._open_stamp(self._signed_purposes().get(self.id, set())):
                return row
            if self.authentication in ("agency", "both"):
                raise UserError(
                    self.env._(
                        "“%(document)s” already carries the signature of the agency.", document=self.display_name
                    )
                )
            raise AccessError(
                self.env._(
                    "Only the clerk who holds the key device of “%(agency)s” may sign for the agency, in person (NĐ 30/2020 Đ.33). "
                    "%(user)s does not hold it; no administrator's right replaces this.",
                    agency=self.company_id.name,
                    user=self.env.user.name,
                )
            )
        except (UserError, AccessError) as error:
            self._log_refused("seal", str(error))
            raise

    def _stamp_certificate(self, row):
        if row.get("department_id"):
            certificate = self._held_token(row["department_id"]).certificate_id
            certificate._require_usable()
            return certificate
        return self._seal_certificate()

    def _prepare_stamp(self, row, certificate, provider):
        """(session, pending) for one stamp on the present main file."""
        file, look = self.main_file_id, self._look(row["case"])
        width, height = look._measures_mm(self._seal_diameter())
        appearance = self._appearance(row["case"], certificate, row)
        try:
            place = stamp.place(
                file._raw(), where=look.place, width_mm=width, height_mm=height, margin_mm=look.margin_mm, top_mm=look.top_mm,
                order=1 if row.get("department_id") else 0,
            )  # fmt: skip
            return self._open_session(
                file, row["purpose"], certificate, provider, place.pdf, place.field, appearance,
                self._stamp_reason(row, certificate),
            )  # fmt: skip
        except PadesError as error:
            self._log_refused("seal", str(error))
            raise UserError(str(error)) from error

    def _stamp_reason(self, row, certificate):
        """The words of the stamp in the signature itself, too."""
        look = self._look(row["case"])
        return "; ".join(look._texts(self.company_id._vanban_profile(), self._look_words(certificate, row)))[:250] or None

    def _check_completion(self, purpose):
        if purpose in PURPOSES:
            self._require_stamp()
        else:
            super()._check_completion(purpose)

    def _complete_seal(self, session, raw, token_serial):
        if session.sudo().purpose in PURPOSES:  # safe: own session
            return self._complete_stamp(session, raw, token_serial)
        return super()._complete_seal(session, raw, token_serial)

    def _complete_stamp(self, session, raw, token_serial):
        """Store the stamped file; the boundary is that of every signature, but the sender's ones may be of unknown trust."""
        file = self._verify_and_store(session, raw, token_serial)
        self._write_fixed({"authentication_problem": False})
        details = session.sudo()  # safe: own session
        self._log(
            "authenticate",
            data={
                "purpose": details.purpose,
                "certificate": details.certificate_id.serial,
                "sha256": file.sudo().sha256,
            },
        )
        return file

    def _problem_of(self, session, raw, report):
        if session.purpose not in PURPOSES:
            return super()._problem_of(session, raw, report)
        if session.file_id != self.main_file_id or not raw.startswith(session.file_id._raw()):
            return self.env._("The document was changed after the signature was prepared. Press “Sign” again.")
        before = {one.field: one for one in session.file_id._report().signatures}
        new = [one for one in report.signatures if one.field not in before]
        if len(new) != 1 or new[0].signer.get("sha256") != session.certificate_id.sha256:
            return self.env._("The signed file lacks the expected signature. Press “Sign” again.")
        if new[0].overall != "valid" or not new[0].covers_file:
            return self.env._("The signed file was not accepted: %(reason)s", reason=new[0].reason)
        after = {one.field: one for one in report.signatures}
        for name, one in before.items():
            was_sound = one.groups["signature"].state == "valid"
            if name not in after or (was_sound and after[name].groups["signature"].state != "valid"):
                return self.env._(
                    "The signature of “%(signer)s” would not be valid any more; nothing was stored.",
                    signer=one.signer.get("cn") or name,
                )
        return None

    # -------------------------------------------------------------- registration

    def action_register(self):
        self._fetch_for_registration()
        # most agencies ask for none: nothing is read again for them
        concerned = self.filtered(lambda document: document.company_id._signs_at_registration())
        numbers = super().action_register()
        concerned.fetch(["direction", "company_id", "main_file_id"])  # of very many columns
        for document in concerned.filtered(lambda document: document._is_authenticated_at_registration()):
            document._authenticate_at_registration()
        return numbers

    def _is_authenticated_at_registration(self):
        """Whether file and profile ask for it."""
        self.main_file_id.fetch(["mimetype", "stage", "source_id", "role"])
        case = self._incoming_case()
        return bool(case) and self._look(case).at_registration and self._must_authenticate(case)

    def _authenticate_at_registration(self):
        """Where the profile asks for it and the clerk holds the device at the server; a failure leaves the registration as it is."""
        # the numbers were given on another connection: a fresh one sees them
        with self._own_transaction() as fresh:
            if not fresh._held_token():
                return
            try:
                with fresh.env.cr.savepoint():
                    fresh.action_authenticate()
            except (UserError, AccessError) as error:
                fresh._write_fixed({"authentication_problem": str(error)})

    def _has_valid_agency_signature(self):
        if self.direction != "in":
            return super()._has_valid_agency_signature()
        done = self._signed_purposes().get(self.id, set())
        if not done & {"incoming", "scan"}:
            return False
        own = {one.signer.get("sha256") for one in self.main_file_id._report().signatures if one.overall == "valid"}
        return bool(
            self.env["vanban.certificate"]
            .sudo()  # safe: compares fingerprints only
            .search_count(
                [("sha256", "in", list(own)), ("role", "=", "agency"), ("company_id", "=", self.company_id.id)]
            )
        )

    def _signature_signers(self):
        """Of a received document the sender's signatures only: our own incoming signature makes no paper's equal of it (DOC-18)."""
        if self.direction != "in":
            return super()._signature_signers()
        certificates = self.env["vanban.certificate"].sudo()  # safe: compares fingerprints only
        own = set(certificates.search([("role", "=", "agency"), ("company_id", "=", self.company_id.id)]).mapped("sha256"))
        return [
            {"kind": one.kind, "name": one.signer or "", "organisation": one.organisation or ""}
            for one in self.verification_id.signature_ids
            if one.overall != "invalid"
            and not (one.certificate_sha256 in own and (one.field in STAMPS or one.field.startswith(stamp.PREFIX)))
        ]
