//! Small parts of the transformer that need no model.

use adapters::embedder::transformer::card::named;
use adapters::embedder::transformer::embedder::batches;
use adapters::embedder::transformer::gelu::erf;

#[test]
fn the_languages_of_a_card_are_read_in_its_three_spellings() {
    assert_eq!(named("---\nlanguage: en\nlicense: apache-2.0\n---\n# A model"), ["en"]);
    assert_eq!(named("---\ntags: [a]\nlanguage: [en, \"fr\", pt-BR]\n---\n"), ["en", "fr", "pt-br"]);
    assert_eq!(named("---\nlanguage:\n- multilingual\n- es\ntags:\n- it\n---\nlanguage: de"), ["multilingual", "es"]);
    assert!(named("# A model\nlanguage: en").is_empty());
}

#[test]
fn batches_keep_the_order_and_their_bound() {
    let (short, long) = ("a".repeat(400), "b".repeat(2_000));
    let texts = [short.as_str(), &short, &short, "", &long, &long, &short];
    let lengths: Vec<usize> = batches(&texts).iter().map(|batch| batch.len()).collect();
    assert_eq!(lengths, [2, 2, 1, 1, 1]);
    assert_eq!(batches(&texts).concat(), texts);
    assert!(batches(&[]).is_empty());
}

#[test]
fn the_error_function_is_that_of_the_tables() {
    let table = [
        (0.0, 0.0),
        (0.1, 0.112_462_916),
        (0.5, 0.520_499_9),
        (1.0, 0.842_700_8),
        (1.5, 0.966_105_15),
        (2.0, 0.995_322_3),
        (3.0, 0.999_977_9),
        (9.0, 1.0),
    ];
    for (x, expected) in table {
        assert!((erf(x) - expected).abs() < 1e-6, "{x}: {}", erf(x));
        assert!((erf(-x) + expected).abs() < 1e-6, "-{x}: {}", erf(-x));
    }
}
