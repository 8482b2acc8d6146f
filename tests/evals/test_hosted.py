"""The endpoint of the benchmark."""

from __future__ import annotations

from bot.providers import chat_model, complete
from bot.settings import Settings
from evals import hosted


def test_it_says_what_its_passages_say() -> None:
    """A reply is the first sentences of the passages, each with the id behind it."""
    told = "The harbour of Ostrel froze on Sunday night, the pilot said. [P-KT]"
    with hosted.endpoint() as url:
        model = chat_model(Settings(model="hosted", openai_base_url=url))
        assert complete(model, f"Passages:\n{told} Then nothing. [P-BD]\nWhen did it freeze?") == told
