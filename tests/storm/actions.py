"""What can happen on one day of an enumerator: what hands do, and what goes wrong around them.

Each action draws from a generator of its own, so that what one finds does not change the others; it
says what was done, for who reads about a run that failed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TypeAlias

from playwright.sync_api import Error, Locator, expect
from playwright.sync_api import TimeoutError as Late

from surveys.models import Session
from tests.e2e.live import answer, press, question
from tests.factories import PASSWORD
from tests.storm.fieldwork import PICTURES, ROOM, SECTIONS, Fieldwork
from tests.storm.network import Cut, Line, Network, Where
from tests.storm.oracle import Oracle
from tests.storm.phone import LIVE, Look, Phone
from tests.storm.server import Server

HOME, ON_PHONE, SIGN_IN = "/", "/offline/", "/login/"
SHORT_MS = 2_500
LONGEST_PAUSE_S = 0.8
PICTURE_BYTES = (2_000, 400_000)
MOST_ANSWERS = 3
ABOUT_TO_KEEP_MS = (360, 460)  # the page keeps answers after a pause of 400
PATHS: Mapping[str, str] = {
    "the door": r"^/s/[^/]+/submission",
    "a kit": r"^/(offline/kits\.json|fill/\d+/[^/]+/form\.json)",
    "a page": r"^/($|offline/$|fill/)",
    "the copy of a draft": r"^/interview/[^/]+/(instance|log|files/)",
    "what was received": r"^/offline/received",
    "the worker": r"^/(sw\.js|static/)",
}
STARTS = ".card.go button, ul.sites button"
RESUMES = 'a[href*="draft="]:visible'
READY = "#interview[data-state=ready], #interview[data-state=failed]"
AFTER_THE_END = re.compile(r"/offline/|/receipts/")


@dataclass
class Day:
    """All that takes part in a run."""

    phone: Phone
    server: Server
    network: Network
    fieldwork: Fieldwork
    folder: Path  # for pictures
    oracle: Oracle = field(default_factory=Oracle)

    def interview(self, random: Random) -> Look | None:
        """An interview that is open in front, gone on with or begun; None where there is none to be had."""
        ways: Sequence[Action] = (resume, begin) if random.random() < 0.7 else (begin,)
        for way in (*ways, sign_in, begin):
            look = self.phone.look()
            if look.is_ready:
                return look
            way(self, random)
        look = self.phone.look()
        return look if look.is_ready else None

    def opened(self) -> str:
        """After something that leads to an interview: what came of it."""
        page = self.phone.page
        page.wait_for_url(re.compile(f"{LIVE.pattern}|{SIGN_IN}"))
        if not LIVE.search(page.url):
            return "first one has to sign in"
        page.locator(READY).wait_for(state="attached")
        look = self.phone.look()
        self.oracle.of(look.draft)
        return f"{look.draft[:8]} {'is open' if look.is_ready else 'could not be opened'}"


Action: TypeAlias = Callable[[Day, Random], str]


def sign_in(day: Day, _random: Random) -> str:
    page = day.phone.page
    password = page.locator("[name=password]")
    is_ours = day.phone.visit(SIGN_IN)
    if not is_ours or not _comes(password.or_(page.locator("h1"))) or not password.count():
        return "no way to sign in, or no need"
    page.fill("[name=username]", day.fieldwork.person.username)
    page.fill("[name=password]", PASSWORD)
    page.click(".button.primary")
    page.wait_for_load_state("domcontentloaded")
    return "signed in"


def take(day: Day, _random: Random) -> str:
    """Take the questionnaire along."""
    day.phone.visit(ON_PHONE)
    wish = day.phone.page.get_by_role("button", name="Make available offline")
    here = day.phone.page.get_by_text("Works without a network")
    if not _comes(wish.or_(here)):
        return "nothing is offered"
    if here.count():
        return "it is here"
    wish.click()
    here.wait_for()
    return "taken along"


def begin(day: Day, random: Random) -> str:
    start = day.phone.page.locator(STARTS)
    day.phone.visit(random.choice((HOME, ON_PHONE)))
    if not _comes(start):
        return "nothing to begin with"
    day.oracle.lost_beginnings += 1
    start.first.click()
    done = day.opened()
    day.oracle.lost_beginnings -= LIVE.search(day.phone.page.url) is not None
    return done


def resume(day: Day, random: Random) -> str:
    """Go on with one of the drafts."""
    day.phone.visit(random.choice((HOME, ON_PHONE)))
    drafts = day.phone.page.locator(RESUMES)
    if not _comes(drafts):
        return "no draft to go on with"
    drafts.nth(random.randrange(drafts.count())).click()
    return day.opened()


def _comes(wanted: Locator) -> bool:
    """Whether there is one on the page within the patience of a person."""
    with suppress(Late):
        wanted.first.wait_for(timeout=SHORT_MS)
    return wanted.count() > 0


def fill(day: Day, random: Random) -> str:
    """Answer some questions of a section, with pauses; look at the page, perhaps until it is saved."""
    look = day.interview(random)
    if not look:
        return "no interview"
    section = show(day, random)
    done = []
    for _ in range(random.randint(1, MOST_ANSWERS)):
        name = random.choice(section)
        done.append(WAYS.get(name, write)(day, look, name, random))
        day.phone.page.wait_for_timeout(random.choice((0, 0, 450, 800)) * random.random())
        day.oracle.saw(day.phone.look())
    return f"{look.draft[:8]}: {', '.join(filter(None, done))}; {saved_or_not(day, random)}"


def show(day: Day, random: Random) -> Sequence[str]:
    """Go to a section; the names of what it asks."""
    at = random.randrange(len(SECTIONS))
    day.phone.page.locator(f'.steps button[value="{at + 1}"]').click()
    return SECTIONS[at]


def saved_or_not(day: Day, random: Random) -> str:
    if random.random() < 0.5:
        return "not waited for"
    look = day.phone.wait_until_saved()
    return f"called {look.state}" if day.oracle.saw(look) else "not called saved"


def write(day: Day, look: Look, name: str, random: Random) -> str:
    """An answer in a question that is there now."""
    asked = day.phone.page.locator(f'.q[data-path="/data/{name}"]')
    if not asked.is_visible():
        return ""
    text = ANSWERS.get(name, words)(random)
    day.oracle.typed(look, name, text)
    answer(day.phone.page, name, text)
    return f"{name}={text}"


def words(random: Random) -> str:
    """No two the same; some with what XML and JSON write in other ways."""
    ending = random.choice(("", " ", " & <b>", ' "two"  words', " 访谈 👩‍🌾", "\\n\u00e9"))
    return f"{random.randrange(10**6)}{ending}"


def number(random: Random) -> str:
    return str(random.randrange(10**6))


ANSWERS: Mapping[str, Callable[[Random], str]] = {
    "person/age": number,
    "person/works": lambda random: random.choice(("yes", "no")),
}


def add_room(day: Day, look: Look, _name: str, random: Random) -> str:
    """Write into one of the rooms, mostly into a new one."""
    page = day.phone.page
    rooms = page.locator(f'.q[data-path^="/data/{ROOM}["]')
    count = rooms.count()
    if not count or random.random() < 0.7:
        page.locator(f'button[name=add][value$="/{ROOM}"]').click()
        expect(rooms).to_have_count(count + 1)
    return write(day, look, f"{ROOM}[{random.randint(1, rooms.count())}]/use", random)


def attach(day: Day, look: Look, name: str, random: Random) -> str:
    """Choose a picture, no two the same."""
    content = random.randbytes(random.randint(*PICTURE_BYTES))
    checksum = sha256(content).hexdigest()
    path = day.folder / f"{checksum[:8]}.jpg"  # of its own: the page reads it when it gets to it
    path.write_bytes(content)
    asked = question(day.phone.page, name)
    asked.locator(".widget").wait_for()
    asked.locator("input[type=file]").set_input_files(path)
    day.oracle.typed(look, name, checksum)
    if not day.phone.wait_for(lambda: path.stem in shown(asked), SHORT_MS / 1000):
        return f"{name} not shown"
    return f"{name}={path.stem}"


def shown(asked: Locator) -> str:
    """The name of the picture that is there now."""
    state = asked.locator(".file-state")
    return (state.text_content() or "") if state.count() else ""


WAYS = {ROOM: add_room, **dict.fromkeys(PICTURES, attach)}


def back(day: Day, random: Random) -> str:
    """A section back, or with the browser's own button."""
    button = day.phone.page.locator(".bar button[value=back]")
    if random.random() < 0.5 and button.is_visible():
        button.click()
        return "a section back"
    with suppress(Error):
        day.phone.page.go_back(wait_until="domcontentloaded")
    return f"back to {day.phone.page.url.removeprefix(day.phone.address)}"


