//! What the codes of a simple font mean when its file names one of the common encodings (ISO 32000-1, Annex D).

use super::glyph_names;
use crate::stages::decode::windows_1252;

/// Mac OS Roman from 0x80 on.
const MAC_ROMAN: &str =
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
/// Where Adobe's standard encoding differs from ASCII.
const STANDARD: &[(u8, &str)] = &[
    (39, "quoteright"),
    (96, "quoteleft"),
    (161, "exclamdown"),
    (162, "cent"),
    (163, "sterling"),
    (164, "fraction"),
    (165, "yen"),
    (166, "florin"),
    (167, "section"),
    (168, "currency"),
    (169, "quotesingle"),
    (170, "quotedblleft"),
    (171, "guillemotleft"),
    (172, "guilsinglleft"),
    (173, "guilsinglright"),
    (174, "fi"),
    (175, "fl"),
    (177, "endash"),
    (178, "dagger"),
    (179, "daggerdbl"),
    (180, "periodcentered"),
    (182, "paragraph"),
    (183, "bullet"),
    (184, "quotesinglbase"),
    (185, "quotedblbase"),
    (186, "quotedblright"),
    (187, "guillemotright"),
    (188, "ellipsis"),
    (189, "perthousand"),
    (191, "questiondown"),
    (193, "grave"),
    (194, "acute"),
    (195, "circumflex"),
    (196, "tilde"),
    (197, "macron"),
    (198, "breve"),
    (199, "dotaccent"),
    (200, "dieresis"),
    (202, "ring"),
    (203, "cedilla"),
    (205, "hungarumlaut"),
    (206, "ogonek"),
    (207, "caron"),
    (208, "emdash"),
    (225, "AE"),
    (227, "ordfeminine"),
    (232, "Lslash"),
    (233, "Oslash"),
    (234, "OE"),
    (235, "ordmasculine"),
    (241, "ae"),
    (245, "dotlessi"),
    (248, "lslash"),
    (249, "oslash"),
    (250, "oe"),
    (251, "germandbls"),
];

/// An encoding that a font may be based on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// `WinAnsiEncoding`, and what most files mean that name none.
    WinAnsi,
    /// `MacRomanEncoding`.
    MacRoman,
    /// `StandardEncoding`.
    Standard,
}

impl Encoding {
    /// By its name in the file.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "WinAnsiEncoding" => Some(Encoding::WinAnsi),
            "MacRomanEncoding" => Some(Encoding::MacRoman),
            "StandardEncoding" => Some(Encoding::Standard),
            _ => None,
        }
    }

    /// What a code means.
    pub fn text(self, code: u8) -> Option<String> {
        let found = match self {
            Encoding::WinAnsi => windows_1252(code),
            Encoding::MacRoman if code >= 0x80 => MAC_ROMAN.chars().nth(usize::from(code - 0x80)),
            Encoding::Standard => match STANDARD.iter().find(|(other, _)| *other == code) {
                Some((_, name)) => return glyph_names::text(name),
                None => Some(char::from(code)).filter(char::is_ascii),
            },
            Encoding::MacRoman => Some(char::from(code)),
        };
        found.filter(|character| !character.is_control()).map(String::from)
    }
}
