"""What the bot says when it does not answer: plain sentences of our own, never an exception's or a document's text."""

from __future__ import annotations

from retrieval.errors import ProviderError, StoreError

LONGEST_QUESTION = 4000

EMPTY = "I can only read text: write your question as a message, and I will look for the answer in the documents."
HELP = (
    "Ask me anything the documents may say, in your own words: I answer with their sentences and show their places. "
    "My home tab lists the documents and has example questions."
)
HELP_PROMPT = "What can I ask you?"
TOO_LONG = f"Your message is very long. Please put your question in at most {LONGEST_QUESTION:,} characters."
OUTSIDER = "I answer only members of the workspace I belong to."
STALE = "I was not running when you asked this, and that is a while ago. Please ask again if you still need it."
NOTHING_HERE = (
    "There are no documents that I may use here. An administrator can change that; perhaps you may read more than this "
    "channel: then ask me in a direct message or with /ask."
)
NOTHING_FOR_YOU = "There are no documents that I may show you. An administrator can change that."
NOT_IN_CHANNEL = "I am not in this channel, so I cannot post there: invite me first, then share again."
NOT_SHAREABLE = "This answer cannot be shared here."
GONE = "I no longer have this answer. Please ask again."
THANKS = "Thank you, noted."
PRESS_AGAIN = "That took too long. Please press the button again."


def limited(most: int, who: str) -> str:
    return f"That is a lot of questions at once: I take {most} a minute {who}. Please ask again in a minute."


def failure(error: BaseException, reference: str) -> str:
    """One sentence for what went wrong, and the reference under which the log has it."""
    return f"{_kind(error)} Please ask again later. An administrator finds the cause with the reference {reference}."


def _kind(error: BaseException) -> str:
    if isinstance(error, StoreError):
        return "I cannot read the document index at the moment."
    if isinstance(error, ProviderError):
        return "The language model does not answer at the moment."
    if isinstance(error, TimeoutError):
        return "This took too long, so I stopped."
    return "Something went wrong while I looked for an answer."
