"""What must be right in how a project pays: the account, the bank profile and the title of its transfers."""

from string import Formatter

from models.identifiers import Fault as Wrong
from models.identifiers import check_nrb
from models.pay_rules import PaymentRules
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, check
from models.rules.bank_profiles import PROFILES, BankProfile
from models.rules.transfer_checks import party_lines, title_lines, title_of
from models.rules.transfers import Transfer

TITLE_FIELDS = frozenset({"bill", "project"})
_LONGEST_BILL, _LONGEST_REFERENCE = "R/0000/2018", "LP0000/18/0000"


def _payments(definition: ProjectDefinition) -> Faults:
    rules = definition.payments
    if rules is None:
        return
    account = check_nrb(rules.account)
    if isinstance(account, Wrong):
        yield Fault(("payments", "account"), f"Konto płatnika jest błędne. {account.sentence}")
    yield from _title(rules, definition.code)
    profile = PROFILES.get(rules.profile)
    if profile is None:
        yield Fault(
            ("payments", "profile"), f"Nie ma profilu banku „{rules.profile}”. Do wyboru są: {', '.join(PROFILES)}."
        )
    else:
        yield from _payer(definition, rules, profile)


def _payer(definition: ProjectDefinition, rules: PaymentRules, profile: BankProfile) -> Faults:
    name, address = rules.payer_name or definition.buyer.name, rules.payer_address or definition.buyer.address
    for field, text in (("payer_name", name), ("payer_address", address)):
        if signs := profile.spelled(text)[1]:
            yield Fault(
                ("payments", field) if getattr(rules, field) else ("payments",),
                f"Profil banku nie dopuszcza w danych płatnika znaków: {' '.join(signs)} Zapisz je inaczej ({field}).",
            )
    if party_lines(profile, name, address) is None:
        yield Fault(
            ("payments",),
            "Nazwa i adres płatnika nie mieszczą się w pliku dla banku; skróć je (payer_name, payer_address).",
        )


def _title(rules: PaymentRules, project: str) -> Faults:
    """The title names only what there is, and fits with the longest number of a bill."""
    try:
        named = {name for _, name, _, _ in Formatter().parse(rules.title) if name is not None}
    except ValueError:
        named = {"{"}
    if unknown := sorted(named - TITLE_FIELDS):
        yield Fault(
            ("payments", "title"),
            f"Tytuł przelewu zna tylko {{bill}} i {{project}}; jest w nim: {', '.join(unknown)}.",
        )
        return
    if "bill" not in named:
        yield Fault(("payments", "title"), "Tytuł przelewu musi podawać numer rachunku: {bill}.")
    profile = PROFILES.get(rules.profile)
    if profile is None:
        return
    title = rules.title.format(bill=_LONGEST_BILL, project=project)
    if title_lines(profile, title_of(profile, Transfer(_LONGEST_REFERENCE, "", "", "", 0, title))) is None:
        yield Fault(("payments", "title"), "Tytuł przelewu jest za długi dla tego profilu banku. Skróć go.")
    elif signs := profile.spelled(title)[1]:
        yield Fault(("payments", "title"), f"Profil banku nie dopuszcza w tytule znaków: {' '.join(signs)}")


PAYMENT_CHECKS: tuple[Check, ...] = (check(_payments, "payments", "buyer", "code"),)
