from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pades import LEADER, fill, prepare
from ..pades.content_check import require_signable
from ..pades.errors import PadesError


class DocumentSigning(models.Model):
    """The competent person's signature: what is checked, where it goes, how it looks (SIGN-01, 09, 27, 30, 34)."""

    _inherit = "vanban.document"

    number_needs_filling = fields.Boolean(compute="_compute_number_needs_filling")

    @api.depends("number_date", "main_file_id")
    def _compute_number_needs_filling(self):
        for document in self:
            document.number_needs_filling = bool(document.number_date) and document.main_file_id.stage == "signed"

    # -------------------------------------------------------------------- leader

    def _prepare_leader(self, certificate, provider="agent"):
        """Check the draft, reserve the fields, begin the signature.

        :return: [(session, ``Pending``, or None for a file tool)]
        """
        self.ensure_one()
        self._check_allowed_logged("sign")
        self._check_not_queued("sign")
        try:
            self._check_capacity()
            file = self._signable_file()
            appearance = self._leader_appearance(certificate)
            raw = file._raw()
            require_signable(raw)
            placement = self._placement(raw)
            if self._is_file_tool(provider):
                # the tool makes a field of its own; an empty one beside it would invite a second signature
                placement = placement.without_leader()
            prepared = prepare.prepare(raw, placement, checked=True)
            return [
                self._open_session(
                    file, "leader", certificate, provider, prepared, LEADER, appearance, self._sign_reason()
                )
            ]
        except (PadesError, UserError) as error:
            self._log_refused("sign", str(error))
            raise UserError(str(error)) from error

    def _signable_file(self):
        file = self.main_file_id
        if file and file.mimetype != "application/pdf":
            raise UserError(
                self.env._(
                    "Only PDF is signed: “%(name)s” has to be converted first. Open the document, press “Sign digitally” "
                    "and confirm the PDF.",
                    name=file.name,
                )
            )
        return file

    def _sign_reason(self):
        """Capacity and position, kept in the signature itself (SIGN-30)."""
        capacity = dict(self._fields["signer_capacity"]._description_selection(self.env)).get(self.signer_capacity, "")
        deputy = f"KT. {self.unit_deputy_of}" if self.signer_capacity == "tl" and self.unit_deputy_of else ""
        return " ".join(filter(None, (capacity, deputy, self.signer_position))) or None

    # ----------------------------------------------------------- number and date

    def _fill_number(self):
        """Write number and date into the signed file; the personal signature must still be valid afterwards (SIGN-27)."""
        super()._fill_number()
        for document in self:
            file = document.main_file_id
            if document._sealed_in_corner() or file.stage in ("numbered", "sealed"):
                continue
            try:
                raw = fill.fill(file._raw(), document._number_texts())
            except PadesError as error:
                raise UserError(str(error)) from error
            filled = document._add_file(
                file.name, raw, role="main", stage="numbered", source=file, reason=self.env._("Number and date")
            )
            problem = document._personal_signature_problem()
            if problem:
                raise UserError(self.env._("After writing the number: %(problem)s.", problem=problem))
            filled._verify()


class CertificateChain(models.Model):
    _inherit = "vanban.certificate"

    def _chain(self):
        """Certificates of the authorities above this one (DER), to be embedded beside it."""
        store = self.env["vanban.trust.anchor"]._trust_store()
        return tuple(authority.dump() for authority in (*store.others, *store.anchors))[:10]
