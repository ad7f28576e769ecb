"""What a check of a bundle or a proof found, and its one verdict."""

from dataclasses import dataclass, field

from shared.governance.audit.bundle.contents import READ_ME, STORY


@dataclass
class VerificationReport:
    """What was checked, in sentences; sound where nothing is wrong and nothing was left unchecked."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    whose_is_unknown: bool = False
    pages_unchecked: bool = False
    incomplete: str = ""  # why nothing shows that nothing is missing, in capitals
    restored: str = ""  # what a restore lost since an earlier bundle
    complete_by: int = 0  # nothing is missing among so many first entries of the record

    @property
    def sound(self) -> bool:
        """Say whether nothing is wrong, and nothing was left unchecked."""
        return self.exit_status == 0

    @property
    def verdict(self) -> str:
        """Return the one sentence that counts; what was not checked never ends in SOUND alone."""
        if self.wrong:
            return f"NOT SOUND: {len(self.wrong)} things are wrong"
        pages = f"{STORY} AND {READ_ME} WERE NOT CHECKED" if self.pages_unchecked else ""
        but = ", AND ".join(why for why in (pages, self.incomplete) if why)
        but = f", BUT {but}" if but else ""
        by = f", complete by the index at {self.complete_by}" if self.complete_by else ""
        by += f", {self.restored}" if self.restored else ""
        if self.whose_is_unknown:
            return f"CONSISTENT WITH ITSELF{but}{by}: whose it is you must compare"
        return f"ENTRIES SOUND{but}{by}" if but else f"SOUND{by}"

    @property
    def exit_status(self) -> int:
        """Return it as programs are told: 0 sound, 1 not.

        3: whose it is unknown; 4: pages were not checked; 5: no index shows that nothing is missing.
        """
        if self.wrong:
            return 1
        return 3 if self.whose_is_unknown else 4 if self.pages_unchecked else 5 if self.incomplete else 0

    def right(self, line: str) -> None:
        """Note what holds."""
        self.lines.append(f"right: {line}")

    def bad(self, line: str) -> None:
        """Note what does not."""
        self.wrong.append(line)
        self.lines.append(f"WRONG: {line}")
