#![no_main]

use knowledge::document::MediaType;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::document(MediaType::Pdf, bytes));
