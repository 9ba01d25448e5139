"""Archival information packages (SIP/AIP/DIP): build, check, carry. Plain Python and lxml, no Odoo.

Public: :class:`Package` and its parts, :func:`build_package`, :func:`check_package`, :func:`zip_package`,
:func:`unpack_package`, :func:`load_profile`, :class:`PackageError`.

Source of the layout: TT 05/2025/TT-BNV, Annex I (METS + PREMIS + descriptive lists); the lists are data, see profiles/.
"""

from .build import BuildResult, build_package
from .carry import unpack_package, zip_package
from .check import check_package
from .findings import Finding, PackageError, Report
from .parts import Agent, Event, Package, PackageDocument, PackageFile, Support
from .profile import Profile, load_profile, profile_ids

__all__ = [
    "Agent",
    "BuildResult",
    "Event",
    "Finding",
    "Package",
    "PackageDocument",
    "PackageError",
    "PackageFile",
    "Profile",
    "Report",
    "Support",
    "build_package",
    "check_package",
    "load_profile",
    "profile_ids",
    "unpack_package",
    "zip_package",
]
