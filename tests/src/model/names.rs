//! The closed lists of the contract, each with its spelling; knows nothing of what they mean.

/// Makes an enumeration whose members have the contract's names.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$member_about:meta])* $member:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$member_about])* $member,)+ }

        impl $name {
            /// Every member, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// Returns the contract's spelling.
            pub fn name(self) -> &'static str {
                match self { $(Self::$member => $text,)+ }
            }

            /// Returns the member of that spelling.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.name() == name)
            }
        }
    };
}

named! {
    /// The declared type of a tag.
    TagKind {
        /// A bit.
        Bool = "bool",
        /// A whole number.
        Int = "int",
        /// A number with a fraction.
        Float = "float",
        /// A string.
        Text = "string",
    }
}

named! {
    /// What becomes of a capture's values over a run.
    CaptureMode {
        /// The value at the start.
        AtStart = "AT_START",
        /// The value at the end.
        AtStop = "AT_STOP",
        /// The difference of the two.
        Delta = "DELTA",
        /// The smallest.
        Min = "MIN",
        /// The greatest.
        Max = "MAX",
        /// The mean over time.
        Mean = "MEAN",
        /// What it grew, whatever it lost.
        SumOfIncreases = "SUM_OF_INCREASES",
        /// How often it became another.
        CountOfChanges = "COUNT_OF_CHANGES",
        /// How long it was true.
        TrueSeconds = "TRUE_SECONDS",
    }
}

named! {
    /// A call with memory.
    BlockKind {
        /// A rise.
        RTrig = "rTrig",
        /// A fall.
        FTrig = "fTrig",
        /// A bit; setting it wins.
        Sr = "sr",
        /// A bit; resetting it wins.
        Rs = "rs",
        /// A delay of the rise.
        Ton = "ton",
        /// A delay of the fall.
        Tof = "tof",
        /// A pulse.
        Tp = "tp",
        /// A count up.
        Ctu = "ctu",
        /// A count down.
        Ctd = "ctd",
        /// Two thresholds.
        Hysteresis = "hysteresis",
        /// The value before.
        Previous = "previous",
        /// The time of the last change.
        LastChange = "lastChange",
        /// No change for so long.
        StableFor = "stableFor",
        /// The change per second.
        Rate = "rate",
    }
}

named! {
    /// What the first known level does.
    FirstScan {
        /// It arms.
        Arm = "ARM",
        /// It fires if it asks, except for CHANGE.
        Fire = "FIRE",
    }
}

named! {
    /// What an Uncertain level is to a trigger.
    Uncertain {
        /// Known.
        Good = "GOOD",
        /// Unknown.
        Bad = "BAD",
    }
}

named! {
    /// The change of a level that a trigger asks for.
    EdgeKind {
        /// False to true.
        Rising = "RISING_EDGE",
        /// True to false.
        Falling = "FALLING_EDGE",
        /// One value to another.
        Change = "CHANGE",
    }
}

named! {
    /// What a start does while another run is open.
    ConflictStrategy {
        /// The others close.
        StopPrevious = "STOP_PREVIOUS",
        /// The others go on, silently.
        Ignore = "IGNORE",
        /// The others go on, with an event.
        ThrowException = "THROW_EXCEPTION",
    }
}

named! {
    /// Which open runs a start conflicts with.
    ConflictScope {
        /// The operation's own.
        Operation = "OPERATION",
        /// Those at its location, its relatives' excepted.
        Location = "LOCATION",
    }
}

named! {
    /// What a new good order does to an open record.
    OrderUpdate {
        /// Nothing, once it has one.
        KeepFirst = "KEEP_FIRST_GOOD_VALUE",
        /// It is taken.
        KeepLast = "KEEP_LAST_GOOD_VALUE",
        /// An event.
        ThrowError = "THROW_ERROR",
        /// The record is split.
        NewRecord = "NEW_RECORD",
    }
}

named! {
    /// A production order's status.
    OrderStatus {
        /// Known, not planned.
        Idle = "IDLE",
        /// Planned.
        Scheduled = "SCHEDULED",
        /// Being made.
        Running = "RUNNING",
        /// Interrupted.
        Paused = "PAUSED",
        /// Ended for now.
        Stopped = "STOPPED",
        /// Done for ever.
        Closed = "CLOSED",
        /// Given up for ever.
        Cancelled = "CANCELLED",
    }
}

