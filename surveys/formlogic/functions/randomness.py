"""Functions that draw: numbers, identifiers and orders."""

import hashlib
import math
from datetime import timezone
from uuid import UUID

from surveys.formlogic.context import Context
from surveys.formlogic.functions.signature import Function
from surveys.formlogic.values import Nodes, Value, nodes_of, to_number, to_text

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 1_000
MODULUS = 2_147_483_647  # Park and Miller's generator, as in JavaRosa and ODK Web Forms
MULTIPLIER = 16_807


def uuid(c: Context, length: Value | None = None) -> Value:
    """A random UUID, or that many random letters and digits."""
    random = c.environment.random
    if length is None:
        return str(UUID(int=random.getrandbits(128), version=4))
    wanted = to_number(length, c.zone)
    count = int(min(max(wanted, 0), MAX_LENGTH)) if not math.isnan(wanted) else 0
    return "".join(random.choices(ALPHABET, k=count))


def randomize(c: Context, value: Value, seed: Value | None = None) -> Value:
    """The nodes in a random order, always the same one for the same seed."""
    drawn = c.environment.random.randrange(MODULUS) if seed is None else seed_of(seed, c.zone)
    return shuffled(nodes_of(value), drawn)


def seed_of(value: Value, zone: timezone) -> int:
    """The whole part of a number; of other words a hash of them, as in ODK Web Forms."""
    number, text = to_number(value, zone), to_text(value)
    if math.isfinite(number):
        return int(number)
    if isinstance(value, float) or not text:
        return 0
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def shuffled(nodes: Nodes, seed: int) -> Nodes:
    """Fisher and Yates' shuffle, inside out, drawing from Park and Miller's generator."""
    state = int(math.copysign(abs(seed) % MODULUS, seed))
    state = state if state > 0 else state + MODULUS - 1
    result: Nodes = []
    for place, node in enumerate(nodes):
        state = state * MULTIPLIER % MODULUS
        chosen = (state - 1) * (place + 1) // (MODULUS - 1)
        result.append(node)
        result[place], result[chosen] = result[chosen], node
    return result


FUNCTIONS = {
    "random": Function(0, 0, lambda c: c.environment.random.random()),
    "randomize": Function(1, 2, randomize),
    "uuid": Function(0, 1, uuid),
}
