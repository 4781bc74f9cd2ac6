"""The investment model: what an initiative costs, saves and earns, per payer and calendar year."""

from services.som.model.compiled import ENGINE_VERSION, CaseModel, compile_case
from services.som.model.knowledge_base import KnowledgeBase
from services.som.model.projection import Projection, per_person, project

__all__ = ["ENGINE_VERSION", "CaseModel", "KnowledgeBase", "Projection", "compile_case", "per_person", "project"]
