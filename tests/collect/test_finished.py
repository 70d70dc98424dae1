import gzip

import pytest

from survey_app.collect.finished import FinishedPage

PAGE = "<p>" + "Rất hài lòng " * 400 + "SLOT" + "Rất hài lòng " * 20 + "</p>"


def test_compressed__slot_filled__one_gzip_member_of_the_same_page() -> None:
    page = FinishedPage.around(PAGE, "SLOT", 7)
    for value in (b"AAAAAAA", b"\xc3\xa1\xc3\xa1\xc3\xa1.", b"ng h\xc3\xa0i"):
        assert gzip.decompress(page.compressed(value)) == page.filled(value)
    assert page.filled(b"1234567").decode() == PAGE.replace("SLOT", "1234567")


def test_compressed__slot_of_another_length__refused() -> None:
    with pytest.raises(ValueError, match="8 bytes for a place of 7"):
        FinishedPage.around(PAGE, "SLOT", 7).compressed(b"12345678")
