"""Makes the two documents of the demo shop that no editor of text can write:

    pip install reportlab==5.1.0 python-docx==1.2.0
    python3 make_documents.py

The texts are fictional, like all of the shop. Both files are made the same byte for byte again.
"""

import datetime
import pathlib
import zipfile

from docx import Document
from reportlab.lib import colors
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

FOLDER = pathlib.Path(__file__).parent / "documents"
MADE = datetime.datetime(2026, 1, 1)


def bike_rental(path):
    styles = getSampleStyleSheet()
    title, heading, text = styles["Title"], styles["Heading2"], styles["BodyText"]
    prices = [["Bike", "Half day", "Full day"], ["City bike", "$18", "$28"], ["Gravel bike", "$32", "$49"], ["Child trailer", "$9", "$14"]]
    story = [
        Paragraph("Bike rental", title),
        Paragraph("Where to rent", heading),
        Paragraph("Rental bikes are handed out at the Harbor store only. Bring a photo ID; we hold a deposit of $200 on a card.", text),
        Paragraph("Rental rates", heading),
        Table(prices, style=[("FONT", (0, 0), (-1, 0), "Helvetica-Bold"), ("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]),
        PageBreak(),
        Paragraph("What is included with a rental?", heading),
        Paragraph("Every rental comes with a helmet, a lock and a puncture kit. Lights are $2 a day.", text),
        Paragraph("Late rental returns", heading),
        Paragraph("A rental that comes back after closing time is charged as another half day.", text),
    ]
    SimpleDocTemplate(str(path), pagesize=A5, title="Bike rental", author="Marrowby Cycle & Trail", invariant=1).build(story)


def maintenance_courses(path):
    document = Document()
    document.core_properties.title = "Maintenance courses"
    document.core_properties.author = "Marrowby Cycle & Trail"
    document.core_properties.created = document.core_properties.modified = MADE
    document.add_heading("Maintenance courses", 0)
    document.add_paragraph("Evening courses are held in the workshop of the Orchard store, six people at most.")
    document.add_heading("Course fees", 1)
    rows = [("Course", "Evenings", "Fee"), ("Puncture basics", "1", "$20"), ("Gears and brakes", "2", "$55"), ("Wheel building", "4", "$140")]
    table = document.add_table(rows=0, cols=3)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    document.add_heading("Do I need my own tools for a course?", 1)
    document.add_paragraph("No. Tools and grease are provided, and you work on your own bike.")
    document.add_paragraph("Wear clothes that may get dirty.", style="List Bullet")
    document.add_paragraph("Bring your bike clean.", style="List Bullet")
    document.save(path)
    # python-docx stamps the archive with the time of day and brings a picture: neither is wanted.
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "thumbnail" not in name and "theme" not in name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), part, zipfile.ZIP_DEFLATED, 9)


bike_rental(FOLDER / "bike-rental.pdf")
maintenance_courses(FOLDER / "maintenance-courses.docx")
