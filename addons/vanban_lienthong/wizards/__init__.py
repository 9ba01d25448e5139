from . import directory_import, packet_step, peer_secret
