"""Weights trained by this project; the cards beside them say what from and how well."""
