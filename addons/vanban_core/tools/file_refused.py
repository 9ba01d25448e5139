"""The one exception of the file checks."""


class FileRefused(ValueError):
    """A file is not accepted; ``str()`` is a Vietnamese sentence for the clerk: what is wrong, what to do."""
