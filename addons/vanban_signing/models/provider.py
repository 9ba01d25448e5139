from odoo import api, models

# Order in which the window offers them; the first that answers is taken.
WAYS = ("agent", "vgca", "csc", "smartca", "hsm")
# purposes of a run, and of a signature, that need the person's own key
PERSONAL, PERSONAL_SESSIONS = ("sign", "form"), ("leader", "form")


class SigningProvider(models.AbstractModel):
    """A way to reach a key. All ways end in ``vanban.document._verify_and_store``, which is the security boundary.

    ``_capability`` is ``hash`` (gives a signature over prepared attributes) or ``file`` (a tool takes the prepared file and
    returns a signed one). ``_where`` is ``client`` (the browser talks to the user's own machine), ``server`` (a device of the
    agency) or ``remote`` (a service that asks the signer on his phone; the answer comes later).
    """

    _name = "vanban.signing.provider"
    _description = "Way of signing"
    _capability = "hash"
    _where = "client"

    @api.model
    def _by_name(self, name):
        """Model of a provider by its short name (one of ``WAYS``)."""
        return self.env[f"vanban.signing.provider.{name}"]

    @api.model
    def _short_name(self):
        return self._name.rsplit(".", 1)[-1]

    @api.model
    def _certificates(self, certificates, documents, purpose):
        """Those of the signer's usable certificates that this way can reach; empty when the way is not set up."""
        return certificates.browse()

    @api.model
    def _way(self, certificates):
        """What the window needs to know to use this way."""
        certificate = certificates[:1]
        return {
            "name": self._short_name(),
            "where": self._where,
            "capability": self._capability,
            "certificate_id": certificate.id,
            "certificate_name": certificate.name,
            "certificate_serial": certificate.serial,
            "certificates": certificates.mapped("sha256"),
        }

    @api.model
    def _sign(self, certificate, attributes):
        """Signatures over a list of signed attributes (DER) with the key of a ``vanban.certificate``; only where the server can.

        :return: (list of raw signatures, serial number of the device)
        :raise UserError: device not reachable, with what to do
        """
        raise NotImplementedError
