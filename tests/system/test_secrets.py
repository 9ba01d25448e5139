"""After a whole signing run the server holds no PIN and no key: not in the database, the files, the logs, nor its memory."""

import subprocess
from pathlib import Path

from demo import letters
from proves import proves

PRIVATE = b"PRIVATE KEY-----"


def family(pid):
    """A process and everything that it has started: the workers of a server with several, and helpers that still run."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        for task in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            waiting += [int(child) for child in task.read_text().split()]
    return found


def memory_of(pid, words):
    """Those of ``words`` that the writable memory of a process holds."""
    found = set()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            if not rights.startswith("rw") or "[v" in line:
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            try:
                memory.seek(start)
                tail = b""
                while start < end:
                    chunk = memory.read(min(1 << 24, end - start))
                    if not chunk:
                        break
                    start += len(chunk)
                    found |= {word for word in words if word in tail + chunk}
                    tail = chunk[-64:]
            except OSError:
                continue  # a region that went away meanwhile
    return found


def files_under(folder, words):
    """Files below ``folder`` that hold one of the words."""
    return [path for path in Path(folder).rglob("*") if path.is_file() and any(word in path.read_bytes() for word in words)]


@proves("SIGN-26")
def test_nothing_secret_stays_at_the_server(network, snv):
    keys = network.keys[snv.agency.key]
    leader_pin, seal_pin = (token.pin_file.read_bytes().strip() for token in (keys.leader_token, keys.seal))
    control = b"bia-mat-de-doi-chieu-5d0c"
    document = letters.to_leader(snv, f"về việc kiểm tra bí mật {control.decode()}", [])
    letters.sign(network, snv, document)
    for _name, step in letters.clerk_steps(snv)[:3]:
        step(document)
    assert snv.user("vanthu").value("vanban.document", document, "state") == "sealed"
    secrets = {leader_pin, seal_pin, PRIVATE}
    pid = snv.server.process.pid
    # the search finds what is there: the subject that was just handled
    assert memory_of(pid, {control}) == {control}
    for process in family(pid):
        assert memory_of(process, secrets - {PRIVATE}) == set(), process
    dump = subprocess.run(["pg_dump", "--data-only", snv.db], capture_output=True, check=True).stdout
    assert control in dump and not [word for word in secrets if word in dump]
    assert files_under(snv.server.data, secrets) == []
    assert not [word for word in secrets if word in snv.server.log_file.read_bytes()]
