import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..pades.errors import PadesError
from ..pades.signer_info import describe
from ..pades.trust import TrustStore, certificates, read_certificate, read_crl

TRUST_CLASSES = [
    ("public_duty", "For public duty (Government Cipher Committee)"),
    ("public", "Public certification authority"),
    ("special", "Internal certification authority"),
]
MAX_CRL_BYTES = 64 * 1024 * 1024
_stores = {}
# only code that holds this object replaces a revocation list: an older one would bring revoked certificates back
_CRL_TOKEN = object()


class TrustAnchor(models.Model):
    """Certification authorities that the agency trusts, with their revocation lists (TT 41/2017; BHXH Đ2.4, Đ6).

    Only certificates that chain to an active root of this list can be registered, used or found valid.
    """

    _name = "vanban.trust.anchor"
    _inherit = ["vanban.log.mixin"]
    _description = "Trusted certification authority"
    _order = "name, id"

    name = fields.Char("Name", required=True)
    kind = fields.Selection(
        [("root", "Trust anchor"), ("intermediate", "Intermediate")], "Use", required=True, default="root"
    )
    trust_class = fields.Selection(TRUST_CLASSES, "Class", required=True, default="public_duty")
    content = fields.Binary("Certificate (PEM or DER)", required=True, attachment=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    subject = fields.Char("Subject", readonly=True)
    valid_from = fields.Datetime("Valid from", readonly=True)
    valid_to = fields.Datetime("Valid to", readonly=True)
    crl = fields.Binary("Revocation list (CRL)", attachment=True, readonly=True)
    crl_number = fields.Char("CRL number", readonly=True)
    crl_updated = fields.Datetime("CRL issued", readonly=True)
    crl_next = fields.Datetime("CRL valid to", readonly=True)
    crl_state = fields.Selection(
        [("missing", "Missing"), ("current", "Current"), ("stale", "Expired")],
        "State of the CRL",
        compute="_compute_crl_state",
    )
    active = fields.Boolean(default=True)

    _once = models.Constraint("UNIQUE(sha256)", "This certificate is already in the list of trust anchors.")

    @api.depends("crl_next", "crl_updated")
    def _compute_crl_state(self):
        now = fields.Datetime.now()
        for anchor in self:
            if not anchor.crl_updated:
                anchor.crl_state = "missing"
            else:
                anchor.crl_state = "stale" if anchor.crl_next and anchor.crl_next < now else "current"

    @api.model_create_multi
    def create(self, vals_list):
        lists = []
        for vals in vals_list:
            vals.update(self._read_certificate(vals.get("content")))
            lists.append(vals.pop("crl", None))
        anchors = super().create(vals_list)
        for anchor, crl in zip(anchors, lists, strict=True):
            anchor._log("trust_add", data={"subject": anchor.subject, "sha256": anchor.sha256})
            if crl:
                anchor.action_load_crl(crl)
        return anchors

    def write(self, vals):
        if vals.keys() & {"content", "sha256", "subject", "valid_from", "valid_to"}:
            raise UserError(self.env._("A trust anchor is not changed: archive it and add the new one."))
        if vals.keys() & {"crl", "crl_number", "crl_updated", "crl_next"} and self.env.context.get("vanban_crl") is not _CRL_TOKEN:
            raise UserError(self.env._("A revocation list is loaded with its button, which checks it."))
        result = super().write(vals)
        if changed := vals.keys() & {"name", "kind", "trust_class", "active", "crl_url", "crl_private", "ocsp_url"}:
            self._log("trust_change", data={name: vals[name] for name in changed})
        return result

    @api.model
    def _read_certificate(self, content):
        """Fields that follow from the certificate; ValidationError when it is not a CA certificate."""
        try:
            raw = base64.b64decode(content or b"", validate=False)
            ders = certificates(raw)
            if len(ders) != 1:
                raise ValidationError(self.env._("Give one certificate per trust anchor."))
            certificate = read_certificate(ders[0])
        except (PadesError, binascii.Error, ValueError) as error:
            raise ValidationError(
                self.env._("The trust anchor cannot be read: give a CA certificate as PEM or DER.")
            ) from error
        if not certificate.ca:
            raise ValidationError(
                self.env._("“%(name)s” is not a certification authority.", name=describe(certificate)["cn"])
            )
        words = describe(certificate)
        return {
            "sha256": hashlib.sha256(ders[0]).hexdigest(),
            "subject": words["subject"],
            "valid_from": certificate.not_valid_before.replace(tzinfo=None),
            "valid_to": certificate.not_valid_after.replace(tzinfo=None),
        }

    def _raw(self, field):
        self.ensure_one()
        # safe: certificates and revocation lists are public data
        return base64.b64decode(self.sudo().with_context(bin_size=False)[field] or b"")

    def action_load_crl(self, crl_b64):
        """Take a newer revocation list (base64 of PEM or DER) signed by this authority.

        :raise UserError: unreadable, of another authority, or older than the present one
        """
        self.ensure_one()
        self.check_access("write")
        try:
            raw = base64.b64decode(crl_b64 or b"")
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The revocation list was not taken: %(reason)s", reason=error)) from error
        return self._load_crl(raw)

    def _load_crl(self, raw, url=None):
        """As ``action_load_crl`` with the bytes; ``url``: where they were fetched."""
        try:
            if len(raw) > MAX_CRL_BYTES:
                raise UserError(self.env._("The revocation list is too large."))
            TrustStore([self._raw("content")], crls=[raw])
            updated, following, number = read_crl(raw)
        except (PadesError, ValueError) as error:
            raise UserError(self.env._("The revocation list was not taken: %(reason)s", reason=error)) from error
        if self.crl_updated and updated.replace(tzinfo=None) < self.crl_updated:
            raise UserError(
                self.env._(
                    "The revocation list is older than the one already loaded (%(date)s).", date=self.crl_updated
                )
            )
        self.with_context(vanban_crl=_CRL_TOKEN).write(
            {
                "crl": base64.b64encode(raw),
                "crl_number": str(number or ""),
                "crl_updated": updated.replace(tzinfo=None),
                "crl_next": following and following.replace(tzinfo=None),
            }
        )
        self._log("crl_load", data={"number": number, "sha256": hashlib.sha256(raw).hexdigest()})
        return True

    @api.model
    def _trust_store(self):
        """``pades.trust.TrustStore`` of all active authorities, kept until one of them changes."""
        anchors = self.sudo().search_fetch(
            [], ["kind", "sha256", "trust_class", "crl_number", "crl_updated", "ocsp_url"]
        )  # safe: public data, needed for every verification
        revoked, answers = self._trust_store_extra()
        key = (
            self.env.cr.dbname,
            revoked,
            tuple(
                (anchor.sha256, anchor.kind, anchor.trust_class, anchor.crl_number, anchor.crl_updated, anchor.ocsp_url)
                for anchor in anchors
            ),
        )
        store = _stores.get(key)
        if store is None:
            labels = dict(self._fields["trust_class"]._description_selection(self.env))
            roots = anchors.filtered(lambda anchor: anchor.kind == "root")
            store = TrustStore(
                [anchor._raw("content") for anchor in roots],
                [anchor._raw("content") for anchor in anchors - roots],
                [anchor._raw("crl") for anchor in anchors if anchor.crl_updated],
                {anchor.sha256: labels[anchor.trust_class] for anchor in roots},
                answers(),
                {anchor.sha256: anchor.ocsp_url for anchor in anchors if anchor.ocsp_url},
            )
            if len(_stores) > 20:
                _stores.clear()
            _stores[key] = store
        return store

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A trust anchor is archived, not deleted: earlier verifications rest on it."))
