"""One agency as the demonstration sees it: its server, its TLS address, its tokens and its people's sessions."""

from __future__ import annotations

from . import database, tls
from .client import KeyUser, WebUser
from .people import Agency
from .places import port
from .server import OdooServer


class Site:
    """`agency` on a server of its own.

    :param db: database name (created by `create`)
    :param http: preferred port of the server, :param https: preferred port of the TLS terminator
    """

    def __init__(self, agency: Agency, db: str, authority, http: int, https: int, environment=None):
        self.agency, self.db = agency, db
        self.server = OdooServer(db, db, http, environment)
        self._context = tls.server_context(authority, self.server.folder / "tls", db)
        self.https_port = port(https)
        self.terminator: tls.Terminator | None = None
        self._users: dict[str, WebUser] = {}
        self._keys: dict[str, KeyUser] = {}
        self.ids: dict[str, int] = {}

    def create(self) -> None:
        """Make the database anew, with the four addons and nothing else."""
        database.create(self.db, self.server.data)

    def start(self) -> None:
        """Start the server and its TLS address; forget the sessions of an earlier process."""
        self.server.start()
        self._users.clear()
        if not self.terminator:
            self.terminator = tls.Terminator(self._context, self.https_port, self.server.port).start()

    def stop(self) -> None:
        self.server.stop()

    def close(self) -> None:
        self.server.stop()
        if self.terminator:
            self.terminator.stop()
            self.terminator = None

    @property
    def address(self) -> str:
        """Where other agencies reach this one."""
        return f"https://127.0.0.1:{self.https_port}"

    def login(self, login: str, password: str) -> WebUser:
        return WebUser(self.server.base, self.db, login, password)

    def user(self, login: str) -> WebUser:
        """Return the web session of a person, opened at first use."""
        if login not in self._users:
            self._users[login] = self.login(login, self.agency.person(login).password)
        return self._users[login]

    def program(self, login: str) -> KeyUser:
        """Return a program of that person: JSON-2 with a key made in the person's preferences."""
        if login not in self._keys:
            self._keys[login] = KeyUser(self.server.base, self.db, self.user(login).make_api_key("Chương trình ngoài"))
        return self._keys[login]
