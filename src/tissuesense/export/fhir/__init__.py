"""FHIR R4 (4.0.1) as the record needs it: one module for each group of resources."""
