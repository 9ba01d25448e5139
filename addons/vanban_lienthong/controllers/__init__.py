from . import hub, packets, reconciliation
