"""Random small interviews in which expressions are evaluated."""

from datetime import datetime, timedelta, timezone
from random import Random

from surveys.engines.questions import Place, World
from surveys.formlogic.tree import Element

NAMES = ("a", "b", "c", "n", "v")
GROUPS = ("g", "h")
REPEAT = "r"
OFFSETS_MINUTES = (0, 480, -420, 330, 765, -210)
NUMBERS = (
    *(
        "0",
        "1",
        "2",
        "3",
        "10",
        "-1",
        "-0",
        "0.5",
        "1.005",
        "2.50",
        "-2.5",
        " 7 ",
        ".5",
        "5.",
        "007",
    ),
    *("1e3", "-1.5E-3", "1e21", "1e-7", "123456789012345678", "0.1", "1e400", "9007199254740993"),
)
WORDS = (
    *("", "", "", " ", "x", "abc", "yes", "no", "true", "false", "Li Wei", "a b  c", "b a", "NaN"),
    *(
        "Infinity",
        "-",
        "+1",
        "1,5",
        "0x1F",
        "日本語",
        "é",
        "e\u0301",
        "😀",
        "a😀b",
        "\u00a0",
        "١٢",
        "\u2028",
    ),
    *("SGVsbG8=", "AB-12", "constructor", "\tx\r\n", "a\u0085b", "ſ", "İ"),
)
DATES = (
    *(
        "2026-11-23",
        "1990-02-28",
        "2024-02-29",
        "2023-02-29",
        "1970-01-01",
        "1969-12-31",
        "0001-01-01",
    ),
    *(
        "9999-12-31",
        "0000-01-01",
        "2026-1-2",
        "2026-13-01",
        "1582-10-10",
        "2018-06-25",
        " 2026-11-23 ",
    ),
    *("2026-11-22T23:30:00.000+08:00", "2026-11-22T23:30:00.000-07:00", "2026-11-23T00:00:00Z"),
    *("2018-06-25T00:00:00.000+08:00", "2018-06-25T12:34:56.789", "2018-06-25T24:00:00.000Z"),
    *("2018-06-25T12:34", "0001-01-01T00:00:00.000+14:00", "9999-12-31T23:59:59.999-12:00"),
    *(
        "2018-06-25T12:34:56.7899999+05:30",
        "2018-06-25T12:34:56+23:59",
        "2018-06-25T12:34:56+24:00",
    ),
)
TIMES = (
    *("09:30", "17:00", "09:30:00.000+08:00", "23:59:59.999", "24:00:00", "06:00Z", "06:00+0530"),
    *("06:00-07", "12:34:60", "12:34:59.9999", "6:00", "12:60", "00:00:00.0005", "06:00:00+08:60"),
)
PLACES = (
    *(
        "0 0",
        "0.5 0.5 0 0",
        "10 20",
        "-33.8 151.2 5 3",
        "91 0",
        "90 180",
        "-90 -180",
        "0 181",
        "1",
        "1 x",
        "0 0;0 1;1 1;0 0",
    ),
    *(
        "0 0 0 0; 0 1 0 0; 1 1 0 0; 1 0 0 0; 0 0 0 0",
        "0 0;1 1;0 1;1 0",
        "1_0 0",
        "1e1 -.5",
        ";0 0; ;0 2",
    ),
    *("52.1 5.1;52.2 5.3;52.0 5.4;52.1 5.1", "0 0;0 2;0 1;1 1", "10 10;10 10"),
)
TEXTS = (*NUMBERS, *WORDS, *DATES, *TIMES, *PLACES)


def make_world(random: Random) -> World:
    lists = {"list": _list(random, size=12), "few": _list(random, size=2)}
    return World(
        trees=(_interview(random), *lists.values()),
        now=_now(random),
        instances={name: (number, ()) for number, name in enumerate(lists, start=1)},
        texts={"hello": "Guten Tag", "x": "", "constructor": "C"},
        choice_labels={"/data/a": {"x": "Ex", "1": "Eins"}, "constructor": {}},
    )


def _now(random: Random) -> datetime:
    zone = timezone(timedelta(minutes=random.choice(OFFSETS_MINUTES)))
    start = datetime(2026, 11, 23, tzinfo=zone)
    return start + timedelta(milliseconds=random.randrange(86_400_000))


def _interview(random: Random) -> Element:
    root = Element("data")
    root.attributes = {"id": "x", "version": random.choice(TEXTS)}
    for _ in range(random.randint(1, 4)):
        root.append(_leaf(random))
    for name in GROUPS:
        _fill(random, root.append(Element(name)))
    for _ in range(random.randint(0, 4)):
        repeat = root.append(Element(REPEAT))
        repeat.absent = random.random() < 0.15
        _fill(random, repeat)
        if random.random() < 0.3:
            _fill(random, repeat.append(Element(REPEAT)))
    return root


def _fill(random: Random, group: Element) -> None:
    for _ in range(random.randint(1, 4)):
        group.append(_leaf(random))


def _leaf(random: Random) -> Element:
    leaf = Element(random.choice(NAMES), make_text(random))
    if random.random() < 0.1:
        leaf.attributes = {"id": random.choice("xyz"), "at": make_text(random)}
    return leaf


def make_text(random: Random) -> str:
    return random.choice(random.choice((TEXTS, NUMBERS[:10], WORDS, DATES)))


def make_shape(random: Random) -> str:
    """Points on a small grid, so that lines often cross, touch and lie on each other."""
    points = [
        f"{random.randint(0, 3)} {random.randint(-1, 3)}" for _ in range(random.randint(1, 6))
    ]
    points = [*points, points[0]] if random.random() < 0.6 else points
    return random.choice((";", "; ", " 0 0;")).join(points)


def _list(random: Random, size: int) -> Element:
    """A secondary instance with few different values in its columns, so that many are equal."""
    container = Element("instance")
    root = container.append(Element("root"))
    for number in range(size):
        item = root.append(Element("item"))
        item.append(Element("name", f"k{number % 7}"))
        item.append(Element("a", random.choice(("1", "1.0", "2", "", "x", "NaN", "2026-11-23"))))
        if random.random() < 0.8:
            item.append(Element("b", make_text(random)))
        if random.random() < 0.2:
            item.append(Element("b", make_text(random)))
    return container


def make_place(random: Random, world: World) -> Place:
    """Somewhere that expressions may be: never within an instance that is absent."""
    node = world.trees[0]
    place: list[int] = []
    while node.children and (not place or random.random() < 0.8):
        open_ = [at for at, child in enumerate(node.children) if not child.absent]
        place.append(random.choice(open_))
        node = node.children[place[-1]]
    return tuple(place)
