"""What each letter is for and when it is written, as an officer reads it in ``nabor template list``."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    """One event in Polish: ``title`` as a heading, ``when`` as the moment it is written."""

    title: str
    when: str


PURPOSES: Mapping[str, Purpose] = {
    "acknowledgement": Purpose("Potwierdzenie wpływu", "po przyjęciu zgłoszenia"),
    "scan_received": Purpose("Potwierdzenie wpływu skanu", "po przyjęciu zdjęcia albo skanu formularza"),
    "correction_request": Purpose("Prośba o uzupełnienie", "gdy w formularzu czegoś brakuje"),
    "completed": Purpose("Potwierdzenie uzupełnienia", "gdy kandydat uzupełni zgłoszenie i niczego więcej nie trzeba"),
    "closed_incomplete": Purpose("Zamknięcie niekompletnego zgłoszenia", "gdy uzupełnienie nie wpłynie w terminie"),
    "unreadable_form": Purpose("Prośba o ponowne przesłanie", "gdy pliku nie da się odczytać"),
    "accepted": Purpose("Wynik: przyjęcie", "po ogłoszeniu wyników"),
    "reserve": Purpose("Wynik: lista rezerwowa", "po ogłoszeniu wyników"),
    "rejected": Purpose("Wynik: odmowa", "po ogłoszeniu wyników"),
    "promoted": Purpose("Zwolnione miejsce", "gdy miejsce przypada osobie z listy rezerwowej"),
    "appeal_received": Purpose("Potwierdzenie wpływu odwołania", "po wpisaniu odwołania"),
    "appeal_withdrawn": Purpose("Potwierdzenie wycofania odwołania", "po wycofaniu odwołania"),
    "appeal_upheld": Purpose("Odwołanie uwzględnione", "po rozstrzygnięciu odwołania"),
    "appeal_rejected": Purpose("Odwołanie nieuwzględnione", "po rozstrzygnięciu odwołania"),
    "offer_confirmed": Purpose("Potwierdzenie udziału", "po przyjęciu miejsca"),
    "statement_request": Purpose("Prośba o oświadczenie do wypłaty", "gdy pracownik poprosi członka płatnej grupy"),
    "offer_declined": Purpose("Potwierdzenie rezygnacji", "po odmowie przyjęcia miejsca"),
    "offer_lapsed": Purpose("Wygaśnięcie propozycji", "gdy na propozycję miejsca nie ma odpowiedzi w terminie"),
    "reserve_ended": Purpose("Koniec listy rezerwowej", "po ostatnim spotkaniu grupy"),
    "invitation": Purpose("Zaproszenie na spotkanie", "przed spotkaniem, z plikiem do kalendarza"),
    "invitation_update": Purpose("Zmiana spotkania", "gdy zmieni się termin, miejsce albo program"),
    "reminder_officers": Purpose("Przypomnienie do pracowników", "gdy reguła przypomnień każe pisać do biura"),
    "digest": Purpose("Tygodniowe zestawienie spraw", "w poniedziałek, gdy na pracownika coś czeka"),
    "invitation_cancel": Purpose("Odwołanie spotkania", "gdy spotkanie się nie odbędzie"),
    "invitation_withdrawn": Purpose("Odwołanie zaproszenia", "gdy spotkanie się odbędzie, ale już bez tej osoby"),
    "invitation_substitute": Purpose("Zaproszenie w zastępstwie", "gdy członek grupy odmówi, a projekt na to pozwala"),
    "counter_declined": Purpose("Odmowa innego terminu", "gdy propozycji innego terminu spotkania nie przyjęto"),
    "attendance_warning": Purpose("Zbyt niska obecność", "gdy obecność spada poniżej progu projektu"),
    "struck_off": Purpose("Skreślenie z listy", "gdy osobę skreślono z listy członków grupy"),
    "reminder_correction": Purpose("Przypomnienie o uzupełnieniu", "przed końcem terminu na uzupełnienie"),
    "reminder_confirmation": Purpose("Przypomnienie o potwierdzeniu udziału", "przed końcem terminu na odpowiedź"),
    "reminder_invitation": Purpose("Przypomnienie o zaproszeniu", "gdy na zaproszenie nie ma odpowiedzi"),
    "reminder_meeting": Purpose("Przypomnienie o spotkaniu", "tuż przed spotkaniem"),
    "reminder_bill": Purpose("Przypomnienie o rachunku", "gdy nie wrócił podpisany rachunek"),
    "agreement_invitation": Purpose("Zaproszenie do porozumienia", "gdy instytucję zaprasza się do podpisania"),
    "agreement_redated": Purpose(
        "Nowy termin podpisania porozumienia", "gdy przesunięto termin, a instytucja dostała już zaproszenie"
    ),
    "agreement_joined": Purpose("Nowa strona porozumienia", "gdy do porozumienia przystąpi kolejna instytucja"),
    "reminder_agreement": Purpose("Przypomnienie o porozumieniu", "gdy instytucja jeszcze nie podpisała"),
    "stipend_ready": Purpose("Rachunek do podpisu", "po rozliczeniu spotkania"),
    "bill_received": Purpose("Potwierdzenie otrzymania rachunku", "po odnotowaniu podpisanego rachunku"),
    "stipend_paid": Purpose("Potwierdzenie przelewu", "po potwierdzeniu przelewu przez bank, jeśli projekt tak mówi"),
    "stipend_returned": Purpose("Przelew wrócił: prośba o numer konta", "po zwrocie przelewu, jeśli projekt tak mówi"),
    "free_letter": Purpose("List pracownika", "gdy pracownik napisze do grupy osób własnymi słowami"),
    "unit_invited": Purpose("Zaproszenie jednostki do naboru", "gdy pracownik zaprosi gminy albo powiaty"),
    "unit_card_asked": Purpose(
        "Prośba o kartę powiatu", "gdy gminy powiatu podpisały deklaracje, a pracownik o nią prosi"
    ),
    "seat_invited": Purpose("Zaproszenie do wskazania osoby", "gdy pracownik zaprosi instytucje do grupy"),
    "seat_vacant": Purpose("Prośba o wskazanie innej osoby", "gdy miejsce instytucji się zwolni"),
    "seat_change": Purpose(
        "Zapowiedziana zmiana osoby: dla instytucji", "gdy zapisze się na później zmianę osoby albo ją odwoła"
    ),
    "seat_closed": Purpose("Zamknięcie miejsca instytucji", "gdy miejsce instytucji w grupie się zamknie"),
    "seat_taken": Purpose("Potwierdzenie dla instytucji", "gdy wskazana osoba zajmie miejsce instytucji"),
    "reminder_seat": Purpose("Przypomnienie o wskazaniu osoby", "gdy instytucja nikogo jeszcze nie wskazała"),
    "named": Purpose("Przyjęcie osoby wskazanej", "gdy osoba wskazana przez instytucję wejdzie do grupy"),
    "nomination_ahead": Purpose(
        "Zapowiedź miejsca w grupie", "gdy zapisze się, że osoba zajmie miejsce instytucji od dnia w przyszłości"
    ),
    "nomination_ending": Purpose(
        "Zapowiedź końca udziału", "gdy zapisze się, że inna osoba zastąpi tę od dnia w przyszłości"
    ),
    "nomination_ended": Purpose("Koniec udziału z ramienia instytucji", "gdy instytucja wskaże inną osobę"),
    "registered": Purpose("Przyjęcie w kolejności zgłoszeń", "gdy dla zgłoszenia jest miejsce"),
    "waiting_list": Purpose("Lista oczekujących", "gdy wszystkie miejsca są już zajęte"),
    "refused": Purpose("Odmowa przyjęcia do grupy", "gdy pracownik odmówi, bo kryterium nie jest spełnione"),
    "support_granted": Purpose("Przyznanie wsparcia", "po przyznaniu wsparcia, np. coachingu"),
    "support_refused": Purpose("Odmowa wsparcia", "gdy pracownik odmówi wsparcia"),
    "support_ended": Purpose("Zakończenie wsparcia", "gdy pracownik zakończy wsparcie przed czasem"),
    "withdrawn": Purpose("Potwierdzenie wycofania", "po wycofaniu zgłoszenia"),
}
