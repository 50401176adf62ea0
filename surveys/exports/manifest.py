"""A package's list of its files with their checksums, and whether a package is what its list says."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from surveys.errors import SurveyError, gettext_noop

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class NoPackage(SurveyError):
    """A file that is no package of ours."""


def described(file: Path) -> dict[str, Any]:
    """A file by its size and SHA-256."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"name": file.name, "bytes": file.stat().st_size, "sha256": digest}


def write_lists(folder: Path, files: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> None:
    """`manifest.json` with the described files, and `SHA256SUMS` of all, for `sha256sum --check`."""
    manifest = folder / MANIFEST
    text = json.dumps({**told, "files": files}, ensure_ascii=False, indent=2)
    manifest.write_text(f"{text}\n", encoding="utf-8")
    lines = (f"{one['sha256']}  {one['name']}\n" for one in (*files, described(manifest)))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def faults_in(package: Path) -> Iterator[SurveyError]:
    """Everything in which a package is not what its lists say. Raises NoPackage."""
    try:
        with ZipFile(package) as archive:
            listed, sums = _lists(archive)
            yield from _faults(archive, listed, sums)
    except (BadZipFile, KeyError, OSError, ValueError, TypeError) as error:
        raise NoPackage(
            gettext_noop("%(name)s is no package, or a damaged one."), name=package.name
        ) from error


def _lists(archive: ZipFile) -> tuple[dict[str, int], dict[str, str]]:
    """The bytes of files by the manifest, and their checksums by `SHA256SUMS`."""
    manifest = json.loads(archive.read(MANIFEST))
    lines = archive.read(SUMS).decode("utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for one in manifest["files"]:
        if sums.get(one["name"]) != one["sha256"]:
            sums[one["name"]] = ""
    return {one["name"]: int(one["bytes"]) for one in manifest["files"]}, sums


def _faults(
    archive: ZipFile, listed: Mapping[str, int], sums: Mapping[str, str]
) -> Iterator[SurveyError]:
    there = {entry.filename: entry.file_size for entry in archive.infolist()}
    for name in sorted((there.keys() | sums.keys()) - {SUMS}):
        if name not in there:
            yield SurveyError(gettext_noop("%(name)s is missing."), name=name)
        elif name not in sums:
            yield SurveyError(gettext_noop("%(name)s is in no list."), name=name)
        elif there[name] != listed.get(name, there[name]) or _sha256(archive, name) != sums[name]:
            yield SurveyError(gettext_noop("%(name)s is not what it was."), name=name)


def _sha256(archive: ZipFile, name: str) -> str:
    """Blank where it cannot be read."""
    try:
        with archive.open(name) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (BadZipFile, zlib.error):
        return ""
