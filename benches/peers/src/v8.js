// Answers rows with a function that V8 compiles. Reads commands, a line each, and answers a line to each:
//   workload EXPRESSION   TAGS AND ROWS AS JSON   -> ready
//   answers                                       -> a 0 or 1 for each row
//   run PASSES                                    -> nanoseconds
"use strict";

let pass;
let rows = 0;

// Numbers in typed arrays, the rest in plain ones: what V8 reads quickest. Texts are as they come from a
// socket, each a string of its own: those of a JSON document are shared, and compared by address.
function column(values) {
  if (typeof values[0] === "number") return Float64Array.from(values);
  return values.map((value) => (typeof value === "string" ? Buffer.from(value).toString() : value));
}

function workload(expression, columns) {
  const names = Object.keys(columns);
  const held = names.map((name) => column(columns[name]));
  rows = held[0].length;
  const variable = names.map((name) => `v.${name}`);
  const reads = expression.replace(/"[^"]*"|[a-z]+/g, (word) => (names.includes(word) ? `v.${word}` : word));
  // A loop of its own for each workload, so that V8 sees one shape of object and one function in it.
  pass = new Function("columns", `
    const test = new Function("v", ${JSON.stringify(`return ${reads};`)});
    const v = {${names.map((name, place) => `${name}: columns[${place}][0]`).join(", ")}};
    ${names.map((_, place) => `const c${place} = columns[${place}];`).join(" ")}
    return {
      answer(row) { ${variable.map((name, place) => `${name} = c${place}[row];`).join(" ")} return test(v); },
      run(passes, rows) {
        let trues = 0;
        for (let turn = 0; turn < passes; turn++) {
          for (let row = 0; row < rows; row++) {
            ${variable.map((name, place) => `${name} = c${place}[row];`).join(" ")}
            if (test(v)) trues++;
          }
        }
        return trues;
      },
    };`)(held);
  return "ready";
}

function answer(line) {
  const [command, argument, columns] = line.split("\t");
  if (command === "workload") return workload(argument, JSON.parse(columns));
  if (command === "answers") return Array.from({ length: rows }, (_, row) => (pass.answer(row) ? "1" : "0")).join("");
  const begun = process.hrtime.bigint();
  pass.run(Number(argument), rows);
  return String(process.hrtime.bigint() - begun);
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => console.log(answer(line)));
