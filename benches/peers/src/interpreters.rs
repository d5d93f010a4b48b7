//! The interpreters for Rust programs, each as quick as its interface lets it be: everything that can be
//! made once is made once, rows are held in its own values, and only binding and evaluating are left.
//!
//! None knows qualities or times; they are not bound for them.

use std::cell::Cell;
use std::rc::Rc;

use latchwork_expr::Type;
use wirefilter::{ExecutionContext, GetType, LhsValue, Scheme};

use crate::contestant::Contestant;
use crate::workload::{Input, Workload};

/// Returns all that can take part in a workload.
pub fn contestants(workload: &Workload) -> Vec<Contestant> {
    let mut contestants = vec![wirefilter(workload), cel(workload), rhai(workload), evalexpr(workload)];
    let is_text = |(_, kind): &(&str, Type)| *kind == Type::String;
    if !workload.tags.iter().any(is_text) {
        contestants.insert(0, fasteval(workload));
    }
    contestants
}

/// fasteval reads its variables through pointers, its quickest way; it knows numbers only.
#[expect(unsafe_code, reason = "the quickest way that it offers")]
fn fasteval(workload: &Workload) -> Contestant {
    use fasteval::{Compiler, Evaler};
    let variables: Rc<[Cell<f64>]> = workload.tags.iter().map(|_| Cell::new(0.0)).collect();
    let mut slab = fasteval::Slab::new();
    for ((name, _), variable) in workload.tags.iter().zip(&*variables) {
        // SAFETY: the closure below owns the variables for as long as it owns the slab, and nobody keeps a
        // reference to what is in a cell while it is set.
        unsafe { slab.ps.add_unsafe_var((*name).to_owned(), &*variable.as_ptr()) };
    }
    let parsed = fasteval::Parser::new().parse(workload.common_text, &mut slab.ps).expect("it can be parsed");
    let compiled = parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    let number = |input: &Input| match input {
        Input::Float(number) => *number,
        Input::Integer(number) => *number as f64,
        Input::Boolean(truth) => f64::from(*truth),
        Input::Text(text) => unreachable!("{text} is no number"),
    };
    let rows = rows(workload, number);
    Contestant::of_values("fasteval 0.2.4 (variables by pointer)", move |row| {
        for (variable, number) in variables.iter().zip(&rows[row]) {
            variable.set(*number);
        }
        let value = match &compiled {
            fasteval::IConst(value) => *value,
            instruction => instruction.eval(&slab, &mut fasteval::EmptyNamespace).expect("it can be evaluated"),
        };
        value != 0.0
    })
}

/// wirefilter knows integers, booleans and bytes, and no arithmetic: numbers come by eight, and the difference
/// of two tags is bound as one.
fn wirefilter(workload: &Workload) -> Contestant {
    let mut names = names(workload);
    let mut rows = rows(workload, |input| match input {
        Input::Float(number) => LhsValue::Int((number * 8.0) as i32),
        Input::Integer(number) => LhsValue::Int(*number as i32),
        Input::Boolean(truth) => LhsValue::Bool(*truth),
        Input::Text(text) => LhsValue::Bytes(text.clone().leak().as_bytes()),
    });
    if let Some(setpoint) = names.iter().position(|name| *name == "setpoint") {
        names.remove(setpoint);
        rows.iter_mut().for_each(|row| subtract(row, setpoint));
    }
    let fields = names.iter().zip(&rows[0]).map(|(name, value)| ((*name).to_owned(), value.get_type()));
    // Filters and contexts borrow their scheme and texts, which live as long as the bench runs.
    let scheme: &'static Scheme = Box::leak(Box::new(Scheme::try_from_iter(fields).expect("names differ")));
    let filter = scheme.parse(workload.scaled_text).expect("it can be parsed").compile();
    let mut context = ExecutionContext::new(scheme);
    Contestant::of_values("wirefilter-engine 0.6.1 (integers only)", move |row| {
        for (name, value) in names.iter().zip(&rows[row]) {
            context.set_field_value(name, value.clone()).expect("the field is of this type");
        }
        filter.execute(&context).expect("the scheme is the same")
    })
}

