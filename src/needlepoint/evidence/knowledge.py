"""The knowledge base as one frozen value; it is an argument of everything that advises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from needlepoint.evidence import creams, follow_up, schema, urgent
from needlepoint.evidence.depths import DepthMove, DepthReaction, GoalDepth
from needlepoint.evidence.devices import ClearedNumber, ElsewhereDevice
from needlepoint.evidence.jurisdictions import Jurisdiction
from needlepoint.evidence.questions import Question, QuestionGroup
from needlepoint.evidence.substances import Glide, Substance


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All rows by their key, with the version and the digest that an advice records."""

    version: str
    sha256: str
    reviews: Mapping[str, schema.Review]
    rule_files: Mapping[str, str]
    sources: Mapping[str, schema.Source]
    questions: Mapping[str, Question]
    question_groups: Mapping[str, QuestionGroup]
    facts: Mapping[str, schema.Fact]
    zones: Mapping[str, schema.ZoneFacts]
    devices: Mapping[str, schema.Device]
    cleared_numbers: Mapping[str, ClearedNumber]
    elsewhere: Mapping[str, ElsewhereDevice]
    goals: Mapping[str, schema.GoalFacts]
    depths: Mapping[str, GoalDepth]
    depth_parameters: Mapping[str, schema.DoseParameter]
    depth_moves: Mapping[str, DepthMove]
    depth_reactions: Mapping[str, DepthReaction]
    operators: Mapping[str, schema.OperatorFacts]
    jurisdictions: Mapping[str, Jurisdiction]
    protocols: Mapping[str, schema.Protocol]
    dose_parameters: Mapping[str, schema.DoseParameter]
    rules: Mapping[str, schema.Rule]
    triage: Mapping[str, schema.TriageRule]
    raisers: Mapping[str, urgent.Raiser]
    levels: Mapping[str, schema.TriageLevel]
    unread: Mapping[str, urgent.Unread]
    alarm_words: Mapping[str, urgent.AlarmWord]
    first_aid: Mapping[str, urgent.FirstAid]
    emergency_numbers: Mapping[str, urgent.EmergencyNumber]
    common_numbers: Mapping[str, urgent.EmergencyNumber]
    ladders: Mapping[str, follow_up.Ladder]
    scales: Mapping[str, follow_up.Scale]
    looks: Mapping[str, follow_up.Look]
    maintenance: Mapping[str, follow_up.Maintenance]
    adverse_kinds: Mapping[str, follow_up.AdverseKind]
    serious_outcomes: Mapping[str, follow_up.SeriousOutcome]
    preparation: Mapping[str, schema.Preparation]
    aftercare: Mapping[str, schema.Aftercare]
    milestones: Mapping[str, schema.Milestone]
    pairing: Mapping[str, schema.Pairing]
    creams: Mapping[str, creams.Cream]
    substances: Mapping[str, Substance]
    glides: Mapping[str, Glide]
    home_use: Mapping[str, schema.HomeUse]
    disagreements: Mapping[str, schema.Disagreement]

    def review_of(self, rule: schema.Rule) -> schema.Review:
        """Return who wrote and who checked a rule, and until when: its own words, else those of its file."""
        review = self.reviews[self.rule_files[rule.id]]
        return schema.Review(
            author=rule.author or review.author,
            checker=rule.checker or review.checker,
            reviewed_on=rule.reviewed_on or review.reviewed_on,
            review_by=rule.review_by or review.review_by,
        )
