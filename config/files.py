"""Where uploaded files are kept: in a folder of this machine, or in a bucket of S3's kind."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

SCHEME = "s3://"


def storage_for(url: str) -> dict[str, Any]:
    """The entry of STORAGES for `s3://bucket/folder`, or blank for `VAR_DIR/media`.

    Keys, region and the address of the service are those of the environment that every program for
    S3 reads. No file takes the place of another: rows may share the older one.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    bucket, _, folder = url.removeprefix(SCHEME).partition("/")
    if not url.startswith(SCHEME) or not bucket:
        raise ImproperlyConfigured("FILES_URL is `s3://bucket`, `s3://bucket/folder` or blank.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "location": folder.strip("/"), "file_overwrite": False},
    }
