//! Every bound of the language, with its reason. Reaching one is a diagnostic, never a crash.

/// Deepest nesting of parentheses, calls, subscripts and unary operators (`spec/expression.md` section 1).
pub const NESTING_MAX: usize = 256;

/// Deepest tree: between two brackets operators of eleven levels may nest. Four for each bracket are more
/// than people write, and the recursions over a tree this deep fit a thread's usual 2 MiB.
pub const TREE_DEPTH_MAX: usize = 4 * NESTING_MAX;

/// Longest expression text in bytes: a plant's longest are a few kilobytes; this bounds parse time and memory.
pub const EXPRESSION_BYTES_MAX: usize = 1 << 20;

/// Most problems and lints that are told of one expression: more than anybody repairs before asking again, and each is
/// shown with its line. Beyond them no suggestion is looked for.
pub const PROBLEMS_MAX: usize = 100;

/// Longest word in characters for which a similar one is looked for: tags' paths are shorter, and the work grows with
/// the square.
pub const SUGGESTED_CHARS_MAX: usize = 200;

/// Longest string in bytes that an evaluation may build (`repeat`, `concat`, `numberFormat`, …).
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// Most bytes of texts and cells that one evaluation may build and read, all its calls together: the longest expression
/// has thousands of calls, and each may build as much as above. It is some tenths of a second.
pub const HANDLED_BYTES_MAX: usize = 1 << 28;

/// Most bytes of texts and cells that the constants of one expression may hold which were calculated when it was
/// compiled; what is beyond them is calculated anew in each evaluation.
pub const FOLDED_BYTES_MAX: usize = 1 << 20;

/// Most comparisons of characters for one `like`: a text and a pattern of many thousand characters each, of which every
/// place of the text has to be tried.
pub const LIKE_STEPS_MAX: usize = 1 << 26;

/// Most characters that the searches for one regular expression may look through, all together: each search may look
/// through the rest of the text, however short its match is.
pub const SEARCHED_BYTES_MAX: usize = 1 << 28;

/// Most rows that an evaluation may build (`split`, …).
pub const DATASET_ROWS_MAX: usize = 100_000;

/// Polling faster than every so many milliseconds is a lint: few machines change so fast, and every poll
/// evaluates the whole expression.
pub const QUICK_POLL_MILLIS: u32 = 100;

/// Most cells that an evaluation may build (`columnRearrange`): as many rows as above in forty columns.
pub const DATASET_CELLS_MAX: usize = 40 * DATASET_ROWS_MAX;

/// Deepest JSON that is read from a text: as deep as the strict reader goes.
pub const JSON_DEPTH_MAX: usize = 127;

/// Largest compiled size in bytes of a regular expression given to `split`.
pub const REGEX_BYTES_MAX: usize = 1 << 18;

/// Most changes that a `rate` remembers: a tag that changes ten times a second over a minute. Beyond them those
/// that follow another most closely are forgotten, so that the window stays as long as it is and only grows coarser.
pub const RATE_CHANGES_MAX: u32 = 600;

/// Most parts of an expression that an explanation shows: nobody reads more, and each is a line and an object.
pub const EXPLAINED_PARTS_MAX: usize = 1000;

/// Deepest part that an explanation shows, the whole expression being the first: as JSON two levels each, they stay
/// within what readers of JSON take as a rule (128).
pub const EXPLAINED_DEPTH_MAX: usize = 50;

/// Most characters of a part's text that an explanation shows: with its value it fits a terminal's line.
pub const EXPLAINED_TEXT_CHARS_MAX: usize = 60;

/// Most notes that an explanation gives one part: those of parts that it leaves out are among them.
pub const EXPLAINED_NOTES_MAX: usize = 10;

/// Most characters of a part's value that an explanation shows to people.
pub const EXPLAINED_VALUE_CHARS_MAX: usize = 40;

/// Most characters of a note, and of a text, dataset or document in an explanation as JSON: the result beside it is
/// whole.
pub const EXPLAINED_LONG_CHARS_MAX: usize = 1000;
