"""The contest pack: a folder of plain text that an organiser can read and mail.

`read_pack` checks a folder, `load_pack` brings it into the tables, `export_pack` writes the folder back.
"""

from app.services.pack.contents import Pack
from app.services.pack.exporting import export_pack
from app.services.pack.faults import Fault, PackFaults
from app.services.pack.loading import find_contest, is_empty, load_pack, shift_window, use_contest
from app.services.pack.reading import read_pack
from app.services.pack.writing import FolderNotEmpty, write_pack

__all__ = [
    "Fault",
    "FolderNotEmpty",
    "Pack",
    "PackFaults",
    "export_pack",
    "find_contest",
    "is_empty",
    "load_pack",
    "read_pack",
    "shift_window",
    "use_contest",
    "write_pack",
]
