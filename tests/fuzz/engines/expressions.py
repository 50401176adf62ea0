"""Random expressions of every function, operator and axis, with values that suit and some that do not.

The last digits of a sine or a power are the platform's, which ECMAScript leaves open: what they are
part of is rounded. What is drawn is asked only for what is true of every draw.
"""

import re
from collections.abc import Callable, Mapping
from random import Random

from tests.fuzz.engines.patterns import make_pattern
from tests.fuzz.engines.worlds import (
    DATES,
    GROUPS,
    NAMES,
    PLACES,
    REPEAT,
    TEXTS,
    TIMES,
    make_shape,
    make_text,
)

_HOLE = re.compile(r"\{(\w)\}")
STRANGE = 0.12  # how often a value is of another kind than a function wants

# What each function takes: n(umber), t(ext), b(oolean), s(et of nodes), d(ate), c(lock time),
# p(lace), r(egular expression), f(ormat), k(ey of a table), w(ord for an algorithm), i(nteger), m(ost
# often an integer), o (yes or no as a word), z (a few letters), a(ny); a * after it for any number of
# them, a ? for perhaps one.
NUMBERS_OF: Mapping[str, str] = {
    **dict.fromkeys(("abs", "ceiling", "floor", "int", "sqrt"), "n"),
    **dict.fromkeys(("max", "min", "sum"), "aa*"),
    "checklist": "mmbb*b*",
    "count": "s",
    "count-non-empty": "s",
    "count-selected": "t",
    "decimal-date-time": "d",
    "decimal-time": "c",
    "distance": "pp*",
    "last": "",
    "number": "a?",
    "pi": "",
    "position": "s?",
    "round": "nm?",
    "string-length": "t?",
    "weighted-checklist": "mmbmbm",
}
ROUNDED_OF: Mapping[str, tuple[str, ...]] = {
    **{
        name: (f"{name}({{n}})",) for name in ("acos", "asin", "atan", "cos", "log", "log10", "sin")
    },
    "area": ("round(area({p}), -2)",),
    "atan2": ("atan2({n}, {n})",),
    "exp": ("exp({n} mod 7)", "exp({x})"),
    "exp10": ("exp10({n} mod 7)", "exp10({x})", "exp10({i})"),
    "pow": ("pow({n} mod 9, {n} mod 5)", "pow({n}, {i})", "pow({x}, {x})"),
    "tan": ("tan({n} mod 1.5)",),
}
TEXTS_OF: Mapping[str, str] = {
    "base64-decode": "t",
    "coalesce": "aaa*",
    "concat": "a*",
    "digest": "tww?",
    "format-date": "df",
    "format-date-time": "df",
    "jr:choice-name": "tk",
    "jr:itext": "k",
    "join": "taa*",
    "local-name": "s?",
    "name": "s?",
    "normalize-space": "t?",
    "once": "a",
    "pulldata": "kkkt",
    "selected-at": "tm",
    "string": "a?",
    "substr": "tmm?",
    "substring": "tmm?",
    "substring-after": "tz",
    "substring-before": "tz",
    "translate": "tzz",
}
BOOLEANS_OF: Mapping[str, str] = {
    "boolean": "a",
    "boolean-from-string": "o",
    "contains": "tz",
    "ends-with": "tz",
    "false": "",
    "geofence": "pp",
    "intersects": "p",
    "not": "b",
    "regex": "tr",
    "selected": "tz",
    "starts-with": "tz",
    "true": "",
}
DATES_OF: Mapping[str, str] = {"date": "d", "date-time": "d", "now": "", "today": ""}
NODES_OF: Mapping[str, str] = {"id": "a", "indexed-repeat": "ssm", "randomize": "sa"}
DRAWN_OF: Mapping[str, str] = {
    "random": "random() >= 0 and random() < 1",
    "randomize": "count(randomize({s}))",
    "uuid": "string-length(uuid({n}))",
}
ELSEWHERE = frozenset({"current", "if", "instance", "uuid", "random"})

