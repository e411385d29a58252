from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from livestream.sheets.paper import NotPrinted, paper

AT = "2026-11-22T10:00:00+08:00"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63982d230f00022c00d71ef3fbe80000000049454e44ae426082"
)
ROOT = Path(__file__).parents[3]


def printed(text, **more) -> str:
    """The words of the page, as a reader copies them out."""
    made = paper("characters", {"at": AT, "text": text, "rows": []} | more)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize("text", ["峧㛃喆", "垚", "㐂㑇", "𬭚𠮷", "东寺头乡"])
def test_rare_characters_are_printed_as_they_are(text):
    assert printed(text).splitlines()[:2] == ["字样", text]


def test_the_fonts_have_every_character_of_the_places_that_come_with_the_system():
    letters = {letter for path in (ROOT / "config/demo/places").glob("*.csv") for letter in path.read_text(encoding="utf-8")}
    names = "".join(sorted(letter for letter in letters if letter > "〇"))

    assert len(names) == 445
    assert printed(names).replace("\n", "").startswith("字样" + names)


def test_a_character_that_no_font_has_is_left_to_be_written_in_by_hand():
    assert printed("张🐼三鿿").splitlines()[:2] == ["字样", "张〓三〓"]


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b\x1b", "a\x7fb"])
def test_control_characters_are_dropped(text):
    assert printed(text).splitlines()[1] == "ab"


def test_a_backslash_stays_what_it_is():
    assert printed("a\\u0001b").splitlines()[1] == "a\\u0001b"


def test_direction_marks_and_half_characters_break_nothing():
    assert printed("张\u202e三\ud800四").splitlines()[0] == "字样"


def test_the_same_data_are_the_same_bytes():
    data = {"at": AT, "text": "张三", "rows": [["字", 1]]}

    assert paper("characters", data) == paper("characters", data)


def test_the_file_carries_the_date_of_the_data_and_all_its_fonts():
    reader = pypdf.PdfReader(io.BytesIO(paper("characters", {"at": AT, "text": "张三", "rows": []})))

    assert str(reader.metadata.creation_date) == "2026-11-22 02:00:00+00:00"
    fonts = [
        each.get_object()["/DescendantFonts"][0]["/FontDescriptor"] for each in reader.pages[0]["/Resources"]["/Font"].values()
    ]
    assert [("/FontFile3" in font) for font in fonts] == [True, True]


def test_a_picture_is_found_beside_the_data():
    made = paper("characters", {"at": AT, "text": "有图", "rows": [], "picture": "a.png"}, {"../a.png": DOT})

    assert [image.image.size for image in pypdf.PdfReader(io.BytesIO(made)).pages[0].images] == [(1, 1)]


def test_a_template_that_is_not_there_is_said_so():
    with pytest.raises(NotPrinted):
        paper("nothing", {"at": AT})


def test_a_long_roster_takes_more_pages():
    made = paper("characters", {"at": AT, "text": "长", "rows": [[f"第{n}行", n] for n in range(400)]})

    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 5
    assert "第399行" in pages[-1].extract_text()
