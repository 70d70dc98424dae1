"""Addresses that were published: some are printed on counters, others are in programs; none may vanish."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

PUBLISHED = Path(__file__).with_name("routes.txt").read_text(encoding="utf-8").splitlines()


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_published_routes_are_all_there(app: Flask) -> None:
    assert [route for route in PUBLISHED if route not in routes(app)] == []


def test_every_route_is_in_the_list(app: Flask) -> None:
    assert sorted(routes(app) - set(PUBLISHED)) == []
