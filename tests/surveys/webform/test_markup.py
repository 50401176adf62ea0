"""Labels become HTML that says what its author meant and does nothing else."""

from time import process_time

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from surveys.formlogic.syntax import Node, parse
from surveys.webform import markup
from surveys.webform.tints import tint_of

REL = 'target="_blank" rel="noopener noreferrer"'


def rendered(*parts: str | Node) -> str:
    def out(node: Node) -> SafeString:
        return format_html('<span class="out">{}</span>', "<b>Ann</b>")

    return markup.html(parts, out)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("How old?", "How old?"),
        ("**Very** old", "<strong>Very</strong> old"),
        ("__Very__ _old_", "<strong>Very</strong> <em>old</em>"),
        ("*old* and ***both***", "<em>old</em> and <strong><em>both</em></strong>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        (r"\*as typed\* \_here\_", "*as typed* _here_"),
        ("# Part 1\nNow", '<span class="heading heading-1">Part 1</span>Now'),
        ("### Part", '<span class="heading heading-3">Part</span>'),
        ("#1 of 3", "#1 of 3"),
        ("one\ntwo<br/>three", "one<br>two<br>three"),
        ("[ODK](https://a.org/b_c_d)", f'<a href="https://a.org/b_c_d" {REL}>ODK</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ('<span style="color:#d00">hot</span>', '<span class="tint-red">hot</span>'),
        ("<span style='color: blue; font-family: x'>a</span>", '<span class="tint-blue">a</span>'),
        ('<span style="font-size:90px">a</span>', "a"),
        (
            '**<span style="color:red">a</span>**',
            '<strong><span class="tint-red">a</span></strong>',
        ),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ('<span onclick="x">a</span>', '&lt;span onclick="x"&gt;a&lt;/span&gt;'),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_what_authors_write_is_html_that_is_safe(text: str, html: str) -> None:
    assert rendered(text) == html


def test_the_value_of_an_expression_is_no_markup_and_may_be_emphasised() -> None:
    assert rendered("Hello **", parse("../name"), "**!") == (
        'Hello <strong><span class="out">&lt;b&gt;Ann&lt;/b&gt;</span></strong>!'
    )


def test_an_address_with_an_answer_in_it_stays_text() -> None:
    """The live page has no element in an address where the answer could be."""
    shown = rendered("[the **map**](https://m.example/?q=", parse("../name"), "&z=1)")
    assert shown == (
        "[the <strong>map</strong>](https://m.example/?q="
        '<span class="out">&lt;b&gt;Ann&lt;/b&gt;</span>&amp;z=1)'
    )
    assert rendered("[", parse("../name"), "](https://m.example/)") == (
        f'<a href="https://m.example/" {REL}><span class="out">&lt;b&gt;Ann&lt;/b&gt;</span></a>'
    )


ENDLESS = ("**a ", "__a ", "*a ", "_a ", "**a _b *c __d ", "<span>", "<p><span>", "[a](http://x")


@pytest.mark.parametrize("text", ENDLESS)
def test_marks_that_never_end_take_no_time(text: str) -> None:
    """It would take minutes if each of them looked for its end."""
    started = process_time()
    rendered(text * (200_000 // len(text)))
    assert process_time() - started < 5


def test_long_headings_and_deep_colours_take_no_time() -> None:
    started = process_time()
    rendered("# a" + " " * 200_000 + "b")
    rendered("<span>" * 5000 + "</span>" * 5000)
    assert process_time() - started < 5


def test_nobody_can_write_the_marks_that_stand_for_values() -> None:
    assert rendered("\ue0000\ue002 a") == "0 a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**B1.** How _old_?", "B1. How old?"),
        ('<span style="color:red">a</span> & b', "a & b"),
        ("# Part\nnext", "Part\nnext"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_plain_text_has_no_marks(text: str, words: str) -> None:
    assert markup.plain([text], lambda node: "") == words


def test_scripts_get_words_and_the_numbers_of_expressions() -> None:
    node = parse("../name")
    assert markup.plain_parts(["*Plain*"], lambda node: 7) == "Plain"
    assert markup.plain_parts(["Is **", node, "** old?"], lambda node: 7) == ["Is ", 7, " old?"]


@pytest.mark.parametrize(
    ("colour", "tint"),
    [
        ("Red", "red"),
        ("#f58a1f", "amber"),
        ("#0a0", "green"),
        ("rgb(10, 20, 200)", "blue"),
        ("#777777", "grey"),
        ("#000", ""),
        ("white", ""),
        ("url(javascript:x)", ""),
    ],
)
def test_colours_become_the_nearest_readable_one(colour: str, tint: str) -> None:
    assert tint_of(colour) == tint
