from . import directory_import, hub_cut_off, packet_step, peer_secret
