"""What passes between two installations: signatures of requests, receipts, waiting times. No Odoo."""
from .backoff import delay
from .session import DeliveryError
from .signature import HEADER, Envelope, SignatureError, receipt, receipt_valid, sign, verify

__all__ = ["HEADER", "DeliveryError", "Envelope", "SignatureError", "delay", "receipt", "receipt_valid", "sign", "verify"]
