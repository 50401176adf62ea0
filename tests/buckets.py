"""A service of S3's kind for the tests, empty, and what lies in its buckets."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"


@contextmanager
def bucket_service() -> Iterator[dict[str, str]]:
    """The environment that leads to a service of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": REGION,
    }
    server.stop()


@contextmanager
def bucket(name: str) -> Iterator[None]:
    """A new one, which is gone at the end with what is in it."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield
    for key in keys_in(name):
        client.delete_object(Bucket=name, Key=key)
    client.delete_bucket(Bucket=name)


def keys_in(bucket: str) -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=bucket)
    return [one["Key"] for one in found.get("Contents", ())]


def files_in_bucket(bucket: str, folder: str) -> dict[str, str]:
    """Names within the folder with checksums."""
    client = boto3.client("s3")
    return {
        key.removeprefix(f"{folder}/"): sha256(
            client.get_object(Bucket=bucket, Key=key)["Body"].read()
        ).hexdigest()
        for key in keys_in(bucket)
    }
