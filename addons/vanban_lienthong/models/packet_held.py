# Codes that decide what a clerk may do with a held packet.
INTEGRITY = "INTEGRITY"
TAKEN = "IDENTIFIER_TAKEN"


class PacketHeld(Exception):
    """Reading found something that a clerk has to decide; ``values`` go onto the held packet."""

    def __init__(self, code, reason, values=None):
        super().__init__(reason)
        self.code = code
        self.values = values


class PacketTooEarly(Exception):
    """What the packet is about is at work at this moment: it is read a second later."""
