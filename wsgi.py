"""What a WSGI server loads: the portal, ready to serve, or one line that says why not."""

import sys

import click

from app import create_app
from app.config import ConfigError
from app.services.readiness import NotReady, refuse_unready
from app.web import portal

try:
    app = create_app()
    if click.get_current_context(silent=True) is None:  # commands mend what is missing; a server must find it whole
        with app.app_context():
            refuse_unready(portal.settings())
except (ConfigError, NotReady) as refusal:
    sys.exit(f"Lan Tỏa cannot start: {refusal}")
