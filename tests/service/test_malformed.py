"""Whatever is sent, the API answers as its file says.

The library that draws the requests takes half a minute to read the API file: it does so once, in a run of
its own, and not in each process that runs specifications.
"""

from tests.prove.parts import closing_line


def test_whatever_is_sent_every_answer_is_one_that_the_file_declares() -> None:
    assert " passed" in closing_line("-n", "0", "tests/service/malformed.py")
