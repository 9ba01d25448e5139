"""What every transport driver offers."""
from dataclasses import dataclass

from ..wire.session import DeliveryError

__all__ = ["DRIVERS", "Delivery", "DeliveryError", "Driver", "Unfetched", "register"]

DRIVERS = {}


@dataclass(frozen=True)
class Delivery:
    """One packet on its way.

    :ivar path: file with the packet's bytes     :ivar message: id, the same on every attempt
    :ivar sender: code of our agency             :ivar recipient: code of the other agency
    :ivar type: ``document`` or ``status``       :ivar size: bytes   :ivar sha256: hexadecimal
    """

    path: str
    message: str
    sender: str
    recipient: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Unfetched:
    """A packet that waits at the other side and was not brought here; those behind it are.

    :ivar message: its number there     :ivar reason: why, for the administrators
    :ivar final: it never will be; otherwise it is tried again at the next turn
    """

    message: str
    reason: str
    final: bool = False


class Driver:
    """Base of the drivers. ``code`` and ``label`` name it; ``peer`` is the ``vanban.peer`` served.

    :param dict kept: what one run of deliveries keeps between packets: open connections, logins
    """

    code = None
    label = ""
    needs_url = False
    needs_secret = False
    # One account of the transport serves every agency: address, secret and health are the transport's.
    of_transport = False
    # One call can name several recipients of the same packet: the driver has ``send_to``.
    several = False
    # It can be asked where a packet is that was handed to it: the driver has ``whereabouts``.
    tells_whereabouts = False
    # Its directory can be asked for what changed, and agencies are entered there: the driver has ``changes`` and ``register``.
    keeps_registrations = False

    def __init__(self, peer, kept=None):
        self.peer = peer
        self.transport = peer.transport_id
        self.env = peer.env
        self.kept = {} if kept is None else kept

    def send(self, delivery):
        """Bring the packet there; returns the id that the other side gave it.

        Sending the same ``delivery.message`` again must not produce a second document there.
        Raises DeliveryError.
        """
        raise NotImplementedError

    def fetch(self):
        """For transports that are polled: yield (Delivery or Unfetched, acknowledge).

        ``acknowledge(done)`` is called when nothing more is to come of it: True when the packet is stored and committed, False when it is
        refused. Not called: it stays there. Raises DeliveryError when the other side gives no more.
        """
        return ()

    def known(self, messages):
        """What the other side has of packets handed to it, for the daily comparison.

        :param messages: {number of a packet: code of its recipient}
        :return: {number: SHA-256 of the bytes kept there}, or None when this way cannot be asked
        Raises DeliveryError.
        """
        return None

    @classmethod
    def collect(cls, transport, limit, wanted=None):
        """As ``fetch``, for drivers ``of_transport``; packets over ``limit`` bytes are refused.

        :param wanted: function of the code of a recipient: False leaves what waits for it there, unread
        """
        return ()

    def check(self):
        """Try the connection; returns a text for the administrator. Raises DeliveryError."""
        return ""


def register(driver):
    """Class decorator: make the driver selectable."""
    DRIVERS[driver.code] = driver
    return driver
