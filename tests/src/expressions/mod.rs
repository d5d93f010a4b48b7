//! The language as its users meet it: cases in files, diagnostics in files, and whatever text, values and nesting.

mod cases;
mod faults;
mod hostile;
mod problems;
