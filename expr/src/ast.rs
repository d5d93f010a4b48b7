//! The tree of an expression as written, with spans. [`std::fmt::Display`] prints it back, and
//! parsing what was printed gives the same tree.

/// A node with its place in the text.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub node: Node,
    /// Start and end in bytes of the text, with the brackets that group it.
    pub span: (usize, usize),
}

/// What can stand in an expression.
#[derive(Clone, Debug)]
pub enum Node {
    /// `null` or `none`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer literal; never negative (the sign is an operator), but for −2⁶³, which has no
    /// positive and is one literal together with its sign.
    Integer(i64),
    /// A float literal; never negative.
    Float(f64),
    /// A string literal, unescaped.
    String(String),
    /// `{…}`.
    Reference(Reference),
    /// `-x`, `!x`, `~x`.
    Unary(UnaryOperator, Box<Expression>),
    /// `x + y` and the others. Chains of one level of any length are flat, so that depth stays
    /// bounded: the first operand, then operator and operand in the order of evaluation.
    Binary(Box<Expression>, Vec<(BinaryOperator, Expression)>),
    /// `name(…)`, the name as written.
    Call(String, Vec<Expression>),
    /// `x[key]` or `ds[row, column]`.
    Subscript(Box<Expression>, Vec<Expression>),
}

/// What stands between braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The text between the braces as written, trimmed.
    pub text: String,
}

/// The property of a tag that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `.value`, the default.
    Value,
    /// `.quality`.
    Quality,
    /// `.timestamp`.
    Timestamp,
    /// `.name`: the last part of the path.
    Name,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `!`
    Not,
    /// `~`
    BitNot,
}

/// An operator between operands, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `|`
    BitOr,
    /// `xor`
    BitXor,
    /// `&`
    BitAnd,
    /// `=` (also `==`)
    Equal,
    /// `!=` (also `<>`)
    NotEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    LessOrEqual,
    /// `>=`
    GreaterOrEqual,
    /// `like`
    Like,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `^`, right-associative: a chain is stored right-nested.
    Power,
}

impl UnaryOperator {
    /// Returns the operator as it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Negate => "-",
            Self::Not => "!",
            Self::BitNot => "~",
        }
    }
}

impl BinaryOperator {
    /// Returns the operator as it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::BitOr => "|",
            Self::BitXor => "xor",
            Self::BitAnd => "&",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::Like => "like",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
        }
    }

    /// Returns how tightly it binds, from 1 for `||` to 11 for `^` (`spec/expression.md` section 2).
    pub const fn level(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::BitOr => 3,
            Self::BitXor => 4,
            Self::BitAnd => 5,
            Self::Equal | Self::NotEqual => 6,
            Self::Less | Self::Greater | Self::LessOrEqual | Self::GreaterOrEqual | Self::Like => 7,
            Self::ShiftLeft | Self::ShiftRight => 8,
            Self::Add | Self::Subtract => 9,
            Self::Multiply | Self::Divide | Self::Remainder => 10,
            Self::Power => 11,
        }
    }
}
