import pytest

from survey_app.exchange.csvfile import MOST_BYTES, read_sheet
from survey_app.exchange.faults import Fault, ImportFaults


def cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_sheet(content, "f.csv", ["code", "name"], ["field"]).rows]


def faults(content: bytes) -> str:
    with pytest.raises(ImportFaults) as caught:
        read_sheet(content, "f.csv", ["code", "name"], ["field"]).faults.refuse()
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "code,name\n1,Nghệ An\n",
        "\ufeffcode,name\n1,Nghệ An\n",
        "code;name\r\n1;Nghệ An\r\n",
        "Code\tNAME\n1\tNghệ An\n",
        '"code", name\n 1 ,  Nghệ An \n',
        "name,code\n\nNghệ An,1\n,\n",
        "code,name\n1,Nghe\u0323\u0302 An\n",  # e, dot below, circumflex, apart
    ],
)
def test_sheet__written_in_many_ways__same_cells(content: str) -> None:
    assert cells(content.encode()) == [{"code": "1", "name": "Nghệ An"}]


def test_sheet__separators_in_quotes__not_taken_for_the_header_s() -> None:
    sheet = read_sheet(b'"a,b,c";"code"\n1;2\n', "f.csv", ["a,b,c", "code"])
    assert [dict(row.cells) for row in sheet.rows] == [{"a,b,c": "1", "code": "2"}]


def test_sheet__empty_lines__rows_counted_as_a_spreadsheet_does() -> None:
    rows = read_sheet(b'code,name\n\n1,"two\nlines"\n2,b\n', "f.csv", ["code", "name"]).rows
    assert [row.number for row in rows] == [3, 4]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file has no header"),
        (b"code,name\n1,Ngh\xea\n", "byte 16 (line 2) is 0xea, not UTF-8; save the file as 'CSV UTF-8'"),
        (b"\xef\xbb\xbfcode,name\n1,Ngh\xea\n", "byte 19 (line 2) is 0xea, not UTF-8"),
        ("code,name\n".encode("utf-16"), "the file is UTF-16"),
        (b"code,name\n1,a\0b\n", "byte 14 (line 2) is NUL"),
        (b"code\n1\n", "f.csv, row 1, column name: the column is missing; add it"),
        (b"code,name,Code\n1,a,2\n", "f.csv, row 1, column code: the column stands twice"),
        (b"code,name,fields\n1,a,2\n", "column fields: the column is not known; perhaps field is meant"),
        (b"code,name,\n1,a,2\n", "column number 3: the column is not known"),
        (b"code,name\n1,a\n2\n", "f.csv, row 3: 1 cells stand under 2 columns"),
        (b"code,name\n1,a,b\n", "f.csv, row 2: 3 cells stand under 2 columns"),
        (b'code,name\n1,"a" b\n', "f.csv, row 2: the file is no CSV from here on"),
        (b'code,name\n1,"a\n2,b\n', "the file is no CSV from here on"),
        (b"code,name\n1," + b"a" * 20_001 + b"\n", "row 2: cell 2 has 20001 signs, more than 20000"),
        (b"a" + b"," * 3_000, "3001 columns are more than 2000"),
    ],
)
def test_sheet__hostile_file__says_what_and_where(content: bytes, expected: str) -> None:
    assert expected in faults(content)


def test_sheet__too_many_bytes__refused() -> None:
    assert "67108865 bytes are more than 67108864; split the file" in faults(b"a" * (MOST_BYTES + 1))


def test_sheet__others_allowed__only_those_asked_for() -> None:
    sheet = read_sheet(b"x,code,x\n1,2,3\n", "f.csv", ["code"], others=True)
    assert [dict(row.cells) for row in sheet.rows] == [{"code": "2"}]


def test_faults__very_many__first_ones_and_the_number_of_the_rest() -> None:
    text = str(ImportFaults(Fault("f.csv", row, "code", "wrong", "mend") for row in range(250, 0, -1)))
    assert text.startswith("f.csv, row 1, column code: wrong; mend\n")
    assert text.endswith("f.csv, row 200, column code: wrong; mend\n… and 50 more faults")
