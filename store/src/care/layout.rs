//! Which columns a table has, of which kinds: what an export gives, from either database.

use crate::statement::Statement;

/// A table that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `operation_records`.
    Records,
    /// `operations`.
    Operations,
    /// `production_orders`.
    Orders,
    /// `schedules`.
    Schedule,
    /// `events`.
    Events,
    /// `locations`.
    Locations,
    /// `materials`.
    Materials,
    /// `jobs`.
    Jobs,
    /// `job_station_history`.
    Legs,
    /// `batches`.
    Batches,
    /// `work_sessions`.
    WorkSessions,
    /// `audit`.
    Audit,
}

/// A table's columns, and the statement that gives a page of it.
pub(crate) struct Layout {
    /// Rows after a gateway and a key, by both, so many.
    pub(crate) page: Statement,
    /// The column that is the key within a gateway.
    pub(crate) key: &'static str,
    /// A key before all others.
    pub(super) first_key: &'static str,
    /// The columns in their order.
    pub(crate) columns: &'static [(&'static str, Kind)],
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text, a word, an id.
    Text,
    /// A date.
    Date,
    /// A number.
    Real,
    /// A whole number.
    Whole,
    /// A boolean.
    Flag,
    /// A JSON text.
    Json,
}

use Kind::{Date, Flag, Json, Real, Text, Whole};

impl Table {
    /// Returns the columns in their order, each with what JSON Schema calls its values' type.
    pub fn column_types(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let word = |kind| match kind {
            Text | Date => "string",
            Real => "number",
            Whole => "integer",
            Flag => "boolean",
            Json => "object",
        };
        self.columns().iter().map(move |&(name, kind)| (name, word(kind)))
    }

    /// Returns its columns in their order.
    pub(crate) const fn columns(self) -> &'static [(&'static str, Kind)] {
        self.layout().columns
    }

    pub(crate) const fn layout(self) -> &'static Layout {
        match self {
            Self::Records => &OPERATION_RECORDS,
            Self::Operations => &OPERATIONS,
            Self::Orders => &PRODUCTION_ORDERS,
            Self::Schedule => &SCHEDULES,
            Self::Events => &EVENTS,
            Self::Locations => &LOCATIONS,
            Self::Materials => &MATERIALS,
            Self::Jobs => &JOBS,
            Self::Legs => &LEGS,
            Self::Batches => &BATCHES,
            Self::WorkSessions => &WORK_SESSIONS,
            Self::Audit => &AUDIT,
        }
    }
}

static OPERATION_RECORDS: Layout = Layout {
    page: Statement {
        table: "operation_records",
        sqlite: "SELECT * FROM operation_records WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM operation_records WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("name", Text),
        ("start_date", Date),
        ("end_date", Date),
        ("status", Text),
        ("location_id", Text),
        ("operation_id", Text),
        ("production_order_id", Text),
        ("shift_record_id", Text),
        ("operation", Text),
        ("location", Text),
        ("duration_seconds", Real),
        ("detected_at", Date),
        ("production_order", Text),
        ("schedule_id", Text),
        ("parent_record_id", Text),
        ("start_reason", Text),
        ("end_reason", Text),
        ("expected_duration_seconds", Real),
        ("overrun", Flag),
        ("paused_seconds", Real),
        ("detected_after_gap", Flag),
        ("last_seen_date", Date),
        ("captures", Json),
        ("revision", Whole),
    ],
};

static OPERATIONS: Layout = Layout {
    page: Statement {
        table: "operations",
        sqlite: "SELECT * FROM operations WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM operations WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("name", Text),
        ("auto_add_to_schedule", Flag),
        ("expected_duration_calculation_strategy", Text),
        ("expected_duration_expression", Text),
        ("expected_duration_seconds", Real),
        ("flush_interval_millis", Whole),
        ("production_order_expression", Text),
        ("production_order_resolution_strategy", Text),
        ("production_order_update_strategy", Text),
        ("running_conflict_strategy", Text),
        ("start_production_order_status", Text),
        ("start_trigger_expression", Text),
        ("start_trigger_type", Text),
        ("status", Text),
        ("stop_production_order_status", Text),
        ("stop_trigger_expression", Text),
        ("stop_trigger_type", Text),
        ("trigger_source", Text),
        ("update_production_order_status_on_start", Flag),
        ("update_production_order_status_on_stop", Flag),
        ("current_operation_record_id", Text),
        ("current_production_order_id", Text),
        ("location_id", Text),
        ("configured", Flag),
        ("parent_operation_id", Text),
        ("fault_trigger_expression", Text),
        ("start_hold_millis", Whole),
        ("stop_hold_millis", Whole),
        ("start_change_deadband", Real),
        ("stop_change_deadband", Real),
        ("first_scan", Text),
        ("restart_holdoff_millis", Whole),
        ("max_duration_seconds", Real),
        ("running_conflict_scope", Text),
        ("production_order", Text),
        ("restart_policy", Text),
        ("resume_within_seconds", Real),
    ],
};

static PRODUCTION_ORDERS: Layout = Layout {
    page: Statement {
        table: "production_orders",
        sqlite: "SELECT * FROM production_orders WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM production_orders WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("name", Text),
        ("start_date", Date),
        ("due_date", Date),
        ("end_date", Date),
        ("quantity", Real),
        ("quantity_produced", Real),
        ("quantity_scheduled", Real),
        ("schedule_priority", Text),
        ("status", Text),
        ("location_id", Text),
        ("product_material_id", Text),
        ("rate_per_hour", Real),
    ],
};

