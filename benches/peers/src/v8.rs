//! V8 by way of `node`, where there is one: a process that is told what to run and says how long it took.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use latchwork_expr::{Status, Truth};

use crate::contestant::{Contestant, Knows, Runner};
use crate::workload::{Input, Workload};

/// Returns V8, if `node` can be started.
pub fn contestant(workload: &Workload) -> Option<Contestant> {
    let mut node = Node::start()?;
    let columns = workload.tags.iter().enumerate().map(|(tag, (name, _))| {
        let values = workload.rows.iter().map(|row| json(&row.inputs[tag]));
        format!("\"{name}\":[{}]", values.collect::<Vec<_>>().join(","))
    });
    let columns = columns.collect::<Vec<_>>().join(",");
    let answer = node.ask(&format!("workload\t{}\t{{{columns}}}", workload.common_text));
    assert_eq!(answer, "ready", "node takes the workload");
    Some(Contestant { name: "V8 (node), a compiled function", knows: Knows::Truth, runner: Box::new(node) })
}

fn json(input: &Input) -> String {
    match input {
        Input::Float(number) => number.to_string(),
        Input::Integer(number) => number.to_string(),
        Input::Boolean(truth) => truth.to_string(),
        Input::Text(text) => format!("{text:?}"),
    }
}

/// A process that runs `v8.js`; ends with its input.
struct Node {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Node {
    fn start() -> Option<Self> {
        let mut command = Command::new("node");
        command.args(["-e", include_str!("v8.js")]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let (commands, answers) = (child.stdin.take(), BufReader::new(child.stdout.take()?));
        Some(Self { child, commands, answers })
    }

    fn ask(&mut self, command: &str) -> String {
        let commands = self.commands.as_mut().expect("it is open until the end");
        writeln!(commands, "{command}").expect("node reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("node answers");
        answer.trim_end().to_owned()
    }
}

impl Runner for Node {
    fn answers(&mut self) -> Vec<Truth> {
        let answers = self.ask("answers");
        answers.bytes().map(|answer| Truth { value: answer == b'1', status: Status::GOOD }).collect()
    }

    fn run(&mut self, passes: u32) -> Duration {
        let nanos = self.ask(&format!("run\t{passes}"));
        Duration::from_nanos(nanos.parse().expect("node says how long it took"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.child.wait();
    }
}
