"""What makes a password acceptable."""

import pytest

from accounts.domain.passwords import LONGEST, guessable_words, password_normal, password_weakness

ADA = guessable_words(
    "Ada Lovelace", "ada.lovelace@clinic.example", "Release Console", "updates.clinic.example"
)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("correct horse battery staple", id="words"),
        pytest.param("  leading spaces count too  ", id="spaces"),
        pytest.param("kein Regenschirm im Teich", id="german"),
        pytest.param("пятнадцать букв вполне хватает", id="russian"),
        pytest.param("🦊 quietly folds umbrellas", id="emoji"),
        pytest.param("gqpzxvnrbwtkmjd", id="only-lower-case-letters"),
        pytest.param("one trombone on a glacier, then " + "another " * 124, id="the-longest"),
    ],
)
def test_long_and_unexpected_is_enough_without_any_rule_about_characters(password: str) -> None:
    assert password_weakness(password, guessable=ADA) == ""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        pytest.param("gqpzxvnrbwtkmj", "too short", id="fourteen"),
        pytest.param("x7!k" * (LONGEST // 4) + "x", "too long", id="longer-than-the-longest"),
        pytest.param("passwordpassword", "easy to guess", id="leaked-twice"),
        pytest.param("Password123456789", "easy to guess", id="leaked-and-digits"),
        pytest.param("P4ssw0rdP4ssw0rd", "easy to guess", id="leaked-in-leet"),
        pytest.param("iloveyouiloveyou", "easy to guess", id="another-leaked-twice"),
        pytest.param("123456789012345", "easy to guess", id="digits-in-a-row"),
        pytest.param("qwertyuiopasdfgh", "easy to guess", id="keyboard"),
        pytest.param("aaaaaaaaaaaaaaaaaaaa", "easy to guess", id="one-letter"),
        pytest.param("ReleaseConsole2026!", "easy to guess", id="name-of-the-console"),
        pytest.param("ada.lovelace@clinic.example", "easy to guess", id="own-address"),
        pytest.param("AdaLovelace2026", "easy to guess", id="own-name"),
        pytest.param("updates.clinic.example", "easy to guess", id="host-of-the-console"),
    ],
)
def test_what_a_stranger_would_try_is_refused(password: str, said: str) -> None:
    assert said in password_weakness(password, guessable=ADA)


def test_words_that_are_guessable_for_one_person_are_fine_for_another() -> None:
    password = "zenobia quartermain"
    assert password_weakness(password, guessable=guessable_words("Zenobia Quartermain"))
    assert password_weakness(password, guessable=ADA) == ""


def test_one_password_typed_on_two_keyboards_is_one_password() -> None:
    assert password_normal("café ﬁne") == password_normal("cafe\u0301 fine") == "café fine"


def test_length_is_counted_as_it_is_kept() -> None:
    decomposed = "e\u0301" * 7 + "xqz"  # 17 as typed, 10 as kept
    assert "too short" in password_weakness(decomposed, guessable=())
