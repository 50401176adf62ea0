"""Paths within repeats lead to the own instance, unless their author says which one."""

import pytest

from surveys.formlogic.repeats import own_instance
from surveys.formlogic.syntax import parse

REPEATS = ["/data/m", "/data/m/job"]


@pytest.mark.parametrize(
    ("path", "written", "meant"),
    [
        ("/data/m/b", "/data/m/a", "../a"),
        ("/data/m/g/b", "/data/m/a + 1", "../../a + 1"),
        ("/data/m/b", "sum(/data/m/job/x)", "sum(../job/x)"),
        ("/data/m/job/y", "/data/m/job/x", "../x"),
        ("/data/m/job/y", "/data/m/a", "../../a"),
        ("/data/m/job/y", "-(/data/m/a | /data/m/b)", "-(../../a | ../../b)"),
        ("/data/m", "/data/m/a", "a"),
        ("/data/m/b", "(/data/m/a)[1]", "(../a)[1]"),
        ("/data/m/b", "/data/r[k = /data/m/a]/v", "/data/r[k = current()/../a]/v"),
        ("/data/m/b", "../c[/data/m/a = 1]", "../c[current()/../a = 1]"),
        (
            "/data/m/b",
            "instance('l')/root/item[k = /data/m/a]",
            "instance('l')/root/item[k = current()/../a]",
        ),
        ("/data/n", "count(/data/m[/data/m/a > 1])", "count(/data/m[a > 1])"),
        ("/data/m/b", "count(/data/m[/data/m/a > ../n])", "count(/data/m[a > ../n])"),
        ("/data/n", "sum(/data/m/job[/data/m/a = 1]/x)", "sum(/data/m/job[../a = 1]/x)"),
        ("/data/n", "/data/m/g[if(/data/m/a, -1, 0)]", "/data/m/g[if(../a, -1, 0)]"),
        ("/data/m/b", "jr:choice-name(../a, ' ../a ')", "jr:choice-name(../a, '/data/m/a')"),
        ("/data/m/g/b", "jr:choice-name(., './.')", "jr:choice-name(., '/data/m/g/b')"),
        ("/data/m/b", "jr:choice-name(., '/data/x')", "jr:choice-name(., '/data/x')"),
    ],
)
def test_a_path_into_a_repeat_means_the_own_instance(path: str, written: str, meant: str) -> None:
    assert own_instance(parse(written), path, REPEATS) == parse(meant)


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ("/data/b", "/data/m/a"),
        ("/data/mm/b", "/data/m/a"),
        ("/data/m/b", "count(/data/m)"),
        ("/data/n", "count(/data/m[/data/k = 1])"),
        ("/data/n", "/data/r[count(/data/m/a) > 1]"),
        ("/data/n", "/data/m[indexed-repeat(/data/m/a, /data/m, 1)]"),
        ("/data/m/b", "/data/m[2]/a"),
        ("/data/m/b", "//m/a"),
        ("/data/m/b", "/data/other"),
        ("/data/m/b", "indexed-repeat(/data/m/a, /data/m, 2)"),
    ],
)
def test_other_paths_stay(path: str, expression: str) -> None:
    assert own_instance(parse(expression), path, REPEATS) == parse(expression)


def test_the_number_in_indexed_repeat_is_of_the_own_instance() -> None:
    node = own_instance(
        parse("indexed-repeat(/data/m/a, /data/m, /data/m/n)"), "/data/m/b", REPEATS
    )
    assert node == parse("indexed-repeat(/data/m/a, /data/m, ../n)")
