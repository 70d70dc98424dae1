"""Roles: what an account may be granted; each opens pages of its own."""

from __future__ import annotations

ROLES = ("inspector", "head", "officer", "administrator", "auditor", "statistician")
