//! The language of a document that does not name it.

use crate::document::Document;
use triage::language::Language;
use whatlang::Lang;

/// Shorter texts are guessed wrong too often.
pub const DETECT_CHARS_MIN: usize = 80;
/// More text than this makes no guess better.
pub const DETECT_CHARS_MAX: usize = 4000;

/// The language of a document's text, when it is long enough to tell and one that we know.
pub fn detect(document: &Document) -> Option<Language> {
    let parts = document.sections.iter().flat_map(|section| section.question.iter().chain(&section.blocks));
    let chars = parts.flat_map(|part| part.chars().chain(std::iter::once('\n')));
    let text: String = chars.take(DETECT_CHARS_MAX).collect();
    if text.chars().count() < DETECT_CHARS_MIN {
        return None;
    }
    let info = whatlang::detect(&text).filter(whatlang::Info::is_reliable)?;
    code(info.lang()).and_then(|code| Language::parse(code).ok())
}

/// ISO 639-1 codes of the languages that support desks meet most; the others stay unknown.
fn code(lang: Lang) -> Option<&'static str> {
    let codes = [
        (Lang::Eng, "en"),
        (Lang::Fra, "fr"),
        (Lang::Spa, "es"),
        (Lang::Deu, "de"),
        (Lang::Ita, "it"),
        (Lang::Por, "pt"),
        (Lang::Nld, "nl"),
        (Lang::Pol, "pl"),
        (Lang::Swe, "sv"),
        (Lang::Dan, "da"),
        (Lang::Nob, "no"),
        (Lang::Fin, "fi"),
        (Lang::Ces, "cs"),
        (Lang::Ron, "ro"),
        (Lang::Tur, "tr"),
        (Lang::Rus, "ru"),
        (Lang::Ukr, "uk"),
        (Lang::Ara, "ar"),
        (Lang::Cmn, "zh"),
        (Lang::Jpn, "ja"),
        (Lang::Kor, "ko"),
    ];
    codes.into_iter().find(|(known, _)| *known == lang).map(|(_, code)| code)
}
