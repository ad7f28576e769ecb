"""The routes of contracts that every room has: many at once, batches, the register."""

from rfp_service.contracts.api.bulk import MANY_CONTRACTS
from rfp_service.contracts.api.registers import CONTRACT_REGISTER_FORM
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.registers.routes import register_routes

bulk_router = bulk_routes(MANY_CONTRACTS)
batch_router = batch_routes(MANY_CONTRACTS)
register_router = register_routes(CONTRACT_REGISTER_FORM)
