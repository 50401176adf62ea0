"""The site of nginx as it is installed, before a server that only notes what comes through."""

import datetime
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import free_port, running, wait_for

SITE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "five-standards.conf"
NAME = "survey.example.org"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    types {{ text/javascript js; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Seen:
    """A request that came through."""

    path: str
    headers: Message
    size: int


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


@dataclass
class Proxy:
    """nginx, whom it asks, and what it wrote down."""

    folder: Path
    http: int
    https: int
    seen: list[Seen] = field(default_factory=list)

    def logs(self) -> str:
        return "".join(file.read_text("utf-8") for file in self.folder.glob("*.log"))

    @contextmanager
    def connected(
        self, *, source: str = "127.0.0.1", name: str = NAME, ciphers: str = ""
    ) -> Iterator[HTTPConnection]:
        """By HTTPS, or by TLS 1.2 with these ciphers alone; the certificate is not looked at."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        if ciphers:
            trusting.maximum_version = ssl.TLSVersion.TLSv1_2
            trusting.set_ciphers(ciphers)
        plain = socket.create_connection(("127.0.0.1", self.https), 10, source_address=(source, 0))
        with plain, trusting.wrap_socket(plain, server_hostname=name) as secure:
            connection = HTTPConnection(name)
            connection.sock = secure
            yield connection

    def ask(
        self, path: str, method: str = "GET", *, source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.connected(source=source) as connection:
            connection.request(method, path, headers=named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def is_up(self) -> None:
        with self.connected():
            pass


@contextmanager
def proxy(folder: Path) -> Iterator[Proxy]:
    made = Proxy(folder, free_port(), free_port())
    with noting(made.seen) as upstream:
        write_site(made, upstream)
        command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        command += ["-e", str(folder / "start.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        with running(command, folder / "output.log") as process:
            wait_for(made.is_up, OSError, process)
            yield made


def write_site(made: Proxy, upstream: int) -> None:
    """The installed file with other ports and folders, and 127.0.0.2 as who may watch."""
    folder = made.folder
    (folder / "static").mkdir()
    write_certificate(folder)
    text = re.sub(r"^ *listen \[::\].*\n", "", SITE.read_text("utf-8"), flags=re.MULTILINE)
    for old, new in (
        ("unix:/run/five-standards/web.sock", f"127.0.0.1:{upstream}"),
        ("listen 80", f"listen 127.0.0.1:{made.http}"),
        ("listen 443", f"listen 127.0.0.1:{made.https}"),
        ("127.0.0.0/8 1;", "127.0.0.2/32 1;"),
        ("/etc/ssl/certs/ssl-cert-snakeoil.pem", f"{folder}/certificate.pem"),
        ("/etc/ssl/private/ssl-cert-snakeoil.key", f"{folder}/key.pem"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/var/lib/five-standards/", f"{folder}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
    )
    (folder / "certificate.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@contextmanager
def noting(seen: list[Seen]) -> Iterator[int]:
    """A server that takes everything, but for `/broken`, where it hangs up."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            seen.append(Seen(self.path, self.headers, size))
            if self.path.endswith("/broken"):
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
