"""What is printed when the demonstration goes on serving: addresses and accounts by role."""

from __future__ import annotations

from .network import Network


def print_accounts(net: Network) -> None:
    for site in net.sites:
        print(f"\n{site.agency.name}: {site.server.base}/odoo  (TLS: {site.address})")
        width = max(len(person.title) for person in site.agency.people)
        for person in site.agency.people:
            print(f"  {person.title:<{width}}  {person.name:<18}  {person.login:<14}  mật khẩu {person.password}")
    desk = net.desk(net.snv)
    print(f"\nTrợ lý ký số của Giám đốc Sở Nội vụ: {desk.address}. Dừng: Ctrl-C.")
