"""The rules of an XForm's model: binds, preloads, and what is set when something happens."""

from collections.abc import Iterator, Mapping

from lxml import etree

from surveys.formlogic.logic import Action, Bind
from surveys.xforms.faults import Faults
from surveys.xforms.namespaces import JR, ODK, XF

EXPRESSIONS = ("relevant", "constraint", "calculate", "required", "readonly")
EVENTS: Mapping[str, str] = {
    "odk-instance-first-load": "first-load",
    "odk-new-repeat": "new-repeat",
    "xforms-value-changed": "changed",
}


def read_binds(model: etree._Element, faults: Faults) -> tuple[Bind, ...]:
    return tuple(_bind(node, faults) for node in model.findall(f"{XF}bind"))


def _bind(node: etree._Element, faults: Faults) -> Bind:
    path = path_of(node)
    rules = {name: faults.expression(path, name, node.get(name)) for name in EXPRESSIONS}
    return Bind(path=path, type=node.get("type", "string"), **rules)


def read_preloads(model: etree._Element) -> dict[str, str]:
    """What fills itself: `timestamp start`, `property deviceid`, `geopoint`, and so on.

    A place that is looked up when an answer changes is `geopoint /data/that/question`.
    """
    found = {
        path_of(node): (f"{node.get(f'{JR}preload')} {node.get(f'{JR}preloadParams', '')}".strip())
        for node in model.findall(f"{XF}bind")
        if node.get(f"{JR}preload")
    }
    top = model.getroottree().getroot()
    for node in top.iter(f"{ODK}setgeopoint"):
        found[path_of(node)] = f"geopoint {_trigger(node)}".strip()
    return found


def read_audit(model: etree._Element) -> dict[str, str] | None:
    """How the log of an interview is to be kept, such as `track-changes`; None where it is not."""
    for node in model.findall(f"{XF}bind[@type='binary']"):
        if path_of(node).endswith("/meta/audit"):
            names = ((etree.QName(name), str(text)) for name, text in node.attrib.items())
            return {name.localname: text for name, text in names if name.namespace == ODK[1:-1]}
    return None


def read_actions(html: etree._Element, faults: Faults) -> tuple[Action, ...]:
    """Every <setvalue>, in the model, in repeats and in controls, in the order of what they set."""
    found = [action for node in html.iter(f"{XF}setvalue") for action in _actions(node, faults)]
    places = {path_of(node): at for at, node in enumerate(html.iter(f"{XF}bind"))}
    return tuple(sorted(found, key=lambda action: places.get(action.path, len(places))))


def _actions(node: etree._Element, faults: Faults) -> Iterator[Action]:
    path = path_of(node)
    value = faults.expression(path, "default", node.get("value") or _literal(node))
    for event in node.get("event", "").split():
        if event not in EVENTS:
            faults.refuse(path, "event", event)
            continue
        trigger = _trigger(node) if EVENTS[event] == "changed" else ""
        yield Action(EVENTS[event], path, value, trigger)


def _literal(node: etree._Element) -> str:
    """Words between the tags are a text, not an expression."""
    text = (node.text or "").strip()
    quote = "'" if '"' in text else '"'
    return f"{quote}{text}{quote}" if text else ""


def _trigger(node: etree._Element) -> str:
    """The question whose control an action stands in, blank in the model."""
    parent = node.getparent()
    return (parent.get("ref") or "").strip() if parent is not None else ""


def path_of(node: etree._Element) -> str:
    """The path that a bind, control or action is about."""
    return (node.get("nodeset") or node.get("ref") or "").strip()
