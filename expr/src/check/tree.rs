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
    pub(crate) folded: Option<Folded>,
}

/// What was written and is no longer in the node, because it never changes: for whoever explains the part.
#[derive(Clone, Debug)]
pub(crate) enum Folded {
    /// The part that the constant was computed from.
    Part(Box<Checked>),
    /// The constant path of a `tag(…)`.
    Path(Box<Checked>),
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
    /// Returns a part of which nothing is folded.
    pub(crate) const fn new(node: CheckedNode, kind: Type, span: (usize, usize)) -> Self {
        Self { node, kind, span, folded: None }
    }

    /// Returns the part as it was written, before it became a constant.
    pub(crate) fn unfolded(&self) -> &Self {
        if let Some(Folded::Part(part)) = &self.folded { part } else { self }
    }

    /// Returns the constant path that a `tag(…)` was written with.
    pub(crate) fn path(&self) -> Option<&Self> {
        if let Some(Folded::Path(path)) = &self.folded { Some(path) } else { None }
    }

    /// Returns the parts that this one is made of, in the order in which they are compiled.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match &self.node {
            CheckedNode::Constant(_) | CheckedNode::Tag(..) | CheckedNode::Host(_) | CheckedNode::NotFound(_) => {
                vec![]
            }
            CheckedNode::ComputedTag(tag) => vec![&tag.path],
            CheckedNode::Unary(_, operand) => vec![operand],
            CheckedNode::Chain(first, rest) => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect()
            }
            CheckedNode::Subscript(base, keys) => std::iter::once(&**base).chain(keys).collect(),
            CheckedNode::Logic(_, parts) | CheckedNode::Call(_, parts) | CheckedNode::StatefulCall(_, _, parts) => {
                parts.iter().collect()
            }
        }
    }

    /// Returns the function and the index of the call site, if this is a call that keeps state.
    pub(crate) const fn stateful(&self) -> Option<(&'static Function, usize)> {
        if let CheckedNode::StatefulCall(function, site, _) = &self.node { Some((function, *site)) } else { None }
    }

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
