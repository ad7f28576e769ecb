"""Who states a list or a row in a way that can't work is told so in a sentence, as soon as it is read."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from shared.record.projecting.row_models import model_table
from shared.web.lists.filters import AskedText, narrowing
from shared.web.lists.short_list import ShortList


class NotedRow(BaseModel):
    """A row."""

    title: str
    kept_out: list[str]


class AnyText(BaseModel):
    """A filter that would let through what no database holds."""

    title: str | None = None


class SomeText(BaseModel):
    """Filters that say which texts they take; one of them the row knows nothing of."""

    title: AskedText | None = None
    label: Annotated[str | None, Field(pattern="^[a-z]+$")] = None


class InTuples(BaseModel):
    """A row that no table holds."""

    kept_out: tuple[str, ...]


def test_a_filter_says_which_texts_it_takes() -> None:
    with pytest.raises(TypeError, match="the filter 'title' takes any text"):
        _ = ShortList(name="noted", row=NotedRow, filters=AnyText).asked
    assert ShortList(name="noted", row=NotedRow, filters=SomeText).asked


def test_a_filter_called_like_a_field_of_the_row_narrows_by_it() -> None:
    assert narrowing(SomeText, NotedRow) == [("title", None)]


def test_a_column_holds_what_a_database_does() -> None:
    assert model_table("noted", NotedRow).c.kept_out is not None
    with pytest.raises(TypeError, match="a list is `list"):
        model_table("noted", InTuples)
