"""Pages on the program itself: its commands, the case file, the state tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
import msgspec

from needlepoint.cli import outcome
from needlepoint.cli.pages.markdown import bullets, code, fence, page, table
from needlepoint.course.answers import Happened, Presence, RosaceaKind, Use, YesNo
from needlepoint.course.goals import Concern, OperatorRole, Sex, SkinType
from needlepoint.course.session import Sign, TopicalKind
from needlepoint.course.states import COURSE, SESSION, StateTable
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.exchange.case_shapes import TABLES, keys_of
from needlepoint.exchange.case_text import MOST_BYTES

HELP_WIDTH = 100
EXAMPLE = """\
[patient]
born_on   = 1990-05-14
skin_type = "III"
sex       = "female"

[goal]
concern = "acne_scars"
zones   = ["cheek_left", "cheek_right"]

[device]
id = "skinpen-precision"

[clinic]
time_zone = "America/New_York"
operator  = "nurse_practitioner"

[answers]
pregnant = "no"
isotretinoin = "past"
isotretinoin_last_used_on = 2026-01-10
laser = "past"
laser_on = 2026-02-20
eczema = "elsewhere"

[[session]]
started_at = 2026-02-02T14:00:00-05:00
device     = "skinpen-precision"
cartridge  = { gtin = "00860000000001", lot = "A1234", expires_on = 2027-01-31 }
healed     = "yes"
topicals   = [
  { kind = "anaesthetic", name = "lidocaine", strength_percent = 4.0, grams = 20, area_cm2 = 300, on_minutes = 30 },
]
passes     = [
  { zone = "cheek_left",  depth_mm = 1.0, passes = 2, rate_hz = 117, speed_mm_s = 20 },
  { zone = "cheek_right", depth_mm = 1.0, passes = 2, rate_hz = 117, speed_mm_s = 20 },
]

[[check_in]]
at = 2026-02-03T09:00:00-05:00
redness = 2
swelling = 1
pain = 3
signs = ["fine_flaking"]
"""


def states() -> str:
    """Return the state tables as diagrams and as tables."""
    return page(
        "States",
        "What is not listed is refused. The diagrams are printed from the tables that the program follows.",
        *_state("Course", COURSE),
        *_state("Session", SESSION),
    )


def _state(title: str, states_of: StateTable) -> Iterator[str]:
    yield f"## {title}"
    yield fence("mermaid", states_of.diagram())
    rows = (
        (held.replace("_", " "), act, reached.replace("_", " "))
        for (held, act), reached in states_of.steps.items()
    )
    yield table(("From", "Act", "To"), rows)


def commands(group: click.Group) -> str:
    """Return the help of every command, the exit codes, and what the environment changes."""
    helps = [
        part
        for name, command in [("", group), *_commands(group)]
        for part in _help(name, command, group.context_settings)
    ]
    return page(
        "Command line",
        "What is meant for people goes to standard output as text, in colour on a terminal and plain in a pipe; what "
        "is wrong goes to standard error in one line. `--json` gives the same content to programs.",
        "## Exit codes",
        table(("Code", "Means"), ((f"{number}", says) for number, says in outcome.EXIT_CODES.items())),
        "## Environment",
        bullets(
            (
                "`NO_COLOR`, set to anything: no colour.",
                "`COLUMNS`: how wide text is set where there is no terminal; 80 otherwise.",
                f"`{outcome.SHOW_TRACEBACK}`, set to anything: show where in the program a defect lies.",
            )
        ),
        "## Completion",
        "Your shell completes commands, options, rule ids and source ids after one line in its start-up file:",
        fence(
            "text",
            'eval "$(_NEEDLEPOINT_COMPLETE=bash_source needlepoint)"    # bash, in ~/.bashrc\n'
            'eval "$(_NEEDLEPOINT_COMPLETE=zsh_source needlepoint)"     # zsh, in ~/.zshrc\n'
            "_NEEDLEPOINT_COMPLETE=fish_source needlepoint | source     # fish, in ~/.config/fish/config.fish",
        ),
        *helps,
    )


def _commands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command:
            yield name, command


def _help(name: str, command: click.Command, settings: Mapping[str, Any]) -> Iterator[str]:
    path = f"needlepoint {name}".strip()
    context = click.Context(command, info_name=path, terminal_width=HELP_WIDTH, **settings)
    yield f"## {path}"
    yield fence("text", command.get_help(context))


def case_format(knowledge: Knowledge) -> str:
    """Return the case file, table by table, with every value that is understood."""
    parts = [part for name in TABLES for part in _table(name)]
    return page(
        "Case file",
        "TOML, or JSON of the same structure with dates and instants in quotes. It is strict: an unknown key, a wrong "
        "type, a number out of bounds or a day that does not exist is an error that names the key and says what was "
        f"expected, with exit code 2. Nothing is guessed. A file has at most {MOST_BYTES // 1_000_000} MB.",
        "## An example",
        fence("toml case.toml", EXAMPLE),
        *parts,
        "## [answers]",
        "Every question of the screening, under its own name; see [Questions and facts](questions.md). One that is "
        "left out is unknown.",
        table(("Kind of question", "Says", "Second key"), _answers()),
        "## Values",
        *_values(knowledge),
    )


def _table(name: str) -> Iterator[str]:
    if not name:
        return
    fields = {field.name: field for field in msgspec.structs.fields(TABLES[name])}
    yield f"## {name.replace('session.', 'session: ')}"
    yield f"{(TABLES[name].__doc__ or '').strip()}"
    rows = (
        (f"`{key}`", meta.title, meta.description, "yes" if fields[key].required else "")
        for key, meta in keys_of(name).items()
    )
    yield table(("Key", "Form", "Meaning", "Needed"), rows)


def _answers() -> Iterator[tuple[str, str, str]]:
    def said(kind: Iterable[str]) -> str:
        return code(str(each) for each in kind)

    yield "yes_no", said(YesNo), ""
    yield "medicine", said(Use), "`<name>_last_used_on`, a date; may be left out"
    yield "procedure", said(Happened), "`<name>_on`, the date of the last time; may be left out"
    yield "presence", said(Presence), ""
    yield "rosacea_kind", said(RosaceaKind), ""
    yield "months", "a number, 0 to 1200", ""
    yield "choice", "one of the question's own answers, or `unknown`", ""
    yield "number", "a number in the question's unit and range", ""


def _values(knowledge: Knowledge) -> Iterator[str]:
    named: dict[str, Iterable[str]] = {
        "skin_type": SkinType,
        "sex": Sex,
        "concern": Concern,
        "zones": Zone,
        "operator": OperatorRole,
        "device": knowledge.devices,
        "kind of topical": TopicalKind,
        "signs": Sign,
    }
    yield table(
        ("Key", "Values"), ((name, code(str(each) for each in values)) for name, values in named.items())
    )
