"""The smallest catalogue that keeps every rule, for tests to break one rule at a time."""

from tissuesense.core.site import ComplaintKind

_KINDS = ", ".join(f'"{kind}"' for kind in ComplaintKind)


def _muscle(id_: str, antagonist: str) -> str:
    return f"""
[muscle.{id_}]
name = "{id_}"
region = "arm"
actions = ["moves the arm"]
synergists = []
antagonists = ["{antagonist}"]
nerve = "a nerve of {id_}"
referral = ["arm"]
complaints = [{_KINDS}]
reach = "direct"
ceiling_n = 80
uberon = ["UBERON:0000001"]
fma = ["FMA:1234"]
aliases = ["{id_}_too"]

[muscle.{id_}.source]
actions = "book"
nerve = "unsourced"
partners = "unsourced"
referral = "unsourced"
codes = "book"

[[muscle.{id_}.site]]
id = "middle"
landmark = "in the middle"
position = "supine"
"""


SMALL = "\n".join(
    [
        'version = "t1"',
        '[[control]]\nmuscle = "front"\nnot_for = ["arm"]',
        '[source.book]\ntext = "A book"\nlooked_up = true',
        _muscle("front", "rear"),
        _muscle("rear", "front"),
        _muscle("inner", "outer"),
        _muscle("outer", "inner"),
        *(
            f'[complaint.{kind}]\nname = "{kind}"\nkind = "{kind}"\n'
            f'muscles = [{{ muscle = "front", weight = 2, reason = "of {kind}" }}]'
            for kind in ComplaintKind
        ),
    ]
)
