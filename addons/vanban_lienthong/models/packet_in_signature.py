import unicodedata

from odoo import fields, models

from .packet_held import PacketHeld


class PacketInSignature(models.Model):
    """The sender's XML signature over the whole packet: checked before anything is taken over, shown and logged (LT-12)."""

    _inherit = "vanban.packet.in"

    signature_state = fields.Selection(
        [("none", "Not signed"), ("valid", "Valid"), ("invalid", "Not valid"), ("unknown", "Not determined")],
        "Signature of the packet", readonly=True)
    signature_signer = fields.Char("Signed by", readonly=True)
    signature_reason = fields.Char("Result of the check", readonly=True)

    def _check_sender(self, packet):
        super()._check_sender(packet)
        policy = self.peer_id.packet_signature
        if policy != "off" and "vanban.xml.signature" in self.env:
            self._check_signature(packet, policy)

    def _check_signature(self, packet, policy):
        values, names = self._judge_signature(packet)
        state, reason = values["signature_state"], values["signature_reason"]
        if state == "invalid":
            raise PacketHeld("SIGNATURE_INVALID", self.env._("The signature of the packet does not hold: %(reason)s", reason=reason), values)
        if policy == "required" and state == "none":
            raise PacketHeld("SIGNATURE_MISSING", self.env._(
                "Packets of “%(agency)s” must be signed and this one is not. Ask the sender to send it again with its signature.",
                agency=self.peer_id.name), values)
        if policy == "required" and state == "unknown":
            raise PacketHeld("SIGNATURE_UNKNOWN", self.env._(
                "Whose signature it is cannot be determined: %(reason)s Have the trust anchors and revocation lists brought up to date, "
                "then read the packet again.", reason=reason), values)
        expected = self._plain_name(self.peer_id.packet_signer)
        if state == "valid" and expected and expected not in names:
            raise PacketHeld("SIGNATURE_OTHER", self.env._(
                "The packet is signed by “%(signer)s”, not by “%(agency)s”. Ask the sender; its new certificate is entered on the "
                "connection by the administrator.", signer=values["signature_signer"], agency=self.peer_id.packet_signer), values)
        self.write(values)
        self._log("check_signature", data={"state": state, "signer": values["signature_signer"], "reason": reason})

    def _judge_signature(self, packet):
        """(values for the packet, names under which its signer may be known)."""
        none = {"signature_state": "none", "signature_signer": False, "signature_reason": self.env._("The packet carries no digital signature.")}
        if packet.signature is None:
            return none, ()
        with self._content_path() as path:
            report = self.env["vanban.xml.signature"]._verify(path)
        if not report.signatures:
            return {**none, "signature_reason": report.reason[:300]}, ()
        one = report.signatures[0]
        # a member of the staff is not the agency, though its name stands in his certificate
        keys = ("cn",) if one.kind == "personal" else ("cn", "organisation")
        names = {self._plain_name(one.signer.get(key)) for key in keys} - {""}
        return {
            "signature_state": one.overall, "signature_signer": (one.signer.get("cn") or "")[:200] or False,
            "signature_reason": (one.reason or one.groups["signature"].reason)[:300],
        }, names

    @staticmethod
    def _plain_name(text):
        return " ".join(unicodedata.normalize("NFC", text or "").split()).casefold()
