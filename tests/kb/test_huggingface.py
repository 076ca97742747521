"""Data sets are read from files and folders of this machine, with any names of columns."""

import gzip
import json

import pytest

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.huggingface import Columns, read_huggingface, split_location
from wherefrom.kb.skipped import SkippedRecords

ROWS = [{"id": f"{n}", "title": f"T{n}", "text": f"Text {n}.", "url": ""} for n in range(3)]
READ = [(row["id"], row["title"], row["text"]) for row in ROWS]


def fields(location, **options):
    found = (item.document for item in read_huggingface(str(location), "hf:x", **options))
    return [(one.id, one.title, one.text) for one in found]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def saved(tmp_path):
    """Save a data set with two splits as `save_to_disk` does."""
    from datasets import Dataset, DatasetDict

    path = tmp_path / "saved"
    DatasetDict(train=Dataset.from_list(ROWS), test=Dataset.from_list(ROWS[:1])).save_to_disk(path)
    return path


def test_a_file_is_read_by_its_suffix(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(ROWS))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(lines(ROWS).encode()))
    (tmp_path / "c.csv").write_text("id,title,text\n007,NA,Text\n")
    (tmp_path / "d.tsv").write_text("id\ttitle\ttext\n1\t\tText\n")
    (tmp_path / "e.txt").write_text("One\nTwo\n")
    assert fields(tmp_path / "a.jsonl") == READ
    assert fields(f"{tmp_path / 'b.json.gz'}:train") == READ
    assert fields(tmp_path / "c.csv") == [("007", "NA", "Text")]
    assert fields(tmp_path / "d.tsv") == [("1", "", "Text")]
    assert fields(tmp_path / "e.txt") == [
        (f"{tmp_path / 'e.txt'}:train/0", "", "One"),
        (f"{tmp_path / 'e.txt'}:train/1", "", "Two"),
    ]


def test_a_parquet_file_is_read(tmp_path):
    from datasets import Dataset

    Dataset.from_list(ROWS).to_parquet(tmp_path / "a.parquet")
    assert fields(tmp_path / "a.parquet") == READ


def test_a_folder_is_read_by_split(tmp_path):
    (tmp_path / "train.jsonl").write_text(lines(ROWS))
    (tmp_path / "test.jsonl").write_text(lines(ROWS[:1]))
    assert fields(tmp_path) == READ
    assert fields(f"{tmp_path}:test") == READ[:1]
    with pytest.raises(SourceError, match=r"Bad split: dev. Available splits: \['train', 'test'\]"):
        fields(f"{tmp_path}:dev")
    with pytest.raises(SourceError, match="other does not exist"):
        fields(tmp_path / "other")


def test_a_configuration_that_a_folder_declares_is_read(tmp_path, monkeypatch):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "all.jsonl").write_text(lines(ROWS))
    (folder / "one.jsonl").write_text(lines(ROWS[:1]))
    declared = "".join(f"- config_name: {n}\n  data_files: {n}.jsonl\n" for n in ("all", "one"))
    (folder / "README.md").write_text(f"---\nconfigs:\n{declared}---\n# A set\n")
    assert fields(folder / "all") == READ
    monkeypatch.chdir(tmp_path)
    assert fields("set/one:train") == READ[:1]
    assert fields("./set/one") == READ[:1]
    with pytest.raises(SourceError, match=r"two does not exist; .*README\.md declares all, one"):
        fields(folder / "two")
    with pytest.raises(SourceError, match=r"set is here, but there is no 'two' in it; .* all, one"):
        fields("set/two")


def test_a_saved_data_set_is_read(saved):
    assert fields(saved) == READ
    assert fields(f"{saved}:test") == READ[:1]
    assert fields(saved / "train") == READ
    with pytest.raises(SourceError, match="has no split 'dev'; it has train, test"):
        fields(f"{saved}:dev")