def pause(day: Day, random: Random) -> str:
    seconds = random.uniform(0, LONGEST_PAUSE_S)
    day.phone.page.wait_for_timeout(seconds * 1000)
    day.oracle.saw(day.phone.look())
    return f"{seconds:.1f} s"


def reload(day: Day, _random: Random) -> str:
    with suppress(Error):
        day.phone.page.reload(wait_until="domcontentloaded")
    return day.phone.page.url.removeprefix(day.phone.address)


def close_tab(day: Day, _random: Random) -> str:
    day.phone.close_tab()
    return f"{len(day.phone.context.pages)} left"


def second_tab(day: Day, random: Random) -> str:
    """Another page of ours beside it, or the same interview once more."""
    here = day.phone.page.url
    day.phone.open_tab()
    address = random.choice((HOME, ON_PHONE, here))
    day.phone.visit(address)
    return address.removeprefix(day.phone.address)


def kill_phone(day: Day, random: Random) -> str:
    is_long_on = random.random() < 0.75
    day.phone.kill(is_long_on=is_long_on)
    return "long on" if is_long_on else "its cookies are lost"


def kill_when_saved(day: Day, random: Random) -> str:
    """Answers with pauses as long as those after which they are kept, and the end as soon as all are called saved."""
    look = day.interview(random)
    if not look:
        return "no interview"
    section = show(day, random)
    done = []
    for _ in range(random.randint(1, 2 * MOST_ANSWERS)):
        name = random.choice(section)
        done.append(WAYS.get(name, write)(day, look, name, random))
        if day.oracle.saw(day.phone.look()):
            break
        day.phone.page.wait_for_timeout(random.uniform(*ABOUT_TO_KEEP_MS))
    else:
        day.oracle.saw(day.phone.wait_until_saved())
    day.phone.kill()
    return f"{look.draft[:8]}: {', '.join(filter(None, done))}"


