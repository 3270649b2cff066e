"""Lists of people to invite: what spreadsheets write, and what somebody might put into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.invite_list import (
    MAX_BYTES,
    MAX_LINES,
    Invitee,
    address_problem,
    invite_list_read,
    invite_text,
    name_problem,
)
from updates.errors import InvalidValueError

TINA = Invitee("Tina Tester", "tina@example.com")
TOM = Invitee("Tom", "tom@example.com")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("name,email\nTina Tester,tina@example.com\nTom,tom@example.com\n", id="a header"),
        pytest.param("Email;Team;Name\ntina@example.com;QA;Tina Tester\ntom@example.com;QA;Tom", id="Europe"),
        pytest.param("Tina Tester\ttina@example.com\r\nTom\ttom@example.com\r\n", id="copied cells"),
        pytest.param("TINA@Example.com,Tina Tester\ntom@example.com,Tom", id="address first, in capitals"),
        pytest.param('"Tina Tester","tina@example.com"\n\n , \n"Tom","tom@example.com"', id="empty lines"),
    ],
)
def test_a_list_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert invite_list_read(text, known={}).invitees == (TINA, TOM)


def test_addresses_alone_are_a_list() -> None:
    assert invite_list_read("tina@example.com\ntom@example.com", known={}).invitees == (
        Invitee("", "tina@example.com"),
        Invitee("", "tom@example.com"),
    )


def test_a_line_keeps_its_number_in_the_file() -> None:
    text = 'name,email\n\n"Tina\nTester",tina@example.com\nTom,nowhere\n'
    assert [(line.number, line.problem) for line in invite_list_read(text, known={}).problems] == [
        (4, "has a name with characters that can't be seen"),
        (5, "isn't an e-mail address"),
    ]


def test_who_is_known_is_left_out_and_who_stands_twice_is_a_mistake() -> None:
    text = "Tina,tina@example.com\nTom,tom@example.com\nT,TOM@example.com"
    read = invite_list_read(text, known={TINA.email: "is in the group"})
    assert [(line.number, line.skipped) for line in read.skipped] == [(1, "is in the group")]
    assert [(line.number, line.problem) for line in read.problems] == [(3, "stands in the list before")]
    assert read.invitees == (TOM,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tina",
        "@example.com",
        "tina@",
        "tina@localhost",
        "tina@example..com",
        "tina@exam ple.com",
        "tina@example.com, tom@example.com",
        "Tina <tina@example.com>",
        "tina@example.com\nBcc: all@example.com",
        "tïna@example.com",
        "tina@example.com\u202e",
        "a" * 250 + "@example.com",
        '=cmd|"/C calc"!A1@example.com',
    ],
)
def test_what_no_letter_can_go_to_is_no_address(address: str) -> None:
    assert address_problem(address)


@pytest.mark.parametrize("address", ["tina@example.com", "t.t+beta@mail.example.co", "o'neil@example.com"])
def test_an_address_is_an_address(address: str) -> None:
    assert not address_problem(address)


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example","Tina")',
        "+49 170 1",
        "-1+cmd",
        "@SUM(A1)",
        "Tina\r\nBcc: all@example.com",
        "Tina\u202egpj",
        "Ti\u200bna",
        "Tina\u2028",
        "T" * 121,
    ],
)
def test_a_name_that_would_act_or_hide_something_is_refused(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize("name", ["", "Tina", "José Ñúñez-O'Hara", "田中 さくら", "Ω & <b>", "शर\u200dमा"])
def test_a_name_is_a_name(name: str) -> None:
    assert not name_problem(name)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("José,jose@example.com".encode("latin-1"), id="another encoding"),
        pytest.param("Tina,tina@example.com".encode("utf-16"), id="UTF-16"),
        pytest.param(b"PK\x03\x04\x00\x00", id="a workbook"),
        pytest.param(b"a" * (MAX_BYTES + 1), id="too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidValueError):
        invite_text(data)


def test_the_mark_that_spreadsheets_put_before_utf_8_is_no_part_of_the_header() -> None:
    data = b"\xef\xbb\xbfname,email\nTina Tester,tina@example.com"
    assert invite_list_read(invite_text(data), known={}).invitees == (TINA,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("name,email\n", id="a header alone"),
        pytest.param("t@example.com\n" * (MAX_LINES + 1), id="too many"),
        pytest.param('"Tina,tina@example.com', id="an open quote"),
    ],
)
def test_what_names_nobody_or_too_many_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        invite_list_read(text, known={})


@given(st.text(max_size=400))
def test_whatever_is_read_invites_only_whom_a_letter_can_name(text: str) -> None:
    try:
        read = invite_list_read(text, known={})
    except InvalidValueError:
        return
    addresses = [invitee.email for invitee in read.invitees]
    assert len(addresses) == len(set(addresses))
    for invitee in read.invitees:
        assert not address_problem(invitee.email)
        assert not name_problem(invitee.name)
