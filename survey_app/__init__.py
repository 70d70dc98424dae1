"""Citizens answer, inspectors read: the web application, its commands and its worker."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from survey_app.access.account import account
from survey_app.access.elsewhere import connect_provider, elsewhere
from survey_app.access.factor import factor
from survey_app.access.guard import init_guard
from survey_app.access.sealing import Seals
from survey_app.access.signin import access
from survey_app.collect.citizen import connect as connect_citizens
from survey_app.collect.kiosk import connect as connect_kiosks
from survey_app.collect.screens import connect as connect_screens
from survey_app.config import Settings, load_keys, load_oidc_secret, load_settings
from survey_app.evaluate.comparison_pages import comparisons
from survey_app.evaluate.downloads import downloads
from survey_app.evaluate.method_page import method
from survey_app.evaluate.officer_pages import officers
from survey_app.evaluate.pages import evaluations
from survey_app.evaluate.stored import Shelf
from survey_app.evaluate.unit_pages import units
from survey_app.health import health
from survey_app.store.engine import open_database
from survey_app.web import init_web
from survey_app.working import connect as connect_working


def create_app(
    instance: Path | None = None,
    settings: Settings | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """Make the web application of an installation.

    Raises ConfigFaults if its settings or keys cannot be used.
    """
    instance = (instance or Path(os.environ.get("SURVEY_INSTANCE", "instance"))).resolve()
    settings = settings or load_settings(instance)
    keys = load_keys(instance, "session")

    app = Flask(__name__, instance_path=str(instance))
    app.config.update(SECRET_KEY=keys[0], SECRET_KEY_FALLBACKS=keys[1:])
    app.extensions["settings"] = settings
    app.extensions["database"] = open_database(settings.database_url)
    app.extensions["clock"] = clock
    app.extensions["shelf"] = Shelf()
    app.extensions["seals"] = Seals.of(load_keys(instance, "account"))
    init_web(app, settings)
    init_guard(app)

    connect_citizens(app, instance)
    connect_screens(app, instance)
    connect_kiosks(app, load_keys(instance, "kiosk"), load_keys(instance, "visit"))
    app.register_blueprint(health)
    app.register_blueprint(access)
    app.register_blueprint(factor)
    app.register_blueprint(account)
    app.register_blueprint(elsewhere)
    if settings.oidc_issuer:
        connect_provider(app, settings, load_oidc_secret(instance))
    app.register_blueprint(evaluations)
    app.register_blueprint(units)
    app.register_blueprint(officers)
    app.register_blueprint(comparisons)
    app.register_blueprint(method)
    app.register_blueprint(downloads)
    connect_working(app)
    return app
