//! How a value is coded in registers. Pure data.

use latchwork_expr::Type;

/// How a value is coded in registers (`data_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// A bit, or a register that is not 0.
    Bool,
    /// 8 bits of a register, signed.
    Int8(Half),
    /// 8 bits of a register.
    Uint8(Half),
    /// 16 bits, signed.
    Int16,
    /// 16 bits (the default of registers).
    Uint16,
    /// 32 bits, signed.
    Int32,
    /// 32 bits.
    Uint32,
    /// 64 bits, signed.
    Int64,
    /// 64 bits.
    Uint64,
    /// IEEE 754, 16 bits.
    Float16,
    /// IEEE 754, 32 bits.
    Float32,
    /// IEEE 754, 64 bits.
    Float64,
    /// Four decimal digits of four bits each.
    Bcd16,
    /// Eight decimal digits of four bits each.
    Bcd32,
    /// 16 bits, signed, of which so many stand behind the binary point (`fraction_bits`, 8).
    Fixed16(u8),
    /// 32 bits, signed, of which so many stand behind the binary point (`fraction_bits`, 16).
    Fixed32(u8),
    /// Characters.
    Text(TextCoding),
}

/// Which byte of a register holds 8 bits (`byte`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Half {
    /// The low one.
    #[default]
    Low,
    /// The high one.
    High,
}

/// How characters stand in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextCoding {
    /// How many there are at most (`length`), each a byte.
    pub length: u16,
    /// How many a register holds (`characters_per_register`, 2).
    pub characters: Characters,
    /// What the bytes mean (`encoding`, UTF-8).
    pub encoding: Encoding,
}

/// How many characters a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Characters {
    /// One, in the low byte.
    One,
    /// Two, the first in the high byte.
    #[default]
    Two,
}

/// What the bytes of a text mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8; ASCII is part of it.
    #[default]
    Utf8,
    /// ISO 8859-1: each byte is a character.
    Latin1,
}

impl Coding {
    /// Returns the type of a value before it becomes its tag's.
    pub(crate) const fn reads_as(self) -> Type {
        match self {
            Self::Bool => Type::Boolean,
            Self::Float16 | Self::Float32 | Self::Float64 | Self::Fixed16(_) | Self::Fixed32(_) => Type::Float,
            Self::Int8(_)
            | Self::Uint8(_)
            | Self::Int16
            | Self::Uint16
            | Self::Int32
            | Self::Uint32
            | Self::Int64
            | Self::Uint64
            | Self::Bcd16
            | Self::Bcd32 => Type::Integer,
            Self::Text(_) => Type::String,
        }
    }

    /// Returns how many registers a value takes.
    pub const fn registers(self) -> u16 {
        match self {
            Self::Bool
            | Self::Int8(_)
            | Self::Uint8(_)
            | Self::Int16
            | Self::Uint16
            | Self::Float16
            | Self::Bcd16
            | Self::Fixed16(_) => 1,
            Self::Int32 | Self::Uint32 | Self::Float32 | Self::Bcd32 | Self::Fixed32(_) => 2,
            Self::Int64 | Self::Uint64 | Self::Float64 => 4,
            Self::Text(TextCoding { length, characters: Characters::Two, .. }) => length.div_ceil(2),
            Self::Text(TextCoding { length, characters: Characters::One, .. }) => length,
        }
    }

    /// Tells whether a value of this coding can be written: it fills its registers, and only one text of bits means it.
    pub(crate) const fn is_writable(self) -> bool {
        match self {
            Self::Bool
            | Self::Int16
            | Self::Uint16
            | Self::Int32
            | Self::Uint32
            | Self::Int64
            | Self::Uint64
            | Self::Float32
            | Self::Float64 => true,
            Self::Int8(_)
            | Self::Uint8(_)
            | Self::Float16
            | Self::Bcd16
            | Self::Bcd32
            | Self::Fixed16(_)
            | Self::Fixed32(_)
            | Self::Text(_) => false,
        }
    }
}
