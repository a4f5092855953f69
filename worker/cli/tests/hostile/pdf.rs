//! PDFs, good and hostile.

use super::mutate::mutate;
use super::pack::{bomb, deflate};
use super::random::Random;

const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
const PAGE: &str =
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> /Contents 4 0 R >>";

/// A file of these objects, numbered from 1; the first is the catalogue. The cross-reference table is right.
fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", number + 1).into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    offsets.iter().for_each(|offset| bytes.extend(format!("{offset:010} 00000 n \n").into_bytes()));
    let size = objects.len() + 1;
    bytes.extend(format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    bytes
}

fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< {dict} /Length {} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

fn text(object: &str) -> Vec<u8> {
    object.as_bytes().to_vec()
}

/// A file with one page, whose parts can be replaced.
fn page(pages: &str, page: &str, content: Vec<u8>, font: &str, form: Vec<u8>) -> Vec<u8> {
    file(&[text("<< /Type /Catalog /Pages 2 0 R >>"), text(pages), text(page), content, text(font), form], "")
}

const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";

fn of_content(content: &[u8]) -> Vec<u8> {
    page(PAGES, PAGE, stream("", content), FONT, text("null"))
}

fn of_font(font: &str, extra: Vec<u8>) -> Vec<u8> {
    page(PAGES, PAGE, stream("", b"BT /F 12 Tf 50 700 Td <0041004200430041> Tj ET"), font, extra)
}

/// A document that says this, its page packed.
pub(crate) fn good(words: &str) -> Vec<u8> {
    of_words(words, true)
}

/// A good document that is damaged, its operators open to damage or packed.
pub(crate) fn damaged(random: &mut Random) -> Vec<u8> {
    let is_packed = random.below(3) == 0;
    mutate(&of_words("Good words.", is_packed), random)
}

fn of_words(words: &str, is_packed: bool) -> Vec<u8> {
    let content =
        format!("BT /F 20 Tf 50 780 Td (Rules) Tj /F 11 Tf 0 -40 Td ({words}) Tj 0 -14 Td [(It ho) 20 (lds) -300 (today.)] TJ ET /X Do");
    let packed = [b"\x78\x9c".as_slice(), &deflate(content.as_bytes()), &[0; 4]].concat();
    let form = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"BT /F 11 Tf 50 600 Td (A form.) Tj ET");
    let content = if is_packed { stream("/Filter /FlateDecode", &packed) } else { stream("", content.as_bytes()) };
    page(PAGES, PAGE, content, FONT, form)
}

/// Attacks, one a kind.
pub(crate) fn attacks() -> Vec<Vec<u8>> {
    [trees_and_streams(), operators(), fonts(), tables()].concat()
}

fn trees_and_streams() -> Vec<Vec<u8>> {
    let zlib_bomb = [b"\x78\x9c".as_slice(), &bomb(2_000, b'q')].concat();
    let form = |content: &[u8]| {
        page(
            PAGES,
            PAGE,
            stream("", b"/X Do"),
            FONT,
            stream("/Subtype /Form /Resources << /XObject << /X 6 0 R >> /Font << /F 5 0 R >> >>", content),
        )
    };
    let kids = "3 0 R ".repeat(100_000);
    let chain: Vec<Vec<u8>> = [text("<< /Type /Catalog /Pages 2 0 R >>")]
        .into_iter()
        .chain((2..20_000).map(|n| text(&format!("<< /Type /Pages /Kids [{} 0 R] /Count 1 >>", n + 1))))
        .collect();
    vec![
        page("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>", PAGE, stream("", b""), FONT, text("null")),
        page("<< /Type /Pages /Kids [3 0 R] /Count -1 >>", "<< /Type /Pages /Kids [2 0 R 3 0 R] >>", stream("", b""), FONT, text("null")),
        page(&format!("<< /Type /Pages /Kids [{kids}] /Count 100000 >>"), PAGE, stream("", b"BT /F 9 Tf (x) Tj ET"), FONT, text("null")),
        page(&format!("<< /Type /Pages /Kids [{}] >>", PAGE.repeat(5_000)), PAGE, stream("", b"BT /F 9 Tf (x) Tj ET"), FONT, text("null")),
        file(&chain, ""),
        page(PAGES, PAGE, stream("/Filter /FlateDecode", &zlib_bomb), FONT, text("null")),
        page(PAGES, PAGE, stream(&format!("/Filter [{}]", "/FlateDecode ".repeat(5_000)), &zlib_bomb), FONT, text("null")),
        page(PAGES, PAGE, stream(&format!("/Filter [{}]", "/ASCIIHexDecode ".repeat(5_000)), &b"41".repeat(1 << 20)), FONT, text("null")),
        page(
            PAGES,
            PAGE,
            stream("/Filter /LZWDecode /DecodeParms << /Columns 2147483647 /Predictor 15 >>", &[0x80; 4096]),
            FONT,
            text("null"),
        ),
        page(PAGES, PAGE, stream("/Filter /RunLengthDecode", &b"\x81a".repeat(1 << 20)), FONT, text("null")),
        form(b"/X Do"),
        form(b"/X Do /X Do /X Do BT /F 9 Tf (x) Tj ET /X Do"),
    ]
}

