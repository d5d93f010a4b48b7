//! Binding for all who read the product's image: a row's values, qualities and time are written into cells.

use std::array;

use latchwork_expr::{Cell, Quality, Timestamp, Value};

use crate::workload::{Input, ROWS, Row, Workload};

/// A row that writes itself into an image of `N` tags.
pub trait Fresh<const N: usize>: 'static {
    /// Makes it of a row as all contestants get it.
    fn of(row: &Row) -> Self;

    /// Writes it.
    fn write(&mut self, image: &mut [Cell; N], time: Timestamp);
}

/// An image and the rows that are written into it, one after the other.
pub struct Samples<R, const N: usize> {
    image: [Cell; N],
    rows: Box<[R; ROWS]>,
    time: Timestamp,
}

impl<R: Fresh<N>, const N: usize> Samples<R, N> {
    /// Returns the rows of a workload, and an image in which no tag has a value yet.
    pub fn of(workload: &Workload) -> Self {
        let rows: Vec<R> = workload.rows.iter().map(R::of).collect();
        let rows = rows.try_into().unwrap_or_else(|rows: Vec<R>| unreachable!("{} rows", rows.len()));
        Self { image: array::from_fn(|_| Cell::default()), rows, time: Timestamp(0) }
    }

    /// Writes a row, each with a later time.
    #[expect(clippy::inline_always, reason = "the same code has to stand before everything that is measured")]
    #[inline(always)]
    pub fn bind(&mut self, row: usize) -> &[Cell] {
        self.time.0 += 1000;
        self.rows[row % ROWS].write(&mut self.image, self.time);
        &self.image
    }
}

/// `speed` and `fault`.
pub struct Speed {
    speed: f64,
    fault: bool,
    qualities: [Quality; 2],
}

impl Fresh<2> for Speed {
    fn of(row: &Row) -> Self {
        let [Input::Float(speed), Input::Boolean(fault)] = row.inputs[..] else { unreachable!("{row:?}") };
        Self { speed, fault, qualities: qualities(row) }
    }

    #[inline]
    fn write(&mut self, [speed, fault]: &mut [Cell; 2], time: Timestamp) {
        *speed = Cell { value: Value::Float(self.speed), quality: self.qualities[0], time };
        *fault = Cell { value: Value::Boolean(self.fault), quality: self.qualities[1], time };
    }
}

/// `temp`, `setpoint`, `pressure` and `mode`.
pub struct Temperature {
    floats: [f64; 3],
    mode: i64,
    qualities: [Quality; 4],
}

impl Fresh<4> for Temperature {
    fn of(row: &Row) -> Self {
        let [Input::Float(temp), Input::Float(setpoint), Input::Float(pressure), Input::Integer(mode)] = row.inputs[..]
        else {
            unreachable!("{row:?}")
        };
        Self { floats: [temp, setpoint, pressure], mode, qualities: qualities(row) }
    }

    #[inline]
    fn write(&mut self, [temp, setpoint, pressure, mode]: &mut [Cell; 4], time: Timestamp) {
        *temp = Cell { value: Value::Float(self.floats[0]), quality: self.qualities[0], time };
        *setpoint = Cell { value: Value::Float(self.floats[1]), quality: self.qualities[1], time };
        *pressure = Cell { value: Value::Float(self.floats[2]), quality: self.qualities[2], time };
        *mode = Cell { value: Value::Integer(self.mode), quality: self.qualities[3], time };
    }
}

/// Cells of any values. They are moved in, and what was there takes their place: a scan moves its samples
/// too, it never clones them. The rows go round, so that each pass has the same ones.
pub struct Moved<const N: usize> {
    values: [Value; N],
    qualities: [Quality; N],
}

impl<const N: usize> Fresh<N> for Moved<N> {
    fn of(row: &Row) -> Self {
        Self { values: array::from_fn(|tag| value(&row.inputs[tag])), qualities: qualities(row) }
    }

    #[inline]
    fn write(&mut self, image: &mut [Cell; N], time: Timestamp) {
        for ((cell, value), quality) in image.iter_mut().zip(&mut self.values).zip(&mut self.qualities) {
            std::mem::swap(&mut cell.value, value);
            std::mem::swap(&mut cell.quality, quality);
            cell.time = time;
        }
    }
}

/// The same with every number as text.
pub struct NumbersAsText<const N: usize>(Moved<N>);

impl<const N: usize> Fresh<N> for NumbersAsText<N> {
    fn of(row: &Row) -> Self {
        let text = |input: &Input| match input {
            Input::Float(number) => Value::from(number.to_string()),
            Input::Integer(number) => Value::from(number.to_string()),
            Input::Boolean(_) | Input::Text(_) => value(input),
        };
        Self(Moved { values: array::from_fn(|tag| text(&row.inputs[tag])), qualities: qualities(row) })
    }

    #[inline]
    fn write(&mut self, image: &mut [Cell; N], time: Timestamp) {
        self.0.write(image, time);
    }
}

fn qualities<const N: usize>(row: &Row) -> [Quality; N] {
    array::from_fn(|tag| row.qualities[tag])
}

fn value(input: &Input) -> Value {
    match input {
        Input::Float(number) => Value::Float(*number),
        Input::Integer(number) => Value::Integer(*number),
        Input::Boolean(truth) => Value::Boolean(*truth),
        Input::Text(text) => Value::from(text.as_str()),
    }
}
