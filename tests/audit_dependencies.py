"""Runs pip-audit on the lock file; says in a sentence when its database can't be reached."""

import subprocess
import sys

UNREACHED = (
    "ConnectionError",
    "Connection",
    "resolve",
    "timed out",
    "ServiceError",
    "Proxy",
    "could not be audited",
)


def main() -> None:
    """Audit the lock file named last, by the program named first."""
    program, lock = sys.argv[1:]
    done = subprocess.run(
        [program, "--requirement", lock, "--require-hashes", "--disable-pip", "--strict", "--timeout", "20"],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout, end="")
    if done.returncode and not done.stdout and any(why in done.stderr for why in UNREACHED):
        sys.exit("The database of known weaknesses can't be reached: nothing was audited.")
    print(done.stderr, end="", file=sys.stderr)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
