"""Signatures in PDF files the way Vietnamese agencies need them, without Odoo.

Order of work: ``content_check`` → ``anchors`` → ``prepare`` → ``sign`` (leader, certification) → ``fill`` (number and
date) → ``sign`` (seal) → ``verify``. A signed file is only ever extended by incremental updates.
"""

#: Names of the form fields; the verifier's white list rests on them.
NUMBER, DATE, LEADER, SEAL = "so", "ngay", "lanh_dao", "co_quan"
#: Fields for the incoming stamps of the receiving agency and of its unit.
STAMPS = ("den_1", "den_2")