impl OrderStatus {
    /// Says whether nothing may be written over it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}

named! {
    /// How urgent an entry of the schedule is; the more urgent is the lesser.
    Priority {
        /// Before all others.
        Urgent = "URGENT",
        /// Before the usual.
        High = "HIGH",
        /// As usual.
        Normal = "NORMAL",
        /// After all others.
        Low = "LOW",
    }
}

named! {
    /// The status of an entry of the schedule, as far as the model's inputs lead to it.
    EntryStatus {
        /// Planned.
        Scheduled = "SCHEDULED",
        /// A record of it is open.
        Running = "RUNNING",
        /// It waits for another run.
        Paused = "PAUSED",
        /// Done.
        Completed = "COMPLETED",
    }
}

named! {
    /// A record's status, as far as the model's inputs lead to it.
    RecordStatus {
        /// Open.
        Running = "RUNNING",
        /// Closed in the ordinary way.
        Completed = "COMPLETED",
        /// Closed by a fault.
        Faulted = "FAULTED",
        /// Open, standing by command.
        Paused = "PAUSED",
        /// Closed because it is not to count.
        Cancelled = "CANCELLED",
        /// Closed without anybody having seen how.
        Unknown = "UNKNOWN",
    }
}

named! {
    /// Why a record opened.
    StartReason {
        /// An edge.
        Trigger = "TRIGGER",
        /// Its parent opened.
        Parent = "PARENT",
        /// Its order changed.
        OrderChanged = "PRODUCTION_ORDER_CHANGED",
        /// A command.
        Command = "COMMAND",
        /// A command cut the run in two.
        Split = "SPLIT",
    }
}

named! {
    /// Why a record closed.
    EndReason {
        /// An edge.
        Trigger = "TRIGGER",
        /// Its parent closed.
        Parent = "PARENT",
        /// Another run took its place.
        Conflict = "CONFLICT",
        /// Its order changed.
        OrderChanged = "PRODUCTION_ORDER_CHANGED",
        /// It had lasted long enough.
        MaxDuration = "MAX_DURATION",
        /// A fault edge.
        Fault = "FAULT",
        /// A command.
        Command = "COMMAND",
        /// A command cut the run in two.
        Split = "SPLIT",
        /// The gateway started anew.
        Restart = "RESTART",
        /// A reload disabled its operation.
        Disabled = "DISABLED",
    }
}

named! {
    /// What a command asks.
    CommandKind {
        /// Open a record.
        Start = "OPERATION_START",
        /// Close it.
        Stop = "OPERATION_STOP",
        /// Have it stand.
        Pause = "OPERATION_PAUSE",
        /// Have it go on.
        Resume = "OPERATION_RESUME",
        /// Close it: it is not to count.
        Cancel = "OPERATION_CANCEL",
        /// Close it: it failed.
        Fault = "OPERATION_FAULT",
        /// Open a record and close it.
        Execute = "OPERATION_EXECUTE",
        /// Name its order.
        SetOrder = "PRODUCTION_ORDER_SET",
        /// Correct a closed record.
        Edit = "OPERATION_EDIT",
        /// Cut an open record in two.
        Split = "OPERATION_SPLIT",
    }
}

named! {
    /// The events that the model tells.
    EventKind {
        /// A record opened.
        Started = "operation.started",
        /// A record's order changed.
        Updated = "operation.updated",
        /// A record closed.
        Stopped = "operation.stopped",
        /// A record closed by a fault.
        Faulted = "operation.faulted",
        /// A record lasts longer than expected.
        Overrun = "operation.overrun",
        /// A start met another run.
        Conflict = "operation.conflict",
        /// A counter of runs did not go on by one.
        SequenceGap = "operation.sequence_gap",
        /// An order's status changed.
        OrderStatusChanged = "production_order.status_changed",
        /// A start found no assigned order.
        OrderMissing = "production_order.missing",
        /// A record's order does not exist.
        OrderUnknown = "production_order.unknown",
        /// A record stands.
        Paused = "operation.paused",
        /// It goes on.
        Resumed = "operation.resumed",
        /// A record closed that is not to count.
        Cancelled = "operation.cancelled",
        /// A closed record was corrected.
        Edited = "operation.edited",
        /// The order's expression left the record's order.
        OrderChanged = "production_order.changed",
        /// A final order was started or written to.
        OrderFinal = "production_order.final",
        /// A run that nobody planned was added.
        ScheduleAdded = "schedule.added",
        /// A run took an entry up.
        ScheduleStarted = "schedule.started",
        /// An entry is done.
        ScheduleCompleted = "schedule.completed",
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An operation.
    Operation,
    /// An order.
    Order,
    /// An order and its new status.
    OrderAndStatus,
    /// An entry of the schedule.
    Entry,
}

impl EventKind {
    /// Returns what events of the kind are about.
    pub fn subject(self) -> Subject {
        match self {
            Self::OrderStatusChanged => Subject::OrderAndStatus,
            Self::OrderFinal => Subject::Order,
            Self::ScheduleAdded | Self::ScheduleStarted | Self::ScheduleCompleted => Subject::Entry,
            Self::Started
            | Self::Updated
            | Self::Stopped
            | Self::Faulted
            | Self::Paused
            | Self::Resumed
            | Self::Cancelled
            | Self::Edited
            | Self::Overrun
            | Self::Conflict
            | Self::SequenceGap
            | Self::OrderMissing
            | Self::OrderUnknown
            | Self::OrderChanged => Subject::Operation,
        }
    }
}
