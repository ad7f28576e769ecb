"""The routes of RFPs that every room has: many at once, batches, the register."""

from rfp_service.rfps.api.bulk import MANY_RFPS
from rfp_service.rfps.api.registers import RFP_REGISTER
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.registers.routes import register_routes

bulk_router = bulk_routes(MANY_RFPS)
batch_router = batch_routes(MANY_RFPS)
register_router = register_routes(RFP_REGISTER)
