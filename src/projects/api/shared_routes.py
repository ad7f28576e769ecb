"""The routes of projects that every room has: many at once, batches, the register."""

from projects.api.bulk import MANY_PROJECTS
from projects.api.registers import PROJECT_REGISTER
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.registers.routes import register_routes

bulk_router = bulk_routes(MANY_PROJECTS)
batch_router = batch_routes(MANY_PROJECTS)
register_router = register_routes(PROJECT_REGISTER)
