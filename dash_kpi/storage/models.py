"""The tables of the database.

Every row belongs to a workspace. What changes with the data is valid from one revision of the
workspace until another replaces it (`valid_to` is NULL while it holds), so that any past state is a
plain query.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

IngestStatus = Literal["queued", "running", "done", "refused"]
SourceStatus = Literal["ok", "missing", "refused", "held", "retired"]
AlertStatus = Literal["open", "acknowledged", "snoozed", "resolved", "corrected"]
DeliveryStatus = Literal["queued", "sending", "sent", "unknown", "failed", "parked", "dropped"]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it could mean any."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the zone."""
        return value and value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of the models."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        IngestStatus: String(20),
        SourceStatus: String(20),
        AlertStatus: String(20),
        DeliveryStatus: String(20),
    }


class Workspace(Base):
    """One team's world; `revision` is the file-change flag that pages poll."""

    __tablename__ = "workspaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Source(Base):
    """One table that is read again and again: a sheet of a workbook, or a CSV."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("workspace_id", "path", "sheet"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    path: Mapped[str] = mapped_column(String(4096))  # relative to the instance where it lies inside it
    sheet: Mapped[str] = mapped_column(String(255))  # "" for a file without sheets
    status: Mapped[SourceStatus] = mapped_column(default="ok")
    reason: Mapped[str | None]  # why the status is not "ok"
    created_at: Mapped[datetime]
    header: Mapped[str | None] = mapped_column(String(64))  # `rules.signature` of its headings
    owner: Mapped[str | None] = mapped_column(String(255))  # who answers for it, in words
    cadence: Mapped[dict[str, Any] | None]  # when a new version is due, as a person told; None: as learnt
    contract: Mapped[dict[str, Any] | None]  # the limits a new version must keep; None: those of the settings
    held_ingest_id: Mapped[int | None] = mapped_column(
        ForeignKey("ingests.id", name="fk_sources_held_ingest_id")
    )  # broke the contract, waits
    held: Mapped[dict[str, Any] | None]  # that reading: file, rows, reading, what it broke, is_declined


class Revision(Base):
    """One committed change of a workspace's data."""

    __tablename__ = "revisions"

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    summary: Mapped[str]  # what happened, in words
    ingest_id: Mapped[int | None] = mapped_column(ForeignKey("ingests.id"))
    actor: Mapped[str | None] = mapped_column(String(255))  # who or what caused it: "watched folder", "upload", …