AXES = (
    *("ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self"),
    *("following", "following-sibling", "parent", "preceding", "preceding-sibling", "self"),
)
TESTS = (*NAMES, *GROUPS, REPEAT, "*", "node()", "text()", "item", "x:a", "x:*", "comment()")
KEYS = ("list", "few", "nowhere", "hello", "constructor", "/data/a", " /data/a ", "a", "b", "name")
ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "sha-1", "base64", "hex", "")
FORMATS = ("%Y-%m-%d", "%y%n%e%b%a", "%H:%M:%S.%3 %h", "%", "%%Q%Q", "%Y日", "")
LETTERS = ("a", "ab", "bca", "Li", "x", " ", "yes", "日", "😀a", "e", "", "-", "0", "1", "T")
WHOLE = ("-3", "-1", "0", "1", "2", "3", "10", "17")
SPECIAL = ("0", "-0", "1", "-1", "0 div 0", "1 div 0", "-1 div 0", "''")
ORDERS = ("<", "<=", ">", ">=")


class Expressions:
    """Expressions drawn one after another from one seed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def any(self, depth: int) -> str:
        kinds = (self.number, self.text, self.boolean, self.nodes, self.date)
        return self.random.choice(kinds)(depth)

    def number(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.2):
            return self.random.choice(
                (
                    *SPECIAL,
                    *WHOLE,
                    "0.5",
                    "2.5",
                    "1.005",
                    "1000000",
                    "-7.25",
                    "1000000000000000000000000",
                )
            )
        makers: tuple[Callable[[int], str], ...] = (
            self.arithmetic,
            self.arithmetic,
            self.rounded,
            lambda depth: self.call(NUMBERS_OF, depth),
            lambda depth: self.call(NUMBERS_OF, depth),
            lambda depth: f"number({self.nodes(depth)})",
        )
        return self.random.choice(makers)(depth - 1)

    def arithmetic(self, depth: int) -> str:
        operator = self.random.choice(("+", "-", "*", "div", "mod"))
        a, b = self.value("n", depth), self.value(self.random.choice("nnnd"), depth)
        return self.random.choice((f"({a} {operator} {b})", f"-({a})", f"({b} {operator} {a})"))

    def rounded(self, depth: int) -> str:
        name = self.random.choice(list(ROUNDED_OF))
        shape = self.random.choice(ROUNDED_OF[name])
        return f"round({_HOLE.sub(lambda hole: f'({self.value(hole[1], depth)})', shape)}, 9)"

    def text(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return quoted(self.random.choice(TEXTS))
        if self.chance(0.15):
            return f"if({self.boolean(depth - 1)}, {self.any(depth - 1)}, {self.any(depth - 1)})"
        return self.call(TEXTS_OF, depth - 1)

    def boolean(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(("true()", "false()"))
        if self.chance(0.3):
            return self.call(BOOLEANS_OF, depth - 1)
        if self.chance(0.1):
            return self.match()
        if self.chance(0.05):
            shape = self.random.choice(list(DRAWN_OF.values()))
            return shape.format(s=self.nodes(depth - 1), n=self.random.choice(WHOLE))
        return self.comparison(depth - 1)

    def comparison(self, depth: int) -> str:
        if self.chance(0.25):
            operator = self.random.choice(("and", "or"))
            return f"({self.boolean(depth)} {operator} {self.boolean(depth)})"
        if self.chance(0.15):
            return (
                f"({self.value('c', depth)} {self.random.choice(ORDERS)} {self.value('c', depth)})"
            )
        operator = self.random.choice(("=", "=", "!=", *ORDERS))
        return f"({self.any(depth)} {operator} {self.any(depth)})"

    def date(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.4):
            return quoted(self.random.choice(DATES))
        return self.call(DATES_OF, depth - 1)

    def nodes(self, depth: int) -> str:
        if depth > 0 and self.chance(0.1):
            return self.call(NODES_OF, depth - 1)
        if depth > 0 and self.chance(0.1):
            return f"({self.nodes(depth - 1)} | {self.nodes(depth - 1)})"
        if depth > 0 and self.chance(0.1):
            return f"({self.nodes(depth - 1)})[{self.predicate(depth - 1)}]"
        if depth > 0 and self.chance(0.1):
            return f"({self.nodes(depth - 1)})/{self.step(depth)}"
        return self.random.choice((self.path, self.path, self.item))(depth)

    def path(self, depth: int) -> str:
        start = self.random.choice(
            ("/data/", "/data/", "//", "", "../", "./", "current()/", "current()/../")
        )
        steps = [self.step(depth) for _ in range(self.random.choice((1, 1, 1, 2, 2, 3)))]
        path = start + self.random.choice(("/", "/", "/", "//")).join(steps)
        return self.random.choice((path, path, path, ".", "..", "/", "/data/*")) if depth else path

    def step(self, depth: int) -> str:
        if self.chance(0.7):
            step = self.random.choice((*NAMES, REPEAT, *GROUPS, "*"))
        else:
            step = f"{self.random.choice(AXES)}::{self.random.choice(TESTS)}"
        predicate = f"[{self.predicate(depth - 1)}]" if depth > 0 and self.chance(0.3) else ""
        return step + predicate

    def predicate(self, depth: int) -> str:
        shapes = (
            "1",
            "2",
            "last()",
            "position() = 2",
            "a",
            ". = 1",
            ". != ''",
            "@id",
            "position() mod 2 = 1",
        )
        return self.random.choice(shapes) if self.chance(0.5) else self.any(depth)

    def item(self, depth: int) -> str:
        """Of a secondary instance, most often by the values of its columns."""
        container = f"instance('{self.random.choice(('list', 'list', 'few', 'nowhere'))}')"
        parts = [self.equality(depth) for _ in range(self.random.choice((1, 1, 2)))]
        if self.chance(0.2):
            parts.append(self.predicate(depth - 1))
        predicate = f"[{' and '.join(parts)}]" if self.chance(0.8) else ""
        position = f"[{self.predicate(0)}]" if self.chance(0.2) else ""
        column = self.random.choice(("", "", "/name", "/b", "/*", "/.."))
        return f"{container}/root/item{predicate}{position}{column}"

    def equality(self, depth: int) -> str:
        column = self.random.choice(("name", "a", "b", ".", "*", "b/text()", "@id"))
        value = self.random.choice(
            (quoted("k1"), "1", "2", "'1'", "''", "0 div 0", "today()", "true()", "current()")
        )
        value = value if self.chance(0.6) else self.any(depth - 1)
        return f"{column} = {value}" if self.chance(0.8) else f"{value} = {column}"

    def call(self, functions: Mapping[str, str], depth: int) -> str:
        name = self.random.choice(list(functions))
        return f"{name}({', '.join(self.values(functions[name], depth))})"

    def values(self, kinds: str, depth: int) -> list[str]:
        values: list[str] = []
        for at, kind in enumerate(kinds):
            after = kinds[at + 1 : at + 2]
            if kind in "*?":
                continue
            times = self.random.randint(0, 2) if after == "*" else self.random.randint(0, 1)
            values += [self.value(kind, depth) for _ in range(times if after in ("*", "?") else 1)]
            if after == "?" and not times:
                return values
        return values

    def value(self, kind: str, depth: int) -> str:
        if self.chance(STRANGE) and kind not in "xirsp":
            return self.any(depth)
        makers: Mapping[str, Callable[[], str]] = {
            "n": lambda: self.random.choice((self.number, self.number, self.nodes))(depth),
            "t": lambda: self.random.choice((self.text, self.text, self.nodes))(depth),
            "b": lambda: self.boolean(depth),
            "s": lambda: self.nodes(depth),
            "d": lambda: self.random.choice((self.date, self.date, self.nodes, self.number))(depth),
            "c": lambda: quoted(self.random.choice((*TIMES, *DATES))),
            "p": lambda: quoted(self.random.choice((*PLACES, *[make_shape(self.random)] * 30))),
            "r": lambda: quoted(make_pattern(self.random)[0]),
            "f": lambda: quoted(self.random.choice(FORMATS)),
            "k": lambda: quoted(self.random.choice(KEYS)),
            "w": lambda: quoted(self.random.choice(ALGORITHMS)),
            "i": lambda: self.random.choice(WHOLE),
            "m": lambda: self.value(self.random.choice("iin"), depth),
            "o": lambda: self.random.choice(
                ("'true'", "'1'", "1", "true()", "'0'", "'True'", "' 1'")
            ),
            "z": lambda: quoted(self.random.choice((*LETTERS, make_text(self.random)))),
            "x": lambda: self.random.choice(SPECIAL),
            "a": lambda: self.any(depth),
        }
        return makers[kind]()

    def match(self) -> str:
        pattern, text = make_pattern(self.random)
        return f"regex({quoted(text)}, {quoted(pattern)})"

    def chance(self, share: float) -> bool:
        return self.random.random() < share


def quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


GENERATED = frozenset(
    {
        *NUMBERS_OF, *ROUNDED_OF, *TEXTS_OF, *BOOLEANS_OF, *DATES_OF, *NODES_OF, *DRAWN_OF,
        *ELSEWHERE,
    }
)  # fmt: skip
