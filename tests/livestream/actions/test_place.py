from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from livestream.actions.place import import_places, read_place_files
from livestream.models import Place

FILES = {
    "provinces.csv": 'code,name\n13,"河北省"\n14,"山西省"\n',
    "cities.csv": 'code,name,provinceCode\n1305,"邢台市",13\n1404,"长治市",14\n',
    "areas.csv": 'code,name,cityCode,provinceCode\n130529,"巨鹿县",1305,13\n140425,"平顺县",1404,14\n',
    "streets.csv": 'code,name,areaCode,provinceCode,cityCode\n140425202,"虹梯关乡",140425,14,1404\n',
    "villages.csv": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '140425202215,"库峧村村委会",140425202,14,1404,140425\n140425202216,"棒峧村村委会",140425202,14,1404,140425\n'
    ),
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def tree():
    return list(Place.objects.values_list("code", "name", "level", "parent_id"))


def test_files_give_every_level_and_inside_keeps_what_a_county_lies_in(folder):
    assert len(read_place_files(folder)) == 9
    assert read_place_files(folder, ("130529",)) == [("13", "河北省"), ("1305", "邢台市"), ("130529", "巨鹿县")]


@pytest.mark.django_db
def test_import_makes_a_tree_whatever_the_order_of_rows(folder):
    assert import_places(reversed(read_place_files(folder, ("140425",)))) == 6
    assert tree() == [
        ("14", "山西省", "province", None),
        ("1404", "长治市", "city", "14"),
        ("140425", "平顺县", "county", "1404"),
        ("140425202", "虹梯关乡", "township", "140425"),
        ("140425202215", "库峧村村委会", "village", "140425202"),
        ("140425202216", "棒峧村村委会", "village", "140425202"),
    ]


@pytest.mark.django_db
def test_a_second_import_only_renames(folder):
    import_places(read_place_files(folder))

    assert import_places(read_place_files(folder)) == 0
    assert import_places([("140425202", "虹梯关镇")]) == 1
    assert Place.objects.get(pk="140425202").name == "虹梯关镇"
    assert Place.objects.count() == 9


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "named"),
    [("140425202215", "140425202"), ("14042", "14042"), ("1404252022150", "1404252022150"), ("１４", "１４"), ("", "")],
)
def test_an_unknown_parent_or_length_is_refused_and_nothing_is_kept(code, named):
    with pytest.raises(ValueError, match=f"^{named}$"):
        import_places([("14", "山西省"), (code, "某地")])

    assert tree() == []


@pytest.mark.django_db
def test_the_command_reads_a_folder(folder, capsys):
    call_command("import_places", str(folder), inside=["140425"])

    assert capsys.readouterr().out == "新增或更名 6 个地方\n"
    assert Place.objects.count() == 6


@pytest.mark.django_db
def test_the_command_says_what_is_wrong_in_one_sentence(folder, capsys):
    (folder / "streets.csv").write_text("id,title\n1,x\n", encoding="utf-8")
    with pytest.raises(CommandError, match="没有 'code' 这一列"):
        call_command("import_places", str(folder))

    (folder / "streets.csv").unlink()
    with pytest.raises(CommandError, match=r"读不了 .*streets.csv"):
        call_command("import_places", str(folder))
