"""The same faults with a hub between the two servers: three processes that speak over wires which break."""

from collections import Counter

from broken_wire import BrokenWire
from demo import database, waiting
from demo.client import WebUser
from demo.server import OdooServer
from fault_run import FaultRun

PATH = "/vanban/hub/v1"


class HubFaultRun(FaultRun):
    """Sở Nội vụ sends through a hub on a server of its own; the recipients share one account there."""

    def __init__(self, network, recipients, mark):
        super().__init__(network, recipients, mark)
        name = f"{network.prefix}_truc"
        self.hub = OdooServer(name, name)
        self.there.close()
        self.back.close()
        # each server has its own line to the hub
        self.there, self.back = (BrokenWire(lambda: self.hub.port) for _line in range(2))

    # ------------------------------------------------------------------ set-up

    def connect(self):
        database.create(self.hub.db, self.hub.data)
        self.hub.start()
        root, admin, keeper = (
            self._admin(self.receiver.login("admin", "admin")), self.sender.user("quantri"),
            self._admin(WebUser(self.hub.base, self.hub.db, "admin", "admin")))
        self._without_scans(root, admin)
        self._companies(root)
        own = self.sender.agency
        accounts = self._members(keeper, {"sender": [(own.code, own.name)], "receiver": [
            (code, f"Cơ quan mẫu {code}") for code in self.companies.values()]})
        for user, wire, key in ((admin, self.there, "sender"), (root, self.back, "receiver")):
            self._join(user, wire.address + PATH, *accounts[key])
        self.partners = admin.search("res.partner", [("vanban_code", "in", list(self.companies.values()))])
        if len(self.partners) != self.count:
            raise AssertionError(f"{len(self.partners)} of {self.count} agencies came with the hub's directory")

    def _members(self, keeper, systems):
        """{key: (system identifier, secret)} of one account for each system."""
        accounts = {}
        for key, agencies in systems.items():
            partners = keeper.create("res.partner", [{"name": name, "is_company": True, "vanban_code": code} for code, name in agencies])
            member = keeper.create("vanban.hub.member", {
                "partner_id": partners[0], "other_partner_ids": [(6, 0, partners[1:])], "system_id": f"he-thong-{key}", "max_per_hour": 1_000_000})
            accounts[key] = (f"he-thong-{key}", keeper.call("vanban.hub.member", "action_new_secret", member))
        return accounts

    @staticmethod
    def _join(user, url, system, secret):
        """Enter the account, read the directory: what an administrator does."""
        axis = user.create("vanban.transport", {
            "name": "Trục của tỉnh", "driver": "vxp", "url": url, "system_id": system, "timeout": 20, "retry_base": 1, "retry_cap": 4,
            "sequence": 1})
        user.call("vanban.transport", "action_set_secret", axis, secret=secret)
        user.call("vanban.transport", "action_check_connection", axis)
        user.call("vanban.transport", "action_fetch_directory", axis)
        waiting.until(lambda: user.value("vanban.transport", axis, "directory_date"), "danh bạ của trục", timeout=120)

    # ------------------------------------------------------------------ faults

    def kill_hub(self):
        self.hub.kill()
        self.hub.start()

    def kill_senders(self):
        self.kill_hub()
        super().kill_senders()

    # -------------------------------------------------------------------- count

    def check(self):
        super().check()
        left = Counter(state for state, in database.query(self.hub.db, "SELECT state FROM vanban_hub_delivery"))
        assert set(left) == {"done"}, left

    def _sent_digests(self):
        """Of the bytes as the hub passed them on: it enters itself into the trace, nothing else."""
        sent = super()._sent_digests()
        passed = database.query(self.hub.db, "SELECT original_sha256, sha256 FROM vanban_hub_packet WHERE type = 'document'")
        assert {original for original, _relayed in passed} == sent
        return {relayed for _original, relayed in passed}

    def close(self):
        super().close()
        self.hub.stop()
        database.drop(self.hub.db, self.hub.data)
