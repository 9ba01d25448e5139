"""Errors a clerk may see; every message is Vietnamese and says what is wrong and what to do."""


class PadesError(ValueError):
    """Base. ``code`` is stable and English, ``str(error)`` is the Vietnamese message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class ContentError(PadesError):
    """The file must not be signed: broken, encrypted, or with hidden or switchable content."""


class AnchorError(PadesError):
    """The place for number, date or signature cannot be found, or is too small."""


class SignError(PadesError):
    """Signing cannot begin or cannot be finished."""


class ImageError(PadesError):
    """A picture of signature or seal is not usable."""
