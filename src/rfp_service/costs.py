"""What an operation costs of a caller's allowance a minute, where it is more than one thing or a list.

A specification finds every report and every batch that is missing here.
"""

from collections.abc import Mapping

REPORT = 10  # adds up many cases, or writes a whole file
MANY = 10  # decides on many things at once, or reads a table

REPORTS = (
    "see_bottlenecks",
    "see_flow",
    "see_excess",
    "see_variants",
    "see_comparison",
    "see_stuck",
    "see_forecasts",
    "export_event_log",
    "export_rfp_register",
    "see_deflection",
    "list_lead_times",
    "see_period",
    "compare",
    "take_bundle",
    "see_forecast_calibration",
    "see_projects_at_risk",
    "list_project_probabilities",
    "list_internal_projects",
    "see_ranking",
    "see_priorities",
    "see_capacity",
    "export_register",
    "export_contract_register",
    "list_exposure",
    "list_transparency_register",
    "list_savings",
    "see_calendar",
    "see_timeline",
    "see_readiness",
    "see_commitments",
    "see_measures",
    "make_report",
    "make_exempt_part",
)
BATCHES = (
    "reassign_leads",
    "hold_many_rfps",
    "end_many_holds",
    "hand_rfp_register_in",
    "categorise_projects",
    "prioritise_projects",
    "decide_handlings",
    "assign_owners",
    "revise_forecasts",
    "rate_projects",
    "flag_projects",
    "lift_flags",
    "agree_action_plans",
    "hand_register_in",
    "name_contract_owners",
    "set_notice_periods",
    "confirm_dates",
    "recommend_renewals",
    "hand_contract_register_in",
    "start_import",
)
COSTS: Mapping[str, int] = {**dict.fromkeys(REPORTS, REPORT), **dict.fromkeys(BATCHES, MANY)}
