"""Document axes (trục liên thông văn bản): their HTTP interfaces, without Odoo.

An axis keeps a queue for each agency: one sends to it, asks it for what has arrived, fetches, and confirms.
Both clients offer the same methods; :mod:`.standin` is an axis for tests and for trying a configuration.
"""
from .items import Agency, Changes, Item, Registration, Sent
from .rest import RestClient
from .vxp import VxpClient

__all__ = ["Agency", "Changes", "Item", "Registration", "RestClient", "Sent", "VxpClient"]
