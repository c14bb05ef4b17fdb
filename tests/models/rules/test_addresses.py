"""Confirmed addresses: who must stand behind one before somebody's form goes there."""

from collections.abc import Sequence

import pytest

from models.rules.addresses import Basis, ConfirmedTo, StatedAddress, confirmed_to

ANNA, OTHER, OFFICE = "anna@example.org", "inny@example.com", "sekretariat@example.org"


def read(address: str = ANNA, *, certainty: int = 100, document: int = 1, times: int = 1) -> StatedAddress:
    return StatedAddress(address, certainty, document, times)


@pytest.mark.parametrize(
    ("vouched", "stated", "senders", "confirmed"),
    [
        pytest.param(None, [], [], None, id="nothing is known"),
        pytest.param(None, [read()], [], None, id="read once, on paper"),
        pytest.param(None, [read()], [ANNA], (ANNA, Basis.SENDER), id="sent from what the form says"),
        pytest.param(None, [read()], ["Anna@Example.org "], (ANNA, Basis.SENDER), id="whatever the capitals"),
        pytest.param(None, [read()], [OFFICE], (OFFICE, Basis.SENDER), id="sent by a secretary: back to where it came"),
        pytest.param(None, [], [OTHER, OFFICE], (OFFICE, Basis.SENDER), id="not read: the newest sender"),
        pytest.param(None, [read()], ["sekretariat", "  "], None, id="a sender that is no address"),
        pytest.param(None, [read(times=2)], [], (ANNA, Basis.REPEATED), id="twice in the form"),
        pytest.param(None, [read(document=1), read(document=2)], [], (ANNA, Basis.REPEATED), id="in two documents"),
        pytest.param(None, [read(), read()], [], None, id="one document, read twice"),
        pytest.param(None, [read(certainty=89, times=2)], [], None, id="twice and not certain"),
        pytest.param(None, [read(certainty=60), read(document=2)], [], None, id="the other reading is not certain"),
        pytest.param(None, [read(OTHER, document=1), read(document=2)], [], None, id="two documents, two addresses"),
        pytest.param(OTHER, [read()], [ANNA], (OTHER, Basis.OFFICER), id="an officer knows better"),
    ],
)
def test_an_address_is_confirmed(
    vouched: str | None,
    stated: Sequence[StatedAddress],
    senders: Sequence[str],
    confirmed: tuple[str, Basis] | None,
) -> None:
    assert confirmed_to(vouched=vouched, stated=stated, senders=senders) == (
        ConfirmedTo(*confirmed) if confirmed else None
    )
