"""The agency's signature in the upper margin (HCM 212/2019 Đ3.2) is text: a seal in real size there covers the national title."""

from odoo import SUPERUSER_ID, api

SHIPPED = {"picture": True, "width_mm": 40, "height_mm": 12, "margin_mm": 5, "top_mm": 3, "size": 8}


def migrate(cr, version):
    """Only a row that nobody has changed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    look = env.ref("vanban_signing.look_seal_top_right", raise_if_not_found=False)
    if look and all(look[name] == value for name, value in SHIPPED.items()):
        look.write({"picture": False, "width_mm": 60, "height_mm": 14, "margin_mm": 10, "size": 10, "top_mm": 5})
