"""What OpenRosa tells devices as XML: forms of a survey, files of a form, entries of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

FORMS = "http://openrosa.org/xforms/xformsList"
FILES = "http://openrosa.org/xforms/xformsManifest"


@dataclass(frozen=True)
class ListedForm:
    """A form on offer; `manifest_url` and `description` are blank where there is none to tell."""

    form_id: str
    name: str
    version: str
    md5: str
    download_url: str
    manifest_url: str = ""
    description: str = ""


@dataclass(frozen=True)
class ListedFile:
    """A file of a form; one with an `integrity_url` is a list whose entries the device keeps."""

    name: str
    md5: str
    download_url: str
    integrity_url: str = ""


def form_list(forms: Iterable[ListedForm]) -> bytes:
    """A device rejects the whole list for one form without id, name or address."""
    root = _root(FORMS, "xforms")
    for form in forms:
        _add(
            etree.SubElement(root, f"{{{FORMS}}}xform"),
            {
                "formID": form.form_id,
                "name": form.name,
                "version": form.version,
                "hash": f"md5:{form.md5}",
                "descriptionText": form.description,
                "downloadUrl": form.download_url,
                "manifestUrl": form.manifest_url,
            },
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def manifest(files: Iterable[ListedFile]) -> bytes:
    root = _root(FILES, "manifest")
    for file in files:
        kind = {"type": "entityList"} if file.integrity_url else {}
        _add(
            etree.SubElement(root, f"{{{FILES}}}mediaFile", kind),
            {
                "filename": file.name,
                "hash": f"md5:{file.md5}",
                "downloadUrl": file.download_url,
                "integrityUrl": file.integrity_url,
            },
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def integrity(entities: Iterable[tuple[str, bool]]) -> bytes:
    """Which of a device's entries it should forget, by id."""
    root = etree.Element("data")
    listed = etree.SubElement(root, "entities")
    for entity_id, is_gone in entities:
        entity = etree.SubElement(listed, "entity", id=entity_id)
        etree.SubElement(entity, "deleted").text = "true" if is_gone else "false"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _root(namespace: str, name: str) -> etree._Element:
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def _add(parent: etree._Element, values: dict[str, str]) -> None:
    """Children in the parent's namespace, for what is not blank."""
    namespace = etree.QName(parent).namespace
    for name, value in values.items():
        if value:
            etree.SubElement(parent, f"{{{namespace}}}{name}").text = value
