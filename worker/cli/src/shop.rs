//! The fictional shop of the demo, compiled into the program.

use crate::home::Home;
use anyhow::Context;
use std::path::Path;

/// Every file of the shop: its path and its bytes.
pub const FILES: &[(&str, &[u8])] = &[
    ("documents/bike-rental.pdf", include_bytes!("../demo/documents/bike-rental.pdf")),
    ("documents/change-or-cancel-an-order.md", include_bytes!("../demo/documents/change-or-cancel-an-order.md")),
    ("documents/contact.md", include_bytes!("../demo/documents/contact.md")),
    ("documents/damaged-or-wrong-items.md", include_bytes!("../demo/documents/damaged-or-wrong-items.md")),
    ("documents/es/devoluciones-y-reembolsos.md", include_bytes!("../demo/documents/es/devoluciones-y-reembolsos.md")),
    ("documents/es/horarios-y-envios.md", include_bytes!("../demo/documents/es/horarios-y-envios.md")),
    ("documents/faq.csv", include_bytes!("../demo/documents/faq.csv")),
    ("documents/fr/horaires-et-livraison.md", include_bytes!("../demo/documents/fr/horaires-et-livraison.md")),
    ("documents/fr/retours-et-remboursements.md", include_bytes!("../demo/documents/fr/retours-et-remboursements.md")),
    ("documents/gift-cards.md", include_bytes!("../demo/documents/gift-cards.md")),
    ("documents/invoices-and-tax.md", include_bytes!("../demo/documents/invoices-and-tax.md")),
    ("documents/lost-parcels.md", include_bytes!("../demo/documents/lost-parcels.md")),
    ("documents/maintenance-courses.docx", include_bytes!("../demo/documents/maintenance-courses.docx")),
    ("documents/opening-hours.md", include_bytes!("../demo/documents/opening-hours.md")),
    ("documents/order-tracking.md", include_bytes!("../demo/documents/order-tracking.md")),
    ("documents/payment.md", include_bytes!("../demo/documents/payment.md")),
    ("documents/privacy.md", include_bytes!("../demo/documents/privacy.md")),
    ("documents/product-care.txt", include_bytes!("../demo/documents/product-care.txt")),
    ("documents/recall-brightline-600.html", include_bytes!("../demo/documents/recall-brightline-600.html")),
    ("documents/refunds.md", include_bytes!("../demo/documents/refunds.md")),
    ("documents/repair-booking.md", include_bytes!("../demo/documents/repair-booking.md")),
    ("documents/repair-prices.md", include_bytes!("../demo/documents/repair-prices.md")),
    ("documents/returns.md", include_bytes!("../demo/documents/returns.md")),
    ("documents/shipping.html", include_bytes!("../demo/documents/shipping.html")),
    ("documents/sizes.md", include_bytes!("../demo/documents/sizes.md")),
    ("documents/stores-access-and-parking.html", include_bytes!("../demo/documents/stores-access-and-parking.html")),
    ("documents/student-discount.md", include_bytes!("../demo/documents/student-discount.md")),
    ("documents/trail-club.md", include_bytes!("../demo/documents/trail-club.md")),
    ("documents/warranty.md", include_bytes!("../demo/documents/warranty.md")),
    ("intents.toml", include_bytes!("../demo/intents.toml")),
    ("messages.jsonl", include_bytes!("../demo/messages.jsonl")),
    ("policy.toml", include_bytes!("../demo/policy.toml")),
    ("tickets.jsonl", include_bytes!("../demo/tickets.jsonl")),
];

/// Writes the shop's files into a folder.
pub fn unpack(folder: &Path) -> anyhow::Result<()> {
    for (name, bytes) in FILES {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        Home::replace(&path, bytes)?;
    }
    Ok(())
}

/// One file of the shop.
pub fn file(name: &str) -> &'static [u8] {
    FILES.iter().find(|(path, _)| *path == name).map_or(&[], |(_, bytes)| *bytes)
}
