//! The file: TOML → Plant, or all problems at once.
