"""Columns named once are known again in the next file with the same headers."""

from pathlib import Path

import pytest

from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import mapping
from tests.builders import World, new_session

NAMED = {"Élève": "family_name", "Petit nom": "given_name"}


def a_list(tmp_path: Path, header: str) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(f"{header}\nKaya;Emre;CM1\n", "utf-8")
    return path


def test_columns_are_known_again_by_their_headers(world: World, tmp_path: Path) -> None:
    path = a_list(tmp_path, "Élève;Petit nom;Groupe")
    assert mapping.of_file(world.session, "pupils", path) == {}
    mapping.remember_file(world.session, "pupils", path, NAMED)
    assert mapping.of_file(world.session, "pupils", path) == NAMED
    mapping.remember_file(world.session, "pupils", path, {"Élève": "full_name"})
    assert mapping.of_file(world.session, "pupils", path) == {"Élève": "full_name"}
    assert mapping.of_file(world.session, "guardians", path) == {}
    assert mapping.of_file(world.session, "pupils", a_list(tmp_path, "Élève;Petit nom;Classe")) == {}


def test_what_is_no_table_has_no_columns(world: World, tmp_path: Path) -> None:
    path = tmp_path / "eleves.xml"
    path.write_text('<?xml version="1.0"?><BEE_ELEVES/>', "utf-8")
    mapping.remember_file(world.session, "pupils", path, NAMED)
    assert mapping.of_file(world.session, "pupils", path) == {}
    assert mapping.of_file(world.session, "pupils", tmp_path / "absent.csv") == {}


def test_only_who_imports_names_columns_and_sees_them(world: World, tmp_path: Path) -> None:
    finance = new_session(world.base, actor=Actor("F", Role.FINANCE))
    liaison = new_session(world.base, actor=Actor("L", Role.LIAISON))
    path = a_list(tmp_path, "Élève;Petit nom;Groupe")
    for ask in (
        lambda: mapping.remember(finance, "pupils", "digest", NAMED),
        lambda: mapping.remembered(finance, "pupils", "digest"),
        lambda: mapping.of_file(finance, "pupils", path),
        lambda: mapping.of_file(liaison, "pupils", path),
    ):
        with pytest.raises(NotPermitted):
            ask()
    mapping.remember_file(liaison, "answers", path, NAMED)
    assert mapping.of_file(liaison, "answers", path) == NAMED
