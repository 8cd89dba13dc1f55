"""`tissuesense.adaptive`: thresholds by adaptive stimuli."""

from tissuesense.analysis.quest_plus import QuestPlus

__all__ = ["QuestPlus"]
