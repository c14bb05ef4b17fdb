"""Real IMAP servers on this computer: pymap in a thread of the test, and Debian's dovecot as a process."""

import asyncio
import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from socket import create_connection, socket
from typing import Any
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from imap_tools import MailBoxUnencrypted
from pymap.backend.dict import DictBackend
from pymap.config import IMAPConfig
from pymap.imap import IMAPService
from pysasl.hashing import BuiltinHash

from flows.adapters.mailbox import ImapMailbox
from flows.adapters.settings import Settings

USER, PASSWORD = "biuro", "tajne-haslo"
HANDLED = "Nabór-przyjęte"
_ports = count()


@dataclass(frozen=True)
class Server:
    """Where it listens, and what the test puts there and finds there, past our own code."""

    port: int
    user: str = USER

    def mailbox(self, **changes: Any) -> ImapMailbox:
        given: dict[str, Any] = {
            "security": "none",
            "user": self.user,
            "password": PASSWORD,
            "handled_folder": HANDLED,
            "timeout": 10,
            **changes,
        }
        return ImapMailbox("127.0.0.1", given.pop("port", self.port), **given)

    def settings(self, **changes: object) -> dict[str, object]:
        """The settings of an office with this mailbox."""
        return {
            "imap_host": "127.0.0.1",
            "imap_port": self.port,
            "imap_security": "none",
            "imap_user": self.user,
            "imap_password": PASSWORD,
            **changes,
        }

    def of(self, settings: Settings) -> Settings:
        return Settings(**{**dict(settings), **self.settings()})

    def put(self, raw: bytes, *, at: datetime, folder: str = "INBOX") -> None:
        """A mail arrives at that time."""
        with self.looked_at() as box:
            box.append(raw, folder, dt=at)

    def folders(self) -> dict[str, int]:
        """Every folder with how many mails lie in it."""
        with self.looked_at() as box:
            return {one.name: box.folder.status(one.name, ["MESSAGES"])["MESSAGES"] for one in box.folder.list()}

    def raw_mails(self) -> list[bytes]:
        """Every mail of every folder, byte for byte."""
        found = []
        with self.looked_at() as box:
            for one in box.folder.list():
                box.folder.set(one.name, readonly=True)
                for uid in box.uids("ALL", charset=None):
                    answer = box.client.uid("FETCH", uid, "(BODY.PEEK[])")[1]
                    found += [item[1] for item in answer if isinstance(item, tuple)]
        return sorted(found)

    def flags(self, folder: str = "INBOX") -> list[tuple[str, ...]]:
        with self.looked_at() as box:
            box.folder.set(folder, readonly=True)
            return [one.flags for one in box.fetch(mark_seen=False)]

    @contextmanager
    def looked_at(self) -> Iterator[MailBoxUnencrypted]:
        box = MailBoxUnencrypted("127.0.0.1", self.port, timeout=10)
        box.login(self.user, PASSWORD, initial_folder=None)
        try:
            yield box
        finally:
            box.logout()


@contextmanager
def pymap(
    *, port: int | None = None, without: bytes = b"", encrypted_by: tuple[Path, Path] | None = None
) -> Iterator[Server]:
    """pymap with an empty mailbox in memory. ``without``: a capability that it keeps to itself; ``encrypted_by``:
    certificate and key for STARTTLS."""
    chosen = port or free_port()
    ready, stop = threading.Event(), Future[None]()

    async def serve() -> None:
        parser = ArgumentParser()
        IMAPService.add_arguments(parser)
        DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
        parser.set_defaults(debug=False, skip_services=[], passlib_cfg=None)
        words = ["--host", "127.0.0.1", "--port", str(chosen)]
        words += ["--cert", str(encrypted_by[0]), "--key", str(encrypted_by[1])] if encrypted_by else ["--no-tls"]
        account = ["--demo-user", USER, "--demo-password", PASSWORD]
        # Hashing a password safely takes a third of a second; this one guards nothing.
        backend, config = await DictBackend.init(
            parser.parse_args([*words, "dict", *account]), invalid_user_sleep=0, hash_context=BuiltinHash(rounds=1)
        )
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            ready.set()
            await asyncio.wrap_future(stop)

    offered = IMAPConfig.login_capability.fget
    assert offered is not None
    kept = property(lambda config: [one for one in offered(config) if one != without])
    with patch.object(IMAPConfig, "login_capability", kept):
        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="pymap", daemon=True)
        thread.start()
        assert ready.wait(20), "pymap did not start"
        try:
            yield Server(chosen)
        finally:
            stop.set_result(None)
            thread.join(10)


@contextmanager
def dovecot(*settings: str) -> Iterator[Server]:
    """Dovecot with a configuration, folders and a port of its own; no service of the system is touched."""
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    folder = Path(tempfile.mkdtemp(prefix="nabor-dovecot-"))
    folder.chmod(0o755)
    port, root = free_port(), os.geteuid() == 0
    uid, gid = (65534, 65534) if root else (os.geteuid(), os.getegid())
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, uid, gid)
    config = folder / "dovecot.conf"
    config.write_text("\n".join([_DOVECOT.format(folder=folder, port=port, uid=uid, gid=gid), *settings]))
    if not root:
        me = getpass.getuser()
        config.write_text(
            f"default_internal_user = {me}\ndefault_login_user = {me}\n{config.read_text()}\n"
            "service anvil {\n chroot =\n}\nservice imap-login {\n chroot =\n}\nservice stats {\n chroot =\n}\n"
        )
    process = subprocess.Popen([program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        yield Server(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 0
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password=tajne-haslo
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, valid for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nabor")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, "dovecot did not start"
        try:
            with closing(create_connection(("127.0.0.1", port), timeout=1)) as line:
                if line.recv(64).startswith(b"* OK"):
                    return
        except OSError:
            pass
        assert time.monotonic() < deadline, "dovecot does not answer"
        time.sleep(0.05)


def free_port() -> int:
    """A free port that stays free between two lives of a server: below those that outgoing connections are given."""
    for port in range(20_000 + (os.getpid() * 37 + next(_ports) * 11) % 10_000, 32_000):
        with closing(socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")
