"""Ways to bring a packet to another agency. A new axis is one more class with ``@register``."""
from . import axis, file_drop, https, local
from .base import DRIVERS, Delivery, DeliveryError, Driver, Unfetched, register

__all__ = ["DRIVERS", "Delivery", "DeliveryError", "Driver", "Unfetched", "register"]
