"""Recipes, plans and their execution."""
