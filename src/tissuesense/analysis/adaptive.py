"""`tissuesense.adaptive`: thresholds by adaptive stimuli."""

from tissuesense.analysis.sensory.quest_plus import QuestPlus

__all__ = ["QuestPlus"]
