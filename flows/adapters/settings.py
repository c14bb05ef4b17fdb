"""Settings of an office, from the environment (prefix ``NABOR_``)."""

import re
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import SettingsFaulty

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Settings(BaseSettings):
    """Every setting has a default that works for one officer on one computer, except the key file."""

    model_config = SettingsConfigDict(env_prefix="NABOR_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("var"), description="Folder danych: baza, pliki, dziennik Prefect")
    keys: Path | None = Field(default=None, description="Plik kluczy; musi leżeć poza folderem danych")
    database_url: SecretStr | None = Field(
        default=None, description="Adres PostgreSQL; bez niego SQLite w folderze danych"
    )
    prefect_database_url: SecretStr | None = Field(default=None, description="Adres PostgreSQL dla serwera Prefect")
    prefect_port: int = Field(default=4200, description="Port strony Prefect na 127.0.0.1")
    inbox: Path | None = Field(default=None, description="Folder, z którego przepływ „intake” bierze formularze")
    smtp_host: str = Field(default="", description="Serwer SMTP; pusty: wiadomości zostają w folderze danych")
    smtp_port: int = Field(default=587, description="Port SMTP")
    smtp_security: Literal["none", "starttls", "tls"] = Field(default="starttls", description="Szyfrowanie SMTP")
    smtp_user: str = Field(default="", description="Użytkownik SMTP")
    smtp_password: SecretStr | None = Field(default=None, description="Hasło SMTP")
    smtp_rate_per_minute: int = Field(default=60, ge=1, description="Ile wiadomości najwyżej na minutę")
    smtp_connections: int = Field(
        default=3, ge=1, le=20, description="Ile połączeń z serwerem SMTP otwiera najwyżej jedna wysyłka naraz"
    )
    smtp_allow_reserved: bool = Field(
        default=False, description="Czy wysyłać na domeny przykładowe (tylko demo i testy na 127.0.0.1)"
    )
    imap_host: str = Field(default="", description="Serwer IMAP; pusty: poczta przychodząca nie jest odbierana")
    imap_port: int = Field(default=993, description="Port IMAP")
    imap_security: Literal["none", "starttls", "tls"] = Field(
        default="tls", description="Szyfrowanie IMAP; bez niego (none) tylko na tym komputerze"
    )
    imap_user: str = Field(default="", description="Użytkownik IMAP")
    imap_password: SecretStr | None = Field(default=None, description="Hasło IMAP")
    imap_folder: str = Field(default="INBOX", description="Folder, z którego odbierane są listy")
    imap_handled_folder: str = Field(
        default="Nabór-przyjęte", description="Folder na serwerze, do którego trafiają przyjęte listy"
    )
    answer_url: str = Field(
        default="",
        description="Adres strony, na której odpowiada się na zaproszenia; pusty: w listach nie ma odnośników",
    )
    mail_redirect: str = Field(default="", description="Adres, na który w biurze testowym idzie cała poczta")
    mail_stopped: bool = Field(
        default=False, description="Czy zatrzymać całą pocztę wychodzącą: nic nie wychodzi i nic nie ginie"
    )
    outbox_grace_minutes: int = Field(
        default=15, ge=0, description="Ile minut wiadomość czeka na wgląd przed wysłaniem"
    )
    payment_months: int = Field(
        default=12, ge=1, description="Ile miesięcy po spotkaniu najpóźniej może przypaść data wypłaty"
    )
    reading_workers: int = Field(default=2, ge=1, description="Ile procesów czyta formularze")
    libreoffice: str = Field(
        default="soffice",
        description="Program LibreOffice, który przekształca .doc, .odt i .rtf (nazwa albo ścieżka); pusty: żaden",
    )
    libreoffice_with_network: bool = Field(
        default=False, description="Czy użyć LibreOffice także tam, gdzie nie da się odciąć go od sieci (niezalecane)"
    )
    officer: str = Field(default="", description="Login osoby, która działa (albo --as)")
    officer_secret: SecretStr | None = Field(default=None, description="Jej hasło; bez niego polecenie o nie zapyta")
    clock: datetime | None = Field(
        default=None,
        description="Zatrzymany zegar do prób (2018-06-01T08:00+02:00); poczta idzie wtedy tylko na 127.0.0.1",
    )

    @model_validator(mode="after")
    def _clock_is_aware(self) -> Self:
        if self.clock is not None and self.clock.tzinfo is None:
            raise ValueError("zegar (NABOR_CLOCK) potrzebuje strefy, np. 2018-06-01T08:00+02:00")
        if self.clock is not None and self.smtp_host not in ("", *_LOOPBACK):
            raise ValueError("przy zatrzymanym zegarze (NABOR_CLOCK) poczta może iść tylko na ten komputer")
        if self.clock is not None and self.imap_host not in ("", *_LOOPBACK):
            raise ValueError("przy zatrzymanym zegarze (NABOR_CLOCK) pocztę można odbierać tylko z tego komputera")
        return self

    @model_validator(mode="after")
    def _redirect_is_an_address(self) -> Self:
        if self.mail_redirect and not re.fullmatch(r"[!-?A-~]+@[A-Za-z0-9.-]+", self.mail_redirect):
            raise ValueError("adres biura testowego (NABOR_MAIL_REDIRECT) ma niewłaściwą postać")
        return self

    @model_validator(mode="after")
    def _mail_is_encrypted(self) -> Self:
        if self.imap_security == "none" and self.imap_host not in ("", *_LOOPBACK):
            raise ValueError("pocztę bez szyfrowania (NABOR_IMAP_SECURITY=none) wolno odbierać tylko z tego komputera")
        return self

    @property
    def key_file(self) -> Path:
        """Where the keys are. Raises ``SettingsFaulty`` when they would lie inside the data folder."""
        path = self.keys or Path.home() / ".config" / "nabor" / "keys.json"
        if path.resolve().is_relative_to(self.data.resolve()):
            raise SettingsFaulty(
                "Plik kluczy leży w folderze danych. Przenieś go poza ten folder i wskaż w NABOR_KEYS."
            )
        return path


def load_settings(**overrides: object) -> Settings:
    """Raises ``SettingsFaulty`` with the names of the settings that cannot be used."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsFaulty(" ".join(_mistake(one) for one in error.errors())) from None


def _mistake(error: ErrorDetails) -> str:
    """What is wrong, by the setting's own description: pydantic explains types, and in English."""
    if not error["loc"]:
        return f"Nie można użyć ustawień: {error['ctx']['error']}."
    name = str(error["loc"][0])
    return f"Nie można użyć wartości ustawienia NABOR_{name.upper()} ({Settings.model_fields[name].description})."
