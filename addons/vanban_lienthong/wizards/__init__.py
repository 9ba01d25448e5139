from . import axis_registration, directory_import, document_update, hub_cut_off, packet_step, peer_secret
