"""``python -m demo_pki create DIR --agency "Sở Nội vụ" --people "Trần Thị Mẫu|Giám đốc|leader" ...``"""

import argparse
import json
import sys
from pathlib import Path

from . import Holder, create_authority, create_tokens, open_authority, revoke
from .tokens import fill


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m demo_pki", description="Demonstration CA and SoftHSM tokens")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser(
        "create", help="make a CA, a seal token (DIR/hsm) and people's tokens (DIR/token-LABEL)"
    )
    create.add_argument("folder", type=Path)
    create.add_argument("--agency", required=True)
    create.add_argument("--people", nargs="*", default=[], metavar="NAME|TITLE|LABEL")
    take_back = commands.add_parser("revoke", help="revoke a certificate and write a new list")
    take_back.add_argument("folder", type=Path)
    take_back.add_argument("certificate", type=Path)
    commands.add_parser("_fill").add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "_fill":
        fill(options.folder, json.load(sys.stdin))
        return 0
    if options.command == "revoke":
        revoke(open_authority(options.folder), options.certificate)
        return 0
    authority = create_authority(options.folder)
    stores = [create_tokens(options.folder / "hsm", authority, [Holder.agency(options.agency)])]
    for entry in options.people:
        name, title, label = (*entry.split("|"), "", "")[:3]
        label = label or f"person{len(stores)}"
        stores.append(
            create_tokens(
                options.folder / f"token-{label}",
                authority,
                [Holder.person(name, options.agency, label=label, title=title)],
            )
        )
    for store in stores:
        for token in store.tokens:
            print(f"{token.label}\t{token.name}\t{token.certificate}\t{store.environment['SOFTHSM2_CONF']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
