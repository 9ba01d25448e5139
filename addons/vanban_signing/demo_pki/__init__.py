"""A demonstration certification authority and SoftHSM tokens, for tests and the demonstration only.

Function API (all paths are pathlib.Path or str)::

    from demo_pki import Holder, create_authority, create_tokens, revoke, issue_server_certificate, pictures
    ca = create_authority("var/pki")                                   # ca.pem, crl.pem (crl.der), ca.key (0600)
    seal = create_tokens("var/pki/hsm-a", ca, [Holder.agency("Sở Nội vụ tỉnh Mẫu", uid="MDD:H00.01")])
    boss = create_tokens("var/pki/token-lanhdao", ca, [Holder.person("Trần Thị Mẫu", "Sở Nội vụ tỉnh Mẫu", title="Giám đốc")])
    boss.environment      # {"SOFTHSM2_CONF": ...} for the process that uses the tokens
    boss.tokens[0]        # Token(label, kind, name, certificate=Path (PEM), pin_file=Path (0600))
    issue_server_certificate(ca, ["127.0.0.1", "localhost"], "var/pki/tls")   # tls.pem, tls.key
    revoke(ca, boss.tokens[0].certificate)                             # writes a new crl.pem

Keys of people and agencies are generated inside the token and cannot leave it. Command line: ``python -m demo_pki create DIR ...``.
"""

from .authority import Authority, create_authority, issue_server_certificate, open_authority, revoke
from .tokens import MODULE, Holder, Store, Token, create_tokens

__all__ = [
    "MODULE",
    "Authority",
    "Holder",
    "Store",
    "Token",
    "create_authority",
    "create_tokens",
    "issue_server_certificate",
    "open_authority",
    "revoke",
]
