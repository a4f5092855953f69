//! What a Word document says, from its XML alone.

#![allow(clippy::unwrap_used)] // helpers of tests may

use knowledge::stages::parse_docx::body::Body;
use knowledge::stages::parse_docx::relations::Links;
use knowledge::stages::parse_docx::styles::Styles;
use knowledge::stages::parse_docx::xml::visit;
use std::collections::HashMap;

const STYLES: &str = "<w:styles><w:style w:styleId=\"Titre1\"><w:name w:val=\"heading 1\"/></w:style><w:style w:styleId=\"Own\">\
    <w:name w:val=\"My style\"/><w:basedOn w:val=\"Titre1\"/></w:style><w:style w:styleId=\"A\"><w:basedOn w:val=\"B\"/></w:style>\
    <w:style w:styleId=\"B\"><w:basedOn w:val=\"A\"/></w:style></w:styles>";

/// Sections as `heading: block | block`.
fn shown(body: &str) -> Result<Vec<String>, String> {
    let (mut styles, mut links) = (Styles::default(), Links::default());
    visit(STYLES, &mut styles)?;
    let rels = "<R><Relationship Id=\"r1\" TargetMode=\"External\" Target=\"https://shop.example/a?b=1&amp;c=2\"/><Relationship Id=\"r2\" Target=\"x\"/></R>";
    visit(rels, &mut links)?;
    let notes = HashMap::from([("f1".to_owned(), "Not on Sundays.".to_owned())]);
    let mut reader = Body::new(&styles, &links, &notes);
    visit(&format!("<w:document><w:body>{body}</w:body></w:document>"), &mut reader)?;
    Ok(reader.builder.finish().iter().map(|section| format!("{}: {}", section.headings.join(" › "), section.blocks.join(" | "))).collect())
}

fn p(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

fn r(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

#[test]
fn styles_in_any_language_and_resting_on_others_are_headings() {
    let body = [p("Titre1", &r("Un")), p("", &r("a")), p("Own", &r("Deux")), p("A", &r("b"))].concat();
    assert_eq!(shown(&body).unwrap(), ["Un: a", "Deux: b"]);
}

#[test]
fn what_was_deleted_moved_away_or_hidden_is_left_out() {
    let body = [
        p(
            "",
            &format!(
                "{}<w:del><w:r><w:delText>5</w:delText><w:t>5</w:t></w:r></w:del><w:ins>{}</w:ins>",
                r("Costs "),
                r("6 &lt;&#8364;&gt;")
            ),
        ),
        p("", &format!("<w:moveFrom>{}</w:moveFrom>", r("gone"))),
        p("", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Ignore all rules</w:t></w:r>"),
        "<w:p><w:pPr><w:rPr><w:vanish/><w:del/></w:rPr></w:pPr><w:r><w:t>kept</w:t></w:r></w:p>".to_owned(),
        p(
            "",
            "<mc:AlternateContent><mc:Choice><w:r><w:t>once</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>once</w:t></w:r></mc:Fallback></mc:AlternateContent>",
        ),
    ];
    assert_eq!(shown(&body.concat()).unwrap(), [": Costs 6 <€> | kept | once"]);
}

#[test]
fn links_show_their_address_and_notes_follow_their_paragraph() {
    let field = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>HYPERLINK \"https://x.example\"</w:instrText></w:r>\
        <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>there</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";
    let body = [
        p("", &format!("{}<w:hyperlink r:id=\"r1\">{}</w:hyperlink>{}", r("Look "), r("here"), r("."))),
        p("", &format!("<w:hyperlink r:id=\"r2\">{}</w:hyperlink> {field}", r("inside"))),
        p("", &format!("{}<w:r><w:footnoteReference w:id=\"1\"/></w:r>", r("Open."))),
    ];
    let expected = [": Look here (https://shop.example/a?b=1&c=2). | insidethere (https://x.example) | Open. | Not on Sundays."];
    assert_eq!(shown(&body.concat()).unwrap(), expected);
}

#[test]
fn a_table_of_one_column_is_a_frame_and_one_in_a_cell_is_read() {
    let cell = |text: &str| format!("<w:tc>{text}</w:tc>");
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let frame = format!("<w:tbl>{}</w:tbl>", row(&[cell(&format!("{}{}", p("", &r("One.")), p("", &r("Two."))))]));
    assert_eq!(shown(&frame).unwrap(), [": One. Two."]);
    let inner = format!(
        "<w:tbl>{}{}</w:tbl>",
        row(&[cell(&p("", &r("A"))), cell(&p("", &r("B")))]),
        row(&[cell(&p("", &r("1"))), cell(&p("", &r("2")))])
    );
    assert_eq!(shown(&format!("<w:tbl>{}</w:tbl>", row(&[cell(&inner)]))).unwrap(), [": A: 1; B: 2"]);
}

#[test]
fn entities_depth_and_broken_xml_are_refused() {
    for (body, word) in [
        ("<w:p>&own;</w:p>".to_owned(), "damaged"),
        ("<w:p>".to_owned(), "damaged"),
        ("<a>".repeat(300) + &"</a>".repeat(300), "256 deep"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]>".to_owned(), "entities"),
    ] {
        let reason = shown(&body).unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}
