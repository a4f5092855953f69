//! Word documents, good and hostile.

use super::mutate::mutate;
use super::pack::{Member, bomb, zip};
use super::random::Random;

const BODY: &str = "word/document.xml";

/// A document that says this.
pub(crate) fn good(text: &str) -> Vec<u8> {
    zip(&parts(text).map(|(name, xml)| Member::deflated(name, &xml)))
}

/// A good document of which the archive or the XML of one part is damaged.
pub(crate) fn damaged(random: &mut Random) -> Vec<u8> {
    let parts = parts("Good words.");
    match random.below(parts.len() + 1) {
        whole if whole == parts.len() => mutate(&good("Good words."), random),
        hit => zip(&parts.clone().map(|(name, xml)| match name == parts[hit].0 {
            true => Member { packed: mutate(xml.as_bytes(), random), ..Member::stored(name, "") },
            false => Member::stored(name, &xml),
        })),
    }
}

fn parts(text: &str) -> [(&'static str, String); 4] {
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val=\"H1\"/></w:pPr><w:r><w:t>Rules</w:t></w:r></w:p><w:p><w:hyperlink r:id=\"l1\"><w:r><w:t>{text}</w:t>\
         </w:r></w:hyperlink><w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Item</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>Price</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>Tube</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>\
         <w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    );
    let relations = "<r><Relationship Id=\"l1\" TargetMode=\"External\" Target=\"https://shop.example\"/></r>";
    let notes = "<w:f><w:footnote w:id=\"1\"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:f>";
    let styles = "<w:styles><w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
    [
        ("word/styles.xml", styles.to_owned()),
        ("word/_rels/document.xml.rels", relations.to_owned()),
        ("word/footnotes.xml", notes.to_owned()),
        (BODY, wrapped(&body)),
    ]
}

fn wrapped(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document><w:body>{body}</w:body></w:document>")
}

fn of_xml(xml: &str) -> Vec<u8> {
    zip(&[Member::deflated(BODY, xml)])
}

/// Attacks, one a kind.
pub(crate) fn attacks() -> Vec<Vec<u8>> {
    let p = "<w:p><w:r><w:t>x</w:t></w:r></w:p>";
    let laughs: String = (1..12).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let names: Vec<String> = (0..60_000).map(|n| format!("word/{n}")).collect();
    let many: Vec<Member<'_>> = names.iter().map(|name| Member::stored(name, "")).collect();
    let claims = |claimed| zip(&[Member { claimed, ..Member::deflated(BODY, &wrapped(p)) }]);
    let method = |method| zip(&[Member { method, ..Member::stored(BODY, &wrapped(p)) }]);
    vec![
        zip(&[Member { name: BODY, packed: bomb(2_000, b'a'), method: 8, claimed: 10, flags: 0 }]),
        zip(&[Member { name: BODY, packed: bomb(30, b'<'), method: 8, claimed: 10, flags: 0 }]),
        zip(&[Member { name: "word/styles.xml", packed: bomb(1_000, b' '), method: 8, claimed: 1, flags: 0 }, Member::stored(BODY, &wrapped(p))]),
        zip(&many),
        zip(&[Member::stored("../../../etc/cron.d/x", "boo"), Member::stored("/etc/passwd", "boo"), Member::stored("C:\\x", "boo")]),
        zip(&[Member { flags: 1, ..Member::stored(BODY, &wrapped(p)) }]),
        claims(0),
        claims(u32::MAX),
        method(8),
        method(99),
        zip(&[]),
        b"PK\x05\x06".to_vec(),
        [b"PK\x05\x06".as_slice(), &[0xFF; 18]].concat(),
        [b"PK\x03\x04".as_slice(), &[0xFF; 70_000]].concat(),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].repeat(64),
        of_xml(&"<w:p>".repeat(200_000)),
        of_xml(&format!("{}{p}{}", "<w:tbl><w:tr><w:tc>".repeat(80), "</w:tc></w:tr></w:tbl>".repeat(80))),
        of_xml(&format!("<!DOCTYPE d [<!ENTITY l0 \"ha\">{laughs}]>{}", wrapped("<w:t>&l11;</w:t>"))),
        of_xml(&format!("<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}", wrapped("<w:t>&e;</w:t>"))),
        of_xml(&wrapped("<w:p><w:r><w:t>&unknown;</w:t></w:r></w:p>")),
        of_xml(&wrapped(&format!("<w:p w:a=\"{}\"/>", "a".repeat(8 << 20)))),
        of_xml(&wrapped(&format!("<w:p {}/>", "a=\"\" ".repeat(500_000)))),
        of_xml(&wrapped(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(20 << 20)))),
        of_xml(&wrapped(&"<w:p><w:r><w:t>a.</w:t></w:r></w:p>".repeat(120_000))),
        of_xml(&wrapped(&"<w:p><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr><w:r><w:t>a.</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p>".repeat(30_000))),
        of_xml(&wrapped(&"<w:fldChar w:fldCharType=\"begin\"/>".repeat(100_000))),
        of_xml(&wrapped(&format!("<w:p>{}</w:p>", "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>HYPERLINK \"http://x\"</w:instrText><w:fldChar w:fldCharType=\"separate\"/><w:t>y</w:t></w:r>".repeat(5_000)))),
        of_xml(&wrapped("<w:del><w:p>")),
        of_xml("<w:document></w:body>"),
        of_xml("\u{0}\u{0}\u{0}"),
        of_xml("<![CDATA["),
        of_xml("<!--"),
        of_xml("&#x110000;&#0;&#99999999999999999999;"),
    ]
}