fn operators() -> Vec<Vec<u8>> {
    vec![
        of_content(&b"q ".repeat(1 << 20)),
        of_content(&b"Q ".repeat(1 << 20)),
        of_content(&b"[".repeat(1 << 20)),
        of_content(&b"<< /A ".repeat(1 << 18)),
        of_content(&b"(".repeat(1 << 20)),
        of_content(&b"BT /F 9 Tf (x) Tj ".repeat(200_000)),
        of_content(&[b"BT /F 9 Tf ".as_slice(), &b"1 0 0 1 9e99 1e308 Tm (x) Tj 1e38 0 0 1e38 0 0 cm ".repeat(1_000)].concat()),
        of_content(&[b"BT /F 9 Tf ".as_slice(), &b"[(a-) -9999999999 (b)] TJ 0 -9 Td ".repeat(50_000)].concat()),
        of_content(&[b"BT /F 9 Tf (".as_slice(), &b"a".repeat(9 << 20), b") Tj ET"].concat()),
        of_content(&b"BI /W 99999 /H 99999 ID ".repeat(10_000)),
    ]
}

fn fonts() -> Vec<Vec<u8>> {
    let cmap = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap";
    let nested_cmap = "[".repeat(100_000);
    vec![
        of_font("<< /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>", stream("", cmap.as_bytes())),
        of_font(
            "<< /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [5 0 R] /W [0 4294967295 500 0 4294967295 500] >>",
            text("null"),
        ),
        of_font(
            "<< /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /W 6 0 R >>] /ToUnicode 6 0 R >>",
            stream("", nested_cmap.as_bytes()),
        ),
        of_font(
            &format!("<< /Subtype /Type3 /FontMatrix [1e38 0 0 1e38 0 0] /FirstChar -2147483648 /Widths [{}] >>", "1e38 ".repeat(100_000)),
            text("null"),
        ),
        of_font(
            &format!("<< /Subtype /Type1 /Encoding << /Differences [4294967295 /a -1 /b {}] >> >>", "/uniD800 ".repeat(100_000)),
            text("null"),
        ),
        of_font(&format!("<< /Subtype /Type1 /BaseFont /{} >>", "A".repeat(1 << 20)), text("null")),
    ]
}

/// Cross-reference tables and what the trailer claims.
fn tables() -> Vec<Vec<u8>> {
    let good = good("A good page.");
    let cut = |mark: &[u8], with: &[u8]| {
        let at = good.windows(mark.len()).rposition(|window| window == mark).unwrap();
        [&good[..at], with, &good[at + mark.len()..]].concat()
    };
    vec![
        cut(b"startxref\n", b"startxref\n-1 "),
        cut(b"startxref\n", b"startxref\n0"),
        cut(b"/Root 1 0 R", b"/Root 1 0 R /Prev 9"),
        cut(b"/Root 1 0 R", b"/Root 6 0 R"),
        cut(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 5 /R 6 /O () /U () >>"),
        cut(b"/Length ", b"/Length 99999999999"),
        cut(b"/Length ", b"/Length 4 0 R /Length -"),
        b"%PDF-1.7\n".to_vec(),
        [b"%PDF-1.7\n1 0 obj ".as_slice(), &b"<<".repeat(1 << 20)].concat(),
        [b"%PDF-1.7\n".as_slice(), &b"1 0 obj\n".repeat(200_000)].concat(),
        [b"%PDF-1.7\n".as_slice(), &b"xref 0 4294967295 trailer << /Prev 9 >> startxref 9 %%EOF\n".repeat(5_000)].concat(),
    ]
}