/// Takes a number out of a row and off its first number.
fn subtract(row: &mut Vec<LhsValue<'_>>, place: usize) {
    let (LhsValue::Int(first), LhsValue::Int(number)) = (row[0].clone(), row.remove(place)) else {
        unreachable!("both are numbers")
    };
    row[0] = LhsValue::Int(first - number);
}

fn cel(workload: &Workload) -> Contestant {
    use cel_interpreter::{Context, Program, Value};
    let program = Program::compile(workload.common_text).expect("it can be compiled");
    let rows = rows(workload, |input| match input {
        Input::Float(number) => Value::Float(*number),
        Input::Integer(number) => Value::Int(*number),
        Input::Boolean(truth) => Value::Bool(*truth),
        Input::Text(text) => Value::String(text.clone().into()),
    });
    let names = names(workload);
    let mut context = Context::default();
    Contestant::of_values("cel-interpreter 0.10.0", move |row| {
        for (name, value) in names.iter().zip(&rows[row]) {
            context.add_variable_from_value(*name, value.clone());
        }
        matches!(program.execute(&context), Ok(Value::Bool(true)))
    })
}

fn rhai(workload: &Workload) -> Contestant {
    use rhai::{Dynamic, Engine, OptimizationLevel, Scope};
    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::Full);
    let mut scope = Scope::new();
    for (name, _) in workload.tags {
        scope.push_dynamic(*name, Dynamic::UNIT);
    }
    let program = engine.compile_expression(workload.common_text).expect("it can be compiled");
    let rows = rows(workload, |input| match input {
        Input::Float(number) => Dynamic::from(*number),
        Input::Integer(number) => Dynamic::from(*number),
        Input::Boolean(truth) => Dynamic::from(*truth),
        Input::Text(text) => Dynamic::from(text.clone()),
    });
    let names = names(workload);
    Contestant::of_values("rhai 1.27.0", move |row| {
        for (name, value) in names.iter().zip(&rows[row]) {
            if let Some(variable) = scope.get_mut(name) {
                *variable = value.clone();
            }
        }
        engine.eval_ast_with_scope::<bool>(&mut scope, &program).expect("it can be evaluated")
    })
}

fn evalexpr(workload: &Workload) -> Contestant {
    use evalexpr::{DefaultNumericTypes, Value, build_operator_tree};
    let tree = build_operator_tree::<DefaultNumericTypes>(workload.common_text).expect("it can be parsed");
    let rows = rows(workload, |input| match input {
        Input::Float(number) => Value::Float(*number),
        Input::Integer(number) => Value::Int(*number),
        Input::Boolean(truth) => Value::Boolean(*truth),
        Input::Text(text) => Value::String(text.clone()),
    });
    let mut slots = Slots { names: names(workload), values: rows[0].clone() };
    Contestant::of_values("evalexpr 13.1.0 (variables in slots)", move |row| {
        slots.values.clone_from(&rows[row]);
        tree.eval_boolean_with_context(&slots).expect("it can be evaluated")
    })
}

/// Variables for evalexpr, found by going through their few names: quicker than its own map, which wants a
/// new name for each binding.
struct Slots {
    names: Vec<&'static str>,
    values: Vec<evalexpr::Value>,
}

impl evalexpr::Context for Slots {
    type NumericTypes = evalexpr::DefaultNumericTypes;

    fn get_value(&self, identifier: &str) -> Option<&evalexpr::Value> {
        self.names.iter().position(|name| *name == identifier).map(|place| &self.values[place])
    }

    fn call_function(&self, identifier: &str, _: &evalexpr::Value) -> evalexpr::EvalexprResult<evalexpr::Value> {
        Err(evalexpr::EvalexprError::FunctionIdentifierNotFound(identifier.to_owned()))
    }

    fn are_builtin_functions_disabled(&self) -> bool {
        true
    }

    fn set_builtin_functions_disabled(&mut self, _: bool) -> evalexpr::EvalexprResult<()> {
        Ok(())
    }
}

fn rows<V>(workload: &Workload, value: impl Fn(&Input) -> V) -> Vec<Vec<V>> {
    workload.rows.iter().map(|row| row.inputs.iter().map(&value).collect()).collect()
}

fn names(workload: &Workload) -> Vec<&'static str> {
    workload.tags.iter().map(|(name, _)| *name).collect()
}
