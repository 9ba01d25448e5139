"""Direct delivery between two installations."""
from ..wire.http_client import HttpClient
from ..wire.session import Session
from .base import Driver, register


@register
class HttpsDriver(Driver):
    code = "https"
    label = "Direct HTTPS between two installations"
    needs_url = True
    needs_secret = True

    def _client(self):
        peer, transport = self.peer, self.transport
        # several agencies may live at one address
        address = (peer.url, peer.ca_pem or transport.ca_pem or None, transport.timeout, transport.allow_plain)
        if address not in self.kept:
            self.kept[address] = Session(*address)
        return HttpClient(peer.url, peer.key_id, peer._secret(), database=peer.database or None, session=self.kept[address])

    def send(self, delivery):
        answer = self._client().send(
            delivery.path, delivery.message, delivery.sender, delivery.recipient, delivery.type,
            delivery.size, delivery.sha256)
        return str(answer.get("id") or "")

    def known(self, messages):
        peer = self.peer
        return self._client().known(messages, peer.company_id.vanban_code or "-")

    def check(self):
        peer = self.peer
        answer = self._client().health(peer.company_id.vanban_code or "-")
        agencies = ", ".join(str(code) for code in answer.get("agencies", ()))[:500]
        return self.env._("Connected. Agencies served there: %(agencies)s", agencies=agencies or "–")
