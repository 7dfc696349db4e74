//! Steps are never edited once they were released: databases out there have them as they were. Another form of the tables
//! is another step.

use helpdesk_core::query::TERMS_VERSION;

use super::{Migration, digest};

/// An engine's steps as they are, and as they were released.
struct Engine {
    name: &'static str,
    steps: &'static [Migration],
    /// Digests of each step's statements and of its script.
    released: &'static [[&'static str; 2]],
}

fn engines() -> Vec<Engine> {
    vec![
        #[cfg(feature = "sqlite")]
        Engine {
            name: "sqlite",
            steps: crate::sqlite::SqliteStore::migrations(),
            released: &[[
                "1d988a235a2d217184a272caba59af316f0192245d8ab05cb64fb1d31daa3670",
                "90ccb7976e342307ae07a7ca1b4a62199eca434e7af908617e3ab5e1bbc006b4",
            ]],
        },
        #[cfg(feature = "postgres")]
        Engine {
            name: "postgres",
            steps: crate::postgres::dialect().migrations,
            released: &[[
                "0b5e53a82ea6bc43792eb6c556c2f7a79313d9a3060fecd307e0170a1aa802ef",
                "c98a8ab70ec9e8b3d40d6f9bddb71afb587bf224d50339dc6d80f29add0d4700",
            ]],
        },
        #[cfg(feature = "mysql")]
        Engine {
            name: "mysql",
            steps: crate::mysql::dialect().migrations,
            released: &[[
                "a0d2c7f7a6412c66abd92229eac214f66bf7dc0a1056a0d8946f22ccb3d6328c",
                "0e4820604e703186bb1bf9c8189d1f374b0bcf64da6e424358b0c60271da9bb4",
            ]],
        },
    ]
}

#[test]
fn a_released_step_stays_as_it_is() {
    for engine in engines() {
        let found: Vec<_> = engine.steps.iter().map(|step| [step.checksum(), digest(&step.script())]).collect();
        assert_eq!(found, engine.released, "{}: add a step instead", engine.name);
    }
}

#[test]
fn steps_rise_by_one_and_allow_who_came_before() {
    for engine in engines() {
        for (step, version) in engine.steps.iter().zip(1..) {
            assert_eq!(step.version, version, "{}", engine.name);
            assert!(step.min_reader <= step.min_writer && step.min_writer <= version, "{} {version}", engine.name);
        }
    }
}

#[test]
fn a_new_way_to_split_words_comes_with_a_step() {
    for engine in engines() {
        assert_eq!(engine.steps.last().map(|step| step.terms), Some(TERMS_VERSION), "{}", engine.name);
    }
}

#[test]
fn every_engine_has_the_same_steps() {
    let steps = |engine: &Engine| -> Vec<_> {
        engine.steps.iter().map(|step| (step.name, step.min_reader, step.min_writer)).collect()
    };
    let all: Vec<_> = engines().iter().map(steps).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}
