"""A device's own copy of an entity list: fetched, changed with no network, brought up to date.

Written from how Collect keeps entities: the server's versions go before what was done offline once
they are as high; what was never on the server stays until the server says that it is gone.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5
from urllib.parse import quote
from uuid import uuid4

from lxml import etree

from tests.collect.device import Collect, Record
from tests.surveys.panel import entering, visiting

FORMS = "{http://openrosa.org/xforms/xformsList}"
FILES = "{http://openrosa.org/xforms/xformsManifest}"
SYSTEM = ("name", "label", "__version")


@dataclass
class Local:
    """An entry on the device; `is_offline` until the server lists it as it is here."""

    label: str
    version: int
    values: dict[str, str]
    trunk: int | None = None
    branch: str = field(default_factory=lambda: str(uuid4()))
    is_offline: bool = True


@dataclass
class Phone:
    """A device with the forms of a panel; `outbox` is what it has not sent yet."""

    collect: Collect
    entries: dict[str, Local] = field(default_factory=dict)
    outbox: list[Record] = field(default_factory=list)
    md5: str = ""

    def fetch(self, name: str = "people") -> bool:
        """Bring the list up to date; whether the server had another one than before."""
        manifest = self._manifest(f"{name}.csv")
        is_new = manifest["hash"] != self.md5
        if is_new:
            content = self.collect.request("GET", manifest["downloadUrl"]).body
            assert f"md5:{md5(content).hexdigest()}" == manifest["hash"]  # noqa: S324 - OpenRosa's
            self.md5 = manifest["hash"]
            self._take_over(csv.DictReader(io.StringIO(content.decode())))
        self._forget(manifest["integrityUrl"])
        return is_new

    def _manifest(self, file_name: str) -> dict[str, str]:
        """What the manifests say of a file, as the form list leads to them."""
        forms = etree.fromstring(
            self.collect.request("GET", f"{self.collect.server_url}/formList").body
        )
        for url in forms.iter(f"{FORMS}manifestUrl"):
            manifest = etree.fromstring(self.collect.request("GET", url.text or "").body)
            for file in manifest.iter(f"{FILES}mediaFile"):
                said = {etree.QName(child).localname: child.text or "" for child in file}
                if said["filename"] == file_name:
                    assert file.get("type") == "entityList"
                    return said
        raise AssertionError(file_name)

    def _take_over(self, rows: Iterator[dict[str, str]]) -> None:
        missing = {uuid for uuid, local in self.entries.items() if not local.is_offline}
        for row in rows:
            uuid, label, version = (row[name] for name in SYSTEM)
            missing.discard(uuid)
            here = self.entries.get(uuid)
            if here is None or here.version <= int(version):
                values = {name: text for name, text in row.items() if not name.startswith("__")}
                values = {name: text for name, text in values.items() if name not in SYSTEM}
                self.entries[uuid] = Local(
                    label, int(version), values, trunk=int(version), is_offline=False
                )
            else:
                here.is_offline = False
        for uuid in missing:
            del self.entries[uuid]

    def _forget(self, integrity_url: str) -> None:
        asked = [uuid for uuid, local in self.entries.items() if local.is_offline]
        if asked:
            answer = self.collect.request("GET", f"{integrity_url}?id={quote(','.join(asked))}")
            for one in etree.fromstring(answer.body).iter("entity"):
                if one.findtext("deleted") == "true":
                    del self.entries[one.get("id", "")]

    def enter(self, uuid: str, **values: str) -> None:
        """Finish an interview that enters somebody in the list."""
        self.entries[uuid] = Local(values["phone"], 1, dict(values))
        instance_id = f"uuid:{uuid4()}"
        xml = entering(uuid, **values, instance_id=instance_id)
        self.outbox.append(Record(instance_id, xml))

    def visit(self, uuid: str, **values: str) -> None:
        """Finish an interview that changes an entry as it is on this device."""
        here = self.entries[uuid]
        instance_id = f"uuid:{uuid4()}"
        xml = visiting(
            uuid,
            base=here.version,
            trunk=here.trunk or "",
            branch=here.branch,
            instance_id=instance_id,
            **values,
        )
        self.outbox.append(Record(instance_id, xml))
        here.values |= values
        here.version += 1
