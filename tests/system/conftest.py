"""Two real servers for the whole run: set up once, over HTTP, shared by every test of this folder."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def network():
    """Sở Nội vụ and Sở Tài chính, connected over TLS, each with tokens of the demonstration CA."""
    from demo.network import Network

    net = Network(prefix="vbtest")
    try:
        net.build()
        yield net
    finally:
        net.close()


@pytest.fixture
def snv(network):
    """Sở Nội vụ, its server running."""
    if not network.snv.server.running:
        network.snv.start()
    return network.snv


@pytest.fixture
def stc(network):
    """Sở Tài chính, its server running."""
    if not network.stc.server.running:
        network.stc.start()
    return network.stc
