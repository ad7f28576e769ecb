"""The child that makes PDF of one page in so many seconds of CPU: HTML comes in, PDF goes out."""

import hashlib
import resource
import sys

NO_PANGO = 3


def main() -> int:
    """Make a page tagged PDF, its identifier that of its content; say where Pango is missing."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        import weasyprint
    except OSError:
        return NO_PANGO
    page = sys.stdin.buffer.read()
    made = weasyprint.HTML(string=page.decode(), url_fetcher=_nothing).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(page).digest()[:16]
    )
    sys.stdout.buffer.write(made)
    return 0


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    """Fetch nothing: a paper holds all that it shows."""
    raise ValueError(url)


if __name__ == "__main__":
    sys.exit(main())
