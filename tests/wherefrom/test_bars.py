"""Bars hear about stages as the library tells them."""

from wherefrom.bars import ProgressBars


def test_stages_fill_up_on_stderr(capsys):
    with ProgressBars() as bars:
        bars.start("read", None)
        bars.start("encode", 10)
        bars.advance("read", 3)
        bars.advance("encode")
        bars.finish("read")
        bars.finish("encode")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "3/3" in printed.err
    assert "1/1" in printed.err


def test_without_stages_nothing_is_printed(capsys):
    with ProgressBars():
        pass
    assert capsys.readouterr() == ("", "")