static SCHEDULES: Layout = Layout {
    page: Statement {
        table: "schedules",
        sqlite: "SELECT * FROM schedules WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM schedules WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("duration_expected", Real),
        ("start_date", Date),
        ("end_date", Date),
        ("quantity", Real),
        ("status", Text),
        ("location_id", Text),
        ("operation_id", Text),
        ("operation_record_id", Text),
        ("production_order_id", Text),
        ("priority", Text),
        ("production_order", Text),
    ],
};

static EVENTS: Layout = Layout {
    page: Statement {
        table: "events",
        sqlite: "SELECT * FROM events WHERE (gateway_id, seq) > (?1, CAST(?2 AS INTEGER)) ORDER BY gateway_id, seq LIMIT ?3",
        postgres: "SELECT * FROM events WHERE (gateway_id, seq) > ($1, $2::text::bigint) ORDER BY gateway_id, seq LIMIT $3",
    },
    key: "seq",
    first_key: "0",
    columns: &[
        ("gateway_id", Text),
        ("seq", Whole),
        ("id", Text),
        ("event_type", Text),
        ("occurred_at", Date),
        ("recorded_at", Date),
        ("body", Json),
        ("subject", Text),
        ("parent_event_id", Text),
        ("job_id", Text),
        ("job_event", Whole),
    ],
};

static LOCATIONS: Layout = Layout {
    page: Statement {
        table: "locations",
        sqlite: "SELECT * FROM locations WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM locations WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("name", Text),
        ("path", Text),
    ],
};

static MATERIALS: Layout = Layout {
    page: Statement {
        table: "materials",
        sqlite: "SELECT * FROM materials WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM materials WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("enabled", Flag),
        ("created_date", Date),
        ("created_by", Text),
        ("modified_date", Date),
        ("modified_by", Text),
        ("notes", Text),
        ("spare1", Text),
        ("spare2", Text),
        ("spare3", Text),
        ("name", Text),
        ("rate_per_hour", Real),
    ],
};

static JOBS: Layout = Layout {
    page: Statement {
        table: "jobs",
        sqlite: "SELECT * FROM jobs WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM jobs WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("state", Text),
        ("production_order_id", Text),
        ("production_order", Text),
        ("quantity", Whole),
        ("good_parts", Whole),
        ("scrap_parts", Whole),
        ("lost_parts", Whole),
        ("in_process_parts", Whole),
        ("finished_parts", Whole),
        ("assigned_to", Text),
        ("active", Flag),
        ("active_batch_key", Text),
        ("active_batch_qt", Whole),
        ("first_serials", Json),
        ("created_at", Date),
        ("created_by", Text),
        ("started_at", Date),
        ("completed_at", Date),
        ("last_online", Date),
        ("last_work_session_started", Date),
        ("retry_of", Text),
        ("error_code", Text),
        ("error_message", Text),
        ("last_event", Whole),
    ],
};

static LEGS: Layout = Layout {
    page: Statement {
        table: "job_station_history",
        sqlite: "SELECT * FROM job_station_history WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM job_station_history WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("job_id", Text),
        ("ordinal", Whole),
        ("location_id", Text),
        ("station", Text),
        ("entry_number", Whole),
        ("state", Text),
        ("input", Whole),
        ("good", Whole),
        ("scrap", Whole),
        ("rework", Whole),
        ("lost", Whole),
        ("origin", Text),
        ("origin_leg_id", Text),
        ("pause", Text),
        ("pause_operation_id", Text),
        ("posted_at", Date),
        ("posted_by", Text),
        ("started_at", Date),
        ("started_by", Text),
        ("completed_at", Date),
        ("completed_by", Text),
        ("operation_record_id", Text),
    ],
};

static BATCHES: Layout = Layout {
    page: Statement {
        table: "batches",
        sqlite: "SELECT * FROM batches WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM batches WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("job_id", Text),
        ("leg_id", Text),
        ("quantity", Whole),
        ("remaining", Whole),
        ("created_at", Date),
        ("created_by", Text),
        ("completed_at", Date),
        ("completed_by", Text),
    ],
};

static WORK_SESSIONS: Layout = Layout {
    page: Statement {
        table: "work_sessions",
        sqlite: "SELECT * FROM work_sessions WHERE (gateway_id, id) > (?1, ?2) ORDER BY gateway_id, id LIMIT ?3",
        postgres: "SELECT * FROM work_sessions WHERE (gateway_id, id) > ($1, $2) ORDER BY gateway_id, id LIMIT $3",
    },
    key: "id",
    first_key: "",
    columns: &[
        ("gateway_id", Text),
        ("id", Text),
        ("job_id", Text),
        ("leg_id", Text),
        ("operator", Text),
        ("started_at", Date),
        ("ended_at", Date),
    ],
};

static AUDIT: Layout = Layout {
    page: Statement {
        table: "audit",
        sqlite: "SELECT * FROM audit WHERE (gateway_id, number) > (?1, CAST(?2 AS INTEGER)) ORDER BY gateway_id, number LIMIT ?3",
        postgres: "SELECT * FROM audit WHERE (gateway_id, number) > ($1, $2::text::bigint) ORDER BY gateway_id, number LIMIT $3",
    },
    key: "number",
    first_key: "0",
    columns: &[
        ("number", Whole),
        ("gateway_id", Text),
        ("at", Date),
        ("actor", Text),
        ("door", Text),
        ("action", Text),
        ("target", Text),
        ("status", Whole),
        ("error", Text),
        ("event_id", Text),
    ],
};
