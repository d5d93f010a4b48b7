//! The checked tree: slots instead of names, functions instead of words, types where they are known.

use super::HostName;
use super::names::Names;
use crate::ast::{Property, UnaryOperator};
use crate::evaluate::Evaluated;
use crate::functions::Function;
use crate::image::TagSlot;
use crate::operate::{Logic, Operation};
use crate::value::Type;

/// A part of an expression whose names are all known.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) node: CheckedNode,
    pub(crate) kind: Type,
    pub(crate) span: (usize, usize),
}

/// What can stand in a checked tree.
#[derive(Clone, Debug)]
pub(crate) enum CheckedNode {
    /// A literal, or what constant parts were folded to.
    Constant(Evaluated),
    /// A tag or its property; never [`Property::Name`], which is a constant.
    Tag(TagSlot, Property),
    /// A value of the host.
    Host(HostName),
    /// A tag that does not exist.
    NotFound(Property),
    /// A tag whose path is computed.
    ComputedTag(Box<ComputedTag>),
    /// An operator before its operand.
    Unary(UnaryOperator, Box<Checked>),
    /// `&&` or `||` between two operands or more.
    Logic(Logic, Vec<Checked>),
    /// Operators of one level, from the left.
    Chain(Box<Checked>, Vec<(Operation, Checked)>),
    /// A function of any kind but stateful.
    Call(&'static Function, Vec<Checked>),
    /// A stateful function with the index of its call site.
    StatefulCall(&'static Function, usize, Vec<Checked>),
    /// A base and one or two keys.
    Subscript(Box<Checked>, Vec<Checked>),
}

/// A tag whose path is known only when it is evaluated.
#[derive(Clone, Debug)]
pub(crate) struct ComputedTag {
    /// Gives the path.
    pub(crate) path: Checked,
    /// The index of its call site.
    pub(crate) site: usize,
    /// What the path is looked up in.
    pub(crate) names: Names,
    /// What of the tag is asked for.
    pub(crate) asks: Asks,
}

/// What is asked for of a tag whose path is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// The value, or the property that the path ends with.
    Value,
    /// When it was read.
    Timestamp,
}

impl Checked {
    /// Returns the constant that this is, if it is one.
    pub(crate) const fn constant(&self) -> Option<&Evaluated> {
        match &self.node {
            CheckedNode::Constant(constant) => Some(constant),
            CheckedNode::Tag(..)
            | CheckedNode::Host(_)
            | CheckedNode::NotFound(_)
            | CheckedNode::ComputedTag(_)
            | CheckedNode::Unary(..)
            | CheckedNode::Logic(..)
            | CheckedNode::Chain(..)
            | CheckedNode::Call(..)
            | CheckedNode::StatefulCall(..)
            | CheckedNode::Subscript(..) => None,
        }
    }
}
