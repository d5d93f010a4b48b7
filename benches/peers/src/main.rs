//! The expression language beside native Rust, V8 and other interpreters, in one run.

mod compiling;
mod contestant;
mod image;
mod interpreters;
mod latchwork;
mod measure;
mod native;
mod v8;
mod workload;

use contestant::Contestant;
use workload::Workload;

fn main() {
    println!("### Rows as machines give them\n");
    println!("{}", measure::table(contest(Workload::all())));
    println!("### The same rows in random order\n");
    println!("{}", measure::table(contest(Workload::all().map(Workload::shuffled))));
    println!("### Compiling\n\n{}", compiling::sentence());
}

fn contest(workloads: [Workload; 3]) -> Vec<(&'static str, Vec<Contestant>)> {
    workloads.iter().map(|workload| (workload.name, contestants(workload))).collect()
}

/// Returns all who take part in a workload.
fn contestants(workload: &Workload) -> Vec<Contestant> {
    let mut contestants = latchwork::contestants(workload);
    contestants.extend(v8::contestant(workload));
    contestants.extend(interpreters::contestants(workload));
    contestants
}
