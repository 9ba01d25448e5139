class HubRefusal(Exception):
    """A packet that the hub does not take; ``code`` is one of the axis, the text Vietnamese."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
