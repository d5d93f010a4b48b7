//! Datasets: expressions read them by their paths, as they read tags.

use latchwork_expr::Scheme;

use super::unique::Unique;
use crate::desk::Desk;
use crate::problems;
use crate::raw::RawDataset;

/// Adds the datasets to the names; `tags` has the canonical paths of all tags.
pub(super) fn lower(raw: Vec<RawDataset>, tags: &Unique, scheme: &mut Scheme, desk: &mut Desk<'_>) {
    let mut unique = Unique::names("datasets");
    for RawDataset { path, table } in raw {
        let canonical = Scheme::canonical(&path.value);
        if tags.has(&canonical) {
            let message = format!("a dataset and a tag are called `{}`", path.shown());
            desk.findings.add(problems::DUPLICATE_NAME, path.place, message);
        }
        if unique.take(canonical, path.shown(), path.place, desk) {
            scheme.add_dataset(&path.value, table);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use latchwork_engine::Plant;
    use latchwork_expr::{Context, Host, Program, Quality, Scope, Timestamp, Tz, text};

    use crate::golden::folder;
    use crate::{Configuration, Memory, read};

    fn good() -> Configuration {
        let folder = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
        read(Path::new("datasets.toml"), &folder).unwrap()
    }

    /// Evaluates an expression over the datasets of the good file.
    fn check(expression: &str, wanted: &str) {
        let Configuration { scheme, .. } = good();
        let (program, _) = Program::compile(expression, &Scope::of(&scheme)).unwrap();
        let (host, now, zone) = (Host::default(), Timestamp(0), Tz::UTC);
        let mut sites = program.fresh_sites();
        let mut context = Context::of(&[], now, zone, &host, &mut sites);
        let result = program.evaluate(&mut context);
        assert_eq!((text(&result.value, zone).as_str(), result.quality), (wanted, Quality::Good), "{expression}");
    }

    #[test]
    fn rows_are_looked_up_by_the_paths_of_their_datasets() {
        check("lookup({Recipes}, 2, '', 'code', 'name')", "Weizen");
        check("lookup({[default]Recipes}, 3, '', 'CODE', 'Name')", "Brewery ale");
        check("lookup({Recipes}, 9, 'none', 'code', 'name')", "none");
        check("len({[plc]Empty})", "0");
        check("{Recipes.quality} + {Recipes.name}", "GoodRecipes");
        check("tag('Recip' + lower('ES'))[0, 'code']", "1");
    }

    #[test]
    fn columns_have_the_type_of_their_cells() {
        check("{Recipes}[0, 'rate']", "12000.0");
        check("{Recipes}[0, 'since']", "2026-03-01 23:00:00.000");
        check("{Recipes}[1, 'since']", "2026-03-02 06:00:00.000");
        check("typeOf({Recipes}[2, 'mixed'])", "Integer");
        check("{Line1/Lager}[1, 'Rate'] / 2", "1.5");
        check("{Line1/Lager}[0, 'part'] + {Line1/Lager}[0, 'on'] + {Line1/Lager}[0, 'note']", "007truea;b \"c\"");
        check("isNull({Line1/Lager}[1, 'note'])", "true");
    }

    #[test]
    fn derived_tags_that_compute_paths_come_after_the_others() {
        let Configuration { plant, .. } = good();
        let derived: Vec<&str> = plant.derived.iter().map(|slot| plant.tags[slot.index()].path.as_str()).collect();
        assert_eq!(derived, ["[default]Line1/Recipe", "[default]Line1/Chosen", "[default]Line1/Again"]);
        let text = "[[tags]]\npath = \"late\"\nexpression = \"tag('a' + {a})\"\n\
                    [[tags]]\npath = \"reads_late\"\nexpression = \"{late} + {early}\"\n\
                    [[tags]]\npath = \"early\"\nexpression = \"{a} + 1\"\n\
                    [[tags]]\npath = \"a\"\ntype = \"int\"\n";
        let Plant { tags, derived, .. } = read(Path::new("plant.toml"), &Memory::of("plant.toml", text)).unwrap().plant;
        let derived: Vec<&str> = derived.iter().map(|slot| tags[slot.index()].path.as_str()).collect();
        assert_eq!(derived, ["[default]early", "[default]late", "[default]reads_late"]);
    }

    #[test]
    fn the_text_of_a_csv_file_is_part_of_the_configuration() {
        let text = "[[datasets]]\npath = \"x\"\nfile = \"../x.csv\"\n";
        let of = |csv: &str| {
            let source = Memory::of("plants/plant.toml", text).with("x.csv", csv);
            read(Path::new("plants/plant.toml"), &source).unwrap()
        };
        let configuration = of("a\n1\n");
        assert_eq!(configuration.files[1].path, Path::new("x.csv"));
        assert_ne!(configuration.hash, of("a\n2\n").hash);
    }
}
