"""Functions of secondary instances: lists, and files that come with a form."""

from surveys.formlogic.context import Context
from surveys.formlogic.functions.signature import Function
from surveys.formlogic.lookup import first_with
from surveys.formlogic.values import Value, to_text


def instance(c: Context, name: Value) -> Value:
    found = c.environment.instances.get(to_text(name))
    return [found] if found is not None else []


def pulldata(c: Context, name: Value, wanted: Value, key: Value, value: Value) -> Value:
    """The column `wanted` of the first item of an instance whose column `key` has the value."""
    container = c.environment.instances.get(to_text(name))
    item = first_with(container, to_text(key), to_text(value)) if container is not None else None
    answer = item.child(to_text(wanted)) if item is not None else None
    return answer.text if answer is not None else ""


FUNCTIONS = {
    "instance": Function(1, 1, instance),
    "pulldata": Function(4, 4, pulldata),
}
