"""What is wrong with a pack: every fault with its file and line, in words for the organiser."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`file` is the path inside the pack, `line` counts from 1, `text` says what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class PackFaults(Exception):
    """A pack that cannot be loaded; `faults` holds all of them, ordered by file and line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Findings:
    """Collects while a pack is read. Faults refuse the pack; remarks name what is read but not kept."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def fault(self, file: str, line: int, text: str) -> None:
        """The pack cannot be loaded because of this."""
        self.faults.append(Fault(file, line, text))

    def remark(self, file: str, line: int, text: str) -> None:
        """The pack can be loaded, but this is left out."""
        self.remarks.append(Fault(file, line, text))

    def faulty(self, place: str) -> bool:
        """A fault was found in this file or folder."""
        return any(fault.file.startswith(place) for fault in self.faults)
