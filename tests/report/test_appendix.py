"""The appendix says once what is common to all, and loses nothing of limits, methods and definitions."""

from executed_notebook import AS_OF, KPIS, noted
from hypothesis import given
from hypothesis import strategies as st

from certanalytics import blocks
from certanalytics.report import fit
from certanalytics.report.appendix import COMMON, entries
from certanalytics.report.document import read


def appendix(*notes):
    shown = [
        blocks.cover("T", subtitle="s", scope=None, as_of=AS_OF, classification="Internal"),
        blocks.tiles("h", KPIS),
        blocks.Claim(headline="h", reading="r", definition="d"),
        *notes,
    ]
    return {entry.title: entry for entry in entries(read(noted(shown)))}


def test_what_all_methods_begin_with_is_said_once():
    said = appendix(
        blocks.note(
            "Expiry", "In service is served. Within 45.5 days. An end counts.\nEnded: Past: the end.", kind="method"
        ),
        blocks.note("Keys", "In service is served. Within 45.5 days. An algorithm counts.\nno colon", kind="method"),
        blocks.note("Limits", "What was not scanned is not known.", kind="limits"),
    )
    assert list(said) == ["Limits", COMMON, "Expiry", "Keys"]
    assert said[COMMON].text == "In service is served. Within 45.5 days."
    assert said["Expiry"].text == "An end counts."
    assert said["Expiry"].definitions == (("Ended", "Past: the end."),)
    assert said["Keys"].text == "An algorithm counts.\nno colon"


def test_one_method_has_nothing_in_common_with_another():
    said = appendix(blocks.note("Keys", "A key counts. So does a signature.", kind="method"))
    assert list(said) == ["Keys"]
    assert said["Keys"].text == "A key counts. So does a signature."


SECTIONS = st.lists(st.tuples(st.text("ab .", min_size=1, max_size=30), st.text("abcde. ", max_size=900)), max_size=12)


@given(SECTIONS)
def test_two_columns_hold_what_stands_in_them(said):
    left, right, points = fit.two_columns(said, room=400, height=388, sizes=(12, 11, 10))
    for column in (left, right):
        lines = sum(fit.line_count(text, points, 400) for section in column for text in section)
        assert 1.2 * points * lines <= 388


def test_a_text_without_room_loses_whole_sentences():
    sentences = [f"Sentence {number} says what it says about certificates and their owners." for number in range(120)]
    left, right, points = fit.two_columns([("Title", " ".join(sentences))], room=400, height=388, sizes=(12, 10))
    [(_, text)] = left + right
    assert points == 10
    assert 5 < text.count("Sentence") < 120
    assert text == " ".join(sentences[: text.count("Sentence")])
