"""`openapi` and `permissions`: what the program says of itself."""

import sys

from rfp_service.app import openapi_text
from rfp_service.permissions_page import permissions_page


def openapi() -> None:
    sys.stdout.buffer.write(openapi_text())


def permissions() -> None:
    sys.stdout.write(permissions_page())
