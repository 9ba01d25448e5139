from . import hub, packets, reconciliation, share