def lose_network(day: Day, random: Random) -> str:
    how = random.choice(("flight mode", "flight mode", "gone", "gone", "silent"))
    if how == "flight mode":
        day.phone.fly(True)
    else:
        day.network.line = Line(how)
    return how


def find_network(day: Day, _random: Random) -> str:
    day.network.mend()
    day.phone.fly(False)
    return "on"


def cut(day: Day, random: Random) -> str:
    """The next requests of a kind will be cut."""
    name, where = random.choice(list(PATHS)), random.choice(list(Where))
    count = random.randint(1, 2)
    day.network.cuts += [Cut(PATHS[name], where, random.random()) for _ in range(count)]
    return f"{name} {where}, {count} times"


def restart_server(day: Day, random: Random) -> str:
    """All of it, which takes some seconds, or only those who answer."""
    if random.random() < 0.3:
        day.server.restart()
        return "on its way"
    day.server.kill_workers()
    return "its workers"


def deploy(day: Day, _random: Random) -> str:
    day.server.deploy()
    return f"release {day.server.deployed}"


def publish(day: Day, _random: Random) -> str:
    day.fieldwork.publish()
    return f"version {day.fieldwork.versions}"


def expire(_day: Day, _random: Random) -> str:
    gone, _ = Session.objects.all().delete()
    return f"{gone} sessions"


def send(day: Day, _random: Random) -> str:
    day.phone.visit(ON_PHONE)
    urge = day.phone.page.get_by_role("button", name="Send now")
    if not _comes(urge.or_(day.phone.page.locator("#phone h1"))) or not urge.count():
        return "nothing waits"
    urge.click()
    return "pressed"


def finish(day: Day, random: Random) -> str:
    """Press "Finish and send", perhaps right after an answer; now and then the phone dies after it."""
    look = day.interview(random)
    if not look:
        return "no interview"
    page = day.phone.page
    if random.random() < 0.3:
        show(day, random)
        write(day, look, "end_of/remarks", random)
        page.wait_for_timeout(random.uniform(0, ABOUT_TO_KEEP_MS[0]))
    page.locator(".steps button[value=check]").click()
    day.oracle.pressed(look)
    press(page, "send")
    if random.random() < 0.3:
        page.wait_for_timeout(random.uniform(0, 500))
        day.phone.kill()
        return f"{look.draft[:8]}: killed"
    page.wait_for_url(AFTER_THE_END)
    day.oracle.finished(look)
    return f"{look.draft[:8]}: {page.url.removeprefix(day.phone.address)}"


WEIGHTS: Mapping[Action, int] = {
    fill: 30,
    finish: 12,
    begin: 8,
    resume: 5,
    cut: 8,
    lose_network: 7,
    find_network: 7,
    kill_when_saved: 5,
    kill_phone: 4,
    reload: 4,
    close_tab: 3,
    second_tab: 4,
    back: 3,
    pause: 3,
    send: 3,
    take: 3,
    restart_server: 3,
    expire: 3,
    sign_in: 3,
    deploy: 2,
    publish: 2,
}
