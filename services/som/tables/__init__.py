"""A knowledge base as a folder of CSV files, one per table: out, and in again whole or not at all."""

from services.som.problems import Problems
from services.som.tables.building import knowledge_of
from services.som.tables.files import read_folder, write_folder
from services.som.tables.layout import TABLES
from services.som.tables.writing import tables_of

__all__ = ["TABLES", "Problems", "knowledge_of", "read_folder", "tables_of", "write_folder"]
