"""The counter's command codes, with an accessory's for each that the models here come with."""

from pathlib import Path

import pytest

from tablet_loans.domain.barcode import kit_code
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import labelling
from tests.builders import World, new_session
from tests.services.documents import codes_on, pages_of, text_of


def test_each_accessory_of_the_models_here_has_its_code_once(world: World, tmp_path: Path) -> None:
    world.model("Galaxy Tab A8", kit=("Housse", "Chargeur"))
    world.model("Yoga 300e", kind="laptop", kit=("chargeur", "Écouteurs"))
    out = tmp_path / "codes.pdf"
    assert labelling.print_commands(world.session, out) == labelling.PrintedCommands(3, 1, str(out))
    (page,) = pages_of(out)
    assert {kit_code("Chargeur"), kit_code("Écouteurs"), kit_code("Housse")} <= {code for code, _ in codes_on(page)}
    said = text_of(page)
    assert said.index("Chargeur") < said.index("Écouteurs") < said.index("Housse")


def test_a_base_without_a_model_has_its_commands_all_the_same(world: World, tmp_path: Path) -> None:
    assert labelling.print_commands(world.session, tmp_path / "codes.pdf").accessories == 0


def test_only_who_lends_prints_them(sqlite_world: World, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        labelling.print_commands(new_session(sqlite_world.base, actor=Actor("L", Role.LIAISON)), tmp_path / "codes.pdf")
