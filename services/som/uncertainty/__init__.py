"""How sure a case's result is: one-way and two-way sensitivity, simulation, and what it is worth to know more.

All of it is computed from the one `CaseModel` that the point result comes from (docs/som-formulas.md).
"""

from services.som.uncertainty.factors import Kind, UncertainInput, uncertain_inputs
from services.som.uncertainty.information import Information, Unknown, information
from services.som.uncertainty.sensitivity import Bar, Surface, grid, tornado
from services.som.uncertainty.simulation import Percentiles, Simulation, probabilities_and_spread, simulate

__all__ = [
    "Bar",
    "Information",
    "Kind",
    "Percentiles",
    "Simulation",
    "Surface",
    "UncertainInput",
    "Unknown",
    "grid",
    "information",
    "probabilities_and_spread",
    "simulate",
    "tornado",
    "uncertain_inputs",
]
