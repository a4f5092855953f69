//! Markdown, HTML and CSV, good and hostile.

/// A page that says this.
pub(crate) fn good_markdown(text: &str) -> Vec<u8> {
    format!("---\ntitle: Rules\nlanguage: en\n---\n# Rules\n\n{text}\n\n## How?\n\n- so\n- [here](https://shop.example)\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n").into_bytes()
}

/// A page that says this.
pub(crate) fn good_html(text: &str) -> Vec<u8> {
    format!("<!doctype html><html lang=en><title>Rules</title><main><h1>Rules</h1><p>{text} &amp; <a href='https://shop.example'>more</a><table><tr><th>A<th>B<tr><td>1<td>2</table><ul><li>x<li>y</ul></main>").into_bytes()
}

/// A table that says this.
pub(crate) fn good_csv(text: &str) -> Vec<u8> {
    format!("question,answer,language\nWhat holds?,\"{text}\",en\n\"Who, when?\",\"He said \"\"now\"\".\",fr\n").into_bytes()
}

fn many(parts: &[&str], times: usize) -> Vec<Vec<u8>> {
    parts.iter().map(|part| part.repeat(times).into_bytes()).collect()
}

fn bytes_of_no_text() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
        b"\x7fELF\x02\x01\x01\0".repeat(1_000),
        vec![0; 1 << 20],
        vec![0xFF; 1 << 20],
        b"\xFF\xFE\0".to_vec(),
        [b"\xFE\xFF".as_slice(), &[0xD8, 0x00].repeat(1_000)].concat(),
        b"\xC3\x28 \xE2\x82 \xF0\x9F".repeat(1_000),
        vec![b'a'; 10 << 20],
        b"PK\x03\x04 %PDF-1.7".to_vec(),
        "\u{feff}".repeat(10_000).into_bytes(),
        "\u{202e}\u{0}".repeat(1_000).into_bytes(),
    ]
}

/// Attacks, one a kind.
pub(crate) fn markdown() -> Vec<Vec<u8>> {
    let mut all = bytes_of_no_text();
    all.extend(many(
        &["> ", "- ", "[", "![", "*", "_", "`", "<", "&", "|", "a**b", "[a](", "1. ", "\n\n#", "<!--", "<?", "$$", "~"],
        100_000,
    ));
    all.extend((1..4).map(|depth| (0..2_000).map(|n| format!("{}- x\n", " ".repeat(depth * n))).collect::<String>().into_bytes()));
    all.push(format!("[a]: {}\n{}", "x".repeat(100_000), "[a] ".repeat(100_000)).into_bytes());
    all.push(format!("|{}\n|{}\n|{}", "a|".repeat(20_000), "-|".repeat(20_000), "b|".repeat(20_000)).into_bytes());
    all.push(format!("---\ntitle: {}\nvalid_from: 99999-01-01\n---\ntext", "x".repeat(1 << 20)).into_bytes());
    all.push(format!("# {}\n\n{}", "t".repeat(1 << 20), "word. ".repeat(200_000)).into_bytes());
    all.push("# a\n\nb\n\n".repeat(100_000).into_bytes());
    all
}

/// Attacks, one a kind.
pub(crate) fn html() -> Vec<Vec<u8>> {
    let mut all = bytes_of_no_text();
    all.extend(many(
        &[
            "<div>",
            "<b>",
            "<table><tr><td>",
            "<ul><li>",
            "<a href=x>y",
            "<",
            "&",
            "&amp;",
            "<!--",
            "</p>",
            "<p",
            "<svg><math>",
            "<h1>",
            "<select>",
        ],
        150_000,
    ));
    all.push(format!("<title>{}</title>{}", "t".repeat(1 << 20), "<p>word. </p>".repeat(50_000)).into_bytes());
    all.push(format!("<p {}>x", "a='b' ".repeat(50_000)).into_bytes());
    all.push(format!("<p title=\"{}", "a".repeat(5 << 20)).into_bytes());
    all.push(format!("<script>{}", "x".repeat(5 << 20)).into_bytes());
    all.push(format!("{}text{}", "<a href='https://x'>".repeat(50_000), "</a>".repeat(50_000)).into_bytes());
    all.push(format!("<meta charset=utf-7>{}", "caf\u{e9}+ADw-script+AD4-").into_bytes());
    all.push(b"<meta charset='shift_jis'>\x83\x5c\x83\x5c".to_vec());
    all.push("<h2>a</h2>b".repeat(100_000).into_bytes());
    all
}

/// Attacks, one a kind.
pub(crate) fn csv() -> Vec<Vec<u8>> {
    let mut all = bytes_of_no_text();
    all.extend(many(&[",", ";", "\t", "\"", "\"\"", "a,b\n", "\n", "\r", "a,\"b\n", "\"a\"b,"], 200_000));
    all.push((0..1_000_000).map(|_| "c,").collect::<String>().into_bytes());
    all.push(format!("question,answer\n{}", "why,so\n".repeat(500_000)).into_bytes());
    all.push(format!("question,answer\nq,\"{}", "a".repeat(7 << 20)).into_bytes());
    all.push(format!("{},b\n{}", "n".repeat(1 << 20), "1,2\n".repeat(15_000)).into_bytes());
    all.push(format!("question,answer\n{},x\nx,{}\n", "q".repeat(1 << 20), "y ".repeat(1 << 20)).into_bytes());
    all.push(format!("a,b\n{}", ",".repeat(2 << 20)).into_bytes());
    all.push(b"question,answer,language\nq,a,klingon\nq,a,\n,,,,,,\n".to_vec());
    all
}
