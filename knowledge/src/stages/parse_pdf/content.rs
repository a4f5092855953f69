//! The operators of a page that show text (ISO 32000-1, 9.4). Nothing is drawn.

use super::font::Font;
use super::lines::{Pieces, Placed};
use super::matrix::{Matrix, turned};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use hayro_syntax::page::Resources;
use std::collections::HashMap;
use std::rc::Rc;

/// Forms lie in forms at most so deep.
const FORM_DEPTH_MAX: usize = 12;
/// A document shows at most so many forms: a form that shows itself twice, twelve deep, is an attack.
const FORMS_MAX: usize = 10_000;
/// Graphics states lie in one another at most so deep.
const STATES_MAX: usize = 256;

#[derive(Clone)]
struct State {
    to_page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

impl Default for State {
    fn default() -> Self {
        State { to_page: Matrix::IDENTITY, font: None, size: 0.0, letter_space: 0.0, word_space: 0.0, scale: 1.0, leading: 0.0, rise: 0.0 }
    }
}

/// Fonts by where their dictionaries lie, so that each is read once a document.
#[derive(Default)]
pub struct Shared {
    fonts: HashMap<(usize, usize), Rc<Font>>,
    forms: usize,
    /// Glyphs of which the font says what they show, and others.
    pub known: usize,
    /// Glyphs of which it does not.
    pub unknown: usize,
}

/// Reads pages.
pub struct Interpreter<'s> {
    /// What pages share.
    pub shared: &'s mut Shared,
    /// What was shown.
    pub pieces: Pieces,
    state: State,
    saved: Vec<State>,
    line: Matrix,
    text: Matrix,
}

impl<'s> Interpreter<'s> {
    /// For one page.
    pub fn new(shared: &'s mut Shared) -> Self {
        let (line, text) = (Matrix::IDENTITY, Matrix::IDENTITY);
        Interpreter { shared, pieces: Pieces::default(), state: State::default(), saved: Vec::new(), line, text }
    }

    /// Reads a content stream.
    #[expect(clippy::wildcard_enum_match_arm, reason = "of some eighty operators those that show text matter")]
    pub fn run(&mut self, content: &[u8], resources: &Resources<'_>, depth: usize) {
        let mut instructions = TypedIter::new(content);
        while let Some(instruction) = instructions.next() {
            match instruction {
                TypedInstruction::SaveState(_) if self.saved.len() < STATES_MAX => self.saved.push(self.state.clone()),
                TypedInstruction::RestoreState(_) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
                TypedInstruction::Transform(m) => {
                    self.state.to_page = matrix([m.0, m.1, m.2, m.3, m.4, m.5]).then(self.state.to_page);
                }
                TypedInstruction::BeginText(_) => (self.line, self.text) = (Matrix::IDENTITY, Matrix::IDENTITY),
                TypedInstruction::TextFont(font) => {
                    self.state.size = font.1.as_f64();
                    self.state.font = resources.get_font(font.0).map(|dict| self.font(&dict));
                }
                TypedInstruction::CharacterSpacing(space) => self.state.letter_space = space.0.as_f64(),
                TypedInstruction::WordSpacing(space) => self.state.word_space = space.0.as_f64(),
                TypedInstruction::HorizontalScaling(scale) => self.state.scale = scale.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(leading) => self.state.leading = leading.0.as_f64(),
                TypedInstruction::TextRise(rise) => self.state.rise = rise.0.as_f64(),
                TypedInstruction::NextLine(step) => self.next_line(step.0.as_f64(), step.1.as_f64()),
                TypedInstruction::NextLineAndSetLeading(step) => {
                    self.state.leading = -step.1.as_f64();
                    self.next_line(step.0.as_f64(), step.1.as_f64());
                }
                TypedInstruction::SetTextMatrix(m) => {
                    self.line = matrix([m.0, m.1, m.2, m.3, m.4, m.5]);
                    self.text = self.line;
                }
                TypedInstruction::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
                TypedInstruction::ShowText(text) => self.show(text.0),
                TypedInstruction::NextLineAndShowText(text) => {
                    self.next_line(0.0, -self.state.leading);
                    self.show(text.0);
                }
                TypedInstruction::ShowTextWithParameters(text) => {
                    (self.state.word_space, self.state.letter_space) = (text.0.as_f64(), text.1.as_f64());
                    self.next_line(0.0, -self.state.leading);
                    self.show(text.2);
                }
                TypedInstruction::ShowTexts(texts) => self.show_all(texts.0),
                TypedInstruction::XObject(object) => self.form(object.0, resources, depth),
                _ => {}
            }
        }
    }

    fn font(&mut self, dict: &Dict<'_>) -> Rc<Font> {
        let key = (dict.data().as_ptr().addr(), dict.data().len());
        self.shared.fonts.entry(key).or_insert_with(|| Rc::new(Font::new(dict))).clone()
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    fn show_all(&mut self, texts: &Array<'_>) {
        for object in texts.iter::<Object<'_>>() {
            match object {
                Object::Number(number) => self.advance(-number.as_f64() / 1000.0 * self.state.size * self.state.scale),
                Object::String(text) => self.show(&text),
                Object::Null(_) | Object::Boolean(_) | Object::Name(_) | Object::Dict(_) | Object::Array(_) | Object::Stream(_) => {}
            }
        }
    }

    fn advance(&mut self, x: f64) {
        self.text = Matrix::shift(x, 0.0).then(self.text);
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else { return };
        for glyph in font.glyphs(bytes) {
            let placed = Matrix::shift(0.0, self.state.rise).then(self.text).then(self.state.to_page);
            let (wide, high) = placed.stretch();
            let extra = self.state.letter_space + if glyph.is_space_code { self.state.word_space } else { 0.0 };
            if let (Some(text), Some(quarter)) = (&glyph.text, placed.quarter()) {
                let (x, y) = turned(placed.origin(), quarter);
                let width = glyph.width * self.state.size * self.state.scale * wide;
                let size = (self.state.size * high).abs();
                self.pieces.add(&Placed { text, x, y, width, size, is_bold: font.is_bold, quarter });
            }
            match glyph.text {
                Some(_) => self.shared.known += 1,
                None => self.shared.unknown += 1,
            }
            self.advance((glyph.width * self.state.size + extra) * self.state.scale);
        }
    }

    fn form(&mut self, name: &Name<'_>, resources: &Resources<'_>, depth: usize) {
        let Some(form) = resources.get_x_object(name) else { return };
        let is_form = form.dict().get::<Name<'_>>("Subtype").is_some_and(|subtype| subtype.as_str() == "Form");
        if !is_form || depth >= FORM_DEPTH_MAX || self.shared.forms >= FORMS_MAX {
            return;
        }
        self.shared.forms += 1;
        let Ok(content) = form.decoded() else { return };
        let inner = form.dict().get::<Dict<'_>>("Resources").map(Resources::new);
        let (state, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        self.state.to_page = form_matrix(&form).then(self.state.to_page);
        self.run(&content, inner.as_ref().unwrap_or(resources), depth + 1);
        (self.state, self.saved) = (state, saved);
    }
}

fn form_matrix(form: &Stream<'_>) -> Matrix {
    let numbers: Option<[Number; 6]> =
        form.dict().get::<Array<'_>>("Matrix").and_then(|array| array.iter::<Number>().take(6).collect::<Vec<_>>().try_into().ok());
    numbers.map_or(Matrix::IDENTITY, matrix)
}

fn matrix(numbers: [Number; 6]) -> Matrix {
    Matrix(numbers.map(|number| number.as_f64()))
}
