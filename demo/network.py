"""Two agencies that know each other: the whole set-up in one object, for the story, the system tests and the bench."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from . import agencies, custody, database, peers, pki
from .people import SO_NOI_VU, SO_TAI_CHINH, Agency
from .site import Site
from .workstation import Workstation

PORTS = {"snv": (18069, 18443), "stc": (18070, 18444)}


class Network:
    """`snv` (Sở Nội vụ) and `stc` (Sở Tài chính); each has `Site` and, at `desks`, its leader's workstation.

    :param prefix: of the databases' names, so that a test run leaves a served demonstration alone
    """

    def __init__(self, prefix: str = "vbdemo"):
        self.prefix = prefix
        self.authority = pki.authority()
        self.ca_pem = self.authority.certificate.read_text()
        self.keys = {}
        self.desks: dict[str, Workstation] = {}
        self.snv = self._site(SO_NOI_VU)
        self.stc = self._site(SO_TAI_CHINH)

    def _site(self, agency: Agency) -> Site:
        keys = self.keys[agency.key] = pki.keys(self.authority, agency)
        http, https = PORTS[agency.key]
        return Site(agency, f"{self.prefix}_{agency.key}", self.authority, http, https, keys.server_environment)

    @property
    def sites(self) -> tuple[Site, Site]:
        return self.snv, self.stc

    def _open(self, site: Site) -> None:
        site.create()
        site.server.log_file.unlink(missing_ok=True)
        site.start()
        agencies.set_up(site)
        custody.enrol(site, self.authority, self.keys[site.agency.key])

    def build(self) -> None:
        """Databases, servers, accounts, registers, certificates, and the connection between the two."""
        database.template()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._open, self.sites))
        self.key_id, self.secret = peers.connect(self.snv, self.stc, self.authority.certificate)
        for site in self.sites:
            self.desk(site)

    def build_one(self) -> Site:
        """Only Sở Nội vụ, for measuring."""
        database.template()
        self._open(self.snv)
        return self.snv

    def desk(self, site: Site) -> Workstation:
        """Return the leader's workstation, its signing agent running and paired."""
        key = site.agency.key
        if key not in self.desks:
            self.desks[key] = Workstation(site, self.keys[key]).start()
        return self.desks[key]

    def close(self, keep: bool = False) -> None:
        """Stop everything; drop the databases unless `keep`."""
        for desk in self.desks.values():
            desk.stop()
        for site in self.sites:
            site.close()
            if not keep:
                database.drop(site.db, site.server.data)
