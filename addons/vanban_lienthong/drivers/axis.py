"""Agencies reached through a document axis: one account serves all of them, and it is asked for what has arrived."""
import hashlib
import logging
import os
import tempfile

from ..wire.axis import RestClient, VxpClient
from .base import Delivery, DeliveryError, Driver, Unfetched, register

_logger = logging.getLogger(__name__)
_CHUNK = 1024 * 1024
# Asked about one packet, an axis may answer so because of that packet alone; when it is ill as a whole, its lists fail, too.
_OF_THE_PACKET = frozenset({"axis_20", "http_500"})


def _of_the_packet(error):
    return not error.unreachable or error.code in _OF_THE_PACKET


class AxisDriver(Driver):
    """What both interfaces have in common; ``client_class`` is the plain client."""

    client_class = None
    of_transport = True

    @classmethod
    def client(cls, transport):
        """Client of the account. Raises DeliveryError when it is not complete."""
        return cls.client_class(
            transport.url, transport.system_id or "", transport._secret(), ca_pem=transport.ca_pem or None,
            timeout=transport.timeout, allow_plain=transport.allow_plain)

    @classmethod
    def kept_client(cls, transport, kept):
        """The client that this run of deliveries uses already: one login for many packets."""
        if transport not in kept:
            kept[transport] = cls.client(transport)
        return kept[transport]

    def send(self, delivery):
        return self.send_to(delivery, [delivery.recipient])

    def send_to(self, delivery, recipients):
        """As ``send``, to all of these codes at once, where ``several``. An error means that nobody got it."""
        return self.kept_client(self.transport, self.kept).send(delivery.path, delivery.sender, recipients, delivery.type)

    @classmethod
    def collect(cls, transport, limit, wanted=None):
        client = cls.client(transport)
        for kind in ("document", "status"):
            for item in cls._all_waiting(client, kind):
                if wanted and not wanted(item.recipient):
                    continue
                with tempfile.TemporaryDirectory(prefix="vanban-axis-") as folder:
                    yield cls._fetched(client, item, os.path.join(folder, "packet.edxml"), limit)

    @staticmethod
    def _all_waiting(client, kind):
        """Items of this kind, each once. A long queue comes in pages: the next when those before are confirmed, or behind those that stay."""
        seen, staying, last = set(), 0, None
        while listed := client.waiting(kind, staying):
            fresh = [item for item in listed if item.doc_id not in seen]
            seen.update(item.doc_id for item in fresh)
            yield from fresh
            if not fresh:
                if listed == last:
                    return  # this axis does not know how to leave some out
                staying, last = staying + len(listed), listed

    @classmethod
    def _fetched(cls, client, item, path, limit):
        def acknowledge(done):
            client.acknowledge(item, done)

        try:
            size = client.download(item, path, limit)
        except DeliveryError as error:
            if not _of_the_packet(error):
                raise
            # too large: it would come back at every turn, the axis tells its sender
            return Unfetched(item.doc_id, str(error), final=error.code == "too_large"), acknowledge
        digest = hashlib.sha256()
        with open(path, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return Delivery(
            path=path, message=item.doc_id, sender=item.sender or "-", recipient=item.recipient or "-", type=item.kind,
            size=size, sha256=digest.hexdigest()), acknowledge

    @classmethod
    def check_account(cls, transport):
        """Try the account; returns a text for the administrator. Raises DeliveryError."""
        return transport.env._("Connected. Packets waiting on the axis: %(count)s", count=cls.client(transport).count())

    def check(self):
        return self.check_account(self.transport)

    @classmethod
    def agencies(cls, transport):
        """The directory of the axis: list of :class:`..wire.axis.Agency`."""
        return cls.client(transport).agencies()


@register
class VxpDriver(AxisDriver):
    code = "vxp"
    label = "National axis (signed headers)"
    client_class = VxpClient
    several = True
    tells_whereabouts = True
    keeps_registrations = True

    @classmethod
    def changes(cls, transport, version):
        """:class:`..wire.axis.Changes` of the directory since ``version``; raises DeliveryError."""
        return cls.client(transport).changes(version)

    @classmethod
    def register_agencies(cls, transport, registrations):
        """Enter these agencies of ours at the axis (:class:`..wire.axis.Registration`). Raises DeliveryError at the first refused."""
        client = cls.client(transport)
        for registration in registrations:
            client.register_agency(registration)

    @classmethod
    def delete_agencies(cls, transport, codes):
        """Strike these agencies of ours off. Raises DeliveryError at the first refused."""
        client = cls.client(transport)
        for code in codes:
            client.delete_agency(code)

    @classmethod
    def whereabouts(cls, transport, numbers):
        """Where documents are that were handed to the axis: {number: [:class:`..wire.axis.Sent`]}, without those that it cannot tell of.

        :param numbers: those that the axis gave     Raises DeliveryError.
        """
        client, found = cls.client(transport), {}
        for number in numbers:
            try:
                found[number] = client.sent(number, "document")
            except DeliveryError as error:
                if not _of_the_packet(error):
                    raise
                _logger.info("%s does not tell where %s is: %s", transport.name, number, error)
        return found


@register
class RestDriver(AxisDriver):
    code = "rest"
    label = "Provincial axis (REST)"
    client_class = RestClient
