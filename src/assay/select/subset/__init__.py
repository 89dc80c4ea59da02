"""Choosing few rows for a purpose: criteria, one greedy choice by all of them, live editions."""
