"""What the door says of an interview beside its sentence: by which scripts see that it is here whole."""

from lxml import etree

from surveys.submissions import Receipt

NAMESPACE = "urn:five-standards:receipt"


def receipt_element(receipt: Receipt) -> etree._Element:
    """The checksums as stored; a file that is still expected has none. Devices skip the element."""
    element = etree.fromstring(f'<receipt xmlns="{NAMESPACE}"/>')
    element.attrib.update(
        {
            "instanceID": receipt.submission.instance_id,
            "sha256": receipt.sha256,
            "received": receipt.received_at.isoformat(),
            "complete": "false" if receipt.missing else "true",
        }
    )
    for name, sha256 in receipt.files.items():
        file = etree.SubElement(element, f"{{{NAMESPACE}}}file", name=name)
        if sha256:
            file.set("sha256", sha256)
    return element
