"""A small set over the real bot: three documents and four cases."""

from __future__ import annotations

import json
from pathlib import Path

DOCUMENTS = {
    "north.txt": "The lighthouse was lit in 1874. Its keeper was Ada Brook, who lived there with two goats.\n",
    "south.txt": "The lamp of the lighthouse burned whale oil until the winter of 1890.\n",
    "east.txt": "The ferry to the island runs on Mondays.\n",
}
CASES = [
    {"id": "lit", "kind": "date", "question": "When was the lighthouse lit?", "accepted": [["1874"]]},
    {"id": "oil", "kind": "fact", "question": "What did the lamp of the lighthouse burn?", "accepted": [["whale oil"]]},
    {"id": "keeper", "kind": "fact", "question": "Who was the keeper of the lighthouse?", "accepted": [["Brook"]]},
    {"id": "lawyer", "kind": "far-off", "question": "Which lawyer defended the pastry cook?", "must_refuse": True},
]


def own_folder(folder: Path) -> Path:
    """The set as a user would keep it: documents, and beside them the cases."""
    (folder / "documents").mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (folder / "documents" / name).write_text(text, "utf-8")
    (folder / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in CASES), "utf-8")
    return folder
