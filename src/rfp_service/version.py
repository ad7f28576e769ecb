"""The program's version, as the API file, bundles and the package say it."""

VERSION = "0.1.0"
