"""A number is what its documentation says, for ever."""

import hashlib

from surveys.sampling.chance import number


def test_a_number_is_the_first_53_bits_of_the_hash() -> None:
    bits = bin(int(hashlib.sha256("7|东|s01".encode()).hexdigest(), 16))[2:].zfill(256)[:53]
    assert number(7, "东", "s01") == int(bits, 2) / 2**53


def test_numbers_that_were_given_out_never_change() -> None:
    assert number(2026, "east", "s01") == 0.49108096579922944
    assert number(2026, "east") == 0.8418428855572218


def test_numbers_lie_evenly_between_0_and_1() -> None:
    numbers = [number(1, "a", str(code)) for code in range(2000)]
    tenths = [sum(low <= 10 * u < low + 1 for u in numbers) for low in range(10)]
    assert sum(tenths) == 2000
    assert all(abs(count - 200) < 4 * (2000 * 0.1 * 0.9) ** 0.5 for count in tenths)
