"""The keys of the demonstration: one CA, each agency's HSM with its seal, each leader's token.

The CA and the tokens live under ``var/demo/pki`` and outlast a run, as real ones do; the revocation list is renewed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from .people import Agency
from .places import ADDONS, VAR

sys.path.append(str(ADDONS / "vanban_signing"))

import demo_pki
import demo_pki.pictures

FOLDER = VAR / "demo" / "pki"
SEAL = "seal"


@dataclass(frozen=True)
class AgencyKeys:
    """`hsm`: store of the server with the seal; `leader`: store of the leader's own machine."""

    hsm: demo_pki.Store
    leader: demo_pki.Store

    @property
    def seal(self) -> demo_pki.Token:
        return self.hsm.tokens[0]

    @property
    def leader_token(self) -> demo_pki.Token:
        return self.leader.tokens[0]

    @property
    def server_environment(self) -> dict[str, str]:
        """What the agency's server needs to reach its HSM; the PIN stays in a file outside the database."""
        return {
            **self.hsm.environment,
            "VANBAN_HSM_MODULE": demo_pki.MODULE,
            "VANBAN_HSM_PIN_FILE": str(self.seal.pin_file),
        }


def authority() -> demo_pki.Authority:
    """Return the demonstration CA with a fresh revocation list."""
    ca = demo_pki.create_authority(FOLDER / "ca")
    ca.write_crl()
    return ca


def keys(ca: demo_pki.Authority, agency: Agency) -> AgencyKeys:
    """Return the agency's tokens, made when they do not exist yet."""
    folder: Path = FOLDER / agency.key
    boss = agency.leader
    holder = demo_pki.Holder.person(boss.name, agency.name, label=f"{agency.key}-{boss.login}", title=boss.title)
    return AgencyKeys(
        hsm=demo_pki.create_tokens(folder / "hsm", ca, [demo_pki.Holder.agency(agency.name, label=SEAL)]),
        leader=demo_pki.create_tokens(folder / "token-lanhdao", ca, [holder]),
    )
