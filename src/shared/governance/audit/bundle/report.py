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

    @property
    def sound(self) -> bool:
        """Say whether nothing is wrong, and nothing was left unchecked."""
        return not (self.wrong or self.whose_is_unknown or self.pages_unchecked)

    @property
    def verdict(self) -> str:
        """Return the one sentence that counts; what was not checked never ends in SOUND alone."""
        if self.wrong:
            return f"NOT SOUND: {len(self.wrong)} things are wrong"
        but = f", BUT {STORY} AND {READ_ME} WERE NOT CHECKED" if self.pages_unchecked else ""
        if self.whose_is_unknown:
            return f"CONSISTENT WITH ITSELF{but}: whose it is you must compare"
        return f"ENTRIES SOUND{but}" if but else "SOUND"

    @property
    def exit_status(self) -> int:
        """Return it as programs are told: 0 sound, 1 not, 3 whose it is unknown, 4 pages not checked."""
        if self.wrong:
            return 1
        return 3 if self.whose_is_unknown else 4 if self.pages_unchecked else 0

    def right(self, line: str) -> None:
        """Note what holds."""
        self.lines.append(f"right: {line}")

    def bad(self, line: str) -> None:
        """Note what does not."""
        self.wrong.append(line)
        self.lines.append(f"WRONG: {line}")