class Snapshot(Base):
    """The cleaned rows of one source at one revision, and what reading them found."""

    __tablename__ = "snapshots"
    __table_args__ = (Index("ix_snapshots_current", "workspace_id", "valid_to", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    ingest_id: Mapped[int] = mapped_column(ForeignKey("ingests.id"))
    valid_from: Mapped[int]
    valid_to: Mapped[int | None]
    file: Mapped[str] = mapped_column(String(255))  # name of the Parquet file
    rows: Mapped[int]  # loaded, in both files
    shared_file: Mapped[str | None] = mapped_column(String(255))  # rows that another source counts already
    shared_rows: Mapped[int] = mapped_column(default=0)
    reading: Mapped[dict[str, Any]]  # the table as `ingest --json` prints it
    created_at: Mapped[datetime]


class MappingVersion(Base):
    """Rules that a person gave for one source, or for every table with one header.

    The current one has no `ended_at`; the earlier ones are what undoing goes back to.
    """

    __tablename__ = "mappings"
    __table_args__ = (Index("ix_mappings_current", "workspace_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    path: Mapped[str | None] = mapped_column(String(4096))  # with `sheet`: of one source, which need not be loaded
    sheet: Mapped[str | None] = mapped_column(String(255))
    header: Mapped[str | None] = mapped_column(String(64))  # or of every table with this header
    rules: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    ended_at: Mapped[datetime | None]


class Overlap(Base):
    """Rows that two sources share, and how often they are counted."""

    __tablename__ = "overlaps"
    __table_args__ = (UniqueConstraint("source_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))  # whose shared rows are not counted
    other_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))  # which counts them
    rows: Mapped[int]  # 0: none now; the row keeps a decision for when they come back
    is_certain: Mapped[bool]  # the rows cannot be alike by chance: they are counted once unless somebody decides
    decision: Mapped[str | None] = mapped_column(String(20))  # "once", "both"; None: nobody has decided
    decided_by: Mapped[str | None] = mapped_column(String(255))
    decided_at: Mapped[datetime | None]


class KpiData(Base):
    """One measure of one source on one day: the sum of its values and how many there were."""

    __tablename__ = "kpi_data"
    __table_args__ = (
        # What later revisions replaced is a small part, and asked for by every chart.
        Index(
            "ix_kpi_data_replaced",
            "workspace_id",
            "valid_to",
            sqlite_where=text("valid_to IS NOT NULL"),
            postgresql_where=text("valid_to IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(255), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_from: Mapped[int] = mapped_column(primary_key=True)
    valid_to: Mapped[int | None]
    total: Mapped[float]
    count: Mapped[int]


class KpiDefinition(Base):
    """What a person decided about a KPI, valid from one revision until another replaces it."""

    __tablename__ = "kpi_definitions"
    __table_args__ = (Index("ix_kpi_definitions_current", "workspace_id", "valid_to", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[int]
    valid_to: Mapped[int | None]
    definition: Mapped[dict[str, Any]]  # as `kpis/definition.py` reads it; what is not in it is as built in
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))


class Annotation(Base):
    """A person's note on a day or a span, shown on every chart of its KPI."""

    __tablename__ = "annotations"
    __table_args__ = (Index("ix_annotations_days", "workspace_id", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    kpi: Mapped[str | None] = mapped_column(String(100))  # None: on every KPI
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]  # it can be brought back


class Forecast(Base):
    """The forecast of one KPI at one grain, so many periods ahead, as it was computed for one revision.

    `made` tells what it was made by, beside the data: a forecast made by anything else is computed anew.
    """

    __tablename__ = "forecasts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    kpi: Mapped[str] = mapped_column(String(100), primary_key=True)
    grain: Mapped[str] = mapped_column(String(10), primary_key=True)
    periods: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[str] = mapped_column(String(200))
    forecast: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]


class Ingest(Base):
    """One job: the reading of one file, from the moment it was noticed."""

    __tablename__ = "ingests"
    __table_args__ = (
        # One open job a file: whoever notices it again joins the one that is there.
        Index(
            "ix_ingests_open",
            "workspace_id",
            "path",
            unique=True,
            sqlite_where=text("status IN ('queued', 'running')"),
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index("ix_ingests_path", "workspace_id", "path", "id"),
        Index("ix_ingests_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    path: Mapped[str] = mapped_column(String(4096))
    actor: Mapped[str | None] = mapped_column(String(255))  # who or what asked for it
    status: Mapped[IngestStatus] = mapped_column(default="queued")
    phase: Mapped[str] = mapped_column(String(50), default="waiting")
    percent: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(20))  # loaded, unchanged, refused
    reason: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    rules: Mapped[str | None] = mapped_column(String(64))  # digest of those it was read by; None: of none
    size: Mapped[int | None] = mapped_column(BigInteger)
    modified_ns: Mapped[int | None] = mapped_column(BigInteger)
    tables: Mapped[list[Any] | None]  # the tables as `ingest --json` prints them
    revision: Mapped[int | None]
    owner: Mapped[str | None] = mapped_column(String(255))  # the process that reads it
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Threshold(Base):
    """A rule on a KPI, as it holds now; `ThresholdVersion` has every wording it had."""

    __tablename__ = "thresholds"
    __table_args__ = (Index("ix_thresholds_workspace", "workspace_id", "deleted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    kpi_name: Mapped[str] = mapped_column(String(100))
    threshold_value: Mapped[float | None]  # the first limit of its first condition, where that is a number
    rule: Mapped[dict[str, Any]]  # as `alerting/rules/rule.py` reads it
    version: Mapped[int] = mapped_column(default=1)
    judged_revision: Mapped[int] = mapped_column(default=-1)  # the newest that it was judged at
    judged_day: Mapped[date | None] = mapped_column(Date)  # the team's day on which it was last judged
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class ThresholdVersion(Base):
    """What a threshold was from one moment on: who changed what."""

    __tablename__ = "threshold_versions"

    threshold_id: Mapped[int] = mapped_column(ForeignKey("thresholds.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[dict[str, Any] | None]  # None: it was removed
    summary: Mapped[str]  # what was changed, in words
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))


class ThresholdState(Base):
    """Where the state machine of a threshold stands, for one value of its dimension or "" for the whole."""

    __tablename__ = "threshold_states"
    __table_args__ = ({"sqlite_with_rowid": False},)

    threshold_id: Mapped[int] = mapped_column(ForeignKey("thresholds.id"), primary_key=True)
    segment: Mapped[str] = mapped_column(String(255), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20))  # ok, pending, firing
    track: Mapped[dict[str, Any]]  # as `alerting/rules/track.py` reads it
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))  # the one that is open
    due_at: Mapped[datetime | None]  # when time alone can change something


class Alert(Base):
    """One breach of one threshold by one segment, with its life."""

    __tablename__ = "alerts"
    __table_args__ = (
        # At most one open alert a rule and segment, whatever happens.
        Index(
            "ix_alerts_open",
            "threshold_id",
            "segment",
            unique=True,
            sqlite_where=text("status IN ('open', 'acknowledged', 'snoozed')"),
            postgresql_where=text("status IN ('open', 'acknowledged', 'snoozed')"),
        ),
        Index("ix_alerts_status", "workspace_id", "status", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    threshold_id: Mapped[int] = mapped_column(ForeignKey("thresholds.id"))
    threshold_version: Mapped[int]
    segment: Mapped[str] = mapped_column(String(255))  # the value of the threshold's dimension, "" for the whole
    kpi_name: Mapped[str] = mapped_column(String(100))
    alert_type: Mapped[str] = mapped_column(String(30))  # the kind of the condition that was met
    severity: Mapped[str] = mapped_column(String(20))
    status: Mapped[AlertStatus]
    current_value: Mapped[float | None]  # of the newest judged period
    threshold_value: Mapped[float | None]  # the limit it was judged by
    message: Mapped[str]  # what happened, one sentence
    period_start: Mapped[date] = mapped_column(Date)  # the first breached period
    period_end: Mapped[date] = mapped_column(Date)  # the last judged one
    revision: Mapped[int]  # at which it was opened
    details: Mapped[dict[str, Any]]  # what was known when it opened: what drove it, files, values around it
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # when its message was first accepted by a channel
    closed_at: Mapped[datetime | None]
    assignee: Mapped[str] = mapped_column(String(255), default="")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(255))
    snoozed_until: Mapped[datetime | None]
    snooze: Mapped[dict[str, Any] | None]  # by whom, from which value, and by which share it must worsen to wake
    escalated_at: Mapped[datetime | None]


class AlertEvent(Base):
    """Something that happened to an alert."""

    __tablename__ = "alert_events"
    __table_args__ = (Index("ix_alert_events_alert", "alert_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))  # opened, repeated, acknowledged, commented, resolved, …
    actor: Mapped[str] = mapped_column(String(255))
    text: Mapped[str]


class Evaluation(Base):
    """What a threshold was found to be, and why; the same again and again is one row with a count."""

    __tablename__ = "evaluations"
    __table_args__ = (Index("ix_evaluations_threshold", "threshold_id", "segment", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    threshold_id: Mapped[int] = mapped_column(ForeignKey("thresholds.id"))
    segment: Mapped[str] = mapped_column(String(255))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int]
    period_start: Mapped[date | None] = mapped_column(Date)
    period_label: Mapped[str] = mapped_column(String(100), default="")
    value: Mapped[float | None]
    limit_value: Mapped[float | None]
    code: Mapped[str] = mapped_column(String(30))  # `alerting/rules/judge.py: Code`
    reason: Mapped[str]  # in words: "pending 1 of 2"


class Silence(Base):
    """No messages about some alerts for some time, with a comment; it takes no alert away."""

    __tablename__ = "silences"
    __table_args__ = (Index("ix_silences_until", "workspace_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    threshold_id: Mapped[int | None] = mapped_column(ForeignKey("thresholds.id"))  # all four None or "": everything
    kpi_name: Mapped[str | None] = mapped_column(String(100))
    dimension: Mapped[str | None] = mapped_column(String(255))  # with `segment`: one value of a dimension
    segment: Mapped[str | None] = mapped_column(String(255))
    comment: Mapped[str] = mapped_column(String(500))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    ended_at: Mapped[datetime | None]  # a person ended it early


class Channel(Base):
    """Where and how messages go."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(30))  # a row of `alerting/channels/table.py`
    config: Mapped[dict[str, Any]]  # what may be shown
    secrets: Mapped[str]  # the rest, encrypted
    on_unknown: Mapped[str] = mapped_column(String(20))  # reconcile, resend, hold
    is_enabled: Mapped[bool] = mapped_column(default=True)
    problem: Mapped[str | None]  # why its queue is parked, and what to do; None: it works
    problem_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # the service asked us to wait
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Route(Base):
    """Which alerts go to which channels, and to whom next when nobody acknowledges them."""

    __tablename__ = "routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    severities: Mapped[list[Any]]  # [] : every one
    tags: Mapped[list[Any]]  # [] : every one; else one of them must be among the rule's or its KPI's
    channel_ids: Mapped[list[Any]]
    escalate_hours: Mapped[float | None]
    escalate_channel_ids: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime]


class Delivery(Base):
    """One message to one destination of one channel, with its outcome; what it says does not change."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_open", "status", "due_at"),
        Index("ix_deliveries_destination", "channel_id", "destination", "status", "id"),
        Index("ix_deliveries_parent", "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)  # the id that evidence is looked for by
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    destination: Mapped[str] = mapped_column(String(320))
    kind: Mapped[str] = mapped_column(String(20))  # firing, resolved, follow_up, correction, digest, test, notice
    message: Mapped[dict[str, Any]]  # as `alerting/messages/message.py` reads it
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))  # in whose thread it goes
    status: Mapped[DeliveryStatus]
    reason: Mapped[str | None]  # why it is not sent, or what became of it, in words
    attempts: Mapped[int] = mapped_column(default=0)
    is_possible_repeat: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[dict[str, Any] | None]  # what the channel gave back: ts, wamid, Message-ID
    claimed_by: Mapped[str | None] = mapped_column(String(255))
    holds_up: Mapped[bool] = mapped_column(default=False)  # until it is due, nothing later goes to its destination
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # when nothing more happened by itself; of a parked one: a person has to decide


class DeliveryAlert(Base):
    """Which alerts a delivery speaks of."""

    __tablename__ = "delivery_alerts"
    __table_args__ = (Index("ix_delivery_alerts_alert", "alert_id"), {"sqlite_with_rowid": False})

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    line_kind: Mapped[str] = mapped_column(String(20))  # firing, resolved, repeated, worse, correction, …


class Attempt(Base):
    """One try to send a delivery, or to find out whether it was: written before it, ended after it."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_started", "started_at"), {"sqlite_with_rowid": False})

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # send, reconcile, or resend: a person asked for the next one
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(
        String(20)
    )  # sent, not_sent, refused, unknown, found, absent, no_evidence, asked
    reason: Mapped[str | None]


class LastWritten(Base):
    """When the person at a destination last wrote to us: for some time after that a channel may take free text."""

    __tablename__ = "last_written"
    __table_args__ = ({"sqlite_with_rowid": False},)

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    destination: Mapped[str] = mapped_column(String(320), primary_key=True)
    at: Mapped[datetime]


class Digest(Base):
    """A summary of KPIs that is sent by the clock."""

    __tablename__ = "digests"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    config: Mapped[dict[str, Any]]  # as `alerting/telling/digests.py` reads it: KPIs, how often, when, channels
    is_enabled: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime]


class Template(Base):
    """How a kind of message is worded, where a person changed it; the newest of each name holds."""

    __tablename__ = "templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(50))
    text: Mapped[str | None]  # None: as it comes with the program
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
