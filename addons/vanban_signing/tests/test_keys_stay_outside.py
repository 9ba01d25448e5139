from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, key_of


@tagged("post_install", "-at_install")
class TestKeysStayOutside(SigningCase):
    @proves("SIGN-26")
    def test_no_pin_or_key_in_database_or_log(self):
        with self.assertLogs(level="DEBUG") as logs:
            self.outgoing("sealed")
        pins = [token.pin for token in self.store.tokens]
        for pin in pins:
            self.assertFalse([line for line in logs.output if pin in line])
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_name LIKE 'vanban%%' AND table_type = 'BASE TABLE'"
        )
        tables = [row[0] for row in self.env.cr.fetchall()] + [
            "ir_config_parameter",
            "ir_attachment",
            "mail_message",
            "res_users",
            "res_company",
        ]
        for table in tables:
            self.env.cr.execute(
                SQL(
                    "SELECT count(*) FROM %s AS row WHERE row::text LIKE ANY(%s)",
                    SQL.identifier(table),
                    [f"%{word}%" for word in (*pins, "PRIVATE KEY")],
                )
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_keys_cannot_be_read_from_the_token(self):
        from pkcs11 import Attribute, PKCS11Error

        key = key_of("seal")
        self.assertFalse(key._private[Attribute.EXTRACTABLE])
        with self.assertRaises(PKCS11Error):
            self.assertFalse(key._private[Attribute.PRIVATE_EXPONENT])
