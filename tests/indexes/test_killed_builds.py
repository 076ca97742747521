"""The law "atomic": a writer killed at any instant leaves the old knowledge base intact."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from wherefrom.indexes.info import info
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.verify import verify
from wherefrom.kb.errors import MissingError

KILLS = 20
QUERIES = ["mice in the old town", "river seine", "word7 word3"]
VECTORS = np.random.default_rng(5).standard_normal((4, 32)).astype(np.float32)

pytestmark = pytest.mark.slow


class Server:
    """Builds in children of a process that has imported torch already."""

    def __init__(self, encoder: Path) -> None:
        self._encoder = str(encoder)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("build_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def build(
        self,
        folder: Path,
        specs: list[str],
        *,
        kill_after: float | None = None,
        die_at: int | None = None,
    ) -> dict[str, object]:
        order = {"folder": str(folder), "specs": specs, "encoder": self._encoder}
        order |= {"kill_after": kill_after, "die_at": die_at}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def server(tiny_encoder_folder) -> Iterator[Server]:
    server = Server(tiny_encoder_folder)
    yield server
    server.process.stdin.close()
    server.process.wait(30)
    server.process.stdout.close()


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> tuple[list[str], list[str]]:
    """Give the sources of the old generation and those of the build to be killed."""
    folder = tmp_path_factory.mktemp("sources")
    chance = random.Random(11)
    old = {f"d{n}": sentence(chance) for n in range(20)}
    new = {name: text if n % 2 else sentence(chance) for n, (name, text) in enumerate(old.items())}
    new |= {f"e{n}": sentence(chance) for n in range(120)}
    (folder / "old.tsv").write_text("mice\tlive in\ttown\n")
    (folder / "new.tsv").write_text("seine\tis a\triver\n" * 3 + "river\tis in\ttown\n")
    old_facts, new_facts = f"triples:{folder / 'old.tsv'}", f"triples:{folder / 'new.tsv'}"
    return (
        [write(folder / "old.jsonl", old), old_facts],
        [write(folder / "new.jsonl", new), new_facts],
    )


def sentence(chance: random.Random) -> str:
    words = ["mice", "river", "seine", "town", "old", *(f"word{n}" for n in range(30))]
    return " ".join(chance.choice(words) for _ in range(chance.randint(5, 90))) + "."


def write(path: Path, documents: dict[str, str]) -> str:
    lines = [json.dumps({"id": n, "title": n, "text": t}) for n, t in documents.items()]
    path.write_text("\n".join(lines) + "\n")
    return f"jsonl:{path}"


def answers(folder: Path) -> list[object]:
    """Search the knowledge base and return all that must be equal."""
    knowledge = Knowledge.open(folder)
    found = [knowledge.search(QUERIES, 20, retriever="sparse")]
    described = info(folder)
    counted = [described.digest, described.facts]
    return [counted, *found, knowledge.search_vectors(VECTORS, 20)]


@pytest.fixture(scope="module")
def states(server: Server, sources, tmp_path_factory) -> tuple[Path, list[object], list[object]]:
    """Give the old knowledge base, its answers, and the answers of an undisturbed build."""
    folder = tmp_path_factory.mktemp("states")
    assert server.build(folder / "old.kb", sources[0])["error"] == ""
    shutil.copytree(folder / "old.kb", folder / "new.kb")
    assert server.build(folder / "new.kb", sources[1])["error"] == ""
    return folder / "old.kb", answers(folder / "old.kb"), answers(folder / "new.kb")


def test_twenty_random_moments(server, sources, states, tmp_path):
    old, before, after = states
    shutil.copytree(old, tmp_path / "timed.kb")
    whole = server.build(tmp_path / "timed.kb", sources[1])["seconds"]
    chance = random.Random()
    kills = interrupted = 0
    while kills < KILLS:
        folder = tmp_path / "killed.kb"
        shutil.copytree(old, folder)
        moment = chance.uniform(0, whole)
        killed = server.build(folder, sources[1], kill_after=moment)["killed"]
        found = answers(folder)
        assert found in (before, after), f"killed after {moment:.4f} s of {whole:.4f}"
        if killed:
            kills += 1
            interrupted += found == before
            assert server.build(folder, sources[1])["error"] == ""
        else:  # it had ended: the machine is faster now than when the whole build was timed
            whole = max(moment, 0.05)
        assert answers(folder) == after, f"killed after {moment:.4f} s of {whole:.4f}"
        verify(folder)
        assert not (folder / "staging").exists()
        shutil.rmtree(folder)
    assert interrupted >= KILLS // 2


def test_every_step_of_a_commit(server, sources, states, tmp_path):
    old, before, after = states
    shutil.copytree(old, tmp_path / "counted.kb")
    steps = server.build(tmp_path / "counted.kb", sources[1])["fsyncs"]
    seen = set()
    for step in range(steps, 0, -3):  # every third, the last ones among them
        folder = tmp_path / f"{step}.kb"
        shutil.copytree(old, folder)
        assert server.build(folder, sources[1], die_at=step)["killed"]
        found = answers(folder)
        assert found in (before, after), f"died at fsync {step} of {steps}"
        seen.add(str(found == after))
        assert server.build(folder, sources[1])["error"] == ""
        assert answers(folder) == after, f"died at fsync {step} of {steps}"
        shutil.rmtree(folder)
    assert seen == {"False", "True"}


def test_a_killed_first_build_goes_on(server, sources, states, tmp_path):
    folder = tmp_path / "first.kb"
    steps = server.build(tmp_path / "counted.kb", sources[1])["fsyncs"]
    assert server.build(folder, sources[1], die_at=steps // 2)["killed"]
    with pytest.raises(MissingError, match="run the build that was begun there again"):
        Knowledge.open(folder)
    assert any((folder / "staging").glob("*.npy"))
    assert server.build(folder, sources[1])["error"] == ""
    assert answers(folder)[1:] == answers(tmp_path / "counted.kb")[1:]
