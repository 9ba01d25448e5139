"""The demonstration: two agencies, each its own Odoo process and database, and one story played over HTTP.

``python -m demo.story`` plays it; the system tests use the same parts.
"""
