"""Printed books and slips, drawn without Odoo."""
