"""Tables as spreadsheets save them: delimiter, header, lines, encodings."""

import pytest

from ticktap.errors import BadInput
from ticktap.formats import delimited


def rows(text, **more):
    return [(each.number, each.cells) for each in delimited.lines(text, **more)]


@pytest.mark.parametrize("first", ["", "\n  \n"])
@pytest.mark.parametrize(("delimiter", "later"), [",;", ",|", ";\t", ";|", "\t|"])
def test_of_delimiters_that_are_as_frequent_the_usual_one_counts(first, delimiter, later):
    text = f"{first}a{delimiter}b{later}c\nd{delimiter}e\n"
    assert [cells for _, cells in rows(text)] == [["a", f"b{later}c"], ["d", "e"]]


def test_no_other_character_is_a_delimiter():
    assert rows("XXXX:::: a,b  \n") == [(1, ["XXXX:::: a", "b"])]


def test_more_semicolons_than_commas():
    assert rows("a,b;c;d\n") == [(1, ["a,b", "c", "d"])]


@pytest.mark.parametrize(
    "first", ["sep=!\n", "SEP=!\r\n", '"sep=!"\n', "'sep=!' \t\n", "\ufeffsep=!\r", "sep=!\n\n"]
)
def test_a_line_that_names_the_delimiter(first):
    (row,) = rows(f"{first}a,x!b,y")
    assert row[1] == ["a,x", "b,y"]
    assert row[0] == 2 + first.count("\n\n")


def test_lines_are_those_of_the_file():
    text = 'a,b\n\n , \n"c\nd", e \n\nf,g\n'
    assert rows(text) == [(1, ["a", "b"]), (5, ["c\nd", "e"]), (7, ["f", "g"])]


def test_a_quotation_mark_that_is_not_closed():
    text = 'sep=,\na,b\nc,"d\n'
    with pytest.raises(delimited.TableError) as caught:
        rows(text, strict=True)
    assert caught.value.line == 3
    assert rows(text)[1] == (3, ["c", "d"])


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "", "b", ""], ["a", "", "b"]),
        (["a", "", ""], ["a"]),
        (["", ""], []),
        ([], []),
    ],
)
def test_columns_without_a_name_at_the_end(cells, named):
    assert delimited.without_empty_columns(cells) == named


@pytest.mark.parametrize(
    "data",
    [
        b"caf\xc3\xa9,1",
        b"\xef\xbb\xbfcaf\xc3\xa9,1",
        b"\xff\xfec\0a\0f\0\xe9\0,\x001\0",
        b"\xfe\xff\0c\0a\0f\0\xe9\0,\x001",
    ],
)
def test_encodings(data):
    assert delimited.decoded(data) == "caf\u00e9,1"


@pytest.mark.parametrize("data", [b"caf\xe9,1", b"\xff\xfea", b"\xff\xffa\0"])
def test_other_encodings_are_refused(data):
    with pytest.raises(BadInput, match="not in UTF-8") as caught:
        delimited.decoded(data)
    assert "CSV UTF-8" in caught.value.remedy


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a" * 8 + b"\xe9" * 2, True),
        (b"a" * 7 + b"\xe9" * 3, False),  # exactly seven in ten
        (b"a" * 7 + b"\x7f" + b"\xe9" * 2, True),
        (b"a" * 7 + b"\x80" + b"\xe9" * 2, False),
        (b"aaaa\t\r\n a", True),
        *((b"aaaa" + bytes([control]) + b"aaaa", False) for control in (0, 8, 11, 12, 14, 31)),
        (b"a" * 4096 + b"\0", True),  # only the beginning is looked at
        (b"a" * 4095 + b"\0", False),
    ],
)
def test_text_in_an_older_encoding(data, text):
    assert delimited.is_older_text(data) is text