def test_columns_may_have_any_names(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(lines([{"key": 7, "body": "Text", "name": None}]))
    columns = Columns(id="key", title="name", text="body")
    assert fields(path, columns=columns) == [("7", "", "Text")]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (Columns(text="txt"), r"no column 'txt'; .* id, title, text, url \(did you mean text\?\)"),
        (Columns(id="key"), "no column 'key'"),
        (Columns(url="link"), "no column 'link'"),
    ],
)
def test_a_column_that_is_not_there_is_refused(tmp_path, columns, message):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(ROWS))
    with pytest.raises(SourceError, match=message):
        fields(path, columns=columns)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "x", "title": "", "text": None}, '"text" is null'),
        ({"id": "x", "title": "", "text": " "}, '"text" is only white space'),
        ({"id": None, "title": "", "text": "t"}, '"id" is null'),
    ],
)
def test_a_bad_row_is_named_or_skipped(tmp_path, row, message):
    path = tmp_path / "a.jsonl"
    path.write_text(lines([ROWS[0], row, ROWS[1]]))
    with pytest.raises(RecordError, match=rf"a\.jsonl:train, row 1: .*{message}"):
        fields(path)
    skipped = SkippedRecords()
    assert fields(path, skipped=skipped) == READ[:2]
    assert skipped.count == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"id": "1"\n', r"a\.jsonl cannot be read: JSON parse error"),
        ("a.jsonl", b"", r"is empty \(0 bytes\)"),
        ("a.parquet", b"nonsense", r"a\.parquet cannot be"),
        ("a.csv", b"id,text\n1,caf\xe9\n", r"a\.csv cannot be read: .*utf-8"),
        (
            "a.jsonl.gz",
            gzip.compress(lines(ROWS * 99).encode(), mtime=0)[:-30],
            r"a\.jsonl\.gz cannot be",
        ),
        ("a.docx", b"x", "has the suffix '.docx'; hf reads .json, .jsonl"),
    ],
)
# When a reader of the library fails, it leaves its file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        fields(path)


@pytest.fixture(params=[None, "# A project\n", "---\nno: [yaml\n---\n", "---\nconfigs: 7\n---\n"])
def here(request, tmp_path, monkeypatch):
    """Work in an empty folder, then in folders whose README.md declares nothing to read."""
    folder = tmp_path / "here"
    folder.mkdir()
    if request.param is not None:
        (folder / "README.md").write_text(request.param)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def no_hub(monkeypatch):
    """Fail when anything is loaded."""
    import datasets

    def load(*arguments, **options):
        raise AssertionError(f"{arguments} was asked for")

    monkeypatch.setattr(datasets, "load_dataset", load)


@pytest.mark.parametrize(
    "missing",
    [
        *("none.jsonl", "none.csv.gz", "a/none.parquet", "./none", "../none", "a/../none"),
        *("~/none/none", "~nobody-of-this-name/none", "/nowhere/none"),
    ],
)
def test_what_is_written_as_a_path_is_not_asked_of_the_hub(here, no_hub, missing):
    for location in (missing, f"{missing}:test"):
        with pytest.raises(SourceError, match="does not exist"):
            fields(location)


def test_what_can_be_no_name_is_not_asked_of_the_hub(here, no_hub):
    with pytest.raises(SourceError, match="does not exist"):
        fields(here / "none")
    for location in ("a/b/c/d", "a//b", "a/"):
        with pytest.raises(SourceError, match="is no name on the hub"):
            fields(location)


def test_a_folder_that_is_here_is_not_asked_of_the_hub_by_another_name(here, no_hub):
    (here / "user" / "name").mkdir(parents=True)
    with pytest.raises(SourceError, match="user/name is here, but there is no 'config' in it"):
        fields("user/name/config")
    with pytest.raises(SourceError, match="user is here, but there is no 'other' in it"):
        fields("user/other")


def test_one_file_has_one_split(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(ROWS))
    with pytest.raises(SourceError, match="its only split is train, not 'test'"):
        fields(f"{tmp_path / 'a.jsonl'}:test")


def test_names_of_the_hub_are_tried_as_they_may_be_meant(here, monkeypatch):
    import datasets
    from datasets.exceptions import DatasetNotFoundError

    asked = []

    def load(name, config, *, data_files, split, streaming):
        asked.append((name, config, split))
        if name == "squad/plain_text":
            raise DatasetNotFoundError(name)
        if name == "offline":
            raise ConnectionError("Couldn't reach the Hub\nmore")
        return [ROWS[0]]

    monkeypatch.setattr(datasets, "load_dataset", load)
    for location in ("squad", "squad/plain_text:dev", "user/name", "user/name/config:test"):
        assert fields(location) == READ[:1]
    assert asked == [
        ("squad", None, "train"),
        ("squad/plain_text", None, "dev"),
        ("squad", "plain_text", "dev"),
        ("user/name", None, "train"),
        ("user/name", "config", "test"),
    ]
    with pytest.raises(SourceError, match=r"offline cannot be loaded \(split train\): Couldn't"):
        fields("offline")


@pytest.mark.parametrize("location", ["squad:", "squad:train[:10]", "squad:a:b", ":train"])
def test_a_split_that_is_no_name_is_refused(location):
    with pytest.raises(UsageError, match=r"split|write DATASET"):
        split_location(location)
