"""The reader of packets under damaged input. ``VANBAN_SOAK_PACKETS`` sets how many (200,000), ``…_FIRST`` the first number."""

import os
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "unit" / "edxml")]

from edxml import PacketError, read_packet  # noqa: E402
from packet_mutations import mutated, samples  # noqa: E402

PACKETS = int(os.environ.get("VANBAN_SOAK_PACKETS", "200000"))
FIRST = int(os.environ.get("VANBAN_SOAK_FIRST", "0"))
#: Seconds of work for one packet, whatever is in it.
LONGEST = 2.0
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_MOVES = {"os.mkdir", "os.rename", "os.symlink", "os.link", "os.remove", "os.truncate"}


class Watch:
    """Sees every file that Python opens for writing, moves or makes, and every connection, while a packet is read.

    An audit hook cannot be taken out again: it stays and sleeps between two packets.
    """

    def __init__(self, spool):
        self.spool, self.awake, self.found = os.path.realpath(spool), False, []
        sys.addaudithook(self._seen)

    def _seen(self, event, arguments):
        if not self.awake:
            return
        if event == "open":
            path, _mode, flags = arguments
            if isinstance(path, int) or not flags & _WRITING:
                return
        elif event in _MOVES:
            path = arguments[0]
        elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self.found.append((event, str(arguments)))
            return
        else:
            return
        self.awake = False  # resolving the path must not be watched
        path = os.fsdecode(path)
        if not os.path.realpath(path).startswith(self.spool + os.sep):
            self.found.append((event, path))
        self.awake = True


@pytest.mark.timeout(24 * 3600)
def test_damaged_packets(tmp_path):
    """A packet or a refusal in words, nothing else; nothing outside the spool, nothing left in it, nothing slow."""
    spool = tmp_path / "spool"
    spool.mkdir()
    sources = samples(tmp_path)
    watch = Watch(spool)
    read = refused = 0
    slowest = (0.0, None)
    for number in range(FIRST, FIRST + PACKETS):
        raw = mutated(sources, number)
        began, watch.awake = time.process_time(), True
        try:
            result = read_packet(raw, spool)
        except PacketError as error:
            watch.awake = False
            refused += 1
            assert error.code and len(error.message_vi) > 15, number
        except Exception as error:
            watch.awake = False
            raise AssertionError(f"packet {number}: {error!r}") from error
        else:
            watch.awake = False
            read += 1
            for item in getattr(result, "attachments", ()):
                assert item.path.parent == spool, number
                item.path.unlink()
        slowest = max(slowest, (time.process_time() - began, number))
        assert slowest[0] < LONGEST, slowest
        assert not os.listdir(spool), number
        assert not watch.found, (number, watch.found)
    print(f"{PACKETS} damaged packets: {read} read over, {refused} refused, slowest {slowest[0] * 1000:.0f} ms (number {slowest[1]})")
    # Damage that nobody notices would be as bad: most of it must be refused, some of it is harmless.
    assert read and refused
