"""Groups that are filled without a selection, from the shipped project by a change of data: institutions that name
people into the PGR of powiat kartuski, and people who register for it. Everybody and everything here is invented."""

from functools import cache

from people import ADAM, CALL, RITA, WORKER, definition, go_to, load, numbers, open_another_call, reading, send_in
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.admission import Admitted, admit_call
from flows.steps.institution_seats import InvitedInstitutions, invite_institutions
from flows.steps.institutions import Stated, add_institution
from flows.steps.verification import to_verify, verify
from models.group_kinds import Admission
from models.nomination_rules import NominationRules, Replacement
from models.project import ProjectDefinition
from models.tables import Message

SCHOOL = Stated("Szkoła Próbna w Kartuzach", area="2205023", nip="7781346888", email="szkola@example.org")
LIBRARY = Stated("Biblioteka Próbna w Żukowie", area="2205083", email="biblioteka@example.org")
CENTRE = Stated("Ośrodek Próbny w Kartuzach", area="2205", nip="7781346888", email="osrodek@example.org")
NAMED_BY = {
    "I1": {"instytucja.nazwa": "Szkoła Próbna w Kartuzach", "instytucja.nip": "7781346888"},
    "I2": {"instytucja.nazwa": "biblioteka próbna w Żukowie", "instytucja.nip": "5260250274"},
    "I3": {"instytucja.nazwa": "Ośrodek Próbny w Kartuzach", "instytucja.nip": "7781346888"},
}
"""What stands in the form of whom each institution sends. One gmina's bodies share its NIP; of the library the register
does not know it."""


@cache
def project(admission: Admission, seats: int = 7, replacement: Replacement = Replacement.OFFICER) -> ProjectDefinition:
    """KES with a PGR into which people come otherwise: no points, no order, no reserve, and at any time."""
    (pgr,) = (kind for kind in definition().group_kinds if kind.code == "PGR")
    late = {"w_terminie", "jedno_zgloszenie"} if admission is Admission.NOMINATION else {"w_terminie"}
    changed = pgr.model_copy(
        update={
            "admission": admission,
            "seats": seats,
            "reserve_seats": 0,
            "merit": (),
            "minimum": None,
            "composition": (),
            "criteria": tuple(code for code in pgr.criteria if code not in late),
        }
    )
    kinds = tuple(changed if kind.code == "PGR" else kind for kind in definition().group_kinds)
    rules = NominationRules(replacement=replacement)
    return definition().model_copy(update={"group_kinds": kinds, "nominations": rules})


def open_nominations(office: Office, replacement: Replacement = Replacement.OFFICER) -> None:
    """A call by nomination, and three institutions that were not invited yet: I1, I2, I3."""
    with office.writing(ADAM) as session:
        load(session, project(Admission.NOMINATION, replacement=replacement), now=office.now())
    open_another_call(office, "2205")
    with office.writing(RITA) as session:
        for one in (SCHOOL, LIBRARY, CENTRE):
            add_institution(session, "KES", one, actor=RITA, now=office.now())


def invited(office: Office) -> InvitedInstitutions:
    """The same, and all three were invited on the first day of the call."""
    open_nominations(office)
    go_to(office, "2018-06-04T09:00")
    return invite_institutions(office, CALL, ("I1", "I2", "I3"), actor=RITA)


def seated(office: Office) -> list[str]:
    """The same, and the school and the library sit in the group by the persons whom they named."""
    invited(office)
    found = [name(office, 1, "I1", at="2018-06-05T10:00"), name(office, 2, "I2", at="2018-06-05T11:00")]
    go_to(office, "2018-06-06T09:00")
    admit(office)
    return found


def open_registration(office: Office, seats: int = 2) -> None:
    with office.writing(ADAM) as session:
        load(session, project(Admission.REGISTRATION, seats), now=office.now())
    open_another_call(office, "2205")


def name(office: Office, i: int, institution: str, *, at: str, **changes: str | None) -> str:
    """The form of person ``i`` comes, in the name of an institution; the number of the application."""
    told = {**NAMED_BY[institution], **{key.replace("__", "."): value for key, value in changes.items()}}
    send_in(office, reading(i, dict(told)), at=at)
    return numbers(office)[-1]


def register(office: Office, i: int, *, at: str) -> str:
    """The form of person ``i`` comes for herself."""
    send_in(office, reading(i), at=at)
    return numbers(office)[-1]


def admit(office: Office) -> Admitted:
    """What a run of admission does: it judges whatever is complete, and seats whom it may."""
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
        return admit_call(session, CALL, actor=WORKER, now=office.now())


def said(message: Message) -> str:
    """The words of a letter, whatever spaces stand between them."""
    return " ".join(message.text.split())


def letters(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())
