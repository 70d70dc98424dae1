"""Pages: a test client that looks at every page it gets, whatever the test is about."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import html5lib
import pyotp
from flask.testing import FlaskClient
from lxml.etree import _Element
from werkzeug.test import TestResponse

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
"""Ten in the morning of 1 July 2026 in Viet Nam: in 2026-H2."""

PASSWORD = "mật khẩu đủ dài"


@dataclass
class Clock:
    """A clock that shows what the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


LABELLED = ("input", "select", "textarea")
UNSEEN = ("hidden", "submit", "button")


class PageClient(FlaskClient):
    """A client that fails on a page nobody should be shown."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request and look at the page that answers it."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code not in range(300, 400):
            faults = page_faults(response)
            assert not faults, f"{response.request.path}: " + "; ".join(faults)
        return response

    def sent(self, path: str, **fields: str) -> TestResponse:
        """Send the form of a page as a browser does: with what the page hid in it."""
        tree = parsed(self.get(path))
        hidden = {
            field.get("name"): field.get("value")
            for field in tree.iter("input")
            if field.get("type") == "hidden"
        }
        return self.post(path, data={"csrf_token": hidden.get("csrf_token")} | fields)


def shown_key(response: TestResponse) -> str:
    """Give the key that the page of a new authenticator shows."""
    return "".join(parsed(response).findtext(".//code[@id='key']").split())


def code_of(key: str, moment: datetime) -> str:
    """Give the code that an authenticator with a key shows."""
    return pyotp.TOTP(key).at(moment)


def come_in(client: PageClient, login: str, one_time: str, moment: datetime) -> str:
    """Sign in for the first time, through all steps; give the key of the authenticator."""
    client.sent("/sign-in", login=login, password=one_time)
    answer = client.sent("/sign-in/new-password", password=PASSWORD, again=PASSWORD)
    if answer.location != "/sign-in/second-factor":
        return ""
    key = shown_key(client.get("/sign-in/second-factor"))
    answer = client.sent("/sign-in/second-factor", code=code_of(key, moment))
    assert answer.status_code == 200, answer.text
    return key


def parsed(response: TestResponse) -> _Element:
    """Give the tree of a page, as browsers read it."""
    tree: _Element = html5lib.parse(response.text, treebuilder="lxml", namespaceHTMLElements=False).getroot()
    return tree


def page_faults(response: TestResponse) -> list[str]:
    """Give what is wrong with a page: for a reader, for a screen reader, and for the browser's policy."""
    tree = parsed(response)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    return [
        *_about_the_whole(response, tree),
        *_about_names(elements),
        *_about_policy(response, elements),
    ]


def _about_the_whole(response: TestResponse, tree: _Element) -> list[str]:
    faults = []
    if not response.text.lstrip().lower().startswith("<!doctype html>"):
        faults.append("no doctype at its start")
    if not (tree.findtext("head/title") or "").strip():
        faults.append("no title")
    if not re.fullmatch("[a-z]{2,3}(-[a-z0-9]+)*", tree.get("lang", "")):
        faults.append(f"html lang is {tree.get('lang')!r}")
    headings = len(tree.findall(".//h1"))
    if headings != 1:
        faults.append(f"{headings} h1")
    if response.headers.get("Cache-Control") not in ("no-store", "private, no-cache"):
        faults.append("may be kept by caches")
    return faults


def _about_names(elements: list[_Element]) -> list[str]:
    ids = [element.get("id") for element in elements if element.get("id") is not None]
    faults = [f"id {each} stands twice" for each in sorted(set(ids)) if ids.count(each) > 1]
    named = {element.get("for") for element in elements if element.tag == "label"}
    for element in elements:
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    faults.append(f"{attribute} names {name}, which is not there")
        labelled = (
            element.get("id") in named
            or any(parent.tag == "label" for parent in element.iterancestors())
            or element.get("aria-label")
            or element.get("aria-labelledby")
        )
        if element.tag in LABELLED and element.get("type") not in UNSEEN and not labelled:
            faults.append(f"{element.tag} {element.get('name')} has no label")
        if element.tag == "img" and element.get("alt") is None:
            faults.append("an image has no alt")
        if element.tag in ("a", "button") and not (
            "".join(element.itertext()).strip() or element.get("aria-label")
        ):
            faults.append(f"{element.tag} has no words")
    return faults


def _about_policy(response: TestResponse, elements: list[_Element]) -> list[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    faults = [] if "default-src 'none'" in policy else ["no strict policy"]
    for element in elements:
        faults += [f"{element.tag} has {name}" for name in element.attrib if re.match("on|style$", str(name))]
        if element.tag == "script" and (element.get("src") is None or (element.text or "").strip()):
            faults.append("inline script")
        if element.tag == "style":
            digest = base64.b64encode(sha256((element.text or "").encode()).digest()).decode()
            if f"'sha256-{digest}'" not in policy:
                faults.append("a style element that the policy does not allow")
        target = element.get("src") or (element.get("href") if element.tag == "link" else None) or ""
        if re.match("(https?:)?//", target):
            faults.append(f"fetches from elsewhere: {target}")
    return faults
