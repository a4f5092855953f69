//! Archives and streams as an attacker writes them.

use flate2::{Compress, Compression, FlushCompress};

/// Deflate of so many mebibytes of one byte, made in no time: a flushed block can be repeated.
pub(crate) fn bomb(mebibytes: usize, byte: u8) -> Vec<u8> {
    let block = vec![byte; 1 << 20];
    let mut packed = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false).compress_vec(&block, &mut packed, FlushCompress::Full).unwrap();
    let mut all = packed.repeat(mebibytes);
    all.extend([3, 0]);
    all
}

/// Deflate of these bytes.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1024);
    Compress::new(Compression::fast(), false).compress_vec(bytes, &mut packed, FlushCompress::Finish).unwrap();
    packed
}

/// One file of an archive: its name, its bytes as they lie there, its method (0 stored, 8 deflated) and what it claims to
/// unpack to.
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) packed: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) claimed: u32,
    pub(crate) flags: u16,
}

impl<'a> Member<'a> {
    pub(crate) fn stored(name: &'a str, text: &str) -> Self {
        Member { name, packed: text.as_bytes().to_vec(), method: 0, claimed: text.len() as u32, flags: 0 }
    }

    pub(crate) fn deflated(name: &'a str, text: &str) -> Self {
        Member { packed: deflate(text.as_bytes()), method: 8, ..Member::stored(name, text) }
    }
}

/// A ZIP archive of these files.
pub(crate) fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for member in members {
        let at = bytes.len() as u32;
        let mut fields = Vec::new();
        fields.extend(20_u16.to_le_bytes());
        fields.extend(member.flags.to_le_bytes());
        fields.extend(member.method.to_le_bytes());
        fields.extend([0; 8]); // time, date, checksum
        fields.extend((member.packed.len() as u32).to_le_bytes());
        fields.extend(member.claimed.to_le_bytes());
        fields.extend((member.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(member.name.as_bytes());
        bytes.extend(&member.packed);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&fields);
        list.extend([0; 10]); // comment, disk, attributes
        list.extend(at.to_le_bytes());
        list.extend(member.name.as_bytes());
    }
    let (start, length, count) = (bytes.len() as u32, list.len() as u32, members.len() as u16);
    bytes.extend(list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}
